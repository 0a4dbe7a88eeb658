package org.euryale.openssl;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.DSAKey;
import java.security.interfaces.DSAPrivateKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.DSAPublicKeySpec;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed448PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X448PrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.jcajce.provider.asymmetric.util.EC5Util;
import org.jspecify.annotations.Nullable;

/** A key pair, or a public key alone: OpenSSL's EVP_PKEY. It does not change. */
public final class Key {
    /** The JDK's names of kinds of key by their identifiers. */
    private static final Map<String, String> ALGORITHMS = Map.of(
            "1.2.840.113549.1.1.1", "RSA",
            "1.2.840.113549.1.1.10", "RSASSA-PSS",
            "1.2.840.10040.4.1", "DSA",
            "1.2.840.10045.2.1", "EC",
            "1.2.840.113549.1.3.1", "DH",
            "1.3.101.110", "X25519",
            "1.3.101.111", "X448",
            "1.3.101.112", "Ed25519",
            "1.3.101.113", "Ed448");

    /** OpenSSL's numbers of the same (EVP_PKEY_RSA …). */
    private static final Map<String, Integer> TYPES = Map.of(
            "RSA",
            6,
            "RSASSA-PSS",
            912,
            "DSA",
            116,
            "EC",
            408,
            "DH",
            28,
            "X25519",
            1034,
            "X448",
            1035,
            "Ed25519",
            1087,
            "Ed448",
            1088);

    /** EVP_PKEY_bits of kinds whose keys are all of one size. */
    private static final Map<String, Integer> SIZES = Map.of("X25519", 253, "X448", 448, "Ed25519", 253, "Ed448", 456);

    /** The curves that the JDK signs by: P-256, P-384, P-521. */
    private static final List<String> SIGNING_CURVES = List.of("1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35");

    /** OpenSSL's least modulus, OPENSSL_RSA_FIPS_MIN_MODULUS_BITS's elder: less is refused. */
    private static final int LEAST_RSA_BITS = 512;

    private static final int PRIME_CERTAINTY = 64;

    private final String algorithm;
    private final @Nullable PrivateKey privateKey;
    private final PublicKey publicKey;

