package org.euryale.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.euryale.tls.TestCertificates.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form of a key that the openssl command writes is the key that it was made from. */
class PrivateKeysTest {
    private static final Passphrase PASSPHRASE = () -> "wörd".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private byte[] converted(String... arguments) throws Exception {
        Path file = directory.resolve("converted");
        String[] command = Arrays.copyOf(arguments, arguments.length + 2);
        command[arguments.length] = "-out";
        command[arguments.length + 1] = file.toString();
        OpenSsl.run(command);
        return Files.readAllBytes(file);
    }

    /** The key in the form that the JDK reads itself, by a way that has none of our code. */
    private byte[] pkcs8(Kind kind) throws Exception {
        String key = TestCertificates.server(kind).key().toString();
        return converted("pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in", key);
    }

    private static void assertSame(PrivateKey key, byte[] pkcs8) throws Exception {
        assertThat(key).isEqualTo(PrivateKeys.ofDer(pkcs8));
        assertThat(key.getEncoded()).isEqualTo(PrivateKeys.ofDer(pkcs8).getEncoded());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void pkcs8IsRead(Kind kind) throws Exception {
        byte[] pem = TestCertificates.server(kind).keyText();
        assertThat(new String(pem, StandardCharsets.US_ASCII)).startsWith("-----BEGIN PRIVATE KEY-----");
        assertSame(PrivateKeys.read(pem, null), pkcs8(kind));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RSA", "EC"})
    void theTraditionalFormIsRead(Kind kind) throws Exception {
        String key = TestCertificates.server(kind).key().toString();
        byte[] pem = converted("pkey", "-traditional", "-in", key);
        assertThat(new String(pem, StandardCharsets.US_ASCII)).startsWith("-----BEGIN " + kind + " PRIVATE KEY-----");
        assertSame(PrivateKeys.read(pem, null), pkcs8(kind));
    }

    @Test
    void theTraditionalFormIsReadInDer() throws Exception {
        String rsa = TestCertificates.server(Kind.RSA).key().toString();
        assertSame(PrivateKeys.ofDer(converted("rsa", "-traditional", "-outform", "DER", "-in", rsa)), pkcs8(Kind.RSA));
        String ec = TestCertificates.server(Kind.EC).key().toString();
        assertSame(PrivateKeys.ofDer(converted("ec", "-outform", "DER", "-in", ec)), pkcs8(Kind.EC));
    }

    @ParameterizedTest
    @CsvSource({
        "aes128,hmacWithSHA1",
        "aes-192-cbc,hmacWithSHA224",
        "aes256,hmacWithSHA256",
        "des3,hmacWithSHA384",
        "aes256,hmacWithSHA512"
    })
    void encryptedPkcs8IsRead(String cipher, String mac) throws Exception {
        String key = TestCertificates.server(Kind.RSA).key().toString();
        byte[] pem = converted(
                "pkcs8", "-topk8", "-v2", cipher, "-v2prf", mac, "-passout", "pass:wörd", "-iter", "1000", "-in", key);
        assertThat(new String(pem, StandardCharsets.US_ASCII)).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
        assertSame(PrivateKeys.read(pem, PASSPHRASE), pkcs8(Kind.RSA));
        assertRefused(pem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-aes128", "-aes192", "-aes256", "-des3"})
    void theEncryptedTraditionalFormIsRead(String cipher) throws Exception {
        String key = TestCertificates.server(Kind.RSA).key().toString();
        byte[] pem = converted("rsa", "-traditional", cipher, "-passout", "pass:wörd", "-in", key);
        assertThat(new String(pem, StandardCharsets.US_ASCII)).contains("Proc-Type: 4,ENCRYPTED");
        assertSame(PrivateKeys.read(pem, PASSPHRASE), pkcs8(Kind.RSA));
        assertRefused(pem);
    }

    private static void assertRefused(byte[] pem) {
        assertThatThrownBy(() -> PrivateKeys.read(pem, null)).hasMessage("BAD_PASSWORD_READ");
        assertThatThrownBy(() -> PrivateKeys.read(pem, () -> "wrong".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(PemException.class) // one wrong password in 256 leaves right padding, and then no key
                .extracting(e -> ((PemException) e).reason())
                .isIn("BAD_DECRYPT", "ASN1_LIB");
        assertThatThrownBy(() -> PrivateKeys.read(pem, () -> new byte[0])).isInstanceOf(PemException.class);
    }

    @Test
    void aKeyIsFoundBehindAnythingElse() throws Exception {
        String both = OpenSsl.text(TestCertificates.server(Kind.EC).certificate())
                + "a comment\n" + OpenSsl.run("ecparam", "-name", "prime256v1")
                + OpenSsl.text(TestCertificates.server(Kind.EC).key());
        byte[] pem = both.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(PrivateKeys.read(pem, null))
                .isEqualTo(TestCertificates.server(Kind.EC).credential().key());
        assertThat(Certificates.read(pem)).hasSize(1);
    }

    @Test
    void aTextWithoutAKeyHasNoStartLine() throws Exception {
        byte[] pem = TestCertificates.server(Kind.EC).certificateText();
        assertThatThrownBy(() -> PrivateKeys.read(pem, null)).hasMessage("NO_START_LINE");
        assertThatThrownBy(() -> Credential.read(new byte[0], pem, null)).hasMessage("NO_START_LINE");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() throws Exception {
        byte[] certificate = TestCertificates.server(Kind.EC).certificateText();
        byte[] other = TestCertificates.otherServer().keyText();
        byte[] rsa = TestCertificates.server(Kind.RSA).keyText();
        assertThatThrownBy(() -> Credential.read(certificate, other, null)).hasMessage("KEY_VALUES_MISMATCH");
        assertThatThrownBy(() -> Credential.read(certificate, rsa, null)).hasMessage("KEY_TYPE_MISMATCH");
    }

    /** Whatever a file holds, its reader says PemException and never speaks of what it held. */
    @Test
    void damagedKeysAreRefused() throws Exception {
        String text = OpenSsl.text(TestCertificates.server(Kind.EC).key());
        byte[] der = Pem.blocks(text.getBytes(StandardCharsets.US_ASCII)).get(0).content();
        for (int seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] damaged = Arrays.copyOf(der, 1 + random.nextInt(der.length));
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            try {
                PrivateKeys.ofDer(damaged);
            } catch (PemException e) {
                assertThat(e.reason())
                        .as("seed %d", seed)
                        .isIn("ASN1_LIB", "UNSUPPORTED_ALGORITHM", "MISSING_PARAMETERS");
                assertThat(e).hasNoCause();
            }
        }
        assertThatThrownBy(() -> Pem.blocks(text.substring(0, 80).getBytes(StandardCharsets.US_ASCII)))
                .hasMessage("BAD_END_LINE");
        assertThatThrownBy(() -> Pem.blocks(text.replace('M', '*').getBytes(StandardCharsets.US_ASCII)))
                .hasMessage("BAD_BASE64_DECODE");
    }

    @Test
    void whatIsReadCanBeWritten() throws Exception {
        String text = OpenSsl.text(TestCertificates.server(Kind.RSA).key());
        Pem.Block block = Pem.blocks(text.getBytes(StandardCharsets.US_ASCII)).get(0);
        assertThat(Pem.text(block.label(), block.content())).isEqualTo(text);
        assertThat(block.toString()).doesNotContain("MII");
    }
}
