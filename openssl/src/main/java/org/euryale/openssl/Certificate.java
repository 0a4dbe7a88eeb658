package org.euryale.openssl;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.euryale.tls.Certificates;
import org.euryale.tls.ObjectName;
import org.euryale.tls.PemException;
import org.jspecify.annotations.Nullable;

/** A certificate that can be made and changed: OpenSSL's X509. */
public final class Certificate extends Signed {
    private static final int EXTENSIONS = 3;

    private BigInteger version = BigInteger.ZERO;
    private BigInteger serial = BigInteger.ZERO;
    private Name issuer = new Name();
    private Name subject = new Name();
    private @Nullable Asn1Time notBefore;
    private @Nullable Asn1Time notAfter;
    private @Nullable SubjectPublicKeyInfo publicKey;

    /** Unique identifiers, which nobody makes any more (RFC 5280, 4.1.2.8); kept as they are. */
    private final List<ASN1Encodable> identifiers = new ArrayList<>();

    private final List<Extension> extensions = new ArrayList<>();
    private @Nullable AlgorithmIdentifier signedBy;
    private @Nullable X509Certificate java;

    /** An empty one. */
    public Certificate() {}

    /** The certificate that DER says. */
    public static Certificate ofDer(byte[] der) throws CryptoException {
        Certificate certificate = new Certificate();
        ASN1Sequence body = certificate.read(der);
        try {
            int at = 0;
            if (body.getObjectAt(0) instanceof ASN1TaggedObject tagged) {
                certificate.version = ASN1Integer.getInstance(tagged, true).getValue();
                at++;
            }
            certificate.serial = ASN1Integer.getInstance(body.getObjectAt(at++)).getValue();
            certificate.signedBy = AlgorithmIdentifier.getInstance(body.getObjectAt(at++));
            certificate.issuer = Name.of(body.getObjectAt(at++));
            ASN1Sequence validity = ASN1Sequence.getInstance(body.getObjectAt(at++));
            certificate.notBefore = Asn1Time.of(primitive(validity.getObjectAt(0)));
            certificate.notAfter = Asn1Time.of(primitive(validity.getObjectAt(1)));
            certificate.subject = Name.of(body.getObjectAt(at++));
            certificate.publicKey = SubjectPublicKeyInfo.getInstance(body.getObjectAt(at++));
            while (at < body.size()) {
                ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(body.getObjectAt(at++));
                if (tagged.getTagNo() == EXTENSIONS) {
                    certificate.extensions.addAll(Extension.all(ASN1Sequence.getInstance(tagged, true)));
                } else {
                    certificate.identifiers.add(tagged);
                }
            }
            return certificate;
        } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    /** One of Java's. */
    public static Certificate of(X509Certificate certificate) throws CryptoException {
        try {
            Certificate made = ofDer(certificate.getEncoded());
            made.java = certificate;
            return made;
        } catch (java.security.cert.CertificateEncodingException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    /** As one of Java's; it does not change with this. */
    public X509Certificate java() throws CryptoException {
        X509Certificate made = java;
        if (made == null || hasChangedNames()) {
            try {
                made = Certificates.ofDer(der());
            } catch (PemException e) {
                throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
            }
            java = made;
        }
        return made;
    }

    @Override
    void change() {
        super.change();
        java = null;
    }

    @Override
    boolean hasChangedNames() {
        return issuer.isChanged() || subject.isChanged();
    }

    @Override
    ASN1Encodable body(@Nullable AlgorithmIdentifier by) throws CryptoException {
        Asn1Time from = notBefore;
        Asn1Time to = notAfter;
        if (by == null || from == null || to == null || publicKey == null) {
            throw CryptoException.asn1("asn1_template_ex_i2d", "illegal zero content");
        }
        ASN1EncodableVector body = new ASN1EncodableVector();
        if (version.signum() != 0) {
            body.add(new DERTaggedObject(true, 0, new ASN1Integer(version)));
        }
        body.add(new ASN1Integer(serial));
        body.add(by);
        body.add(issuer.encoded());
        body.add(new DERSequence(new ASN1Encodable[] {from.encoded(), to.encoded()}));
        body.add(subject.encoded());
        body.add(publicKey);
        identifiers.forEach(body::add);
        if (!extensions.isEmpty()) {
            body.add(new DERTaggedObject(true, EXTENSIONS, Extension.encoded(extensions)));
        }
        return new DERSequence(body);
    }

    @Override
    public void sign(Key key, Digest digest) throws CryptoException {
        super.sign(key, digest);
        signedBy = algorithm();
    }

    /** The version's number less one: 2 for version 3. */
    public BigInteger version() {
        return version;
    }

    public void version(BigInteger number) {
        version = number;
        change();
    }

    public BigInteger serial() {
        return serial;
    }

    public void serial(BigInteger number) {
        serial = number;
        change();
    }

    /** The issuer, which changes with what is done to it. */
    public Name issuer() {
        return issuer;
    }

    /** Takes a copy. */
    public void issuer(Name name) {
        issuer = new Name(name);
        change();
    }

    /** The subject, which changes with what is done to it. */
    public Name subject() {
        return subject;
    }

    /** Takes a copy. */
    public void subject(Name name) {
        subject = new Name(name);
        change();
    }

    /** Null while it was not set. */
    public @Nullable Asn1Time notBefore() {
        return notBefore;
    }

    public void notBefore(Asn1Time time) {
        notBefore = time;
        change();
    }

    /** Null while it was not set. */
    public @Nullable Asn1Time notAfter() {
        return notAfter;
    }

    public void notAfter(Asn1Time time) {
        notAfter = time;
        change();
    }

    /** Whether it is not valid any more, or has no end. */
    boolean isExpired(Instant now) {
        Asn1Time end = notAfter;
        Instant instant = end == null ? null : end.instant();
        return instant == null || instant.isBefore(now);
    }

    public Key publicKey() throws CryptoException {
        if (publicKey == null) {
            throw unsupported();
        }
        return Key.ofPublic(publicKey);
    }

    public void publicKey(Key key) {
        publicKey = key.publicInfo();
        change();
    }

    @Nullable
    SubjectPublicKeyInfo publicInfo() {
        return publicKey;
    }

    /** The long name of the algorithm in what is signed; null when there is none that OpenSSL knows. */
    public @Nullable String signatureAlgorithm() {
        AlgorithmIdentifier by = signedBy;
        ObjectName known =
                by == null ? null : ObjectName.ofOid(by.getAlgorithm().getId());
        return known == null ? null : known.longName();
    }

    @Nullable
    AlgorithmIdentifier signedBy() {
        return signedBy;
    }

    /** The extensions in their order; not a copy. */
    public List<Extension> extensions() {
        return extensions;
    }

    /** Puts an extension behind the others. */
    public void add(Extension extension) {
        extensions.add(extension);
        change();
    }

    /** The extension of a type; null when there is none. */
    @Nullable
    Extension extension(String oid) {
        for (Extension extension : extensions) {
            if (extension.oid().equals(oid)) {
                return extension;
            }
        }
        return null;
    }
}