    private Key(String algorithm, @Nullable PrivateKey privateKey, PublicKey publicKey) {
        this.algorithm = algorithm;
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    /** A pair of Java's; the private part may be null, the public part is computed where it is null. */
    public static Key of(@Nullable PrivateKey privateKey, @Nullable PublicKey publicKey) throws CryptoException {
        if (publicKey != null) {
            return new Key(algorithm(SubjectPublicKeyInfo.getInstance(publicKey.getEncoded())), privateKey, publicKey);
        }
        if (privateKey == null) {
            throw new IllegalArgumentException("neither a private nor a public key");
        }
        return ofPkcs8(PrivateKeyInfo.getInstance(privateKey.getEncoded()));
    }

    private static String algorithm(SubjectPublicKeyInfo info) {
        String oid = info.getAlgorithm().getAlgorithm().getId();
        return ALGORITHMS.getOrDefault(oid, oid);
    }

    static Key ofPublic(SubjectPublicKeyInfo info) throws CryptoException {
        String algorithm = algorithm(info);
        return new Key(algorithm, null, publicOf(algorithm, new X509EncodedKeySpec(Octets.der(info))));
    }

    static Key ofPkcs8(PrivateKeyInfo info) throws CryptoException {
        String oid = info.getPrivateKeyAlgorithm().getAlgorithm().getId();
        String algorithm = ALGORITHMS.get(oid);
        if (algorithm == null) {
            throw new CryptoException(
                    "digital envelope routines", "EVP_PKCS82PKEY", "unsupported private key algorithm");
        }
        KeySpec spec = new PKCS8EncodedKeySpec(Octets.der(info));
        PrivateKey privateKey;
        try {
            privateKey = factory(algorithm).generatePrivate(spec);
        } catch (GeneralSecurityException e) {
            try {
                privateKey = KeyFactory.getInstance(algorithm, Provider.BOUNCY_CASTLE)
                        .generatePrivate(spec);
            } catch (GeneralSecurityException | RuntimeException neither) { // its text may quote the key
                throw CryptoException.asn1("asn1_item_embed_d2i", "nested asn1 error");
            }
        }
        return new Key(algorithm, privateKey, publicOf(algorithm, privateKey, info));
    }

    private static KeyFactory factory(String algorithm) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            return KeyFactory.getInstance(algorithm, Provider.BOUNCY_CASTLE);
        }
    }

    private static PublicKey publicOf(String algorithm, KeySpec spec) throws CryptoException {
        try {
            return factory(algorithm).generatePublic(spec);
        } catch (GeneralSecurityException e) {
            try {
                return KeyFactory.getInstance(algorithm, Provider.BOUNCY_CASTLE).generatePublic(spec);
            } catch (GeneralSecurityException | RuntimeException neither) {
                throw new CryptoException("x509 certificate routines", "x509_pubkey_decode", "public key decode error");
            }
        }
    }

    private static PublicKey publicOf(String algorithm, PrivateKey key, PrivateKeyInfo info) throws CryptoException {
        if (key instanceof RSAPrivateCrtKey rsa) {
            return publicOf(
                    algorithm, new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent(), rsa.getParams()));
        }
        if (key instanceof DSAPrivateKey dsa) {
            BigInteger p = dsa.getParams().getP();
            BigInteger y = dsa.getParams().getG().modPow(dsa.getX(), p);
            return publicOf(
                    algorithm,
                    new DSAPublicKeySpec(
                            y, p, dsa.getParams().getQ(), dsa.getParams().getG()));
        }
        try {
            SubjectPublicKeyInfo computed;
            if (key instanceof ECPrivateKey ec) {
                byte[] point = EC5Util.convertSpec(ec.getParams())
                        .getG()
                        .multiply(ec.getS())
                        .normalize()
                        .getEncoded(false);
                computed = new SubjectPublicKeyInfo(info.getPrivateKeyAlgorithm(), point);
            } else {
                computed = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
                        publicOf(PrivateKeyFactory.createKey(info)));
            }
            return publicOf(algorithm, new X509EncodedKeySpec(Octets.der(computed)));
        } catch (IOException | RuntimeException e) {
            throw CryptoException.asn1("asn1_item_embed_d2i", "nested asn1 error");
        }
    }

    private static AsymmetricKeyParameter publicOf(AsymmetricKeyParameter key) throws IOException {
        if (key instanceof Ed25519PrivateKeyParameters ed25519) {
            return ed25519.generatePublicKey();
        } else if (key instanceof Ed448PrivateKeyParameters ed448) {
            return ed448.generatePublicKey();
        } else if (key instanceof X25519PrivateKeyParameters x25519) {
            return x25519.generatePublicKey();
        } else if (key instanceof X448PrivateKeyParameters x448) {
            return x448.generatePublicKey();
        }
        throw new IOException("no public key is computed of it");
    }

    /**
     * A new pair.
     *
     * @param algorithm {@code RSA} or {@code DSA}
     * @param bits of the modulus
     */
    public static Key generate(String algorithm, int bits) throws CryptoException {
        boolean rsa = algorithm.equals("RSA");
        if (rsa && bits < LEAST_RSA_BITS) {
            throw new CryptoException("rsa routines", "rsa_builtin_keygen", "key size too small");
        }
        // DSA_generate_parameters_ex takes no less and no other steps either.
        int taken = rsa ? bits : Math.max(512, (bits + 63) / 64 * 64);
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(taken);
            KeyPair pair = generator.generateKeyPair();
            return new Key(algorithm, pair.getPrivate(), pair.getPublic());
        } catch (InvalidParameterException | IllegalStateException e) {
            throw rsa
                    ? new CryptoException("rsa routines", "rsa_builtin_keygen", "modulus too large")
                    : new CryptoException("dsa routines", "dsa_builtin_paramgen", "modulus too large");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has both
        }
    }

    /** The private part; null when there is the public part alone. */
    public @Nullable PrivateKey privateKey() {
        return privateKey;
    }

    public PublicKey publicKey() {
        return publicKey;
    }

    /** The public part alone. */
    public Key publicPart() {
        return new Key(algorithm, null, publicKey);
    }

    /** OpenSSL's number of the kind (EVP_PKEY_id(3)); 0 for one it does not know. */
    public int type() {
        return TYPES.getOrDefault(algorithm, 0);
    }

    /** The JDK's name of the kind. */
    String algorithm() {
        return algorithm;
    }

    /** EVP_PKEY_bits(3). */
    public int bits() {
        if (publicKey instanceof RSAKey rsa) {
            return rsa.getModulus().bitLength();
        } else if (publicKey instanceof DSAKey dsa) {
            return dsa.getParams().getP().bitLength();
        } else if (publicKey instanceof ECKey ec) {
            return ec.getParams().getOrder().bitLength();
        } else if (publicKey instanceof javax.crypto.interfaces.DHKey dh) {
            return dh.getParams().getP().bitLength();
        }
        return SIZES.getOrDefault(algorithm, 0);
    }

    SubjectPublicKeyInfo publicInfo() {
        return SubjectPublicKeyInfo.getInstance(publicKey.getEncoded());
    }

    /** In DER (i2d_PUBKEY). */
    public byte[] publicDer() {
        return Octets.der(publicInfo());
    }

    /** Whether an RSA key's numbers belong together, as RSA_check_key(3) tells it. */
    public void check() throws CryptoException {
        if (!(privateKey instanceof RSAPrivateCrtKey key)) {
            throw new CryptoException("rsa routines", "RSA_check_key_ex", "value missing");
        }
        BigInteger p = key.getPrimeP();
        BigInteger q = key.getPrimeQ();
        BigInteger p1 = p.subtract(BigInteger.ONE);
        BigInteger q1 = q.subtract(BigInteger.ONE);
        BigInteger d = key.getPrivateExponent();
        List<String> faults = new ArrayList<>();
        note(faults, p.isProbablePrime(PRIME_CERTAINTY), "p not prime");
        note(faults, q.isProbablePrime(PRIME_CERTAINTY), "q not prime");
        note(faults, p.multiply(q).equals(key.getModulus()), "n does not equal p q");
        BigInteger lambda = p1.multiply(q1).divide(p1.gcd(q1));
        note(faults, d.multiply(key.getPublicExponent()).mod(lambda).equals(BigInteger.ONE), "d e not congruent to 1");
        note(faults, d.mod(p1).equals(key.getPrimeExponentP()), "dmp1 not congruent to d");
        note(faults, d.mod(q1).equals(key.getPrimeExponentQ()), "dmq1 not congruent to d");
        note(
                faults,
                q.gcd(p).equals(BigInteger.ONE) && q.modInverse(p).equals(key.getCrtCoefficient()),
                "iqmp not inverse of q");
        if (!faults.isEmpty()) {
            throw new CryptoException(faults.stream()
                    .map(fault -> new CryptoException.Entry("rsa routines", "RSA_check_key_ex", fault))
                    .toList());
        }
    }

    private static void note(List<String> faults, boolean holds, String fault) {
        if (!holds) {
            faults.add(fault);
        }
    }

    /** The JCA's name of a signature by this kind of key. */
    String signature(Digest digest) throws CryptoException {
        return switch (algorithm) {
            case "RSA", "DSA" -> digest.inSignatures() + "with" + algorithm;
            case "EC" -> digest.inSignatures() + "withECDSA";
            case "Ed25519", "Ed448" -> algorithm;
            default ->
                throw new CryptoException(
                        "digital envelope routines", "pkey_ctx_new", "operation not supported for this keytype");
        };
    }

    /** Signs bytes (EVP_SignFinal(3)); there must be a private part. */
    public byte[] sign(byte[] data, Digest digest) throws CryptoException {
        if (privateKey == null) {
            throw new CryptoException("rsa routines", "rsa_ossl_private_encrypt", "value missing");
        }
        try {
            Signature signature = engine(signature(digest));
            signature.initSign(privateKey);
            signature.update(data);
            return signature.sign();
        } catch (InvalidKeyException | SignatureException e) {
            throw algorithm.equals("RSA")
                    ? new CryptoException("rsa routines", "RSA_sign", "digest too big for rsa key")
                    : new CryptoException("digital envelope routines", "EVP_SignFinal", "operation not supported");
        }
    }

    /** Whether a signature is of these bytes and of this key. */
    public boolean verify(byte[] signed, byte[] data, Digest digest) throws CryptoException {
        return verify(signed, data, signature(digest));
    }

    boolean verify(byte[] signed, byte[] data, String algorithm) throws CryptoException {
        try {
            Signature signature = engine(algorithm);
            signature.initVerify(publicKey);
            signature.update(data);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException | RuntimeException e) {
            return false; // what is no signature of this kind of key
        }
    }

    private Signature engine(String algorithm) throws CryptoException {
        try {
            if (isOnOldCurve() || publicKey.getClass().getName().startsWith("org.bouncycastle")) {
                return Signature.getInstance(algorithm, Provider.BOUNCY_CASTLE);
            }
            try {
                return Signature.getInstance(algorithm);
            } catch (NoSuchAlgorithmException e) {
                return Signature.getInstance(algorithm, Provider.BOUNCY_CASTLE);
            }
        } catch (NoSuchAlgorithmException e) {
            throw new CryptoException("digital envelope routines", "EVP_DigestInit_ex", "unsupported algorithm");
        }
    }

    /** Whether the key is on a curve that the JDK still reads and does not sign by (JDK-8235540). */
    private boolean isOnOldCurve() {
        return algorithm.equals("EC")
                && !SIGNING_CURVES.contains(
                        String.valueOf(publicInfo().getAlgorithm().getParameters()));
    }

    /** Whether the private part is that of a public key (X509_check_private_key(3)). */
    public boolean matches(Key other) {
        return publicInfo().equals(other.publicInfo());
    }

    PrivateKeyInfo privateInfo() throws CryptoException {
        if (privateKey == null) {
            throw new CryptoException(
                    "digital envelope routines", "EVP_PKEY2PKCS8", "unsupported private key algorithm");
        }
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(privateKey.getEncoded());
        if (!(privateKey instanceof ECPrivateKey ec)) {
            return info;
        }
        try { // OpenSSL has the public key within, the JDK not
            ASN1Encodable whole = new org.bouncycastle.asn1.sec.ECPrivateKey(
                    ec.getParams().getOrder().bitLength(),
                    ec.getS(),
                    publicInfo().getPublicKeyData(),
                    null);
            return new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), whole);
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory alone is written to
        }
    }

    ASN1Primitive privateValue() throws CryptoException {
        try {
            return privateInfo().parsePrivateKey().toASN1Primitive();
        } catch (IOException e) {
            throw CryptoException.asn1("asn1_item_embed_d2i", "nested asn1 error");
        }
    }

    /** The kind and the size; no number of the key. */
    @Override
    public String toString() {
        return algorithm + ", " + bits() + " bits";
    }
}
