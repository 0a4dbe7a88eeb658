package org.euryale.posix;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/*
 * A path is bound once: the file stays when its socket is closed, and a second bind says EADDRINUSE. java.nio has one
 * class for sockets that listen and another for those that do not, so a UNIX socket that was bound and is to listen has
 * to be bound again. It is bound to a new name, in a directory that only its owner may enter, gets the owner and mode
 * that the first file has by then, and is renamed over it, which is atomic: there is no moment without the file, and none
 * at which somebody can connect who may not.
 */

/** Where in the file system a UNIX socket is. Any thread may call anything. */
final class UnixPath {
    /** The call on the address; a path that is too long is reached another way. */
    interface Use {
        void at(UnixDomainSocketAddress address) throws IOException;
    }

    private static final String MODE = "unix:mode";

    private final Path path;

    /** Which file is ours, null until bind made it. */
    private @Nullable Object file;

    UnixPath(Path path) {
        this.path = path;
    }

    /** Binds, which makes the file. */
    void bind(Use use) throws IOException {
        reach(path, use);
        file = identity();
    }

    /** Binds another socket in the place of the one that has the file; not at all when the file is gone. */
    void bindAgain(Use use) throws IOException {
        Path directory = Files.createTempDirectory(parent(), ".e");
        Path fresh = directory.resolve("s");
        try {
            reach(fresh, use);
            if (Objects.equals(file, identity())) {
                copyAttributes(fresh);
                Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                file = identity();
            }
        } finally {
            Files.deleteIfExists(fresh);
            Files.delete(directory);
        }
    }

    /**
     * Binds again a socket that does not listen, under the very name, which others are told when it connects. The file
     * is gone for a moment; nobody could connect to it. Not at all when it is gone already.
     */
    void bindAnew(Use use) throws IOException {
        if (Objects.equals(file, identity())) {
            Object mode = attribute(path);
            Files.delete(path);
            bind(use);
            if (mode != null) {
                Files.setAttribute(path, MODE, mode);
            }
        }
    }

    private static @Nullable Object attribute(Path path) throws IOException {
        try {
            return Files.getAttribute(path, MODE);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return null; // no such attribute: Windows
        }
    }

    private Path parent() {
        Path parent = path.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private @Nullable Object identity() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    private void copyAttributes(Path fresh) throws IOException {
        try {
            for (String name : new String[] {"unix:uid", "unix:gid", MODE}) {
                Object value = Files.getAttribute(path, name);
                if (!value.equals(Files.getAttribute(fresh, name))) {
                    Files.setAttribute(fresh, name, value);
                }
            }
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return; // no such attributes: Windows
        }
    }

    /** Makes a call on a path, which may be longer than a socket's address when it was given relative to a directory. */
    static void reach(Path path, Use use) throws IOException {
        Path parent = path.getParent();
        if (length(path) <= UnixAddress.JDK_LIMIT || parent == null) {
            use.at(UnixDomainSocketAddress.of(path));
            return;
        }
        Path directory = Files.createTempDirectory("e");
        Path link = directory.resolve("d");
        try {
            Files.createSymbolicLink(link, parent);
            use.at(UnixDomainSocketAddress.of(link.resolve(Objects.requireNonNull(path.getFileName()))));
        } finally {
            Files.deleteIfExists(link);
            Files.delete(directory);
        }
    }

    private static int length(Path path) {
        return UnixAddress.of(path).name().getBytes(StandardCharsets.ISO_8859_1).length;
    }

    /** Lends a path that nobody else can reach. */
    static void lend(Use use) throws IOException {
        Path directory = Files.createTempDirectory("e");
        Path path = directory.resolve("s");
        try {
            use.at(UnixDomainSocketAddress.of(path));
        } finally {
            Files.deleteIfExists(path);
            Files.delete(directory);
        }
    }
}
