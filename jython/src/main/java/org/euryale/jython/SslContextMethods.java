package org.euryale.jython;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.euryale.posix.Errno;
import org.euryale.posix.PosixException;
import org.euryale.tls.Certificates;
import org.euryale.tls.Credential;
import org.euryale.tls.Passphrase;
import org.euryale.tls.Pem;
import org.euryale.tls.PemException;
import org.euryale.tls.TlsConnection;
import org.jspecify.annotations.Nullable;
import org.python.core.BufferProtocol;
import org.python.core.Py;
import org.python.core.PyBUF;
import org.python.core.PyBuffer;
import org.python.core.PyDictionary;
import org.python.core.PyException;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyStaticMethod;
import org.python.core.PyString;
import org.python.core.PyType;
import org.python.core.PyUnicode;
import org.python.core.imp;

/** The methods of {@code _ssl._SSLContext}: arguments in, errors out. */
final class SslContextMethods {
    /** Curves by OpenSSL's names that a JDK may have; which of them a connection takes is JSSE's to say. */
    private static final List<String> CURVES =
            List.of("prime256v1", "secp256r1", "secp384r1", "secp521r1", "X25519", "X448");

    private SslContextMethods() {}

    static void into(PyType type, PosixProcess process) {
        type.__setattr__(
                "__new__",
                new PyStaticMethod(new Function(
                        new Signature("__new__", 2, 2),
                        "A new context.",
                        a -> new PySslContext(
                                process, (PyType) SocketMethods.required(a[0]), Values.integer(required(a[1]))))));
        attributes(type);
        settings(type);
        certificates(type);
        method(
                type,
                new Signature("_wrap_socket", 2, 4, "sock", "server_side", "server_hostname", "ssl_sock"),
                "_wrap_socket(sock, server_side[, server_hostname[, ssl_sock]]) -> _SSLSocket\n\n"
                        + "One end of TLS on a _socket.socket.",
                SslContextMethods::wrap);
    }

    private static void attributes(PyType type) {
        Attribute.<PySslContext>into(
                type,
                "options",
                self -> Py.newLong(self.options()).__int__(),
                (self, value) -> self.options(Values.cLong(value)));
        Attribute.<PySslContext>into(
                type,
                "verify_mode",
                self -> Py.newInteger(self.verifyMode()),
                (self, value) -> self.verifyMode(Values.integer(value)));
        Attribute.<PySslContext>into(
                type,
                "verify_flags",
                self -> Py.newLong(self.verifyFlags()).__int__(),
                (self, value) -> self.verifyFlags(Values.cLong(value)));
        Attribute.<PySslContext>into(
                type,
                "check_hostname",
                self -> Py.newBoolean(self.checkHostname()),
                (self, value) -> self.checkHostname(value.__nonzero__()));
    }

    // ---------------------------------------------------------------- what connections may do

    private static void settings(PyType type) {
        method(
                type,
                new Signature("set_ciphers", 1, 1),
                "set_ciphers(string)\n\nThe cipher suites, as openssl-ciphers(1) tells them.",
                (self, a) -> {
                    try {
                        self.tls.ciphers(Values.text(required(a[0]), "set_ciphers() argument 1"));
                    } catch (IllegalArgumentException e) {
                        throw self.process.sslErrors().said("No cipher can be selected.");
                    }
                    return Py.None;
                });
        method(
                type,
                new Signature("_set_alpn_protocols", 1, 1),
                "_set_alpn_protocols(bytes)\n\nProtocols in order, the length of each before it.",
                (self, a) -> {
                    self.protocols(protocols(bytes(required(a[0]), "must be string or buffer")));
                    return Py.None;
                });
        method(
                type,
                new Signature("_set_npn_protocols", 1, 1),
                "_set_npn_protocols(bytes)\n\nNotImplementedError: nobody speaks NPN any more.",
                (self, a) -> {
                    throw new RaisedError(
                            Py.NotImplementedError, new PyString("The NPN extension requires OpenSSL 1.0.1 or later."));
                });
        method(
                type,
                new Signature("set_servername_callback", 1, 1),
                "set_servername_callback(function)\n\n"
                        + "function(sslsocket, name, context) is called when a client has said whom it wants.",
                (self, a) -> {
                    PyObject callback = required(a[0]);
                    if (!Values.isNone(callback) && !callback.isCallable()) {
                        self.serverNameCallback(null);
                        throw Py.TypeError("not a callable object");
                    }
                    self.serverNameCallback(Values.isNone(callback) ? null : callback);
                    return Py.None;
                });
        method(
                type,
                new Signature("load_dh_params", 1, 1),
                "load_dh_params(file)\n\nChecked to be there; the groups are the JDK's.",
                (self, a) -> {
                    PyObject name = required(a[0]);
                    if (Values.isNone(name)) {
                        throw Py.TypeError("coercing to Unicode: need string or buffer, NoneType found");
                    }
                    if (blocks(self, contents(name), "PEM").stream()
                            .noneMatch(block -> block.label().equals("DH PARAMETERS"))) {
                        throw self.process.sslErrors().of("PEM", "NO_START_LINE");
                    }
                    return Py.None;
                });
        method(
                type,
                new Signature("set_ecdh_curve", 1, 1),
                "set_ecdh_curve(name)\n\nChecked to be known; the curve of a connection is agreed on by the JDK.",
                (self, a) -> {
                    String name = Values.text(required(a[0]), "set_ecdh_curve() argument 1");
                    if (!CURVES.contains(name)) {
                        throw Py.ValueError("unknown elliptic curve name '" + name + "'");
                    }
                    return Py.None;
                });
        method(type, new Signature("session_stats", 0, 0), "session_stats() -> dict", (self, a) -> statistics(self));
    }

