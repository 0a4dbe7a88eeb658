package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.charset.Charset;
import java.util.Objects;
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

    private static final int ENOSYS = jnr.constants.platform.Errno.ENOSYS.intValue();

    /** False where the C library (before glibc 2.28) or the kernel has none, or may not be asked. */
    private static volatile boolean hasStatx = true;

    // statx(2), whose struct is the same on every processor; offsets of what it has.
    private static final int STATX = 256;
    private static final int STX_NLINK = 16;
    private static final int STX_UID = 20;
    private static final int STX_MODE = 28;
    private static final int STX_INO = 32;
    private static final int STX_SIZE = 40;
    private static final int STX_ATIME = 64;
    private static final int STX_CTIME = 96;
    private static final int STX_MTIME = 112;
    private static final int STX_DEV = 136;
    private static final int STATX_BASIC_STATS = 0x7FF;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final byte[] NO_PATH = {0};

    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final long FIONREAD = 0x541B;
    private static final int O_CLOEXEC = 02000000;
    private static final long SECOND = 1_000_000_000L;

    private final Libc libc = Libc.bound();

    private LibcKernel() {}

    /** Null where the C library cannot be called, or its numbers are not Linux's. */
    static @Nullable Kernel open() {
        return Libc.isThere() ? new LibcKernel() : null;
    }

    private PosixException failed() {
        return new PosixException(Platform.errno(Libc.errno()));
    }

    private boolean wasInterrupted() {
        return Platform.errno(Libc.errno()) == Errno.EINTR;
    }

    @Override
    public int open(String path, int flags, int mode) throws PosixException {
        byte[] name = (path + '\0').getBytes(Charset.defaultCharset());
        while (true) {
            int descriptor = libc.open(name, flags | O_CLOEXEC, mode);
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
            int count = (int) libc.read(descriptor, into, into.remaining());
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
            int count = (int) libc.write(descriptor, from, from.remaining());
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
        long position = libc.lseek(descriptor, offset, whence.number());
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
        if (descriptor < 0) {
            throw new PosixException(Errno.EBADF); // AT_FDCWD is one that statx knows
        }
        if (!hasStatx) {
            return olderStatus(descriptor);
        }
        Pointer stat = Memory.allocateDirect(jnr.ffi.Runtime.getSystemRuntime(), STATX, true);
        try {
            if (libc.statx(descriptor, NO_PATH, AT_EMPTY_PATH, STATX_BASIC_STATS, stat) < 0) {
                int number = Libc.errno();
                if (number == ENOSYS || Platform.errno(number) == Errno.EPERM) { // of seccomp(2)
                    hasStatx = false;
                    return olderStatus(descriptor);
                }
                throw new PosixException(Platform.errno(number));
            }
        } catch (UnsatisfiedLinkError e) {
            hasStatx = false;
            return olderStatus(descriptor);
        }
        return new FileStatus(
                stat.getShort(STX_MODE) & 0xFFFF,
                stat.getLong(STX_INO),
                device(stat.getInt(STX_DEV), stat.getInt(STX_DEV + 4)),
                stat.getInt(STX_NLINK),
                stat.getInt(STX_UID),
                stat.getInt(STX_UID + 4),
                stat.getLong(STX_SIZE),
                stat.getLong(STX_ATIME) * SECOND,
                stat.getLong(STX_MTIME) * SECOND,
                stat.getLong(STX_CTIME) * SECOND);
    }

    /** By fstat(2), whose struct jnr-posix knows for each processor. */
    static FileStatus olderStatus(int descriptor) throws PosixException {
        POSIX posix = Objects.requireNonNull(Platform.libc());
        FileStat stat = posix.allocateStat();
        if (posix.fstat(descriptor, stat) < 0) {
            throw new PosixException(Platform.errno(posix.errno()));
        }
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

    /** As {@code makedev(3)} of glibc puts the two numbers together. */
    private static long device(int major, int minor) {
        return (major & 0xFFFFF000L) << 32 | (major & 0xFFFL) << 8 | (minor & 0xFFFFFF00L) << 12 | (minor & 0xFFL);
    }

    @Override
    public boolean isTerminal(int descriptor) {
        return libc.isatty(descriptor) == 1;
    }

    @Override
    public int flags(int descriptor) throws PosixException {
        int flags = libc.fcntl(descriptor, F_GETFL, 0);
        check(flags);
        return flags & (OpenFlags.O_ACCMODE | OpenFlags.O_APPEND);
    }

    @Override
    public void close(int descriptor) throws PosixException {
        check(libc.close(descriptor));
    }

    @Override
    public int copy(int descriptor, int lowest) throws PosixException {
        int copy = libc.fcntl(descriptor, F_DUPFD_CLOEXEC, lowest);
        check(copy);
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
        int flags = libc.fcntl(descriptor, F_GETFL, 0);
        check(flags < 0 ? flags : libc.fcntl(descriptor, F_SETFL, flags & ~OpenFlags.O_NONBLOCK));
    }

    @Override
    public int available(int descriptor) throws PosixException {
        int[] count = new int[1];
        check(libc.ioctl(descriptor, FIONREAD, count));
        return count[0];
    }

    @Override
    public int ioctl(int descriptor, long request, byte[] argument) throws PosixException {
        int result = libc.ioctl(descriptor, request, argument);
        check(result);
        return result;
    }

    @Override
    public int ioctl(int descriptor, long request, long argument) throws PosixException {
        int result = libc.ioctl(descriptor, request, argument);
        check(result);
        return result;
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
        while (libc.poll(memory, descriptors.length, millis) < 0) {
            if (!wasInterrupted()) {
                throw failed();
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
        check(libc.pipe2(pipe, O_CLOEXEC));
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
                libc.write(write, ByteBuffer.wrap(new byte[1]), 1);
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
