package org.euryale.jython;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.python.Version;
import org.python.core.Py;
import org.python.core.PySystemState;
import org.python.core.imp;

/**
 * What imports make anew at every start, kept in a directory of the user's, as the code of modules is kept beside their
 * sources. It is asked only by a thread that holds the interpreter's import lock, so that what a running program works
 * on is not written anywhere. A file is known by a digest of all that it was made from; there are {@value #MOST} at most.
 */
final class ImportCache {
    /** In which nobody but the user can write. Null if nothing is to be kept. */
    private static final @Nullable Path DIRECTORY = directory(System.getProperty("euryale.code"));

    private static final int MOST = 4000;

    /** A program that runs inside an import, as one that {@code -c} imports, may compile for ever. */
    private static final int MOST_OF_A_START = 1000;

    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final int WRITABLE_BY_OTHERS = 022;

    /** How many more may be written; negative when it is not known yet. */
    private static int left = -1;

    /** Null until the directory is there. */
    private static volatile @Nullable Boolean ours;

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
        if (DIRECTORY == null || !isOurs()) {
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
            Files.createDirectories(DIRECTORY, PosixFilePermissions.asFileAttribute(PRIVATE));
            if (!isOurs() || !hasRoom(DIRECTORY)) {
                return;
            }
            Path part = Files.createTempFile(DIRECTORY, "", null);
            try {
                Files.write(part, content);
                Files.move(part, DIRECTORY.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException | UncheckedIOException | UnsupportedOperationException e) {
            // A full disk, or a home that cannot be written: it is made again at the next start.
        }
    }

    /** Takes one of the places that are left, for all of them and for this process. */
    private static synchronized boolean hasRoom(Path directory) throws IOException {
        if (left < 0) {
            try (Stream<Path> files = Files.list(directory)) {
                left = (int) Math.min(MOST_OF_A_START, MOST - files.limit(MOST).count());
            }
        }
        return left > 0 && left-- > 0;
    }

    /**
     * Whether the directory is there, and nobody else can write in it or put another in its place: what is in it is run.
     */
    private static boolean isOurs() {
        if (ours == null && DIRECTORY != null && Files.isDirectory(DIRECTORY, LinkOption.NOFOLLOW_LINKS)) {
            ours = isOurs(DIRECTORY) && isOurs(Objects.requireNonNull(DIRECTORY.getParent()));
        }
        return Boolean.TRUE.equals(ours);
    }

    private static boolean isOurs(Path directory) {
        try {
            Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            Map<String, Object> has = Files.readAttributes(directory, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
            return user.equals(has.get("uid"))
                    && has.get("mode") instanceof Integer mode
                    && (mode & WRITABLE_BY_OTHERS) == 0;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }
}
