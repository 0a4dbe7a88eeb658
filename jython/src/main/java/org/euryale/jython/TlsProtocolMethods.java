package org.euryale.jython;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyObject;
import org.python.core.PyStaticMethod;
import org.python.core.PyType;

/**
 * The methods and attributes that Twisted's TLS has from Java, in a subclass of its own class. What they do is {@link
 * PyTlsProtocol}'s.
 */
final class TlsProtocolMethods {
    private static final String[] OF_CONNECTION = {"send", "recv", "bio_read", "bio_write", "do_handshake"};

    private final PyType type;

    /** {@code OpenSSL.SSL.Connection}. */
    private final PyType connectionType;

    /** Twisted's class of what TLS that was put on a transport calls, and the methods that ours gives it. */
    private final PyType bypassType;

    private final PyObject bypassMethods;

    /** Twisted's own functions of these names, for all that is not done in Java. */
    final PyObject write;

    final PyObject received;

    final PyObject checkHandshakeStatus;
    final PyObject flushReceiveBio;
    final PyObject flushSendBio;

    /** What Twisted's code does when do_handshake() has come to something. */
    final PyObject concluded;

    private TlsProtocolMethods(PyType type, PyObject names) {
        this.type = type;
        connectionType = (PyType) names.__getattr__("connection");
        bypassType = (PyType) names.__getattr__("bypass");
        bypassMethods = names.__getattr__("bypassMethods");
        write = names.__getattr__("write");
        received = names.__getattr__("dataReceived");
        checkHandshakeStatus = names.__getattr__("_checkHandshakeStatus");
        flushReceiveBio = names.__getattr__("_flushReceiveBIO");
        flushSendBio = names.__getattr__("_flushSendBIO");
        concluded = names.__getattr__("concluded");
    }

    /**
     * Gives a class its methods; objects of it are made in Java from then on.
     *
     * @param names an object with {@code connection}, {@code bypass}, {@code bypassMethods}, {@code concluded}, and Twisted's
     *     own {@code write}, {@code dataReceived}, {@code _checkHandshakeStatus}, {@code _flushReceiveBIO} and {@code
     *     _flushSendBIO}
     */
    static void into(PyType type, PyObject names) {
        TlsProtocolMethods methods = new TlsProtocolMethods(type, names);
        type.__setattr__(
                "__new__",
                new PyStaticMethod(new Function(
                        new Signature("__new__", 1, 64, "cls"),
                        "One end of TLS that its constructor begins.",
                        a -> new PyTlsProtocol(methods, (PyType) SocketMethods.required(a[0])))));
        data(type);
        step(type, "_checkHandshakeStatus", "Goes on with the handshake.", PyTlsProtocol::checkHandshakeStatus);
        step(type, "_flushReceiveBIO", "Gives the program what has come.", PyTlsProtocol::flushReceiveBio);
        step(type, "_flushSendBIO", "Gives the transport what is to go.", PyTlsProtocol::flushSendBio);
        state(type);
    }

    PyType type() {
        return type;
    }

    /** A transport's stream when {@code below} is one, or what TLS that was put on one calls. */
    @SuppressWarnings("ReferenceEquality") // classes of the interpreter
    @Nullable
    PyTransport stream(PyObject below) {
        PyObject found = below;
        if (below.getType() == bypassType && below.__findattr__("_base") == bypassMethods) {
            found = below.__findattr__("_connection");
        }
        return found instanceof PyTransport transport && transport.isPlain() ? transport : null;
    }

    /** A connection whose class is OpenSSL.SSL's own, and which has no method of the program's. */
    @SuppressWarnings("ReferenceEquality") // classes of the interpreter
    @Nullable
    PyOpenSslConnection plain(PyObject connection) {
        if (!(connection instanceof PyOpenSslConnection own) || own.getType() != connectionType) {
            return null;
        }
        for (String name : OF_CONNECTION) {
            if (isReplaced(own, name)) {
                return null;
            }
        }
        return own;
    }

    /** Whether the program has put a method of its own into the object. */
    boolean isReplaced(ClassInstance object, String name) {
        PyObject dict = object.fastGetDict();
        return dict != null && dict.__finditem__(name) != null;
    }

    private static void data(PyType type) {
        new OneArgument<PyTlsProtocol>(
                        "write",
                        "bytes",
                        "Encrypts bytes and sends them, when the call that goes on returns.",
                        PyTlsProtocol::write)
                .into(type);
        new OneArgument<PyTlsProtocol>(
                        "writeSequence",
                        "iovec",
                        "Sends the strings of a sequence as one.",
                        (self, pieces) -> self.write(Py.EmptyString.join(pieces)))
                .into(type);
        new OneArgument<PyTlsProtocol>(
                        "dataReceived", "bytes", "Bytes of the transport have come.", PyTlsProtocol::received)
                .into(type);
    }

    private static void step(PyType type, String name, String doc, Consumer<PyTlsProtocol> does) {
        new Method<PyTlsProtocol>(new Signature(name, 0, 0), name + "()\n\n" + doc, (self, a) -> {
                    does.accept(self);
                    return Py.None;
                })
                .into(type);
    }

    private static void state(PyType type) {
        Attribute.<PyTlsProtocol>into(type, "transport", PyTlsProtocol::transport, PyTlsProtocol::transport);
        Attribute.<PyTlsProtocol>into(
                type, "_tlsConnection", t -> there(t.connection(), "_tlsConnection"), PyTlsProtocol::connection);
        Attribute.<PyTlsProtocol>into(type, "wrappedProtocol", t -> t.wrapped, (t, v) -> t.wrapped = v);
        Attribute.<PyTlsProtocol>into(
                type, "_appSendBuffer", t -> there(t.waiting, "_appSendBuffer"), (t, v) -> t.waiting = v);
        Attribute.<PyTlsProtocol>into(type, "connected", t -> t.connected, (t, v) -> t.connected = v);
        Attribute.<PyTlsProtocol>into(type, "disconnecting", t -> t.disconnecting, (t, v) -> t.disconnecting = v);
        Attribute.<PyTlsProtocol>into(type, "_producer", t -> t.producer, (t, v) -> t.producer = v);
        Attribute.<PyTlsProtocol>into(
                type,
                "_handshakeDone",
                t -> Py.newBoolean(t.handshakeDone),
                (t, v) -> t.handshakeDone = v.__nonzero__());
        Attribute.<PyTlsProtocol>into(
                type, "_lostTLSConnection", t -> Py.newBoolean(t.lost), (t, v) -> t.lost = v.__nonzero__());
        Attribute.<PyTlsProtocol>into(
                type, "_aborted", t -> Py.newBoolean(t.aborted), (t, v) -> t.aborted = v.__nonzero__());
    }

    private static PyObject there(@Nullable PyObject value, String name) {
        if (value == null) {
            throw Py.AttributeError(name);
        }
        return value;
    }
}