    private static PyObject statistics(PySslContext self) {
        Map<String, AtomicLong> counted = Map.of(
                "connect", self.connects,
                "connect_good", self.connected,
                "accept", self.accepts,
                "accept_good", self.accepted);
        PyDictionary statistics = new PyDictionary();
        for (String name : List.of(
                "number",
                "connect",
                "connect_good",
                "connect_renegotiate",
                "accept",
                "accept_good",
                "accept_renegotiate",
                "hits",
                "misses",
                "timeouts",
                "cache_full")) {
            AtomicLong count = counted.get(name);
            statistics.__setitem__(
                    name, Py.newLong(count == null ? 0 : count.get()).__int__());
        }
        return statistics;
    }

    private static List<String> protocols(byte[] listed) {
        List<String> protocols = new ArrayList<>();
        int at = 0;
        while (at < listed.length) {
            int length = Math.min(listed[at] & 0xFF, listed.length - at - 1);
            protocols.add(new String(listed, at + 1, length, StandardCharsets.ISO_8859_1));
            at += 1 + length;
        }
        return protocols;
    }

    // ---------------------------------------------------------------- certificates

    private static void certificates(PyType type) {
        method(
                type,
                new Signature("load_cert_chain", 1, 3, "certfile", "keyfile", "password"),
                "load_cert_chain(certfile[, keyfile[, password]])\n\n"
                        + "The certificate to show, those that lead to a trusted one, and the key.",
                SslContextMethods::loadChain);
        method(
                type,
                new Signature("load_verify_locations", 0, 3, "cafile", "capath", "cadata"),
                "load_verify_locations([cafile[, capath[, cadata]]])\n\n"
                        + "Trusts certificates of a file, a directory of openssl rehash, or a string.",
                SslContextMethods::trust);
        method(
                type,
                new Signature("set_default_verify_paths", 0, 0),
                "set_default_verify_paths()\n\n"
                        + "Trusts what the system does; the JDK's certificates where the system has none.",
                (self, a) -> {
                    PyObject environment = imp.importName("os", true).__getattr__("environ");
                    String file = variable(environment, "SSL_CERT_FILE");
                    String directory = variable(environment, "SSL_CERT_DIR");
                    if (!self.tls.trust().addSystem(file, directory) && file == null && directory == null) {
                        self.tls.trust().addJdk();
                    }
                    return Py.None;
                });
        method(
                type,
                new Signature("get_ca_certs", 0, 1, "binary_form"),
                "get_ca_certs([binary_form]) -> list\n\nThe trusted certificates that may sign others.",
                (self, a) -> {
                    boolean binary = a[0] != null && a[0].__nonzero__();
                    List<PyObject> shown = new ArrayList<>();
                    for (X509Certificate certificate : self.tls.trust().certificates()) {
                        if (CertificateDict.maySign(certificate)) {
                            shown.add(binary ? CertificateDict.der(certificate) : CertificateDict.of(certificate));
                        }
                    }
                    return PyList.fromList(shown);
                });
        method(
                type,
                new Signature("cert_store_stats", 0, 0),
                "cert_store_stats() -> dict\n\nHow many certificates are trusted, how many of them may sign others.",
                (self, a) -> {
                    List<X509Certificate> all = self.tls.trust().certificates();
                    PyDictionary counts = new PyDictionary();
                    counts.__setitem__("x509", Py.newInteger(all.size()));
                    counts.__setitem__("x509_ca", Py.newInteger((int)
                            all.stream().filter(CertificateDict::maySign).count()));
                    counts.__setitem__(
                            "crl", Py.newInteger(self.tls.trust().revocations().size()));
                    return counts;
                });
    }

