package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import jnr.constants.platform.Fcntl;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.posix.FileStat;
import jnr.posix.POSIX;
import org.euryale.posix.Errno;
import org.euryale.posix.FileStatus;
import org.euryale.posix.Kernel;
import org.euryale.posix.OpenFlags;
import org.euryale.posix.PosixException;
import org.euryale.posix.Whence;
import org.jspecify.annotations.Nullable;

/** The C library through the jnr-ffi that is inside Jython's jar. */
final class LibcKernel implements Kernel {
    // struct pollfd: int fd, short events, short revents.
    private static final int POLLFD = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;

    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final long FIONREAD = 0x541B;
    private static final int O_CLOEXEC = 02000000;
    private static final long SECOND = 1_000_000_000L;

    private final POSIX libc;

    private LibcKernel(POSIX libc) {
        this.libc = libc;
    }

    /** Null where the C library cannot be called, or its numbers are not Linux's. */
    static @Nullable Kernel open() {
        POSIX libc = Platform.libc();
        return libc != null && Platform.isLinux() ? new LibcKernel(libc) : null;
    }

    private PosixException failed() {
        return new PosixException(Platform.errno(libc.errno()));
    }

    private boolean wasInterrupted() {
        return Platform.errno(libc.errno()) == Errno.EINTR;
    }

    @Override
    public int open(String path, int flags, int mode) throws PosixException {
        while (true) {
            int descriptor = libc.open(path, flags | O_CLOEXEC, mode);
            if (descriptor >= 0) {
                return descriptor;
            }
            if (!wasInterrupted()) {
                throw failed();
            }
        }
    }

    @Override
    public int read(int descriptor, ByteBuffer into) throws PosixException {
        while (true) {
            int count = libc.read(descriptor, into, into.remaining());
            if (count >= 0) {
                into.position(into.position() + count);
                return count;
            }
            if (!wasInterrupted()) { // the JVM's own signals; a program's are told otherwise, see Interrupts
                throw failed();
            }
        }
    }

    @Override
    public int write(int descriptor, ByteBuffer from) throws PosixException {
        while (true) {
            int count = libc.write(descriptor, from, from.remaining());
            if (count >= 0) {
                from.position(from.position() + count);
                return count;
            }
            if (!wasInterrupted()) {
                throw failed();
            }
        }
    }

    @Override
    public long seek(int descriptor, long offset, Whence whence) throws PosixException {
        long position = libc.lseekLong(descriptor, offset, whence.number());
        if (position < 0) {
            throw failed();
        }
        return position;
    }

    @Override
    public void truncate(int descriptor, long length) throws PosixException {
        check(libc.ftruncate(descriptor, length));
    }

    @Override
    public void sync(int descriptor) throws PosixException {
        check(libc.fsync(descriptor));
    }

    private void check(int result) throws PosixException {
        if (result < 0) {
            throw failed();
        }
    }

    @Override
    public FileStatus status(int descriptor) throws PosixException {
        FileStat stat = libc.allocateStat();
        check(libc.fstat(descriptor, stat));
        return new FileStatus(
                stat.mode(),
                stat.ino(),
                stat.dev(),
                stat.nlink(),
                stat.uid(),
                stat.gid(),
                stat.st_size(),
                stat.atime() * SECOND,
                stat.mtime() * SECOND,
                stat.ctime() * SECOND);
    }

    @Override
    public boolean isTerminal(int descriptor) {
        return libc.isatty(descriptor) == 1;
    }

    @Override
    public int flags(int descriptor) throws PosixException {
        int flags = libc.fcntl(descriptor, Fcntl.F_GETFL);
        check(flags);
        return flags & (OpenFlags.O_ACCMODE | OpenFlags.O_APPEND);
    }

    @Override
    public void close(int descriptor) throws PosixException {
        check(libc.close(descriptor));
    }

    @Override
    public int copy(int descriptor, int lowest) throws PosixException {
        int copy = Libc.bound().fcntl(descriptor, F_DUPFD_CLOEXEC, lowest);
        if (copy < 0) {
            throw new PosixException(Platform.errno(Libc.errno()));
        }
        return copy;
    }

    @Override
    public void copyTo(int descriptor, int target) throws PosixException {
        check(libc.dup2(descriptor, target));
    }

    @Override
    public int number(Channel channel) {
        return KernelNumbers.of(channel);
    }

    @Override
    public void blocking(int descriptor) throws PosixException {
        int flags = Libc.bound().fcntl(descriptor, F_GETFL, 0);
        check(flags < 0 ? flags : Libc.bound().fcntl(descriptor, F_SETFL, flags & ~OpenFlags.O_NONBLOCK));
    }

    @Override
    public int available(int descriptor) throws PosixException {
        int[] count = new int[1];
        if (Libc.bound().ioctl(descriptor, FIONREAD, count) < 0) {
            throw new PosixException(Platform.errno(Libc.errno()));
        }
        return count[0];
    }

    @Override
    public int poll(int descriptor, int events) throws PosixException {
        return poll(new int[] {descriptor}, new int[] {events}, 0)[0];
    }

    private int[] poll(int[] descriptors, int[] events, int millis) throws PosixException {
        Pointer memory = Memory.allocateDirect(
                jnr.ffi.Runtime.getSystemRuntime(), POLLFD * Math.max(1, descriptors.length), true);
        for (int i = 0; i < descriptors.length; i++) {
            memory.putInt((long) i * POLLFD, descriptors[i]);
            memory.putShort((long) i * POLLFD + EVENTS, (short) events[i]);
        }
        while (Libc.bound().poll(memory, descriptors.length, millis) < 0) {
            int number = Libc.errno();
            if (Platform.errno(number) != Errno.EINTR) {
                throw new PosixException(Platform.errno(number));
            }
        }
        int[] found = new int[descriptors.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = memory.getShort((long) i * POLLFD + REVENTS);
        }
        return found;
    }

    @Override
    public Waiter waiter() throws PosixException {
        int[] pipe = new int[2];
        check(libc.pipe(pipe));
        return new PipeWaiter(pipe[0], pipe[1]);
    }

    /** Waits for a pipe of its own beside what it is asked to wait for. */
    private final class PipeWaiter implements Waiter {
        private static final int POLLIN = 1;

        private final int read;
        private final int write;
        private boolean closed;

        PipeWaiter(int read, int write) {
            this.read = read;
            this.write = write;
        }

        @Override
        public int[] await(int[] descriptors, int[] events) throws PosixException {
            int count = descriptors.length;
            int[] all = java.util.Arrays.copyOf(descriptors, count + 1);
            int[] asked = java.util.Arrays.copyOf(events, count + 1);
            all[count] = read;
            asked[count] = POLLIN;
            int[] found = poll(all, asked, -1);
            if (found[count] != 0) {
                LibcKernel.this.read(read, ByteBuffer.allocateDirect(64));
            }
            return java.util.Arrays.copyOf(found, count);
        }

        @Override
        public synchronized void wakeup() {
            if (!closed) {
                libc.write(write, new byte[1], 1);
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            libc.close(read);
            libc.close(write);
        }
    }
}
