package org.euryale.jython;

import jnr.constants.platform.Sysconf;
import org.euryale.posix.Errno;
import org.jspecify.annotations.Nullable;

/** What lib/resource.py asks of the C library. Linux: without it, there is nothing to tell. */
public final class ResourceFunctions {
    /** Longs in Linux's struct rusage: two times of two, and 14 counts. */
    static final int RUSAGE = 18;

    private static final int RLIMIT_NOFILE = 7; // Linux's number, on the JVM's platforms

    private ResourceFunctions() {}

    /** The soft limit of descriptors, of the whole JVM. */
    static long descriptorLimit() {
        long[] limits = limits(RLIMIT_NOFILE);
        return limits == null || limits[0] < 0 ? Long.MAX_VALUE : limits[0];
    }

    /** Bytes in a page of memory; 4096 where nobody tells. */
    public static int pageSize() {
        return available() ? (int) Libc.bound().sysconf(Sysconf._SC_PAGESIZE.intValue()) : 4096;
    }

    /** Whether the calls can be made here. */
    public static boolean available() {
        return Libc.isThere();
    }

    /** getrlimit(2): the current and the greatest limit, -1 for none; null for a resource that there is not. */
    public static long @Nullable [] limits(int resource) {
        long[] limits = new long[2];
        return Libc.bound().getrlimit(resource, limits) == 0 ? limits : null;
    }

    /** setrlimit(2): the name of the error, null when it was done. */
    public static @Nullable String limit(int resource, long current, long greatest) {
        if (Libc.bound().setrlimit(resource, new long[] {current, greatest}) == 0) {
            if (resource == RLIMIT_NOFILE) {
                PosixProcess.limitDescriptors(descriptorLimit());
            }
            return null;
        }
        Errno errno = Platform.errno(Libc.errno());
        return errno.name();
    }

    /** getrusage(2), as the kernel's struct has it; null for a who that there is not. */
    public static long @Nullable [] usage(int who) {
        long[] usage = new long[RUSAGE];
        return Libc.bound().getrusage(who, usage) == 0 ? usage : null;
    }
}
