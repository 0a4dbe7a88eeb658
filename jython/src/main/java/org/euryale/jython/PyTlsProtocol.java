package org.euryale.jython;

import java.nio.ByteBuffer;
import org.euryale.tls.ByteQueue;
import org.euryale.tls.Outcome;
import org.euryale.tls.TlsConnection;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyType;
import org.python.core.PyUnicode;

/*
 * Twisted's TLS, with the way of the data in Java
 * -----------------------------------------------
 * Twisted puts a protocol between a transport and the program's protocol, twisted.protocols.tls.TLSMemoryBIOProtocol, which
 * is the program's transport as well. An object of this class is one: its Python type is a subclass of Twisted's, and what
 * Twisted's code reads and sets of itself is in fields here that look like attributes. Shutdown, verification, producers and
 * the reasons for which a connection is lost are Twisted's own code, over the same Connection of OpenSSL.SSL.
 *
 * What bytes are received by is here, and what a message is written by for as long as nothing happens but data (flowing):
 * bytes go from the reactor's buffer into the engine and out of it to the program, and back, and Python is entered once for a
 * message. The steps of a handshake that do nothing but wait for the peer are Java's too: Twisted asks for each, and learns by
 * an exception that there is more to come. For whatever does not come to plain success, Twisted's code is called, and finds
 * everything as if it had done the rest itself; an error of the engine is for good, so it meets the same one.
 *
 * Twisted's code serves all the time where the connection is of a class of the program's, where the program has put methods
 * into the connection, or has made a subclass of this. The transport below may be any: what is encrypted goes straight into
 * a stream of the reactor's, and by write() into others.
 */

/** One end of TLS as Twisted has it. Used in the reactor's thread. */
final class PyTlsProtocol extends ClassInstance {
    private static final long serialVersionUID = 1L;

    /** Bytes that are taken at once of what a record holds, which is never more. */
    private static final int RECORD = 32 * 1024;

    /** A record of so many bytes goes to the transport as it is. Its buffer has room for the largest, too much for a small one. */
    private static final int LENT = 2048;

    private final transient TlsProtocolMethods methods;

    private PyObject transport = Py.None;

    /** The transport, when it is one of ours, whose own write() is what Java's write does. */
    private transient @Nullable PyTransport stream;

    private @Nullable PyObject connection;

    /** The connection, when its methods are ours. */
    private transient @Nullable PyOpenSslConnection plain;

    PyObject wrapped = Py.None;

    /** What was written before the handshake was done. */
    @Nullable
    PyObject waiting;

    PyObject connected = Py.Zero;
    PyObject disconnecting = Py.Zero;
    PyObject producer = Py.None;
    boolean handshakeDone;
    boolean lost;
    boolean aborted;

    PyTlsProtocol(TlsProtocolMethods methods, PyType type) {
        super(type);
        this.methods = methods;
    }

    @Override
    String shown() {
        return "<" + getType().getModule() + "." + getType().fastGetName() + " object at " + Py.idstr(this) + ">";
    }

    /** What it has not itself is its transport's: Twisted's ProtocolWrapper has a {@code __getattr__}. */
    @Override
    public @Nullable PyObject __findattr_ex__(String name) {
        PyObject found;
        try {
            found = super.__findattr_ex__(name);
        } catch (PyException e) {
            if (!e.match(Py.AttributeError)) {
                throw e;
            }
            found = null;
        }
        PyObject others = found == null ? getType().lookup("__getattr__") : null;
        return others == null ? found : others.__call__(this, new PyString(name));
    }

    // ---------------------------------------------------------------- attributes

    PyObject transport() {
        return transport;
    }

    void transport(PyObject below) {
        transport = below;
        stream = methods.stream(below);
        runTasksElsewhere();
    }

    @Nullable
    PyObject connection() {
        return connection;
    }

    /** The connection is Twisted's attribute; None at the end, when what it has leased goes back. */
    void connection(PyObject of) {
        PyOpenSslConnection before = plain;
        connection = of;
        plain = methods.plain(of);
        if (before != null && Values.isNone(of)) {
            before.tls().incoming().clear();
            before.tls().outgoing().clear();
        }
    }

    // ---------------------------------------------------------------- the handshake

    /** The connection when its methods are ours and Twisted's code is to be called for what is special alone. */
    @SuppressWarnings("ReferenceEquality") // one class of the interpreter
    private @Nullable PyOpenSslConnection own() {
        PyOpenSslConnection open = plain;
        return open != null && open.isOverMemory() && getType() == methods.type() ? open : null;
    }

    /** Begins the handshake, or goes on with it: Twisted's _checkHandshakeStatus. */
    void checkHandshakeStatus() {
        PyOpenSslConnection open = own();
        if (open == null) {
            methods.checkHandshakeStatus.__call__(this);
        } else if (!aborted) {
            switch (open.shakeHands()) {
                case WANT_READ -> send(open);
                case WANT_ASYNC -> {} // goOn() comes
                default -> methods.concluded.__call__(this);
            }
        }
    }

