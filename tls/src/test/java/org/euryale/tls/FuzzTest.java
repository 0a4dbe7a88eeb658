package org.euryale.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a hostile peer may send: recorded handshakes with bytes changed, lost, doubled, moved and cut, and plain noise. Whatever
 * comes, a call answers and throws nothing, memory goes back, and no changed handshake is taken for a good one. Each case is a
 * seed's; {@code -Deuryale.tls.seed=N} runs one, {@code -Deuryale.long=true} runs a minute.
 */
@Timeout(300)
class FuzzTest {
    private static final long NANOS = (Boolean.getBoolean("euryale.long") ? 60L : 3L) * 1_000_000_000L / 5;
    private static final Long ONLY = Long.getLong("euryale.tls.seed");

    /** A call that needs more than this for a few kilobytes would hold a reactor. */
    private static final long LONGEST_NANOS = 5_000_000_000L;

    private interface Case {
        void run(Random random) throws Exception;
    }

    private static void forSeeds(Case one) {
        long end = System.nanoTime() + NANOS;
        for (long seed = ONLY != null ? ONLY : 1; ; seed++) {
            long start = System.nanoTime();
            try {
                one.run(new Random(seed));
            } catch (Exception | AssertionError e) {
                fail("repeat with -Deuryale.tls.seed=" + seed, e);
            }
            assertThat(System.nanoTime() - start).as("seed %d", seed).isLessThan(LONGEST_NANOS);
            if (ONLY != null || System.nanoTime() > end) {
                return;
            }
        }
    }

    private static byte[] changed(byte[] bytes, Random random) {
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

    private static void feed(TlsConnection end, byte[] bytes, Random random) {
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
        forSeeds(random -> {
            TlsConnection server = servers.server();
            feed(server, changed(hello, random), random);
            assertThat(server.isEstablished()).isFalse();
            server.incoming().end();
            assertThat(server.handshake()).isIn(Outcome.RAGGED, Outcome.FAILED, Outcome.CLOSED);
            server.free();
            assertThat(servers.pool().leased()).isZero();
        });
    }

    /** A flight of a live handshake, any, either way, is changed. */
    @ParameterizedTest
    @CsvSource({"TLS_1_2", "TLS_1_3"})
    void aChangedFlight(TlsVersion version) throws Exception {
        TlsContext clients = Wire.clients(version);
        TlsContext servers = Wire.servers(version);
        forSeeds(random -> {
            Wire wire = new Wire(clients, servers);
            int victim = random.nextInt(4);
            int[] flight = {0};
            List<Boolean> hit = new ArrayList<>();
            wire.toServer = wire.toClient = bytes -> {
                if (flight[0]++ != victim) {
                    return bytes;
                }
                byte[] other = changed(bytes, random);
                hit.add(!Arrays.equals(other, bytes));
                return other;
            };
            Outcome outcome = wire.handshake();
            wire.carry();
            String ours = Wire.read(wire.client);
            String theirs = Wire.read(wire.server);
            boolean both = wire.client.isEstablished() && wire.server.isEstablished();
            if (both && hit.contains(true)) {
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
    }

    /** Behind a good handshake, changed data is never read as data. */
    @Test
    void changedData() throws Exception {
        forSeeds(random -> {
            Wire wire = Wire.established(random.nextBoolean() ? TlsVersion.TLS_1_2 : TlsVersion.TLS_1_3);
            byte[] secret = new byte[1 + random.nextInt(3000)];
            wire.client.write(ByteBuffer.wrap(secret));
            byte[] record = Wire.taken(wire.client.outgoing());
            byte[] other = changed(record, random);
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
        });
    }
}
