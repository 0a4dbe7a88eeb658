package org.euryale.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Bytes taken from the kernel before the program asked for them, in order. Guarded by its socket. */
final class ReadAhead {
    /** Bytes. More stay in the kernel, so that TCP's window, not our memory, holds back a peer. */
    static final int LIMIT = 64 * 1024;

    private byte[] bytes = new byte[0];
    private int from;
    private int to;

    boolean isEmpty() {
        return from == to;
    }

    int size() {
        return to - from;
    }

    boolean isFull() {
        return to - from >= LIMIT;
    }

    /** Reads until {@code wanted} bytes are here, within the limit; true when the end of file was met. */
    boolean fill(SocketChannel channel, int wanted) throws IOException {
        int missing = Math.min(wanted, LIMIT) - (to - from);
        if (missing <= 0) {
            return false;
        }
        ByteBuffer buffer = ByteBuffer.allocate(missing);
        int count;
        try {
            do {
                count = channel.read(buffer);
            } while (count > 0 && buffer.hasRemaining());
        } finally {
            append(buffer.flip()); // what came before a reset, too
        }
        return count < 0;
    }

    private void append(ByteBuffer more) {
        int kept = to - from;
        if (more.hasRemaining()) {
            byte[] grown = new byte[kept + more.remaining()];
            System.arraycopy(bytes, from, grown, 0, kept);
            more.get(grown, kept, grown.length - kept);
            bytes = grown;
            from = 0;
            to = grown.length;
        }
    }

    /** Moves, or with {@code keep} copies, as much as fits; the count. */
    int copy(ByteBuffer into, boolean keep) {
        int count = Math.min(into.remaining(), to - from);
        into.put(bytes, from, count);
        if (!keep) {
            from += count;
        }
        return count;
    }
}
