package org.euryale.posix;

import java.util.Arrays;

/**
 * {@code select(2)} without FD_SETSIZE. Registrations stay between the calls of a thread, so a call costs what changed
 * in its lists, beside looking through them.
 */
public final class Select {
    /** Stands in the lists, on return, for a descriptor that is not ready. */
    public static final int NOT_READY = -1;

    private Select() {}

    /**
     * Waits until a descriptor of the lists is ready. On return each list has {@link #NOT_READY} in place of those
     * that are not; the exceptional ones never are (see {@link Events#PRI}).
     *
     * @param timeoutNanos negative to wait without end, 0 to look only
     * @return how many entries are left
     * @throws PosixException EBADF, before any wait, for a descriptor that is not open; EPERM for one that cannot be
     *     waited for; EINTR; EMFILE
     */
    public static int select(DescriptorTable table, int[] read, int[] write, int[] except, long timeoutNanos)
            throws PosixException {
        long user = Thread.currentThread().getId();
        PollSet set = table.pollers().leaseSet(user, false);
        try {
            set.takenBy(user);
            set.begin();
            try {
                want(table, set, read, Events.IN);
                want(table, set, write, Events.OUT);
                want(table, set, except, Events.PRI);
            } finally {
                set.commit();
            }
            set.await(timeoutNanos, (watch, events) -> watch.found = events);
            int ready = keep(set, read, Events.IN | Events.HUP | Events.ERR);
            ready += keep(set, write, Events.OUT | Events.ERR);
            Arrays.fill(except, NOT_READY);
            return ready;
        } finally {
            table.pollers().releaseSet(set);
        }
    }

    private static void want(DescriptorTable table, PollSet set, int[] descriptors, int events) throws PosixException {
        for (int descriptor : descriptors) {
            set.want(descriptor, table.file(descriptor), events);
        }
    }

    private static int keep(PollSet set, int[] descriptors, int events) {
        int ready = 0;
        for (int i = 0; i < descriptors.length; i++) {
            if ((set.found(descriptors[i]) & events) != 0) {
                ready++;
            } else {
                descriptors[i] = NOT_READY;
            }
        }
        return ready;
    }
}
