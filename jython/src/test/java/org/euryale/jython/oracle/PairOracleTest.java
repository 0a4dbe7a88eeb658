package org.euryale.jython.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.euryale.posix.Events;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two ends that are connected with each other, UDP sockets, UNIX sockets or a pipe, get from random calls what they get
 * from Linux: the same result, error and readiness. The seeds are those of {@link LibcOracleTest}, {@code
 * -Deuryale.oracle.seed=N} runs one; {@code -Deuryale.long=true} runs ten times as many.
 */
class PairOracleTest {
    /** Of these many sequences of each kind all calls are made; one that meets a row is cut short, and not counted. */
    private static final int SEQUENCES = Boolean.getBoolean("euryale.long") ? 3000 : 300;

    private static final int LENGTH = 30;
    private static final int ORACLE_BASE = 700;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long NAP_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final int HANG_UPS = Events.ERR | Events.HUP | Events.RDHUP;

    /** Rows of docs/posix-on-nio.md that a sequence can run into; it ends there. */
    private enum Row {
        UNIX_HANG_UP("unix-hang-up"),
        UNIX_UNREAD("unix-unread"),
        REFUSAL_UNASKED("refusal-unasked");

        private final String anchor;

        Row(String anchor) {
            this.anchor = anchor;
        }
    }

    private record Call(PairCall kind, int on, int value) {}

    private static List<Call> sequence(long seed, Ends ends) {
        SplittableRandom random = new SplittableRandom(seed);
        int total = 0;
        for (PairCall kind : PairCall.values()) {
            total += kind.weight(ends);
        }
        List<Call> calls = new ArrayList<>();
        while (calls.size() < LENGTH) {
            int at = random.nextInt(total);
            for (PairCall kind : PairCall.values()) {
                at -= kind.weight(ends);
                if (at < 0) {
                    calls.add(new Call(kind, random.nextInt(2), random.nextInt(1000)));
                    break;
                }
            }
        }
        return calls;
    }

    @ParameterizedTest
    @EnumSource
    void pairsSayWhatLinuxSays(Ends ends) throws PosixException {
        Long only = Long.getLong("euryale.oracle.seed");
        Map<Row, Integer> met = new EnumMap<>(Row.class);
        int cut = 0;
        long first = only != null ? only : 1;
        long last = only != null ? only : SEQUENCES;
        for (long seed = first; seed <= last + (only != null ? 0 : cut); seed++) {
            Row row = run(seed, ends);
            if (row != null) {
                cut++;
                met.merge(row, 1, Integer::sum);
            }
        }

        assertThat(cut).as("sequences cut short: %s", met).isLessThan(2 * SEQUENCES);
    }

    private static @Nullable Row run(long seed, Ends ends) throws PosixException {
        List<String> trace = new ArrayList<>();
        Set<Integer> closed = new java.util.TreeSet<>();
        try (World oracle = new LibcWorld(ORACLE_BASE);
                World subject = new PosixWorld()) {
            for (World world : new World[] {oracle, subject}) {
                world.pair(ends);
                assertThat(world.epoll()).isEqualTo(PairCall.EPOLL);
            }
            for (Call call : sequence(seed, ends)) {
                String expected = call.kind().run(oracle, call.on(), call.value());
                String actual = call.kind().run(subject, call.on(), call.value());
                trace.add(call + " " + expected);
                if (call.kind() == PairCall.CLOSE) {
                    closed.add(call.on());
                }
                if (!expected.equals(actual)) {
                    Row row = rowOfCall(ends, call, expected, actual, closed);
                    return row != null ? row : differs(seed, ends, call.toString(), expected, actual, trace);
                }
                Row row = readiness(oracle, subject, ends, seed, call, trace);
                if (row != null) {
                    return row;
                }
            }
            return null;
        }
    }

    private static @Nullable Row differs(
            long seed, Ends ends, String what, String expected, String actual, List<String> trace) {
        return fail(
                "%s, seed %d (repeat with -Deuryale.oracle.seed=%d), %s: Linux says [%s], we say [%s]%n%s",
                ends, seed, seed, what, expected, actual, String.join("\n", trace));
    }

