package org.euryale.jython;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.PosixException;
import org.euryale.posix.Socket;
import org.euryale.tls.Outcome;
import org.euryale.tls.TlsConnection;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PyType;

/*
 * How a TLS connection uses a socket
 * ----------------------------------
 * Each call tries the engine; what that has put out goes to the kernel, and when it lacks bytes they are taken from there
 * (TlsBytes). Where the kernel has none, or takes none, the call waits as the socket's timeout says.
 *
 * The engine is one thread's at a time, so calls on it hold the lock; a wait does not: one thread may read while another
 * writes, and a close by a third ends both with EBADF.
 *
 * A write has been done when the kernel has all of its records. Where a call cannot wait for that, it says how much of the
 * data is through; what the engine has taken beyond that is in flight, and the next write, which brings the same data again
 * (SSL_write(3) demands that), is told of it as done.
 */

/** A {@code _ssl._SSLSocket}: one end of TLS on a {@code _socket.socket}. Any thread may call anything. */
final class PySslSocket extends PyObject {
    private static final long serialVersionUID = 1L;

    /** What a record holds at most (RFC 8446, 5.1). */
    private static final int RECORD = 16 * 1024;

    private final transient PosixProcess process;
    final transient PySocket socket;
    private final transient TlsConnection connection;
    private final transient Object lock = new Object();
    private final transient @Nullable WeakReference<PyObject> owner;
    private transient PySslContext context;

    /** Bytes of data in records that are not all in the kernel yet. Guarded by lock. */
    private transient int inFlight;

    private transient boolean countedBegun;
    private transient boolean countedDone;

    /** Our close_notify is on its way. */
    private transient boolean shut;

    PySslSocket(PySslContext context, PySocket socket, TlsConnection connection, @Nullable PyObject owner) {
        super(context.process.sslSocketType());
        process = context.process;
        this.context = context;
        this.socket = socket;
        this.connection = connection;
        this.owner = owner == null ? null : new WeakReference<>(owner);
        connection.attach(this);
    }

    static PyType type() {
        PyStringMap dict = new PyStringMap();
        dict.__setitem__("__module__", new PyString("_ssl"));
        dict.__setitem__("__doc__", new PyString("One end of TLS on a socket; made by _SSLContext._wrap_socket()."));
        PyType type = (PyType) Py.makeClass("_SSLSocket", PyObject.TYPE, dict);
        SslSocketMethods.into(type);
        return type;
    }

    @Override
    public String toString() {
        return "<_ssl._SSLSocket object at " + Py.idstr(this) + ">";
    }

    /** The object that the program knows, None when it is gone; without one, this. */
    PyObject owner() {
        if (owner == null) {
            return this;
        }
        PyObject known = owner.get();
        return known == null ? Py.None : known;
    }

    PySslContext context() {
        return context;
    }

    void context(PySslContext other) {
        context = other;
        connection.context(other.tls);
    }

    /** What the handshake came to; not while another thread is in a call. */
    TlsConnection session() {
        return connection;
    }

    int pending() {
        synchronized (lock) {
            return connection.pending();
        }
    }

    // ---------------------------------------------------------------- the calls

    /** A call of the engine. */
    private interface Call {
        Outcome on(TlsConnection connection);
    }

    void handshake() {
        count(false);
        String late = "The handshake operation timed out";
        Outcome outcome = drive(TlsConnection::handshake, late);
        if (outcome != Outcome.DONE) {
            throw ended(outcome);
        }
        flushAll(late);
        count(true);
    }

    /** Once each, for session_stats. */
    private void count(boolean done) {
        if (done ? !countedDone : !countedBegun) {
            countedBegun = true;
            countedDone = done;
            AtomicLong begun = connection.isClient() ? context.connects : context.accepts;
            AtomicLong good = connection.isClient() ? context.connected : context.accepted;
            (done ? good : begun).incrementAndGet();
        }
    }

    /** At most {@code size} bytes as a str, '' when the peer has closed. */
    PyObject read(int size) {
        ByteBuffer into = Bytes.onHeap(Math.min(size, RECORD));
        read(into);
        return Bytes.ofHeap(into);
    }

    /** What one record holds, or what is left of it, waiting for it; nothing when the peer has closed. */
    void read(ByteBuffer into) {
        Outcome outcome = drive(engine -> engine.read(into), "The read operation timed out", false);
        if (outcome != Outcome.DONE && (outcome != Outcome.CLOSED || shut)) {
            throw ended(outcome);
        }
    }

    /**
     * Sends all of a string of bytes; as much of it as goes at once when the socket does not block.
     *
     * @param waits false not to wait whatever the socket's timeout is
     */
    int write(String data, boolean waits) {
        String late = "The write operation timed out";
        long deadline = socket.deadline();
        int done = 0;
        while (true) {
            try {
                Socket file = socket.file();
                int events;
                synchronized (lock) {
                    boolean flushed = TlsBytes.flush(connection, file);
                    if (inFlight > data.length() - done) {
                        throw process.sslErrors().of("SSL", "BAD_WRITE_RETRY");
                    }
                    if (flushed) {
                        done += inFlight;
                        inFlight = 0;
                        if (done == data.length()) {
                            return done;
                        }
                    }
                    events = flushed ? writeOn(file, data, done) : Events.OUT;
                }
                if (events != 0) {
                    if (waits && !isNonBlocking(file)) {
                        block(file, events, deadline, late);
                    } else if (done > 0) {
                        return done;
                    } else {
                        throw wouldBlock(events);
                    }
                }
            } catch (PosixException e) {
                goOn(e);
            }
        }
    }

