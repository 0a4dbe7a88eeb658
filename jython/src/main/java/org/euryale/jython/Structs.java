package org.euryale.jython;

import java.math.BigInteger;
import org.python.core.BufferProtocol;
import org.python.core.Py;
import org.python.core.PyArray;
import org.python.core.PyBUF;
import org.python.core.PyBuffer;
import org.python.core.PyException;
import org.python.core.PyFloat;
import org.python.core.PyInteger;
import org.python.core.PyLong;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.modules.struct;

/**
 * The bytes that {@code struct} unpacks and the place where it packs them, in any object with a buffer, as {@code
 * s_unpack_from} and {@code s_pack_into} of CPython's {@code _struct.c} have them, and the numbers that it packs. Jython
 * takes a {@code str} or an {@code array} in most places, reads the {@code repr} of others in one, copies all that
 * follows what it unpacks, and cuts off numbers. The prepared core asks here.
 */
public final class Structs {
    /** The formats of whole numbers; those in lower case have a sign. */
    private static final String INTEGERS = "bBhHiIlLqQ";

    private Structs() {}

    /**
     * What a format packs for {@code value}: of {@code ?} whether it is true, of a format of integers the integer. Another
     * format's value is returned as it is.
     *
     * @param size how many bytes the format has
     * @throws PyException {@code struct.error} if it is no integer or does not fit
     */
    public static PyObject packed(PyObject value, char format, int size) {
        if (format == '?') {
            return Py.newInteger(value.__nonzero__() ? 1 : 0);
        }
        if (INTEGERS.indexOf(format) < 0) {
            return value;
        }
        boolean signed = Character.isLowerCase(format);
        PyObject number = value instanceof PyInteger || value instanceof PyLong ? value : integer(value);
        boolean negative;
        int bits; // without the sign, as BigInteger.bitLength counts them
        if (number instanceof PyInteger plain) {
            negative = plain.getValue() < 0;
            bits = Integer.SIZE - Integer.numberOfLeadingZeros(negative ? ~plain.getValue() : plain.getValue());
        } else {
            BigInteger large = ((PyLong) number).getValue();
            negative = large.signum() < 0;
            bits = large.bitLength();
        }
        if (fits(bits, negative, signed, size)) {
            return number;
        }
        // CPython's words hang on whether C's long, or unsigned long, takes the number.
        throw error(
                fits(bits, negative, signed || format == 'B', Long.BYTES)
                        ? required(format, signed, size)
                        : "integer out of range for '" + format + "' format code");
    }

    /** What a format has unpacked: of {@code ?}, a byte, whether it is not 0. */
    public static PyObject unpacked(PyObject value, char format) {
        return format == '?' ? Py.newBoolean(value.__nonzero__()) : value;
    }

    private static PyObject integer(PyObject value) {
        if (value.isIndex()) {
            try {
                return value.__index__();
            } catch (PyException e) {
                if (!e.match(Py.TypeError)) {
                    throw e;
                }
            }
        }
        if (!(value instanceof PyFloat) && value.__findattr__("__int__") == null) {
            throw error("cannot convert argument to integer");
        }
        Py.warning(
                Py.DeprecationWarning,
                value instanceof PyFloat
                        ? "integer argument expected, got float"
                        : "integer argument expected, got non-integer (implicit conversion using __int__ is deprecated)");
        return value.__int__();
    }

    private static boolean fits(int bits, boolean negative, boolean signed, int size) {
        return signed ? bits < size * Byte.SIZE : !negative && bits <= size * Byte.SIZE;
    }

    /** In CPython's words for network order; it has others for native order. */
    private static String required(char format, boolean signed, int size) {
        return switch (format) {
            case 'b' -> "byte format requires -128 <= number <= 127";
            case 'B' -> "ubyte format requires 0 <= number <= 255";
            default -> {
                long most = (1L << (size * Byte.SIZE - (signed ? 1 : 0))) - 1;
                yield "'" + format + "' format requires " + (signed ? -most - 1 : 0) + " <= number <= " + most;
            }
        };
    }

