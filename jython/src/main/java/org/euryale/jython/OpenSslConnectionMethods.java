package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.euryale.tls.CipherSuite;
import org.euryale.tls.Outcome;
import org.euryale.tls.TlsVersion;
import org.jspecify.annotations.Nullable;
import org.python.core.BufferProtocol;
import org.python.core.Py;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyStaticMethod;
import org.python.core.PyString;
import org.python.core.PyTuple;
import org.python.core.PyType;
import org.python.core.PyUnicode;

/** The methods of {@code _openssl.Connection}: arguments in, results out. What they do is {@link PyOpenSslConnection}'s. */
final class OpenSslConnectionMethods {
    private static final int MSG_PEEK = 2;

    private OpenSslConnectionMethods() {}

    static void into(PyType type, PosixProcess process) {
        type.__setattr__(
                "__new__",
                new PyStaticMethod(new Function(
                        new Signature("__new__", 1, 64, "cls", "context", "socket"),
                        "A connection that its constructor begins.",
                        a -> new PyOpenSslConnection(process, (PyType) SocketMethods.required(a[0])))));
        method(type, new Signature("_begin", 3, 3), "_begin(context, socket, descriptor)", (self, a) -> {
            PyObject socket = SocketMethods.required(a[1]);
            self.begin(
                    (PyOpenSslContext) SocketMethods.required(a[0]),
                    Values.isNone(socket) ? null : socket,
                    Values.integer(SocketMethods.required(a[2])));
            return Py.None;
        });
        data(type);
        memory(type);
        state(type);
        session(type);
    }

    // ---------------------------------------------------------------- data

    private static void data(PyType type) {
        for (String name : List.of("send", "write")) {
            new Send(name).into(type);
        }
        for (String name : List.of("recv", "read")) {
            new Receive(name).into(type);
        }
        method(
                type,
                new Signature("sendall", 1, 2, "buf", "flags"),
                "sendall(buf[, flags])\n\nSends all of it, record by record.",
                (self, a) -> {
                    String data = sendable(SocketMethods.required(a[0]));
                    int sent = 0;
                    while (sent < data.length()) {
                        sent += self.send(data, sent);
                    }
                    return Py.newInteger(sent);
                });
        method(
                type,
                new Signature("recv_into", 1, 3, "buffer", "nbytes", "flags"),
                "recv_into(buffer[, nbytes[, flags]]) -> count\n\nAs recv, into memory of the program's.",
                OpenSslConnectionMethods::receiveInto);
        method(
                type,
                new Signature("pending", 0, 0),
                "pending() -> count\n\nBytes that were decrypted and not read.",
                (self, a) -> Py.newInteger(self.pending()));
    }

    /** The one call that a message is sent by. */
    private static final class Send extends Method<PyOpenSslConnection> {
        private static final long serialVersionUID = 1L;

        Send(String name) {
            super(
                    new Signature(name, 1, 2, "buf", "flags"),
                    name + "(buf[, flags]) -> count\n\nSends what of it fits into a record.",
                    (self, a) -> Py.newInteger(self.send(sendable(SocketMethods.required(a[0])), 0)));
        }

        @Override
        public PyObject __call__(PyObject data) {
            return Py.newInteger(self().send(sendable(data), 0));
        }
    }

    /** The one call that a message is received by. */
    private static final class Receive extends Method<PyOpenSslConnection> {
        private static final long serialVersionUID = 1L;

        Receive(String name) {
            super(
                    new Signature(name, 1, 2, "bufsiz", "flags"),
                    name + "(bufsiz[, flags]) -> str\n\nWhat has come, at most what a record holds.",
                    (self, a) -> receive(self, SocketMethods.required(a[0]), peeks(a[1])));
        }

        @Override
        public PyObject __call__(PyObject size) {
            return receive(self(), size, false);
        }
    }

    private static boolean peeks(@Nullable PyObject flags) {
        return flags != null && !Values.isNone(flags) && (Values.integer(flags) & MSG_PEEK) != 0;
    }

    private static PyObject receive(PyOpenSslConnection self, PyObject size, boolean peek) {
        ByteBuffer into = Bytes.onHeap(size(size));
        self.read(into, peek);
        return Bytes.ofHeap(into);
    }

    private static int size(PyObject size) {
        int bytes = Values.integer(size);
        if (bytes < 0) {
            throw Py.ValueError("negative array length");
        }
        return bytes;
    }

    private static PyObject receiveInto(PyOpenSslConnection self, @Nullable PyObject[] a) {
        PyObject target = SocketMethods.required(a[0]);
        try (WritableBytes view = WritableBytes.of(target)) {
            int wanted = view.length();
            if (a[1] != null && !Values.isNone(a[1])) {
                wanted = Math.min(wanted, size(a[1]));
            }
            ByteBuffer into = Bytes.onHeap(wanted);
            self.read(into, peeks(a[2]));
            int count = into.position();
            view.put(into.flip());
            return Py.newInteger(count);
        } catch (ClassCastException e) {
            throw Py.TypeError("must be read-write buffer, not " + Values.typeName(target));
        }
    }

