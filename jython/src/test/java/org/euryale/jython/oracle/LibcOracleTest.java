package org.euryale.jython.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.euryale.jython.oracle.Comparison.Difference;
import org.euryale.jython.oracle.Comparison.Look;
import org.euryale.posix.Errno;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Sequences of random calls get from our sockets what they get from Linux. The seeds are {@value #FIRST_SEED} and the
 * following ones, so that a run can be repeated; {@code -Deuryale.oracle.seed=N} runs one, {@code
 * -Deuryale.oracle.sequences=N} more or fewer.
 */
class LibcOracleTest {
    private static final int FIRST_SEED = 1;

    /** Of these many sequences all calls are made; one that meets a limit is cut short there, and not counted. */
    private static final int WHOLE_SEQUENCES = 2000;

    private static final int LENGTH = 30;

    @Test
    void sequencesOfCallsSayWhatLinuxSays() {
        Long only = Long.getLong("euryale.oracle.seed");
        if (only != null) {
            run(only);
            return;
        }
        long wanted = Long.getLong("euryale.oracle.sequences", WHOLE_SEQUENCES);
        Map<Limit, Integer> met = new EnumMap<>(Limit.class);
        long cut = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + wanted + cut; seed++) {
            Limit limit = run(seed);
            if (limit != null) {
                cut++;
                met.merge(limit, 1, Integer::sum);
            }
        }

        assertThat(cut).as("sequences cut short: %s", met).isLessThan(wanted / 2);
    }

    /** Runs a seed's sequence and fails where the two differ; the limit that cut it short, null when none did. */
    private static @Nullable Limit run(long seed) {
        Look[] looks = Look.values();
        Look look = looks[new SplittableRandom(seed).nextInt(looks.length)];
        Difference difference = new Comparison(Generator.sequence(seed, LENGTH), look, PosixWorld::new).run();
        if (difference == null || difference.limit() != null) {
            return difference == null ? null : difference.limit();
        }
        return fail(
                "seed %d (repeat with -Deuryale.oracle.seed=%d), step %d, %s: Linux says [%s], we say [%s]%n%s",
                seed,
                seed,
                difference.step(),
                difference.what(),
                difference.expected(),
                difference.actual(),
                String.join("\n", difference.trace()));
    }

    @Test
    void oneWrongAnswerIsFound() {
        List<Step> steps = List.of(
                new Step(Kind.SOCKET_4, 0, 0, 0), new Step(Kind.LISTEN, 0, 0, 1), new Step(Kind.POLL_IN, 0, 0, 0));

        Difference difference = new Comparison(steps, Look.ALL, LibcOracleTest::withoutListen).run();

        assertThat(difference)
                .extracting(Difference::step, Difference::expected, Difference::actual)
                .containsExactly(1, Side.DONE, "EADDRINUSE");
    }

    private static World withoutListen() {
        World world = new PosixWorld();
        return (World) Proxy.newProxyInstance(
                World.class.getClassLoader(), new Class<?>[] {World.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("listen")) {
                        throw new PosixException(Errno.EADDRINUSE);
                    }
                    return method.invoke(world, arguments);
                });
    }

    @Test
    void aSeedIsASequence() {
        assertThat(Generator.sequence(77, LENGTH)).isEqualTo(Generator.sequence(77, LENGTH));
        assertThat(Generator.sequence(77, LENGTH)).isNotEqualTo(Generator.sequence(78, LENGTH));
    }

    @Test
    void everyKindOfCallIsMade() {
        Set<Kind> made = EnumSet.noneOf(Kind.class);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + WHOLE_SEQUENCES; seed++) {
            Generator.sequence(seed, LENGTH).forEach(step -> made.add(step.kind()));
        }

        assertThat(made).hasSize(Kind.values().length).hasSizeGreaterThanOrEqualTo(40);
    }

    @Test
    void everyLimitIsWrittenDown() throws IOException {
        String page = Files.readString(Path.of("../docs/posix-on-nio.md"));

        for (Limit limit : Limit.values()) {
            for (String row : limit.rows()) {
                assertThat(page).contains("<a id=\"" + row + "\"></a>");
            }
        }
    }
}