    /** Has the long work of the handshake done by the reactor's thread pool, when the context allows it. */
    private void runTasksElsewhere() {
        PyTransport below = stream;
        PyOpenSslConnection open = own();
        if (below != null && open != null && open.context().async) {
            PyObject callInThread = below.__getattr__("reactor").__getattr__("callInThread");
            open.tls()
                    .runTasksBy(
                            task -> callInThread.__call__(new Function(
                                    new Signature("shakeHands", 0, 0), "Computes what a handshake needs.", a -> {
                                        task.run();
                                        return Py.None;
                                    })),
                            () -> below.owner().loop.callSoon(() -> below.serve(() -> goOn(open))));
        }
    }

    /** The long work is done. */
    @SuppressWarnings("ReferenceEquality") // the same connection, unless it has ended meanwhile
    private void goOn(PyOpenSslConnection open) {
        if (plain == open && !lost && !handshakeDone) {
            proceed();
        }
    }

    // ---------------------------------------------------------------- data

    /** The connection while nothing happens but data; else null, and Twisted's code serves. */
    private @Nullable PyOpenSslConnection flowing() {
        PyOpenSslConnection open = own();
        return open != null && handshakeDone && !lost && !aborted && !hasWaiting() && open.flows() ? open : null;
    }

    /** Whether something was written that the engine has not taken. */
    private boolean hasWaiting() {
        PyObject before = waiting;
        return before == null || before.__nonzero__();
    }

    /** Encrypts and sends; from another thread than the reactor's in its next turn, as a transport does without TLS. */
    void write(PyObject data) {
        PyTransport below = stream;
        if (below != null && !below.owner().loop.isFree()) {
            below.owner().loop.callSoon(() -> write(data));
            return;
        }
        PyOpenSslConnection open = flowing();
        if (open == null
                || !(data instanceof PyString bytes)
                || data instanceof PyUnicode
                || disconnecting.__nonzero__()) {
            methods.write.__call__(this, data);
            return;
        }
        String text = bytes.getString();
        int taken = open.encrypt(text);
        send(open);
        if (taken < text.length()) {
            invoke("_write", new PyString(text.substring(taken)));
        }
    }

    /** Gives the transport what the engine has put out: Twisted's _flushSendBIO. */
    void flushSendBio() {
        PyOpenSslConnection open = own();
        if (open == null) {
            methods.flushSendBio.__call__(this);
        } else {
            send(open);
        }
    }

    private void send(PyOpenSslConnection open) {
        ByteQueue outgoing = open.tls().outgoing();
        while (!outgoing.isEmpty()) {
            PyTransport below = stream;
            if (below == null || methods.isReplaced(below, "write")) {
                transport.invoke("write", open.encrypted());
            } else if (outgoing.firstSize() < LENT) {
                below.writeRaw(open.encrypted());
            } else {
                below.writeRaw(outgoing.lend(), outgoing::back);
            }
        }
    }

    /** Bytes of the transport's. */
    void received(PyObject bytes) {
        PyOpenSslConnection open = bytes instanceof PyString ? own() : null;
        if (open == null) {
            methods.received.__call__(this, bytes);
            return;
        }
        open.bioWrite(((PyString) bytes).getString());
        proceed();
    }

    /** The same straight from the reactor's buffer; false when Twisted's code has to be asked, and nothing was taken. */
    boolean received(ByteBuffer bytes) {
        PyOpenSslConnection open = own();
        if (open == null || methods.isReplaced(this, "dataReceived")) {
            return false;
        }
        open.tls().incoming().put(bytes);
        proceed();
        return true;
    }

    /** More bytes are in the engine: Twisted's dataReceived, from where it has put them there. */
    private void proceed() {
        if (!handshakeDone) {
            checkHandshakeStatus();
            if (!handshakeDone) {
                return;
            }
        }
        if (hasWaiting()) {
            invoke("_unbufferPendingWrites");
        }
        flushReceiveBio();
    }

    /** Calls the program with what each record holds: Twisted's _flushReceiveBIO. */
    @SuppressWarnings("ReferenceEquality") // the same connection, unless the program's call has ended it
    void flushReceiveBio() {
        PyOpenSslConnection open = own();
        if (open == null || !handshakeDone) {
            methods.flushReceiveBio.__call__(this);
            return;
        }
        TlsConnection tls = open.tls();
        while (!lost && plain == open) {
            ByteBuffer into = Bytes.onHeap(RECORD);
            Outcome outcome = tls.read(into);
            if (outcome == Outcome.WANT_READ) {
                break;
            }
            if (outcome == Outcome.CLOSED) {
                open.closedByPeer();
                invoke("_shutdownTLS");
                invoke("_tlsShutdownFinished", Py.None);
            } else if (outcome != Outcome.DONE) {
                methods.flushReceiveBio.__call__(this);
                return;
            } else if (!aborted) {
                wrapped.__getattr__("dataReceived").__call__(Bytes.ofHeap(into));
            }
        }
        if (plain == open) {
            send(open);
        }
    }
}
