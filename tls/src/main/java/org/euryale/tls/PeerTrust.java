package org.euryale.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** What JSSE asks about a peer's certificates. Any thread may call it. */
final class PeerTrust extends X509ExtendedTrustManager {
    private final Verifying verifying;
    private final X509Certificate[] authorities;

    /**
     * How certificates are verified.
     *
     * @param mode NONE to take whatever comes, as SSL_VERIFY_NONE does
     * @param time as of when; null for now
     * @param depth the most certificates between the peer's own and the trusted one
     */
    record Verifying(
            TrustStore store,
            Verification mode,
            Revocation revocation,
            @Nullable Instant time,
            int depth,
            @Nullable VerifyCallback callback) {}

    /** @param authorities the names a server tells its clients; like OpenSSL without SSL_CTX_set_client_CA_list(3), none */
    PeerTrust(Verifying verifying, List<X500Principal> authorities) {
        this.verifying = verifying;
        this.authorities = authorities.stream().map(AuthorityName::new).toArray(X509Certificate[]::new);
    }

    private void check(X509Certificate[] sent, boolean server, @Nullable SSLEngine engine) throws CertificateException {
        if (verifying.mode() == Verification.NONE) {
            return;
        }
        TlsConnection connection = EngineBinding.connection(engine);
        VerifyCallback callback = verifying.callback();
        Instant time = Objects.requireNonNullElseGet(verifying.time(), Instant::now);
        List<X509Certificate> path = new ChainVerifier(
                        verifying.store(),
                        time,
                        verifying.revocation(),
                        verifying.depth(),
                        callback == null || connection == null
                                ? (certificate, error, depth) -> error == CertificateError.OK
                                : (certificate, error, depth) -> callback.accept(connection, certificate, error, depth))
                .verify(List.of(sent), server);
        if (connection != null) {
            connection.verified(path);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] sent, String type, SSLEngine engine) throws CertificateException {
        check(sent, false, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] sent, String type, SSLEngine engine) throws CertificateException {
        check(sent, true, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] sent, String type) throws CertificateException {
        check(sent, false, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] sent, String type) throws CertificateException {
        check(sent, true, null);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] sent, String type, Socket socket) throws CertificateException {
        check(sent, false, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] sent, String type, Socket socket) throws CertificateException {
        check(sent, true, null);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.clone();
    }
}