    private static @Nullable Row rowOfCall(Ends ends, Call call, String expected, String actual, Set<Integer> closed) {
        boolean reset = expected.equals("ECONNRESET") && (actual.startsWith("0 bytes") || actual.equals("null"));
        if (ends == Ends.UNIX_STREAMS && !closed.isEmpty() && reset) {
            return Row.UNIX_UNREAD;
        }
        if (ends == Ends.UNIX_STREAMS && call.kind() == PairCall.WRITE_NOTHING && expected.equals("EPIPE")) {
            return Row.UNIX_HANG_UP;
        }
        boolean refusal = expected.equals("ECONNREFUSED") || (isReadiness(call.kind()) && expected.contains("ERR"));
        if (ends == Ends.UDP && !closed.isEmpty() && refusal) {
            return Row.REFUSAL_UNASKED;
        }
        if (ends == Ends.UNIX_STREAMS && isReadiness(call.kind()) && expected.contains("HUP")) {
            return Row.UNIX_HANG_UP;
        }
        return null;
    }

    private static boolean isReadiness(PairCall kind) {
        return kind == PairCall.EPOLL_WAIT || kind.name().startsWith("POLL_");
    }

    private static @Nullable Row readiness(
            World oracle, World subject, Ends ends, long seed, Call call, List<String> trace) throws PosixException {
        long start = System.nanoTime();
        while (true) {
            SortedMap<Integer, Integer> expected = ready(oracle);
            SortedMap<Integer, Integer> actual = ready(subject);
            if (expected.equals(actual)) {
                trace.add("   " + Side.describe(expected));
                return null;
            }
            long passed = System.nanoTime() - start;
            if (passed > LIMIT_NANOS && lacksHangUp(expected, actual)) {
                Row row = ends == Ends.UDP ? Row.REFUSAL_UNASKED : ends == Ends.UNIX_STREAMS ? Row.UNIX_HANG_UP : null;
                if (row != null) {
                    return row;
                }
            }
            if (passed > PATIENCE_NANOS) {
                return differs(
                        seed, ends, "readiness after " + call, Side.describe(expected), Side.describe(actual), trace);
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    private static SortedMap<Integer, Integer> ready(World world) throws PosixException {
        SortedMap<Integer, Integer> asked = new TreeMap<>();
        for (int i = 0; i < 2; i++) {
            asked.put(i, Events.IN | Events.OUT | Events.RDHUP | Events.RDNORM | Events.WRNORM | Events.WRBAND);
        }
        return world.poll(asked, 0);
    }

    /** Whether what is missing is a hang-up of an end that is told to be readable. */
    private static boolean lacksHangUp(SortedMap<Integer, Integer> expected, SortedMap<Integer, Integer> actual) {
        return expected.keySet().equals(actual.keySet())
                && expected.entrySet().stream().allMatch(entry -> {
                    int told = actual.getOrDefault(entry.getKey(), 0);
                    int missing = entry.getValue() & ~told;
                    boolean more = (told & ~entry.getValue()) != 0;
                    return !more && (missing == 0 || ((missing & ~HANG_UPS) == 0 && (told & Events.IN) != 0));
                });
    }

    @Test
    void everyKindOfCallIsMade() {
        for (Ends ends : Ends.values()) {
            Set<PairCall> made = EnumSet.noneOf(PairCall.class);
            for (long seed = 1; seed <= SEQUENCES; seed++) {
                sequence(seed, ends).forEach(call -> made.add(call.kind()));
            }
            for (PairCall kind : PairCall.values()) {
                assertThat(made.contains(kind)).as("%s %s", ends, kind).isEqualTo(kind.weight(ends) > 0);
            }
        }
    }

    @Test
    void everyRowIsWrittenDown() throws IOException {
        String page = Files.readString(Path.of("../docs/posix-on-nio.md"));

        for (Row row : Row.values()) {
            assertThat(page).contains("<a id=\"" + row.anchor + "\"></a>");
        }
    }
}
