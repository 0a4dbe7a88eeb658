package org.euryale.jython;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.euryale.posix.Connection;
import org.euryale.posix.Family;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.euryale.posix.SocketKernel;
import org.euryale.posix.StreamSocket;
import org.euryale.reactor.Reason;
import org.euryale.reactor.StreamHandler;
import org.euryale.reactor.StreamTransport;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;
import org.python.core.PyType;
import org.python.core.PyUnicode;

/*
 * A transport of Twisted whose hot path is Java
 * ---------------------------------------------
 * Its Python type is a class of the interpreter, a subclass of twisted.internet.tcp.Server or Client, so everything that
 * Twisted's own classes say of a transport (interfaces, methods, class attributes) holds for it. What is called for each
 * message is in the class as methods of Java (TransportMethods); what Twisted's Python code reads and sets of a
 * transport (connected, protocol, producer ...) is in fields here that look like attributes. So a method of Twisted that
 * is not replaced runs on it as on any transport, and what a program patches, in the class or in the object, is found
 * by the ordinary look-up.
 *
 * A client begins in Python: Twisted's own code makes the socket, resolves, connects, with the object as a reader and
 * writer like any other. When it is connected the stream takes over (establish). An accepted one has its stream at once,
 * and its Python socket object only if somebody asks for it.
 */

/** A connection as Twisted's protocols see it. Used in the reactor's thread. */
final class PyTransport extends ClassInstance implements StreamHandler {
    private static final long serialVersionUID = 1L;

    /** What the log calls a client before it is connected, as Twisted's. */
    private static final PyString UNINITIALIZED = new PyString("Uninitialized");

    transient @Nullable TwistedReactor core;

    /** Null until a client is connected. */
    transient @Nullable StreamTransport<PyString> stream;

    @Nullable
    PyObject reactor;

    @Nullable
    PyObject protocol;

    /** The protocol that it was made with: the log's prefix and repr() are of that. */
    private @Nullable PyObject first;

    /** The Python socket object, when there is one. */
    private @Nullable PyObject socket;

    private boolean socketDeleted;
    PyObject connected = Py.Zero;
    PyObject disconnected = Py.Zero;
    PyObject disconnecting = Py.Zero;
    PyObject writeDisconnecting = Py.False;
    PyObject writeDisconnected = Py.False;
    PyObject producer = Py.None;
    PyObject streaming = Py.False;
    boolean producerPaused;
    PyObject tls = Py.False;
    private boolean aborting;

    /** Bytes; with more waiting a streaming producer is paused. */
    int bufferSize = 64 * 1024;

    /** Several writes are made that count as one. */
    private boolean sequence;

    /** Of an accepted connection: the port, its number there, and what is made of these when asked for. */
    @Nullable
    PyObject server;

    int sessionNumber;
    private @Nullable PyObject client;
    private @Nullable PyObject logPrefix;
    private @Nullable PyObject repr;

    /** One that Python makes, by calling its class. */
    PyTransport(PyType type) {
        super(type);
    }

    /** An accepted connection. */
    PyTransport(TwistedReactor core, PyObject port, StreamSocket socket, int descriptor, PyObject protocol)
            throws PosixException {
        super(core.names.server);
        this.core = core;
        reactor = core.reactor;
        server = port;
        this.protocol = protocol;
        first = protocol;
        PyObject number = port.__getattr__("sessionno");
        sessionNumber = Values.integer(number);
        port.__setattr__("sessionno", Py.newInteger(sessionNumber + 1));
        connected = Py.One;
        begin(core, socket, descriptor);
        startReading();
    }

    private void begin(TwistedReactor owner, Connection file, int descriptor) throws PosixException {
        SocketKernel kernel = owner.process.sockets();
        StreamTransport<PyString> made = file.family() == Family.UNIX && kernel != null
                ? new UnixTransport(owner, file, descriptor, this, kernel)
                : new StreamTransport<>(owner.loop, file, descriptor, TwistedReactor.STRINGS, this);
        made.mark(bufferSize);
        stream = made;
    }

    /** There is a connection behind the Python socket: from here on it is served in Java. */
    void establish(TwistedReactor owner) {
        PyObject own = socket;
        if (own == null) {
            throw Py.AttributeError("socket");
        }
        core = owner;
        int descriptor = Values.integer(own.invoke("fileno"));
        OpenFile file = owner.process.descriptors().fileOrNull(descriptor);
        if (file instanceof Connection connection) {
            try {
                begin(owner, connection, descriptor);
            } catch (PosixException e) {
                throw owner.process.errors().socketError(e);
            }
        }
    }

    // ---------------------------------------------------------------- the Python object

