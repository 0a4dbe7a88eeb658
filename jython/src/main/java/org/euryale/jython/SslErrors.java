package org.euryale.jython;

import java.util.Locale;
import org.euryale.tls.TlsFailure;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyType;

/**
 * The exception classes of {@code ssl} in one interpreter, and what they say. CPython's _ssl.c adds the line of its own source
 * to each text; these have none.
 */
final class SslErrors {
    /** SSL_get_error(3)'s numbers, the errno of each class. */
    static final int SSL = 1;

    static final int WANT_READ = 2;
    static final int WANT_WRITE = 3;
    static final int SYSCALL = 5;
    static final int ZERO_RETURN = 6;
    static final int EOF = 8;

    final PyObject error;
    final PyObject zeroReturn;
    final PyObject wantRead;
    final PyObject wantWrite;
    final PyObject syscall;
    final PyObject eof;

    SslErrors(PyObject base) {
        error = base;
        zeroReturn = define("SSLZeroReturnError");
        wantRead = define("SSLWantReadError");
        wantWrite = define("SSLWantWriteError");
        syscall = define("SSLSyscallError");
        eof = define("SSLEOFError");
    }

    /** {@code ssl.SSLError}: its text is its second argument, where other EnvironmentErrors have a number before it. */
    static PyObject base(PyObject socketError) {
        PyObject made = Errors.define("ssl", "SSLError", socketError);
        new Method<PyObject>(new Signature("__str__", 0, 0), "The text alone.", (self, a) -> text(self))
                .into((PyType) made);
        return made;
    }

    private static PyObject text(PyObject self) {
        PyObject text = self.__findattr__("strerror");
        return text instanceof PyString ? text : self.__getattr__("args").__str__();
    }

    private PyObject define(String name) {
        return Errors.define("ssl", name, error);
    }

    /** Why a connection has failed. */
    PyException of(TlsFailure failure) {
        return of("SSL", failure.reason());
    }

    /**
     * {@code SSLError(1, "[LIBRARY: REASON] reason")}.
     *
     * @param library which of OpenSSL's libraries says so
     * @param reason OpenSSL's name of it; OpenSSL's texts are these names in lower case
     */
    PyException of(String library, String reason) {
        String text = reason.toLowerCase(Locale.ROOT).replace('_', ' ');
        return raised(error, SSL, "[" + library + ": " + reason + "] " + text, library, reason);
    }

    /** Of a file that is no PEM or not what it should be: OpenSSL's own number for it has no name in CPython. */
    PyException ofPem(String library) {
        return raised(error, SSL, "[" + library + "] PEM lib", library, null);
    }

    PyException wantRead() {
        return raised(wantRead, WANT_READ, "The operation did not complete (read)", null, null);
    }

    PyException wantWrite() {
        return raised(wantWrite, WANT_WRITE, "The operation did not complete (write)", null, null);
    }

    PyException eof() {
        return raised(eof, EOF, "EOF occurred in violation of protocol", null, null);
    }

    PyException zeroReturn() {
        return raised(zeroReturn, ZERO_RETURN, "TLS/SSL connection has been closed (EOF)", null, null);
    }

    /** {@code SSLError(text)}, without a number. */
    PyException said(String text) {
        return new RaisedError(error, new PyString(text));
    }

    private static PyException raised(
            PyObject type, int number, String text, @Nullable String library, @Nullable String reason) {
        PyObject value = type.__call__(Py.newInteger(number), new PyString(text));
        value.__setattr__("library", library == null ? Py.None : new PyString(library));
        value.__setattr__("reason", reason == null ? Py.None : new PyString(reason));
        return new RaisedError(type, value);
    }
}