    private static @Nullable String variable(PyObject environment, String name) {
        PyObject value = environment.invoke("get", new PyString(name));
        return Values.isNone(value) ? null : DescriptorFunctions.path(value).toString();
    }

    private static PyObject loadChain(PySslContext self, @Nullable PyObject[] a) {
        PyObject certificates = file(a[0], "certfile should be a valid filesystem path");
        PyObject key = file(a[1], "keyfile should be a valid filesystem path");
        PyObject password = a[2];
        boolean none = password == null || Values.isNone(password);
        Passphrase passphrase = none ? null : passphrase(SocketMethods.required(password));
        if (certificates == null) {
            throw Py.TypeError("coercing to Unicode: need string or buffer, NoneType found");
        }
        byte[] chain = contents(certificates);
        byte[] secret = key == null ? chain : contents(key);
        try {
            self.tls.add(Credential.read(chain, secret, passphrase));
        } catch (PemException e) {
            throw e.reason().startsWith("KEY_")
                    ? self.process.sslErrors().of("X509", e.reason())
                    : self.process.sslErrors().ofPem("SSL");
        }
        return Py.None;
    }

    /** Asks the program, or has what it gave; a wrong type is told before a key is read. */
    private static Passphrase passphrase(PyObject password) {
        if (password.isCallable()) {
            return () -> secret(password.__call__(), "password callback must return a string");
        }
        byte[] given = secret(password, "password should be a string or callable");
        return given::clone; // the reader overwrites what it gets
    }

    private static byte[] secret(PyObject password, String wanted) {
        byte[] bytes;
        if (password instanceof PyUnicode unicode) {
            bytes = unicode.getString().getBytes(StandardCharsets.UTF_8);
        } else if (password instanceof PyString || password instanceof org.python.core.PyByteArray) {
            bytes = bytes(password, wanted);
        } else {
            throw Py.TypeError(wanted);
        }
        if (bytes.length > Passphrase.LONGEST) {
            throw Py.ValueError("password cannot be longer than " + Passphrase.LONGEST + " bytes");
        }
        return bytes;
    }

    private static PyObject trust(PySslContext self, @Nullable PyObject[] a) {
        PyObject file = file(a[0], "cafile should be a valid filesystem path");
        PyObject directory = file(a[1], "capath should be a valid filesystem path");
        PyObject data = a[2] == null || Values.isNone(a[2]) ? null : a[2];
        if (file == null && directory == null && data == null) {
            throw Py.TypeError("cafile, capath and cadata cannot be all omitted");
        }
        if (data != null) {
            trustData(self, data);
        }
        if (file != null) {
            byte[] pem = contents(file);
            try {
                self.tls.trust().addPem(pem);
            } catch (PemException e) {
                throw e.reason().startsWith("NO_CERTIFICATE")
                        ? self.process.sslErrors().of("X509", e.reason())
                        : self.process.sslErrors().ofPem("X509");
            }
        }
        if (directory != null) {
            self.tls.trust().addDirectory(DescriptorFunctions.path(directory));
        }
        return Py.None;
    }

    /** PEM in a unicode string, DER in bytes. */
    private static void trustData(PySslContext self, PyObject data) {
        try {
            if (data instanceof PyUnicode unicode) {
                String text = unicode.getString();
                if (!StandardCharsets.US_ASCII.newEncoder().canEncode(text)) {
                    throw Py.TypeError("cadata should be an ASCII string or a bytes-like object");
                }
                requireData(text.length());
                List<X509Certificate> read = Certificates.read(text.getBytes(StandardCharsets.US_ASCII));
                if (read.isEmpty()) {
                    throw self.process.sslErrors().of("PEM", "NO_START_LINE");
                }
                read.forEach(self.tls.trust()::add);
                return;
            }
            byte[] der = bytes(data, "cadata should be an ASCII string or a bytes-like object");
            requireData(der.length);
            Certificates.ofDers(der).forEach(self.tls.trust()::add);
        } catch (PemException e) {
            throw data instanceof PyUnicode
                    ? self.process.sslErrors().ofPem("X509")
                    : self.process.sslErrors().of("ASN1", "NOT_ENOUGH_DATA");
        }
    }

