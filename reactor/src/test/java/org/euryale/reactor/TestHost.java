package org.euryale.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.PosixException;
import org.euryale.posix.StreamSocket;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A reactor for a test: a clock that the test sets, what was thrown, and peers. Turns are made by the test's thread. */
final class TestHost implements Host, AfterEachCallback {
    /** Turns that anything may take that is expected to happen. */
    private static final int PATIENCE = 2000;

    /** What one turn waits at most; it ends earlier when something is ready. */
    private static final long TURN = 10_000_000L;

    /** Bytes as Latin-1 strings, which is what Jython writes. */
    static final Carrier<String> TEXT = new Carrier<>() {
        @Override
        public int length(String bytes) {
            return bytes.length();
        }

        @Override
        public void copy(String bytes, int from, ByteBuffer into) {
            int count = Math.min(into.remaining(), bytes.length() - from);
            into.put(bytes.substring(from, from + count).getBytes(StandardCharsets.ISO_8859_1));
        }
    };

    final DescriptorTable descriptors = new DescriptorTable();
    final Reactor reactor = new Reactor(descriptors, this);
    final List<Throwable> thrown = new ArrayList<>();
    private final List<Channel> peers = new ArrayList<>();
    private long now = 1_000;

    @Override
    public long now() {
        return now;
    }

    void pass(long nanos) {
        now += nanos;
    }

    @Override
    public void thrown(Throwable e) {
        thrown.add(e);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (Channel peer : peers) {
            peer.close();
        }
        descriptors.close();
        reactor.close();
        assertThat(thrown).as("thrown at the host, and not looked at").isEmpty();
    }

    /** One turn that waits for nothing. */
    void turn() throws PosixException {
        reactor.iterate(0);
    }

    /** Turns until it holds. */
    void until(BooleanSupplier condition) throws PosixException {
        for (int i = 0; i < PATIENCE && !condition.getAsBoolean(); i++) {
            reactor.iterate(TURN);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    Throwable takeThrown() {
        return thrown.remove(0);
    }

    // ---------------------------------------------------------------- sockets

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    StreamSocket listener() throws PosixException {
        StreamSocket socket = StreamSocket.open(Family.INET);
        descriptors.add(socket);
        socket.bind(loopback(0));
        socket.listen(1024);
        return socket;
    }

    int descriptorOf(StreamSocket socket) {
        for (int i = 0; i < descriptors.capacity(); i++) {
            if (descriptors.fileOrNull(i) == socket) {
                return i;
            }
        }
        throw new AssertionError("not open");
    }

    /** A blocking client. */
    SocketChannel peer(InetSocketAddress address) {
        try {
            SocketChannel peer = SocketChannel.open(address);
            peers.add(peer);
            return peer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection with a handler, and its peer. */
    record Conversation(Recorder handler, SocketChannel peer) {
        StreamTransport<String> transport() {
            return Objects.requireNonNull(handler.transport);
        }
    }

    Conversation conversation(Recorder handler) throws PosixException {
        StreamSocket listener = listener();
        StreamPort port = new StreamPort(reactor, listener, descriptorOf(listener), new StreamPort.Acceptor() {
            @Override
            public void accepted(StreamSocket socket, int descriptor) {
                handler.connect(reactor, socket, descriptor);
            }

            @Override
            public void exhausted(Errno errno) {
                throw new AssertionError(errno);
            }
        });
        port.resume();
        SocketChannel peer = peer(listener.localAddress());
        until(() -> handler.transport != null);
        port.close();
        descriptors.close(descriptorOf(listener));
        return new Conversation(handler, peer);
    }

    static void send(SocketChannel peer, String text) throws IOException {
        peer.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** What the peer has received by now, at most {@code limit} bytes; null at the end of file. */
    static @org.jspecify.annotations.Nullable String take(SocketChannel peer, int limit) throws IOException {
        peer.configureBlocking(false);
        ByteBuffer buffer = ByteBuffer.allocate(limit);
        while (buffer.hasRemaining()) {
            int count = peer.read(buffer);
            if (count < 0 && buffer.position() == 0) {
                return null;
            }
            if (count <= 0) {
                break;
            }
        }
        return StandardCharsets.ISO_8859_1.decode(buffer.flip()).toString();
    }
}
