package org.euryale.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Decrypts private keys: PBES2 of RFC 8018, which {@code openssl genpkey} writes, and the older form whose headers name the
 * cipher. PBKDF2 is computed here because the JDK's takes characters and encodes them itself, while OpenSSL's takes bytes.
 */
final class EncryptedKeys {
    /** More would hold a reactor for minutes, and nobody asks for that many; OpenSSL writes 2,048. */
    private static final int MOST_ITERATIONS = 10_000_000;

    private static final String PBES2 = "1.2.840.113549.1.5.13";
    private static final String PBKDF2 = "1.2.840.113549.1.5.12";

    private static final Map<String, String> MACS = Map.of(
            "1.2.840.113549.2.7", "HmacSHA1",
            "1.2.840.113549.2.8", "HmacSHA224",
            "1.2.840.113549.2.9", "HmacSHA256",
            "1.2.840.113549.2.10", "HmacSHA384",
            "1.2.840.113549.2.11", "HmacSHA512");

    /** The JDK's name of a cipher and its key's length in bytes. */
    private record Algorithm(String name, int keyLength) {
        String key() {
            return name.substring(0, name.indexOf('/'));
        }
    }

    private static final Algorithm DES3 = new Algorithm("DESede/CBC/PKCS5Padding", 24);

    private static final Map<String, Algorithm> CIPHERS = Map.of(
            "2.16.840.1.101.3.4.1.2", aes(16),
            "2.16.840.1.101.3.4.1.22", aes(24),
            "2.16.840.1.101.3.4.1.42", aes(32),
            "1.2.840.113549.3.7", DES3);

    private static final Map<String, Algorithm> NAMED_CIPHERS = Map.of(
            "AES-128-CBC", aes(16),
            "AES-192-CBC", aes(24),
            "AES-256-CBC", aes(32),
            "DES-EDE3-CBC", DES3,
            "DES-CBC", new Algorithm("DES/CBC/PKCS5Padding", 8));

    private EncryptedKeys() {}

    private static Algorithm aes(int keyLength) {
        return new Algorithm("AES/CBC/PKCS5Padding", keyLength);
    }

    /** The PKCS#8 key within an EncryptedPrivateKeyInfo (RFC 5958). */
    static byte[] pkcs8(byte[] encrypted, @Nullable Passphrase passphrase) throws PemException {
        Der info = Der.of(encrypted).as(Der.SEQUENCE);
        Der scheme = info.part(0);
        if (!scheme.part(0).oidValue().equals(PBES2)) {
            throw new PemException("UNKNOWN_PBE_ALGORITHM");
        }
        Der derivation = scheme.part(1).part(0);
        Der encryption = scheme.part(1).part(1);
        Algorithm algorithm = CIPHERS.get(encryption.part(0).oidValue());
        if (!derivation.part(0).oidValue().equals(PBKDF2)) {
            throw new PemException("UNSUPPORTED_KEY_DERIVATION_FUNCTION");
        }
        if (algorithm == null) {
            throw new PemException("UNSUPPORTED_CIPHER");
        }
        List<Der> parameters = derivation.part(1).parts();
        String mac = "HmacSHA1"; // PBKDF2's DEFAULT
        for (Der parameter : parameters) {
            if (parameter.tag() == Der.SEQUENCE) {
                mac = MACS.get(parameter.part(0).oidValue());
            }
        }
        if (mac == null) {
            throw new PemException("UNSUPPORTED_PRF");
        }
        byte[] salt = derivation.part(1).part(0).as(Der.OCTET_STRING).content();
        int iterations = derivation.part(1).part(1).intValue();
        if (iterations < 1 || iterations > MOST_ITERATIONS) {
            throw new PemException("INVALID_ITERATION_COUNT");
        }
        byte[] iv = encryption.part(1).as(Der.OCTET_STRING).content();
        byte[] content = info.part(1).as(Der.OCTET_STRING).content();
        byte[] password = password(passphrase);
        try {
            return decrypt(algorithm, pbkdf2(mac, password, salt, iterations, algorithm.keyLength()), iv, content);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /** The key of a block with {@code Proc-Type: 4,ENCRYPTED} and {@code DEK-Info: cipher,iv}. */
    static byte[] traditional(Pem.Block block, @Nullable Passphrase passphrase) throws PemException {
        String[] info = block.headers().getOrDefault("DEK-Info", "").split(",", -1);
        Algorithm algorithm = NAMED_CIPHERS.get(info[0].strip().toUpperCase(Locale.ROOT));
        if (algorithm == null || info.length != 2) {
            throw new PemException("UNSUPPORTED_ENCRYPTION");
        }
        byte[] iv;
        try {
            iv = HexFormat.of().parseHex(info[1].strip());
        } catch (IllegalArgumentException e) {
            throw new PemException("BAD_IV_CHARS");
        }
        if (iv.length < 8) {
            throw new PemException("BAD_IV_CHARS");
        }
        byte[] password = password(passphrase);
        try {
            byte[] salt = Arrays.copyOf(iv, 8);
            return decrypt(algorithm, bytesToKey(password, salt, algorithm.keyLength()), iv, block.content());
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    private static byte[] password(@Nullable Passphrase passphrase) throws PemException {
        if (passphrase == null) {
            throw new PemException("BAD_PASSWORD_READ");
        }
        return passphrase.bytes().clone();
    }

    private static byte[] decrypt(Algorithm algorithm, byte[] key, byte[] iv, byte[] content) throws PemException {
        try {
            Cipher cipher = Cipher.getInstance(algorithm.name());
            AlgorithmParameterSpec start = new IvParameterSpec(iv);
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, algorithm.key()), start);
            return cipher.doFinal(content);
        } catch (GeneralSecurityException e) { // a wrong password shows as wrong padding
            throw new PemException("BAD_DECRYPT");
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** EVP_BytesToKey(3) with MD5 and one round, which the old form has always had. */
    private static byte[] bytesToKey(byte[] password, byte[] salt, int length) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            byte[] key = new byte[length];
            byte[] digest = {};
            for (int made = 0; made < length; made += digest.length) {
                md5.update(digest);
                md5.update(password);
                digest = md5.digest(salt);
                System.arraycopy(digest, 0, key, made, Math.min(digest.length, length - made));
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has MD5
        }
    }

    private static byte[] pbkdf2(String name, byte[] password, byte[] salt, int iterations, int length) {
        try {
            Mac mac = Mac.getInstance(name);
            // A MAC's key is filled up with zeros, so one zero is the empty password, which SecretKeySpec refuses.
            mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, name));
            byte[] key = new byte[length];
            int made = 0;
            for (int block = 1; made < length; block++) {
                mac.update(salt);
                byte[] u = mac.doFinal(
                        new byte[] {(byte) (block >>> 24), (byte) (block >>> 16), (byte) (block >>> 8), (byte) block});
                byte[] t = u.clone();
                for (int i = 1; i < iterations; i++) {
                    u = mac.doFinal(u);
                    for (int j = 0; j < t.length; j++) {
                        t[j] ^= u[j];
                    }
                }
                int taken = Math.min(t.length, length - made);
                System.arraycopy(t, 0, key, made, taken);
                made += taken;
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(Objects.toString(e.getMessage()), e); // every JDK has these
        }
    }
}
