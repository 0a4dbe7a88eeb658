package org.euryale.posix;

/** The flags of {@code open(2)}, with Linux's values (asm-generic/fcntl.h). */
public final class OpenFlags {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;

    /** The bits of the three above. */
    public static final int O_ACCMODE = 3;

    public static final int O_CREAT = 0100;
    public static final int O_EXCL = 0200;
    public static final int O_TRUNC = 01000;
    public static final int O_APPEND = 02000;
    public static final int O_NONBLOCK = 04000;
    public static final int O_DSYNC = 010000;
    public static final int O_DIRECTORY = 0200000;
    public static final int O_NOFOLLOW = 0400000;

    /** Includes O_DSYNC. */
    public static final int O_SYNC = 04010000;

    private OpenFlags() {}
}
