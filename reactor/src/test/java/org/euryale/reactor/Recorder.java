package org.euryale.reactor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.euryale.posix.PosixException;
import org.euryale.posix.StreamSocket;
import org.jspecify.annotations.Nullable;

/** A handler that notes what it is told. */
class Recorder implements StreamHandler {
    final List<String> told = new ArrayList<>();
    final StringBuilder text = new StringBuilder();

    @Nullable
    StreamTransport<String> transport;

    void connect(Reactor reactor, StreamSocket socket, int descriptor) {
        try {
            StreamTransport<String> made = new StreamTransport<>(reactor, socket, descriptor, TestHost.TEXT, this);
            transport = made;
            made.resumeReading();
        } catch (PosixException e) {
            throw new AssertionError(e);
        }
    }

    StreamTransport<String> transport() {
        return java.util.Objects.requireNonNull(transport);
    }

    @Override
    public void received(ByteBuffer bytes) {
        received(StandardCharsets.ISO_8859_1.decode(bytes).toString());
    }

    void received(String message) {
        text.append(message);
    }

    @Override
    public void readEnded() {
        told.add("readEnded");
    }

    @Override
    public void full() {
        told.add("full");
    }

    @Override
    public boolean drained() {
        told.add("drained");
        return false;
    }

    @Override
    public void writeEnded() {
        told.add("writeEnded");
    }

    @Override
    public void lost(Reason reason) {
        told.add("lost " + reason.kind());
    }
}
