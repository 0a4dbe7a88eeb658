package org.euryale.openssl;

import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.euryale.tls.ObjectName;

/** An extension of a certificate, a request or a revocation list: OpenSSL's X509_EXTENSION. */
public final class Extension {
    private final String oid;
    private final boolean critical;
    private final byte[] data;

    /**
     * One of a type.
     *
     * @param oid its type, dotted
     * @param critical whether who does not know it must refuse what has it
     * @param data its value in DER; not copied
     */
    Extension(String oid, boolean critical, byte[] data) {
        this.oid = oid;
        this.critical = critical;
        this.data = data;
    }

    /** Its type, dotted. */
    public String oid() {
        return oid;
    }

    /** Whether who does not know it must refuse what has it. */
    public boolean critical() {
        return critical;
    }

    /** Its value in DER; not a copy. */
    public byte[] data() {
        return data;
    }

    static Extension of(ASN1Encodable encoded) {
        ASN1Sequence parts = ASN1Sequence.getInstance(encoded);
        boolean critical = parts.size() > 2
                && ASN1Boolean.getInstance(parts.getObjectAt(1)).isTrue();
        byte[] data =
                ASN1OctetString.getInstance(parts.getObjectAt(parts.size() - 1)).getOctets();
        return new Extension(
                ASN1ObjectIdentifier.getInstance(parts.getObjectAt(0)).getId(), critical, data);
    }

    static List<Extension> all(ASN1Encodable sequence) {
        List<Extension> all = new ArrayList<>();
        for (ASN1Encodable encoded : ASN1Sequence.getInstance(sequence)) {
            all.add(of(encoded));
        }
        return all;
    }

    static DERSequence encoded(List<Extension> extensions) {
        ASN1EncodableVector all = new ASN1EncodableVector();
        for (Extension extension : extensions) {
            ASN1EncodableVector parts = new ASN1EncodableVector();
            parts.add(new ASN1ObjectIdentifier(extension.oid));
            if (extension.critical) {
                parts.add(ASN1Boolean.TRUE);
            }
            parts.add(new DEROctetString(extension.data));
            all.add(new DERSequence(parts));
        }
        return new DERSequence(all);
    }

    /** OpenSSL's short name; {@code UNDEF} for a type it does not know. */
    public String shortName() {
        ObjectName known = ObjectName.ofOid(oid);
        return known == null ? "UNDEF" : known.shortName();
    }
}
