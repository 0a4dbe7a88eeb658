package org.euryale.jython;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.euryale.posix.Errno;
import org.euryale.posix.PosixException;
import org.euryale.tls.Alert;
import org.euryale.tls.ByteQueue;
import org.euryale.tls.Outcome;
import org.euryale.tls.TlsConnection;
import org.euryale.tls.TlsFailure;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PyType;

/*
 * How pyOpenSSL's Connection is made of the engine
 * ------------------------------------------------
 * A connection is over memory, and then the program moves the bytes (bio_write, bio_read), or on a socket, and then each call
 * moves them by TlsBytes. Where the engine lacks something, a call over memory says so (WantReadError); on a socket that
 * blocks it waits, and on another it says so as well. Whether the socket blocks is the open file's, as it is the kernel's for
 * OpenSSL, which knows of no timeout.
 *
 * A call that sends takes at most one record of data, as OpenSSL does in the mode that pyOpenSSL sets
 * (SSL_MODE_ENABLE_PARTIAL_WRITE). On a socket whose kernel does not take all of the record that is WantWriteError; the
 * data counts as sent when the program has come again with it.
 *
 * It belongs to one thread at a time, as in pyOpenSSL.
 */

/** What {@code OpenSSL.SSL.Connection} stands on. */
final class PyOpenSslConnection extends ClassInstance {
    private static final long serialVersionUID = 1L;

    /** SSL_SENT_SHUTDOWN and SSL_RECEIVED_SHUTDOWN. */
    static final int SENT = 1;

    static final int RECEIVED = 2;

    /** Of SSL_CTX_set_info_callback(3). */
    private static final int HANDSHAKE_START = 0x10;

    private static final int HANDSHAKE_DONE = 0x20;
    private static final int CONNECT = 0x1000;
    private static final int ACCEPT = 0x2000;
    private static final int LOOP = 0x1;
    private static final int EXIT = 0x2;
    private static final int READ_ALERT = 0x4004;
    private static final int WRITE_ALERT = 0x4008;
    private static final int WARNING = 1 << 8;
    private static final int FATAL = 2 << 8;

    private final transient PosixProcess process;
    private transient @Nullable PyOpenSslContext context;
    private transient @Nullable TlsConnection tls;

    /** Null over memory. */
    private transient @Nullable PyObject socket;

    /** What moves the bytes of the socket; null over memory. */
    private transient @Nullable OpenSslSocket below;

    /** Whether it is known which end this is. */
    private transient boolean hasEnd;

    private transient boolean begun;
    private transient boolean done;
    private transient int shutdown;
    private transient Outcome wants = Outcome.DONE;

    /** Our close_notify is put out, and not all in the kernel yet. */
    private transient boolean noticing;

    /** What {@link #shakeHands} came to, when that is yet to be raised. */
    private transient @Nullable Outcome unsaid;

    /** Bytes of data in a record that is not all in the kernel yet. */
    private transient int inFlight;

    /** What a callback has raised, until the engine has come back. */
    private transient @Nullable PyException problem;

    PyOpenSslConnection(PosixProcess process, PyType type) {
        super(type);
        this.process = process;
    }

    static PyType type(PosixProcess process) {
        PyStringMap dict = new PyStringMap();
        dict.__setitem__("__module__", new PyString("_openssl"));
        dict.__setitem__("__doc__", new PyString("One end of TLS, over memory or on a socket."));
        PyType type = (PyType) Py.makeClass("Connection", PyObject.TYPE, dict);
        OpenSslConnectionMethods.into(type, process);
        return type;
    }

    /** Called by the class's constructor. */
    void begin(PyOpenSslContext of, @Nullable PyObject on, int number) {
        context = of;
        socket = on;
        TlsConnection made = of.tls.server();
        made.attach(this);
        tls = made;
        below = on == null ? null : new OpenSslSocket(process, number, made);
    }

    @Override
    String shown() {
        return "<" + getType().getModule() + "." + getType().fastGetName() + " object at " + Py.idstr(this) + ">";
    }

    /** What a connection on a socket has not itself is the socket's. */
    @Override
    public @Nullable PyObject __findattr_ex__(String name) {
        PyObject found = super.__findattr_ex__(name);
        PyObject on = socket;
        if (found != null || on == null) {
            return found;
        }
        PyObject of = on.__findattr_ex__(name);
        return of != null && name.equals("close") ? closing(of) : of;
    }

    /** The socket's close(), after which the engine's memory goes back, unless a file made of the socket holds it open. */
    private PyObject closing(PyObject close) {
        return new Function(new Signature("close", 0, 0), "close()\n\nCloses the socket.", a -> {
            PyObject result = close.__call__();
            Objects.requireNonNull(below).freeIfClosed();
            return result;
        });
    }

    // ---------------------------------------------------------------- its parts

    PyOpenSslContext context() {
        PyOpenSslContext now = context;
        if (now == null) {
            throw Py.AttributeError("_context");
        }
        return now;
    }

    void context(PyOpenSslContext other) {
        context = other;
        tls().context(other.tls);
    }

    TlsConnection tls() {
        TlsConnection made = tls;
        if (made == null) {
            throw Py.AttributeError("_ssl");
        }
        return made;
    }

