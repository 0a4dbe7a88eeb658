package org.euryale.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The user's directories, as the XDG Base Directory Specification has them; none need be there or be writable. */
final class Directories {
    private Directories() {}

    /** Where Jython may note what is in the jars: the user's cache, or a temporary place if that cannot be written. */
    static Path cache() {
        Path base = base("XDG_CACHE_HOME", ".cache");
        try {
            if (base != null) {
                Path cache = base.resolve("packages");
                Files.createDirectories(cache);
                if (Files.isWritable(cache)) {
                    return cache;
                }
            }
        } catch (IOException e) {
            // A read-only home is no reason not to start.
        }
        return Path.of(System.getProperty("java.io.tmpdir", "."), "euryale-" + System.getProperty("user.name", ""));
    }

    /** Where what modules compile may be kept; null if there is no home. It is code: a temporary place is no place for it. */
    static @Nullable String code() {
        Path base = base("XDG_CACHE_HOME", ".cache");
        return base == null ? null : base.resolve("code").toString();
    }

    /** Where the user's packages are, outside a venv: {@code sys.prefix}. Null if there is no home. */
    static @Nullable String prefix() {
        Path base = base("XDG_DATA_HOME", ".local/share");
        return base == null ? null : base.toString();
    }

    private static @Nullable Path base(String variable, String inHome) {
        String configured = System.getenv(variable);
        String home = System.getenv("HOME");
        if (home == null || home.isEmpty()) {
            home = System.getProperty("user.home", ""); // of the user database; "?" if it does not know
        }
        try {
            if (configured != null && Path.of(configured).isAbsolute()) { // a relative one is to be ignored
                return Path.of(configured, "euryale");
            }
            return Path.of(home).isAbsolute() ? Path.of(home, inHome, "euryale") : null;
        } catch (InvalidPathException e) {
            return null; // not a name in this locale's encoding
        }
    }
}
