package org.euryale.jython;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import org.python.core.PyException;

/** A descriptor for Java code that wants a channel or a stream. */
record DescriptorChannel(DescriptorIO io) implements ByteChannel {
    @Override
    public int read(ByteBuffer into) throws IOException {
        try {
            int count = io.readinto(into);
            return count == 0 && into.hasRemaining() ? -1 : count;
        } catch (PyException e) {
            throw new IOException(e.toString(), e);
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        try {
            return io.write(from);
        } catch (PyException e) {
            throw new IOException(e.toString(), e);
        }
    }

    @Override
    public boolean isOpen() {
        return !io.closed();
    }

    @Override
    public void close() throws IOException {
        try {
            io.close();
        } catch (PyException e) {
            throw new IOException(e.toString(), e);
        }
    }
}
