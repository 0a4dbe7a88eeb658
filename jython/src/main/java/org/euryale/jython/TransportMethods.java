package org.euryale.jython;

import java.util.Arrays;
import java.util.Objects;
import org.euryale.posix.Option;
import org.euryale.posix.PosixException;
import org.euryale.reactor.StreamTransport;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyDataDescr;
import org.python.core.PyObject;
import org.python.core.PyStaticMethod;
import org.python.core.PyString;
import org.python.core.PyType;

/** The methods and attributes that a class of transports has from Java. What they do is {@link PyTransport}'s. */
final class TransportMethods {
    private TransportMethods() {}

    /**
     * @param original Twisted's class, of which objects are made while functions of it are replaced
     */
    @SuppressWarnings("ReferenceEquality") // the very class, not one that was derived from it
    static void into(PyType type, PyType original, ReplacedMethods replaced) {
        type.__setattr__(
                "__new__",
                new PyStaticMethod(new Function(
                        new Signature("__new__", 1, 64, "cls"), "A transport that has no connection yet.", a -> {
                            PyType cls = (PyType) SocketMethods.required(a[0]);
                            return cls == type && replaced.any() ? original.__call__(rest(a)) : new PyTransport(cls);
                        })));
        new OneArgument<PyTransport>(
                        "write", "data", "Sends data, when the call that goes on returns.", PyTransport::write)
                .into(type);
        writing(type);
        options(type);
        flow(type);
        state(type);
        accepted(type);
    }

    private static PyObject[] rest(@Nullable PyObject[] arguments) {
        return Arrays.stream(arguments).skip(1).takeWhile(Objects::nonNull).toArray(PyObject[]::new);
    }

    /** The methods of a class of UNIX connections that others have not. */
    static void unix(PyType type) {
        method(
                type,
                "sendFileDescriptor",
                "fileno",
                "Sends a descriptor with the next byte.",
                PyTransport::sendFileDescriptor);
    }

    private interface Does {
        void on(PyTransport transport);
    }

    private interface DoesWith {
        void on(PyTransport transport, PyObject argument);
    }

    private static void method(PyType type, String name, String doc, Does does) {
        new Method<PyTransport>(new Signature(name, 0, 0), name + "()\n\n" + doc, (t, a) -> {
                    does.on(t);
                    return Py.None;
                })
                .into(type);
    }

    private static void method(PyType type, String name, String argument, String doc, DoesWith does) {
        new Method<PyTransport>(new Signature(name, 1, 1, argument), name + "(" + argument + ")\n\n" + doc, (t, a) -> {
                    does.on(t, SocketMethods.required(a[0]));
                    return Py.None;
                })
                .into(type);
    }

    private static void writing(PyType type) {
        method(type, "writeSequence", "iovec", "Sends each of a sequence.", PyTransport::writeSequence);
        method(type, "_writeRaw", "data", "As write, below TLS.", PyTransport::writeRaw);
        method(type, "_writeSequenceRaw", "iovec", "As writeSequence, below TLS.", PyTransport::writeSequenceRaw);
        method(type, "_loseRaw", "As loseConnection, below TLS.", PyTransport::loseRaw);
        new Method<PyTransport>(
                        new Signature("_writeFile", 3, 3, "fileno", "position", "count"),
                        "_writeFile(fileno, position, count)\n\nWrites a part of a file, if that can be done as it is.",
                        (t, a) -> Py.newBoolean(t.writeFile(
                                Values.integer(SocketMethods.required(a[0])),
                                SocketMethods.required(a[1]).asLong(),
                                SocketMethods.required(a[2]).asLong())))
                .into(type);
        new Method<PyTransport>(
                        new Signature("loseConnection", 0, 1, "_connDone"),
                        "loseConnection()\n\nCloses the connection once everything is sent.",
                        (t, a) -> {
                            t.lose();
                            return Py.None;
                        })
                .into(type);
        method(type, "abortConnection", "Ends the connection with a reset.", PyTransport::abort);
        method(type, "loseWriteConnection", "Ends this way, once everything is sent.", PyTransport::shutdownWrite);
        PyObject inherited = type.__getattr__("_closeSocket");
        method(type, "_closeSocket", "orderly", "Closes the socket, with a reset if not orderly.", (t, orderly) -> {
            if (!t.closeStream(orderly.__nonzero__())) {
                inherited.__call__(t, orderly);
            }
        });
        method(
                type,
                "_ended",
                "reason",
                "What connectionLost does of a connection that there was.",
                PyTransport::ended);
    }

    private static void options(PyType type) {
        option(type, "TcpNoDelay", Option.TCP_NODELAY);
        option(type, "TcpKeepAlive", Option.SO_KEEPALIVE);
    }

    private static void option(PyType type, String name, Option option) {
        method(type, "set" + name, "enabled", "Sets the socket's option.", (t, value) -> {
            try {
                t.open().setOption(option, value.__nonzero__() ? 1 : 0);
            } catch (PosixException e) {
                throw PosixProcess.current().errors().socketError(e);
            }
        });
        new Method<PyTransport>(
                        new Signature("get" + name, 0, 0),
                        "get" + name + "() -> bool\n\nThe socket's option.",
                        (t, a) -> {
                            try {
                                return Py.newBoolean(t.open().option(option) != 0);
                            } catch (PosixException e) {
                                throw PosixProcess.current().errors().socketError(e);
                            }
                        })
                .into(type);
    }

