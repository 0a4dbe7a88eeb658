package org.euryale.jython.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.euryale.posix.Events;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls of a sequence on both sides by turns and compares what they say and, after each, which descriptors
 * are ready for what.
 */
final class Comparison {
    /** What is asked of every descriptor after every step. To look changes nothing in the kernel, but may here. */
    enum Look {
        ALL(Events.IN | Events.PRI | Events.OUT | Events.RDHUP | Events.RDNORM | Events.WRNORM | Events.WRBAND),
        IN_OUT(Events.IN | Events.OUT),
        IN(Events.IN),
        OUT(Events.OUT),
        READ_HANG_UP(Events.RDHUP),
        AT_THE_END(0);

        private final int events;

        Look(int events) {
            this.events = events;
        }
    }

    /**
     * Where the two differ.
     *
     * @param limit the limit of the JDK that explains it, null when none does
     */
    record Difference(
            int step,
            String what,
            String expected,
            String actual,
            @Nullable Limit limit,
            List<String> trace) {}

    /** How long the two may differ in readiness; packets on the loopback interface take microseconds. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** After this, and so many looks, it is asked whether a limit explains it: on a busy machine time alone tells little. */
    private static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final int LIMIT_LOOKS = 20;

    private static final long NAP_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private static final int ORACLE_BASE = 700;

    private final List<Step> steps;
    private final Look look;
    private final Supplier<World> tested;
    private final List<String> trace = new ArrayList<>();

    Comparison(List<Step> steps, Look look, Supplier<World> tested) {
        this.steps = steps;
        this.look = look;
        this.tested = tested;
    }

    /** The first difference, null when there is none. */
    @Nullable
    Difference run() {
        try (Side oracle = new Side(new LibcWorld(ORACLE_BASE));
                Side subject = new Side(tested.get())) {
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                String expected = step.kind().run(oracle, step);
                String actual = step.kind().run(subject, step);
                trace.add(String.format("%2d %-40s %s", i, step, expected));
                if (!expected.equals(actual)) {
                    Limit limit = Limit.ofCall(step, expected, actual, oracle, subject);
                    return new Difference(i, step.toString(), expected, actual, limit, trace);
                }
                boolean last = i == steps.size() - 1;
                if ((look != Look.AT_THE_END || last) && !oracle.isFilled()) {
                    Difference difference = readiness(i, oracle, subject, last ? Look.ALL.events : look.events);
                    if (difference != null) {
                        return difference;
                    }
                }
            }
            return null;
        }
    }

    /** What a call sets going, its packets, may take a moment to arrive, so a difference is looked at again. */
    private @Nullable Difference readiness(int step, Side oracle, Side subject, int events) {
        long start = System.nanoTime();
        boolean looked = false;
        for (int looks = 1; ; looks++) {
            SortedMap<Integer, Integer> expected = ready(oracle, events);
            SortedMap<Integer, Integer> actual = ready(subject, events);
            String shown = Side.describe(expected);
            if (expected.equals(actual)) {
                trace.add("   " + shown);
                return null;
            }
            long passed = System.nanoTime() - start;
            Limit limit = null;
            if (passed > LIMIT_NANOS && looks >= LIMIT_LOOKS && !looked) {
                looked = true; // once: to look may read an error of the oracle
                limit = Limit.ofReadiness(expected, actual, oracle);
            }
            if (passed > PATIENCE_NANOS || limit != null) {
                String what = "readiness after " + steps.get(step);
                return new Difference(step, what, shown, Side.describe(actual), limit, trace);
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    private static SortedMap<Integer, Integer> ready(Side side, int events) {
        try {
            return side.readiness(events, 0);
        } catch (PosixException e) {
            throw new AssertionError("poll fails on numbers of all kinds", e);
        }
    }
}
