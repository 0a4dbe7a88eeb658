package org.euryale.jython;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.ToIntFunction;
import org.euryale.posix.Errno;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.euryale.posix.Socket;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyBuiltinFunction;
import org.python.core.PyMethodDescr;
import org.python.core.PyObject;
import org.python.core.PyStaticMethod;
import org.python.core.PyString;
import org.python.core.PyTuple;
import org.python.core.PyType;

/** The methods of {@code _socket.socket}: arguments in, errors out. What they do is {@link PySocket}'s. */
final class SocketMethods {
    static final String TYPE_DOC = "socket([family[, type[, proto]]]) -> socket object\n\n"
            + "A TCP or UDP socket on IPv4 or IPv6, or a UNIX socket. Non-blocking and timeout modes are set by\n"
            + "setblocking() and settimeout(); every other method is the system call of\n"
            + "its name, and raises socket.error(errno, text) where that fails.";

    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;

    static final int SOCK_TYPE_MASK = 0xf;

    private static final int MAX_OPTION = 1024;

    private SocketMethods() {}

    static void into(PyType type, PosixProcess process) {
        Function.Body opened = Trace.ofNew("socket", SocketMethods::open);
        type.__setattr__("__new__", new PyStaticMethod(new New(process)));
        type.__setattr__(
                "__init__",
                new PyMethodDescr(
                        type,
                        new Method<PySocket>(
                                new Signature("socket", 0, 3, "family", "type", "proto"),
                                "x.__init__(...) initializes x; see help(type(x)) for signature",
                                (self, a) -> {
                                    opened.call(new @Nullable PyObject[] {self, a[0], a[1], a[2]});
                                    return Py.None;
                                })));
        new Recv().into(type);
        new Send().into(type);
        connecting(type);
        data(type);
        settings(type);
        attribute(type, "family", self -> Py.newInteger(self.family));
        attribute(type, "type", self -> Py.newInteger(self.type));
        attribute(type, "proto", self -> Py.newInteger(self.protocol));
        attribute(type, "timeout", self -> Py.newFloat(Math.max(-1, self.timeout())));
    }

    /** Takes any arguments, which are for the {@code __init__} of a subclass. */
    private static final class New extends PyBuiltinFunction {
        private static final long serialVersionUID = 1L;

        private final transient PosixProcess process;

        New(PosixProcess process) {
            super("__new__", -1, -1, "T.__new__(S, ...) -> a new object with type S, a subtype of T");
            this.process = process;
        }

        @Override
        public PyObject __call__(PyObject[] arguments, String[] keywords) {
            if (arguments.length == keywords.length) {
                throw Py.TypeError("_socket.socket.__new__(): not enough arguments");
            }
            if (!(arguments[0] instanceof PyType cls)) {
                throw Py.TypeError("_socket.socket.__new__(X): X is not a type object ("
                        + arguments[0].getType().fastGetName() + ")");
            }
            return new PySocket(process, cls);
        }
    }

    private static PyObject open(@Nullable PyObject[] a) {
        PySocket self = (PySocket) required(a[0]);
        try {
            self.open(Values.integer(a[1], AF_INET), Values.integer(a[2], SOCK_STREAM), Values.integer(a[3], 0));
            return self;
        } catch (PosixException e) {
            throw self.process.errors().socketError(e);
        }
    }

    /** {@code fromfd}: the descriptor is dup()ed, so closing one does not close the other. */
    static PyObject fromDescriptor(PosixProcess process, @Nullable PyObject[] a) {
        int descriptor = Values.integer(required(a[0]));
        int family = Values.integer(required(a[1]));
        int type = Values.integer(required(a[2]));
        int protocol = Values.integer(a[3], 0);
        try {
            OpenFile file = process.descriptors().file(descriptor);
            return new PySocket(process, process.socketType(), file, family, type, protocol);
        } catch (PosixException e) {
            throw process.errors().socketError(e);
        }
    }

    // ---------------------------------------------------------------- hot methods

    /** The one call a message is read by. */
    private static final class Recv extends Method<PySocket> {
        private static final long serialVersionUID = 1L;

