package org.euryale.tls;

import java.nio.ByteBuffer;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/*
 * How OpenSSL's four calls are made of an SSLEngine
 * -------------------------------------------------
 * OpenSSL has four calls, each of which does what it can with the bytes it has and says what it lacks. An SSLEngine has two
 * (wrap and unwrap, one record each), a status that says which of them comes next, and computations to be run between them.
 * So each call here is a loop that follows the status until the call is done or lacks something.
 *
 * Bytes come in by one queue and go out by another, and no call waits. Only whole records are shown to the engine, one at a
 * time, and a read ends with the first that had data. So what follows a record is the caller's until it is asked for: after
 * close_notify both ways, the bytes behind it are still in the queue, and belong to the protocol that TLS has left
 * (STARTTLS back and forth). Who must not even take them from the socket asks `wanted` how many bytes the next step needs.
 *
 * A server's engine is made late, when the client's first message is whole: its name decides which context the engine is of.
 * JSSE itself tells the name too late, when versions, suites and trust have been chosen.
 *
 * JSSE answers a peer's close_notify by itself, OpenSSL when the program says so. The answer is left in the engine until
 * shutdown is called. TLS 1.2's engine cannot write data any more then: a write fails as after our own shutdown.
 *
 * A failure is for good: the alert is put out, and each later call fails in the same way. What was decrypted before can still
 * be read.
 */

/**
 * One end of a TLS connection over memory, OpenSSL's SSL between two memory BIOs. It belongs to one thread at a time; calls
 * never block, and throw nothing for what a peer does.
 */
public final class TlsConnection {
    /** More records in a row than an engine puts between data. */
    private static final int MOST_IDLE = 8;

    private static final AtomicLong SESSIONS = new AtomicLong();

    private boolean client;
    private @Nullable String wantedName;
    private final BufferPool pool;
    private final ByteQueue incoming;
    private final ByteQueue outgoing;
    private final ByteQueue plain;

    private TlsContext context;
    private final HandshakeTasks tasks = new HandshakeTasks();
    private @Nullable RecordLayer records;
    private ClientHello.@Nullable Reader hello;
    private @Nullable String askedName;
    private @Nullable TlsFailure failure;
    private @Nullable Object attachment;
    private @Nullable List<X509Certificate> verifiedPath;
    private @Nullable List<String> protocols;
    private String sessionKey = "session-" + SESSIONS.incrementAndGet();
    private List<X500Principal> authorities = List.of();

    /** The failure is of the connection, and not of one call that came at the wrong time. */
    private boolean failed;

    private boolean established;
    private boolean closed;

    TlsConnection(TlsContext context, boolean client) {
        this.context = context;
        this.client = client;
        pool = context.pool(); // of the first context for good: what is leased goes back where it came from
        incoming = new ByteQueue(pool);
        outgoing = new ByteQueue(pool);
        plain = new ByteQueue(pool);
    }

    /** Where the peer's bytes are put. What the engine did not take is still in it. */
    public ByteQueue incoming() {
        return incoming;
    }

    /** Where the bytes for the peer are taken from. After a call that failed, the alert is in it. */
    public ByteQueue outgoing() {
        return outgoing;
    }

    public TlsContext context() {
        return context;
    }

    /** Takes another context; it counts until a client's handshake begins or a server has read the client's first message. */
    public void context(TlsContext other) {
        context = other;
    }

    /** What this client offers by ALPN in place of what its context does; counts until its handshake begins. */
    public void protocols(List<String> offered) {
        protocols = List.copyOf(offered);
    }

    List<String> protocolsOr(List<String> ofContext) {
        return protocols == null ? ofContext : protocols;
    }

    /** Keeps something of the caller's for its callbacks, OpenSSL's SSL_set_app_data(3). */
    public void attach(@Nullable Object object) {
        attachment = object;
    }

    public @Nullable Object attachment() {
        return attachment;
    }

    public boolean isClient() {
        return client;
    }

    /** SSL_set_connect_state(3) and SSL_set_accept_state(3): which end it is; counts until the handshake begins. */
    public void client(boolean is) {
        client = is;
    }

