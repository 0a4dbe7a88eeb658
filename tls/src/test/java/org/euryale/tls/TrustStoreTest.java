package org.euryale.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.security.auth.x500.X500Principal;
import org.euryale.tls.TestCertificates.Kind;
import org.euryale.tls.TestCertificates.Pair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustStoreTest {
    private final TrustStore store = new TrustStore();

    @TempDir
    Path directory;

    private static X509Certificate certificate(Pair pair) throws Exception {
        return Certificates.read(pair.certificateText()).get(0);
    }

    @Test
    void aFilesCertificatesAreTrusted() throws Exception {
        store.addPem((OpenSsl.text(TestCertificates.authority().certificate())
                        + OpenSsl.text(TestCertificates.otherAuthority().certificate()))
                .getBytes(StandardCharsets.ISO_8859_1));
        assertThat(store.certificates())
                .containsExactly(
                        certificate(TestCertificates.authority()), certificate(TestCertificates.otherAuthority()));
        assertThat(store.contains(certificate(TestCertificates.authority()))).isTrue();
        assertThat(store.contains(certificate(TestCertificates.server(Kind.EC))))
                .isFalse();
    }

    @Test
    void aFileWithoutCertificatesIsRefused() throws Exception {
        byte[] key = TestCertificates.authority().keyText();
        assertThatThrownBy(() -> store.addPem(key)).hasMessage("NO_CERTIFICATE_OR_CRL_FOUND");
    }

    @Test
    void aHashedDirectoryIsLookedIntoWhenItIsAsked() throws Exception {
        X509Certificate authority = certificate(TestCertificates.authority());
        store.addDirectory(directory);
        assertThat(store.named(authority.getSubjectX500Principal())).isEmpty();
        Files.copy(TestCertificates.authority().certificate(), directory.resolve("a.pem"));
        Files.copy(TestCertificates.otherAuthority().certificate(), directory.resolve("b.pem"));
        OpenSsl.run("rehash", directory.toString());
        assertThat(store.named(authority.getSubjectX500Principal())).containsExactly(authority);
        assertThat(store.contains(certificate(TestCertificates.otherAuthority())))
                .isTrue();
        assertThat(store.certificates()).isEmpty();
    }

    @Test
    void namesHaveTheHashThatTheCommandTells() throws Exception {
        for (String subject : new String[] {
            "/CN=Plain", "/C=DE/O=Two  Blanks /CN= around ", "/CN=ÄÖÜ ß/emailAddress=Some@Example.ORG", "/CN=A+OU=B+O=C"
        }) {
            X500Principal name = TestCertificates.named(directory, subject, TestCertificates.file("openssl.cnf"))
                    .getSubjectX500Principal();
            assertThat(CanonicalName.hash(name.getEncoded()))
                    .as(subject)
                    .isEqualTo(OpenSsl.run(
                                    "x509",
                                    "-noout",
                                    "-subject_hash",
                                    "-in",
                                    directory.resolve("named.pem").toString())
                            .strip());
        }
    }

    @Test
    void theSystemsCertificatesAreTrusted() throws Exception {
        X509Certificate authority = certificate(TestCertificates.authority());
        assertThat(store.addSystem(TestCertificates.authority().certificate().toString(), "/nowhere"))
                .isTrue();
        assertThat(store.certificates()).containsExactly(authority);
        assertThat(new TrustStore().addSystem("/nowhere", "/nowhere:/neither")).isFalse();
    }

    @Test
    void theJdksCertificatesAreTrusted() {
        store.addJdk();
        assertThat(store.certificates()).hasSizeGreaterThan(10);
    }
}
