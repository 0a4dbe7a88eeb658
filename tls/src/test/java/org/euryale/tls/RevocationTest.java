package org.euryale.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.euryale.tls.TestCertificates.Kind;
import org.euryale.tls.TestCertificates.Pair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Revocation lists; what is wrong with a certificate, and where in its path, is for the openssl command to say. */
class RevocationTest {
    private static final Pattern FAULT = Pattern.compile("error (\\d+) at (\\d+) depth lookup");
    private static final String YESTERDAY = "20240101000000Z";
    private static final String LAST_YEAR = "20230101000000Z";
    private static final String LATER = "20480101000000Z";
    private static final String MUCH_LATER = "20490101000000Z";

    @TempDir
    Path directory;

    private int lists;

    /** A list of an authority's, of some certificates. */
    private Path list(Pair authority, String from, String to, Pair... revoked) throws Exception {
        Path base = Files.createDirectory(directory.resolve("list" + lists++));
        Path config = base.resolve("cnf");
        Files.writeString(base.resolve("index"), "");
        Files.writeString(config, "[ca]\ndefault_ca=one\n[one]\ndatabase=" + base + "/index\ndefault_md=sha256\n");
        List<String> issuer = List.of(
                "ca",
                "-config",
                config.toString(),
                "-cert",
                authority.certificate().toString(),
                "-keyfile",
                authority.key().toString());
        for (Pair pair : revoked) {
            run(issuer, "-revoke", pair.certificate().toString());
        }
        Path made = base.resolve("crl.pem");
        run(issuer, "-gencrl", "-crl_lastupdate", from, "-crl_nextupdate", to, "-out", made.toString());
        return made;
    }

    private static void run(List<String> begin, String... end) throws Exception {
        List<String> command = new ArrayList<>(begin);
        command.addAll(List.of(end));
        OpenSsl.run(command.toArray(String[]::new));
    }

    /** What is said of a certificate, as pairs of an error's number and a depth, having compared it with the command's. */
    private static List<String> faults(Pair leaf, List<Pair> between, Revocation revocation, Path... lists)
            throws Exception {
        TrustStore store = new TrustStore();
        store.addPem(TestCertificates.authority().certificateText());
        List<X509Certificate> sent = new ArrayList<>(Certificates.read(leaf.certificateText()));
        List<String> command = new ArrayList<>(List.of(
                "verify",
                "-CAfile",
                TestCertificates.authority().certificate().toString(),
                revocation == Revocation.CHAIN ? "-crl_check_all" : "-crl_check"));
        if (revocation == Revocation.CHAIN) {
            command.add("-crl_check");
        }
        for (Path list : lists) {
            store.addPem(Files.readAllBytes(list));
            command.addAll(List.of("-CRLfile", list.toString()));
        }
        for (Pair pair : between) {
            sent.addAll(Certificates.read(pair.certificateText()));
            command.addAll(List.of("-untrusted", pair.certificate().toString()));
        }
        command.add(leaf.certificate().toString());

        List<String> ours = new ArrayList<>();
        new ChainVerifier(store, Instant.now(), revocation, 9, (certificate, error, depth) -> {
                    if (error != CertificateError.OK) {
                        ours.add(error.code() + " at " + depth);
                    }
                    return true;
                })
                .verify(sent, true);
        List<String> theirs = new ArrayList<>();
        for (Matcher fault = FAULT.matcher(OpenSsl.output(command.toArray(String[]::new))); fault.find(); ) {
            theirs.add(fault.group(1) + " at " + fault.group(2));
        }
        // The command goes on after some faults only.
        assertThat(theirs.isEmpty()).isEqualTo(ours.isEmpty());
        assertThat(ours).startsWith(theirs.toArray(String[]::new));
        return ours;
    }

    @Test
    void aCertificateThatIsInTheListIsRevoked() throws Exception {
        Pair server = TestCertificates.server(Kind.EC);
        Path of = list(TestCertificates.authority(), YESTERDAY, LATER, server);
        assertThat(faults(server, List.of(), Revocation.LEAF, of)).containsExactly("23 at 0");
        assertThat(faults(TestCertificates.otherServer(), List.of(), Revocation.LEAF, of))
                .isEmpty();
    }

    @Test
    void withoutAListNothingIsKnown() throws Exception {
        assertThat(faults(TestCertificates.server(Kind.EC), List.of(), Revocation.LEAF))
                .containsExactly("3 at 0");
        Path elsewhere = list(TestCertificates.otherAuthority(), YESTERDAY, LATER);
        assertThat(faults(TestCertificates.server(Kind.EC), List.of(), Revocation.LEAF, elsewhere))
                .containsExactly("3 at 0");
    }

    @Test
    void aListHasItsTime() throws Exception {
        Pair server = TestCertificates.server(Kind.EC);
        Path old = list(TestCertificates.authority(), LAST_YEAR, YESTERDAY);
        assertThat(faults(server, List.of(), Revocation.LEAF, old)).containsExactly("12 at 0");
        Path early = list(TestCertificates.authority(), LATER, MUCH_LATER);
        assertThat(faults(server, List.of(), Revocation.LEAF, early)).containsExactly("11 at 0");
        Path current = list(TestCertificates.authority(), YESTERDAY, LATER);
        assertThat(faults(server, List.of(), Revocation.LEAF, old, early, current))
                .isEmpty();
    }

    @Test
    void everyCertificateOfAPathIsLookedUpWhereTheWholeIsChecked() throws Exception {
        Pair below = TestCertificates.belowIntermediate();
        List<Pair> between = List.of(TestCertificates.intermediate());
        Path ofBetween = list(TestCertificates.intermediate(), YESTERDAY, LATER);
        assertThat(faults(below, between, Revocation.LEAF, ofBetween)).isEmpty();
        assertThat(faults(below, between, Revocation.CHAIN, ofBetween)).containsExactly("3 at 1", "3 at 2");
        Path ofAuthority = list(TestCertificates.authority(), YESTERDAY, LATER, TestCertificates.intermediate());
        assertThat(faults(below, between, Revocation.CHAIN, ofBetween, ofAuthority))
                .containsExactly("23 at 1");
    }
}
