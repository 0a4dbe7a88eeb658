package org.euryale.posix;

import java.io.IOException;

/**
 * A POSIX call that failed, by the name of its error. It carries no stack trace: it is the return value -1 of a system
 * call, thrown where a caller did something odd, not a fault of the program that runs it. "Would block" on reading and
 * writing is not an exception but {@link OpenFile#WOULD_BLOCK}.
 */
public final class PosixException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    public PosixException(Errno errno) {
        super(errno.name(), null, false, false);
        this.errno = errno;
    }

    public static PosixException of(IOException e) {
        return new PosixException(Errno.of(e));
    }

    public Errno errno() {
        return errno;
    }
}
