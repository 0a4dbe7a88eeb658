package org.euryale.jython;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.euryale.tls.Alert;
import org.euryale.tls.CertificateError;
import org.euryale.tls.TlsConnection;
import org.euryale.tls.TlsContext;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PyType;
import org.python.core.PyUnicode;

/**
 * What {@code OpenSSL.SSL.Context} stands on: the engine's context, and the program's callbacks. Its methods are in {@link
 * OpenSslContextMethods}. Any thread may call anything.
 *
 * <p>A callback that raises: what a verify or ALPN callback raises is raised by the call in which the handshake ran, as
 * pyOpenSSL does it; what an info or server name callback raises is told on standard error, as cffi does it.
 */
final class PyOpenSslContext extends ClassInstance {
    private static final long serialVersionUID = 1L;

    final transient PosixProcess process;
    final transient TlsContext tls = new TlsContext();

    /** Called with connection, place and value; null for none. */
    @Nullable
    PyObject infoCallback;

    /** SSL_MODE_ASYNC: the long work of a handshake may go on in another thread, where somebody can wait for it. */
    boolean async;

    PyOpenSslContext(PosixProcess process, PyType type) {
        super(type);
        this.process = process;
    }

    static PyType type(PosixProcess process) {
        PyStringMap dict = new PyStringMap();
        dict.__setitem__("__module__", new PyString("_openssl"));
        dict.__setitem__("__doc__", new PyString("What TLS connections have in common."));
        PyType type = (PyType) Py.makeClass("Context", PyObject.TYPE, dict);
        OpenSslContextMethods.into(type, process);
        return type;
    }

    @Override
    String shown() {
        return "<" + getType().getModule() + "." + getType().fastGetName() + " object at " + Py.idstr(this) + ">";
    }

    OpenSslErrors errors() {
        return process.openSslErrors();
    }

    private static PyOpenSslConnection owner(TlsConnection connection) {
        return (PyOpenSslConnection) java.util.Objects.requireNonNull(connection.attachment());
    }

    /** Runs a callback whose exception is raised when the engine has come back; {@code failed} until then. */
    private static <T> T asked(PyOpenSslConnection connection, T failed, Supplier<T> callback) {
        try {
            return callback.get();
        } catch (PyException e) {
            connection.problem(e);
            return failed;
        }
    }

    /** A function of connection, certificate, error number, depth and whether all is well so far; null for none. */
    void verifyCallback(@Nullable PyObject callback) {
        tls.verifyCallback(
                callback == null
                        ? null
                        : (connection, certificate, error, depth) ->
                                verify(callback, owner(connection), certificate, error, depth));
    }

    private static boolean verify(
            PyObject callback,
            PyOpenSslConnection connection,
            X509Certificate certificate,
            CertificateError error,
            int depth) {
        PyObject[] arguments = {
            connection,
            Py.java2py(certificate),
            Py.newInteger(error.code()),
            Py.newInteger(depth),
            Py.newInteger(error == CertificateError.OK ? 1 : 0)
        };
        return asked(connection, false, () -> callback.__call__(arguments).__nonzero__());
    }

    /** A function of connection and what a client offers, which answers bytes, None for no protocol, or raises. */
    void protocolCallback(@Nullable PyObject callback) {
        tls.protocolChoice(
                callback == null ? null : (connection, offered) -> choose(callback, owner(connection), offered));
    }

    private static @Nullable String choose(PyObject callback, PyOpenSslConnection connection, List<String> offered) {
        try {
            List<PyObject> names = new ArrayList<>();
            offered.forEach(name -> names.add(new PyString(name)));
            PyObject chosen = callback.__call__(connection, PyList.fromList(names));
            if (Values.isNone(chosen)) {
                return "";
            }
            String protocol = ((PyString) chosen).getString();
            return protocol.isEmpty() ? null : protocol; // OpenSSL ends the handshake for an empty one
        } catch (PyException e) {
            connection.problem(e);
            return null;
        }
    }

    /** A function of a server's connection, called when its client has said whom it wants; null for none. */
    void serverNameCallback(@Nullable PyObject callback) {
        tls.serverNameCallback(callback == null ? null : (connection, name) -> named(callback, owner(connection)));
    }

    private static @Nullable Alert named(PyObject callback, PyOpenSslConnection connection) {
        try {
            callback.__call__(connection);
        } catch (PyException e) {
            Py.writeUnraisable(e, callback);
        }
        return null;
    }

    /** Tells the program where a connection is. */
    void inform(PyOpenSslConnection connection, int where, int value) {
        PyObject callback = infoCallback;
        if (callback != null) {
            try {
                callback.__call__(connection, Py.newInteger(where), Py.newInteger(value));
            } catch (PyException e) {
                Py.writeUnraisable(e, callback);
            }
        }
    }

    /** Names of protocols, a character a byte. */
    static List<String> protocols(PyObject names) {
        List<String> offered = new ArrayList<>();
        names.asIterable().forEach(name -> offered.add(bytes(name)));
        return offered;
    }

    /** The bytes of a str; unicode is not one. */
    static String bytes(PyObject value) {
        if (value instanceof PyString string && !(value instanceof PyUnicode)) {
            return string.getString();
        }
        throw Py.TypeError("a byte string is required");
    }
}
