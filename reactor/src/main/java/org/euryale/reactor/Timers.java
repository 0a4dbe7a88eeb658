package org.euryale.reactor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pending timers: a binary heap in which each timer knows its place, so that to cancel one costs no search and
 * leaves nothing behind.
 */
final class Timers {
    /** Places of timers that are in no heap. */
    static final int NONE = -1;

    private static final int FRESH = -2;

    private @Nullable Timer[] heap = new Timer[16];
    private int size;
    private long lastSequence;

    /** Set since the calls of this turn began: if they are due already it is the next turn that calls them. */
    private final List<Timer> fresh = new ArrayList<>();

    private boolean calling;

    Timer add(long time, Runnable call) {
        Timer timer = new Timer(this, time, call);
        timer.sequence = ++lastSequence;
        if (calling) {
            timer.index = FRESH;
            fresh.add(timer);
        } else {
            insert(timer);
        }
        return timer;
    }

    private void insert(Timer timer) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        up(timer, size++);
    }

    /** Calls of a turn begin: what is added from here on is not among them. */
    void begin() {
        calling = true;
    }

    /** The next one that is due, not pending any more; null when there is none. */
    @Nullable
    Timer take(long now) {
        if (size == 0 || at(0).time > now) {
            return null;
        }
        Timer timer = at(0);
        remove(timer);
        return timer;
    }

    void end() {
        calling = false;
        for (Timer timer : fresh) {
            if (timer.index == FRESH) {
                insert(timer);
            }
        }
        fresh.clear();
    }

    /** When the first one is due, {@link Long#MAX_VALUE} if none is pending. */
    long first() {
        return size == 0 ? Long.MAX_VALUE : at(0).time;
    }

    /** The calls of all pending ones, in no order. */
    List<Runnable> pending() {
        List<Runnable> calls = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            calls.add(at(i).call);
        }
        for (Timer timer : fresh) {
            if (timer.index == FRESH) {
                calls.add(timer.call);
            }
        }
        return calls;
    }

    void remove(Timer timer) {
        int index = timer.index;
        timer.index = NONE;
        if (index < 0) {
            return;
        }
        Timer last = at(--size);
        heap[size] = null;
        if (index < size) {
            settle(last, index);
        }
    }

    void move(Timer timer, long time) {
        if (timer.index == NONE) {
            return;
        }
        timer.time = time;
        timer.sequence = ++lastSequence;
        if (timer.index >= 0) {
            settle(timer, timer.index);
        }
    }

    private void settle(Timer timer, int index) {
        if (index > 0 && timer.isBefore(at((index - 1) >>> 1))) {
            up(timer, index);
        } else {
            down(timer, index);
        }
    }

    private void up(Timer timer, int from) {
        int index = from;
        while (index > 0) {
            int parent = (index - 1) >>> 1;
            Timer above = at(parent);
            if (!timer.isBefore(above)) {
                break;
            }
            put(above, index);
            index = parent;
        }
        put(timer, index);
    }

    private void down(Timer timer, int from) {
        int index = from;
        while (true) {
            int child = 2 * index + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && at(child + 1).isBefore(at(child))) {
                child++;
            }
            Timer below = at(child);
            if (!below.isBefore(timer)) {
                break;
            }
            put(below, index);
            index = child;
        }
        put(timer, index);
    }

    private void put(Timer timer, int index) {
        heap[index] = timer;
        timer.index = index;
    }

    private Timer at(int index) {
        return java.util.Objects.requireNonNull(heap[index]);
    }
}
