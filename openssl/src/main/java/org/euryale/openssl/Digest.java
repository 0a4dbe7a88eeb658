package org.euryale.openssl;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message digest by OpenSSL's name.
 *
 * @param name the JCA's: {@code SHA-256}
 * @param inSignatures the JCA's name in those of signatures: {@code SHA256} in {@code SHA256withRSA}
 */
public record Digest(String name, String inSignatures) {
    /** OpenSSL's names in lower case (it compares them so), as {@code openssl list -digest-algorithms} has them. */
    private static final Map<String, Digest> NAMES = new HashMap<>();

    static {
        add(new Digest("MD4", "MD4"), "md4", "rsa-md4", "md4withrsaencryption");
        add(new Digest("MD5", "MD5"), "md5", "rsa-md5", "md5withrsaencryption", "ssl3-md5");
        add(new Digest("RIPEMD160", "RIPEMD160"), "ripemd160", "ripemd", "rmd160", "rsa-ripemd160", "ripemd160withrsa");
        add(new Digest("SHA-1", "SHA1"), "sha1", "rsa-sha1", "sha1withrsaencryption", "ssl3-sha1", "rsa-sha1-2");
        for (String bits : List.of("224", "256", "384", "512")) {
            add(
                    new Digest("SHA-" + bits, "SHA" + bits),
                    "sha" + bits,
                    "rsa-sha" + bits,
                    "sha" + bits + "withrsaencryption");
            add(
                    new Digest("SHA3-" + bits, "SHA3-" + bits),
                    "sha3-" + bits,
                    "rsa-sha3-" + bits,
                    "id-rsassa-pkcs1-v1_5-with-sha3-" + bits);
        }
        add(new Digest("SHA-512/224", "SHA512/224"), "sha512-224", "rsa-sha512/224", "sha512-224withrsaencryption");
        add(new Digest("SHA-512/256", "SHA512/256"), "sha512-256", "rsa-sha512/256", "sha512-256withrsaencryption");
        add(new Digest("BLAKE2B-512", "BLAKE2B-512"), "blake2b512");
        add(new Digest("BLAKE2S-256", "BLAKE2S-256"), "blake2s256");
        add(new Digest("SM3", "SM3"), "sm3", "rsa-sm3", "sm3withrsaencryption");
        add(new Digest("WHIRLPOOL", "WHIRLPOOL"), "whirlpool");
    }

    private static void add(Digest digest, String... names) {
        for (String name : names) {
            NAMES.put(name, digest);
        }
    }

    /** The digest of a name; null when OpenSSL has none (EVP_get_digestbyname(3)). */
    public static @Nullable Digest named(String name) {
        return NAMES.get(name.toLowerCase(Locale.ROOT));
    }

    /** The digest of some bytes. */
    public byte[] of(byte[] bytes) {
        try {
            return instance().digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // Bouncy Castle has what the JDK has not
        }
    }

    private MessageDigest instance() throws GeneralSecurityException {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            return MessageDigest.getInstance(name, Provider.BOUNCY_CASTLE);
        }
    }
}
