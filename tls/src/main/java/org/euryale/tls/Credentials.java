package org.euryale.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * What JSSE asks about our keys: one of each algorithm, and the algorithm's name is its alias. Like OpenSSL we show a client's
 * certificate whatever issuers the server has named. Any thread may call it.
 */
final class Credentials extends X509ExtendedKeyManager {
    private final Map<String, Credential> byAlgorithm;

    Credentials(Map<String, Credential> byAlgorithm) {
        this.byAlgorithm = Map.copyOf(byAlgorithm);
    }

    private @Nullable String alias(String... algorithms) {
        for (String algorithm : algorithms) {
            if (byAlgorithm.containsKey(algorithm)) {
                return algorithm;
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String type, Principal @Nullable [] issuers, SSLEngine engine) {
        return alias(type);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
        TlsConnection connection = EngineBinding.connection(engine);
        if (connection != null && issuers != null) {
            connection.authorities(issuers);
        }
        return alias(types);
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(type);
    }

    @Override
    public @Nullable String chooseClientAlias(String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(types);
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return byAlgorithm.containsKey(type) ? new String[] {type} : null;
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        return getServerAliases(type, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Credential credential = byAlgorithm.get(alias);
        return credential == null ? null : credential.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Credential credential = byAlgorithm.get(alias);
        return credential == null ? null : credential.key();
    }
}
