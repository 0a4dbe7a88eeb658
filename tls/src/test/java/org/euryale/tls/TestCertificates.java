package org.euryale.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Certificates that the openssl command makes when a test wants them, in one directory that goes with the JVM. */
final class TestCertificates {
    private static final Path DIRECTORY = directory();
    private static final String EXTENSIONS = """
            [ca]
            basicConstraints=critical,CA:TRUE
            keyUsage=critical,keyCertSign,cRLSign
            subjectKeyIdentifier=hash
            [leaf]
            basicConstraints=critical,CA:FALSE
            subjectAltName=DNS:localhost,DNS:*.example.org,IP:127.0.0.1
            [client]
            basicConstraints=critical,CA:FALSE
            extendedKeyUsage=clientAuth
            [req]
            distinguished_name=dn
            [dn]
            """;

    private TestCertificates() {}

    /** How a key is asked for of {@code openssl req -newkey}. */
    enum Kind {
        RSA("rsa:2048"),
        EC("ec -pkeyopt ec_paramgen_curve:P-256"),
        ED25519("ed25519");

        private final String options;

        Kind(String options) {
            this.options = options;
        }
    }

    /** A certificate's file and its key's. */
    record Pair(Path certificate, Path key) {
        byte[] certificateText() throws IOException {
            return Files.readAllBytes(certificate);
        }

        byte[] keyText() throws IOException {
            return Files.readAllBytes(key);
        }

        Credential credential() throws IOException, PemException {
            return Credential.read(certificateText(), keyText(), null);
        }
    }

    static Path file(String name) {
        return DIRECTORY.resolve(name);
    }

    static synchronized Pair authority() throws Exception {
        return selfSigned("authority", Kind.EC, "/O=Euryale/CN=Test Authority", "ca", "3650");
    }

    static synchronized Pair otherAuthority() throws Exception {
        return selfSigned("other", Kind.EC, "/O=Elsewhere/CN=Other  AUTHORITY", "ca", "3650");
    }

    static synchronized Pair server(Kind kind) throws Exception {
        return signed("server-" + kind, kind, "/CN=localhost", "leaf", authority(), "365");
    }

    static synchronized Pair otherServer() throws Exception {
        return signed("other-server", Kind.EC, "/CN=www.example.org", "leaf", authority(), "365");
    }

    static synchronized Pair client(Kind kind) throws Exception {
        return signed("client-" + kind, kind, "/CN=somebody", "client", authority(), "365");
    }

    static synchronized Pair intermediate() throws Exception {
        return signed("intermediate", Kind.EC, "/O=Euryale/CN=Between", "ca", authority(), "365");
    }

    static synchronized Pair belowIntermediate() throws Exception {
        return signed("below", Kind.EC, "/CN=localhost", "leaf", intermediate(), "365");
    }

    /** Issued by an authority that no store has. */
    static synchronized Pair strange() throws Exception {
        return signed("strange", Kind.EC, "/CN=localhost", "leaf", otherAuthority(), "365");
    }

    static synchronized Pair selfSigned() throws Exception {
        return selfSigned("self", Kind.EC, "/CN=localhost", "leaf", "365");
    }

    static synchronized Pair expired() throws Exception {
        return signed("expired", Kind.EC, "/CN=localhost", "leaf", authority(), "-1");
    }

    private static Pair selfSigned(String name, Kind kind, String subject, String extensions, String days)
            throws Exception {
        Pair pair = new Pair(file(name + ".pem"), file(name + ".key"));
        if (Files.notExists(pair.certificate())) {
            List<String> command = request(pair, kind, subject);
            command.addAll(List.of("-x509", "-days", days, "-extensions", extensions, "-out"));
            command.add(pair.certificate().toString());
            OpenSsl.run(command.toArray(String[]::new));
        }
        return pair;
    }

    private static Pair signed(String name, Kind kind, String subject, String extensions, Pair by, String days)
            throws Exception {
        Pair pair = new Pair(file(name + ".pem"), file(name + ".key"));
        if (Files.notExists(pair.certificate())) {
            Path request = file(name + ".csr");
            List<String> command = request(pair, kind, subject);
            command.addAll(List.of("-out", request.toString()));
            OpenSsl.run(command.toArray(String[]::new));
            OpenSsl.run(
                    "x509",
                    "-req",
                    "-in",
                    request.toString(),
                    "-CA",
                    by.certificate().toString(),
                    "-CAkey",
                    by.key().toString(),
                    "-days",
                    days,
                    "-extfile",
                    file("openssl.cnf").toString(),
                    "-extensions",
                    extensions,
                    "-set_serial",
                    "0x" + Long.toHexString(System.nanoTime() & Long.MAX_VALUE),
                    "-out",
                    pair.certificate().toString());
        }
        return pair;
    }

    /** One of somebody's own, whose subject may have several attributes in a part, with options of {@code openssl req}. */
    static X509Certificate named(Path directory, String subject, Path config, String... more) throws Exception {
        Path file = directory.resolve("named.pem");
        List<String> command = new ArrayList<>(List.of("req", "-x509", "-newkey", "ed25519", "-nodes", "-utf8"));
        command.addAll(List.of("-multivalue-rdn", "-subj", subject, "-config", config.toString()));
        command.addAll(List.of("-keyout", directory.resolve("named.key").toString(), "-out", file.toString()));
        command.addAll(List.of(more));
        OpenSsl.run(command.toArray(String[]::new));
        return Certificates.read(Files.readAllBytes(file)).get(0);
    }

    private static List<String> request(Pair pair, Kind kind, String subject) {
        List<String> command = new ArrayList<>(List.of("req", "-nodes", "-newkey"));
        command.addAll(List.of(kind.options.split(" ")));
        command.addAll(List.of("-subj", subject, "-config", file("openssl.cnf").toString()));
        command.addAll(List.of("-keyout", pair.key().toString()));
        return command;
    }

    private static Path directory() {
        try {
            Path made = Files.createTempDirectory("euryale-tls");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
            Files.writeString(made.resolve("openssl.cnf"), EXTENSIONS, StandardCharsets.US_ASCII);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
