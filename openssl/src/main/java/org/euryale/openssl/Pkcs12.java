package org.euryale.openssl;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.CertBag;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedData;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.jspecify.annotations.Nullable;

/** A file of PKCS#12 (RFC 7292): a key, its certificate and others, as PKCS12_parse(3) and PKCS12_create(3) read and write it. */
public final class Pkcs12 {
    private static final int SALT_BYTES = 8;

    private @Nullable Key key;
    private @Nullable Certificate certificate;
    private byte @Nullable [] name;
    private final List<Certificate> others = new ArrayList<>();

    private Pkcs12() {}

    /** A certificate with what stands beside it. */
    private static final class Found {
        private final Certificate certificate;
        private final byte @Nullable [] name;

        Found(Certificate certificate, byte @Nullable [] name) {
            this.certificate = certificate;
            this.name = name;
        }
    }

    /** The key; null for none. */
    public @Nullable Key key() {
        return key;
    }

    /** The key's certificate; null for none. */
    public @Nullable Certificate certificate() {
        return certificate;
    }

    /** The friendly name of the key's certificate in UTF-8; null for none. */
    public byte @Nullable [] name() {
        return name;
    }

    /** The other certificates, in OpenSSL 1.1.1's order: the last one first. */
    public List<Certificate> others() {
        return others;
    }

    private static CryptoException fault(String function, String reason) {
        return new CryptoException("PKCS12 routines", function, reason);
    }

