package org.euryale.tls;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What connections have in common, OpenSSL's SSL_CTX: versions, suites, keys, trust. Any thread may call anything; a setter
 * counts for connections that begin their handshake later.
 */
public final class TlsContext {
    /** Bits below which security level 1 to 5 of OpenSSL takes no suite (SSL_CTX_set_security_level(3)). */
    private static final int[] LEVELS = {0, 80, 112, 128, 192, 256};

    /** OpenSSL's limit where nobody sets another (X509_verify_cert, DEPTH_MAX). */
    private static final int DEEPEST = 100;

    /** Any: the key tells sessions apart. */
    private static final int SESSION_PORT = 1;

    private final BufferPool pool = new BufferPool();
    private final TrustStore trust = new TrustStore();
    private final Map<String, Credential> credentials = new HashMap<>();
    private Set<TlsVersion> versions = EnumSet.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3);
    private List<CipherSuite> suites = CipherString.parse("DEFAULT").suites();
    private List<String> protocols = List.of();
    private Verification verification = Verification.NONE;
    private Revocation revocation = Revocation.NONE;
    private boolean serverPreference;
    private int verifyDepth = DEEPEST;
    private @Nullable Instant verifyTime;
    private @Nullable VerifyCallback verifyCallback;
    private List<X500Principal> authorities = List.of();
    private int sessionTimeout = -1;
    private @Nullable ProtocolCallback protocolChoice;
    private @Nullable ServerNameCallback serverNameCallback;

    /** What {@link #ciphers()} says, as the JDK calls it; null when it has changed. */
    private String @Nullable [] suiteNames;

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

    /** Asked about each certificate of a peer that is verified; null, as at first, to refuse it for any fault. */
    public synchronized void verifyCallback(@Nullable VerifyCallback callback) {
        verifyCallback = callback;
        made = null;
    }

    /** The most certificates between a peer's own and the trusted one, at first 100. */
    public synchronized void verifyDepth(int certificates) {
        verifyDepth = certificates;
        made = null;
    }

    /** As of when certificates are verified; null, as at first, for the time of the verification. */
    public synchronized void verifyTime(@Nullable Instant time) {
        verifyTime = time;
        made = null;
    }

    /** The authorities that a server names when it asks a client for a certificate; at first none. */
    public synchronized void authorities(List<X500Principal> names) {
        authorities = List.copyOf(names);
        made = null;
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
        suiteNames = null;
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

    /** Chooses one of the protocols that a client offers; null, as at first, to agree on none. */
    public synchronized void protocolChoice(@Nullable ProtocolCallback choice) {
        protocolChoice = choice;
    }

    public synchronized void serverNameCallback(@Nullable ServerNameCallback callback) {
        serverNameCallback = callback;
    }

    synchronized @Nullable ServerNameCallback serverNameCallback() {
        return serverNameCallback;
    }

    /** Seconds for which a session may be resumed, 0 for ever; at first the JDK's, a day. */
    public synchronized void sessionTimeout(int seconds) {
        sessionTimeout = Math.max(seconds, 0);
        made = null;
    }

    /**
     * A client's end; {@code serverName} is what it asks for by SNI, null for nothing.
     *
     * @throws IllegalArgumentException when it is empty, ends with a dot, or has other than letters, digits and hyphens
     *     in its parts: JSSE sends no such name
     */
    public TlsConnection client(@Nullable String serverName) {
        TlsConnection connection = new TlsConnection(this, true);
        connection.serverName(serverName);
        return connection;
    }

    /** A server's end. */
    public TlsConnection server() {
        return new TlsConnection(this, false);
    }

    /** An engine as the context is now. */
    synchronized SSLEngine engine(TlsConnection connection, @Nullable String serverName) {
        boolean client = connection.isClient();
        SSLEngine engine = client
                ? jdkContext().createSSLEngine(connection.sessionKey(), SESSION_PORT)
                : jdkContext().createSSLEngine();
        engine.setHandshakeApplicationProtocolSelector(new EngineBinding(connection, protocolChoice));
        engine.setUseClientMode(client);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(versions.stream().map(TlsVersion::text).toArray(String[]::new));
        parameters.setCipherSuites(suiteNames());
        parameters.setUseCipherSuitesOrder(serverPreference);
        if (client) {
            parameters.setApplicationProtocols(connection.protocolsOr(protocols).toArray(String[]::new));
            parameters.setServerNames(serverName == null ? List.of() : List.of(new SNIHostName(serverName)));
        } else {
            parameters.setNeedClientAuth(verification == Verification.REQUIRED);
            if (verification == Verification.OPTIONAL) {
                parameters.setWantClientAuth(true); // it clears what "need" has set, so it is not set to false
            }
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private String[] suiteNames() {
        String[] names = suiteNames;
        if (names == null) {
            Set<String> supported = supportedSuites();
            names = ciphers().stream().map(suite -> jdkName(suite, supported)).toArray(String[]::new);
            suiteNames = names;
        }
        return names;
    }

    private SSLContext jdkContext() {
        if (made == null) {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(
                        new KeyManager[] {new Credentials(credentials)},
                        new TrustManager[] {
                            new PeerTrust(
                                    new PeerTrust.Verifying(
                                            trust, verification, revocation, verifyTime, verifyDepth, verifyCallback),
                                    authorities)
                        },
                        new SecureRandom());
                if (sessionTimeout >= 0) {
                    context.getServerSessionContext().setSessionTimeout(sessionTimeout);
                    context.getClientSessionContext().setSessionTimeout(sessionTimeout);
                }
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
