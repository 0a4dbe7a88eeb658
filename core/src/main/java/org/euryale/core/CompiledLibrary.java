package org.euryale.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;

/**
 * Makes a jar of the standard library's modules, as Jython's release has them compiled beside their sources, for the
 * class path: only what the application's class loader defines can be in a class data archive, and it is defined once for
 * all interpreters of a JVM.
 *
 * <p>The class of module {@code a.b} becomes {@code org.euryale.library.a.b$py}: under its own name it would make {@code
 * a} a Java package, which Python could import. {@code org/euryale/library/index} has a line a module: its name, and
 * the CRC-32 (in hexadecimal) and the size in bytes of the source that it was compiled from, by which an edited source
 * is known.
 */
public final class CompiledLibrary {
    /** How the name of a compiled module's class file ends. */
    static final String COMPILED = "$py.class";

    private static final String SOURCE = ".py";
    private static final String PACKAGE = "org/euryale/library/";
    private static final String INDEX = PACKAGE + "index";

    /** What a module implements that was too large for the JVM: it is for Jython alone to load. */
    private static final String OVERSIZED = "org/python/core/ContainsPyBytecode";

    private CompiledLibrary() {}

    /** {@code CompiledLibrary JYTHON.jar LIBRARY.jar}. */
    public static void main(String[] arguments) throws IOException {
        try (ZipFile jython = new ZipFile(arguments[0])) {
            Jars.write(Path.of(arguments[1]), library -> fill(library, jython));
        }
    }

    static void fill(ZipOutputStream library, ZipFile jython) throws IOException {
        Hierarchy hierarchy = new Hierarchy(jython);
        List<String> index = new ArrayList<>();
        for (ZipEntry entry : Collections.list(jython.entries())) {
            String file = entry.getName();
            if (file.startsWith(PreparedCore.LIBRARY) && file.endsWith(COMPILED)) {
                ZipEntry source = jython.getEntry(file.replace(COMPILED, SOURCE));
                ClassReader compiled =
                        new ClassReader(jython.getInputStream(entry).readAllBytes());
                String name = compiled.getClassName();
                if (source != null && !List.of(compiled.getInterfaces()).contains(OVERSIZED)) {
                    Jars.add(library, PACKAGE + name + ".class", entry.getTime(), moved(compiled, hierarchy));
                    index.add("%s %08x %d".formatted(module(name), source.getCrc(), source.getSize()));
                }
            }
        }
        Jars.add(library, INDEX, 0, String.join("\n", index).getBytes(StandardCharsets.UTF_8));
    }

    private static String module(String className) {
        return className.substring(0, className.lastIndexOf("$py")).replace('/', '.');
    }

    private static byte[] moved(ClassReader compiled, Hierarchy hierarchy) {
        String own = compiled.getClassName();
        Framed framed = new Framed(hierarchy);
        Remapper moving = new Remapper(Opcodes.ASM9) {
            @Override
            public String map(String name) {
                return name.equals(own) ? PACKAGE + own : name;
            }
        };
        compiled.accept(new ClassRemapper(framed.raised(), moving), ClassReader.SKIP_FRAMES);
        return framed.toByteArray();
    }
}
