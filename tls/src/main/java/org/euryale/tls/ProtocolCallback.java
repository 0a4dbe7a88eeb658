package org.euryale.tls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses the protocol of a server's connection (ALPN, RFC 7301), SSL_CTX_set_alpn_select_cb(3). */
@FunctionalInterface
public interface ProtocolCallback {
    /**
     * Called in the thread that runs the handshake, when a client offers protocols, and must not throw.
     *
     * @param offered best first; a character a byte
     * @return one of them; an empty one to go on without (SSL_TLSEXT_ERR_NOACK), null to refuse the client by the alert
     *     no_application_protocol (SSL_TLSEXT_ERR_ALERT_FATAL)
     */
    @Nullable
    String choose(TlsConnection connection, List<String> offered);
}
