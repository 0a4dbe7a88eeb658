package org.euryale.posix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A poller whose registrations stay from call to call for those who name all their descriptors at each call: a call
 * says what it wants, and what differs from the call before is changed. One thread at a time, the one that leased it.
 */
final class PollSet implements AutoCloseable {
    private final Poller poller;
    private final boolean precise;
    private @Nullable Watch[] byDescriptor = new Watch[64];
    private List<Watch> wanted = new ArrayList<>();
    private List<Watch> before = new ArrayList<>();
    private int generation;
    private long owner;
    private int uses;

    PollSet(boolean precise) {
        this.precise = precise;
        poller = new Poller(precise);
    }

    boolean precise() {
        return precise;
    }

    long owner() {
        return owner;
    }

    /** How many calls the owner has made on this set. */
    int uses() {
        return uses;
    }

    /** Notes who uses the set; true when it was another before, or a descriptor was closed, so all must be said anew. */
    boolean takenBy(long user) {
        boolean anew = poller.takeStale() || owner != user;
        uses = owner == user ? uses + 1 : 1;
        owner = user;
        return anew;
    }

    /** Begins to say all that is wanted. */
    void begin() {
        generation++;
        List<Watch> swap = before;
        before = wanted;
        wanted = swap;
        wanted.clear();
    }

    /** Wants {@code events} of the descriptor, beside what was said of it since {@link #begin}. */
    void want(int descriptor, OpenFile file, int events) throws PosixException {
        Watch watch = watch(descriptor, file);
        if (watch.generation == generation) {
            watch.wanted |= events;
        } else {
            watch.generation = generation;
            watch.wanted = events;
            wanted.add(watch);
        }
    }

    /** Ends what {@link #begin} began: what is not wanted any more is parked. */
    void commit() {
        for (int i = 0; i < before.size(); i++) {
            Watch watch = before.get(i);
            if (watch.generation != generation && !watch.removed) {
                poller.modify(watch, Watch.PARKED);
            }
        }
        before.clear();
        for (int i = 0; i < wanted.size(); i++) {
            Watch watch = wanted.get(i);
            watch.found = 0;
            if (watch.events != watch.wanted) {
                poller.modify(watch, watch.wanted);
            }
        }
    }

    /** Changes one descriptor between two full sayings; {@link Watch#PARKED} forgets it. */
    void change(int descriptor, OpenFile file, int events) throws PosixException {
        Watch watch = watch(descriptor, file);
        if (watch.generation != generation) {
            watch.generation = generation;
            wanted.add(watch);
        }
        watch.wanted = events;
        if (watch.events != events) {
            poller.modify(watch, events);
        }
    }

    private Watch watch(int descriptor, OpenFile file) throws PosixException {
        if (file instanceof Epoll) {
            throw new PosixException(Errno.EPERM);
        }
        if (descriptor >= byDescriptor.length) {
            byDescriptor = Arrays.copyOf(byDescriptor, Math.max(descriptor + 1, byDescriptor.length * 2));
        }
        Watch watch = byDescriptor[descriptor];
        if (watch == null || watch.file != file || watch.removed) {
            if (watch != null && !watch.removed) {
                poller.remove(watch);
            }
            watch = poller.add(file, descriptor, Watch.PARKED);
            byDescriptor[descriptor] = watch;
        }
        return watch;
    }

    int await(long timeoutNanos, Poller.Sink sink) throws PosixException {
        poller.prepare();
        return poller.await(timeoutNanos, Integer.MAX_VALUE, sink);
    }

    /** What the last wait found of a descriptor that it wanted. */
    int found(int descriptor) {
        Watch watch = byDescriptor[descriptor];
        return watch == null ? 0 : watch.found;
    }

    @Override
    public void close() {
        for (Watch watch : byDescriptor) {
            if (watch != null && !watch.removed) {
                watch.file.detach(watch);
            }
        }
        poller.close();
    }
}
