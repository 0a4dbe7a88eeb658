package org.euryale.jython;

import org.jspecify.annotations.Nullable;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PyType;

/**
 * An object written in Java whose type is a class of the interpreter. Programs may subclass that, put methods into it and
 * attributes on the object, as on any instance of Python's; one that nobody puts attributes on has no dictionary.
 */
abstract class ClassInstance extends PyObject {
    private static final long serialVersionUID = 1L;

    private @Nullable PyObject dict;

    ClassInstance(PyType type) {
        super(type);
    }

    /** What {@code repr()} says where no class does. */
    abstract String shown();

    @Override
    public final @Nullable PyObject fastGetDict() {
        return dict;
    }

    @Override
    public final PyObject getDict() {
        PyObject own = dict;
        if (own == null) {
            own = new PyStringMap();
            dict = own;
        }
        return own;
    }

    @Override
    public final void setDict(PyObject replacement) {
        dict = replacement;
    }

    /** Makes the dictionary for what is to be in it: what the class has a place for is not. */
    @Override
    public void __setattr__(String name, PyObject value) {
        if (dict == null) {
            PyObject place = getType().lookup(name);
            if (place == null || !place.isDataDescr()) {
                getDict();
            }
        }
        super.__setattr__(name, value);
    }

    /** A class may have an {@code __init__}, which {@code type.__call__} leaves to the object. */
    @Override
    public final void dispatch__init__(PyObject[] arguments, String[] keywords) {
        PyObject init = ofClass("__init__");
        if (init != null) {
            init.__call__(arguments, keywords);
        }
    }

    @Override
    public final PyString __repr__() {
        PyObject method = ofClass("__repr__");
        return method != null && method.__call__() instanceof PyString text ? text : new PyString(shown());
    }

    @Override
    public final PyString __str__() {
        return __repr__();
    }

    @Override
    public final String toString() {
        return __repr__().toString();
    }

    /** A method of the object's classes, bound; null if it is the one that every object has. */
    @SuppressWarnings("ReferenceEquality") // the same entry of the same type, or another
    private @Nullable PyObject ofClass(String name) {
        PyObject method = getType().lookup(name);
        return method == null || method == TYPE.lookup(name) ? null : method.__get__(this, getType());
    }
}