    /** Bytes; unicode as pyOpenSSL takes it, with a warning. */
    private static String sendable(PyObject data) {
        if (data instanceof PyUnicode unicode) {
            Py.warning(Py.DeprecationWarning, "unicode for buf is no longer accepted, use bytes");
            return unicode.encode().toString();
        }
        if (data instanceof PyString string) {
            return string.getString();
        }
        if (!(data instanceof BufferProtocol)) {
            throw Py.TypeError("'" + Values.typeName(data) + "' does not have the buffer interface");
        }
        return Bytes.sendable(data, "must be a buffer");
    }

    // ---------------------------------------------------------------- over memory

    private static void memory(PyType type) {
        new Method<PyOpenSslConnection>(
                new Signature("bio_read", 1, 1, "bufsiz"),
                "bio_read(bufsiz) -> str\n\nBytes for the peer; WantReadError when there are none.",
                (self, a) -> bioRead(self, SocketMethods.required(a[0]))) {
            private static final long serialVersionUID = 1L;

            @Override
            public PyObject __call__(PyObject size) {
                return bioRead(self(), size);
            }
        }.into(type);
        new Method<PyOpenSslConnection>(
                new Signature("bio_write", 1, 1, "buf"),
                "bio_write(buf) -> count\n\nBytes of the peer's.",
                (self, a) -> Py.newInteger(self.bioWrite(sendable(SocketMethods.required(a[0]))))) {
            private static final long serialVersionUID = 1L;

            @Override
            public PyObject __call__(PyObject data) {
                return Py.newInteger(self().bioWrite(sendable(data)));
            }
        }.into(type);
        method(
                type,
                new Signature("bio_shutdown", 0, 0),
                "bio_shutdown()\n\nThe peer's bytes have ended.",
                (self, a) -> {
                    self.bioShutdown();
                    return Py.None;
                });
    }

    private static PyObject bioRead(PyOpenSslConnection self, PyObject size) {
        if (!Values.isInteger(size)) {
            throw Py.TypeError("bufsiz must be an integer");
        }
        return self.bioRead(size(size));
    }

    // ---------------------------------------------------------------- where it is

    private static void state(PyType type) {
        method(
                type,
                new Signature("do_handshake", 0, 0),
                "do_handshake()\n\nAgrees with the peer on keys.",
                (self, a) -> {
                    self.handshake();
                    return Py.None;
                });
        method(
                type,
                new Signature("shutdown", 0, 0),
                "shutdown() -> bool\n\nSays that nothing more comes; whether the peer has said so, too.",
                (self, a) -> Py.newBoolean(self.close()));
        method(
                type,
                new Signature("get_shutdown", 0, 0),
                "get_shutdown() -> int\n\nSENT_SHUTDOWN and RECEIVED_SHUTDOWN.",
                (self, a) -> Py.newInteger(self.shutdown()));
        method(
                type,
                new Signature("set_shutdown", 1, 1, "state"),
                "set_shutdown(state)\n\nTakes it that so much was said.",
                (self, a) -> {
                    PyObject state = SocketMethods.required(a[0]);
                    if (!Values.isInteger(state)) {
                        throw Py.TypeError("state must be an integer");
                    }
                    self.shutdown(Values.integer(state));
                    return Py.None;
                });
        method(
                type,
                new Signature("want_read", 0, 0),
                "want_read() -> bool\n\nWhether the last call lacked bytes of the peer's.",
                (self, a) -> Py.newBoolean(self.wants(Outcome.WANT_READ)));
        method(
                type,
                new Signature("want_write", 0, 0),
                "want_write() -> bool\n\nWhether the last call had bytes that could not go.",
                (self, a) -> Py.newBoolean(self.wants(Outcome.WANT_WRITE)));
        method(
                type,
                new Signature("set_connect_state", 0, 0),
                "set_connect_state()\n\nThis is the client.",
                (self, a) -> {
                    self.end(true);
                    return Py.None;
                });
        method(
                type,
                new Signature("set_accept_state", 0, 0),
                "set_accept_state()\n\nThis is the server.",
                (self, a) -> {
                    self.end(false);
                    return Py.None;
                });
        method(
                type,
                new Signature("_established", 0, 0),
                "_established() -> bool\n\nWhether the handshake is done.",
                (self, a) -> Py.newBoolean(self.isDone()));
        method(type, new Signature("_switch", 1, 1), "_switch(context)\n\nTakes another context.", (self, a) -> {
            self.context((PyOpenSslContext) SocketMethods.required(a[0]));
            return Py.None;
        });
    }

    // ---------------------------------------------------------------- what was agreed on

