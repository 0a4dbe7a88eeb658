package org.euryale.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import javax.security.auth.x500.X500Principal;
import org.euryale.tls.TestCertificates.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** The four calls, between two of our own ends; with OpenSSL's, see OpenSslPeerTest. */
@Timeout(60)
class TlsConnectionTest {
    @EnumSource(
            value = TlsVersion.class,
            mode = Mode.INCLUDE,
            names = {"TLS_1_2", "TLS_1_3"})
    @ParameterizedTest
    @Retention(RetentionPolicy.RUNTIME)
    @interface EachVersion {}

    private static String reason(TlsConnection connection) {
        return Objects.requireNonNull(connection.failure()).reason();
    }

    // ---------------------------------------------------------------- handshake

    @ParameterizedTest
    @CsvSource({"TLS_1_2,RSA", "TLS_1_2,EC", "TLS_1_2,ED25519", "TLS_1_3,RSA", "TLS_1_3,EC", "TLS_1_3,ED25519"})
    void bothEndsKnowWhatTheyAgreedOn(TlsVersion version, Kind kind) throws Exception {
        TlsContext servers = new TlsContext();
        Credential credential = TestCertificates.server(kind).credential();
        servers.add(credential);
        Wire wire = new Wire(Wire.clients(version), servers);
        assertThat(wire.client.version()).isNull();
        assertThat(wire.client.cipher()).isNull();
        assertThat(wire.client.peerCertificates()).isEmpty();
        wire.shakeHands();

        assertThat(wire.client.version()).isEqualTo(version);
        assertThat(wire.server.version()).isEqualTo(version);
        assertThat(wire.client.cipher()).isNotNull().isSameAs(wire.server.cipher());
        assertThat(wire.client.peerCertificates()).isEqualTo(credential.chain());
        assertThat(wire.server.peerCertificates()).isEmpty();
        assertThat(wire.server.serverName()).isEqualTo("localhost");
        assertThat(wire.client.protocol()).isNull();
    }

    @EachVersion
    void bytesComeOneAtATime(TlsVersion version) throws Exception {
        Wire wire = new Wire(Wire.clients(version), Wire.servers(version));
        Deque<Byte> toServer = new ArrayDeque<>();
        Deque<Byte> toClient = new ArrayDeque<>();
        Outcome ours = Outcome.WANT_READ;
        Outcome theirs = Outcome.WANT_READ;
        while (ours != Outcome.DONE || theirs != Outcome.DONE) {
            ours = wire.client.handshake();
            theirs = wire.server.handshake();
            for (byte b : Wire.taken(wire.client.outgoing())) {
                toServer.add(b);
            }
            for (byte b : Wire.taken(wire.server.outgoing())) {
                toClient.add(b);
            }
            assertThat(toServer.size() + toClient.size() + (ours == Outcome.DONE ? 1 : 0))
                    .as("%s %s: it goes on", ours, theirs)
                    .isPositive();
            if (!toServer.isEmpty()) {
                wire.server.incoming().put(ByteBuffer.wrap(new byte[] {toServer.remove()}));
            }
            if (!toClient.isEmpty()) {
                wire.client.incoming().put(ByteBuffer.wrap(new byte[] {toClient.remove()}));
            }
        }
        assertThat(wire.client.version()).isEqualTo(version);
    }

