package org.euryale.jython;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyObject;

/**
 * What a function takes: its name, how many arguments, and their names where keywords are allowed.
 *
 * @param keywords the names of all arguments, empty when the function takes no keywords
 * @param unpacks how CPython words a wrong count
 */
record Signature(String name, int min, int max, List<String> keywords, boolean unpacks) {
    Signature(String name, int min, int max, String... keywords) {
        this(name, min, max, List.of(keywords), false);
    }

    /** Of a function that CPython gives its arguments by PyArg_UnpackTuple, which words a wrong count its own way. */
    static Signature unpacking(String name, int min, int max) {
        return new Signature(name, min, max, List.of(), true);
    }

    /** The arguments in their places, null for those not given; TypeError as CPython's PyArg_ParseTuple. */
    @Nullable
    PyObject[] bind(PyObject[] given, String[] names) {
        int positional = given.length - names.length;
        if (names.length > 0 && keywords.isEmpty()) {
            throw Py.TypeError(name + "() takes no keyword arguments");
        }
        if (given.length < min || given.length > max) {
            throw wrongCount(given.length);
        }
        @Nullable PyObject[] bound = Arrays.copyOf(given, max);
        Arrays.fill(bound, Math.min(positional, max), max, null);
        for (int i = 0; i < names.length; i++) {
            int place = keywords.indexOf(names[i]);
            if (place < 0) {
                throw Py.TypeError("'" + names[i] + "' is an invalid keyword argument for this function");
            }
            if (bound[place] != null) {
                throw Py.TypeError("Argument given by name ('" + names[i] + "') and position (" + (place + 1) + ")");
            }
            bound[place] = given[positional + i];
        }
        for (int i = 0; i < min; i++) {
            if (bound[i] == null) {
                throw Py.TypeError("Required argument '" + keywords.get(i) + "' (pos " + (i + 1) + ") not found");
            }
        }
        return bound;
    }

    private PyException wrongCount(int given) {
        int bound = given < min ? min : max;
        String how = min == max ? "exactly" : given < min ? "at least" : "at most";
        if (unpacks) {
            return Py.TypeError(
                    name + " expected " + (min == max ? "" : how + " ") + bound + " arguments, got " + given);
        }
        if (max == 0) {
            return Py.TypeError(name + "() takes no arguments (" + given + " given)");
        }
        return Py.TypeError(name + "() takes " + how + " " + bound + " argument" + (bound == 1 ? "" : "s") + " ("
                + given + " given)");
    }
}
