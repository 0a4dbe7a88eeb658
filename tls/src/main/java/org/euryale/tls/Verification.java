package org.euryale.tls;

/** Whether the peer's certificate is asked for and verified: OpenSSL's verify modes, CPython's CERT_ constants. */
public enum Verification {
    /** A server asks for none; a client takes any. */
    NONE,

    /** A server asks for one, verifies what comes, and goes on without; a client verifies, as for REQUIRED. */
    OPTIONAL,

    /** There must be one that is trusted. */
    REQUIRED
}
