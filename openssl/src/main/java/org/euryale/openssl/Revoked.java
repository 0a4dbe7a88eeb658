package org.euryale.openssl;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERSequence;
import org.jspecify.annotations.Nullable;

/** An entry of a revocation list: OpenSSL's X509_REVOKED. */
public final class Revoked {
    private static final String REASON = "2.5.29.21";

    private BigInteger serial = BigInteger.ZERO;
    private @Nullable Asn1Time time;
    private final List<Extension> extensions = new ArrayList<>();

    /** An empty one. */
    public Revoked() {}

    /** A copy. */
    public Revoked(Revoked other) {
        serial = other.serial;
        time = other.time;
        extensions.addAll(other.extensions);
    }

    static Revoked of(ASN1Encodable encoded) throws CryptoException {
        ASN1Sequence parts = ASN1Sequence.getInstance(encoded);
        Revoked revoked = new Revoked();
        revoked.serial = ASN1Integer.getInstance(parts.getObjectAt(0)).getValue();
        revoked.time = Asn1Time.of(parts.getObjectAt(1).toASN1Primitive());
        if (parts.size() > 2) {
            revoked.extensions.addAll(Extension.all(parts.getObjectAt(2)));
        }
        return revoked;
    }

    ASN1Encodable encoded() throws CryptoException {
        Asn1Time when = time;
        if (when == null) {
            throw CryptoException.asn1("asn1_template_ex_i2d", "illegal zero content");
        }
        ASN1EncodableVector parts = new ASN1EncodableVector();
        parts.add(new ASN1Integer(serial));
        parts.add(when.encoded());
        if (!extensions.isEmpty()) {
            parts.add(Extension.encoded(extensions));
        }
        return new DERSequence(parts);
    }

    public BigInteger serial() {
        return serial;
    }

    public void serial(BigInteger number) {
        serial = number;
    }

    /** Null while it was not set. */
    public @Nullable Asn1Time time() {
        return time;
    }

    public void time(Asn1Time when) {
        time = when;
    }

    List<Extension> extensions() {
        return extensions;
    }

    /** The reason's text; null when none is given. */
    public @Nullable String reason() {
        for (Extension extension : extensions) {
            if (extension.oid().equals(REASON)) {
                return ExtensionText.printed(extension, 0);
            }
        }
        return null;
    }

    /** Sets the reason's number (RFC 5280, 5.3.1); below 0 for none. */
    public void reason(int number) {
        extensions.removeIf(extension -> extension.oid().equals(REASON));
        if (number >= 0) {
            extensions.add(new Extension(REASON, false, Octets.der(new ASN1Enumerated(number))));
        }
    }
}