    @Override
    String shown() {
        return "<transport>";
    }

    /** Whether its class is the reactor's, not one that a program has made of it. */
    @SuppressWarnings("ReferenceEquality") // classes of the interpreter
    boolean isPlain() {
        TwistedReactor owner = core;
        return owner != null && (getType() == owner.names.server || getType() == owner.names.client);
    }

    // ---------------------------------------------------------------- what Python calls

    void write(PyObject data) {
        if (tls.__nonzero__()) {
            if (connected.__nonzero__()) {
                protocolOrNone().invoke("write", data);
            }
            return;
        }
        writeRaw(data);
    }

    void writeRaw(PyObject data) {
        if (data instanceof PyUnicode) {
            throw Py.TypeError("Data must not be unicode");
        }
        StreamTransport<PyString> open = stream;
        if (open == null || !connected.__nonzero__()) {
            return;
        }
        if (data instanceof PyString bytes) {
            open.write(bytes);
        } else if (data.__nonzero__()) {
            requireLength(data);
            open.write(new PyString(Bytes.sendable(data, "Data must be bytes")));
        }
    }

    /** Raises what len() does of an object that has none, as Twisted's write does. */
    private static void requireLength(PyObject data) {
        try {
            data.__len__();
        } catch (PyException e) {
            if (e.match(Py.AttributeError)) {
                throw Py.TypeError("object of type '" + Values.typeName(data) + "' has no len()");
            }
            throw e;
        }
    }

    /** The same of somebody's buffer, which goes back when it is not used any more. */
    void writeRaw(ByteBuffer bytes, Consumer<ByteBuffer> back) {
        StreamTransport<PyString> open = stream;
        if (open != null && connected.__nonzero__()) {
            open.write(bytes, back);
        } else {
            back.accept(bytes);
        }
    }

    /**
     * Writes {@code count} bytes of a file from {@code position} on without their coming here; false when that is not what write()
     * would do, or cannot be: nothing is done then.
     */
    boolean writeFile(int fileno, long position, long count) {
        StreamTransport<PyString> open = stream;
        PyObject own = fastGetDict();
        if (open == null
                || open instanceof UnixTransport
                || !isPlain()
                || tls.__nonzero__()
                || !connected.__nonzero__()
                || (own != null && own.__finditem__("write") != null)) {
            return false;
        }
        try {
            open.writeFile(fileno, position, count);
            return true;
        } catch (PosixException e) { // no regular file, or no room for another descriptor of it
            return false;
        }
    }

    void writeSequence(PyObject pieces) {
        if (tls.__nonzero__()) {
            if (connected.__nonzero__()) {
                protocolOrNone().invoke("writeSequence", pieces);
            }
            return;
        }
        writeSequenceRaw(pieces);
    }

    void writeSequenceRaw(PyObject pieces) {
        PyTuple fixed = PyTuple.fromIterable(pieces);
        for (int i = 0; i < fixed.__len__(); i++) {
            if (fixed.pyget(i) instanceof PyUnicode) {
                throw Py.TypeError("Data must not be unicode");
            }
        }
        StreamTransport<PyString> open = stream;
        if (open == null || !connected.__nonzero__()) {
            return;
        }
        // Twisted counts them all, too, before any of them is sent.
        for (int i = 0; i < fixed.__len__(); i++) {
            if (!(fixed.pyget(i) instanceof PyString)) {
                requireLength(fixed.pyget(i));
            }
        }
        sequence = true;
        try {
            for (int i = 0; i < fixed.__len__(); i++) {
                writeRaw(fixed.pyget(i));
            }
        } finally {
            sequence = false;
        }
        if (open.pending() > bufferSize) {
            full();
        }
    }

    void lose() {
        if (tls.__nonzero__()) {
            if (connected.__nonzero__() && !disconnecting.__nonzero__()) {
                protocolOrNone().invoke("loseConnection");
            }
            return;
        }
        loseRaw();
    }

    void loseRaw() {
        if (!connected.__nonzero__() || disconnecting.__nonzero__()) {
            return;
        }
        StreamTransport<PyString> open = stream;
        if (writeDisconnected.__nonzero__() && core != null) {
            stopReading();
            stopWriting();
            invoke("connectionLost", core.names.done);
            return;
        }
        disconnecting = Py.One;
        if (open != null) {
            open.lose();
        }
    }

    void abort() {
        if (disconnected.__nonzero__() || aborting) {
            return;
        }
        aborting = true;
        StreamTransport<PyString> open = stream;
        if (open != null) {
            open.abort();
        }
    }

    void shutdownWrite() {
        writeDisconnecting = Py.True;
        StreamTransport<PyString> open = stream;
        if (open != null) {
            open.shutdownWrite();
        }
    }

