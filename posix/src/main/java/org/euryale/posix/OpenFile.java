package org.euryale.posix;

import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open file description in the sense of {@code open(2)}: what every descriptor dup()ed from it shares, its status
 * flags and its position in the world. It counts the descriptors that name it and closes itself with the last.
 *
 * <p>Always non-blocking underneath: {@code O_NONBLOCK} is a flag of ours that callers consult. A file that would
 * block says {@link #WOULD_BLOCK}; {@link PollerPool#await} waits for it. The channel below may be replaced (listen, a
 * refused connect), so nobody keeps {@link #selectable()}.
 *
 * <p>Any thread may call anything.
 */
public abstract class OpenFile {
    /** What {@code recv} and {@code send} return where the system call fails with EAGAIN. */
    public static final int WOULD_BLOCK = -1;

    /**
     * Guards the watches, the references and the decision to close. No other lock is taken while it is held but a
     * poller's mutex, so a poller may ask for it at any time: a subclass's monitor would not do, its holder may be
     * waiting for that poller.
     */
    private final Watches watches = new Watches();

    /** A chain by {@link Watch#next}: most files have one watch or none, and a list would cost each 32 bytes more. */
    private static final class Watches {
        @Nullable
        Watch first;
    }

    private int references;
    private volatile boolean nonBlocking;
    private volatile boolean closed;

    /** True while an edge-triggered watch exists, so that I/O calls tell it; rare, hence one flag to test. */
    private volatile boolean edgeWatched;

    public boolean nonBlocking() {
        return nonBlocking;
    }

    public void nonBlocking(boolean on) {
        nonBlocking = on;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Whether more than one descriptor names it. */
    public boolean isShared() {
        synchronized (watches) {
            return references > 1;
        }
    }

    /** One of O_RDONLY, O_WRONLY and O_RDWR of {@link OpenFlags}. */
    public int accessMode() {
        return OpenFlags.O_RDWR;
    }

    /** Whether it was opened with O_APPEND. */
    public boolean appends() {
        return false;
    }

    /**
     * As {@code read(2)} without waiting: what there is, 0 at the end, {@link #WOULD_BLOCK}. EBADF when it is not open
     * for reading, EINVAL when there is nothing to read from such a file.
     */
    public int read(ByteBuffer into) throws PosixException {
        throw new PosixException(Errno.EINVAL);
    }

    /** As {@code write(2)} without waiting: the count taken, {@link #WOULD_BLOCK}. EBADF, EINVAL, EPIPE, ENOSPC ... */
    public int write(ByteBuffer from) throws PosixException {
        throw new PosixException(Errno.EINVAL);
    }

    /** As {@code lseek(2)}, the new position in bytes; ESPIPE where there is no position. */
    public long seek(long offset, Whence whence) throws PosixException {
        throw new PosixException(Errno.ESPIPE);
    }

    /** As {@code ftruncate(2)}; EINVAL where there is no length. */
    public void truncate(long length) throws PosixException {
        throw new PosixException(Errno.EINVAL);
    }

    /** As {@code fsync(2)} or, without the metadata, {@code fdatasync(2)}; EINVAL where nothing is kept. */
    public void sync(boolean metadata) throws PosixException {
        throw new PosixException(Errno.EINVAL);
    }

    /** As {@code fstat(2)}. */
    public FileStatus status() throws PosixException {
        return FileStatus.nameless(0600, System.identityHashCode(this));
    }

    /**
     * The kernel's own descriptor, for a call that java.nio has not. It is this file's until a listen or a refused
     * connect changes the channel, or the last descriptor is closed. EOPNOTSUPP where there is none or nobody tells.
     */
    public int kernelNumber(Kernel kernel) throws PosixException {
        Channel channel = channel();
        int number = channel == null ? -1 : kernel.number(channel);
        if (number < 0) {
            throw new PosixException(Errno.EOPNOTSUPP);
        }
        return number;
    }

    /** What {@link #kernelNumber} is asked of. */
    @Nullable
    Channel channel() {
        return selectable();
    }

    /**
     * {@link #kernelNumber} for a child or another process, which expects a file that blocks unless the program has set
     * O_NONBLOCK. For ours that means that a read or a write may wait in the kernel when the other was faster to take
     * what was there.
     */
    public int lend(Kernel kernel) throws PosixException {
        int number = kernelNumber(kernel);
        if (!nonBlocking && channel() instanceof SelectableChannel) {
            kernel.blocking(number);
        }
        return number;
    }

    /** How many bytes can be read now (ioctl(2), FIONREAD); ENOTTY. */
    public int available(Kernel kernel) throws PosixException {
        return kernel.available(kernelNumber(kernel));
    }

    /** As {@code isatty(3)}. */
    public boolean isTerminal() {
        return false;
    }

    /** Whether {@code epoll(7)} takes it: EPERM for files that are always ready. */
    abstract boolean pollable();

    /** The channel to register for the kernel's readiness, null while readiness is known without the kernel. */
    abstract @Nullable SelectableChannel selectable();

    /** The JDK's interest operations that show {@code events} (never {@link Watch#PARKED}) in the state of now. */
    abstract int interestOps(int events);

    /** The events that hold without asking the kernel, whatever is asked. */
    abstract int standing();

    /**
     * The events that hold after the kernel reported {@code readyOps}; this is where a connect is finished and a reset
     * is discovered.
     *
     */
    abstract int ready(int events, int readyOps, Precision precision);

    /** Closes the channel: the last descriptor is gone and no poller holds it. */
    abstract void release();

    /** One descriptor more; EBADF when the last one has been closed meanwhile. */
    void retain() throws PosixException {
        synchronized (watches) {
            if (closed) {
                throw new PosixException(Errno.EBADF);
            }
            references++;
        }
    }

    /** The first descriptor of a file that nobody else has seen. */
    void retainNew() {
        synchronized (watches) {
            references++;
        }
    }

    /** One descriptor less; closes with the last, and returns when every poller has dropped it. */
    void drop() {
        synchronized (watches) {
            if (--references > 0) {
                return;
            }
            closed = true;
        }
        // A registered channel keeps its port, and close(2) would be a mere shutdown (JDK 17 and 25,
        // SocketChannelImpl.implCloseNonBlockingMode), so the pollers let go first.
        for (Watch watch : snapshot()) {
            watch.poller.remove(watch);
        }
        release();
    }

    private List<Watch> snapshot() {
        synchronized (watches) {
            List<Watch> all = new ArrayList<>(1);
            for (Watch watch = watches.first; watch != null; watch = watch.next) {
                all.add(watch);
            }
            return all;
        }
    }

    /**
     * Returns when no poller holds {@code channel}, which {@link #selectable} does not offer any more: until then it
     * keeps its port, closed or not. Not to be called with a lock that a poller may ask this file for.
     */
    final void unregister(SelectableChannel channel) {
        for (Watch watch : snapshot()) {
            watch.poller.forget(watch, channel);
        }
    }

    /** False when the file is closed and takes no more watches. */
    boolean attach(Watch watch) {
        synchronized (watches) {
            if (closed) {
                return false;
            }
            for (Watch other = watches.first; other != null; other = other.next) {
                if (other.poller == watch.poller) {
                    other.shared = true;
                    watch.shared = true;
                }
            }
            watch.next = watches.first;
            watches.first = watch;
            edgeWatched |= watch.edge;
            return true;
        }
    }

    void detach(Watch watch) {
        synchronized (watches) {
            if (watch == watches.first) {
                watches.first = watch.next;
            }
            for (Watch before = watches.first; before != null; before = before.next) {
                if (before.next == watch) {
                    before.next = watch.next;
                }
            }
            watch.next = null;
            edges();
        }
    }

    /** The watches that {@code poller} has of this file: one for each descriptor it was told of. */
    List<Watch> watchesIn(Poller poller) {
        List<Watch> found = new ArrayList<>();
        synchronized (watches) {
            for (Watch watch = watches.first; watch != null; watch = watch.next) {
                if (watch.poller == poller) {
                    found.add(watch);
                }
            }
        }
        return found;
    }

    /** Recomputes whether an edge-triggered watch is there. */
    void edges() {
        synchronized (watches) {
            boolean any = false;
            for (Watch watch = watches.first; watch != null; watch = watch.next) {
                any |= watch.edge;
            }
            edgeWatched = any;
        }
    }

    /** The file's state moved in a way the kernel does not tell: every poller looks again. */
    final void changed() {
        synchronized (watches) {
            for (Watch watch = watches.first; watch != null; watch = watch.next) {
                watch.poller.changed(watch);
            }
        }
    }

    /** The program read, or wrote, or both: edge-triggered watches report again what holds of that from now on. */
    final void used(int events) {
        if (edgeWatched) {
            rearm(events);
        }
    }

    private void rearm(int events) {
        synchronized (watches) {
            for (Watch watch = watches.first; watch != null; watch = watch.next) {
                if (watch.edge) {
                    watch.poller.rearm(watch, events);
                }
            }
        }
    }

    /** A descriptor that named this file was closed while others remain: poll(2) answers NVAL for it from now on. */
    final void descriptorClosed() {
        for (Watch watch : snapshot()) {
            watch.poller.descriptorClosed();
        }
    }
}
