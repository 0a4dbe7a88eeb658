package org.euryale.openssl;

import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureNameFinder;
import org.jspecify.annotations.Nullable;

/** What is signed, with its signature: X.509's SIGNED, in a form that can be changed and signed anew. */
public abstract class Signed {
    /** The length octet of BER's values that say where they end by an end. */
    private static final byte INDEFINITE = (byte) 0x80;

    /** As it was read; null once it was made anew. */
    private byte @Nullable [] original;

    private @Nullable AlgorithmIdentifier algorithm;
    private byte[] signature = {};
    private boolean changed;

    /** What the signature is of. */
    abstract ASN1Encodable body(@Nullable AlgorithmIdentifier signedBy) throws CryptoException;

    /** Whether a name within was changed since the whole was read or signed. */
    abstract boolean hasChangedNames();

    /** Takes over what was read, whose parts are known; gives the body. */
    ASN1Sequence read(byte[] der) throws CryptoException {
        try {
            ASN1Sequence parts = ASN1Sequence.getInstance(Octets.value(der));
            if (parts.size() != 3) {
                throw CryptoException.asn1("asn1_template_noexp_d2i", "nested asn1 error");
            }
            original = Arrays.copyOf(der, der[1] == INDEFINITE ? der.length : end(der, 0));
            algorithm = AlgorithmIdentifier.getInstance(parts.getObjectAt(1));
            signature = ASN1BitString.getInstance(parts.getObjectAt(2)).getOctets();
            return ASN1Sequence.getInstance(parts.getObjectAt(0));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    /** To be called with every change. */
    void change() {
        changed = true;
    }

    @Nullable
    AlgorithmIdentifier algorithm() {
        return algorithm;
    }

    byte[] signature() {
        return signature;
    }

    /** In DER; with the signature it had, when it was changed since. */
    public byte[] der() throws CryptoException {
        byte[] read = original;
        if (read != null && !changed && !hasChangedNames()) {
            return read.clone();
        }
        ASN1Encodable by = algorithm == null ? new DERSequence() : algorithm;
        return Octets.der(new DERSequence(new ASN1Encodable[] {body(algorithm), by, new DERBitString(signature)}));
    }

    /** Signs it. */
    public void sign(Key key, Digest digest) throws CryptoException {
        AlgorithmIdentifier by;
        try {
            by = new DefaultSignatureAlgorithmIdentifierFinder().find(key.signature(digest));
        } catch (IllegalArgumentException e) {
            throw CryptoException.asn1("ASN1_item_sign_ex", "digest and key type not supported");
        }
        byte[] signed = key.sign(Octets.der(body(by)), digest);
        algorithm = by;
        signature = signed;
        changed = true;
    }

    /** Whether the signature is that of a key. */
    public boolean isSignedBy(Key key) throws CryptoException {
        if (algorithm == null) {
            return false;
        }
        byte[] body;
        byte[] read = original;
        if (read != null && !changed && !hasChangedNames()) {
            body = first(read);
        } else {
            body = Octets.der(body(algorithm));
        }
        String name = new DefaultSignatureNameFinder().getAlgorithmName(algorithm);
        return key.verify(signature, body, name);
    }

    /** The first value within a sequence, byte for byte. */
    private static byte[] first(byte[] sequence) {
        int start = header(sequence, 0);
        return Arrays.copyOfRange(sequence, start, end(sequence, start));
    }

    private static int header(byte[] der, int at) {
        int length = der[at + 1] & 0xFF;
        return at + 2 + (length < 0x80 ? 0 : length & 0x7F);
    }

    private static int end(byte[] der, int at) {
        int length = der[at + 1] & 0xFF;
        if (length >= 0x80) {
            int octets = length & 0x7F;
            length = 0;
            for (int i = 0; i < octets; i++) {
                length = (length << 8) | (der[at + 2 + i] & 0xFF);
            }
        }
        return header(der, at) + length;
    }

    /** A public key, or what OpenSSL writes where none was set. */
    static ASN1Encodable orEmpty(@Nullable SubjectPublicKeyInfo key) {
        return key != null
                ? key
                : new DERSequence(new ASN1Encodable[] {new DERSequence(), new DERBitString(new byte[0])});
    }

    /** What OpenSSL says of a key that was not set. */
    static CryptoException unsupported() {
        return new CryptoException(List.of(
                new CryptoException.Entry("digital envelope routines", "pkey_set_type", "unsupported algorithm"),
                new CryptoException.Entry("x509 certificate routines", "x509_pubkey_decode", "unsupported algorithm")));
    }

    static ASN1Primitive primitive(ASN1Encodable value) {
        return value.toASN1Primitive();
    }
}
