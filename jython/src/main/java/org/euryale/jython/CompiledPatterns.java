package org.euryale.jython;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyDictionary;
import org.python.core.PyInteger;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyUnicode;
import org.python.modules._sre;
import org.python.modules.sre.PatternObject;

/**
 * The regular expressions that modules compile while they are imported. Python's compiler of them is Python: the patterns
 * of a start of Twisted's were a tenth of it. What it makes is kept ({@link ImportCache}).
 *
 * <p>One stands for {@code _sre} in the module {@code sre_compile} of an interpreter, whose {@code compile} asks it first.
 */
public final class CompiledPatterns extends PyObject {
    private static final long serialVersionUID = 1L;

    /** The flag that prints what is compiled. */
    private static final int DEBUG = 128;

    /** Of Python's. */
    private static final int MOST_GROUPS = 100;

    /** What {@code sre_compile} has under this name otherwise. */
    private final PyObject sre;

    /** What the thread with the import lock is having compiled, and under which name it is to be kept. */
    private transient @Nullable PyString pending;

    private String pendingName = "";

    /**
     * @param sre the module {@code _sre}
     */
    public CompiledPatterns(PyObject sre) {
        this.sre = sre;
    }

    @Override
    public @Nullable PyObject __findattr_ex__(String name) {
        return switch (name) {
            case "kept" ->
                new Function(
                        new Signature("kept", 2, 2, "pattern", "flags"),
                        "What was kept, or None.",
                        a -> orNone(kept(SocketMethods.required(a[0]), SocketMethods.required(a[1]))));
            case "compile" ->
                new Function(
                        new Signature(
                                "compile", 6, 6, "pattern", "flags", "code", "groups", "groupindex", "indexgroup"),
                        "As _sre.compile, and keeps it.",
                        a -> compile(
                                a[0] instanceof PyString pattern ? pattern : null,
                                Values.integer(SocketMethods.required(a[1])),
                                SocketMethods.required(a[2]),
                                Values.integer(SocketMethods.required(a[3])),
                                SocketMethods.required(a[4]),
                                SocketMethods.required(a[5])));
            default -> sre.__findattr_ex__(name);
        };
    }

    private static PyObject orNone(@Nullable PyObject object) {
        return object == null ? Py.None : object;
    }

    private @Nullable PatternObject kept(PyObject given, PyObject givenFlags) {
        pending = null;
        if (!(given instanceof PyString pattern) || !(givenFlags instanceof PyInteger) || !ImportCache.isOpen()) {
            return null;
        }
        int flags = givenFlags.asInt();
        if ((flags & DEBUG) != 0) {
            return null;
        }
        String name = ImportCache.name(
                "pattern", pattern.getType().fastGetName(), Integer.toString(flags), pattern.getString());
        byte[] compiled = ImportCache.read(name);
        try {
            if (compiled != null) {
                return read(pattern, new DataInputStream(new ByteArrayInputStream(compiled)));
            }
        } catch (IOException | RuntimeException e) {
            // It was cut short or changed: it is written anew.
        }
        pending = pattern;
        pendingName = name;
        return null;
    }

    @SuppressWarnings("ReferenceEquality") // whether it is that of the call under way, not one like it
    private PatternObject compile(
            @Nullable PyString pattern,
            int flags,
            PyObject code,
            int groups,
            PyObject groupIndex,
            PyObject indexGroup) {
        if (pattern != null && pattern == pending && ImportCache.isOpen()) {
            ImportCache.write(pendingName, written(flags, code, groups, (PyDictionary) groupIndex));
            pending = null;
        }
        return _sre.compile(pattern, flags, code, groups, groupIndex, indexGroup);
    }

    private static byte[] written(int flags, PyObject code, int groups, PyDictionary groupIndex) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (DataOutputStream to = new DataOutputStream(content)) {
            to.writeInt(flags);
            to.writeInt(groups);
            to.writeInt(groupIndex.__len__());
            for (PyObject name : groupIndex.asIterable()) {
                to.writeUTF(((PyString) name).getString());
                to.writeInt(groupIndex.__getitem__(name).asInt());
            }
            List<Integer> words = new ArrayList<>();
            for (PyObject word : code.asIterable()) {
                words.add((int) word.asLong()); // as _sre.compile takes it
            }
            to.writeInt(words.size());
            for (int word : words) {
                to.writeInt(word);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e); // not in memory
        }
        return content.toByteArray();
    }

    private static PatternObject read(PyString pattern, DataInputStream from) throws IOException {
        int flags = from.readInt();
        int groups = from.readInt();
        if (groups < 0 || groups > MOST_GROUPS) {
            throw new IOException("not what was written");
        }
        PyObject[] indexGroup = new PyObject[groups + 1];
        Arrays.fill(indexGroup, Py.None);
        PyDictionary groupIndex = new PyDictionary();
        for (int left = from.readInt(); left > 0; left--) {
            String text = from.readUTF();
            PyString name = pattern instanceof PyUnicode ? new PyUnicode(text) : new PyString(text);
            int index = from.readInt();
            indexGroup[index] = name;
            groupIndex.__setitem__(name, Py.newInteger(index));
        }
        int length = from.readInt();
        if (length * (long) Integer.BYTES != from.available()) {
            throw new IOException("not what was written");
        }
        int[] code = new int[length];
        for (int i = 0; i < code.length; i++) {
            code[i] = from.readInt();
        }
        return new PatternObject(pattern, flags, code, groups, groupIndex, new PyList(indexGroup));
    }
}
