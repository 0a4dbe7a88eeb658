package org.euryale.posix;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of one process: integers, the lowest free one first, each naming an {@link OpenFile}. In Euryale an
 * interpreter is a process, so each has a table of its own and a stale number never hits another's file. 0 to 2 are
 * the standard streams and are never handed out.
 *
 * <p>Any thread may call anything; {@link #file} takes no lock.
 */
public final class DescriptorTable implements AutoCloseable {
    private static final int FIRST = 3;

    private volatile @Nullable OpenFile[] files = new OpenFile[64];
    private int lowestFree = FIRST;
    private int open;
    private boolean closed;
    private final PollerPool pollers = new PollerPool();

    /** The pollers that blocking calls, {@code select} and {@code poll} of this process lease. */
    public PollerPool pollers() {
        return pollers;
    }

    /** The open file behind a descriptor, or EBADF. */
    public OpenFile file(int descriptor) throws PosixException {
        OpenFile file = fileOrNull(descriptor);
        if (file == null) {
            throw new PosixException(Errno.EBADF);
        }
        return file;
    }

    /** The open file behind a descriptor, null where {@link #file} says EBADF. */
    public @Nullable OpenFile fileOrNull(int descriptor) {
        @Nullable OpenFile[] now = files;
        return descriptor < 0 || descriptor >= now.length ? null : now[descriptor];
    }

    /** Gives {@code file} the lowest free descriptor. EBADF, and the file is closed, when the process has ended. */
    public int add(OpenFile file) throws PosixException {
        file.retain();
        synchronized (this) {
            if (!closed) {
                return place(file);
            }
        }
        file.drop();
        throw new PosixException(Errno.EBADF);
    }

    private int place(OpenFile file) {
        @Nullable OpenFile[] now = files;
        int descriptor = lowestFree;
        while (descriptor < now.length && now[descriptor] != null) {
            descriptor++;
        }
        if (descriptor == now.length) {
            now = Arrays.copyOf(now, descriptor * 2);
        }
        now[descriptor] = file;
        files = now; // a volatile write after the element's, so that readers without the lock see it
        lowestFree = descriptor + 1;
        open++;
        return descriptor;
    }

    /** Another descriptor for the same open file, as {@code dup(2)}. */
    public int dup(int descriptor) throws PosixException {
        return add(file(descriptor));
    }

    /** Frees the descriptor; closes the file with the last one and returns when no poller holds it any more. */
    public void close(int descriptor) throws PosixException {
        OpenFile file;
        synchronized (this) {
            file = file(descriptor);
            @Nullable OpenFile[] now = files;
            now[descriptor] = null;
            files = now;
            lowestFree = Math.min(lowestFree, descriptor);
            open--;
        }
        file.descriptorClosed();
        file.drop();
    }

    /** How many descriptors are in use. */
    public synchronized int size() {
        return open;
    }

    /** Ends the process: closes whatever is open; what is opened afterwards gets EBADF. */
    @Override
    public void close() {
        @Nullable OpenFile[] left;
        synchronized (this) {
            closed = true;
            left = files;
            files = new OpenFile[0];
            lowestFree = 0;
            open = 0;
        }
        for (OpenFile file : left) {
            if (file != null) {
                file.descriptorClosed();
                file.drop();
            }
        }
        pollers.close();
    }
}
