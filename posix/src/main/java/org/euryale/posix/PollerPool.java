package org.euryale.posix;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pollers of one process that nobody owns for good. A selector costs two descriptors, so calls lease one: a blocking
 * call for the time it blocks, {@code select(2)} and {@code poll(2)} for one call, with their registrations left
 * standing for the next. Any thread may call anything.
 */
public final class PollerPool implements AutoCloseable {
    private static final int IDLE_POLLERS = 4;
    private static final int SETS = 8;

    private final Deque<Poller> idle = new ArrayDeque<>();

    /** In use; the end of the process wakes their users. */
    private final Set<Poller> leased = new HashSet<>();

    private final Set<PollSet> leasedSets = new HashSet<>();

    /** Idle sets, the one used last at the end. */
    private final List<PollSet> sets = new ArrayList<>();

    private final DescriptorTable table;
    private boolean closed;
    private long lastOwner;

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
        Poller poller = lease();
        Watch watch = null;
        try {
            watch = poller.add(file, -1, events);
            poller.prepare();
            return poller.await(watch, timeoutNanos);
        } finally {
            if (watch != null) {
                poller.remove(watch);
            }
            release(poller);
        }
    }

    private synchronized Poller lease() throws PosixException {
        if (closed) {
            throw new PosixException(Errno.EBADF);
        }
        Poller poller = idle.pollLast();
        if (poller == null) {
            poller = new Poller(false);
        }
        leased.add(poller);
        return poller;
    }

    private void release(Poller poller) {
        synchronized (this) {
            leased.remove(poller);
            if (!closed && idle.size() < IDLE_POLLERS) {
                idle.addLast(poller);
                return;
            }
        }
        poller.close();
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
        List<Poller> oldPollers;
        synchronized (this) {
            closed = true;
            oldSets = new ArrayList<>(sets);
            oldSets.addAll(leasedSets);
            oldPollers = new ArrayList<>(idle);
            oldPollers.addAll(leased);
            sets.clear();
            idle.clear();
        }
        oldSets.forEach(PollSet::close);
        oldPollers.forEach(Poller::close);
    }
}
