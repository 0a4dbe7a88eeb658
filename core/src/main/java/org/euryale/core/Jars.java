package org.euryale.core;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes jars. */
final class Jars {
    private Jars() {}

    /** What is written into a jar. */
    interface Content {
        void into(ZipOutputStream jar) throws IOException;
    }

    /** Makes {@code jar}, which others see only once it is whole. */
    static void write(Path jar, Content content) throws IOException {
        Path unfinished = jar.resolveSibling(jar.getFileName() + ".part");
        Files.createDirectories(jar.toAbsolutePath().getParent());
        try {
            try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(unfinished));
                    ZipOutputStream to = new ZipOutputStream(file)) {
                to.setLevel(Deflater.BEST_SPEED); // it is made where it is used, and never sent
                content.into(to);
            }
            Files.move(unfinished, jar, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Adds an entry. */
    static void add(ZipOutputStream jar, String name, long millis, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(millis);
        jar.putNextEntry(entry);
        jar.write(content);
        jar.closeEntry();
    }
}
