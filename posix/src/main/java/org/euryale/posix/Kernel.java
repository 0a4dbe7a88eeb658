package org.euryale.posix;

import java.nio.ByteBuffer;
import java.nio.channels.Channel;

/**
 * The system calls for descriptors of the kernel that {@code java.nio} has no channel for: the standard streams,
 * terminals, named pipes. The binding provides it where it can call the C library. Any thread may call anything.
 */
public interface Kernel {
    /** {@code open(2)}, with O_CLOEXEC. */
    int open(String path, int flags, int mode) throws PosixException;

    /** {@code read(2)}, which may wait; the count, 0 at the end. */
    int read(int descriptor, ByteBuffer into) throws PosixException;

    /** {@code write(2)}, which may wait; the count. */
    int write(int descriptor, ByteBuffer from) throws PosixException;

    /** {@code lseek(2)}. */
    long seek(int descriptor, long offset, Whence whence) throws PosixException;

    /** {@code ftruncate(2)}. */
    void truncate(int descriptor, long length) throws PosixException;

    /** {@code fsync(2)}. */
    void sync(int descriptor) throws PosixException;

    /** {@code fstat(2)}. */
    FileStatus status(int descriptor) throws PosixException;

    /** {@code isatty(3)}. */
    boolean isTerminal(int descriptor);

    /** O_RDONLY, O_WRONLY or O_RDWR, with O_APPEND if it is set (fcntl(2), F_GETFL). */
    int flags(int descriptor) throws PosixException;

    void close(int descriptor) throws PosixException;

    /** Another descriptor for the same file, at least {@code lowest}, with FD_CLOEXEC (fcntl(2), F_DUPFD_CLOEXEC). */
    int copy(int descriptor, int lowest) throws PosixException;

    /** {@code dup2(2)}: {@code target}, which child processes of the JVM inherit, is for the same file from now on. */
    void copyTo(int descriptor, int target) throws PosixException;

    /** The kernel's descriptor of an open channel of the JDK's, -1 where the JDK cannot be made to tell. */
    int number(Channel channel);

    /** Takes O_NONBLOCK from the open file, which everybody shares that has it. */
    void blocking(int descriptor) throws PosixException;

    /** How many bytes can be read now (ioctl(2), FIONREAD); ENOTTY. */
    int available(int descriptor) throws PosixException;

    /**
     * {@code ioctl(2)}.
     *
     * @param argument what the request reads and writes; it must have room for that
     */
    int ioctl(int descriptor, long request, byte[] argument) throws PosixException;

    /** {@code ioctl(2)} of a request that takes a number. */
    int ioctl(int descriptor, long request, long argument) throws PosixException;

    /** {@code poll(2)} of one descriptor, without waiting: those of {@code events} that hold, ERR and HUP. */
    int poll(int descriptor, int events) throws PosixException;

    /** Makes a place to wait in; EMFILE. */
    Waiter waiter() throws PosixException;

    /** One thread waits, any thread wakes it. */
    interface Waiter {
        /**
         * {@code poll(2)} without a time limit.
         *
         * @param descriptors what to wait for
         * @param events of each
         * @return what holds of each, all 0 after {@link #wakeup}
         */
        int[] await(int[] descriptors, int[] events) throws PosixException;

        /** Ends the wait that is going on, or the next one. */
        void wakeup();

        /** After the last wait, by the thread that waited. */
        void close();
    }
}
