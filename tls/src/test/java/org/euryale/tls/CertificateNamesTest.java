package org.euryale.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.euryale.tls.GeneralName.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateNamesTest {
    private static final String EMAIL = "1.2.840.113549.1.9.1";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String ORGANIZATION = "2.5.4.10";
    private static final String COUNTRY = "2.5.4.6";

    @TempDir
    Path directory;

    private X509Certificate certificate(String subject, String extensions) throws Exception {
        Path config = directory.resolve("cnf");
        Files.writeString(
                config,
                "[req]\ndistinguished_name=dn\n[dn]\n[there]\nC=DE\nO=Elsewhere\n[names]\n" + extensions,
                StandardCharsets.UTF_8);
        return TestCertificates.named(directory, subject, config, "-extensions", "names");
    }

    @Test
    void theSubjectIsInItsOrderAndAsItWasWritten() throws Exception {
        X509Certificate made = certificate("/C=DE/O=Zwölf, & Söhne/CN=A+emailAddress=a@b.example", "");
        List<List<NameAttribute>> name = CertificateNames.of(made.getSubjectX500Principal());
        assertThat(name.subList(0, 2))
                .containsExactly(
                        List.of(new NameAttribute(COUNTRY, "DE")),
                        List.of(new NameAttribute(ORGANIZATION, "Zwölf, & Söhne")));
        assertThat(name.get(2))
                .containsExactlyInAnyOrder(
                        new NameAttribute(COMMON_NAME, "A"), new NameAttribute(EMAIL, "a@b.example"));
    }

    @Test
    void alternativesOfEachKind() throws Exception {
        X509Certificate made = certificate("/CN=some", """
                subjectAltName=DNS:*.shop.example,email:a@b.example,URI:http://c.example/d,IP:192.0.2.1,IP:2001:db8::1,\
                RID:1.2.3.4,dirName:there,otherName:1.2.3;UTF8:other
                """);
        assertThat(CertificateNames.alternatives(made))
                .containsExactly(
                        new GeneralName(Kind.DNS, "*.shop.example", List.of()),
                        new GeneralName(Kind.EMAIL, "a@b.example", List.of()),
                        new GeneralName(Kind.URI, "http://c.example/d", List.of()),
                        new GeneralName(Kind.ADDRESS, "192.0.2.1", List.of()),
                        new GeneralName(Kind.ADDRESS, "2001:DB8:0:0:0:0:0:1", List.of()),
                        new GeneralName(Kind.REGISTERED, "1.2.3.4", List.of()),
                        new GeneralName(
                                Kind.DIRECTORY,
                                "",
                                List.of(
                                        List.of(new NameAttribute(COUNTRY, "DE")),
                                        List.of(new NameAttribute(ORGANIZATION, "Elsewhere")))),
                        new GeneralName(Kind.OTHER, "", List.of()));
        assertThat(CertificateNames.alternatives(certificate("/CN=none", ""))).isEmpty();
    }

    @Test
    void whereItsIssuerTellsMore() throws Exception {
        X509Certificate made = certificate("/CN=some", """
                authorityInfoAccess=OCSP;URI:http://ocsp.example/,caIssuers;URI:http://ca.example/1,caIssuers;email:a@b.example
                crlDistributionPoints=URI:http://crl.example/1,URI:http://crl.example/2
                """);
        assertThat(CertificateNames.access(made, CertificateNames.OCSP)).containsExactly("http://ocsp.example/");
        assertThat(CertificateNames.access(made, CertificateNames.ISSUERS)).containsExactly("http://ca.example/1");
        assertThat(CertificateNames.revocationLists(made))
                .containsExactly("http://crl.example/1", "http://crl.example/2");
    }
}
