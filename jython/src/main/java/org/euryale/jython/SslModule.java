package org.euryale.jython;

import java.util.Map;
import org.euryale.tls.ObjectName;
import org.python.core.Py;
import org.python.core.PyCode;
import org.python.core.PyObject;
import org.python.core.PyRunnable;
import org.python.core.PyString;
import org.python.core.PyTuple;

/**
 * The module {@code _ssl}: the names of CPython 2.7.18's on Linux with an OpenSSL 1.1.1 that has no SSLv3, NPN, compression
 * and channel bindings. Jython makes one of these for each import.
 */
public final class SslModule implements PyRunnable {
    private static final String DOC = "TLS on sockets, by the JDK's SSLEngine. The module ssl is the one to import;\n"
            + "this is what it stands on.";

    /** Programs tell by it what they may ask for: what OpenSSL 1.1.1 has, with CPython 2.7.18's rules on top. */
    static final int VERSION = 0x1010100f;

    private static final int[] VERSION_PARTS = {1, 1, 1, 0, 15};

    /** Where OpenSSL looks for certificates: variable and path of a file, variable and path of a directory. */
    private static final String[] PATHS = {
        "SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt", "SSL_CERT_DIR", "/etc/ssl/certs"
    };

    @Override
    public PyCode getMain() {
        return new ModuleCode("_ssl", SslModule::fill);
    }

    private static void fill(PyObject dict) {
        PosixProcess process = PosixProcess.current();
        SslErrors errors = process.sslErrors();
        dict.__setitem__("__doc__", new PyString(DOC));
        new Constants("_ssl").into(dict);
        Map.of("HAS_SNI", true, "HAS_ECDH", true, "HAS_ALPN", true, "HAS_TLSv1_3", true, "HAS_NPN", false)
                .forEach((name, has) -> dict.__setitem__(name, Py.newBoolean(has)));
        dict.__setitem__("HAS_TLS_UNIQUE", Py.False);
        dict.__setitem__("SSLError", errors.error);
        dict.__setitem__("SSLZeroReturnError", errors.zeroReturn);
        dict.__setitem__("SSLWantReadError", errors.wantRead);
        dict.__setitem__("SSLWantWriteError", errors.wantWrite);
        dict.__setitem__("SSLSyscallError", errors.syscall);
        dict.__setitem__("SSLEOFError", errors.eof);
        dict.__setitem__("_SSLContext", process.sslContextType());
        dict.__setitem__("_SSLSocket", process.sslSocketType());
        version(dict);
        names(dict, process);
    }

    private static void version(PyObject dict) {
        PyObject parts = tuple(VERSION_PARTS);
        dict.__setitem__("OPENSSL_VERSION_NUMBER", Py.newInteger(VERSION));
        dict.__setitem__("OPENSSL_VERSION_INFO", parts);
        dict.__setitem__("_OPENSSL_API_VERSION", parts);
        dict.__setitem__("OPENSSL_VERSION", new PyString(versionText()));
    }

    static String versionText() {
        return "OpenSSL 1.1.1 (Euryale, by the JSSE of Java "
                + Runtime.version().feature() + ")";
    }

    private static PyObject tuple(int[] numbers) {
        PyObject[] parts = new PyObject[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            parts[i] = Py.newInteger(numbers[i]);
        }
        return new PyTuple(parts);
    }

    // ---------------------------------------------------------------- names

    private static void names(PyObject dict, PosixProcess process) {
        SocketModule.define(
                dict,
                new Signature("get_default_verify_paths", 0, 0),
                "get_default_verify_paths() -> tuple\n\nWhere trusted certificates are looked for.",
                a -> {
                    PyObject[] paths = new PyObject[PATHS.length];
                    for (int i = 0; i < PATHS.length; i++) {
                        paths[i] = new PyString(PATHS[i]);
                    }
                    return new PyTuple(paths);
                });
        SocketModule.define(
                dict,
                new Signature("txt2obj", 1, 2, "txt", "name"),
                "txt2obj(text[, name]) -> (number, short name, long name, identifier)\n\n"
                        + "An object by its identifier; with name, by one of its names as well.",
                a -> object(
                        Values.text(SocketMethods.required(a[0]), "txt2obj() argument 1"),
                        a[1] != null && a[1].__nonzero__()));
        SocketModule.define(
                dict,
                new Signature("nid2obj", 1, 1),
                "nid2obj(number) -> (number, short name, long name, identifier)",
                a -> numbered(Values.integer(SocketMethods.required(a[0]))));
        SocketModule.define(
                dict,
                new Signature("_test_decode_cert", 1, 1),
                "_test_decode_cert(file) -> dict\n\nA file's certificate, for tests.",
                a -> SslContextMethods.decoded(process, SocketMethods.required(a[0])));
    }

    private static PyObject object(String text, boolean byName) {
        ObjectName found = ObjectName.ofOid(text);
        if (found == null && byName) {
            found = ObjectName.named(text);
        }
        if (found == null) {
            throw Py.ValueError("unknown object '" + (text.length() > 100 ? text.substring(0, 100) : text) + "'");
        }
        return shown(found);
    }

    private static PyObject numbered(int number) {
        if (number < 0) {
            throw Py.ValueError("NID must be positive.");
        }
        ObjectName found = ObjectName.numbered(number);
        if (found == null) {
            throw Py.ValueError("unknown NID " + number);
        }
        return shown(found);
    }

    private static PyObject shown(ObjectName name) {
        return new PyTuple(
                Py.newInteger(name.number()),
                new PyString(name.shortName()),
                new PyString(name.longName()),
                name.oid() == null ? Py.None : new PyString(name.oid()));
    }
}
