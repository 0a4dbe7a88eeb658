package org.euryale.jython;

import org.python.core.Py;
import org.python.core.PyObject;

/** A hot method of one argument that returns nothing, called without an array where nothing is traced. */
final class OneArgument<S extends PyObject> extends Method<S> {
    private static final long serialVersionUID = 1L;

    /** What the method does. */
    @FunctionalInterface
    interface Does<S> {
        void with(S self, PyObject argument);
    }

    private final transient Does<S> does;

    OneArgument(String name, String argument, String doc, Does<S> does) {
        super(new Signature(name, 1, 1, argument), name + "(" + argument + ")\n\n" + doc, (self, a) -> {
            does.with(self, SocketMethods.required(a[0]));
            return Py.None;
        });
        this.does = does;
    }

    @Override
    public PyObject __call__(PyObject argument) {
        does.with(self(), argument);
        return Py.None;
    }
}
