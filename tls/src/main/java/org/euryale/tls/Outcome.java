package org.euryale.tls;

/** What a call on a connection came to: what SSL_get_error(3) says after OpenSSL's. */
public enum Outcome {
    /** It is done. */
    DONE,

    /** Nothing can be done before more bytes come in. */
    WANT_READ,

    /** Nothing can be done before bytes go out: {@link TlsConnection#outgoing} is at its limit. */
    WANT_WRITE,

    /** Work of the handshake goes on in another thread; the call is to be made again when that says it is done. */
    WANT_ASYNC,

    /** Of shutdown alone: our close_notify is on its way out, the peer's has not come (SSL_shutdown's 0). */
    SENT,

    /** The peer has closed with close_notify (SSL_ERROR_ZERO_RETURN). */
    CLOSED,

    /** The peer's bytes have ended without close_notify (SSL_ERROR_SYSCALL, or UNEXPECTED_EOF_WHILE_READING). */
    RAGGED,

    /** It has failed; {@link TlsConnection#failure} says why (SSL_ERROR_SSL). */
    FAILED
}
