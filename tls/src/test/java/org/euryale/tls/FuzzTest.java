package org.euryale.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a hostile peer may send: recorded handshakes with bytes changed, lost, doubled, moved and cut, and plain noise. Whatever
 * comes, a call answers and throws nothing, memory goes back, and no changed handshake is taken for a good one.
 *
 * <p>Each case is a seed's. {@code -Deuryale.fuzz.seconds=N} runs for so long in all, not three seconds;
 * {@code -Deuryale.fuzz.seed=N} begins with that seed, and without seconds runs it alone. A case that fails tells its seed and
 * the bytes that the ends were given. Keys are fresh each time, so the seed makes the same change to the same flight of another
 * handshake; {@code -Deuryale.fuzz.hello=HEX} gives a server the very bytes.
 */
@Timeout(300)
class FuzzTest {
    private static final Long SECONDS = Long.getLong("euryale.fuzz.seconds");
    private static final Long SEED = Long.getLong("euryale.fuzz.seed");
    private static final boolean ALONE = SEED != null && SECONDS == null;
    private static final String HELLO = System.getProperty("euryale.fuzz.hello");

    /** The tests below, which have the time among them. */
    private static final int TESTS = 6;

    /** However slow the machine is, each flight is to be changed. */
    private static final int LEAST = 100;

    /** Of a handshake: the client's hello, the server's, and what each finishes with. */
    private static final int FLIGHTS = 4;

    private static final long NANOS = (SECONDS == null ? 3 : SECONDS) * 1_000_000_000L / TESTS;

    /** A call that needs more than this for a few kilobytes would hold a reactor. */
    private static final long LONGEST_NANOS = 5_000_000_000L;

    private interface Case {
        void run(SplittableRandom random, List<String> given) throws Exception;
    }

    private static void forSeeds(String name, Case one) {
        long first = SEED != null ? SEED : 1;
        long seed = first;
        long end = System.nanoTime() + NANOS;
        do {
            List<String> given = new ArrayList<>();
            long start = System.nanoTime();
            try {
                one.run(new SplittableRandom(seed), given);
                assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(LONGEST_NANOS);
            } catch (Exception | Error e) {
                fail("repeat with -Deuryale.fuzz.seed=" + seed + "; given was " + String.join(", ", given), e);
            }
            seed++;
        } while (!ALONE && (seed - first < LEAST || System.nanoTime() < end));
        if (SECONDS != null) {
            System.out.println("fuzz: " + name + ": " + (seed - first) + " cases from seed " + first);
        }
    }

    private static String told(String end, byte[] bytes) {
        return "the " + end + ": " + HexFormat.of().formatHex(bytes);
    }

    private static byte[] changed(byte[] bytes, SplittableRandom random) {
        byte[] copy = bytes.clone();
        int at = random.nextInt(copy.length);
        int end = at + 1 + random.nextInt(Math.min(copy.length - at, 64));
        switch (random.nextInt(7)) {
            case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> copy[random.nextInt(Math.min(copy.length, 12))] = (byte) random.nextInt();
            case 2 -> {
                byte[] noise = new byte[end - at];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, copy, at, noise.length);
            }
            case 3 -> copy = joined(Arrays.copyOf(copy, at), Arrays.copyOfRange(copy, end, copy.length)); // lost
            case 4 -> copy = joined(Arrays.copyOf(copy, end), Arrays.copyOfRange(copy, at, copy.length)); // doubled
            case 5 -> copy = joined(Arrays.copyOfRange(copy, at, copy.length), Arrays.copyOf(copy, at)); // moved
            default -> copy = Arrays.copyOf(copy, at);
        }
        return copy;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    private static void feed(TlsConnection end, byte[] bytes, SplittableRandom random) {
        for (int at = 0; at < bytes.length; ) {
            int count = Math.min(bytes.length - at, 1 + random.nextInt(1 + random.nextInt(2000)));
            end.incoming().put(ByteBuffer.wrap(bytes, at, count));
            at += count;
            Outcome outcome = end.handshake();
            assertThat(outcome).isNotIn(Outcome.WANT_ASYNC, Outcome.WANT_WRITE, Outcome.SENT);
            assertThat((outcome == Outcome.FAILED) == (end.failure() != null)).isTrue();
        }
    }