    @EachVersion
    void aFullWayOutStopsTheHandshakeAndTheWrite(TlsVersion version) throws Exception {
        Wire wire = new Wire(Wire.clients(version), Wire.servers(version));
        wire.client.outgoing().limit(0);
        assertThat(wire.client.handshake()).isEqualTo(Outcome.WANT_WRITE);
        wire.client.outgoing().limit(1);
        Outcome outcome = Outcome.WANT_WRITE;
        for (int turn = 0; turn < 20 && outcome == Outcome.WANT_WRITE; turn++) {
            outcome = wire.handshake(); // a record a turn
        }
        assertThat(outcome).isEqualTo(Outcome.DONE);
        wire.carry();
        assertThat(Wire.read(wire.client)).isEqualTo("WANT_READ");

        ByteBuffer source = ByteBuffer.allocate(100_000);
        assertThat(wire.client.write(source)).isEqualTo(Outcome.WANT_WRITE);
        assertThat(source.position()).as("one record went").isPositive().isLessThanOrEqualTo(16_384);
        int taken = source.position();
        assertThat(wire.client.write(source)).isEqualTo(Outcome.WANT_WRITE);
        assertThat(source.position()).isEqualTo(taken);
        wire.client.outgoing().limit(Integer.MAX_VALUE);
        assertThat(wire.client.write(source)).isEqualTo(Outcome.DONE);
        assertThat(source.hasRemaining()).isFalse();
    }

    @EachVersion
    void readAndWriteShakeHandsFirst(TlsVersion version) throws Exception {
        Wire wire = new Wire(Wire.clients(version), Wire.servers(version));
        assertThat(wire.client.write(Wire.bytes("early"))).isEqualTo(Outcome.WANT_READ);
        String got = "WANT_READ";
        for (int turn = 0; turn < 10 && got.equals("WANT_READ"); turn++) {
            wire.carry();
            got = Wire.read(wire.server);
            wire.carry();
            wire.client.write(Wire.bytes("early"));
        }
        assertThat(got).isEqualTo("early");
    }

    @EachVersion
    void tasksRunElsewhereWhenAsked(TlsVersion version) throws Exception {
        Deque<Runnable> given = new ArrayDeque<>();
        Wire wire = new Wire(Wire.clients(version), Wire.servers(version));
        int[] done = {0};
        wire.server.runTasksBy(given::add, () -> done[0]++);
        Outcome outcome = wire.handshake();
        int rounds = 0;
        for (; outcome == Outcome.WANT_ASYNC; rounds++) {
            assertThat(wire.server.handshake()).isEqualTo(Outcome.WANT_ASYNC);
            assertThat(Wire.read(wire.server)).isEqualTo("WANT_ASYNC");
            assertThat(wire.server.write(Wire.bytes("x"))).isEqualTo(Outcome.WANT_ASYNC);
            assertThat(wire.server.shutdown()).isEqualTo(Outcome.WANT_ASYNC);
            assertThat(done[0]).isEqualTo(rounds);
            given.remove().run();
            assertThat(done[0]).isEqualTo(rounds + 1);
            assertThat(given).isEmpty();
            outcome = wire.handshake();
        }
        assertThat(outcome).isEqualTo(Outcome.DONE);
        assertThat(rounds).isPositive();
    }

    @Test
    void anExecutorThatRefusesLosesNothing() throws Exception {
        Wire wire = new Wire(Wire.clients(TlsVersion.TLS_1_3), Wire.servers(TlsVersion.TLS_1_3));
        wire.server.runTasksBy(
                task -> {
                    throw new RejectedExecutionException();
                },
                () -> {});
        wire.shakeHands();
    }

    // ---------------------------------------------------------------- data

    @EachVersion
    void aReadEndsWithARecord(TlsVersion version) throws Exception {
        Wire wire = Wire.established(version);
        wire.client.write(Wire.bytes("one"));
        wire.client.write(Wire.bytes("two"));
        wire.carry();
        assertThat(Wire.read(wire.server)).isEqualTo("one");
        assertThat(wire.server.pending()).isZero();
        assertThat(Wire.read(wire.server)).isEqualTo("two");
        assertThat(Wire.read(wire.server)).isEqualTo("WANT_READ");
    }

    @EachVersion
    void whatATargetDoesNotHoldIsPending(TlsVersion version) throws Exception {
        Wire wire = Wire.established(version);
        wire.client.write(Wire.bytes("one two"));
        wire.carry();
        ByteBuffer small = ByteBuffer.allocate(3);
        assertThat(wire.server.read(small)).isEqualTo(Outcome.DONE);
        assertThat(small.flip()).isEqualTo(Wire.bytes("one"));
        assertThat(wire.server.pending()).isEqualTo(4);
        assertThat(Wire.read(wire.server)).isEqualTo(" two");
        assertThat(wire.server.read(ByteBuffer.allocate(0))).isEqualTo(Outcome.DONE);
    }

