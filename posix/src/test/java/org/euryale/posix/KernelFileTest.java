package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.TestProcess.bytes;

import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.util.concurrent.atomic.AtomicInteger;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The readiness of files that no selector takes, with a kernel that the test plays. */
@Timeout(60)
class KernelFileTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    private final PlayedKernel kernel = new PlayedKernel();
    private final KernelReadiness readiness = new KernelReadiness(kernel);
    private KernelFile file;

    @BeforeEach
    void open() throws PosixException {
        file = process.open(new KernelFile(kernel, readiness, 0, true));
    }

    @AfterEach
    void close() {
        readiness.close();
        TestProcess.eventually().until(() -> !kernel.waiterIsOpen());
    }

    private Running<Boolean> waitForInput() {
        return process.start(() -> process.table().pollers().await(file, Events.IN, -1))
                .whenWaiting();
    }

    @Test
    void readingWouldBlockUntilThereIsSomething() throws Exception {
        assertThat(file.read(ByteBuffer.allocate(9))).isEqualTo(OpenFile.WOULD_BLOCK);

        kernel.input("ab");

        assertThat(file.read(ByteBuffer.allocate(9))).isEqualTo(2);
    }

    @Test
    void aWaitEndsWhenTheKernelSaysSo() throws Exception {
        Running<Boolean> waiting = waitForInput();

        kernel.input("a");

        assertThat(waiting.result()).isTrue();
    }

    @Test
    void whatIsLeftUnreadIsToldAgainAndCostsTheThreadNothing() throws Exception {
        Running<Boolean> waiting = waitForInput();
        kernel.input("a");
        waiting.result();
        int waits = kernel.waits.get();

        for (int i = 0; i < 100; i++) {
            assertThat(process.table().pollers().await(file, Events.IN, 0)).isTrue();
        }

        assertThat(kernel.waits.get() - waits).isLessThanOrEqualTo(1);
    }

    @Test
    void aHangUpIsReportedUnasked() throws Exception {
        Epoll epoll = process.open(new Epoll());
        epoll.add(process.descriptor(file), file, 0);
        Running<Integer> waiting = process.start(() -> {
            int[] found = new int[1];
            epoll.await(-1, 1, (descriptor, events) -> found[0] = events);
            return found[0];
        });
        waiting.whenWaiting();

        kernel.hangUp();

        assertThat(waiting.result()).isEqualTo(Events.HUP);
    }

    @Test
    void closingEndsAWait() throws Exception {
        Running<Errno> waiting =
                process.start(() -> errnoOf(() -> process.table().pollers().await(file, Events.IN, -1)));
        waiting.whenWaiting();

        process.close(file);

        assertThat(waiting.result()).isEqualTo(Errno.EBADF);
        assertThat(kernel.closed).isTrue();
    }

    @Test
    void aFileThatOnlyReadsRefusesToBeWritten() {
        assertThat(errnoOf(() -> file.write(bytes("x")))).isEqualTo(Errno.EBADF);
    }

    /** A pipe's reading end. */
    private static final class PlayedKernel implements Kernel {
        final AtomicInteger waits = new AtomicInteger();
        private final StringBuilder input = new StringBuilder();
        private boolean hungUp;
        private boolean awake;
        private boolean open;
        private volatile boolean closed;

        synchronized void input(String text) {
            input.append(text);
            notifyAll();
        }

        synchronized void hangUp() {
            hungUp = true;
            notifyAll();
        }

        synchronized boolean waiterIsOpen() {
            return open;
        }

        @Override
        public int number(Channel channel) {
            return -1;
        }

        @Override
        public int copy(int descriptor, int lowest) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void copyTo(int descriptor, int target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void blocking(int descriptor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int ioctl(int descriptor, long request, byte[] argument) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int ioctl(int descriptor, long request, long argument) {
            throw new UnsupportedOperationException();
        }

        @Override
        public synchronized int available(int descriptor) {
            return input.length();
        }

        private synchronized int holds(int events) {
            return (input.length() > 0 ? Events.IN & events : 0) | (hungUp ? Events.HUP : 0);
        }

        @Override
        public synchronized int read(int descriptor, ByteBuffer into) {
            int count = Math.min(into.remaining(), input.length());
            for (int i = 0; i < count; i++) {
                into.put((byte) input.charAt(i));
            }
            input.delete(0, count);
            return count;
        }

        @Override
        public int poll(int descriptor, int events) {
            return holds(events);
        }

        @Override
        public Waiter waiter() {
            open = true;
            return new Waiter() {
                @Override
                public int[] await(int[] descriptors, int[] events) throws PosixException {
                    waits.incrementAndGet();
                    synchronized (PlayedKernel.this) {
                        while (!awake && (descriptors.length == 0 || holds(events[0]) == 0)) {
                            try {
                                PlayedKernel.this.wait();
                            } catch (InterruptedException e) {
                                throw new PosixException(Errno.EINTR);
                            }
                        }
                        awake = false;
                        int[] found = new int[descriptors.length];
                        for (int i = 0; i < found.length; i++) {
                            found[i] = holds(events[i]);
                        }
                        return found;
                    }
                }

                @Override
                public void wakeup() {
                    synchronized (PlayedKernel.this) {
                        awake = true;
                        PlayedKernel.this.notifyAll();
                    }
                }

                @Override
                public void close() {
                    synchronized (PlayedKernel.this) {
                        open = false;
                    }
                }
            };
        }

        @Override
        public FileStatus status(int descriptor) {
            return FileStatus.nameless(FileStatus.S_IFIFO | 0600, 1);
        }

        @Override
        public int flags(int descriptor) {
            return OpenFlags.O_RDONLY;
        }

        @Override
        public void close(int descriptor) {
            closed = true;
        }

        @Override
        public boolean isTerminal(int descriptor) {
            return false;
        }

        @Override
        public int open(String path, int flags, int mode) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(int descriptor, ByteBuffer from) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long seek(int descriptor, long offset, Whence whence) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void truncate(int descriptor, long length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sync(int descriptor) {
            throw new UnsupportedOperationException();
        }
    }
}