    /** The client's first flight, recorded, is changed before a fresh server sees it. */
    @ParameterizedTest
    @CsvSource({"TLS_1_2", "TLS_1_3"})
    void aChangedClientHello(TlsVersion version) throws Exception {
        TlsContext servers = Wire.servers(version);
        servers.serverNameCallback((connection, name) -> null);
        TlsConnection client = Wire.clients(version).client("localhost");
        client.handshake();
        byte[] hello = Wire.taken(client.outgoing());
        forSeeds("a changed client hello, " + version, (random, given) -> {
            byte[] bytes = HELLO != null ? HexFormat.of().parseHex(HELLO) : changed(hello, random);
            given.add(told("server", bytes));
            TlsConnection server = servers.server();
            feed(server, bytes, random);
            assertThat(server.isEstablished()).isFalse();
            server.incoming().end();
            assertThat(server.handshake()).isIn(Outcome.RAGGED, Outcome.FAILED, Outcome.CLOSED);
            server.free();
            assertThat(servers.pool().leased()).isZero();
        });
    }

    /** What goes over the wire, one flight of it changed. */
    private static final class Flights {
        final int victim;
        boolean hit;
        private final SplittableRandom random;
        private final List<String> given;

        Flights(SplittableRandom random, List<String> given) {
            this.random = random;
            this.given = given;
            victim = random.nextInt(FLIGHTS);
        }

        byte[] next(String end, byte[] bytes) {
            byte[] other = given.size() == victim ? changed(bytes, random) : bytes;
            hit |= !Arrays.equals(other, bytes);
            given.add(told(end, other));
            return other;
        }
    }

    /** A flight of a live handshake, any, either way, is changed. */
    @ParameterizedTest
    @CsvSource({"TLS_1_2", "TLS_1_3"})
    void aChangedFlight(TlsVersion version) throws Exception {
        TlsContext clients = Wire.clients(version);
        TlsContext servers = Wire.servers(version);
        Set<Integer> hit = new HashSet<>();
        forSeeds("a changed flight, " + version, (random, given) -> {
            Wire wire = new Wire(clients, servers);
            Flights flights = new Flights(random, given);
            wire.toServer = bytes -> flights.next("server", bytes);
            wire.toClient = bytes -> flights.next("client", bytes);
            Outcome outcome = wire.handshake();
            wire.carry();
            String ours = Wire.read(wire.client);
            String theirs = Wire.read(wire.server);
            boolean both = wire.client.isEstablished() && wire.server.isEstablished();
            if (flights.hit) {
                hit.add(flights.victim);
            }
            if (both && flights.hit) {
                // Only what a handshake does not cover may have changed: records behind it, or how records are cut.
                assertThat(List.of(ours, theirs))
                        .as("%s", outcome)
                        .isSubsetOf("WANT_READ", "FAILED", "CLOSED", "RAGGED");
            }
            wire.client.free();
            wire.server.free();
            assertThat(clients.pool().leased()).isZero();
            assertThat(servers.pool().leased()).isZero();
        });
        assertThat(ALONE || hit.size() == FLIGHTS).as("%s", hit).isTrue();
    }

    /** Behind a good handshake, changed data is never read as data. */
    @ParameterizedTest
    @CsvSource({"TLS_1_2", "TLS_1_3"})
    void changedData(TlsVersion version) throws Exception {
        TlsContext clients = Wire.clients(version);
        TlsContext servers = Wire.servers(version);
        forSeeds("changed data, " + version, (random, given) -> {
            Wire wire = new Wire(clients, servers).shakeHands();
            byte[] secret = new byte[1 + random.nextInt(3000)];
            wire.client.write(ByteBuffer.wrap(secret));
            byte[] record = Wire.taken(wire.client.outgoing());
            byte[] other = changed(record, random);
            given.add(told("server", other));
            wire.server.incoming().put(ByteBuffer.wrap(other));
            wire.server.incoming().end();
            ByteBuffer got = ByteBuffer.allocate(10_000);
            Outcome outcome = Outcome.DONE;
            while (outcome == Outcome.DONE) {
                outcome = wire.server.read(got);
            }
            assertThat(outcome).isIn(Outcome.FAILED, Outcome.RAGGED);
            boolean whole = other.length >= record.length && Arrays.equals(Arrays.copyOf(other, record.length), record);
            // The version in a record's header is no part of what TLS 1.3 and 1.2 check alike: other data must not
            // come.
            assertThat(got.position()).isIn(0, secret.length);
            if (got.position() > 0 && !whole) {
                assertThat(Arrays.copyOf(got.array(), got.position())).isEqualTo(secret);
            }
            wire.client.free();
            wire.server.free();
            assertThat(clients.pool().leased()).isZero();
            assertThat(servers.pool().leased()).isZero();
        });
    }
}
