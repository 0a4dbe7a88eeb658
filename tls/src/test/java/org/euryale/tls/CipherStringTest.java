package org.euryale.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cipher strings mean what {@code openssl ciphers} says they mean, in its order. */
class CipherStringTest {
    private static final int STRINGS = Boolean.getBoolean("euryale.long") ? 3000 : 100;

    /** Versions differ in their suites and their order, so the judge must be the one that the table is of. */
    @BeforeAll
    static void theCommandIsOfTheTablesVersion() throws Exception {
        assertThat(OpenSsl.run("version"))
                .as("ciphers.tsv is of this version; build/cipher_table.py makes one of yours")
                .startsWith("OpenSSL 3.0.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HIGH:!aNULL",
                "DEFAULT",
                "DEFAULT:!kRSA",
                "ALL:COMPLEMENTOFALL",
                "HIGH:!aNULL:!eNULL:!MD5",
                "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:!aNULL:!MD5:!DSS",
                "ALL:-SHA:SHA",
                "ALL:+AES256:@STRENGTH",
                "ECDHE-RSA-AES128-GCM-SHA256,AES256-SHA AES128-SHA",
                "AES256-SHA:-ALL:AES128:nonsense:!nonsense",
                "AES+nonsense:AES256-SHA",
                // CPython 2.7.18's _DEFAULT_CIPHERS and _RESTRICTED_SERVER_CIPHERS
                "ECDH+AESGCM:ECDH+CHACHA20:DH+AESGCM:DH+CHACHA20:ECDH+AES256:DH+AES256:ECDH+AES128:DH+AES:ECDH+HIGH:"
                        + "DH+HIGH:ECDH+3DES:DH+3DES:RSA+AESGCM:RSA+AES:RSA+HIGH:RSA+3DES:!aNULL:!eNULL:!MD5",
                // Twisted 20.3.0's defaultCiphers
                "TLS13-AES-256-GCM-SHA384:TLS13-CHACHA20-POLY1305-SHA256:TLS13-AES-128-GCM-SHA256:ECDH+AESGCM:ECDH+CHACHA20:"
                        + "DH+AESGCM:DH+CHACHA20:ECDH+AES256:DH+AES256:ECDH+AES128:DH+AES:RSA+AESGCM:RSA+AES:!aNULL:!MD5:!DSS",
                "@STRENGTH:AES",
                "AES:@SECLEVEL=1",
            })
    void theCommandSaysTheSame(String text) throws Exception {
        assertThat(names(text)).isEqualTo(openssl(text));
    }

    @Test
    void theCommandSaysTheSameOfAnyString() throws Exception {
        List<String> words = new ArrayList<>(CipherTable.suites().stream()
                .flatMap(suite -> suite.words().stream())
                .distinct()
                .sorted()
                .toList());
        words.addAll(List.of("AES128-SHA", "ECDHE-RSA-AES256-GCM-SHA384", "nonsense", "MEDIUM"));
        for (int seed = 0; seed < STRINGS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder text = new StringBuilder("AES256-SHA");
            for (int rules = 1 + random.nextInt(6); rules > 0; rules--) {
                text.append(":").append(List.of("", "", "", "+", "-", "!").get(random.nextInt(6)));
                text.append(words.get(random.nextInt(words.size())));
                for (int more = random.nextInt(3); more > 1; more--) {
                    text.append("+").append(words.get(random.nextInt(words.size())));
                }
            }
            text.append(random.nextInt(5) == 0 ? ":@STRENGTH" : "");
            List<String> expected = openssl(text.toString());
            assertThat(expected.isEmpty() ? List.of() : names(text.toString()))
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "AES:!ALL:-COMPLEMENTOFALL", "", "TLS_AES_128_GCM_SHA256"})
    void aStringWithoutSuitesMatchesNone(String text) throws Exception {
        assertThat(openssl(text)).isEmpty();
        assertThatThrownBy(() -> CipherString.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("NO_CIPHER_MATCH");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AES:@NONSENSE", "AES:?", "AES:@SECLEVEL=9", "AES:!"})
    void whatIsNoStringIsRefused(String text) throws Exception {
        assertThat(openssl(text)).isEmpty();
        assertThatThrownBy(() -> CipherString.parse(text)).hasMessage("INVALID_COMMAND");
    }

    @Test
    void aStringSetsTheSecurityLevel() {
        assertThat(CipherString.parse("AES:@SECLEVEL=1").securityLevel()).isEqualTo(1);
        assertThat(CipherString.parse("AES").securityLevel()).isEqualTo(-1);
    }

    @Test
    void suitesHaveTheirNamesBothWays() {
        CipherSuite suite = Objects.requireNonNull(CipherTable.find("ECDHE-RSA-AES256-GCM-SHA384"));
        assertThat(suite.standardName()).isEqualTo("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        assertThat(CipherTable.find("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")).isSameAs(suite);
        assertThat(suite.code()).isEqualTo(0xC030);
        assertThat(suite.bits()).isEqualTo(256);
        assertThat(CipherTable.find("nonsense")).isNull();
    }

    @Test
    void everySuiteThatTheJdkOffersIsInTheTable() throws Exception {
        assertThat(Arrays.stream(SSLContext.getDefault()
                                .getDefaultSSLParameters()
                                .getCipherSuites())
                        .filter(name -> !name.equals("TLS_EMPTY_RENEGOTIATION_INFO_SCSV"))
                        // OpenSSL has given up Diffie-Hellman with keys in certificates.
                        .filter(name -> !name.startsWith("TLS_ECDH_")))
                .isNotEmpty()
                .allMatch(name -> CipherTable.find(name) != null);
    }

    private static List<String> names(String text) {
        return CipherString.parse(text).suites().stream().map(CipherSuite::name).toList();
    }

    /** Empty when the command refuses the string. */
    private static List<String> openssl(String text) throws Exception {
        String said = OpenSsl.output("ciphers", "-tls1_2", text);
        return said.isBlank() || said.contains("Error")
                ? List.of()
                : Arrays.stream(said.strip().split(":"))
                        .filter(name -> !name.startsWith("TLS_"))
                        .toList();
    }
}
