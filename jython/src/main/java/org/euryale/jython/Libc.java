package org.euryale.jython;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/** Calls of the C library that jnr-posix has not, as on Linux. A result of -1 leaves the reason in {@link #errno}. */
public interface Libc {
    /** Bound at the first call, which costs some 50 ms that most programs never need. */
    final class Bound {
        static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");
        static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

        private Bound() {}
    }

    static Libc bound() {
        return Bound.LIBC;
    }

    /** The number that the last call of this thread left. */
    static int errno() {
        return Bound.RUNTIME.getLastError();
    }

    int poll(Pointer descriptors, long count, int millis);

    int getrlimit(int resource, @Out long[] limits);

    int setrlimit(int resource, @In long[] limits);

    int getrusage(int who, @Out long[] usage);
}
