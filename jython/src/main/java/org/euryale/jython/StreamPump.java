package org.euryale.jython;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Events;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PipeEnd;
import org.euryale.posix.PosixException;

/**
 * A thread that copies between a Java stream, which no selector takes, and an end of a pipe, which each takes. The pipe
 * is the buffer: when it is full, the thread waits. It ends with the stream or the pipe and closes both.
 */
final class StreamPump {
    private static final int PIECE = 16 * 1024;

    private StreamPump() {}

    static void begin(DescriptorTable hidden, InputStream from, PipeEnd to) throws PosixException {
        int number = hidden.add(to);
        start(
                () -> {
                    byte[] bytes = new byte[PIECE];
                    for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
                        ByteBuffer piece = ByteBuffer.wrap(bytes, 0, count);
                        while (piece.hasRemaining()) {
                            if (to.write(piece) == OpenFile.WOULD_BLOCK) {
                                hidden.pollers().await(to, Events.OUT, -1);
                            }
                        }
                    }
                },
                from,
                hidden,
                number);
    }

    static void begin(DescriptorTable hidden, PipeEnd from, OutputStream to) throws PosixException {
        int number = hidden.add(from);
        start(
                () -> {
                    byte[] bytes = new byte[PIECE];
                    ByteBuffer piece = ByteBuffer.wrap(bytes);
                    for (int count = 1; count != 0; ) {
                        count = from.read(piece.clear());
                        if (count == OpenFile.WOULD_BLOCK) {
                            hidden.pollers().await(from, Events.IN, -1);
                        } else {
                            to.write(bytes, 0, count);
                            to.flush();
                        }
                    }
                },
                to,
                hidden,
                number);
    }

    private interface Copying {
        void run() throws IOException, PosixException;
    }

    private static void start(Copying copying, AutoCloseable stream, DescriptorTable hidden, int number) {
        Thread thread = new Thread(
                () -> {
                    try (stream) {
                        copying.run();
                    } catch (Exception e) {
                        // One side was closed, by the program or by the child's end: so is the other, below.
                    } finally {
                        close(hidden, number);
                    }
                },
                "euryale-pump");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(DescriptorTable hidden, int number) {
        try {
            hidden.close(number);
        } catch (PosixException e) {
            return; // the process has ended, and its files with it
        }
    }
}
