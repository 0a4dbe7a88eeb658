package org.euryale.posix;

/** What an offset of {@code lseek(2)} counts from. */
public enum Whence {
    /** SEEK_SET: the beginning. */
    SET(0),
    /** SEEK_CUR: the position of now. */
    CURRENT(1),
    /** SEEK_END. */
    END(2);

    private final int number;

    Whence(int number) {
        this.number = number;
    }

    /** The number in {@code unistd.h}. */
    public int number() {
        return number;
    }

    /** The one with a number; EINVAL. */
    public static Whence of(int number) throws PosixException {
        for (Whence whence : values()) {
            if (whence.number == number) {
                return whence;
            }
        }
        throw new PosixException(Errno.EINVAL);
    }
}