    private static void flow(PyType type) {
        method(type, "startReading", "Reads from now on.", PyTransport::startReading);
        method(type, "stopReading", "Reads no more.", PyTransport::stopReading);
        method(type, "pauseProducing", "Reads no more.", PyTransport::stopReading);
        method(type, "startWriting", "Writes from now on.", PyTransport::startWriting);
        method(type, "stopWriting", "Writes no more.", PyTransport::stopWriting);
        method(type, "resumeProducing", "Reads from now on, unless the connection ends.", t -> {
            if (t.connected.__nonzero__() && !t.disconnecting.__nonzero__()) {
                t.startReading();
            }
        });
    }

    // ---------------------------------------------------------------- attributes

    private interface Reads {
        @Nullable
        PyObject of(PyTransport transport);
    }

    private interface Deletes {
        void from(PyTransport transport);
    }

    private static void attribute(PyType type, String name, Reads reads, DoesWith writes) {
        attribute(type, name, reads, writes, t -> {
            throw Py.AttributeError(name);
        });
    }

    private static void attribute(PyType type, String name, Reads reads, DoesWith writes, Deletes deletes) {
        type.__setattr__(name.intern(), new Attribute(type, name, reads, writes, deletes));
    }

    private static void state(PyType type) {
        attribute(type, "protocol", t -> t.protocol, PyTransport::protocol, t -> t.protocol = null);
        attribute(type, "reactor", t -> t.reactor, (t, v) -> t.reactor = v, t -> t.reactor = null);
        attribute(type, "connected", t -> t.connected, (t, v) -> t.connected = v);
        attribute(type, "disconnected", t -> t.disconnected, (t, v) -> t.disconnected = v);
        attribute(type, "disconnecting", t -> t.disconnecting, (t, v) -> t.disconnecting = v);
        attribute(type, "_writeDisconnecting", t -> t.writeDisconnecting, (t, v) -> t.writeDisconnecting = v);
        attribute(type, "_writeDisconnected", t -> t.writeDisconnected, (t, v) -> t.writeDisconnected = v);
        attribute(type, "producer", t -> t.producer, (t, v) -> t.producer = v);
        attribute(type, "streamingProducer", t -> t.streaming, (t, v) -> t.streaming = v);
        attribute(
                type,
                "producerPaused",
                t -> Py.newBoolean(t.producerPaused),
                (t, v) -> t.producerPaused = v.__nonzero__());
        attribute(type, "bufferSize", t -> Py.newInteger(t.bufferSize), (t, v) -> t.bufferSize(Values.integer(v)));
        attribute(type, "TLS", t -> t.tls, (t, v) -> t.tls = v);
        attribute(type, "_tempDataLen", TransportMethods::pending, (t, v) -> {}); // Twisted's constructor sets it to 0
        attribute(type, "socket", PyTransport::socket, PyTransport::socket, PyTransport::deleteSocket);
        attribute(
                type,
                "fileno",
                t -> new Function(
                        new Signature("fileno", 0, 0),
                        "fileno() -> int\n\nThe descriptor, -1 when it is closed.",
                        a -> Py.newInteger(t.descriptor())),
                (t, v) -> {},
                t -> {}); // Twisted sets it to the socket's, and deletes it with the socket
    }

    private static PyObject pending(PyTransport transport) {
        StreamTransport<PyString> stream = transport.stream;
        return stream == null ? Py.Zero : Py.newInteger(stream.pending());
    }

    private static void accepted(PyType type) {
        attribute(type, "server", t -> t.server, (t, v) -> t.server = v);
        attribute(type, "client", PyTransport::client, PyTransport::client);
        attribute(
                type, "sessionno", t -> Py.newInteger(t.sessionNumber), (t, v) -> t.sessionNumber = Values.integer(v));
        attribute(
                type,
                "hostname",
                t -> {
                    PyObject client = t.client();
                    return client == null ? null : client.__getitem__(0);
                },
                (t, v) -> {}); // the peer's, whatever is said
        attribute(type, "logstr", PyTransport::logPrefix, PyTransport::logPrefix);
        attribute(type, "repstr", PyTransport::representation, PyTransport::representation);
    }

    private static final class Attribute extends PyDataDescr {
        private static final long serialVersionUID = 1L;

        private final transient Reads reads;
        private final transient DoesWith writes;
        private final transient Deletes deletes;

        Attribute(PyType type, String name, Reads reads, DoesWith writes, Deletes deletes) {
            super(type, name, PyObject.class, "");
            this.reads = reads;
            this.writes = writes;
            this.deletes = deletes;
        }

        @Override
        public Object invokeGet(PyObject self) {
            PyObject value = reads.of((PyTransport) self);
            if (value == null) {
                throw Py.AttributeError("'" + Values.typeName(self) + "' object has no attribute '" + getName() + "'");
            }
            return value;
        }

        @Override
        public void invokeSet(PyObject self, Object value) {
            writes.on((PyTransport) self, (PyObject) value);
        }

        @Override
        public void invokeDelete(PyObject self) {
            deletes.from((PyTransport) self);
        }

        @Override
        public boolean implementsDescrGet() {
            return true;
        }

        @Override
        public boolean implementsDescrSet() {
            return true;
        }

        @Override
        public boolean implementsDescrDelete() {
            return true;
        }
    }
}
