package org.euryale.jython;

import org.jspecify.annotations.Nullable;
import org.python.core.PyDataDescr;
import org.python.core.PyObject;
import org.python.core.PyType;

/** An attribute of one of our types, from Java lambdas. */
final class Attribute<S extends PyObject> extends PyDataDescr {
    private static final long serialVersionUID = 1L;

    /** Reads it. */
    @FunctionalInterface
    interface Reads<S> {
        PyObject of(S self);
    }

    /** Writes it. */
    @FunctionalInterface
    interface Writes<S> {
        void to(S self, PyObject value);
    }

    private final transient Reads<S> reads;
    private final transient @Nullable Writes<S> writes;

    private Attribute(PyType type, String name, Reads<S> reads, @Nullable Writes<S> writes) {
        super(type, name, PyObject.class, "");
        this.reads = reads;
        this.writes = writes;
    }

    /** Puts an attribute that can only be read into a type. */
    static <S extends PyObject> void into(PyType type, String name, Reads<S> reads) {
        into(type, name, reads, null);
    }

    static <S extends PyObject> void into(PyType type, String name, Reads<S> reads, @Nullable Writes<S> writes) {
        type.__setattr__(name.intern(), new Attribute<>(type, name, reads, writes));
    }

    @Override
    @SuppressWarnings("unchecked") // the descriptor lets only objects of its type through
    public Object invokeGet(PyObject self) {
        return reads.of((S) self);
    }

    @Override
    @SuppressWarnings("unchecked") // as above
    public void invokeSet(PyObject self, Object value) {
        if (writes != null) {
            writes.to((S) self, (PyObject) value);
        }
    }

    @Override
    public boolean implementsDescrGet() {
        return true;
    }

    @Override
    public boolean implementsDescrSet() {
        return writes != null;
    }

    @Override
    public boolean isDataDescr() {
        return true;
    }
}
