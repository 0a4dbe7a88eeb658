package org.euryale.jython;

import org.python.core.Py;
import org.python.core.PyBuiltinCallable;
import org.python.core.PyBuiltinMethod;
import org.python.core.PyException;
import org.python.core.PyMethodDescr;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.modules._threading.Lock;

/** What lib/thread.py asks for: a lock whose {@code release} fails as CPython's. */
public final class LockFunctions {
    private LockFunctions() {}

    /** Gives the type of Jython's locks a release() without a Java exception; once in a JVM, more often does no harm. */
    public static void install() {
        if (!SharedTypes.isReplaced(Lock.TYPE)) {
            SharedTypes.replace(Lock.TYPE, "release", new PyMethodDescr(Lock.TYPE, new Release()));
            SharedTypes.replace(Lock.TYPE, "__exit__", new PyMethodDescr(Lock.TYPE, new Exit()));
        }
    }

    private static void release(PyObject lock) {
        try {
            ((Lock) lock).release();
        } catch (IllegalMonitorStateException e) {
            PyObject thread = Py.getSystemState().modules.__finditem__("thread");
            PyObject error = thread == null ? null : thread.__findattr__("error");
            throw new PyException(error == null ? Py.RuntimeError : error, new PyString("release unlocked lock"));
        }
    }

    private static final class Release extends PyBuiltinMethod {
        private static final long serialVersionUID = 1L;

        Release() {
            super((PyObject) null, new PyBuiltinCallable.DefaultInfo("release", 0, 0));
            doc = "release()\n\nUnlocks it, whoever has locked it; thread.error where nobody has.";
        }

        @Override
        public PyObject __call__(PyObject[] arguments, String[] keywords) {
            if (arguments.length > 0) {
                throw Py.TypeError("release() takes no arguments (" + arguments.length + " given)");
            }
            release(self);
            return Py.None;
        }
    }

    private static final class Exit extends PyBuiltinMethod {
        private static final long serialVersionUID = 1L;

        Exit() {
            super((PyObject) null, new PyBuiltinCallable.DefaultInfo("__exit__", 0, -1));
            doc = "__exit__(*unused)\n\nUnlocks it.";
        }

        @Override
        public PyObject __call__(PyObject[] arguments, String[] keywords) {
            release(self);
            return Py.False;
        }
    }
}
