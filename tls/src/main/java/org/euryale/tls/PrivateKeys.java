package org.euryale.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads private keys in the forms OpenSSL writes: PKCS#8, PKCS#1 (RSA) and SEC1 (EC), plain or encrypted. Any thread may call
 * anything.
 */
public final class PrivateKeys {
    private static final String RSA = "1.2.840.113549.1.1.1";
    private static final String EC = "1.2.840.10045.2.1";

    /** The JDK's names by the algorithm in a PKCS#8 key. */
    private static final Map<String, String> ALGORITHMS = Map.of(
            RSA,
            "RSA",
            "1.2.840.113549.1.1.10",
            "RSASSA-PSS",
            EC,
            "EC",
            "1.2.840.10040.4.1",
            "DSA",
            "1.3.101.112",
            "Ed25519",
            "1.3.101.113",
            "Ed448");

    private PrivateKeys() {}

    /**
     * The first private key of a PEM text; other blocks (a certificate in the same file, EC parameters) are passed over.
     *
     * @param passphrase asked when the key is encrypted; null refuses such a key with {@code BAD_PASSWORD_READ}
     * @throws PemException {@code NO_START_LINE} when there is no key, {@code BAD_DECRYPT} for a wrong password, or what is
     *     wrong with the key
     */
    public static PrivateKey read(byte[] pem, @Nullable Passphrase passphrase) throws PemException {
        for (Pem.Block block : Pem.blocks(pem)) {
            if (block.label().endsWith("PRIVATE KEY")) {
                byte[] pkcs8 = pkcs8(block, passphrase);
                try {
                    return ofPkcs8(pkcs8);
                } finally {
                    Arrays.fill(pkcs8, (byte) 0);
                }
            }
        }
        throw new PemException("NO_START_LINE");
    }

    /** A key in DER, in any of the plain forms; {@code ASN1_LIB} when it is none of them. */
    public static PrivateKey ofDer(byte[] der) throws PemException {
        List<Der> parts = Der.of(der).as(Der.SEQUENCE).parts();
        if (parts.size() >= 9) { // RSAPrivateKey of RFC 8017, A.1.2
            return ofPkcs8(ofPkcs1(der));
        }
        // ECPrivateKey of RFC 5915 has the key in the second place, where PKCS#8 has the algorithm.
        boolean sec1 = parts.size() >= 2 && parts.get(1).tag() == Der.OCTET_STRING;
        return ofPkcs8(sec1 ? ofSec1(der) : der);
    }

    private static byte[] pkcs8(Pem.Block block, @Nullable Passphrase passphrase) throws PemException {
        if (block.label().equals("ENCRYPTED PRIVATE KEY")) {
            return EncryptedKeys.pkcs8(block.content(), passphrase);
        }
        boolean encrypted = block.headers().getOrDefault("Proc-Type", "").contains("ENCRYPTED");
        byte[] key = encrypted ? EncryptedKeys.traditional(block, passphrase) : block.content();
        return switch (block.label()) {
            case "PRIVATE KEY" -> key;
            case "RSA PRIVATE KEY" -> ofPkcs1(key);
            case "EC PRIVATE KEY" -> ofSec1(key);
            default -> throw new PemException("UNSUPPORTED_ALGORITHM");
        };
    }

    private static byte[] ofPkcs1(byte[] key) {
        return wrapped(Der.sequence(Der.oid(RSA), new Der(Der.NULL, new byte[0])), key);
    }

    /** SEC1 names the curve inside, in its [0]; PKCS#8 outside, and OpenSSL and the JDK then leave it out inside. */
    private static byte[] ofSec1(byte[] key) throws PemException {
        List<Der> parts = Der.of(key).as(Der.SEQUENCE).parts();
        for (Der part : parts) {
            if (part.tag() == Der.CONTEXT_0) {
                Der[] rest = parts.stream().filter(other -> other != part).toArray(Der[]::new);
                return wrapped(
                        Der.sequence(Der.oid(EC), Der.of(part.content())),
                        Der.sequence(rest).encoded());
            }
        }
        throw new PemException("MISSING_PARAMETERS");
    }

    private static byte[] wrapped(Der algorithm, byte[] key) {
        return Der.sequence(Der.integer(0), algorithm, new Der(Der.OCTET_STRING, key))
                .encoded();
    }

    private static PrivateKey ofPkcs8(byte[] pkcs8) throws PemException {
        String oid = Der.of(pkcs8).as(Der.SEQUENCE).part(1).part(0).oidValue();
        String algorithm = ALGORITHMS.get(oid);
        if (algorithm == null) {
            throw new PemException("UNSUPPORTED_ALGORITHM");
        }
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) { // its text may quote the key
            throw new PemException("ASN1_LIB");
        }
    }
}