    /** For a call that may use the socket. */
    private TlsConnection open() {
        OpenSslSocket on = below;
        if (on != null && on.isFreed()) {
            throw errors().systemCall(new PosixException(Errno.EBADF));
        }
        return tls();
    }

    /** SSL_set_connect_state(3), SSL_set_accept_state(3). */
    void end(boolean client) {
        tls().client(client);
        hasEnd = true;
    }

    boolean hasEnd() {
        return hasEnd;
    }

    private OpenSslErrors errors() {
        return process.openSslErrors();
    }

    void problem(PyException raised) {
        if (problem == null) {
            problem = raised;
        }
    }

    private void inform(int where, int value) {
        context().inform(this, where, value);
    }

    private int side() {
        return tls().isClient() ? CONNECT : ACCEPT;
    }

    // ---------------------------------------------------------------- the handshake

    void handshake() {
        Outcome before = unsaid;
        unsaid = null;
        if (before != null) {
            require(before);
        } else if (!done) {
            require(advance());
        }
    }

    /**
     * The same over memory, and tells what it came to; FAILED also when a callback has raised. What is neither DONE nor to
     * be waited for is said by an exception when {@link #handshake} is called next.
     */
    Outcome shakeHands() {
        if (done) {
            return Outcome.DONE;
        }
        Outcome outcome = advance();
        wants = outcome;
        if (problem != null) {
            unsaid = outcome;
            return Outcome.FAILED;
        }
        switch (outcome) {
            case DONE, WANT_READ, WANT_ASYNC -> {}
            default -> unsaid = outcome;
        }
        return outcome;
    }

    private Outcome advance() {
        TlsConnection engine = open();
        if (!hasEnd) {
            throw errors().of("CONNECTION_TYPE_NOT_SET");
        }
        if (!begun) {
            begun = true;
            inform(HANDSHAKE_START, 1);
            inform(side() | LOOP, 1);
        }
        Outcome outcome = drive(TlsConnection::handshake);
        if (outcome == Outcome.WANT_ASYNC && engine.incoming().isEnded()) {
            outcome = Outcome.RAGGED; // nobody is there any more who could be answered
        }
        boolean first = outcome == Outcome.DONE && !done; // a callback of the program may have called
        done |= outcome == Outcome.DONE;
        if (first) {
            flushed(); // what a kernel that is full does not take goes with the next call
            inform(HANDSHAKE_DONE, 1);
        }
        inform(side() | EXIT, done ? 1 : -1);
        return outcome;
    }

    boolean isDone() {
        return done;
    }

    /** Data may be sent and received, or the exception that says what that lacks. */
    private void ready(String function) {
        if (!done) {
            if (!hasEnd) {
                throw errors().of("SSL routines", function, "UNINITIALIZED");
            }
            handshake();
        }
    }

    // ---------------------------------------------------------------- data

    /** Sends what of the string from {@code from} on fits into a record; how much that was. */
    int send(String data, int from) {
        ready("ssl_write_internal");
        if ((shutdown & SENT) != 0) {
            throw errors().of("PROTOCOL_IS_SHUTDOWN");
        }
        TlsConnection engine = open();
        if (inFlight > 0) {
            return sendAgain(data.length() - from);
        }
        ByteBuffer piece = Bytes.onHeap(data, from);
        int start = piece.position();
        Outcome outcome = engine.writeRecord(piece);
        if (outcome == Outcome.DONE) {
            int size = piece.position() - start;
            wants = Outcome.DONE;
            if (!flushed()) {
                inFlight = size;
                require(Outcome.WANT_WRITE);
            }
            return size;
        }
        OpenSslSocket on = below;
        if (on != null && outcome == Outcome.FAILED) {
            on.flushAtBest();
        }
        require(outcome);
        return piece.position() - start;
    }

    /** A record is on its way; the program has come again with the data that is in it. */
    private int sendAgain(int offered) {
        if (offered < inFlight) {
            throw errors().of("BAD_WRITE_RETRY");
        }
        if (!flushed()) {
            require(Outcome.WANT_WRITE);
        }
        int sent = inFlight;
        inFlight = 0;
        wants = Outcome.DONE;
        return sent;
    }

    /** Puts what a record holds, or what is left of one, into {@code target}. */
    void read(ByteBuffer target, boolean peek) {
        ready("ssl_read_internal");
        TlsConnection engine = open();
        if ((shutdown & RECEIVED) != 0 && engine.pending() == 0) {
            throw errors().zeroReturn();
        }
        Outcome outcome = socket == null
                ? (peek ? engine.peek(target) : engine.read(target))
                : drive(peek ? connection -> connection.peek(target) : connection -> connection.read(target), false);
        if (outcome != Outcome.DONE) {
            require(outcome);
        }
        wants = Outcome.DONE;
    }

    int pending() {
        return tls().pending();
    }

    // ---------------------------------------------------------------- data alone

    boolean isOverMemory() {
        return socket == null;
    }

