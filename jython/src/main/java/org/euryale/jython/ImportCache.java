package org.euryale.jython;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.python.Version;
import org.python.core.Py;
import org.python.core.PySystemState;
import org.python.core.imp;

/**
 * What imports make anew at every start, kept in a directory of the user's, as the code of modules is kept beside their
 * sources. It is asked only by a thread that holds the interpreter's import lock: nothing of what a running program works
 * on is written anywhere. A file is known by a digest of all that it was made from; there are {@value #MOST} at most.
 */
final class ImportCache {
    /** In which nobody but the user can write. Null if nothing is to be kept. */
    private static final @Nullable Path DIRECTORY = directory(System.getProperty("euryale.code"));

    private static final int MOST = 4000;

    /** Half of a SHA-256, in bytes. */
    private static final int DIGEST_BYTES = 16;

    private ImportCache() {}

    private static @Nullable Path directory(@Nullable String name) {
        return name == null ? null : Path.of(name);
    }

    /** Whether the calling thread imports something, and there is a directory. */
    static boolean isOpen() {
        return DIRECTORY != null && Py.getSystemState().getImportLock().isHeldByCurrentThread();
    }

    /** The name of what this version of Jython makes of these texts. */
    static String name(String... madeFrom) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            update(digest, Version.PY_VERSION);
            update(digest, Integer.toString(imp.getAPIVersion()));
            for (String text : madeFrom) {
                update(digest, text);
            }
            return "_" + HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_16BE); // a lone surrogate has no UTF-8
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }

    /** What was kept, null if nothing was. */
    static byte @Nullable [] read(String name) {
        if (DIRECTORY == null) {
            return null;
        }
        try {
            return Files.readAllBytes(DIRECTORY.resolve(name));
        } catch (IOException e) {
            return null;
        }
    }

    /** Keeps something, unless the program writes no compiled modules either. Others see it only once it is whole. */
    static void write(String name, byte[] content) {
        PySystemState state = Py.getSystemState();
        if (DIRECTORY == null || state.dont_write_bytecode) {
            return;
        }
        try {
            Files.createDirectories(
                    DIRECTORY, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (Stream<Path> files = Files.list(DIRECTORY)) {
                if (files.limit(MOST).count() == MOST) {
                    return;
                }
            }
            Path part = Files.createTempFile(DIRECTORY, "", null);
            try {
                Files.write(part, content);
                Files.move(part, DIRECTORY.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            // A full disk, or a home that cannot be written: it is made again at the next start.
        }
    }
}
