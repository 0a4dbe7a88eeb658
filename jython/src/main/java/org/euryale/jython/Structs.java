package org.euryale.jython;

import org.python.core.BufferProtocol;
import org.python.core.Py;
import org.python.core.PyArray;
import org.python.core.PyBUF;
import org.python.core.PyBuffer;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.modules.struct;

/**
 * The bytes that {@code struct} unpacks and the place where it packs them, in any object with a buffer, as {@code
 * s_unpack_from} and {@code s_pack_into} of CPython's {@code _struct.c} have them. Jython takes a {@code str} or an {@code
 * array} in most places, reads the {@code repr} of others in one, and copies all that follows what it unpacks. The
 * prepared core asks here.
 */
public final class Structs {
    private Structs() {}

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
