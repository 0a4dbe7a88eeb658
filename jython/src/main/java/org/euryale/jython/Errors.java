package org.euryale.jython;

import org.euryale.posix.Errno;
import org.euryale.posix.NameException;
import org.euryale.posix.PosixException;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyStringMap;

/** The exception classes of {@code socket} and {@code select} in one interpreter, and how a failed call becomes one. */
final class Errors {
    final PyObject error = define("socket", "error", Py.IOError);
    final PyObject herror = define("socket", "herror", error);
    final PyObject gaierror = define("socket", "gaierror", error);
    final PyObject timeout = define("socket", "timeout", error);

    /** Of the module {@code ssl}, whose base is {@link #error}; {@code socket.sslerror} is the same. */
    final PyObject sslError = SslErrors.base(error);

    final PyObject selectError = define("select", "error", Py.Exception);

    static PyObject define(String module, String name, PyObject base) {
        PyStringMap dict = new PyStringMap();
        dict.__setitem__("__module__", new PyString(module));
        return Py.makeClass(name, base, dict);
    }

    /** {@code socket.error(errno, text)}. */
    PyException socketError(Errno errno) {
        return raised(error, errno);
    }

    PyException socketError(PosixException e) {
        return socketError(e.errno());
    }

    /** {@code select.error(errno, text)}. */
    PyException selectError(PosixException e) {
        return raised(selectError, e.errno());
    }

    /** {@code IOError(errno, text)}, as epoll objects raise. */
    static PyException ioError(PosixException e) {
        return raised(Py.IOError, e.errno());
    }

    /** {@code OSError(errno, text)}, as the functions of {@code os} raise. */
    static PyException osError(PosixException e) {
        return raised(Py.OSError, e.errno());
    }

    /** {@code OSError(errno, text)} for a number of the C library's, which may be one that {@link Errno} has not. */
    static PyException osError(int number) {
        String text = jnr.constants.platform.Errno.valueOf(number).description();
        return new RaisedError(Py.OSError, Py.newInteger(number), new PyString(text));
    }

    /** {@code OSError(errno, text, filename)}. */
    static PyException osError(Errno errno, PyObject name) {
        return new RaisedError(
                Py.OSError, Py.newInteger(Platform.number(errno)), new PyString(Platform.text(errno)), name);
    }

    /** {@code IOError(errno, text, filename)}. */
    static PyException ioError(Errno errno, PyObject name) {
        return new RaisedError(
                Py.IOError, Py.newInteger(Platform.number(errno)), new PyString(Platform.text(errno)), name);
    }

    PyException timedOut() {
        return new RaisedError(timeout, new PyString("timed out"));
    }

    /** {@code gaierror(number, text)}, or {@code herror} where gethostbyname(3) has failed. */
    PyException nameError(NameException e) {
        return new RaisedError(e.ofHost() ? herror : gaierror, Py.newInteger(e.number()), new PyString(e.text()));
    }

    /** {@code socket.error(text)}, of what no number is known. */
    PyException socketError(String text) {
        return new RaisedError(error, new PyString(text));
    }

    private static PyException raised(PyObject type, Errno errno) {
        return new RaisedError(type, Py.newInteger(Platform.number(errno)), new PyString(Platform.text(errno)));
    }
}
