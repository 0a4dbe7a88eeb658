package org.euryale.reactor;

import org.euryale.posix.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection is over.
 *
 * @param errno of the system call that failed, with {@link Kind#LOST}
 * @param thrown by the handler, with {@link Kind#RAISED}
 */
public record Reason(
        Kind kind, @Nullable Errno errno, @Nullable Throwable thrown) {
    /** The ways in which a connection ends. */
    public enum Kind {
        /** The peer has ended it, or {@link StreamTransport#lose} did and everything written is in the kernel. */
        DONE,
        /** A read or a write failed. */
        LOST,
        /** By {@link StreamTransport#abort}. */
        ABORTED,
        /** The handler threw something. */
        RAISED
    }

    public static final Reason DONE = new Reason(Kind.DONE, null, null);
    public static final Reason ABORTED = new Reason(Kind.ABORTED, null, null);

    static Reason lost(Errno errno) {
        return new Reason(Kind.LOST, errno, null);
    }

    /** The handler has thrown this. */
    public static Reason raised(Throwable thrown) {
        return new Reason(Kind.RAISED, null, thrown);
    }
}