        Recv() {
            super(
                    new Signature("recv", 1, 2),
                    "recv(buffersize[, flags]) -> str\n\n"
                            + "At most buffersize bytes; waits for the first as the timeout says. '' is the\n"
                            + "end of file. Flags: MSG_PEEK, MSG_DONTWAIT, MSG_WAITALL.",
                    (self, a) -> self.recv(Values.integer(required(a[0])), Values.integer(a[1], 0)));
        }

        @Override
        public PyObject __call__(PyObject size) {
            return self().recv(Values.integer(size), 0);
        }
    }

    /** The one call a message is written by. */
    private static final class Send extends Method<PySocket> {
        private static final long serialVersionUID = 1L;

        Send() {
            super(
                    new Signature("send", 1, 2),
                    "send(data[, flags]) -> count\n\n"
                            + "Sends what the kernel takes of data, which may be less than all of it.",
                    (self, a) -> send(self, required(a[0]), Values.integer(a[1], 0)));
        }

        @Override
        public PyObject __call__(PyObject data) {
            return send(self(), data, 0);
        }

        private static PyObject send(PySocket self, PyObject data, int flags) {
            return Py.newInteger(self.send(Bytes.sendable(data, "send() argument 1 must be string or buffer"), flags));
        }
    }

    // ---------------------------------------------------------------- connections

    private static void connecting(PyType type) {
        method(type, "accept", 0, 0, "accept() -> (socket, address)\n\nThe next connection.", (s, a) -> s.accept());
        method(type, "bind", 1, 1, "bind(address)\n\nBinds to the local address, at once.", (s, a) -> {
            SocketAddress address = address(s, required(a[0]));
            return done(s, file -> file.bind(address));
        });
        method(type, "listen", 1, 1, "listen(backlog)\n\nLets others connect; backlog may wait for accept.", (s, a) -> {
            int backlog = Values.integer(required(a[0]));
            return done(s, file -> file.listen(backlog));
        });
        method(type, "connect", 1, 1, "connect(address)\n\nConnects, waiting as the timeout says.", (s, a) -> {
            Errno error = s.connect(address(s, required(a[0])), false);
            if (error != null) {
                throw s.process.errors().socketError(error);
            }
            return Py.None;
        });
        method(
                type,
                "connect_ex",
                1,
                1,
                "connect_ex(address) -> errno\n\nAs connect; the error is returned.",
                (s, a) -> {
                    Errno error = s.connect(address(s, required(a[0])), true);
                    return Py.newInteger(error == null ? 0 : Platform.number(error));
                });
        method(type, "shutdown", 1, 1, "shutdown(how)\n\nEnds reading (0), writing (1) or both (2).", (s, a) -> {
            int how = Values.integer(required(a[0]));
            return done(s, file -> {
                if (how < 0 || how > 2) {
                    throw new PosixException(Errno.EINVAL);
                }
                file.shutdown(how != 1, how != 0);
            });
        });
        method(type, "close", 0, 0, "close()\n\nCloses the descriptor; those who wait for it get EBADF.", (s, a) -> {
            s.close();
            return Py.None;
        });
        method(type, "_reuse", 0, 0, "_reuse()\n\nCounts one more holder; see _drop.", (s, a) -> {
            s.reuse();
            return Py.None;
        });
        method(type, "_drop", 0, 0, "_drop()\n\nCounts one holder less, and closes with the last.", (s, a) -> {
            s.drop();
            return Py.None;
        });
        method(type, "dup", 0, 0, "dup() -> socket\n\nAnother descriptor for the same socket.", (s, a) -> {
            try {
                return s.another(s.table.file(s.descriptor()));
            } catch (PosixException e) {
                throw s.raised(e);
            }
        });
        method(
                type,
                "makefile",
                0,
                2,
                "makefile([mode[, bufsize]])\n\nNot of this type: use socket.socket's.",
                (s, a) -> {
                    throw s.process.errors().socketError(Errno.EOPNOTSUPP);
                });
        method(
                type,
                "getsockname",
                0,
                0,
                "getsockname() -> address\n\nThe local address.",
                (s, a) -> address(s, file -> file.localAddress()));
        method(
                type,
                "getpeername",
                0,
                0,
                "getpeername() -> address\n\nThe peer's address.",
                (s, a) -> address(s, file -> file.remoteAddress()));
    }