    @EachVersion
    void muchArrivesWholeInPiecesOfAnySize(TlsVersion version) throws Exception {
        Wire wire = Wire.established(version);
        byte[] sent = new byte[1_000_000];
        new Random(7).nextBytes(sent);
        assertThat(wire.client.write(ByteBuffer.wrap(sent))).isEqualTo(Outcome.DONE);
        byte[] encrypted = Wire.taken(wire.client.outgoing());
        ByteBuffer got = ByteBuffer.allocate(sent.length);
        int piece = 1;
        for (int at = 0; at < encrypted.length; piece = piece * 3 % 50_021) {
            int end = Math.min(at + piece, encrypted.length);
            wire.server.incoming().put(ByteBuffer.wrap(encrypted, at, end - at));
            at = end;
            Outcome outcome = Outcome.DONE;
            while (outcome == Outcome.DONE && got.hasRemaining()) {
                outcome = wire.server.read(got);
            }
            assertThat(outcome).isIn(Outcome.DONE, Outcome.WANT_READ);
        }
        assertThat(got.array()).isEqualTo(sent);
    }

    @EachVersion
    void anIdleConnectionHoldsNoMemory(TlsVersion version) throws Exception {
        TlsContext clients = Wire.clients(version);
        TlsContext servers = Wire.servers(version);
        Wire wire = new Wire(clients, servers).shakeHands();
        wire.carry();
        assertThat(Wire.read(wire.client)).isEqualTo("WANT_READ");
        assertThat(clients.pool().leased()).isZero();
        assertThat(servers.pool().leased()).isZero();
        wire.client.write(ByteBuffer.allocate(100_000));
        assertThat(clients.pool().leased()).isPositive();
        wire.carry();
        assertThat(clients.pool().leased()).isZero();
        ByteBuffer target = ByteBuffer.allocate(10);
        wire.server.read(target);
        assertThat(servers.pool().leased()).isPositive();
        wire.server.free();
        assertThat(servers.pool().leased()).isZero();
        assertThat(wire.server.read(target)).isEqualTo(Outcome.FAILED);
    }

    @EachVersion
    void wantedIsNeverMoreThanTheRecord(TlsVersion version) throws Exception {
        Wire wire = Wire.established(version);
        wire.client.write(Wire.bytes("hello"));
        ByteBuffer sent = ByteBuffer.wrap(Wire.taken(wire.client.outgoing()));
        Wire.read(wire.server);
        while (wire.server.wanted() > 0) {
            int wanted = wire.server.wanted();
            assertThat(wanted).isLessThanOrEqualTo(sent.remaining());
            wire.server.incoming().put(sent.slice(sent.position(), wanted));
            sent.position(sent.position() + wanted);
        }
        assertThat(sent.hasRemaining()).isFalse();
        assertThat(Wire.read(wire.server)).isEqualTo("hello");
    }

    // ---------------------------------------------------------------- the end

    @EachVersion
    void aCleanEndIsToldFromARaggedOne(TlsVersion version) throws Exception {
        Wire wire = Wire.established(version);
        wire.client.write(Wire.bytes("last"));
        assertThat(wire.client.shutdown()).isEqualTo(Outcome.SENT);
        wire.carry();
        assertThat(Wire.read(wire.server)).isEqualTo("last");
        assertThat(Wire.read(wire.server)).isEqualTo("CLOSED");
        assertThat(Wire.read(wire.server)).isEqualTo("CLOSED");
        assertThat(wire.server.outgoing().isEmpty())
                .as("nobody has asked for an answer")
                .isTrue();
        assertThat(wire.client.shutdown()).isEqualTo(Outcome.WANT_READ);
        assertThat(wire.server.shutdown()).isEqualTo(Outcome.DONE);
        wire.carry();
        assertThat(wire.client.shutdown()).isEqualTo(Outcome.DONE);

        Wire other = Wire.established(version);
        other.carry();
        other.server.incoming().end();
        assertThat(Wire.read(other.server)).isEqualTo("RAGGED");
    }

