package org.euryale.openssl;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DSAParameter;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.euryale.tls.Pem;
import org.jspecify.annotations.Nullable;

/** Keys as files have them: PKCS#8, PKCS#1, SEC1 and DSA's old form, plain or encrypted, in PEM and DER. */
public final class KeyFile {
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

    private KeyFile() {}

    /**
     * The first private key of a PEM text (PEM_read_bio_PrivateKey(3)).
     *
     * @param password for an encrypted one, and then overwritten; null refuses such a key
     */
    public static Key readPrivate(byte[] pem, byte @Nullable [] password) throws CryptoException {
        for (Pem.Block block : PemText.blocks(pem)) {
            if (!block.label().endsWith(PRIVATE)) {
                continue;
            }
            byte[] content = block.content();
            if (block.label().equals(ENCRYPTED)) {
                byte[] plain = decrypted(content, given(password));
                try {
                    return Key.ofPkcs8(PrivateKeyInfo.getInstance(Octets.value(plain)));
                } catch (IllegalArgumentException e) {
                    throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
                } finally {
                    Arrays.fill(plain, (byte) 0);
                }
            }
            if (block.headers().getOrDefault("Proc-Type", "").contains("ENCRYPTED")) {
                content = traditional(content, block.headers().getOrDefault("DEK-Info", ""), given(password));
            }
            return ofDer(content);
        }
        throw CryptoException.pem("get_name", "no start line");
    }

    private static byte[] traditional(byte[] content, String info, byte[] password) throws CryptoException {
        try {
            return Encryption.traditional(content, info, password);
        } catch (CryptoException e) {
            throw e.and("PEM routines", "PEM_do_header", "bad decrypt");
        }
    }

    private static byte[] given(byte @Nullable [] password) throws CryptoException {
        if (password == null) {
            throw CryptoException.pem("PEM_def_callback", "problems getting password");
        }
        return password;
    }

    /** Whether the first private key of a PEM text is encrypted; false when there is none. */
    public static boolean isEncrypted(byte[] pem) throws CryptoException {
        for (Pem.Block block : PemText.blocks(pem)) {
            if (block.label().endsWith(PRIVATE)) {
                return block.label().equals(ENCRYPTED)
                        || block.headers().getOrDefault("Proc-Type", "").contains("ENCRYPTED");
            }
        }
        return false;
    }

    private static byte[] decrypted(byte[] encrypted, byte[] password) throws CryptoException {
        EncryptedPrivateKeyInfo info;
        try {
            info = EncryptedPrivateKeyInfo.getInstance(Octets.value(encrypted));
        } catch (IllegalArgumentException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
        return Encryption.decrypted(info.getEncryptionAlgorithm(), password, info.getEncryptedData());
    }

    /** A private key in DER, in any of the plain forms (d2i_AutoPrivateKey(3)). */
    public static Key ofDer(byte[] der) throws CryptoException {
        try {
            ASN1Sequence parts = ASN1Sequence.getInstance(Octets.value(der));
            if (parts.size() >= 2 && parts.getObjectAt(1) instanceof ASN1Sequence) {
                return Key.ofPkcs8(PrivateKeyInfo.getInstance(parts));
            }
            if (parts.size() >= 2 && parts.getObjectAt(1) instanceof ASN1OctetString) {
                return Key.ofPkcs8(ofSec1(parts));
            }
            return Key.ofPkcs8(parts.size() == 6 ? ofDsa(parts) : ofPkcs1(parts));
        } catch (IllegalArgumentException | IllegalStateException | ClassCastException | IOException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    private static PrivateKeyInfo ofPkcs1(ASN1Sequence key) throws IOException {
        return new PrivateKeyInfo(new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key);
    }

    private static PrivateKeyInfo ofSec1(ASN1Sequence key) throws IOException {
        ECPrivateKey parts = ECPrivateKey.getInstance(key);
        if (parts.getParametersObject() == null) {
            throw new IOException("no curve");
        }
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parts.getParametersObject()), key);
    }

    /** The form that DSA has of old: version, p, q, g, the public and the private number. */
    private static PrivateKeyInfo ofDsa(ASN1Sequence key) throws IOException {
        DSAParameter parameters = new DSAParameter(number(key, 1), number(key, 2), number(key, 3));
        return new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_dsa, parameters), key.getObjectAt(5));
    }

    private static java.math.BigInteger number(ASN1Sequence parts, int index) {
        return ASN1Integer.getInstance(parts.getObjectAt(index)).getValue();
    }

    /** In PKCS#8 and PEM. */
    public static byte[] pem(Key key) throws CryptoException {
        return PemText.of(PRIVATE, Octets.der(key.privateInfo()));
    }

    /** Whether a key can be encrypted by a cipher of this name (EVP_get_cipherbyname(3)). */
    public static boolean hasCipher(String name) {
        return Encryption.cipher(name.toLowerCase(Locale.ROOT)) != null;
    }

    /** In PKCS#8 and PEM, encrypted. */
    public static byte[] pem(Key key, String cipher, byte[] password) throws CryptoException {
        EncryptedPrivateKeyInfo encrypted =
                Encryption.encrypted(Octets.der(key.privateInfo()), cipher.toLowerCase(Locale.ROOT), password);
        return PemText.of(ENCRYPTED, Octets.der(encrypted));
    }

    /** In the old form of its kind, which i2d_PrivateKey(3) writes; in PKCS#8 where there is none. */
    public static byte[] der(Key key) throws CryptoException {
        ASN1Primitive value = key.privateValue();
        PrivateKeyInfo info = key.privateInfo();
        return switch (key.algorithm()) {
            case "RSA" -> Octets.der(value);
            case "DSA" ->
                dsa(
                        key,
                        value,
                        DSAParameter.getInstance(info.getPrivateKeyAlgorithm().getParameters()));
            case "EC" -> sec1(value, info.getPrivateKeyAlgorithm().getParameters());
            default -> Octets.der(info);
        };
    }

    private static byte[] dsa(Key key, ASN1Primitive secret, DSAParameter parameters) throws CryptoException {
        try {
            ASN1Primitive open = key.publicInfo().parsePublicKey();
            return Octets.der(new DERSequence(new ASN1Encodable[] {
                new ASN1Integer(0),
                new ASN1Integer(parameters.getP()),
                new ASN1Integer(parameters.getQ()),
                new ASN1Integer(parameters.getG()),
                open,
                secret
            }));
        } catch (IOException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    private static byte[] sec1(ASN1Primitive value, ASN1Encodable curve) {
        ASN1Sequence parts = ASN1Sequence.getInstance(value);
        List<ASN1Encodable> whole = new java.util.ArrayList<>(List.of(parts.toArray()));
        whole.removeIf(part -> part instanceof ASN1TaggedObject tagged && tagged.getTagNo() == 0);
        whole.add(2, new org.bouncycastle.asn1.DERTaggedObject(true, 0, curve));
        return Octets.der(new DERSequence(whole.toArray(new ASN1Encodable[0])));
    }

    /** The public key of a PEM text. */
    public static Key readPublic(byte[] pem) throws CryptoException {
        for (Pem.Block block : PemText.blocks(pem)) {
            if (block.label().equals("PUBLIC KEY")) {
                return publicOfDer(block.content());
            }
        }
        throw CryptoException.pem("get_name", "no start line");
    }

    /** A public key in DER. */
    public static Key publicOfDer(byte[] der) throws CryptoException {
        try {
            return Key.ofPublic(SubjectPublicKeyInfo.getInstance(Octets.value(der)));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    public static byte[] publicPem(Key key) {
        return PemText.of("PUBLIC KEY", key.publicDer());
    }
}
