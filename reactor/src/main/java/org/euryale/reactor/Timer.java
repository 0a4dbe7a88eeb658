package org.euryale.reactor;

/** A call that is to be made at a certain time. Used in the reactor's thread. */
public final class Timer {
    final Runnable call;
    private final Timers timers;
    long time;

    /** Who was set first, of those that are due at the same time. */
    long sequence;

    /** Where it is in the heap, or one of the places of {@link Timers}. */
    int index = Timers.NONE;

    Timer(Timers timers, long time, Runnable call) {
        this.timers = timers;
        this.time = time;
        this.call = call;
    }

    /** When it is due, on the clock of {@link Host#now}. */
    public long time() {
        return time;
    }

    /** Whether it is still to come: neither called nor cancelled. */
    public boolean isPending() {
        return index != Timers.NONE;
    }

    /** Makes it never come; without effect when it is not pending. */
    public void cancel() {
        timers.remove(this);
    }

    /** Makes it due at {@code newTime}; without effect when it is not pending. */
    public void move(long newTime) {
        timers.move(this, newTime);
    }

    boolean isBefore(Timer other) {
        return time < other.time || (time == other.time && sequence < other.sequence);
    }
}
