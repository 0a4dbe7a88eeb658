package org.euryale.jython;

import org.jspecify.annotations.Nullable;
import org.python.core.PyBuiltinCallable;
import org.python.core.PyBuiltinMethod;
import org.python.core.PyMethodDescr;
import org.python.core.PyObject;
import org.python.core.PyType;

/** A method of one of our types, from a Java lambda. Hot methods extend it and take their arguments without an array. */
class Method<S extends PyObject> extends PyBuiltinMethod {
    private static final long serialVersionUID = 1L;

    /** Takes its arguments in their places, null for those not given. */
    @FunctionalInterface
    interface Body<S> {
        PyObject call(S self, @Nullable PyObject[] arguments);
    }

    private final transient Signature signature;
    private final transient Body<S> body;

    Method(Signature signature, String doc, Body<S> body) {
        super((PyObject) null, new PyBuiltinCallable.DefaultInfo(signature.name(), signature.min(), signature.max()));
        this.signature = signature;
        this.body = body;
        this.doc = doc;
    }

    @SuppressWarnings("unchecked") // the descriptor lets only objects of its type through
    final S self() {
        return (S) self;
    }

    @Override
    public PyObject __call__(PyObject[] arguments, String[] keywords) {
        return body.call(self(), signature.bind(arguments, keywords));
    }

    Signature signature() {
        return signature;
    }

    String doc() {
        return doc;
    }

    Body<S> body() {
        return body;
    }

    /** Puts the method into the type. */
    void into(PyType type) {
        type.__setattr__(signature.name().intern(), new PyMethodDescr(type, Trace.of(this)));
    }
}
