package org.euryale.openssl;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.digests.MD5Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA224Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.OpenSSLPBEParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS5S1ParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.jspecify.annotations.Nullable;

/** Encryption by a password (RFC 8018, RFC 7292 and OpenSSL's own old form). A password is bytes, as it is to OpenSSL. */
final class Encryption {
    /** More would hold a program for minutes, and nobody asks for that many; OpenSSL writes 2,048. */
    private static final int MOST_ITERATIONS = 10_000_000;

    /** PKCS5_DEFAULT_ITER. */
    private static final int ITERATIONS = 2048;

    private static final int SALT_BYTES = 8;
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * A cipher.
     *
     * @param name the JCA's
     * @param keyBytes the length of its key
     * @param blockBytes the length of its block, and of the initial vector
     * @param oid its identifier, dotted; empty for none
     */
    record Named(String name, int keyBytes, int blockBytes, String oid) {
        String key() {
            return name.substring(0, name.indexOf('/'));
        }
    }

    private static final Map<String, Named> CIPHERS = new HashMap<>();

    static {
        Named blowfish = new Named("Blowfish/CBC/PKCS5Padding", 16, 8, "1.3.6.1.4.1.3029.1.2");
        Named des = new Named("DES/CBC/PKCS5Padding", 8, 8, "1.3.14.3.2.7");
        Named des3 = new Named("DESede/CBC/PKCS5Padding", 24, 8, "1.2.840.113549.3.7");
        Named cast = new Named("CAST5/CBC/PKCS5Padding", 16, 8, "1.2.840.113533.7.66.10");
        Named seed = new Named("SEED/CBC/PKCS5Padding", 16, 16, "1.2.410.200004.1.4");
        add(blowfish, "blowfish", "bf", "bf-cbc");
        add(des, "des", "des-cbc");
        add(des3, "des3", "des-ede3-cbc");
        add(cast, "cast", "cast-cbc", "cast5-cbc");
        add(seed, "seed", "seed-cbc");
        for (int i = 0; i < 3; i++) {
            int bits = 128 + 64 * i;
            Named aes = new Named("AES/CBC/PKCS5Padding", bits / 8, 16, "2.16.840.1.101.3.4.1." + (2 + 20 * i));
            add(aes, "aes" + bits, "aes-" + bits + "-cbc");
            Named camellia = new Named("Camellia/CBC/PKCS5Padding", bits / 8, 16, "1.2.392.200011.61.1.1.1." + (2 + i));
            add(camellia, "camellia" + bits, "camellia-" + bits + "-cbc");
        }
    }

    private static void add(Named cipher, String... names) {
        for (String name : names) {
            CIPHERS.put(name, cipher);
        }
    }

    private Encryption() {}

    /** The cipher of OpenSSL's name in lower case; null for none that encrypts keys here. */
    static @Nullable Named cipher(String name) {
        return CIPHERS.get(name);
    }

    private static @Nullable Named ofOid(String oid) {
        for (Named cipher : CIPHERS.values()) {
            if (cipher.oid.equals(oid)) {
                return cipher;
            }
        }
        return null;
    }

