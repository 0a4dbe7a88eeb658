package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.Map;
import org.python.core.BufferProtocol;
import org.python.core.Py;
import org.python.core.PyBUF;
import org.python.core.PyBuffer;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyUnicode;

/**
 * Where a thread's bytes pass between Python strings and the kernel. The kernel needs memory outside the heap; the JDK
 * would copy a heap buffer of whatever size to a direct one and keep that for ever, so pieces go through one of ours.
 */
final class Bytes {
    /** Bytes at a time; a larger call is made of several. */
    static final int CHUNK = 64 * 1024;

    /** Of C structs that programs pack and unpack: Jython's struct takes big-endian for native (sys.byteorder). */
    static final ByteOrder STRUCT_ORDER = ByteOrder.BIG_ENDIAN;

    private static final int FIRST = 8 * 1024;

    /**
     * A thread's direct buffer and heap array, of one size. They are classes of the JDK's alone: a value of a class of
     * ours would keep our class loader for as long as the thread lives, and a pool's threads outlive an application.
     */
    private static final ThreadLocal<Map.Entry<ByteBuffer, byte[]>> LOCAL = ThreadLocal.withInitial(() -> room(FIRST));

    private Bytes() {}

    private static Map.Entry<ByteBuffer, byte[]> room(int size) {
        return new AbstractMap.SimpleImmutableEntry<>(ByteBuffer.allocateDirect(size), new byte[size]);
    }

    private static Map.Entry<ByteBuffer, byte[]> local(int size) {
        Map.Entry<ByteBuffer, byte[]> local = LOCAL.get();
        if (size > local.getValue().length) {
            local = room(Math.min(CHUNK, Integer.highestOneBit(size - 1) * 2));
            LOCAL.set(local);
        }
        return local;
    }

    /** The calling thread's buffer, empty, for {@code wanted} bytes, or {@link #CHUNK} if that is less. */
    static ByteBuffer empty(int wanted) {
        int size = Math.min(wanted, CHUNK);
        return local(size).getKey().clear().limit(size);
    }

    /** The first {@code count} bytes of the calling thread's buffer as a {@code str}. */
    static PyString string(int count) {
        Map.Entry<ByteBuffer, byte[]> local = LOCAL.get();
        byte[] array = local.getValue();
        local.getKey().get(0, array, 0, count);
        return new Received(new String(array, 0, count, StandardCharsets.ISO_8859_1));
    }

    /**
     * What has been put into {@link #empty}'s buffer of the calling thread, or into another that is too large for it, as a
     * {@code str}.
     */
    @SuppressWarnings("ReferenceEquality") // one of two buffers
    static PyString string(ByteBuffer filled) {
        if (filled == LOCAL.get().getKey()) {
            return string(filled.position());
        }
        byte[] bytes = new byte[filled.position()];
        filled.get(0, bytes);
        return new Received(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** The calling thread's buffer with {@code count} chars of the string, which are all below 256; at most a chunk. */
    @SuppressWarnings("deprecation") // the only way to Latin-1 bytes that allocates nothing; exact for such strings
    static ByteBuffer filled(String text, int from, int count) {
        int size = Math.min(count, CHUNK);
        Map.Entry<ByteBuffer, byte[]> local = local(size);
        byte[] array = local.getValue();
        text.getBytes(from, from + size, array, 0);
        return local.getKey().clear().put(array, 0, size).flip();
    }

    /**
     * The calling thread's array as a buffer of {@code wanted} bytes, or of {@link #CHUNK} if that is less: for bytes that come
     * from or go to Java code, not the kernel. {@link #filled} and {@link #string(int)} write over it.
     */
    static ByteBuffer onHeap(int wanted) {
        int size = Math.min(wanted, CHUNK);
        return ByteBuffer.wrap(local(size).getValue(), 0, size);
    }

    /** {@link #onHeap} with chars of the string from {@code from} on, which are all below 256; at most a chunk. */
    @SuppressWarnings("deprecation") // as above
    static ByteBuffer onHeap(String text, int from) {
        int size = Math.min(text.length() - from, CHUNK);
        byte[] array = local(size).getValue();
        text.getBytes(from, from + size, array, 0);
        return ByteBuffer.wrap(array, 0, size);
    }

    /** What has been put into a buffer of {@link #onHeap}, as a {@code str}. */
    static PyString ofHeap(ByteBuffer filled) {
        return new Received(
                new String(filled.array(), filled.arrayOffset(), filled.position(), StandardCharsets.ISO_8859_1));
    }

    /** What is left in a buffer of somebody else's, as a {@code str}. */
    static PyString rest(ByteBuffer from) {
        int count = from.remaining();
        byte[] array = local(count).getValue();
        from.get(array, 0, count);
        return new Received(new String(array, 0, count, StandardCharsets.ISO_8859_1));
    }

    /** Puts chars of the string from {@code from} on into a buffer, as bytes: all, or what has room. */
    @SuppressWarnings("deprecation") // as above
    static void copy(String text, int from, ByteBuffer into) {
        byte[] array = LOCAL.get().getValue();
        int at = from;
        int end = from + Math.min(text.length() - from, into.remaining());
        while (at < end) {
            int count = Math.min(array.length, end - at);
            text.getBytes(at, at + count, array, 0);
            into.put(array, 0, count);
            at += count;
        }
    }

    /**
     * What {@code send} takes (the format {@code s*}) as a string of chars below 256.
     *
     * @param wanted what the TypeError says before "not" and the type
     */
    static String sendable(PyObject data, String wanted) {
        if (data instanceof PyString string && !(data instanceof PyUnicode)) {
            return string.getString();
        }
        if (data instanceof PyUnicode unicode) {
            return unicode.encode().toString();
        }
        if (data instanceof BufferProtocol exporter) {
            try (PyBuffer view = exporter.getBuffer(PyBUF.SIMPLE)) {
                byte[] copy = new byte[view.getLen()];
                view.copyTo(copy, 0);
                return new String(copy, StandardCharsets.ISO_8859_1);
            } catch (ClassCastException e) {
                throw notBuffer(data, wanted); // an exporter by inheritance only, see BufferProtocol
            }
        }
        throw notBuffer(data, wanted);
    }

    private static RuntimeException notBuffer(PyObject data, String wanted) {
        return Py.TypeError(wanted + ", not " + Values.typeName(data));
    }

    /** A str straight from the kernel: each char is a byte by construction, so the check of each is spared. */
    private static final class Received extends PyString {
        private static final long serialVersionUID = 1L;

        Received(String text) {
            super(TYPE, text, true);
        }
    }
}
