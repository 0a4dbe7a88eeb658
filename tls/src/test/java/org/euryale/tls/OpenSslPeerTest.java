package org.euryale.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.euryale.tls.TestCertificates.Kind;
import org.euryale.tls.TestCertificates.Pair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Both ends with OpenSSL's own at the other: {@code openssl s_server} and {@code s_client}. */
@Timeout(60)
class OpenSslPeerTest {
    private final List<Process> peers = new ArrayList<>();

    @AfterEach
    void endPeers() throws Exception {
        for (Process peer : peers) {
            peer.destroyForcibly().waitFor();
        }
    }

    private Process peer(String... arguments) {
        return bounded(OpenSsl.start(arguments));
    }

    /** A read of a process's output has no timeout of its own: the end of the process ends it. */
    private Process bounded(Process process) {
        peers.add(process);
        CompletableFuture.delayedExecutor(30, TimeUnit.SECONDS).execute(process::destroyForcibly);
        return process;
    }

    private static BufferedReader lines(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    private static String awaitLine(BufferedReader lines, String part) throws IOException {
        StringBuilder before = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(part)) {
                return line;
            }
            before.append(line).append('\n');
        }
        throw new AssertionError("no line with " + part + " in\n" + before);
    }

    /** An s_server with what is common to all; its port is the number in its first line. */
    private int server(TlsVersion version, Pair pair, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                pair.certificate().toString(),
                "-key",
                pair.key().toString(),
                version == TlsVersion.TLS_1_3 ? "-tls1_3" : "-tls1_2"));
        command.addAll(List.of(more));
        Process process = peer(command.toArray(String[]::new));
        output = lines(process);
        input = process;
        String line = awaitLine(output, "ACCEPT");
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip());
    }

    private BufferedReader output = new BufferedReader(Reader.nullReader());
    private Process input = new ProcessBuilder("true").start();

    OpenSslPeerTest() throws IOException {}

    private void say(String text) throws IOException {
        input.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        input.getOutputStream().flush();
    }

    private static TlsContext servers(TlsVersion version, Kind kind) throws Exception {
        TlsContext context = new TlsContext();
        context.versions(Set.of(version));
        context.add(TestCertificates.server(kind).credential());
        return context;
    }

    /** A client of OpenSSL's, accepted. */
    private SocketEnd accept(TlsContext context, String... more) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listener.setSoTimeout(20_000);
            List<String> command = new ArrayList<>(List.of(
                    "s_client",
                    "-connect",
                    "127.0.0.1:" + listener.getLocalPort(),
                    "-CAfile",
                    TestCertificates.authority().certificate().toString(),
                    "-servername",
                    "localhost"));
            command.addAll(List.of(more));
            input = peer(command.toArray(String[]::new));
            output = lines(input);
            Socket accepted = listener.accept();
            return new SocketEnd(context.server(), accepted);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_2,RSA,false", "TLS_1_2,EC,false", "TLS_1_2,ED25519,false", "TLS_1_3,RSA,false", "TLS_1_3,EC,false",
        "TLS_1_3,ED25519,false", "TLS_1_2,RSA,true", "TLS_1_2,EC,true", "TLS_1_3,RSA,true", "TLS_1_3,EC,true"
    })
    void aClientTalksWithItsServer(TlsVersion version, Kind kind, boolean certified) throws Exception {
        List<String> more = new ArrayList<>(List.of("-rev", "-alpn", "h2,echo"));
        if (certified) {
            more.addAll(List.of(
                    "-Verify",
                    "3",
                    "-verify_return_error",
                    "-CAfile",
                    TestCertificates.authority().certificate().toString()));
        }
        int port = server(version, TestCertificates.server(kind), more.toArray(String[]::new));
        TlsContext clients = Wire.clients(version);
        clients.protocols(List.of("echo"));
        if (certified) {
            clients.add(TestCertificates.client(kind).credential());
        }
        try (SocketEnd end = SocketEnd.connect(clients.client("localhost"), port)) {
            assertThat(end.handshake()).as("%s", end.connection.failure()).isEqualTo(Outcome.DONE);
            assertThat(end.connection.version()).isEqualTo(version);
            assertThat(end.connection.protocol()).isEqualTo("echo");
            assertThat(end.connection.peerCertificates())
                    .startsWith(
                            TestCertificates.server(kind).credential().chain().get(0));
            end.write("abcdef\n");
            assertThat(end.readUntil("\n")).isEqualTo("fedcba\n");
            String spoken = Objects.requireNonNull(end.connection.cipher()).name();
            assertThat(awaitLine(output, "Ciphersuite: ")).endsWith(spoken);
            end.write("CLOSE\n"); // s_server's -rev takes it for the end
            assertThat(end.readUntil("\n")).isIn("CLOSED", "RAGGED", "ESOLC\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_2,RSA,false", "TLS_1_2,EC,false", "TLS_1_2,ED25519,false", "TLS_1_3,RSA,false", "TLS_1_3,EC,false",
        "TLS_1_3,ED25519,false", "TLS_1_2,RSA,true", "TLS_1_2,EC,true", "TLS_1_3,RSA,true", "TLS_1_3,EC,true"
    })
    void aServerTalksWithItsClient(TlsVersion version, Kind kind, boolean certified) throws Exception {
        TlsContext servers = servers(version, kind);
        servers.protocolChoice((connection, offered) -> offered.get(offered.size() - 1));
        List<String> more = new ArrayList<>(List.of("-alpn", "h2,echo", "-verify_return_error"));
        if (certified) {
            servers.verification(Verification.REQUIRED);
            servers.trust().addPem(TestCertificates.authority().certificateText());
            Pair pair = TestCertificates.client(kind);
            more.addAll(List.of(
                    "-cert", pair.certificate().toString(), "-key", pair.key().toString()));
        }
        try (SocketEnd end = accept(servers, more.toArray(String[]::new))) {
            assertThat(end.handshake()).as("%s", end.connection.failure()).isEqualTo(Outcome.DONE);
            assertThat(end.connection.protocol()).isEqualTo("echo");
            assertThat(end.connection.serverName()).isEqualTo("localhost");
            if (certified) {
                assertThat(end.connection.peerCertificates())
                        .startsWith(TestCertificates.client(kind)
                                .credential()
                                .chain()
                                .get(0));
            } else {
                assertThat(end.connection.peerCertificates()).isEmpty();
            }
            say("hello\n");
            assertThat(end.readUntil("\n")).isEqualTo("hello\n");
            end.write("and back\n");
            assertThat(awaitLine(output, "Verification: ")).isEqualTo("Verification: OK");
            String spoken = Objects.requireNonNull(end.connection.cipher()).name();
            assertThat(awaitLine(output, "Cipher is")).endsWith(spoken);
            awaitLine(output, "and back");
            input.getOutputStream().close();
            assertThat(end.readUntil("\n")).isEqualTo("CLOSED");
            assertThat(end.connection.shutdown()).isEqualTo(Outcome.DONE);
        }
    }

    @Test
    void itsKeyUpdateIsAnswered() throws Exception {
        try (SocketEnd end = accept(servers(TlsVersion.TLS_1_3, Kind.EC))) {
            assertThat(end.handshake()).isEqualTo(Outcome.DONE);
            say("before\n");
            assertThat(end.readUntil("\n")).isEqualTo("before\n");
            awaitLine(output, "TLSv1.3");
            say("K\n"); // update, and ask us to
            awaitLine(output, "KEYUPDATE");
            say("after\n");
            assertThat(end.readUntil("\n")).isEqualTo("after\n");
            end.write("with new keys\n");
            awaitLine(output, "with new keys");
        }
    }

    @Test
    void itsRenegotiationIsRefused() throws Exception {
        try (SocketEnd end = accept(servers(TlsVersion.TLS_1_2, Kind.EC))) {
            assertThat(end.handshake()).isEqualTo(Outcome.DONE);
            say("before\n");
            assertThat(end.readUntil("\n")).isEqualTo("before\n");
            say("R\n");
            assertThat(end.readUntil("\n")).isEqualTo("FAILED");
            assertThat(Objects.requireNonNull(end.connection.failure()).reason())
                    .isEqualTo("NO_RENEGOTIATION");
        }
    }

    @Test
    void aServersRenegotiationIsRefused() throws Exception {
        int port = server(TlsVersion.TLS_1_2, TestCertificates.server(Kind.EC));
        try (SocketEnd end = SocketEnd.connect(Wire.clients(TlsVersion.TLS_1_2).client("localhost"), port)) {
            assertThat(end.handshake()).isEqualTo(Outcome.DONE);
            awaitLine(output, "CIPHER is");
            say("r\n");
            assertThat(end.readUntil("\n")).isEqualTo("FAILED");
            assertThat(Objects.requireNonNull(end.connection.failure()).reason())
                    .isEqualTo("NO_RENEGOTIATION");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsVersion.class,
            names = {"TLS_1_2", "TLS_1_3"})
    void itsRefusalHasItsReason(TlsVersion version) throws Exception {
        TlsContext strange = new TlsContext();
        strange.versions(Set.of(version));
        strange.add(TestCertificates.strange().credential());
        try (SocketEnd end = accept(strange, "-verify_return_error")) {
            Outcome outcome = end.handshake();
            assertThat(outcome == Outcome.FAILED ? "FAILED" : end.readUntil("\n"))
                    .isEqualTo("FAILED");
            assertThat(Objects.requireNonNull(end.connection.failure()).reason())
                    .isEqualTo("TLSV1_ALERT_UNKNOWN_CA");
        }
        int port = server(
                version,
                TestCertificates.server(Kind.EC),
                "-Verify",
                "3",
                "-verify_return_error",
                "-CAfile",
                TestCertificates.authority().certificate().toString());
        try (SocketEnd end = SocketEnd.connect(Wire.clients(version).client("localhost"), port)) {
            Outcome outcome = end.handshake();
            assertThat(outcome == Outcome.FAILED ? "FAILED" : end.readUntil("\n"))
                    .isEqualTo("FAILED");
            assertThat(Objects.requireNonNull(end.connection.failure()).reason())
                    .isEqualTo(
                            version == TlsVersion.TLS_1_3
                                    ? "TLSV13_ALERT_CERTIFICATE_REQUIRED"
                                    : "SSLV3_ALERT_HANDSHAKE_FAILURE");
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2,-tls1_2", "TLS_1_3,-tls1_3"})
    void itsSessionIsResumed(TlsVersion version, String option) throws Exception {
        TlsContext servers = servers(version, Kind.EC);
        String file = TestCertificates.file("session").toString();
        for (String kept : new String[] {"-sess_out", "-sess_in"}) {
            try (SocketEnd end = accept(servers, option, kept, file)) {
                assertThat(end.handshake()).isEqualTo(Outcome.DONE);
                end.write("hello\n");
                say("bye\n");
                assertThat(end.readUntil("\n")).isEqualTo("bye\n");
                assertThat(awaitLine(output, "Cipher is")).startsWith(kept.equals("-sess_in") ? "Reused" : "New");
                awaitLine(output, "hello");
                input.getOutputStream().close(); // the end of its input: it keeps the session, and leaves
                assertThat(end.readUntil("\n")).isEqualTo("CLOSED");
            }
        }
    }

    @Test
    void aKilledPeerIsARaggedEnd() throws Exception {
        try (SocketEnd end = accept(servers(TlsVersion.TLS_1_3, Kind.EC))) {
            assertThat(end.handshake()).isEqualTo(Outcome.DONE);
            end.write("all read\n");
            awaitLine(output, "all read"); // with bytes unread, its end would be a reset
            input.destroyForcibly().waitFor();
            assertThat(end.readUntil("\n")).isEqualTo("RAGGED");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsVersion.class,
            names = {"TLS_1_2", "TLS_1_3"})
    void aFileOfItsArrivesWhole(TlsVersion version) throws Exception {
        byte[] page = new byte[3_000_000];
        new Random(3).nextBytes(page);
        Files.write(TestCertificates.file("page"), page);
        int port = fileServer(version);
        try (SocketEnd end = SocketEnd.connect(Wire.clients(version).client("localhost"), port)) {
            end.frugal = true;
            assertThat(end.handshake()).isEqualTo(Outcome.DONE);
            end.write("GET /page HTTP/1.0\r\n\r\n");
            ByteBuffer got = ByteBuffer.allocate(page.length + 10_000);
            Outcome outcome = Outcome.DONE;
            while (outcome == Outcome.DONE) {
                outcome = end.complete(() -> end.connection.read(got));
            }
            assertThat(outcome).isEqualTo(Outcome.CLOSED);
            byte[] bytes = new byte[got.flip().remaining()];
            got.get(bytes);
            int body = new String(bytes, 0, 1000, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
            assertThat(Arrays.copyOfRange(bytes, body, bytes.length)).isEqualTo(page);
        }
    }

    /** An s_server that gives out the files of the certificates' directory. */
    private int fileServer(TlsVersion version) throws Exception {
        Pair pair = TestCertificates.server(Kind.EC);
        Process started = new ProcessBuilder(
                        "openssl",
                        "s_server",
                        "-accept",
                        "127.0.0.1:0",
                        "-cert",
                        pair.certificate().toString(),
                        "-key",
                        pair.key().toString(),
                        version == TlsVersion.TLS_1_3 ? "-tls1_3" : "-tls1_2",
                        "-WWW")
                .directory(Objects.requireNonNull(TestCertificates.file("page").getParent())
                        .toFile())
                .redirectErrorStream(true)
                .start();
        bounded(started);
        output = lines(started);
        String line = awaitLine(output, "ACCEPT");
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip());
    }
}