    @EachVersion
    void aRecordThatIsCutIsARaggedEnd(TlsVersion version) throws Exception {
        Wire sender = Wire.established(version);
        sender.client.write(Wire.bytes("cut"));
        byte[] record = Wire.taken(sender.client.outgoing());
        sender.server.incoming().put(ByteBuffer.wrap(record, 0, record.length - 1));
        assertThat(Wire.read(sender.server)).isEqualTo("WANT_READ");
        sender.server.incoming().end();
        assertThat(Wire.read(sender.server)).isEqualTo("RAGGED");
    }

    @EachVersion
    void whatFollowsTlsIsTheCallers(TlsVersion version) throws Exception {
        Wire wire = Wire.established(version);
        wire.client.shutdown();
        wire.toServer = bytes -> {
            byte[] more = Arrays.copyOf(bytes, bytes.length + 5);
            System.arraycopy(Wire.bytes("plain").array(), 0, more, bytes.length, 5);
            return more;
        };
        wire.carry();
        assertThat(Wire.read(wire.server)).isEqualTo("CLOSED");
        assertThat(wire.server.shutdown()).isEqualTo(Outcome.DONE);
        assertThat(new String(Wire.taken(wire.server.incoming()), StandardCharsets.US_ASCII))
                .isEqualTo("plain");
    }

    @EachVersion
    void dataBeforeThePeersCloseFailsTheShutdownAndIsRead(TlsVersion version) throws Exception {
        Wire wire = Wire.established(version);
        wire.carry();
        Wire.read(wire.client);
        assertThat(wire.client.shutdown()).isEqualTo(Outcome.SENT);
        wire.server.write(Wire.bytes("late"));
        wire.carry();
        assertThat(wire.client.shutdown()).isEqualTo(Outcome.FAILED);
        assertThat(reason(wire.client)).isEqualTo("APPLICATION_DATA_AFTER_CLOSE_NOTIFY");
        assertThat(Wire.read(wire.client)).isEqualTo("late");
        assertThat(wire.client.shutdown()).isEqualTo(Outcome.WANT_READ);
        assertThat(wire.client.write(Wire.bytes("x"))).isEqualTo(Outcome.FAILED);
        assertThat(reason(wire.client)).isEqualTo("PROTOCOL_IS_SHUTDOWN");
    }

    @EachVersion
    void dataAfterThePeersClose(TlsVersion version) throws Exception {
        Wire wire = Wire.established(version);
        wire.carry();
        Wire.read(wire.client);
        wire.client.shutdown();
        wire.carry();
        assertThat(Wire.read(wire.server)).isEqualTo("CLOSED");
        Outcome outcome = wire.server.write(Wire.bytes("more"));
        if (version == TlsVersion.TLS_1_2) {
            assertThat(outcome).isEqualTo(Outcome.FAILED);
            assertThat(reason(wire.server)).isEqualTo("PROTOCOL_IS_SHUTDOWN");
        } else {
            assertThat(outcome).isEqualTo(Outcome.DONE);
            wire.carry();
            assertThat(Wire.read(wire.client)).isEqualTo("more");
        }
        assertThat(wire.server.shutdown()).isEqualTo(Outcome.DONE);
        wire.carry();
        assertThat(Wire.read(wire.client)).isEqualTo("CLOSED");
        assertThat(wire.client.shutdown()).isEqualTo(Outcome.DONE);
    }

