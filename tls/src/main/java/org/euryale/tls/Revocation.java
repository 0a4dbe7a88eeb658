package org.euryale.tls;

/** Whose revocation is looked up, in lists that the trust store has: OpenSSL's X509_V_FLAG_CRL_CHECK and its like. */
public enum Revocation {
    /** Nobody's. */
    NONE,

    /** That of the peer's own certificate. */
    LEAF,

    /** That of all certificates up to the one that is trusted. */
    CHAIN
}
