package org.euryale.posix;

import org.jspecify.annotations.Nullable;

/** Looks at how calls fail. */
final class Failures {
    private Failures() {}

    /** A POSIX call. */
    interface Call {
        void run() throws PosixException;
    }

    /** The error a call fails with, null when it succeeds. */
    static @Nullable Errno errnoOf(Call call) {
        try {
            call.run();
            return null;
        } catch (PosixException e) {
            return e.errno();
        }
    }
}
