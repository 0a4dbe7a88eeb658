package org.euryale.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What {@code stat(2)} tells of a file. Times are nanoseconds since 1970.
 *
 * @param mode type and permissions, with Linux's bits: see the {@code S_IF} constants
 */
public record FileStatus(
        int mode,
        long inode,
        long device,
        int links,
        int owner,
        int group,
        long size,
        long accessed,
        long modified,
        long changed) {
    public static final int S_IFMT = 0xF000;
    public static final int S_IFSOCK = 0xC000;
    public static final int S_IFREG = 0x8000;
    public static final int S_IFDIR = 0x4000;
    public static final int S_IFCHR = 0x2000;
    public static final int S_IFIFO = 0x1000;

    // By name: for all of them the JDK asks the user database for the names of owner and group, each time anew.
    private static final String NAMES = "unix:mode,ino,dev,nlink,uid,gid,size,lastAccessTime,lastModifiedTime,ctime";

    /** The file behind {@code path}, symbolic links followed. ENOENT, EACCES, ENOTDIR, ELOOP. */
    public static FileStatus of(Path path) throws PosixException {
        try {
            return of(Files.readAttributes(path, NAMES));
        } catch (IOException e) {
            throw PosixException.of(e);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return basic(path); // no view named "unix": Windows
        }
    }

    private static FileStatus of(Map<String, Object> attributes) {
        return new FileStatus(
                number(attributes, "mode").intValue(),
                number(attributes, "ino").longValue(),
                number(attributes, "dev").longValue(),
                number(attributes, "nlink").intValue(),
                number(attributes, "uid").intValue(),
                number(attributes, "gid").intValue(),
                number(attributes, "size").longValue(),
                nanos(attributes, "lastAccessTime"),
                nanos(attributes, "lastModifiedTime"),
                nanos(attributes, "ctime"));
    }

    private static FileStatus basic(Path path) throws PosixException {
        try {
            Map<String, Object> attributes = Files.readAttributes(path, "basic:*", LinkOption.NOFOLLOW_LINKS);
            boolean directory = Boolean.TRUE.equals(attributes.get("isDirectory"));
            long modified = nanos(attributes, "lastModifiedTime");
            return new FileStatus(
                    directory ? S_IFDIR | 0777 : S_IFREG | 0666,
                    0,
                    0,
                    1,
                    0,
                    0,
                    number(attributes, "size").longValue(),
                    nanos(attributes, "lastAccessTime"),
                    modified,
                    modified);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    private static Number number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Number number ? number : 0;
    }

    private static long nanos(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof FileTime time ? time.to(TimeUnit.NANOSECONDS) : 0;
    }

    /** What Linux tells of a socket or a pipe: a file without a name, a size or a time. */
    static FileStatus nameless(int mode, long inode) {
        return new FileStatus(mode, inode, 0, 1, 0, 0, 0, 0, 0, 0);
    }

    /** The type alone, one of the {@code S_IF} constants. */
    public int type() {
        return mode & S_IFMT;
    }

    boolean isSameFile(FileStatus other) {
        return inode == other.inode && device == other.device;
    }

    FileStatus unlinked(long sizeNow) {
        return new FileStatus(mode, inode, device, 0, owner, group, sizeNow, accessed, modified, changed);
    }
}
