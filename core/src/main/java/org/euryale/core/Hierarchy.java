package org.euryale.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;

/** Which class extends which, read from a jar and from the JDK: what stack map frames are computed with. */
final class Hierarchy {
    static final String OBJECT = "java/lang/Object";

    private record Head(String superclass, boolean isInterface) {}

    private static final Head UNKNOWN = new Head(OBJECT, false);

    private final ZipFile jar;
    private final Map<String, Head> heads = new HashMap<>();

    Hierarchy(ZipFile jar) {
        this.jar = jar;
    }

    /**
     * The nearest class that both extend; Object for interfaces, as the verifier has it, and for classes that are
     * neither in the jar nor in the JDK.
     */
    String common(String one, String other) {
        Set<String> line = line(one);
        return line(other).stream().filter(line::contains).findFirst().orElse(OBJECT);
    }

    /** The class and all that it extends, nearest first. */
    private Set<String> line(String name) {
        Set<String> line = new LinkedHashSet<>();
        for (String at = name; !at.equals(OBJECT) && !head(at).isInterface; at = head(at).superclass) {
            line.add(at);
        }
        line.add(OBJECT);
        return line;
    }

    private Head head(String name) {
        Head head = heads.get(name);
        if (head == null) {
            head = read(name);
            heads.put(name, head);
        }
        return head;
    }

    private Head read(String name) {
        try (InputStream file = open(name + ".class")) {
            if (file == null) {
                return UNKNOWN;
            }
            ClassReader reader = new ClassReader(file);
            return new Head(reader.getSuperName(), (reader.getAccess() & Opcodes.ACC_INTERFACE) != 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable InputStream open(String file) throws IOException {
        ZipEntry entry = jar.getEntry(file);
        return entry != null ? jar.getInputStream(entry) : ClassLoader.getSystemResourceAsStream(file);
    }
}