    // ---------------------------------------------------------------- data

    private static void data(PyType type) {
        method(type, "sendall", 1, 2, "sendall(data[, flags])\n\nSends all of data or raises.", (s, a) -> {
            s.sendAll(
                    Bytes.sendable(required(a[0]), "sendall() argument 1 must be string or buffer"),
                    Values.integer(a[1], 0));
            return Py.None;
        });
        method(
                type,
                "sendto",
                2,
                3,
                "sendto(data[, flags], address) -> count\n\nSends a datagram. On TCP the address is not used.",
                (s, a) -> {
                    String data = Bytes.sendable(required(a[0]), "sendto() argument 1 must be string or buffer");
                    PyObject last = a[2];
                    int flags = last == null ? 0 : Values.integer(required(a[1]));
                    return Py.newInteger(s.sendTo(data, flags, address(s, last == null ? required(a[1]) : last)));
                });
        method(
                type,
                "recvfrom",
                1,
                2,
                "recvfrom(buffersize[, flags]) -> (data, address)\n\nA datagram and its sender, who is None on TCP.",
                (s, a) -> recvFrom(s, Values.integer(required(a[0])), Values.integer(a[1], 0)));
        new Method<PySocket>(
                        new Signature("recv_into", 1, 3, "buffer", "nbytes", "flags"),
                        "recv_into(buffer[, nbytes[, flags]]) -> count\n\nAs recv, into a writable buffer.",
                        (s, a) -> Py.newInteger(recvInto(s, required(a[0]), a[1], Values.integer(a[2], 0))))
                .into(type);
        new Method<PySocket>(
                        new Signature("recvfrom_into", 1, 3, "buffer", "nbytes", "flags"),
                        "recvfrom_into(buffer[, nbytes[, flags]]) -> (count, address)\n\n"
                                + "As recvfrom, into a writable buffer.",
                        (s, a) -> recvFromInto(s, required(a[0]), a[1], Values.integer(a[2], 0)))
                .into(type);
    }

    private static PyObject recvFrom(PySocket self, int size, int flags) {
        if (size < 0) {
            throw Py.ValueError("negative buffersize in recvfrom");
        }
        if ((self.type & SOCK_TYPE_MASK) == SOCK_STREAM) {
            PyString data = self.recv(size, flags);
            return new PyTuple(data, self.sender());
        }
        ByteBuffer into = self.room(size);
        PyObject from = self.receiveFrom(into, flags);
        return new PyTuple(Bytes.string(into), from);
    }

    private static PyObject recvFromInto(PySocket self, PyObject target, @Nullable PyObject limit, int flags) {
        PyObject[] from = {Py.None};
        int count = into(self, target, limit, "recvfrom_into", bytes -> {
            from[0] = self.receiveFrom(bytes, flags);
            return bytes.position();
        });
        return new PyTuple(Py.newInteger(count), from[0]);
    }

    private static int recvInto(PySocket self, PyObject target, @Nullable PyObject limit, int flags) {
        return into(self, target, limit, "recv_into", bytes -> self.receive(bytes, flags));
    }

    /** Lets {@code receives} fill a program's buffer, at most {@code limit} bytes of it (0 for all); the count. */
    private static int into(
            PySocket self, PyObject target, @Nullable PyObject limit, String name, ToIntFunction<ByteBuffer> receives) {
        int wanted = Values.integer(limit, 0);
        if (wanted < 0) {
            throw Py.ValueError("negative buffersize in " + name);
        }
        try (WritableBytes view = WritableBytes.of(target)) {
            int size = wanted == 0 ? view.length() : wanted;
            if (size > view.length()) {
                throw Py.ValueError(
                        name.equals("recv_into")
                                ? "buffer too small for requested bytes"
                                : "nbytes is greater than the length of the buffer");
            }
            if (size == 0) {
                return 0;
            }
            ByteBuffer into = self.room(size);
            int count = receives.applyAsInt(into);
            view.put(into.flip());
            return count;
        } catch (ClassCastException e) {
            throw Py.TypeError(name + "() argument 1 must be read-write buffer, not " + Values.typeName(target));
        }
    }