    @EachVersion
    void anEndIsNoEndOfAHandshake(TlsVersion version) throws Exception {
        Wire wire = new Wire(Wire.clients(version), Wire.servers(version));
        assertThat(wire.client.shutdown()).isEqualTo(Outcome.FAILED);
        assertThat(reason(wire.client)).isEqualTo("SHUTDOWN_WHILE_IN_INIT");
        wire.client.handshake();
        wire.client.incoming().end();
        assertThat(wire.client.handshake()).isEqualTo(Outcome.RAGGED);
        wire.server.incoming().end();
        assertThat(wire.server.handshake()).isEqualTo(Outcome.RAGGED);
    }

    // ---------------------------------------------------------------- names and protocols

    @EachVersion
    void theNameChoosesTheContext(TlsVersion version) throws Exception {
        TlsContext other = new TlsContext();
        other.add(TestCertificates.otherServer().credential());
        TlsContext servers = Wire.servers(version);
        String[] asked = {"nothing"};
        servers.serverNameCallback((connection, name) -> {
            asked[0] = name;
            connection.context("www.example.org".equals(name) ? other : servers);
            return null;
        });
        Wire wire = new Wire(Wire.clients(version).client("www.example.org"), servers.server()).shakeHands();
        assertThat(asked[0]).isEqualTo("www.example.org");
        assertThat(wire.server.context()).isSameAs(other);
        assertThat(wire.client.peerCertificates())
                .isEqualTo(TestCertificates.otherServer().credential().chain());

        Wire nameless = new Wire(Wire.clients(version).client(null), servers.server()).shakeHands();
        assertThat(asked[0]).isNull();
        assertThat(nameless.client.peerCertificates())
                .isEqualTo(TestCertificates.server(Kind.EC).credential().chain());
    }

    /** A session that is resumed has no certificates to be verified. */
    @EachVersion
    void aClientResumesASessionThatItIsGiven(TlsVersion version) throws Exception {
        int[] asked = {0};
        TlsContext clients = Wire.clients(version);
        clients.verifyCallback((connection, certificate, error, depth) -> {
            asked[0]++;
            return error == CertificateError.OK;
        });
        TlsContext servers = Wire.servers(version);
        Wire first = new Wire(clients, servers).shakeHands();
        assertThat(Wire.read(first.client)).isEqualTo("WANT_READ"); // the ticket of TLS 1.3
        assertThat(asked[0]).isEqualTo(2);
        assertThat(Objects.requireNonNull(first.client.verifiedPath())).hasSize(2);

        new Wire(clients, servers).shakeHands();
        assertThat(asked[0]).as("nothing is resumed unasked").isEqualTo(4);

        TlsConnection again = clients.client("localhost");
        again.sessionKey(first.client.sessionKey());
        Wire second = new Wire(again, servers.server()).shakeHands();
        assertThat(asked[0]).isEqualTo(4);
        assertThat(again.peerCertificates()).isEqualTo(first.client.peerCertificates());
        assertThat(again.clientRandom())
                .isEqualTo(second.server.clientRandom())
                .isNotEqualTo(first.client.clientRandom());
    }

    @EachVersion
    void theServersAuthoritiesAreTold(TlsVersion version) throws Exception {
        TlsContext servers = Wire.servers(version);
        servers.verification(Verification.OPTIONAL);
        X500Principal name = new X500Principal("CN=an authority");
        servers.authorities(List.of(name));
        Wire wire = new Wire(Wire.clients(version), servers).shakeHands();
        assertThat(wire.client.authorities()).containsExactly(name);
    }

