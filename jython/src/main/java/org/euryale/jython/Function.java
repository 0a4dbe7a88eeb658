package org.euryale.jython;

import org.jspecify.annotations.Nullable;
import org.python.core.PyBuiltinFunction;
import org.python.core.PyObject;

/** A function of a module, from a Java lambda. */
final class Function extends PyBuiltinFunction {
    private static final long serialVersionUID = 1L;

    /** Takes its arguments in their places, null for those not given. */
    @FunctionalInterface
    interface Body {
        PyObject call(@Nullable PyObject[] arguments);
    }

    private final transient Signature signature;
    private final transient Body body;

    Function(Signature signature, String doc, Body body) {
        super(signature.name(), signature.min(), signature.max(), doc);
        this.signature = signature;
        this.body = body;
    }

    @Override
    public PyObject __call__(PyObject[] arguments, String[] keywords) {
        return body.call(signature.bind(arguments, keywords));
    }
}
