package org.euryale.posix;

import java.nio.channels.SelectableChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An {@code epoll(7)} instance. It watches open files under the descriptors they were added by, so an entry stays while
 * any descriptor of its file is open. Level-triggered, edge-triggered ({@link #ET}) and one-shot ({@link #ONESHOT}).
 *
 * <p>Any thread may call anything; threads that wait in one instance take turns. An edge-triggered entry is armed again
 * by any call on its file and then reports all that holds, not just what is new. An instance inside another poller is
 * not offered (EINVAL, EPERM).
 */
public final class Epoll extends OpenFile {
    public static final int ONESHOT = 1 << 30;
    public static final int ET = 1 << 31;

    private static final int FLAGS = ONESHOT | ET;

    private final Poller poller = new Poller(true);

    /** By descriptor; guarded by the mutex. */
    private @Nullable Watch[] entries = new Watch[16];

    private final Object mutex = new Object();

    /** Told what is ready. */
    public interface Sink {
        void ready(int descriptor, int events);
    }

    /** EPOLL_CTL_ADD. EEXIST when the descriptor's file is there already, EPERM when it cannot be waited for. */
    public void add(int descriptor, OpenFile file, int events) throws PosixException {
        if (file instanceof Epoll) {
            throw new PosixException(Errno.EINVAL);
        }
        if (!file.pollable()) {
            throw new PosixException(Errno.EPERM);
        }
        synchronized (mutex) {
            if (entry(descriptor, file) != null) {
                throw new PosixException(Errno.EEXIST);
            }
            Watch watch = new Watch(poller, file, descriptor, Watch.PARKED);
            ask(watch, events);
            if (descriptor >= entries.length) {
                entries = Arrays.copyOf(entries, Math.max(descriptor + 1, entries.length * 2));
            }
            entries[descriptor] = poller.add(watch);
        }
    }

    /** EPOLL_CTL_MOD. ENOENT when the descriptor's file is not there, EINVAL when it is this instance. Enables a one-shot entry again. */
    public void modify(int descriptor, OpenFile file, int events) throws PosixException {
        synchronized (mutex) {
            Watch watch = present(descriptor, file);
            ask(watch, events);
            file.edges();
            poller.modify(watch, watch.events);
        }
    }

    /** EPOLL_CTL_DEL. ENOENT when the descriptor's file is not there, EINVAL when it is this instance. */
    public void remove(int descriptor, OpenFile file) throws PosixException {
        synchronized (mutex) {
            poller.remove(present(descriptor, file));
            entries[descriptor] = null;
        }
    }

    /**
     * Waits until something is ready, and reports at most {@code limit} entries.
     *
     * @param timeoutNanos negative to wait without end, 0 to look only
     * @throws PosixException EINTR, EMFILE; EBADF when the instance is closed
     */
    public int await(long timeoutNanos, int limit, Sink sink) throws PosixException {
        poller.prepare();
        return poller.await(timeoutNanos, limit, (watch, events) -> sink.ready(watch.descriptor(), events));
    }

    private static void ask(Watch watch, int events) {
        watch.edge = (events & ET) != 0;
        watch.oneShot = (events & ONESHOT) != 0;
        watch.events = events & ~FLAGS;
    }

    private Watch present(int descriptor, OpenFile file) throws PosixException {
        if (file == this) {
            throw new PosixException(Errno.EINVAL);
        }
        Watch watch = entry(descriptor, file);
        if (watch == null) {
            throw new PosixException(Errno.ENOENT);
        }
        return watch;
    }

    /** The entry of this descriptor, unless it is left over from a file that had the number before. */
    private @Nullable Watch entry(int descriptor, OpenFile file) {
        Watch watch = descriptor < entries.length ? entries[descriptor] : null;
        if (watch != null && watch.removed) {
            entries[descriptor] = null; // its file was closed, which took it out of the poller
            return null;
        }
        return watch != null && watch.file == file ? watch : null;
    }

    @Override
    boolean pollable() {
        return false;
    }

    @Override
    @Nullable
    SelectableChannel selectable() {
        return null;
    }

    @Override
    int interestOps(int events) {
        return 0;
    }

    @Override
    int standing() {
        return 0;
    }

    @Override
    int ready(int events, int readyOps, Precision precision) {
        return 0;
    }

    @Override
    void release() {
        synchronized (mutex) {
            for (Watch watch : entries) {
                if (watch != null) {
                    watch.file.detach(watch);
                }
            }
            entries = new Watch[0];
        }
        poller.close();
    }
}
