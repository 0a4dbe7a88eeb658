package org.euryale.posix;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@code poll(2)} list that stays: descriptors and the events asked of each. It names descriptors, not files, so one
 * that is closed answers NVAL and one that is opened again under the same number is watched. While a list has the
 * process's registrations to itself a call costs what is ready; a new list, or one that shares with many others, pays
 * once for looking through its descriptors.
 *
 * <p>One thread at a time.
 */
public final class Poll {
    /** Told what is ready. */
    public interface Sink {
        void ready(int descriptor, int events);
    }

    private final DescriptorTable table;
    private final long owner;
    private final Map<Integer, Integer> asked = new HashMap<>();
    private final List<Integer> changed = new ArrayList<>();

    /** The set does not know all that is asked: a descriptor is not open, or a call failed before all was said. */
    private boolean incomplete;

    public Poll(DescriptorTable table) {
        this.table = table;
        owner = table.pollers().newOwner();
    }

    /** Asks {@code events} of the descriptor, whether it is open or not, in place of what was asked. */
    public void register(int descriptor, int events) {
        asked.put(descriptor, events);
        changed.add(descriptor);
    }

    public boolean isRegistered(int descriptor) {
        return asked.containsKey(descriptor);
    }

    /** Forgets the descriptor; false when it was not registered. */
    public boolean unregister(int descriptor) {
        changed.add(descriptor);
        return asked.remove(descriptor) != null;
    }

    /**
     * Waits until something is ready, and reports it.
     *
     * @param timeoutNanos negative to wait without end, 0 to look only
     * @return how many descriptors were reported
     * @throws PosixException EINTR, EMFILE; EPERM for a file that cannot be waited for
     */
    public int poll(long timeoutNanos, Sink sink) throws PosixException {
        PollSet set = table.pollers().leaseSet(owner, true);
        try {
            boolean anew = set.takenBy(owner) || incomplete;
            incomplete = true;
            int count = anew || !change(set) ? sayAll(set, sink) : 0;
            incomplete = count > 0;
            changed.clear();
            return count
                    + set.await(
                            count > 0 ? 0 : timeoutNanos, (watch, events) -> sink.ready(watch.descriptor(), events));
        } finally {
            table.pollers().releaseSet(set);
        }
    }

    /** Passes on what changed since the last call; false when a descriptor is not open, so all must be looked at. */
    private boolean change(PollSet set) throws PosixException {
        for (Integer descriptor : changed) {
            OpenFile file = table.fileOrNull(descriptor);
            if (file == null) {
                return false;
            }
            Integer events = asked.get(descriptor);
            set.change(descriptor, file, events == null ? Watch.PARKED : events);
        }
        return true;
    }

    /** Tells the set all that is asked and reports the descriptors that are not open. */
    private int sayAll(PollSet set, Sink sink) throws PosixException {
        int invalidCount = 0;
        set.begin();
        try {
            for (Map.Entry<Integer, Integer> entry : asked.entrySet()) {
                @Nullable OpenFile file = table.fileOrNull(entry.getKey());
                if (file == null) {
                    invalidCount++;
                    sink.ready(entry.getKey(), Events.NVAL);
                } else {
                    set.want(entry.getKey(), file, entry.getValue());
                }
            }
        } finally {
            set.commit();
        }
        return invalidCount;
    }
}
