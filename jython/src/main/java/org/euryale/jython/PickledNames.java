package org.euryale.jython;

import org.python.core.Py;
import org.python.core.PyClass;
import org.python.core.PyException;
import org.python.core.PyFunction;
import org.python.core.PyJavaType;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyType;
import org.python.core.__builtin__;

/**
 * What {@code cPickle} writes as a name must be found by it: {@code save} and {@code save_global} in CPython's {@code
 * cPickle.c}. Jython's writes the name of a lambda or of a class within a function, which no {@code load} finds. The
 * prepared core asks here.
 */
public final class PickledNames {
    private PickledNames() {}

    /** Whether it is a function that its name does not lead to: {@code copy_reg} may know better. */
    @SuppressWarnings("ReferenceEquality") // the very None
    public static boolean isLostFunction(PyObject object) {
        if (!(object instanceof PyFunction function) || function.__module__ == Py.None) {
            return false;
        }
        try {
            compare(object, function.__module__, new PyString(function.__name__));
            return false;
        } catch (PyException e) {
            return true;
        }
    }

    /**
     * Nothing, if {@code module} has {@code object} by its name, or it is no class of Python's.
     *
     * @throws PyException {@code cPickle.PicklingError} else
     */
    public static void check(PyObject object, PyObject module, PyObject name) {
        if (object instanceof PyClass || (object instanceof PyType && !(object instanceof PyJavaType))) {
            compare(object, module, name);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very object
    private static void compare(PyObject object, PyObject module, PyObject name) {
        PyObject found = imported(object, module).__findattr__(name.toString().intern());
        if (found == null) {
            throw error("%s: attribute lookup %s.%s failed", object, module, name);
        }
        if (found != object) {
            throw error("%s: it's not the same object as %s.%s", object, module, name);
        }
    }

    private static PyObject imported(PyObject object, PyObject module) {
        try {
            __builtin__.__import__(module.toString()); // gives the package of a module
        } catch (PyException e) {
            if (e.match(Py.ImportError)) {
                throw error("%s: import of module %s failed", object, module);
            }
            throw e;
        }
        return Py.getSystemState().modules.__getitem__(module);
    }

    private static PyException error(String text, PyObject object, Object... names) {
        Object[] all = new Object[names.length + 1];
        all[0] = object.__repr__();
        System.arraycopy(names, 0, all, 1, names.length);
        PyObject kind = __builtin__.__import__("cPickle").__getattr__("PicklingError");
        return new PyException(kind, "Can't pickle " + String.format(text, all));
    }
}
