package org.euryale.openssl;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
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

    private static final Named DES = new Named("DES/CBC/PKCS5Padding", 8, 8, "1.3.14.3.2.7");
    private static final Named DES3 = new Named("DESede/CBC/PKCS5Padding", 24, 8, "1.2.840.113549.3.7");
    private static final Map<String, Named> CIPHERS = new HashMap<>();

    static {
        Named blowfish = new Named("Blowfish/CBC/PKCS5Padding", 16, 8, "1.3.6.1.4.1.3029.1.2");
        Named cast = new Named("CAST5/CBC/PKCS5Padding", 16, 8, "1.2.840.113533.7.66.10");
        Named seed = new Named("SEED/CBC/PKCS5Padding", 16, 16, "1.2.410.200004.1.4");
        add(blowfish, "blowfish", "bf", "bf-cbc");
        add(DES, "des", "des-cbc");
        add(DES3, "des3", "des-ede3-cbc");
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
            return decrypted(algorithm, password, wide(password), content);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /** The same with a password in PKCS#12's form. */
    static byte[] decryptedPkcs12(AlgorithmIdentifier algorithm, byte[] wide, byte[] content) throws CryptoException {
        byte[] narrow = new byte[Math.max(0, wide.length / 2 - 1)];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = wide[2 * i + 1];
        }
        return decrypted(algorithm, narrow, wide, content);
    }

    private static byte[] decrypted(AlgorithmIdentifier algorithm, byte[] password, byte[] wide, byte[] content)
            throws CryptoException {
        ASN1ObjectIdentifier oid = algorithm.getAlgorithm();
        try {
            if (oid.equals(PKCSObjectIdentifiers.id_PBES2)) {
                return pbes2(PBES2Parameters.getInstance(algorithm.getParameters()), password, content);
            }
            Scheme scheme = SCHEMES.get(oid);
            if (scheme == null) {
                throw new CryptoException("digital envelope routines", "EVP_PBE_CipherInit", "unknown pbe algorithm");
            }
            PKCS12PBEParams parameters = PKCS12PBEParams.getInstance(algorithm.getParameters());
            PBEParametersGenerator generator = scheme.generator.get();
            boolean pkcs12 = generator instanceof PKCS12ParametersGenerator;
            generator.init(pkcs12 ? wide : password, parameters.getIV(), iterations(parameters.getIterations()));
            ParametersWithIV made = (ParametersWithIV) generator.generateDerivedParameters(scheme.keyBits, 64);
            byte[] key = ((KeyParameter) made.getParameters()).getKey();
            if (scheme.keyBits < scheme.cipher.keyBytes * 8) { // two keys of DES: the first is the third as well
                key = Arrays.copyOf(key, 24);
                System.arraycopy(key, 0, key, 16, 8);
            }
            return run(Cipher.DECRYPT_MODE, scheme.cipher, key, made.getIV(), content);
        } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    /** An encryption of the older kinds: how its key is made of a password, and what uses it. */
    private record Scheme(Supplier<PBEParametersGenerator> generator, Named cipher, int keyBits) {}

    private static final Map<ASN1ObjectIdentifier, Scheme> SCHEMES = Map.of(
            PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC,
            new Scheme(() -> new PKCS12ParametersGenerator(new SHA1Digest()), DES3, 192),
            PKCSObjectIdentifiers.pbeWithSHAAnd2_KeyTripleDES_CBC,
            new Scheme(() -> new PKCS12ParametersGenerator(new SHA1Digest()), DES3, 128),
            PKCSObjectIdentifiers.pbeWithSHAAnd40BitRC2_CBC,
            new Scheme(() -> new PKCS12ParametersGenerator(new SHA1Digest()), rc2(5), 40),
            PKCSObjectIdentifiers.pbeWithSHAAnd128BitRC2_CBC,
            new Scheme(() -> new PKCS12ParametersGenerator(new SHA1Digest()), rc2(16), 128),
            PKCSObjectIdentifiers.pbeWithMD5AndDES_CBC,
            new Scheme(() -> new PKCS5S1ParametersGenerator(new MD5Digest()), DES, 64),
            PKCSObjectIdentifiers.pbeWithSHA1AndDES_CBC,
            new Scheme(() -> new PKCS5S1ParametersGenerator(new SHA1Digest()), DES, 64));

    private static Named rc2(int keyBytes) {
        return new Named("RC2/CBC/PKCS5Padding", keyBytes, 8, "");
    }

    /** What was encrypted, and by what. */
    static final class Pkcs12Encrypted {
        private final AlgorithmIdentifier algorithm;
        private final byte[] content;

        Pkcs12Encrypted(AlgorithmIdentifier algorithm, byte[] content) {
            this.algorithm = algorithm;
            this.content = content;
        }

        AlgorithmIdentifier algorithm() {
            return algorithm;
        }

        byte[] content() {
            return content;
        }
    }

    /** Encrypts by three-key DES as PKCS#12 has it. */
    static Pkcs12Encrypted encryptedPkcs12(byte[] wide, int iterations, byte[] content) throws CryptoException {
        byte[] salt = random(SALT_BYTES);
        int rounds = iterations <= 0 ? ITERATIONS : iterations;
        PKCS12ParametersGenerator generator = new PKCS12ParametersGenerator(new SHA1Digest());
        generator.init(wide, salt, rounds);
        ParametersWithIV made = (ParametersWithIV) generator.generateDerivedParameters(192, 64);
        byte[] key = ((KeyParameter) made.getParameters()).getKey();
        return new Pkcs12Encrypted(
                new AlgorithmIdentifier(
                        PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC, new PKCS12PBEParams(salt, rounds)),
                run(Cipher.ENCRYPT_MODE, DES3, key, made.getIV(), content));
    }

    /** The key of a MAC of PKCS#12 (RFC 7292, B.2, ID 3). */
    static byte[] pkcs12Mac(String digest, byte[] wide, byte[] salt, int iterations) throws CryptoException {
        org.bouncycastle.crypto.Digest hash = switch (digest) {
            case "1.3.14.3.2.26" -> new SHA1Digest();
            case "2.16.840.1.101.3.4.2.1" -> SHA256Digest.newInstance();
            case "2.16.840.1.101.3.4.2.2" -> new SHA384Digest();
            case "2.16.840.1.101.3.4.2.3" -> new SHA512Digest();
            default -> throw new CryptoException("PKCS12 routines", "PKCS12_gen_mac", "unknown digest algorithm");
        };
        if (iterations < 1 || iterations > MOST_ITERATIONS) {
            throw new CryptoException("PKCS12 routines", "PKCS12_gen_mac", "key gen error");
        }
        PKCS12ParametersGenerator generator = new PKCS12ParametersGenerator(hash);
        generator.init(wide, salt, iterations);
        return ((KeyParameter) generator.generateDerivedMacParameters(hash.getDigestSize() * 8)).getKey();
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
