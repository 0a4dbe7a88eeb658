package org.euryale.jython;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyFloat;
import org.python.core.PyInteger;
import org.python.core.PyLong;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyUnicode;

/** Python values to Java's, with the errors of CPython's argument parser. */
final class Values {
    private static final double NANOS = 1e9;

    private Values() {}

    /** The format {@code i}: a C int. */
    static int integer(PyObject value) {
        if (value instanceof PyInteger small) {
            return small.getValue();
        }
        BigInteger big = bigInteger(value);
        if (big.bitLength() > 31) {
            throw Py.OverflowError(
                    big.bitLength() > 63
                            ? "Python int too large to convert to C long"
                            : big.signum() < 0
                                    ? "signed integer is less than minimum"
                                    : "signed integer is greater than maximum");
        }
        return big.intValue();
    }

    static int integer(@Nullable PyObject value, int absent) {
        return value == null ? absent : integer(value);
    }

    /** What PyInt_AsLong takes: a C long, and a float without its fraction. */
    static long cLong(PyObject value) {
        BigInteger big = bigInteger(value instanceof PyFloat ? value.__int__() : value);
        if (big.bitLength() > 63) {
            throw Py.OverflowError("Python int too large to convert to C long");
        }
        return big.longValue();
    }

    /** Any whole number; TypeError for a float or something that is no number. */
    static BigInteger bigInteger(PyObject value) {
        if (value instanceof PyInteger small) {
            return BigInteger.valueOf(small.getValue());
        }
        if (value instanceof PyLong large) {
            return large.getValue();
        }
        if (value instanceof PyFloat) {
            throw Py.TypeError("integer argument expected, got float");
        }
        if (value instanceof PyString) { // has an __int__ in Jython, which parses
            throw Py.TypeError("an integer is required");
        }
        PyObject whole;
        try {
            whole = value.__int__();
        } catch (PyException e) {
            if (e.match(Py.AttributeError) || e.match(Py.TypeError)) {
                throw Py.TypeError("an integer is required");
            }
            throw e;
        }
        if (whole instanceof PyInteger || whole instanceof PyLong) {
            return bigInteger(whole);
        }
        throw Py.TypeError("an integer is required");
    }

    static boolean isInteger(PyObject value) {
        return value instanceof PyInteger || value instanceof PyLong;
    }

    static double number(PyObject value, String error) {
        try {
            return value.asDouble();
        } catch (PyException e) {
            if (e.match(Py.TypeError) || e.match(Py.AttributeError)) {
                throw Py.TypeError(error);
            }
            throw e;
        }
    }

    /** Seconds to nanoseconds, rounded up; more than 292 years are 292 years. */
    static long nanos(double seconds) {
        return (long) Math.ceil(seconds * NANOS);
    }

    /**
     * The format {@code s}: text without NUL; what CPython's default encoding makes of unicode.
     *
     * @param argument what the TypeError calls it: {@code "inet_aton() argument 1"}
     */
    static String text(PyObject value, String argument) {
        String text;
        if (value instanceof PyUnicode unicode) {
            text = unicode.encode().toString();
        } else if (value instanceof PyString string) {
            text = string.getString();
        } else {
            throw Py.TypeError(argument + " must be string, not " + typeName(value));
        }
        if (text.indexOf('\0') >= 0) {
            throw Py.TypeError(argument + " must be string without null bytes, not " + typeName(value));
        }
        return text;
    }

    /** The format {@code I}: the lower 32 bits, whatever the number. */
    static int unsigned(PyObject value) {
        return bigInteger(value).intValue();
    }

    /** None is one object in each JVM, so identity is the test. */
    @SuppressWarnings("ReferenceEquality")
    static boolean isNone(PyObject value) {
        return value == Py.None;
    }

    static String typeName(PyObject value) {
        return isNone(value) ? "None" : value.getType().fastGetName();
    }
}