    @Test
    void aContextThatTookOverGivesNoMemoryAway() throws Exception {
        TlsContext other = Wire.servers(TlsVersion.TLS_1_3);
        TlsContext servers = Wire.servers(TlsVersion.TLS_1_3);
        servers.serverNameCallback((connection, name) -> {
            connection.context(other);
            return null;
        });
        Wire wire = new Wire(Wire.clients(TlsVersion.TLS_1_3), servers).shakeHands();
        wire.carry();
        assertThat(servers.pool().leased()).isZero();
        assertThat(other.pool().leased()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost.", "a_b.example.org"})
    void whatIsNoHostsNameIsNotAskedFor(String name) {
        assertThatThrownBy(() -> new TlsContext().client(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @EachVersion
    void theNameCanBeRefused(TlsVersion version) throws Exception {
        TlsContext servers = Wire.servers(version);
        servers.serverNameCallback((connection, name) -> Alert.UNRECOGNIZED_NAME);
        Wire wire = new Wire(Wire.clients(version), servers);
        assertThat(wire.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(wire.server)).isEqualTo("CALLBACK_FAILED");
        wire.carry();
        assertThat(wire.client.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(wire.client)).isEqualTo("TLSV1_UNRECOGNIZED_NAME");
    }

    @EachVersion
    void aProtocolIsAgreedOn(TlsVersion version) throws Exception {
        TlsContext clients = Wire.clients(version);
        clients.protocols(List.of("h2", "http/1.1"));
        TlsContext servers = Wire.servers(version);
        assertThat(new Wire(clients, servers).shakeHands().client.protocol()).isNull();
        servers.protocolChoice((connection, offered) -> offered.contains("http/1.1") ? "http/1.1" : "");
        Wire wire = new Wire(clients, servers).shakeHands();
        assertThat(wire.client.protocol()).isEqualTo("http/1.1");
        assertThat(wire.server.protocol()).isEqualTo("http/1.1");
        clients.protocols(List.of("spdy/3"));
        assertThat(new Wire(clients, servers).shakeHands().server.protocol()).isNull();
    }

    // ---------------------------------------------------------------- certificates

    @EachVersion
    void aClientsCertificateIsAskedFor(TlsVersion version) throws Exception {
        TlsContext servers = Wire.servers(version);
        servers.trust().addPem(TestCertificates.authority().certificateText());
        servers.verification(Verification.REQUIRED);
        TlsContext clients = Wire.clients(version);
        Wire without = new Wire(clients, servers);
        assertThat(without.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(without.server)).isEqualTo("PEER_DID_NOT_RETURN_A_CERTIFICATE");

        clients.add(TestCertificates.client(Kind.RSA).credential());
        Wire with = new Wire(clients, servers).shakeHands();
        assertThat(with.server.peerCertificates())
                .isEqualTo(TestCertificates.client(Kind.RSA).credential().chain());

        servers.verification(Verification.OPTIONAL);
        assertThat(new Wire(Wire.clients(version), servers).shakeHands().server.peerCertificates())
                .isEmpty();
        clients.add(TestCertificates.strange().credential());
        TlsContext strange = Wire.clients(version);
        strange.add(TestCertificates.strange().credential());
        Wire refused = new Wire(strange, servers);
        assertThat(refused.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(refused.server)).isEqualTo("CERTIFICATE_VERIFY_FAILED");
        refused.carry();
        assertThat(Wire.read(refused.client)).isEqualTo("FAILED");
        assertThat(reason(refused.client)).isEqualTo("SSLV3_ALERT_CERTIFICATE_UNKNOWN");
    }

    private static void assertRefused(TlsVersion version, Credential credential, CertificateError error)
            throws Exception {
        TlsContext servers = new TlsContext();
        servers.add(credential);
        Wire wire = new Wire(Wire.clients(version), servers);
        assertThat(wire.handshake()).isEqualTo(Outcome.FAILED);
        TlsFailure failure = Objects.requireNonNull(wire.client.failure());
        assertThat(failure.reason()).isEqualTo("CERTIFICATE_VERIFY_FAILED");
        assertThat(failure.verification()).isEqualTo(error);
        wire.carry();
        assertThat(Wire.read(wire.server)).isEqualTo("FAILED");
        assertThat(reason(wire.server)).isEqualTo("SSLV3_ALERT_CERTIFICATE_UNKNOWN");

        TlsContext careless = Wire.clients(version);
        careless.verification(Verification.NONE);
        new Wire(careless, servers).shakeHands();
    }

    @EachVersion
    void aCertificateThatIsNotTrustedIsRefused(TlsVersion version) throws Exception {
        assertRefused(
                version, TestCertificates.selfSigned().credential(), CertificateError.DEPTH_ZERO_SELF_SIGNED_CERT);
        assertRefused(
                version, TestCertificates.strange().credential(), CertificateError.UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
        assertRefused(version, TestCertificates.expired().credential(), CertificateError.CERT_HAS_EXPIRED);
        assertRefused(version, TestCertificates.client(Kind.EC).credential(), CertificateError.INVALID_PURPOSE);
    }

    @EachVersion
    void aChainLeadsToATrustedCertificate(TlsVersion version) throws Exception {
        Credential below = TestCertificates.belowIntermediate().credential();
        assertRefused(version, below, CertificateError.UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
        TlsContext servers = new TlsContext();
        servers.add(new Credential(
                below.key(),
                List.of(
                        below.chain().get(0),
                        TestCertificates.intermediate().credential().chain().get(0))));
        assertThat(new Wire(Wire.clients(version), servers).shakeHands().client.peerCertificates())
                .hasSize(2);
    }

    // ---------------------------------------------------------------- what cannot be agreed on

    @Test
    void versionsThatDoNotMeetAreRefused() throws Exception {
        Wire wire = new Wire(Wire.clients(TlsVersion.TLS_1_3), Wire.servers(TlsVersion.TLS_1_2));
        assertThat(wire.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(wire.server)).isEqualTo("UNSUPPORTED_PROTOCOL");
        wire.carry();
        assertThat(wire.client.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(wire.client)).isEqualTo("TLSV1_ALERT_PROTOCOL_VERSION");
    }

    @Test
    void suitesThatDoNotMeetAreRefused() throws Exception {
        TlsContext clients = Wire.clients(TlsVersion.TLS_1_2);
        clients.ciphers("ECDHE-RSA-AES128-GCM-SHA256");
        Wire wire = new Wire(clients, Wire.servers(TlsVersion.TLS_1_2));
        assertThat(wire.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(wire.server)).isEqualTo("NO_SHARED_CIPHER");
        wire.carry();
        assertThat(wire.client.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(wire.client)).isEqualTo("SSLV3_ALERT_HANDSHAKE_FAILURE");
        assertThat(wire.client.handshake()).as("and again").isEqualTo(Outcome.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES256-SHA"})
    void theStringChoosesTheSuite(String name) throws Exception {
        TlsContext clients = Wire.clients(TlsVersion.TLS_1_2);
        clients.ciphers(name);
        CipherSuite spoken = new Wire(clients, Wire.servers(TlsVersion.TLS_1_2))
                .shakeHands()
                .client
                .cipher();
        assertThat(Objects.requireNonNull(spoken).name()).isEqualTo(name);
    }

    @Test
    void theServersOrderCountsWhenItSaysSo() throws Exception {
        TlsContext clients = Wire.clients(TlsVersion.TLS_1_2);
        clients.ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384");
        TlsContext servers = Wire.servers(TlsVersion.TLS_1_2);
        servers.ciphers("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256");
        assertThat(cipher(new Wire(clients, servers))).isEqualTo("ECDHE-ECDSA-AES128-GCM-SHA256");
        servers.serverPreference(true);
        assertThat(cipher(new Wire(clients, servers))).isEqualTo("ECDHE-ECDSA-AES256-GCM-SHA384");
    }

    private static @Nullable String cipher(Wire wire) {
        CipherSuite suite = wire.shakeHands().client.cipher();
        return suite == null ? null : suite.name();
    }

    @Test
    void aStringWithoutASuiteOfTheJdkMatchesNone() {
        TlsContext context = new TlsContext();
        assertThatThrownBy(() -> context.ciphers("ARIA")).hasMessage("NO_CIPHER_MATCH");
        assertThatThrownBy(() -> context.ciphers("ECDHE-RSA-AES128-SHA:@SECLEVEL=5"))
                .hasMessage("NO_CIPHER_MATCH");
        context.ciphers("ECDHE-RSA-AES128-SHA:@SECLEVEL=0");
        assertThat(context.ciphers().stream().map(CipherSuite::name))
                .containsExactly(
                        "TLS_AES_256_GCM_SHA384",
                        "TLS_CHACHA20_POLY1305_SHA256",
                        "TLS_AES_128_GCM_SHA256",
                        "ECDHE-RSA-AES128-SHA");
    }

    @Test
    void versionsThatTheJdkForbidsAreNone() throws Exception {
        TlsContext clients = Wire.clients(TlsVersion.TLS_1_2);
        clients.versions(EnumSet.of(TlsVersion.TLS_1_0));
        TlsConnection client = clients.client(null);
        assertThat(client.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(client)).isEqualTo("NO_PROTOCOLS_AVAILABLE");
        assertThat(clients.versions()).isEqualTo(Set.of(TlsVersion.TLS_1_0));
    }

    // ---------------------------------------------------------------- bad input

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.0,HTTP_REQUEST",
        "POST / HTTP/1.0,HTTP_REQUEST",
        "CONNECT a:443,HTTPS_PROXY_REQUEST",
        "EHLO there,WRONG_VERSION_NUMBER",
        "SSH-2.0-x,WRONG_VERSION_NUMBER"
    })
    void aServerSaysWhatItWasSentInstead(String text, String reason) throws Exception {
        TlsConnection server = Wire.servers(TlsVersion.TLS_1_3).server();
        server.incoming().put(Wire.bytes(text.substring(0, 4)));
        assertThat(server.handshake()).isEqualTo(Outcome.WANT_READ);
        server.incoming().put(Wire.bytes(text.substring(4)));
        assertThat(server.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(server)).isEqualTo(reason);
        assertThat(server.handshake()).isEqualTo(Outcome.FAILED);
    }

    @EachVersion
    void aClientIsNotAnsweredInPlainText(TlsVersion version) throws Exception {
        TlsConnection client = Wire.clients(version).client("localhost");
        client.handshake();
        client.incoming().put(Wire.bytes("220 smtp.example.org\r\n"));
        assertThat(client.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(client)).isEqualTo("WRONG_VERSION_NUMBER");
    }

    @EachVersion
    void aRecordThatIsTooLongIsRefusedByItsHeader(TlsVersion version) throws Exception {
        TlsConnection server = Wire.servers(version).server();
        server.incoming().put(ByteBuffer.wrap(new byte[] {22, 3, 1, (byte) 0xFF, (byte) 0xFF}));
        assertThat(server.handshake()).isEqualTo(Outcome.FAILED);
        assertThat(reason(server)).isEqualTo("PACKET_LENGTH_TOO_LONG");

        Wire wire = Wire.established(version);
        wire.server.incoming().put(ByteBuffer.wrap(new byte[] {23, 3, 3, 0x60, 0}));
        assertThat(Wire.read(wire.server)).isEqualTo("FAILED");
        assertThat(reason(wire.server)).isEqualTo("ENCRYPTED_LENGTH_TOO_LONG");
    }

    @EachVersion
    void aChangedRecordIsRefusedAndThePeerTold(TlsVersion version) throws Exception {
        Wire wire = Wire.established(version);
        wire.carry();
        Wire.read(wire.client);
        wire.client.write(Wire.bytes("first"));
        wire.carry();
        wire.client.write(Wire.bytes("secret"));
        wire.toServer = bytes -> {
            bytes[bytes.length - 1] ^= 1;
            return bytes;
        };
        wire.carry();
        assertThat(Wire.read(wire.server)).isEqualTo("first");
        assertThat(Wire.read(wire.server)).isEqualTo("FAILED");
        assertThat(reason(wire.server)).isEqualTo("DECRYPTION_FAILED_OR_BAD_RECORD_MAC");
        wire.carry();
        assertThat(Wire.read(wire.client)).isEqualTo("FAILED");
        assertThat(reason(wire.client)).isEqualTo("SSLV3_ALERT_BAD_RECORD_MAC");
        assertThat(wire.server.write(Wire.bytes("x"))).isEqualTo(Outcome.FAILED);
    }
}
