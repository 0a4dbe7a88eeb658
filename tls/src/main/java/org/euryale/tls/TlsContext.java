package org.euryale.tls;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What connections have in common, OpenSSL's SSL_CTX: versions, suites, keys, trust. Any thread may call anything; a setter
 * counts for connections that begin their handshake later.
 */
public final class TlsContext {
    /** Bits below which security level 1 to 5 of OpenSSL takes no suite (SSL_CTX_set_security_level(3)). */
    private static final int[] LEVELS = {0, 80, 112, 128, 192, 256};

    private final BufferPool pool = new BufferPool();
    private final TrustStore trust = new TrustStore();
    private final Map<String, Credential> credentials = new HashMap<>();
    private Set<TlsVersion> versions = EnumSet.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3);
    private List<CipherSuite> suites = CipherString.parse("DEFAULT").suites();
    private List<String> protocols = List.of();
    private Verification verification = Verification.NONE;
    private Revocation revocation = Revocation.NONE;
    private boolean serverPreference;
    private @Nullable Function<List<String>, @Nullable String> protocolChoice;
    private @Nullable ServerNameCallback serverNameCallback;
    private @Nullable Executor executor;

    /** Made of the credentials and the verification mode; null when one of them has changed. It has the sessions. */
    private @Nullable SSLContext made;

    /** Whom the peer's certificates are verified by. */
    public TrustStore trust() {
        return trust;
    }

    /** The memory that connections of this context lease. */
    public BufferPool pool() {
        return pool;
    }

    /** Shows this certificate to peers; one of each algorithm, of which the last counts. */
    public synchronized void add(Credential credential) {
        credentials.put(credential.algorithm(), credential);
        made = null;
    }

    /** At first NONE. */
    public synchronized void verification(Verification mode) {
        verification = mode;
        made = null;
    }

    /** Whose revocation a verification looks up in the trust store's lists; at first nobody's. */
    public synchronized void revocation(Revocation whose) {
        revocation = whose;
        made = null;
    }

    public synchronized Verification verification() {
        return verification;
    }

    /** The versions that may be spoken; at first 1.2 and 1.3. */
    public synchronized void versions(Set<TlsVersion> allowed) {
        versions = allowed.isEmpty() ? EnumSet.noneOf(TlsVersion.class) : EnumSet.copyOf(allowed);
    }

    public synchronized Set<TlsVersion> versions() {
        return EnumSet.copyOf(versions);
    }

    /**
     * The suites of TLS 1.2 and older, by a cipher string; at first DEFAULT. TLS 1.3's are always there, as in OpenSSL.
     *
     * @throws IllegalArgumentException {@code INVALID_COMMAND}, or {@code NO_CIPHER_MATCH} when the string means no suite that
     *     the JDK has
     */
    public synchronized void ciphers(String text) {
        CipherString.Choice choice = CipherString.parse(text);
        int least = LEVELS[Math.max(choice.securityLevel(), 0)];
        Set<String> supported = supportedSuites();
        List<CipherSuite> possible = choice.suites().stream()
                .filter(suite -> suite.bits() >= least && jdkName(suite, supported) != null)
                .toList();
        if (possible.isEmpty()) {
            throw new IllegalArgumentException("NO_CIPHER_MATCH");
        }
        suites = possible;
    }

    /** What connections offer, best first: TLS 1.3's, then those of {@link #ciphers(String)} that the JDK has. */
    public synchronized List<CipherSuite> ciphers() {
        Set<String> supported = supportedSuites();
        List<CipherSuite> offered = new ArrayList<>(
                CipherTable.suites().stream().filter(CipherSuite::isTls13).toList());
        offered.addAll(suites);
        offered.removeIf(suite -> jdkName(suite, supported) == null);
        return offered;
    }

    /** Whether a server takes the suite that comes first in its own list, and not in the client's; at first not. */
    public synchronized void serverPreference(boolean own) {
        serverPreference = own;
    }

    /** The protocols a client offers by ALPN (RFC 7301), best first; each of 1 to 255 bytes, a character a byte. */
    public synchronized void protocols(List<String> offered) {
        protocols = List.copyOf(offered);
    }

    /**
     * Chooses one of the protocols that a client offers. The function is called in a thread that runs the handshake, and
     * answers null for none: the connection then goes on without, as with OpenSSL's SSL_TLSEXT_ERR_NOACK.
     */
    public synchronized void protocolChoice(@Nullable Function<List<String>, @Nullable String> choice) {
        protocolChoice = choice;
    }

    public synchronized void serverNameCallback(@Nullable ServerNameCallback callback) {
        serverNameCallback = callback;
    }

    synchronized @Nullable ServerNameCallback serverNameCallback() {
        return serverNameCallback;
    }

    /** Runs the long computations of handshakes; null, as at first, to have them run by who calls. */
    public synchronized void executor(@Nullable Executor runner) {
        executor = runner;
    }

    synchronized @Nullable Executor executor() {
        return executor;
    }

    /**
     * A client's end; {@code serverName} is what it asks for by SNI, null for nothing.
     *
     * @throws IllegalArgumentException when it is empty, ends with a dot, or has other than letters, digits and hyphens
     *     in its parts: JSSE sends no such name
     */
    public TlsConnection client(@Nullable String serverName) {
        // Made here, and made again with the engine: later nobody would expect the exception.
        SNIHostName checked = serverName == null ? null : new SNIHostName(serverName);
        return new TlsConnection(this, true, checked == null ? null : serverName);
    }

    /** A server's end. */
    public TlsConnection server() {
        return new TlsConnection(this, false, null);
    }

    /** An engine as the context is now. */
    synchronized SSLEngine engine(boolean client, @Nullable String serverName) {
        SSLEngine engine = jdkContext().createSSLEngine();
        engine.setUseClientMode(client);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(versions.stream().map(TlsVersion::text).toArray(String[]::new));
        Set<String> supported = supportedSuites();
        parameters.setCipherSuites(
                ciphers().stream().map(suite -> jdkName(suite, supported)).toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(serverPreference);
        if (client) {
            parameters.setApplicationProtocols(protocols.toArray(String[]::new));
            parameters.setServerNames(serverName == null ? List.of() : List.of(new SNIHostName(serverName)));
        } else {
            parameters.setNeedClientAuth(verification == Verification.REQUIRED);
            if (verification == Verification.OPTIONAL) {
                parameters.setWantClientAuth(true); // it clears what "need" has set, so it is not set to false
            }
            Function<List<String>, @Nullable String> choice = protocolChoice;
            if (choice != null) {
                engine.setHandshakeApplicationProtocolSelector((asking, offered) -> {
                    String chosen = choice.apply(offered);
                    return chosen == null ? "" : chosen; // null would end the handshake
                });
            }
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private SSLContext jdkContext() {
        if (made == null) {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(
                        new KeyManager[] {new Credentials(credentials)},
                        new TrustManager[] {new PeerTrust(trust, verification != Verification.NONE, revocation)},
                        new SecureRandom());
                made = context;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e); // every JDK has TLS
            }
        }
        return made;
    }

    private Set<String> supportedSuites() {
        return Set.copyOf(Arrays.asList(jdkContext().getSupportedSSLParameters().getCipherSuites()));
    }

    /** The JDK calls suites that are older than TLS SSL_. */
    private static @Nullable String jdkName(CipherSuite suite, Set<String> supported) {
        String name = suite.standardName();
        if (supported.contains(name)) {
            return name;
        }
        String old = "SSL_" + name.substring("TLS_".length());
        return supported.contains(old) ? old : null;
    }
}