    // ---------------------------------------------------------------- settings

    private static void settings(PyType type) {
        method(type, "fileno", 0, 0, "fileno() -> int\n\nThe descriptor, -1 once closed.", (s, a) -> {
            return Py.newInteger(s.descriptor());
        });
        method(type, "setblocking", 1, 1, "setblocking(flag)\n\nTrue waits without end, False never.", (s, a) -> {
            s.timeout(Values.cLong(required(a[0])) != 0 ? -1 : 0);
            return Py.None;
        });
        method(
                type,
                "settimeout",
                1,
                1,
                "settimeout(seconds)\n\nHow long calls wait: None for ever, 0 not.",
                (s, a) -> {
                    s.timeout(seconds(required(a[0])));
                    return Py.None;
                });
        method(type, "gettimeout", 0, 0, "gettimeout() -> seconds or None", (s, a) -> timeout(s));
        method(
                type,
                "getsockopt",
                2,
                3,
                "getsockopt(level, option[, size]) -> int, or str of size bytes",
                (s, a) -> option(
                        s, Values.integer(required(a[0])), Values.integer(required(a[1])), Values.integer(a[2], 0)));
        method(
                type,
                "setsockopt",
                3,
                3,
                "setsockopt(level, option, value)\n\nvalue: an int, or a packed str.",
                (s, a) -> {
                    int level = Values.integer(required(a[0]));
                    int name = Values.integer(required(a[1]));
                    PyObject value = required(a[2]);
                    return done(s, file -> {
                        if (Values.isInteger(value) && Values.bigInteger(value).bitLength() < 32) {
                            SocketOptions.set(file, level, name, Values.integer(value));
                        } else {
                            String wanted = "setsockopt() argument 3 must be string or read-only buffer";
                            SocketOptions.setPacked(file, level, name, Bytes.sendable(value, wanted));
                        }
                    });
                });
    }

    /** None is -1; ValueError for what is negative. */
    static double seconds(PyObject timeout) {
        if (Values.isNone(timeout)) {
            return -1;
        }
        double seconds = Values.number(timeout, "a float is required");
        if (seconds < 0) {
            throw Py.ValueError("Timeout value out of range");
        }
        return seconds;
    }

    private static PyObject timeout(PySocket self) {
        return self.timeout() < 0 ? Py.None : Py.newFloat(self.timeout());
    }

    private static PyObject option(PySocket self, int level, int name, int size) {
        try {
            if (size == 0) {
                return Py.newInteger(SocketOptions.get(self.file(), self, level, name));
            }
            if (size < 0 || size > MAX_OPTION) {
                throw new RaisedError(self.process.errors().error, new PyString("getsockopt buflen out of range"));
            }
            byte[] packed = SocketOptions.getPacked(self.file(), self, level, name, size);
            return new PyString(new String(packed, StandardCharsets.ISO_8859_1));
        } catch (PosixException e) {
            throw self.raised(e);
        }
    }

    // ---------------------------------------------------------------- making methods

    private interface Call {
        void on(Socket file) throws PosixException;
    }

    private interface Asks {
        SocketAddress of(Socket file) throws PosixException;
    }

    private static void method(PyType type, String name, int min, int max, String doc, Method.Body<PySocket> body) {
        new Method<PySocket>(new Signature(name, min, max), doc, body).into(type);
    }

    private static void attribute(PyType type, String name, Attribute.Reads<PySocket> reads) {
        Attribute.into(type, name, reads);
    }

    private static PyObject done(PySocket self, Call call) {
        try {
            call.on(self.file());
            return Py.None;
        } catch (PosixException e) {
            throw self.raised(e);
        }
    }

    private static PyObject address(PySocket self, Asks asks) {
        try {
            Socket file = self.file();
            return SocketAddresses.shown(asks.of(file), file.family());
        } catch (PosixException e) {
            throw self.raised(e);
        }
    }

    private static SocketAddress address(PySocket self, PyObject given) {
        return new SocketAddresses(self.process).parse(given, self.family);
    }

    static PyObject required(@Nullable PyObject argument) {
        if (argument == null) {
            throw new IllegalStateException("an argument that the signature requires is absent");
        }
        return argument;
    }
}
