package org.euryale.tls;

import org.jspecify.annotations.Nullable;

/** Asked by a server, once a handshake, when the client's first message is there and nothing has been answered. */
@FunctionalInterface
public interface ServerNameCallback {
    /**
     * May give the connection another context ({@link TlsConnection#context(TlsContext)}), which then decides all: versions,
     * suites, certificates, trust, protocols. Called in the thread that made the handshake's call,
     * which also gets what this throws.
     *
     * @param serverName what the client asks for, unverified, as it came (RFC 6066: ASCII); null when it asks for none
     * @return null to go on, or the alert to refuse the client with
     */
    @Nullable
    Alert choose(TlsConnection connection, @Nullable String serverName);
}
