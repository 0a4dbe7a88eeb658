package org.euryale.openssl;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.euryale.tls.TrustStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What OpenSSL says of chains with one fault each. */
class PathVerifierTest {
    private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();
    private static final Digest SHA256 = Objects.requireNonNull(Digest.named("sha256"));

    /** A certificate with its key. */
    private record Pair(Certificate certificate, Key key) {}

    private static Pair pair(String name, @Nullable Pair issuer, long from, long to, String... extensions)
            throws CryptoException {
        Key key = Key.generate("RSA", 1024);
        Certificate certificate = new Certificate();
        certificate.version(BigInteger.TWO);
        certificate.serial(BigInteger.valueOf(name.hashCode() & 0xFFFF));
        certificate.subject().set("2.5.4.3", name.getBytes(StandardCharsets.UTF_8));
        certificate.issuer(issuer == null ? certificate.subject() : issuer.certificate.subject());
        certificate.notBefore(Asn1Time.at(from));
        certificate.notAfter(Asn1Time.at(to));
        certificate.publicKey(key);
        for (String extension : extensions) {
            String[] parts = extension.split("=", 2);
            certificate.add(ExtensionValue.of(
                    parts[0], false, parts[1].getBytes(StandardCharsets.ISO_8859_1), certificate, certificate));
        }
        certificate.sign(issuer == null ? key : issuer.key, SHA256);
        return new Pair(certificate, key);
    }

    private static Pair root(String... extensions) throws CryptoException {
        return pair("root", null, NOW - 1000, NOW + 1000, extensions);
    }

    private static PathVerifier.Result verify(Pair leaf, List<Pair> trusted, Pair... between) throws CryptoException {
        TrustStore store = new TrustStore();
        for (Pair one : trusted) {
            store.add(one.certificate.java());
        }
        return PathVerifier.verify(
                store,
                leaf.certificate,
                java.util.Arrays.stream(between).map(Pair::certificate).toList(),
                0,
                NOW);
    }

    @Test
    void aGoodChainIsTold() throws CryptoException {
        Pair root = root("basicConstraints=critical,CA:TRUE");
        Pair between = pair("between", root, NOW - 10, NOW + 10, "basicConstraints=CA:TRUE");
        Pair leaf = pair("leaf", between, NOW - 10, NOW + 10);
        PathVerifier.Result result = verify(leaf, List.of(root), between);
        assertThat(result.error()).isZero();
        assertThat(result.chain()).hasSize(3);
    }

    @Test
    void timesAreLookedAtFromTheTop() throws CryptoException {
        Pair root = root("basicConstraints=CA:TRUE");
        Pair old = pair("old", root, NOW - 20, NOW - 10);
        assertThat(verify(old, List.of(root)).text()).isEqualTo("certificate has expired");
        Pair early = pair("early", root, NOW + 10, NOW + 20);
        PathVerifier.Result result = verify(early, List.of(root));
        assertThat(result.error()).isEqualTo(9);
        assertThat(result.depth()).isZero();
    }

    @Test
    void whoMayNotSignIsNoIssuer() throws CryptoException {
        Pair root = root("basicConstraints=CA:TRUE");
        Pair between = pair("between", root, NOW - 10, NOW + 10, "basicConstraints=CA:FALSE");
        Pair leaf = pair("leaf", between, NOW - 10, NOW + 10);
        assertThat(verify(leaf, List.of(root), between).error()).isEqualTo(24);
        Pair noSigner = root("basicConstraints=CA:TRUE", "keyUsage=cRLSign");
        assertThat(verify(pair("leaf", noSigner, NOW - 10, NOW + 10), List.of(noSigner))
                        .error())
                .isEqualTo(20);
    }

    @Test
    void aPathMayBeNoLongerThanItsRootSays() throws CryptoException {
        Pair root = root("basicConstraints=CA:TRUE,pathlen:0");
        Pair between = pair("between", root, NOW - 10, NOW + 10, "basicConstraints=CA:TRUE");
        Pair leaf = pair("leaf", between, NOW - 10, NOW + 10);
        PathVerifier.Result result = verify(leaf, List.of(root), between);
        assertThat(result.error()).isEqualTo(25);
        assertThat(result.depth()).isEqualTo(2);
        Pair longer = root("basicConstraints=CA:TRUE,pathlen:1");
        Pair below = pair("between", longer, NOW - 10, NOW + 10, "basicConstraints=CA:TRUE");
        assertThat(verify(pair("leaf", below, NOW - 10, NOW + 10), List.of(longer), below)
                        .error())
                .isZero();
    }

    @Test
    void aForgedSignatureIsSeen() throws CryptoException {
        Pair root = root("basicConstraints=CA:TRUE");
        Pair other = root("basicConstraints=CA:TRUE");
        Pair leaf = pair("leaf", other, NOW - 10, NOW + 10);
        assertThat(verify(leaf, List.of(root)).text()).isEqualTo("certificate signature failure");
    }

    @Test
    void namesStayWithinTheirConstraints() throws CryptoException {
        Pair root = root("basicConstraints=CA:TRUE", "nameConstraints=permitted;DNS:example.org");
        Pair within = pair("a", root, NOW - 10, NOW + 10, "subjectAltName=DNS:www.example.org");
        assertThat(verify(within, List.of(root)).error()).isZero();
        Pair outside = pair("b", root, NOW - 10, NOW + 10, "subjectAltName=DNS:www.example.com");
        assertThat(verify(outside, List.of(root)).text()).isEqualTo("permitted subtree violation");
    }

    @Test
    void anUnknownCriticalExtensionIsRefused() throws CryptoException {
        Pair root = root("basicConstraints=CA:TRUE");
        Pair leaf = pair("leaf", root, NOW - 10, NOW + 10, "1.2.3.4=critical,DER:0500");
        assertThat(verify(leaf, List.of(root)).error()).isEqualTo(34);
    }
}