    /**
     * What a client asks for by SNI, null for nothing; counts until the handshake begins.
     *
     * @throws IllegalArgumentException when it is empty, ends with a dot, or has other than letters, digits and hyphens
     *     in its parts: JSSE sends no such name
     */
    public void serverName(@Nullable String name) {
        if (name != null) {
            new SNIHostName(name); // made again with the engine: there nobody would expect the exception
        }
        wantedName = name;
    }

    /**
     * Has the long computations of the handshake run by an executor, and not by who calls; asked before the first call. A call
     * that has to wait for them is WANT_ASYNC. The context's callbacks for certificates and ALPN are a part of them.
     *
     * @param whenDone run by the executor's thread when the work that a WANT_ASYNC speaks of is done
     */
    public void runTasksBy(Executor executor, Runnable whenDone) {
        tasks.by(executor, whenDone);
    }

    /** Why the last call failed; null when none did. */
    public @Nullable TlsFailure failure() {
        return failure;
    }

    /** SSL_do_handshake(3): DONE, WANT_READ, WANT_WRITE, WANT_ASYNC, CLOSED, RAGGED or FAILED. */
    public Outcome handshake() {
        if (failed) {
            return Outcome.FAILED;
        }
        if (established) {
            return busy() ? Outcome.WANT_ASYNC : Outcome.DONE;
        }
        if (records == null) {
            Outcome begun = client ? begin() : accept();
            if (begun != Outcome.DONE) {
                return begun;
            }
        }
        return seen(follow(Objects.requireNonNull(records)));
    }

