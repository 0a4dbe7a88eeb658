package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.python.core.BufferProtocol;
import org.python.core.PyArray;
import org.python.core.PyBUF;
import org.python.core.PyBuffer;
import org.python.core.PyObject;
import org.python.core.PyString;

/** The memory of a Python object that {@code recv_into} fills: a bytearray, a memoryview of one, an array of any type. */
abstract class WritableBytes implements AutoCloseable {
    /** ClassCastException, or Python's BufferError for a read-only view, for what cannot be written. */
    static WritableBytes of(PyObject target) {
        if (target instanceof PyArray array && !array.getTypecode().equalsIgnoreCase("b")) {
            return new ArrayItems(array);
        }
        if (target instanceof PyString) {
            throw new ClassCastException("a str cannot be written");
        }
        return new View(((BufferProtocol) target).getBuffer(PyBUF.WRITABLE | PyBUF.SIMPLE));
    }

    abstract int length();

    /** Puts the bytes at the front. */
    abstract void put(ByteBuffer bytes);

    @Override
    public abstract void close();

    private static final class View extends WritableBytes {
        private final PyBuffer buffer;

        View(PyBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        int length() {
            return buffer.getLen();
        }

        @Override
        void put(ByteBuffer bytes) {
            buffer.getNIOByteBuffer().put(bytes);
        }

        @Override
        public void close() {
            buffer.release();
        }
    }

    /** Jython offers the items of an array for reading only, but for type codes b and B, so they are set anew. */
    private static final class ArrayItems extends WritableBytes {
        private final PyArray array;

        ArrayItems(PyArray array) {
            this.array = array;
        }

        @Override
        int length() {
            return array.tostring().length();
        }

        @Override
        void put(ByteBuffer bytes) {
            StringBuilder items = new StringBuilder(array.tostring());
            String front = StandardCharsets.ISO_8859_1.decode(bytes).toString();
            items.replace(0, front.length(), front);
            array.fromstring(0, items.toString());
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
