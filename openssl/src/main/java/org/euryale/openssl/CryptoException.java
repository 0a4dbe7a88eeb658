package org.euryale.openssl;

import java.util.ArrayList;
import java.util.List;

/** What OpenSSL would have put into its error queue (ERR_get_error(3)). Nothing of a key or a password is in it. */
public final class CryptoException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * An error.
     *
     * @param library {@code asn1 encoding routines}
     * @param function {@code ASN1_mbstring_ncopy}
     * @param reason {@code string too long}
     */
    public record Entry(String library, String function, String reason) implements java.io.Serializable {}

    private final ArrayList<Entry> entries;

    /** One error. */
    public CryptoException(String library, String function, String reason) {
        this(List.of(new Entry(library, function, reason)));
    }

    /** Some, the first one first. */
    CryptoException(List<Entry> entries) {
        super(entries.toString());
        this.entries = new ArrayList<>(entries);
    }

    /** An error of the PEM reader. */
    static CryptoException pem(String function, String reason) {
        return new CryptoException("PEM routines", function, reason);
    }

    /** What the DER reader says of bytes that are not what was wanted. */
    static CryptoException asn1(String function, String reason) {
        return new CryptoException("asn1 encoding routines", function, reason);
    }

    /** This with one more, of a function that called the one that failed. */
    CryptoException and(String library, String function, String reason) {
        List<Entry> more = new ArrayList<>(entries);
        more.add(new Entry(library, function, reason));
        return new CryptoException(more);
    }

    /** The errors; none where OpenSSL says nothing. */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }
}