    void startReading() {
        StreamTransport<PyString> open = stream;
        if (open != null) {
            open.resumeReading();
        } else if (reactor != null) {
            reactor.invoke("addReader", this);
        }
    }

    void stopReading() {
        StreamTransport<PyString> open = stream;
        if (open != null) {
            open.pauseReading();
        } else if (reactor != null) {
            reactor.invoke("removeReader", this);
        }
    }

    void startWriting() {
        StreamTransport<PyString> open = stream;
        if (open != null) {
            open.startWriting();
        } else if (reactor != null) {
            reactor.invoke("addWriter", this);
        }
    }

    void stopWriting() {
        StreamTransport<PyString> open = stream;
        if (open != null) {
            open.stopWriting();
        } else if (reactor != null) {
            reactor.invoke("removeWriter", this);
        }
    }

    /** What connectionLost of Twisted's Connection does, without asking for a socket object that is not there. */
    @SuppressWarnings("ReferenceEquality") // the one Failure that most connections end with
    void ended(PyObject reason) {
        if (!hasSocket()) {
            return;
        }
        disconnected = Py.One;
        connected = Py.Zero;
        if (!Values.isNone(producer)) {
            producer.invoke("stopProducing");
            producer = Py.None;
        }
        invoke("stopReading");
        invoke("stopWriting");
        TwistedNames names = owner().names;
        boolean orderly =
                reason == names.done || !reason.invoke("check", names.aborted).__nonzero__();
        invoke("_closeSocket", Py.newBoolean(orderly));
        PyObject told = protocolOrNone();
        protocol = null;
        deleteSocket();
        told.invoke("connectionLost", reason);
    }

    /** Closes the socket as Twisted's _SocketCloser does; a Python socket object closes itself. */
    boolean closeStream(boolean orderly) {
        StreamTransport<PyString> open = stream;
        if (open == null) {
            return false;
        }
        if (socket != null) {
            open.detach();
            return false;
        }
        open.close(!orderly);
        return true;
    }

    // ---------------------------------------------------------------- attributes

    private PyObject protocolOrNone() {
        PyObject now = protocol;
        return now == null ? Py.None : now;
    }

    @Nullable
    PyObject socket() {
        StreamTransport<PyString> open = stream;
        TwistedReactor owner = core;
        if (socket == null && !socketDeleted && open != null && owner != null) {
            int family = LibcSockets.number(open.socket().family());
            PosixProcess process = owner.process;
            PySocket face =
                    new PySocket(process, process.descriptors(), process.socketType(), open.descriptor(), family, 1, 0);
            face.timeout(0);
            socket = owner.names.socket.__call__(new PyObject[] {Py.newInteger(family), Py.One, Py.Zero, face});
        }
        return socket;
    }

    /** Whether {@link #socket()} has one to give. */
    boolean hasSocket() {
        return socket != null || (!socketDeleted && stream != null);
    }

    void socket(PyObject object) {
        socket = object;
        socketDeleted = false;
    }

    void deleteSocket() {
        socket = null;
        socketDeleted = true;
    }

    int descriptor() {
        StreamTransport<PyString> open = stream;
        if (open != null && !open.isOver()) {
            return open.descriptor();
        }
        PyObject own = socket;
        return own == null ? -1 : Values.integer(own.invoke("fileno"));
    }

    /** The socket of a connection that is there; AttributeError as Twisted's without one. */
    Connection open() {
        StreamTransport<PyString> open = stream;
        if (open == null || open.isOver()) {
            throw Py.AttributeError("'" + Values.typeName(this) + "' object has no attribute 'socket'");
        }
        return open.socket();
    }

    void bufferSize(int bytes) {
        bufferSize = bytes;
        StreamTransport<PyString> open = stream;
        if (open != null) {
            open.mark(bytes);
        }
    }

    void protocol(PyObject object) {
        if (first == null) {
            first = object;
        }
        protocol = object;
    }

    /** The peer's address as accept told it. */
    @Nullable
    PyObject client() {
        StreamTransport<PyString> open = stream;
        if (client == null && open != null && open.socket() instanceof StreamSocket accepted) {
            try {
                client = SocketAddresses.tuple(accepted.acceptedFrom(), accepted.family());
            } catch (PosixException e) {
                return null;
            }
        }
        return client;
    }

    void client(PyObject tuple) {
        client = tuple;
    }

    PyObject logPrefix() {
        if (logPrefix == null && server != null && core != null && first != null) {
            logPrefix = core.names.prefix.__call__(this, first);
        }
        return logPrefix == null ? UNINITIALIZED : logPrefix;
    }

    void logPrefix(PyObject text) {
        logPrefix = text;
    }

