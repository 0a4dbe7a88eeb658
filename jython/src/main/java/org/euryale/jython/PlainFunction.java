package org.euryale.jython;

import org.python.core.PyBuiltinFunction;
import org.python.core.PyObject;
import org.python.core.PyReflectedFunction;

/**
 * A function of one of Jython's modules that are Java classes. As it is, it becomes a method when a class has it as an
 * attribute ({@code class Site: _entropy = os.urandom}); one of C does not, and neither does this.
 */
final class PlainFunction extends PyBuiltinFunction {
    private static final long serialVersionUID = 1L;

    private final transient PyReflectedFunction function;

    private PlainFunction(PyReflectedFunction function) {
        super(function.__name__, 0, -1, function.__doc__.toString());
        this.function = function;
    }

    /** Such a function for one of Java's; anything else as it is. */
    static PyObject of(PyObject value) {
        return value instanceof PyReflectedFunction function ? new PlainFunction(function) : value;
    }

    @Override
    public PyObject __call__(PyObject[] arguments, String[] keywords) {
        return function.__call__(arguments, keywords);
    }
}