    /** Reads a file; no password and an empty one are both tried where either is given. */
    public static Pkcs12 read(byte[] der, byte @Nullable [] password) throws CryptoException {
        try {
            Pfx file = Pfx.getInstance(Octets.value(der));
            ASN1Encodable content = file.getAuthSafe().getContent();
            byte[] safes = ASN1OctetString.getInstance(content).getOctets();
            byte[] wide = null;
            for (byte[] candidate : password == null || password.length == 0
                    ? List.of(new byte[0], Encryption.wide(new byte[0]))
                    : List.of(wide(password))) {
                if (file.getMacData() != null && isRight(file.getMacData(), candidate, safes)) {
                    wide = candidate;
                    break;
                }
            }
            if (wide == null) {
                throw fault("PKCS12_parse", "mac verify failure");
            }
            Pkcs12 read = new Pkcs12();
            List<Found> found = new ArrayList<>();
            for (ASN1Encodable info : ASN1Sequence.getInstance(Octets.value(safes))) {
                read.safe(ContentInfo.getInstance(info), wide, found);
            }
            read.assign(found);
            return read;
        } catch (IllegalArgumentException | IllegalStateException | ClassCastException | NullPointerException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    private void safe(ContentInfo info, byte[] wide, List<Found> found) throws CryptoException {
        byte[] bags;
        if (info.getContentType().equals(PKCSObjectIdentifiers.data)) {
            bags = ASN1OctetString.getInstance(info.getContent()).getOctets();
        } else if (info.getContentType().equals(PKCSObjectIdentifiers.encryptedData)) {
            EncryptedData encrypted = EncryptedData.getInstance(info.getContent());
            bags = decrypted(
                    encrypted.getEncryptionAlgorithm(),
                    wide,
                    encrypted.getContent().getOctets());
        } else {
            return;
        }
        for (ASN1Encodable encoded : ASN1Sequence.getInstance(Octets.value(bags))) {
            SafeBag bag = SafeBag.getInstance(encoded);
            ASN1ObjectIdentifier kind = bag.getBagId();
            if (kind.equals(PKCSObjectIdentifiers.keyBag) && key == null) {
                key = Key.ofPkcs8(PrivateKeyInfo.getInstance(bag.getBagValue()));
            } else if (kind.equals(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag) && key == null) {
                EncryptedPrivateKeyInfo shrouded = EncryptedPrivateKeyInfo.getInstance(bag.getBagValue());
                byte[] plain = decrypted(shrouded.getEncryptionAlgorithm(), wide, shrouded.getEncryptedData());
                key = Key.ofPkcs8(PrivateKeyInfo.getInstance(Octets.value(plain)));
            } else if (kind.equals(PKCSObjectIdentifiers.certBag)) {
                CertBag holder = CertBag.getInstance(bag.getBagValue());
                if (holder.getCertId().equals(PKCSObjectIdentifiers.x509Certificate)) {
                    byte[] certificateDer =
                            ASN1OctetString.getInstance(holder.getCertValue()).getOctets();
                    found.add(new Found(Certificate.ofDer(certificateDer), friendlyName(bag.getBagAttributes())));
                }
            }
        }
    }

    /** The first certificate of the key is its; they are looked through, and handed out, from the last one on. */
    private void assign(List<Found> found) throws CryptoException {
        for (int i = found.size() - 1; i >= 0; i--) {
            Found one = found.get(i);
            Key own = key;
            if (own != null && certificate == null && own.matches(one.certificate.publicKey())) {
                certificate = one.certificate;
                name = one.name;
            } else {
                others.add(one.certificate);
            }
        }
    }

    private static byte @Nullable [] friendlyName(@Nullable ASN1Set attributes) {
        if (attributes == null) {
            return null;
        }
        for (ASN1Encodable attribute : attributes) {
            ASN1Sequence parts = ASN1Sequence.getInstance(attribute);
            if (PKCSObjectIdentifiers.pkcs_9_at_friendlyName.equals(parts.getObjectAt(0))) {
                ASN1Encodable value = ASN1Set.getInstance(parts.getObjectAt(1)).getObjectAt(0);
                return new String(Octets.content(value), StandardCharsets.UTF_16BE).getBytes(StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    private static byte[] decrypted(AlgorithmIdentifier algorithm, byte[] wide, byte[] content) throws CryptoException {
        return Encryption.decryptedPkcs12(algorithm, wide, content);
    }

    /** The password as PKCS#12 takes it: UTF-16 and two zeros; bytes that are no UTF-8 are Latin-1 (OPENSSL_utf82uni). */
    private static byte[] wide(byte[] password) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(password))
                    .toString();
            return (text + "\0").getBytes(StandardCharsets.UTF_16BE);
        } catch (CharacterCodingException e) {
            return Encryption.wide(password);
        }
    }

    private static boolean isRight(MacData data, byte[] wide, byte[] safes) throws CryptoException {
        DigestInfo given = data.getMac();
        String oid = given.getAlgorithmId().getAlgorithm().getId();
        byte[] made = mac(oid, wide, data.getSalt(), data.getIterationCount().intValueExact(), safes);
        return MessageDigest.isEqual(made, given.getDigest());
    }

    private static byte[] mac(String digest, byte[] wide, byte[] salt, int iterations, byte[] content)
            throws CryptoException {
        byte[] secret = Encryption.pkcs12Mac(digest, wide, salt, iterations);
        try {
            Mac mac = Mac.getInstance(
                    switch (digest) {
                        case "1.3.14.3.2.26" -> "HmacSHA1";
                        case "2.16.840.1.101.3.4.2.1" -> "HmacSHA256";
                        case "2.16.840.1.101.3.4.2.2" -> "HmacSHA384";
                        case "2.16.840.1.101.3.4.2.3" -> "HmacSHA512";
                        default -> throw fault("PKCS12_gen_mac", "unknown digest algorithm");
                    });
            mac.init(new SecretKeySpec(secret, "Hmac"));
            return mac.doFinal(content);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has these
        }
    }

    /**
     * Writes a file, encrypted by three-key DES as pyOpenSSL has it.
     *
     * @param key its key or null
     * @param certificate the key's certificate or null
     * @param others further certificates
     * @param name the friendly name in UTF-8 or null
     * @param password null for none, which is not the same as an empty one
     * @param iterations of encryption; 0 for OpenSSL's own number
     * @param macIterations of the MAC; -1 for no MAC
     */
    public static byte[] written(
            @Nullable Key key,
            @Nullable Certificate certificate,
            List<Certificate> others,
            byte @Nullable [] name,
            byte @Nullable [] password,
            int iterations,
            int macIterations)
            throws CryptoException {
        if (key == null && certificate == null && others.isEmpty()) {
            throw fault("PKCS12_create", "invalid null argument");
        }
        byte[] keyId = null;
        if (key != null && certificate != null) {
            if (!key.matches(certificate.publicKey())) {
                throw new CryptoException("x509 certificate routines", "X509_check_private_key", "key values mismatch");
            }
            keyId = Objects.requireNonNull(Digest.named("sha1"), "sha1").of(certificate.der());
        }
        byte[] wide = password == null ? new byte[0] : wide(password);
        ASN1EncodableVector safes = new ASN1EncodableVector();
        ASN1EncodableVector bags = new ASN1EncodableVector();
        if (certificate != null) {
            bags.add(bag(certificate, attributes(name, keyId)));
        }
        for (Certificate other : others) {
            bags.add(bag(other, attributes(null, null)));
        }
        if (bags.size() > 0) {
            Encryption.Pkcs12Encrypted made =
                    Encryption.encryptedPkcs12(wide, iterations, Octets.der(new DERSequence(bags)));
            safes.add(new ContentInfo(
                    PKCSObjectIdentifiers.encryptedData,
                    new EncryptedData(
                            PKCSObjectIdentifiers.data, made.algorithm(), new DEROctetString(made.content()))));
        }
        if (key != null) {
            Encryption.Pkcs12Encrypted made =
                    Encryption.encryptedPkcs12(wide, iterations, Octets.der(key.privateInfo()));
            SafeBag bag = new SafeBag(
                    PKCSObjectIdentifiers.pkcs8ShroudedKeyBag,
                    new EncryptedPrivateKeyInfo(made.algorithm(), made.content()),
                    attributes(name, keyId));
            safes.add(
                    new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(Octets.der(new DERSequence(bag)))));
        }
        byte[] content = Octets.der(new DERSequence(safes));
        MacData mac = null;
        if (macIterations != -1) {
            byte[] salt = Encryption.random(SALT_BYTES);
            int rounds = Math.max(1, macIterations);
            String sha1 = "1.3.14.3.2.26";
            mac = new MacData(
                    new DigestInfo(
                            new AlgorithmIdentifier(new ASN1ObjectIdentifier(sha1), DERNull.INSTANCE),
                            mac(sha1, wide, salt, rounds, content)),
                    salt,
                    rounds);
        }
        ContentInfo whole = new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(content));
        return Octets.der(new Pfx(whole, mac));
    }

    private static SafeBag bag(Certificate certificate, ASN1Set attributes) throws CryptoException {
        return new SafeBag(
                PKCSObjectIdentifiers.certBag,
                new CertBag(PKCSObjectIdentifiers.x509Certificate, new DEROctetString(certificate.der()))
                        .toASN1Primitive(),
                attributes);
    }

    private static ASN1Set attributes(byte @Nullable [] name, byte @Nullable [] keyId) {
        ASN1EncodableVector attributes = new ASN1EncodableVector();
        if (name != null) {
            attributes.add(new DERSequence(new ASN1Encodable[] {
                PKCSObjectIdentifiers.pkcs_9_at_friendlyName,
                new DERSet(new DERBMPString(new String(name, StandardCharsets.UTF_8)))
            }));
        }
        if (keyId != null) {
            attributes.add(new DERSequence(new ASN1Encodable[] {
                PKCSObjectIdentifiers.pkcs_9_at_localKeyId, new DERSet(new DEROctetString(keyId))
            }));
        }
        return new DERSet(attributes);
    }
}
