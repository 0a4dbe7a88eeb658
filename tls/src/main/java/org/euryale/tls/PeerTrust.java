package org.euryale.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** What JSSE asks about a peer's certificates. Any thread may call it. */
final class PeerTrust extends X509ExtendedTrustManager {
    private final TrustStore store;
    private final boolean verifies;
    private final Revocation revocation;

    /** @param verifies false to take whatever comes, as SSL_VERIFY_NONE does */
    PeerTrust(TrustStore store, boolean verifies, Revocation revocation) {
        this.store = store;
        this.verifies = verifies;
        this.revocation = revocation;
    }

    private void check(X509Certificate[] sent, boolean server) throws CertificateException {
        if (verifies) {
            new ChainVerifier(store, Instant.now(), revocation).verify(List.of(sent), server);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] sent, String type, SSLEngine engine) throws CertificateException {
        check(sent, false);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] sent, String type, SSLEngine engine) throws CertificateException {
        check(sent, true);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] sent, String type) throws CertificateException {
        check(sent, false);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] sent, String type) throws CertificateException {
        check(sent, true);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] sent, String type, Socket socket) throws CertificateException {
        check(sent, false);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] sent, String type, Socket socket) throws CertificateException {
        check(sent, true);
    }

    /** The names a server tells its clients; like OpenSSL without SSL_CTX_set_client_CA_list(3), none. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
