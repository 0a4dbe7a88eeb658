package org.euryale.openssl;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/** A request for a certificate (PKCS#10) that can be made and changed: OpenSSL's X509_REQ. */
public final class Request extends Signed {
    private static final String EXTENSIONS = "1.2.840.113549.1.9.14";

    /** Where extensions are looked for: the standard's place and Microsoft's (X509_REQ_get_extensions). */
    private static final Set<String> EXTENSION_PLACES = Set.of(EXTENSIONS, "1.3.6.1.4.1.311.2.1.14");

    private BigInteger version = BigInteger.ZERO;
    private Name subject = new Name();
    private @Nullable SubjectPublicKeyInfo publicKey;
    private final List<ASN1Encodable> attributes = new ArrayList<>();

    /** An empty one. */
    public Request() {}

    /** The request that DER says. */
    public static Request ofDer(byte[] der) throws CryptoException {
        Request request = new Request();
        ASN1Sequence body = request.read(der);
        try {
            request.version = ASN1Integer.getInstance(body.getObjectAt(0)).getValue();
            request.subject = Name.of(body.getObjectAt(1));
            request.publicKey = SubjectPublicKeyInfo.getInstance(body.getObjectAt(2));
            if (body.size() > 3) {
                for (ASN1Encodable attribute :
                        ASN1Set.getInstance(ASN1TaggedObject.getInstance(body.getObjectAt(3)), false)) {
                    request.attributes.add(attribute);
                }
            }
            return request;
        } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    @Override
    boolean hasChangedNames() {
        return subject.isChanged();
    }

    @Override
    ASN1Encodable body(@Nullable AlgorithmIdentifier by) throws CryptoException {
        ASN1EncodableVector all = new ASN1EncodableVector();
        attributes.forEach(all::add);
        return new DERSequence(new ASN1Encodable[] {
            new ASN1Integer(version),
            subject.encoded(),
            orEmpty(publicKey),
            new DERTaggedObject(false, 0, new DERSet(all))
        });
    }

    /** The version's number less one. */
    public BigInteger version() {
        return version;
    }

    public void version(BigInteger number) {
        version = number;
        change();
    }

    /** The subject, which changes with what is done to it. */
    public Name subject() {
        return subject;
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

    List<ASN1Encodable> attributes() {
        return attributes;
    }

    /** Adds an attribute with these extensions. */
    public void add(List<Extension> extensions) {
        attributes.add(new DERSequence(
                new ASN1Encodable[] {new ASN1ObjectIdentifier(EXTENSIONS), new DERSet(Extension.encoded(extensions))}));
        change();
    }

    /** The extensions that are asked for, of the first attribute that has them. */
    public List<Extension> extensions() throws CryptoException {
        for (ASN1Encodable attribute : attributes) {
            if (hasExtensions(attribute)) {
                try {
                    ASN1Set values = ASN1Set.getInstance(
                            ASN1Sequence.getInstance(attribute).getObjectAt(1));
                    return Extension.all(values.getObjectAt(0));
                } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                    throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
                }
            }
        }
        return List.of();
    }

    static boolean hasExtensions(ASN1Encodable attribute) {
        ASN1Sequence parts = ASN1Sequence.getInstance(attribute);
        return EXTENSION_PLACES.contains(
                ASN1ObjectIdentifier.getInstance(parts.getObjectAt(0)).getId());
    }
}
