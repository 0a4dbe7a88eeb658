package org.euryale.posix;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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

    /** Idle sets, the one used last at the end. */
    private final List<PollSet> sets = new ArrayList<>();

    private boolean closed;
    private long lastOwner;

    PollerPool() {}

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
        Poller poller = lease();
        Watch watch = poller.add(file, -1, events);
        try {
            return poller.await(timeoutNanos, 1, (w, e) -> {}) > 0;
        } finally {
            poller.remove(watch);
            release(poller);
        }
    }

    private synchronized Poller lease() throws PosixException {
        if (closed) {
            throw new PosixException(Errno.EBADF);
        }
        Poller poller = idle.pollLast();
        return poller != null ? poller : new Poller(false);
    }

    private void release(Poller poller) {
        synchronized (this) {
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
    synchronized PollSet leaseSet(long owner, boolean precise) throws PosixException {
        if (closed) {
            throw new PosixException(Errno.EBADF);
        }
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
            if (!closed) {
                sets.add(set);
                surplus = sets.size() > 2 * SETS ? sets.remove(0) : null;
            }
        }
        if (surplus != null) {
            surplus.close();
        }
    }

    @Override
    public void close() {
        List<PollSet> oldSets;
        List<Poller> oldPollers;
        synchronized (this) {
            closed = true;
            oldSets = List.copyOf(sets);
            oldPollers = List.copyOf(idle);
            sets.clear();
            idle.clear();
        }
        oldSets.forEach(PollSet::close);
        oldPollers.forEach(Poller::close);
    }
}