    /** The peer's close_notify was read: what recv() does before it raises ZeroReturnError. */
    void closedByPeer() {
        if ((shutdown & RECEIVED) == 0) {
            shutdown |= RECEIVED;
            inform(READ_ALERT, WARNING);
        }
    }

    /** Whether nothing is to come but data: over memory, the handshake done, and nobody has closed. */
    boolean flows() {
        return done && socket == null && shutdown == 0;
    }

    /** Encrypts what {@link #flows}: how much of it was taken, all if nothing has failed. */
    int encrypt(String data) {
        TlsConnection engine = tls();
        int taken = 0;
        while (taken < data.length()) {
            ByteBuffer piece = Bytes.onHeap(data, taken);
            int start = piece.position();
            Outcome outcome = engine.write(piece);
            taken += piece.position() - start;
            if (outcome != Outcome.DONE) {
                break;
            }
        }
        return taken;
    }

    /** Bytes for the peer, some of them. */
    PyString encrypted() {
        ByteQueue outgoing = tls().outgoing();
        ByteBuffer bytes = Bytes.onHeap(outgoing.size());
        outgoing.take(bytes);
        return Bytes.ofHeap(bytes);
    }

    // ---------------------------------------------------------------- the end

    /** SSL_shutdown(3): whether both ends have closed. */
    boolean close() {
        if (!hasEnd) {
            throw errors().of("SSL routines", "SSL_shutdown", "UNINITIALIZED");
        }
        notice();
        if ((shutdown & (SENT | RECEIVED)) == (SENT | RECEIVED)) {
            return true;
        }
        TlsConnection engine = open();
        boolean first = (shutdown & SENT) == 0;
        Outcome outcome = first ? engine.shutdown() : drive(TlsConnection::shutdown);
        if (first && (outcome == Outcome.SENT || outcome == Outcome.DONE)) {
            shutdown |= SENT;
            inform(WRITE_ALERT, WARNING);
            noticing = socket != null;
            notice();
        }
        if (outcome == Outcome.DONE) {
            shutdown |= RECEIVED;
            return true;
        }
        if (outcome != Outcome.SENT) {
            require(outcome);
        }
        return (shutdown & RECEIVED) != 0;
    }

    /** Our close_notify has to be in the kernel before anything else is to be done about the end. */
    private void notice() {
        if (noticing) {
            open();
            if (!flushed()) {
                require(Outcome.WANT_WRITE);
            }
            noticing = false;
        }
    }

    int shutdown() {
        return shutdown;
    }

    void shutdown(int state) {
        shutdown = state & (SENT | RECEIVED);
    }

    boolean wants(Outcome what) {
        return wants == what;
    }

    // ---------------------------------------------------------------- over memory

    private TlsConnection overMemory() {
        if (socket != null) {
            throw Py.TypeError("Connection sock was not None");
        }
        return tls();
    }

    PyString bioRead(int size) {
        TlsConnection engine = overMemory();
        if (engine.outgoing().isEmpty()) {
            throw errors().wantRead();
        }
        ByteBuffer bytes = Bytes.onHeap(size);
        engine.outgoing().take(bytes);
        return Bytes.ofHeap(bytes);
    }

    int bioWrite(String data) {
        TlsConnection engine = overMemory();
        if (data.isEmpty()) {
            throw errors().unsaid();
        }
        for (int from = 0; from < data.length(); ) {
            ByteBuffer bytes = Bytes.onHeap(data, from);
            from += bytes.remaining();
            engine.incoming().put(bytes);
        }
        return data.length();
    }

    void bioShutdown() {
        overMemory().incoming().end();
    }

    // ---------------------------------------------------------------- what a call came to

    /** Nothing for what is done, else the exception for it; what a callback raised comes first. */
    private void require(Outcome outcome) {
        wants = outcome;
        PyException raised = problem;
        if (raised != null) {
            problem = null;
            throw raised;
        }
        switch (outcome) {
            case DONE, SENT -> {
                return;
            }
            case WANT_READ -> throw errors().wantRead();
            case WANT_WRITE, WANT_ASYNC -> throw errors().wantWrite();
            case CLOSED -> {
                closedByPeer();
                throw errors().zeroReturn();
            }
            case RAGGED -> {
                if (socket != null) {
                    tls().incoming().clear(); // the beginning of a record
                }
                throw errors().unexpectedEof();
            }
            case FAILED -> {
                TlsFailure failure = Objects.requireNonNull(tls().failure());
                Alert alert = Alert.received(failure.reason());
                if (alert != null) {
                    inform(READ_ALERT, FATAL | alert.number());
                }
                throw errors().of(failure, tls().isClient());
            }
        }
    }

    // ---------------------------------------------------------------- on a socket

    private Outcome drive(OpenSslSocket.Call call) {
        return drive(call, true);
    }

    /** Makes a call as {@link OpenSslSocket#drive} does, once over memory. */
    private Outcome drive(OpenSslSocket.Call call, boolean answers) {
        OpenSslSocket on = below;
        return on == null ? call.on(tls()) : on.drive(call, answers);
    }

    /** Whether what the engine has put out is all in the kernel; over memory that is the program's part. */
    private boolean flushed() {
        OpenSslSocket on = below;
        return on == null || on.flushed();
    }
}
