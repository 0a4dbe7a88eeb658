package org.euryale.jython;

import java.util.Arrays;
import org.python.core.Py;
import org.python.core.PyException;

/**
 * Whose process this is, and what it takes for its root directory: credentials(7) and chroot(2) for {@code lib/posix}.
 * They are the whole JVM's: glibc gives all threads the new ones. A call returns 0, or the platform's error number.
 */
public final class Credentials {
    private Credentials() {}

    private static Libc libc() {
        if (!Libc.isThere()) {
            throw new PyException(Py.NotImplementedError, "the C library cannot be called");
        }
        return Libc.bound();
    }

    private static int result(int returned) {
        return returned == -1 ? Libc.errno() : 0;
    }

    /** setuid(2). */
    public static int setuid(int uid) {
        return result(libc().setuid(uid));
    }

    /** setgid(2). */
    public static int setgid(int gid) {
        return result(libc().setgid(gid));
    }

    /** seteuid(2). */
    public static int seteuid(int uid) {
        return result(libc().seteuid(uid));
    }

    /** setegid(2). */
    public static int setegid(int gid) {
        return result(libc().setegid(gid));
    }

    /** setreuid(2); -1 leaves one as it is. */
    public static int setreuid(int uid, int effective) {
        return result(libc().setreuid(uid, effective));
    }

    /** setregid(2); -1 leaves one as it is. */
    public static int setregid(int gid, int effective) {
        return result(libc().setregid(gid, effective));
    }

    /** getgroups(2): the supplementary groups. */
    public static int[] getgroups() {
        int[] groups = new int[libc().getgroups(0, new int[0])];
        return Arrays.copyOf(groups, libc().getgroups(groups.length, groups));
    }

    /** setgroups(2). */
    public static int setgroups(int[] groups) {
        return result(libc().setgroups(groups.length, groups));
    }

    /** initgroups(3): the supplementary groups that the group database has of a user, and one more. */
    public static int initgroups(String user, int group) {
        return result(libc().initgroups(Libc.terminated(user), group));
    }

    /** chroot(2). */
    public static int chroot(String path) {
        return result(libc().chroot(Libc.terminated(path)));
    }
}
