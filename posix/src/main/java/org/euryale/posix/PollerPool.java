package org.euryale.posix;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pollers of one process that nobody owns for good. A selector costs two descriptors, so calls lease one: a blocking
 * call for the time it blocks, {@code select(2)} and {@code poll(2)} for one call, with their registrations left
 * standing for the next: a thread that talks on one connection would register it for each answer. Any thread may call
 * anything.
 */
public final class PollerPool implements AutoCloseable {
    private static final int IDLE_WAITERS = 4;
    private static final int SETS = 8;

    /** Idle, the one used last at the end. */
    private final List<Waiter> idle = new ArrayList<>();

    /** In use; the end of the process wakes their users. */
    private final Set<Waiter> leased = new HashSet<>();

    private final Set<PollSet> leasedSets = new HashSet<>();

    /** Idle sets, the one used last at the end. */
    private final List<PollSet> sets = new ArrayList<>();

    private final DescriptorTable table;
    private boolean closed;
    private long lastOwner;

    /** What one blocking call waits in. Used by the thread that has leased it. */
    private static final class Waiter {
        final Poller poller = new Poller(false);

        /** Left standing by the call before. */
        private @Nullable Watch watch;

        /** Whether it has waited for the file last. */
        boolean isFor(OpenFile file) {
            Watch standing = watch;
            return standing != null && standing.file == file;
        }

        boolean await(OpenFile file, int events, long timeoutNanos) throws PosixException {
            Watch standing = watch;
            if (standing != null && standing.file != file) {
                watch = null;
                poller.remove(standing);
                standing = null;
            }
            if (standing == null) {
                standing = poller.add(file, -1, events);
                watch = standing;
            } else if (standing.events != events) {
                poller.modify(standing, events);
            }
            poller.prepare();
            return poller.await(standing, timeoutNanos);
        }

        void close() {
            Watch standing = watch;
            if (standing != null) {
                watch = null;
                poller.remove(standing);
            }
            poller.close();
        }
    }

    PollerPool(DescriptorTable table) {
        this.table = table;
    }

    /** A name for somebody who leases sets; never a thread's identity, which is positive. */
    synchronized long newOwner() {
        return --lastOwner;
    }

    /**
     * Blocks until one of {@code events} (or ERR, HUP) holds for {@code file}.
     *
     * @param timeoutNanos negative to wait without end
     * @return false when the time was over
     * @throws PosixException EINTR when the thread was interrupted, EBADF when the file was closed meanwhile, EMFILE
     */
    public boolean await(OpenFile file, int events, long timeoutNanos) throws PosixException {
        table.closeForgotten();
        Waiter waiter = lease(file);
        try {
            return waiter.await(file, events, timeoutNanos);
        } finally {
            release(waiter);
        }
    }

    private synchronized Waiter lease(OpenFile file) throws PosixException {
        if (closed) {
            throw new PosixException(Errno.EBADF);
        }
        Waiter waiter = idle.isEmpty() ? new Waiter() : idle.remove(indexFor(file));
        leased.add(waiter);
        return waiter;
    }

    /** The idle one that has waited for the file last, or the one that was used last. */
    private int indexFor(OpenFile file) {
        int last = idle.size() - 1;
        for (int i = last; i >= 0; i--) {
            if (idle.get(i).isFor(file)) {
                return i;
            }
        }
        return last;
    }

    private void release(Waiter waiter) {
        synchronized (this) {
            leased.remove(waiter);
            if (!closed && idle.size() < IDLE_WAITERS) {
                idle.add(waiter);
                return;
            }
        }
        waiter.close();
    }

    /**
     * Leases the set that {@code owner} used last, or takes over another's. Programs make a poll object for each turn
     * of their loop (asyncore does), so a set whose owner used it once is taken first: its registrations are most
     * likely the ones wanted now.
     */
    PollSet leaseSet(long owner, boolean precise) throws PosixException {
        table.closeForgotten();
        return leasedSet(owner, precise);
    }

    private synchronized PollSet leasedSet(long owner, boolean precise) throws PosixException {
        if (closed) {
            throw new PosixException(Errno.EBADF);
        }
        PollSet set = setFor(owner, precise);
        leasedSets.add(set);
        return set;
    }

    private PollSet setFor(long owner, boolean precise) {
        PollSet once = null;
        PollSet oldest = null;
        int count = 0;
        for (int i = sets.size() - 1; i >= 0; i--) {
            PollSet set = sets.get(i);
            if (set.precise() != precise) {
                continue;
            }
            if (set.owner() == owner) {
                return sets.remove(i);
            }
            if (once == null && set.uses() <= 1) {
                once = set;
            }
            oldest = set;
            count++;
        }
        PollSet taken = once != null ? once : count >= SETS ? oldest : null;
        if (taken == null) {
            taken = new PollSet(precise);
        } else {
            sets.remove(taken);
        }
        return taken;
    }

    void releaseSet(PollSet set) {
        @Nullable PollSet surplus = set;
        synchronized (this) {
            leasedSets.remove(set);
            if (!closed) {
                sets.add(set);
                surplus = sets.size() > 2 * SETS ? sets.remove(0) : null;
            }
        }
        if (surplus != null) {
            surplus.close();
        }
    }

    /** Closes all pollers; those who wait in one get EBADF. */
    @Override
    public void close() {
        List<PollSet> oldSets;
        List<Waiter> idleWaiters;
        List<Waiter> busyWaiters;
        synchronized (this) {
            closed = true;
            oldSets = new ArrayList<>(sets);
            oldSets.addAll(leasedSets);
            idleWaiters = new ArrayList<>(idle);
            busyWaiters = new ArrayList<>(leased);
            sets.clear();
            idle.clear();
        }
        oldSets.forEach(PollSet::close);
        idleWaiters.forEach(Waiter::close);
        busyWaiters.forEach(waiter -> waiter.poller.close()); // their users do the rest
    }
}