    private static void session(PyType type) {
        method(
                type,
                new Signature("_server_name", 0, 0),
                "_server_name() -> str or None\n\nThe name that was asked for.",
                (self, a) -> text(self.tls().serverName()));
        method(
                type,
                new Signature("_ask_for", 1, 1),
                "_ask_for(name)\n\nAsks for a name by SNI; one that JSSE does not send is not asked for.",
                (self, a) -> {
                    try {
                        self.tls().serverName(SocketMethods.required(a[0]).toString());
                    } catch (IllegalArgumentException e) {
                        self.tls().serverName(null);
                    }
                    return Py.None;
                });
        method(type, new Signature("_set_protocols", 1, 1), "_set_protocols(names)\n\nOffered by ALPN.", (self, a) -> {
            self.tls().protocols(PyOpenSslContext.protocols(SocketMethods.required(a[0])));
            return Py.None;
        });
        method(
                type,
                new Signature("_peer_certificates", 0, 0),
                "_peer_certificates() -> list\n\nWhat the peer sent, its own certificate first.",
                (self, a) -> certificates(self.tls().peerCertificates()));
        method(
                type,
                new Signature("_verified_path", 0, 0),
                "_verified_path() -> list or None\n\nFrom the peer's certificate to the trusted one.",
                (self, a) -> {
                    List<X509Certificate> path = self.tls().verifiedPath();
                    return path == null ? Py.None : certificates(path);
                });
        method(
                type,
                new Signature("_authorities", 0, 0),
                "_authorities() -> list\n\nThe DER of the names that the server has named.",
                (self, a) -> {
                    List<PyObject> names = new ArrayList<>();
                    for (X500Principal name : self.tls().authorities()) {
                        names.add(new PyString(new String(name.getEncoded(), StandardCharsets.ISO_8859_1)));
                    }
                    return PyList.fromList(names);
                });
        method(
                type,
                new Signature("client_random", 0, 0),
                "client_random() -> str or None\n\nThat of the client's hello.",
                (self, a) -> self.isDone() ? bytes(self.tls().clientRandom()) : Py.None);
        method(
                type,
                new Signature("server_random", 0, 0),
                "server_random() -> str or None\n\nThat of the server's hello.",
                (self, a) -> self.isDone() ? bytes(self.tls().serverRandom()) : Py.None);
        method(
                type,
                new Signature("_export", 3, 3),
                "_export(label, length, context) -> str or None\n\nNone where the JDK has no such call.",
                (self, a) -> {
                    PyObject context = SocketMethods.required(a[2]);
                    try {
                        return bytes(self.tls()
                                .exportKeyingMaterial(
                                        PyOpenSslContext.bytes(SocketMethods.required(a[0])),
                                        Values.isNone(context)
                                                ? null
                                                : PyOpenSslContext.bytes(context)
                                                        .getBytes(StandardCharsets.ISO_8859_1),
                                        size(SocketMethods.required(a[1]))));
                    } catch (UnsupportedOperationException e) {
                        return Py.None;
                    }
                });
        method(
                type,
                new Signature("_session_key", 0, 1),
                "_session_key([key]) -> str\n\nWhat a later connection resumes this one's session by; sets it.",
                (self, a) -> {
                    if (a[0] != null) {
                        self.tls().sessionKey(a[0].toString());
                    }
                    return new PyString(self.tls().sessionKey());
                });
        method(
                type,
                new Signature("_is_client", 0, 0),
                "_is_client() -> bool",
                (self, a) -> Py.newBoolean(self.hasEnd() && self.tls().isClient()));
        method(type, new Signature("_cipher", 0, 0), "_cipher() -> (name, version, bits) or None", (self, a) -> {
            CipherSuite suite = self.tls().cipher();
            return suite == null
                    ? Py.None
                    : new PyTuple(
                            Py.newUnicode(suite.name()), Py.newUnicode(suite.version()), Py.newInteger(suite.bits()));
        });
        method(type, new Signature("_version", 0, 0), "_version() -> (name, number) or None", (self, a) -> {
            TlsVersion version = self.tls().version();
            return version == null
                    ? Py.None
                    : new PyTuple(Py.newUnicode(version.text()), Py.newInteger(version.number()));
        });
        method(
                type,
                new Signature("get_alpn_proto_negotiated", 0, 0),
                "get_alpn_proto_negotiated() -> str\n\nEmpty for none.",
                (self, a) -> {
                    String protocol = self.tls().protocol();
                    return protocol == null ? Py.EmptyString : new PyString(protocol);
                });
    }

    private static PyObject bytes(byte @Nullable [] bytes) {
        return bytes == null ? Py.None : new PyString(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private static PyObject text(@Nullable String text) {
        return text == null ? Py.None : new PyString(text);
    }

    private static PyObject certificates(List<X509Certificate> certificates) {
        List<PyObject> shown = new ArrayList<>();
        certificates.forEach(certificate -> shown.add(Py.java2py(certificate)));
        return PyList.fromList(shown);
    }

    private static void method(PyType type, Signature signature, String doc, Method.Body<PyOpenSslConnection> body) {
        new Method<>(signature, doc, body).into(type);
    }
}
