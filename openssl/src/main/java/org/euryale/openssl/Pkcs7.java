package org.euryale.openssl;

import org.bouncycastle.asn1.cms.ContentInfo;
import org.euryale.tls.ObjectName;

/** A message of PKCS#7, of which its kind alone is told: OpenSSL's PKCS7. */
public final class Pkcs7 {
    private final String type;

    private Pkcs7(String type) {
        this.type = type;
    }

    /** The message that DER says. */
    public static Pkcs7 ofDer(byte[] der) throws CryptoException {
        try {
            return new Pkcs7(
                    ContentInfo.getInstance(Octets.value(der)).getContentType().getId());
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    /** OpenSSL's short name of its kind: {@code pkcs7-signedData} … */
    public String name() {
        ObjectName known = ObjectName.ofOid(type);
        return known == null ? "UNDEF" : known.shortName();
    }
}