    @Nullable
    PyObject representation() {
        if (repr == null && server != null && core != null && first != null) {
            repr = core.names.name.__call__(this, first);
        }
        return repr;
    }

    void representation(PyObject text) {
        repr = text;
    }

    // ---------------------------------------------------------------- what the stream tells

    TwistedReactor owner() {
        return java.util.Objects.requireNonNull(core);
    }

    @Override
    public void received(ByteBuffer bytes) {
        TwistedReactor owner = owner();
        PyObject before = owner.current;
        owner.current = this;
        try {
            if (!(stream instanceof UnixTransport)
                    && protocol instanceof PyTlsProtocol secured
                    && secured.received(bytes)) {
                return;
            }
            PyString data = Bytes.rest(bytes); // before anything is called: the buffer is the reactor's
            owner.loop.received(data);
            if (stream instanceof UnixTransport unix) {
                tellBeside(unix);
            }
            PyObject method = protocolOrNone().__getattr__("dataReceived");
            PyObject result = method.__call__(owner.threadState(), data);
            if (!Values.isNone(result)) {
                owner.names.warnOfResult.__call__(method);
            }
        } catch (RuntimeException | Error e) {
            raised(owner, e);
        } finally {
            owner.current = before;
        }
    }

    /** Runs what bytes of the peer's have come to later; what it raises ends the connection, as in {@link #received}. */
    void serve(Runnable call) {
        TwistedReactor owner = owner();
        PyObject before = owner.current;
        owner.current = this;
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            raised(owner, e);
        } finally {
            owner.current = before;
        }
    }

    /** Descriptors come before the bytes that they came with, as Twisted's. */
    private void tellBeside(UnixTransport unix) {
        PyList beside;
        try {
            beside = unix.takeBeside();
        } catch (PosixException e) {
            throw owner().process.errors().socketError(e);
        }
        if (beside != null) {
            invoke("_beside", beside);
        }
    }

    void sendFileDescriptor(PyObject number) {
        if (stream instanceof UnixTransport unix) {
            unix.attach(Values.integer(number));
        } else {
            throw Py.AttributeError("sendFileDescriptor");
        }
    }

    /** As Twisted's loop: logged, with the transport's prefix, and the end of the connection. */
    private void raised(TwistedReactor owner, Throwable thrown) {
        owner.thrown(thrown);
        StreamTransport<PyString> open = stream;
        if (open != null) {
            open.end(Reason.raised(thrown));
        }
    }

    @Override
    public void readEnded() {
        call(this, "readConnectionLost", owner().names.done);
    }

    @Override
    public void full() {
        if (!sequence && !Values.isNone(producer) && streaming.__nonzero__()) {
            producerPaused = true;
            producer.invoke("pauseProducing");
        }
    }

    @Override
    public boolean drained() {
        if (Values.isNone(producer) || (streaming.__nonzero__() && !producerPaused)) {
            return false;
        }
        producerPaused = false;
        TwistedReactor owner = owner();
        PyObject before = owner.current;
        owner.current = this;
        try {
            producer.invoke("resumeProducing");
        } catch (RuntimeException | Error e) {
            raised(owner, e);
        } finally {
            owner.current = before;
        }
        return true;
    }

    @Override
    public void writeEnded() {
        writeDisconnected = Py.True;
        TwistedReactor owner = owner();
        PyObject before = owner.current;
        owner.current = this;
        try {
            invoke("_closeWriteConnection");
        } catch (RuntimeException | Error e) {
            raised(owner, e);
        } finally {
            owner.current = before;
        }
    }

    @Override
    public void lost(Reason reason) {
        TwistedReactor owner = owner();
        PyObject failure = switch (reason.kind()) {
            case DONE -> owner.names.done;
            case LOST -> owner.names.lost;
            case ABORTED -> owner.names.failure.__call__(owner.names.aborted.__call__());
            case RAISED -> owner.names.failure.__call__(raised(reason));
        };
        // Twisted aborts in a delayed call, which is nobody's.
        call(reason.kind() == Reason.Kind.ABORTED ? owner.current : this, "connectionLost", failure);
    }

    private static PyObject raised(Reason reason) {
        org.python.core.PyException e = Py.JavaError(java.util.Objects.requireNonNull(reason.thrown()));
        e.normalize();
        return e.value;
    }

    private void call(@Nullable PyObject whose, String name, PyObject argument) {
        TwistedReactor owner = owner();
        PyObject before = owner.current;
        owner.current = whose;
        try {
            invoke(name, argument);
        } catch (RuntimeException | Error e) {
            owner.thrown(e);
        } finally {
            owner.current = before;
        }
    }
}
