package org.euryale.openssl;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.jspecify.annotations.Nullable;

/** A list of what an issuer has revoked, which can be made and changed: OpenSSL's X509_CRL. */
public final class RevocationList extends Signed {
    private BigInteger version = BigInteger.ZERO;
    private Name issuer = new Name();
    private @Nullable Asn1Time lastUpdate;
    private @Nullable Asn1Time nextUpdate;
    private final List<Revoked> revoked = new ArrayList<>();
    private final List<Extension> extensions = new ArrayList<>();

    /** An empty one. */
    public RevocationList() {}

    /** The list that DER says. */
    public static RevocationList ofDer(byte[] der) throws CryptoException {
        RevocationList list = new RevocationList();
        ASN1Sequence body = list.read(der);
        try {
            int at = 0;
            if (body.getObjectAt(0) instanceof ASN1Integer number) {
                list.version = number.getValue();
                at++;
            }
            at++; // the algorithm, which stands beside the signature as well
            list.issuer = Name.of(body.getObjectAt(at++));
            list.lastUpdate = Asn1Time.of(primitive(body.getObjectAt(at++)));
            for (; at < body.size(); at++) {
                ASN1Primitive part = primitive(body.getObjectAt(at));
                if (part instanceof ASN1TaggedObject tagged) {
                    list.extensions.addAll(Extension.all(ASN1Sequence.getInstance(tagged, true)));
                } else if (part instanceof ASN1Sequence entries) {
                    for (ASN1Encodable entry : entries) {
                        list.revoked.add(Revoked.of(entry));
                    }
                } else {
                    list.nextUpdate = Asn1Time.of(part);
                }
            }
            return list;
        } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    /** As one of Java's. */
    public X509CRL java() throws CryptoException {
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der()));
        } catch (CRLException | CertificateException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    @Override
    boolean hasChangedNames() {
        return issuer.isChanged();
    }

    @Override
    ASN1Encodable body(@Nullable AlgorithmIdentifier by) throws CryptoException {
        Asn1Time last = lastUpdate;
        if (by == null || last == null) {
            throw CryptoException.asn1("asn1_template_ex_i2d", "illegal zero content");
        }
        ASN1EncodableVector body = new ASN1EncodableVector();
        if (version.signum() != 0) {
            body.add(new ASN1Integer(version));
        }
        body.add(by);
        body.add(issuer.encoded());
        body.add(last.encoded());
        if (nextUpdate != null) {
            body.add(nextUpdate.encoded());
        }
        if (!revoked.isEmpty()) {
            ASN1EncodableVector entries = new ASN1EncodableVector();
            for (Revoked entry : revoked) {
                entries.add(entry.encoded());
            }
            body.add(new DERSequence(entries));
        }
        if (!extensions.isEmpty()) {
            body.add(new DERTaggedObject(true, 0, Extension.encoded(extensions)));
        }
        return new DERSequence(body);
    }

    /** The version's number less one. */
    BigInteger version() {
        return version;
    }

    public void version(BigInteger number) {
        version = number;
        change();
    }

    public Name issuer() {
        return issuer;
    }

    /** Takes a copy. */
    public void issuer(Name name) {
        issuer = new Name(name);
        change();
    }

    @Nullable
    Asn1Time lastUpdate() {
        return lastUpdate;
    }

    public void lastUpdate(Asn1Time time) {
        lastUpdate = time;
        change();
    }

    /** When the next one comes; null where it does not say. */
    public @Nullable Asn1Time nextUpdate() {
        return nextUpdate;
    }

    public void nextUpdate(Asn1Time time) {
        nextUpdate = time;
        change();
    }

    /** The entries in their order; not a copy. */
    public List<Revoked> revoked() {
        return revoked;
    }

    /** Puts a copy of an entry behind the others. */
    public void add(Revoked entry) {
        revoked.add(new Revoked(entry));
        change();
    }

    /** Puts the entries in the order of their serial numbers. */
    public void sort() {
        revoked.sort(Comparator.comparing(Revoked::serial));
        change();
    }

    List<Extension> extensions() {
        return extensions;
    }
}