    private static void requireData(int length) {
        if (length == 0) {
            throw Py.ValueError("Empty certificate data");
        }
    }

    // ---------------------------------------------------------------- arguments

    /** A file's name, null for None and where there is none. */
    private static @Nullable PyObject file(@Nullable PyObject name, String wanted) {
        if (name == null || Values.isNone(name)) {
            return null;
        }
        if (!(name instanceof PyString)) {
            throw Py.TypeError(wanted);
        }
        return name;
    }

    /** What a file has in it, or an IOError without the file's name, as OpenSSL leaves it out. */
    static byte[] contents(PyObject name) {
        try {
            Path path = DescriptorFunctions.path(name);
            if (name.toString().isEmpty()) {
                throw new PosixException(Errno.ENOENT);
            }
            if (Files.isDirectory(path)) {
                throw new PosixException(Errno.EISDIR);
            }
            return Files.readAllBytes(path);
        } catch (PosixException e) {
            throw Errors.ioError(e);
        } catch (IOException e) {
            throw Errors.ioError(PosixException.of(e));
        }
    }

    private static List<Pem.Block> blocks(PySslContext self, byte[] pem, String library) {
        try {
            return Pem.blocks(pem);
        } catch (PemException e) {
            throw self.process.sslErrors().of(library, e.reason());
        }
    }

    /** The bytes of a str, a bytearray or another buffer; TypeError for anything else. */
    private static byte[] bytes(PyObject data, String wanted) {
        if (data instanceof BufferProtocol exporter && !(data instanceof PyUnicode)) {
            try (PyBuffer view = exporter.getBuffer(PyBUF.SIMPLE)) {
                byte[] copy = new byte[view.getLen()];
                view.copyTo(copy, 0);
                return copy;
            } catch (ClassCastException e) {
                throw Py.TypeError(wanted); // an exporter by inheritance only, see BufferProtocol
            }
        }
        throw Py.TypeError(wanted);
    }

    // ---------------------------------------------------------------- connections

    private static PyObject wrap(PySslContext self, @Nullable PyObject[] a) {
        if (!(a[0] instanceof PySocket socket)) {
            throw Py.TypeError("must be _socket.socket, not " + Values.typeName(required(a[0])));
        }
        boolean server = Values.integer(required(a[1])) != 0;
        PyObject name = a[2];
        TlsConnection connection = server ? self.tls.server() : client(self, name);
        PyObject owner = a[3];
        return new PySslSocket(self, socket, connection, owner == null || Values.isNone(owner) ? null : owner);
    }

    /** A name that JSSE does not send is not sent: the connection then goes on as without. */
    private static TlsConnection client(PySslContext self, @Nullable PyObject name) {
        String wanted = null;
        if (name instanceof PyUnicode unicode) {
            wanted = unicode.encode("idna", "strict").toString();
        } else if (name != null && !Values.isNone(name)) {
            wanted = Values.text(name, "_wrap_socket() argument 3");
        }
        try {
            return self.tls.client(wanted);
        } catch (IllegalArgumentException e) {
            return self.tls.client(null);
        }
    }

    private static PyObject required(@Nullable PyObject argument) {
        return SocketMethods.required(argument);
    }

    private static void method(PyType type, Signature signature, String doc, Method.Body<PySslContext> body) {
        new Method<>(signature, doc, body).into(type);
    }

    /** The certificate of a file, for the function of {@code _ssl} that CPython's tests call. */
    static PyObject decoded(PosixProcess process, PyObject name) {
        try {
            List<X509Certificate> read = Certificates.read(contents(name));
            if (!read.isEmpty()) {
                return CertificateDict.of(read.get(0));
            }
        } catch (PemException e) {
            throw process.sslErrors().said("Error decoding PEM-encoded file");
        } catch (PyException e) {
            throw e.match(Py.IOError) ? process.sslErrors().said("Can't open file") : e;
        }
        throw process.sslErrors().said("Error decoding PEM-encoded file");
    }
}