    /** Decrypts what an algorithm of PKCS#5 or PKCS#12 has encrypted. The password is overwritten. */
    static byte[] decrypted(AlgorithmIdentifier algorithm, byte[] password, byte[] content) throws CryptoException {
        try {
            ASN1ObjectIdentifier oid = algorithm.getAlgorithm();
            if (oid.equals(PKCSObjectIdentifiers.id_PBES2)) {
                return pbes2(PBES2Parameters.getInstance(algorithm.getParameters()), password, content);
            }
            Named cipher;
            PBEParametersGenerator generator;
            PKCS12PBEParams parameters = PKCS12PBEParams.getInstance(algorithm.getParameters());
            boolean pkcs12 = oid.on(PKCSObjectIdentifiers.pkcs_12PbeIds);
            int keyBits;
            if (oid.equals(PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC)) {
                cipher = CIPHERS.get("des3");
                keyBits = 192;
            } else if (oid.equals(PKCSObjectIdentifiers.pbeWithSHAAnd2_KeyTripleDES_CBC)) {
                cipher = CIPHERS.get("des3");
                keyBits = 128;
            } else if (oid.equals(PKCSObjectIdentifiers.pbeWithSHAAnd40BitRC2_CBC)) {
                cipher = new Named("RC2/CBC/PKCS5Padding", 5, 8, "");
                keyBits = 40;
            } else if (oid.equals(PKCSObjectIdentifiers.pbeWithSHAAnd128BitRC2_CBC)) {
                cipher = new Named("RC2/CBC/PKCS5Padding", 16, 8, "");
                keyBits = 128;
            } else if (oid.equals(PKCSObjectIdentifiers.pbeWithMD5AndDES_CBC)
                    || oid.equals(PKCSObjectIdentifiers.pbeWithSHA1AndDES_CBC)) {
                cipher = CIPHERS.get("des");
                keyBits = 64;
            } else {
                cipher = null;
                keyBits = 0;
            }
            if (cipher == null) {
                throw new CryptoException("digital envelope routines", "EVP_PBE_CipherInit", "unknown pbe algorithm");
            }
            int iterations = iterations(parameters.getIterations());
            if (pkcs12) {
                generator = new PKCS12ParametersGenerator(new SHA1Digest());
                generator.init(wide(password), parameters.getIV(), iterations);
            } else {
                boolean md5 = oid.equals(PKCSObjectIdentifiers.pbeWithMD5AndDES_CBC);
                generator = new PKCS5S1ParametersGenerator(md5 ? new MD5Digest() : new SHA1Digest());
                generator.init(password, parameters.getIV(), iterations);
            }
            ParametersWithIV made = (ParametersWithIV) generator.generateDerivedParameters(keyBits, 64);
            byte[] key = ((KeyParameter) made.getParameters()).getKey();
            if (keyBits == 128 && cipher.keyBytes == 24) { // two keys: the first is the third as well
                key = Arrays.copyOf(key, 24);
                System.arraycopy(key, 0, key, 16, 8);
            }
            return run(Cipher.DECRYPT_MODE, cipher, key, made.getIV(), content);
        } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /** The password as PKCS#12 takes it (RFC 7292, B.1): two bytes a character and two zeros, or nothing at all for none. */
    static byte[] wide(byte[] password) {
        byte[] wide = new byte[password.length * 2 + 2];
        for (int i = 0; i < password.length; i++) {
            wide[2 * i + 1] = password[i];
        }
        return wide;
    }

    private static int iterations(java.math.BigInteger number) throws CryptoException {
        if (number.signum() <= 0 || number.bitLength() > 31 || number.intValue() > MOST_ITERATIONS) {
            throw new CryptoException("digital envelope routines", "PKCS5_v2_PBKDF2_keyivgen", "keygen failure");
        }
        return number.intValue();
    }

    private static byte[] pbes2(PBES2Parameters parameters, byte[] password, byte[] content) throws CryptoException {
        KeyDerivationFunc derivation = parameters.getKeyDerivationFunc();
        EncryptionScheme scheme = parameters.getEncryptionScheme();
        Named cipher = ofOid(scheme.getAlgorithm().getId());
        if (!derivation.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
            throw new CryptoException(
                    "digital envelope routines", "PKCS5_v2_PBE_keyivgen", "unsupported key derivation function");
        }
        if (cipher == null) {
            throw new CryptoException("digital envelope routines", "PKCS5_v2_PBE_keyivgen", "unsupported cipher");
        }
        PBKDF2Params derived = PBKDF2Params.getInstance(derivation.getParameters());
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(
                digest(derived.getPrf().getAlgorithm().getId()));
        generator.init(password, derived.getSalt(), iterations(derived.getIterationCount()));
        ASN1Encodable given = scheme.getParameters();
        byte[] iv = (given instanceof ASN1Sequence parts // RC5 and its like; CAST's vector stands first
                        ? ASN1OctetString.getInstance(parts.getObjectAt(0))
                        : ASN1OctetString.getInstance(given))
                .getOctets();
        byte[] key = ((KeyParameter) generator.generateDerivedParameters(cipher.keyBytes * 8)).getKey();
        return run(Cipher.DECRYPT_MODE, cipher, key, iv, content);
    }

    private static org.bouncycastle.crypto.Digest digest(String mac) throws CryptoException {
        return switch (mac) {
            case "1.2.840.113549.2.7" -> new SHA1Digest();
            case "1.2.840.113549.2.8" -> new SHA224Digest();
            case "1.2.840.113549.2.9" -> SHA256Digest.newInstance();
            case "1.2.840.113549.2.10" -> new SHA384Digest();
            case "1.2.840.113549.2.11" -> new SHA512Digest();
            default ->
                throw new CryptoException("digital envelope routines", "PKCS5_v2_PBKDF2_keyivgen", "unsupported prf");
        };
    }

    /** Encrypts a key in PKCS#8 as OpenSSL 1.1.1 does: PBKDF2 with SHA-256. Key and password are overwritten. */
    static EncryptedPrivateKeyInfo encrypted(byte[] key, String name, byte[] password) throws CryptoException {
        Named cipher = CIPHERS.get(name);
        if (cipher == null) {
            throw new CryptoException(
                    "digital envelope routines", "PKCS5_pbe2_set_iv", "cipher has no object identifier");
        }
        byte[] salt = random(SALT_BYTES);
        byte[] iv = random(cipher.blockBytes);
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(SHA256Digest.newInstance());
        generator.init(password, salt, ITERATIONS);
        byte[] derived = ((KeyParameter) generator.generateDerivedParameters(cipher.keyBytes * 8)).getKey();
        byte[] content = run(Cipher.ENCRYPT_MODE, cipher, derived, iv, key);
        Arrays.fill(key, (byte) 0);
        Arrays.fill(password, (byte) 0);
        PBES2Parameters parameters = new PBES2Parameters(
                new KeyDerivationFunc(
                        PKCSObjectIdentifiers.id_PBKDF2,
                        new PBKDF2Params(
                                salt,
                                ITERATIONS,
                                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE))),
                new EncryptionScheme(new ASN1ObjectIdentifier(cipher.oid), new DEROctetString(iv)));
        return new EncryptedPrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, parameters), content);
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** Decrypts a block with {@code DEK-Info: cipher,iv} (RFC 1421). The password is overwritten. */
    static byte[] traditional(byte[] content, String info, byte[] password) throws CryptoException {
        String[] parts = info.split(",", -1);
        Named cipher = CIPHERS.get(parts[0].strip().toLowerCase(Locale.ROOT));
        if (parts.length != 2 || cipher == null) {
            throw CryptoException.pem("PEM_get_EVP_CIPHER_INFO", "unsupported encryption");
        }
        byte[] iv;
        try {
            iv = HexFormat.of().parseHex(parts[1].strip());
        } catch (IllegalArgumentException e) {
            throw CryptoException.pem("load_iv", "bad iv chars");
        }
        if (iv.length < SALT_BYTES) {
            throw CryptoException.pem("load_iv", "bad iv chars");
        }
        OpenSSLPBEParametersGenerator generator = new OpenSSLPBEParametersGenerator(new MD5Digest());
        generator.init(password, Arrays.copyOf(iv, SALT_BYTES), 1);
        byte[] key = ((KeyParameter) generator.generateDerivedParameters(cipher.keyBytes * 8)).getKey();
        Arrays.fill(password, (byte) 0);
        return run(Cipher.DECRYPT_MODE, cipher, key, iv, content);
    }

    /** Encrypts or decrypts. The key is overwritten. */
    static byte[] run(int mode, Named cipher, byte[] key, byte[] iv, byte[] content) throws CryptoException {
        try {
            Cipher engine = engine(cipher.name);
            engine.init(mode, new SecretKeySpec(key, cipher.key()), new IvParameterSpec(iv));
            return engine.doFinal(content);
        } catch (GeneralSecurityException e) { // a wrong password shows as wrong padding
            throw new CryptoException("digital envelope routines", "EVP_DecryptFinal_ex", "bad decrypt");
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static Cipher engine(String name) throws GeneralSecurityException {
        try {
            return Cipher.getInstance(name);
        } catch (GeneralSecurityException e) {
            return Cipher.getInstance(name, Provider.BOUNCY_CASTLE);
        }
    }
}
