package org.euryale.jython;

import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyObject;

/**
 * A Python exception without a Java stack trace. Servers raise and catch EAGAIN and the like all day; walking the Java
 * stack would cost more than the system call that failed. The Python traceback is complete.
 */
final class RaisedError extends PyException {
    private static final long serialVersionUID = 1L;

    RaisedError(PyObject type, PyObject... arguments) {
        super(type, Py.newString("")); // the value is set below: a tuple is taken apart when normalized
        value = arguments.length == 1 ? arguments[0] : new org.python.core.PyTuple(arguments);
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