    /** Gives the engine data to write; what to wait for before the next step, 0 for nothing. */
    private int writeOn(Socket file, String data, int from) throws PosixException {
        ByteBuffer piece = Bytes.onHeap(data, from);
        Outcome outcome = connection.write(piece);
        inFlight = piece.position();
        return switch (outcome) {
            case DONE, WANT_WRITE -> TlsBytes.flush(connection, file) ? 0 : Events.OUT;
            case WANT_READ ->
                !TlsBytes.flush(connection, file) ? Events.OUT : TlsBytes.fill(connection, file) ? 0 : Events.IN;
            default -> {
                TlsBytes.flushAtBest(connection, file);
                throw ended(outcome);
            }
        };
    }

    /**
     * SSL_shutdown(3): says that nothing more comes, and waits for the peer to say so.
     *
     * @return the socket, whose next bytes are not TLS's
     */
    PySocket shutdown() {
        String late = "The read operation timed out";
        Outcome outcome = drive(TlsConnection::shutdown, late);
        if (outcome == Outcome.SENT) {
            shut = true;
            flushAll(late);
            outcome = drive(TlsConnection::shutdown, late);
        }
        if (outcome != Outcome.DONE) {
            throw ended(outcome);
        }
        shut = true;
        flushAll(late);
        return socket;
    }

    /**
     * Gives the engine's memory back, which otherwise goes with this object.
     *
     * @param open false to do so only where the socket is closed, and no call can need it any more
     */
    void free(boolean open) {
        synchronized (lock) {
            if (open || socket.descriptor() < 0) {
                connection.free();
            }
        }
    }

    private PyException ended(Outcome outcome) {
        SslErrors errors = process.sslErrors();
        return switch (outcome) {
            case CLOSED -> errors.zeroReturn();
            case RAGGED -> errors.eof();
            default -> errors.of(Objects.requireNonNull(connection.failure()));
        };
    }

    // ---------------------------------------------------------------- the engine and the kernel

    private Outcome drive(Call call, String late) {
        return drive(call, late, true);
    }

    /**
     * Makes a call until it is done or cannot be: DONE, SENT, CLOSED, RAGGED, FAILED.
     *
     * @param answers whether what the call lacks is the peer's answer to what we have to send. Data is not: two ends that have
     *     written until neither kernel takes more have to read
     */
    private Outcome drive(Call call, String late, boolean answers) {
        long deadline = socket.deadline();
        while (true) {
            try {
                Socket file = socket.file();
                int events;
                synchronized (lock) {
                    Outcome outcome = call.on(connection);
                    switch (outcome) {
                        case WANT_READ -> {
                            int unsent = TlsBytes.flush(connection, file) ? 0 : Events.OUT;
                            events = answers && unsent != 0
                                    ? unsent
                                    : TlsBytes.fill(connection, file) ? 0 : Events.IN | unsent;
                        }
                        case WANT_WRITE -> events = TlsBytes.flush(connection, file) ? 0 : Events.OUT;
                        case DONE, SENT -> {
                            return outcome; // what a read has got is the program's, whatever is to be sent
                        }
                        default -> {
                            TlsBytes.flushAtBest(connection, file);
                            return outcome;
                        }
                    }
                }
                if (events != 0) {
                    block(file, events, deadline, late);
                }
            } catch (PosixException e) {
                goOn(e);
            }
        }
    }

    /** Waits until the kernel has taken what the engine has put out. */
    private void flushAll(String late) {
        long deadline = socket.deadline();
        while (true) {
            try {
                Socket file = socket.file();
                synchronized (lock) {
                    if (TlsBytes.flush(connection, file)) {
                        return;
                    }
                }
                block(file, Events.OUT, deadline, late);
            } catch (PosixException e) {
                goOn(e);
            }
        }
    }

    private boolean isNonBlocking(Socket file) {
        double limit = socket.timeout();
        return limit == 0 || (limit < 0 && file.nonBlocking());
    }

    private PyException wouldBlock(int events) {
        SslErrors errors = process.sslErrors();
        return (events & Events.IN) != 0 ? errors.wantRead() : errors.wantWrite();
    }

    private void block(Socket file, int events, long deadline, String late) throws PosixException {
        if (isNonBlocking(file)) {
            throw wouldBlock(events);
        }
        boolean limited = socket.timeout() > 0;
        long left = limited ? deadline - System.nanoTime() : -1;
        if ((limited && left <= 0) || !socket.await(file, events, left)) {
            throw process.sslErrors().said(late);
        }
    }

    /** A signal whose handler raises nothing does not end a call; what else the kernel says does. */
    private void goOn(PosixException e) {
        if (e.errno() != Errno.EINTR) {
            throw process.errors().socketError(e);
        }
        PosixProcess.interrupted(e);
    }
}