    private Outcome follow(RecordLayer layer) {
        while (true) {
            if (busy()) {
                return Outcome.WANT_ASYNC;
            }
            Outcome step;
            switch (layer.status()) {
                case NEED_TASK -> step = layer.runTasks();
                case NEED_WRAP -> {
                    if (layer.closedByPeer()) {
                        return Outcome.CLOSED;
                    }
                    step = outgoing.isFull() ? Outcome.WANT_WRITE : layer.wrap();
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> step = layer.unwrap(null, false);
                default -> {
                    if (layer.closedByPeer()) {
                        return Outcome.CLOSED;
                    }
                    established = true;
                    return Outcome.DONE;
                }
            }
            if (step != Outcome.DONE) {
                return step;
            }
        }
    }

    /**
     * SSL_read(3): what one record holds, or what is left of it. DONE when {@code target} has got something (or has no room),
     * and as {@link #handshake} else, which it does first when that is not done.
     */
    public Outcome read(ByteBuffer target) {
        if (plain.take(target) > 0) {
            return Outcome.DONE;
        }
        Outcome ready = handshake();
        if (ready != Outcome.DONE || !target.hasRemaining()) {
            return ready;
        }
        RecordLayer layer = Objects.requireNonNull(records);
        int start = target.position();
        while (true) {
            Outcome step = receive(layer, target);
            if (target.position() > start || plain.take(target) > 0) {
                return Outcome.DONE; // whatever came with it is there at the next call
            }
            if (step != Outcome.DONE) {
                return step;
            }
        }
    }

    /** SSL_peek(3): as {@link #read}, and the next read has the same bytes again. */
    public Outcome peek(ByteBuffer target) {
        if (plain.isEmpty()) {
            Outcome ready = handshake();
            if (ready != Outcome.DONE) {
                return ready;
            }
            RecordLayer layer = Objects.requireNonNull(records);
            while (plain.isEmpty()) {
                Outcome step = receive(layer, null);
                if (plain.isEmpty() && step != Outcome.DONE) {
                    return step;
                }
            }
        }
        plain.copy(target);
        return Outcome.DONE;
    }

    private Outcome receive(RecordLayer layer, @Nullable ByteBuffer target) {
        Outcome step = layer.settle(!closed);
        if (step == Outcome.DONE) {
            step = layer.unwrap(target, true);
        }
        return seen(step == Outcome.DONE ? layer.settle(!closed) : step);
    }

    /**
     * SSL_write(3): DONE when all of {@code source} is taken; WANT_WRITE when {@link #outgoing} is at its limit before, and
     * {@code source}'s position says how far it got; else as {@link #handshake}, which it does first when that is not done.
     */
    public Outcome write(ByteBuffer source) {
        return write(source, false);
    }

    /** The same with as much of {@code source} as one record holds, which is for JSSE to say: DONE when that is taken. */
    public Outcome writeRecord(ByteBuffer source) {
        return write(source, true);
    }

    private Outcome write(ByteBuffer source, boolean once) {
        Outcome ready = handshake();
        if (ready != Outcome.DONE) {
            return ready;
        }
        RecordLayer layer = Objects.requireNonNull(records);
        if (closed || (layer.closedByPeer() && layer.engine.isOutboundDone())) {
            return refuse("PROTOCOL_IS_SHUTDOWN");
        }
        for (int idle = 0; source.hasRemaining(); ) {
            if (outgoing.isFull()) {
                return Outcome.WANT_WRITE;
            }
            int start = source.position();
            if (layer.wrap(source) == Outcome.FAILED) {
                return seen(Outcome.FAILED);
            }
            if (once && source.position() > start) {
                break;
            }
            // A record without data is a message of TLS 1.3's (new keys); an engine that writes nothing else has been
            // closed.
            if (source.position() == start && (layer.closedByPeer() || ++idle == MOST_IDLE)) {
                return refuse("PROTOCOL_IS_SHUTDOWN");
            }
        }
        return Outcome.DONE;
    }

    /**
     * SSL_shutdown(3). The first call puts out close_notify, and is SENT, or DONE when the peer's was read before. Later ones
     * look for the peer's: DONE, WANT_READ, RAGGED; data that comes before it fails the call with
     * APPLICATION_DATA_AFTER_CLOSE_NOTIFY, and can be read.
     */
    public Outcome shutdown() {
        if (failed) {
            return Outcome.FAILED;
        }
        if (busy()) {
            return Outcome.WANT_ASYNC;
        }
        if (!established) {
            return refuse("SHUTDOWN_WHILE_IN_INIT");
        }
        RecordLayer layer = Objects.requireNonNull(records);
        if (!closed) {
            if (outgoing.isFull()) {
                return Outcome.WANT_WRITE;
            }
            if (layer.close() == Outcome.FAILED) {
                return seen(Outcome.FAILED);
            }
            closed = true;
            return layer.closedByPeer() ? Outcome.DONE : Outcome.SENT;
        }
        while (!layer.closedByPeer()) {
            Outcome step = plain.isEmpty() ? receive(layer, null) : Outcome.DONE;
            if (!plain.isEmpty()) {
                return refuse("APPLICATION_DATA_AFTER_CLOSE_NOTIFY");
            }
            if (step != Outcome.DONE && step != Outcome.CLOSED) {
                return step;
            }
        }
        return Outcome.DONE;
    }

    /** SSL_pending(3): bytes that were decrypted and not read. */
    public int pending() {
        return plain.size();
    }

    /**
     * How many bytes {@link #incoming} lacks for the next record, as far as can be told: never more than that record has. Who
     * takes no more from the socket leaves what follows TLS in the kernel.
     */
    public int wanted() {
        int length = Records.length(incoming, 0);
        int needed = length > 0 ? length : Records.HEADER;
        return Math.max(needed - incoming.size(), 0);
    }

    /** Gives back all memory. The connection can do nothing any more. */
    public void free() {
        incoming.clear();
        outgoing.clear();
        plain.clear();
        if (!failed) {
            failed = true;
            refuse("PROTOCOL_IS_SHUTDOWN");
        }
    }

    // ---------------------------------------------------------------- the session

    /** Whether the handshake is done. */
    public boolean isEstablished() {
        return established;
    }

    /** The version spoken; null before the handshake is done. */
    public @Nullable TlsVersion version() {
        return established ? TlsVersion.named(session().getProtocol()) : null;
    }

    /** The suite spoken; null before the handshake is done. */
    public @Nullable CipherSuite cipher() {
        return established ? CipherTable.find(session().getCipherSuite()) : null;
    }

    /** The protocol agreed on by ALPN; null for none. */
    public @Nullable String protocol() {
        String agreed = established ? Objects.requireNonNull(records).engine.getApplicationProtocol() : null;
        return agreed == null || agreed.isEmpty() ? null : agreed;
    }

    /** The name that was asked for by SNI: the client's wish, and at a server what its client wanted. */
    public @Nullable String serverName() {
        return client ? wantedName : askedName;
    }

    /** What the peer sent, its own certificate first; none when it has shown none, or before the handshake is done. */
    public List<X509Certificate> peerCertificates() {
        if (!established) {
            return List.of();
        }
        try {
            Certificate[] sent = session().getPeerCertificates();
            return Arrays.stream(sent).map(X509Certificate.class::cast).toList();
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    /** The path that the peer's certificate was verified by, its own first; null when none was verified. */
    public @Nullable List<X509Certificate> verifiedPath() {
        return verifiedPath;
    }

    void verified(List<X509Certificate> path) {
        verifiedPath = path;
    }

    /** The authorities that the server named when it asked for a certificate; at a server none. */
    public List<X500Principal> authorities() {
        return authorities;
    }

    void authorities(Principal[] names) {
        authorities = Arrays.stream(names)
                .filter(X500Principal.class::isInstance)
                .map(X500Principal.class::cast)
                .toList();
    }

    /** SSL_get_client_random(3); null before there is one. */
    public byte @Nullable [] clientRandom() {
        return records == null ? null : records.randoms.client();
    }

    /** SSL_get_server_random(3); null before there is one. */
    public byte @Nullable [] serverRandom() {
        return records == null ? null : records.randoms.server();
    }

    /**
     * SSL_export_keying_material(3), after the handshake.
     *
     * @param context null for none
     * @throws UnsupportedOperationException where the JDK has no such call (before 25), or no such keys
     */
    public byte[] exportKeyingMaterial(String label, byte @Nullable [] context, int length) {
        return KeyExport.of(session(), label, context, length);
    }

    /** The session that a client resumes, if the context still has it; one of another connection's, before the handshake. */
    public void sessionKey(String key) {
        sessionKey = key;
    }

    /**
     * What {@link #sessionKey(String)} of a later connection of the same context resumes this one's session by. JSSE looks
     * for a session by the server's host and port; these are names of no host, so that nothing is resumed unasked.
     */
    public String sessionKey() {
        return sessionKey;
    }

    private SSLSession session() {
        return Objects.requireNonNull(records).engine.getSession();
    }

    // ---------------------------------------------------------------- the beginning

    /** A server waits for the first message, and lets its name choose the context. */
    private Outcome accept() {
        ServerNameCallback callback = context.serverNameCallback();
        if (hello == null) {
            hello = new ClientHello.Reader();
        }
        ClientHello message = hello.peek(incoming);
        if (message == null) {
            return incoming.isEnded() ? Outcome.RAGGED : Outcome.WANT_READ;
        }
        hello = null;
        askedName = message.serverName();
        Alert alert = callback == null ? null : callback.choose(this, askedName);
        if (alert != null) {
            // There is no engine yet to say it: a record of TLS 1.2, as all alerts before a version is agreed on.
            outgoing.put(ByteBuffer.wrap(new byte[] {21, 3, 3, 0, 2, 2, (byte) alert.number()}));
            failed = true;
            return refuse("CALLBACK_FAILED");
        }
        return begin();
    }

    private Outcome begin() {
        RecordLayer layer = new RecordLayer(context.engine(this, wantedName), pool, incoming, outgoing, plain, tasks);
        try {
            layer.engine.beginHandshake();
        } catch (SSLException e) { // no version and no suite that the JDK allows
            failed = true;
            failure = Reasons.of(e);
            return Outcome.FAILED;
        }
        records = layer;
        return Outcome.DONE;
    }

    private boolean busy() {
        return tasks.running();
    }

    /** Keeps the record layer's failure, and nothing of what the peer has sent: no call will look at it. */
    private Outcome seen(Outcome outcome) {
        if (outcome == Outcome.FAILED && records != null && records.failure() != null) {
            failed = true;
            failure = records.failure();
            incoming.clear();
        }
        return outcome;
    }

    private Outcome refuse(String reason) {
        failure = new TlsFailure(reason, reason, CertificateError.OK);
        return Outcome.FAILED;
    }
}
