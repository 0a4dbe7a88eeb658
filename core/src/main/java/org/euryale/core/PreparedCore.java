package org.euryale.core;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.tree.ClassNode;

/**
 * Makes the prepared core from Jython's released jar: the same entries, with the mends applied, and without {@code Lib},
 * which the launcher has unpacked beside it.
 */
public final class PreparedCore {
    private static final List<Mend> MENDS = List.of(new ClassicClassIdentity(), new ExitMessageToStderr());

    private static final String LIBRARY = "Lib/";
    private static final String CLASS = ".class";

    private PreparedCore() {}

    /** {@code PreparedCore JYTHON.jar PREPARED.jar}. */
    public static void main(String[] arguments) throws IOException {
        make(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    /**
     * Makes {@code prepared}, which others see only once it is whole.
     *
     * @throws IllegalStateException if a mend finds no place: the jar is of another version
     */
    static void make(Path jython, Path prepared) throws IOException {
        Path unfinished = prepared.resolveSibling(prepared.getFileName() + ".part");
        Files.createDirectories(prepared.toAbsolutePath().getParent());
        try {
            try (ZipFile from = new ZipFile(jython.toFile());
                    OutputStream file = new BufferedOutputStream(Files.newOutputStream(unfinished));
                    ZipOutputStream to = new ZipOutputStream(file)) {
                copy(from, to);
            }
            Files.move(unfinished, prepared, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void copy(ZipFile from, ZipOutputStream to) throws IOException {
        Map<String, Mend> missing = new HashMap<>();
        MENDS.forEach(mend -> missing.put(mend.target() + CLASS, mend));
        for (Enumeration<? extends ZipEntry> entries = from.entries(); entries.hasMoreElements(); ) {
            ZipEntry entry = entries.nextElement();
            if (!entry.getName().startsWith(LIBRARY)) {
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                to.putNextEntry(copy);
                Mend mend = missing.remove(entry.getName());
                try (InputStream content = from.getInputStream(entry)) {
                    if (mend == null) {
                        content.transferTo(to);
                    } else {
                        to.write(mended(content.readAllBytes(), mend));
                    }
                }
                to.closeEntry();
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalStateException(from.getName() + " has no " + missing.keySet());
        }
    }

    static byte[] mended(byte[] classFile, Mend mend) {
        ClassNode target = new ClassNode();
        new ClassReader(classFile).accept(target, 0);
        mend.apply(target);
        ClassWriter written = new ClassWriter(0);
        target.accept(written);
        return written.toByteArray();
    }
}
