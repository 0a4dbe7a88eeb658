package org.euryale.jython;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import org.euryale.tls.CipherSuite;
import org.euryale.tls.TlsVersion;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;
import org.python.core.PyType;

/** The methods of {@code _ssl._SSLSocket}: arguments in, results out. What they do is {@link PySslSocket}'s. */
final class SslSocketMethods {
    private SslSocketMethods() {}

    static void into(PyType type) {
        method(type, "do_handshake", 0, 0, "do_handshake()\n\nAgrees with the peer on keys.", (self, a) -> {
            self.handshake();
            return Py.None;
        });
        method(
                type,
                "read",
                1,
                2,
                "read(size[, buffer]) -> str, or count\n\nWhat has come, '' at the end.",
                (self, a) -> {
                    int size = Values.integer(SocketMethods.required(a[0]));
                    return a[1] == null ? read(self, size) : readInto(self, size, a[1]);
                });
        method(
                type,
                "write",
                1,
                2,
                "write(data[, waits]) -> count",
                (self, a) -> Py.newInteger(self.write(
                        Bytes.sendable(SocketMethods.required(a[0]), "write() argument 1 must be string or buffer"),
                        a[1] == null || a[1].__nonzero__())));
        method(
                type,
                "pending",
                0,
                0,
                "pending() -> count\n\nBytes that can be read without the socket.",
                (self, a) -> Py.newInteger(self.pending()));
        method(
                type,
                "shutdown",
                0,
                0,
                "shutdown() -> _socket.socket\n\nEnds TLS; the connection goes on without.",
                (self, a) -> self.shutdown());
        method(
                type,
                "_free",
                1,
                1,
                "_free(open)\n\nEnds it: its memory goes back, when the socket is closed or `open` is true.",
                (self, a) -> {
                    self.free(SocketMethods.required(a[0]).__nonzero__());
                    return Py.None;
                });
        session(type);
        Attribute.<PySslSocket>into(type, "context", PySslSocket::context, (self, value) -> {
            if (!(value instanceof PySslContext context)) {
                throw Py.TypeError("The value must be a SSLContext");
            }
            self.context(context);
        });
    }

    private static PyObject read(PySslSocket self, int size) {
        if (size < 0) {
            throw Py.ValueError("size should not be negative");
        }
        return size == 0 ? Py.EmptyString : self.read(size);
    }

    private static PyObject readInto(PySslSocket self, int size, PyObject target) {
        try (WritableBytes view = WritableBytes.of(target)) {
            int wanted = size <= 0 || size > view.length() ? view.length() : size;
            if (wanted == 0) {
                return Py.Zero;
            }
            ByteBuffer into = Bytes.onHeap(wanted);
            self.read(into);
            int count = into.position();
            view.put(into.flip());
            return Py.newInteger(count);
        } catch (ClassCastException e) {
            throw Py.TypeError("must be read-write buffer, not " + Values.typeName(target));
        }
    }

    // ---------------------------------------------------------------- what was agreed on

    private static void session(PyType type) {
        method(
                type,
                "peer_certificate",
                0,
                1,
                "peer_certificate([binary]) -> dict, str or None\n\n"
                        + "The peer's; an empty dict for one that was not verified.",
                (self, a) -> certificate(self, a[0] != null && a[0].__nonzero__()));
        method(type, "cipher", 0, 0, "cipher() -> (name, version, bits) or None", (self, a) -> {
            CipherSuite suite = self.session().cipher();
            return suite == null
                    ? Py.None
                    : new PyTuple(
                            new PyString(suite.name()), new PyString(suite.version()), Py.newInteger(suite.bits()));
        });
        method(type, "version", 0, 0, "version() -> str or None", (self, a) -> {
            TlsVersion version = self.session().version();
            return text(version == null ? null : version.text());
        });
        method(
                type,
                "selected_alpn_protocol",
                0,
                0,
                "selected_alpn_protocol() -> str or None",
                (self, a) -> text(self.session().protocol()));
        method(
                type,
                "compression",
                0,
                0,
                "compression() -> None\n\nNothing is compressed before it is encrypted.",
                (self, a) -> Py.None);
    }

    private static PyObject text(@Nullable String text) {
        return text == null ? Py.None : new PyString(text);
    }

    private static PyObject certificate(PySslSocket self, boolean binary) {
        if (!self.session().isEstablished()) {
            throw Py.ValueError("handshake not done yet");
        }
        List<X509Certificate> sent = self.session().peerCertificates();
        if (sent.isEmpty()) {
            return Py.None;
        }
        if (binary) {
            return CertificateDict.der(sent.get(0));
        }
        return self.context().verifyMode() == PySslContext.CERT_NONE
                ? new org.python.core.PyDictionary()
                : CertificateDict.of(sent.get(0));
    }

    private static void method(PyType type, String name, int min, int max, String doc, Method.Body<PySslSocket> body) {
        new Method<PySslSocket>(new Signature(name, min, max), doc, body).into(type);
    }
}
