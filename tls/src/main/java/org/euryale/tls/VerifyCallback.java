package org.euryale.tls;

import java.security.cert.X509Certificate;

/** Asked about a peer's certificates while they are verified, OpenSSL's verify_callback of SSL_CTX_set_verify(3). */
@FunctionalInterface
public interface VerifyCallback {
    /**
     * Called for each fault as it is found, and with OK for each certificate whose dates hold, from the last of the path
     * (mostly the trusted one) to the peer's own. Called in the thread that runs the handshake, and must not throw.
     *
     * @param depth 0 for the peer's own certificate, 1 for its issuer's …
     * @return whether the verification goes on; false refuses the peer for {@code error}, or for another reason of the program's
     */
    boolean accept(TlsConnection connection, X509Certificate certificate, CertificateError error, int depth);
}
