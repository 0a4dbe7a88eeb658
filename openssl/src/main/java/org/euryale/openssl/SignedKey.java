package org.euryale.openssl;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/** A public key that its owner has signed, with an empty challenge: OpenSSL's NETSCAPE_SPKI, HTML's old keygen. */
public final class SignedKey extends Signed {
    private @Nullable SubjectPublicKeyInfo publicKey;

    /** An empty one. */
    public SignedKey() {}

    @Override
    boolean hasChangedNames() {
        return false;
    }

    @Override
    ASN1Encodable body(@Nullable AlgorithmIdentifier by) throws CryptoException {
        return new DERSequence(new ASN1Encodable[] {orEmpty(publicKey), new DERIA5String("")});
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

    /** In DER and base64, in one line. */
    public byte[] base64() throws CryptoException {
        return Base64.getEncoder().encodeToString(der()).getBytes(StandardCharsets.US_ASCII);
    }
}