    /**
     * All bytes of {@code source}.
     *
     * @throws PyException {@code struct.error} if it has no buffer
     */
    public static PyObject all(PyObject source, int size) {
        if (source instanceof PyString) {
            return source;
        }
        if (source instanceof PyArray array) {
            return bytes(array);
        }
        if (!(source instanceof BufferProtocol object)) {
            throw error("unpack requires a string argument of length " + size);
        }
        try (PyBuffer buffer = object.getBuffer(PyBUF.FULL_RO)) {
            return new PyString(buffer.toString());
        }
    }

    /**
     * {@code size} bytes of {@code source} from {@code offset}, which counts from its end if it is negative.
     *
     * @throws PyException {@code struct.error} if it has not so many, TypeError if it has no buffer
     */
    public static PyString part(PyObject source, int offset, int size) {
        if (source instanceof PyString || source instanceof PyArray) {
            String all = (source instanceof PyArray array ? bytes(array) : (PyString) source).getString();
            int start = start("unpack_from", offset, size, all.length());
            return new PyString(all.substring(start, start + size));
        }
        if (!(source instanceof BufferProtocol object)) {
            throw Py.TypeError("unpack_from() argument 1 must be string or buffer, not "
                    + source.getType().fastGetName());
        }
        try (PyBuffer buffer = object.getBuffer(PyBUF.FULL_RO)) {
            int start = start("unpack_from", offset, size, buffer.getLen());
            try (PyBuffer part = buffer.getBufferSlice(PyBUF.FULL_RO, start, size)) {
                return new PyString(part.toString());
            }
        }
    }

    /**
     * Puts {@code packed}, a byte each char, into {@code target} at {@code offset}, which counts from its end if it is
     * negative.
     *
     * @throws PyException {@code struct.error} if it has no room there, TypeError if it has no buffer or is read-only
     */
    public static void into(PyObject target, PyObject offset, String packed) {
        if (target instanceof PyArray array) {
            into(array, offset.asInt(), packed);
            return;
        }
        if (!(target instanceof BufferProtocol object) || isReadOnly(object)) {
            throw Py.TypeError("argument must be read-write buffer, not "
                    + target.getType().fastGetName());
        }
        try (PyBuffer buffer = object.getBuffer(PyBUF.FULL)) {
            int start = start("pack_into", offset.asInt(), packed.length(), buffer.getLen());
            for (int i = 0; i < packed.length(); i++) {
                buffer.storeAt((byte) packed.charAt(i), start + i);
            }
        }
    }

    private static void into(PyArray target, int offset, String packed) {
        StringBuilder all = new StringBuilder(bytes(target).getString());
        int start = start("pack_into", offset, packed.length(), all.length());
        all.replace(start, start + packed.length(), packed);
        PyArray both = new PyArray(target); // and what it is to be, behind what it is
        both.fromstring(all.toString());
        int items = target.__len__();
        for (int i = 0; i < items; i++) {
            target.__setitem__(i, both.__finditem__(items + i));
        }
    }

    /** An array gives a buffer only where its items are the JVM's bytes, and a {@code c} is a char. */
    private static PyString bytes(PyArray array) {
        return new PyString(array.tostring());
    }

    private static boolean isReadOnly(BufferProtocol object) {
        try (PyBuffer buffer = object.getBuffer(PyBUF.FULL_RO)) {
            return buffer.isReadonly();
        }
    }

    private static int start(String function, int offset, int size, int length) {
        int start = offset < 0 ? offset + length : offset;
        if (start < 0 || length - start < size) {
            throw error(function + " requires a buffer of at least " + size + " bytes");
        }
        return start;
    }

    private static PyException error(String text) {
        return new PyException(struct.error, text);
    }
}
