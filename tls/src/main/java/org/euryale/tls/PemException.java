package org.euryale.tls;

/** A certificate or a key that cannot be used. Its reason is OpenSSL's; nothing of a key or a password is in it. */
public final class PemException extends Exception {
    private static final long serialVersionUID = 1;

    private final String reason;

    public PemException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** OpenSSL's name, without its prefix: {@code NO_START_LINE}, {@code BAD_DECRYPT}, {@code KEY_VALUES_MISMATCH} … */
    public String reason() {
        return reason;
    }
}
