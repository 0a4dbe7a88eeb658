package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import org.jspecify.annotations.Nullable;

/** Calls of the C library, as on Linux. A result of -1 leaves the reason in {@link #errno}. */
public interface Libc {
    /** Bound at the first call, which costs some 50 ms that most programs never need. */
    final class Bound {
        static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");
        static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

        static {
            Platform.bound();
        }

        private Bound() {}
    }

    static Libc bound() {
        return Bound.LIBC;
    }

    /** Whether it is Linux's and can be called; binds it. Not where code may not be run from any directory that we can write. */
    static boolean isThere() {
        try {
            return Platform.isLinux() && bound() != null;
        } catch (LinkageError e) {
            return false;
        }
    }

    /** The number that the last call of this thread left. */
    static int errno() {
        return Bound.RUNTIME.getLastError();
    }

    /** A text of bytes, one a char, as C has it. */
    static byte[] terminated(String text) {
        return (text + '\0').getBytes(StandardCharsets.ISO_8859_1);
    }

    /** For calls that tell an error by this number alone. */
    static void clearErrno() {
        Bound.RUNTIME.setLastError(0);
    }

    int poll(Pointer descriptors, long count, int millis);

    int socket(int family, int type, int protocol);

    int socketpair(int family, int type, int protocol, @Out int[] descriptors);

    int bind(int descriptor, @In byte[] address, int length);

    int listen(int descriptor, int backlog);

    int accept4(int descriptor, @Out byte[] address, int[] length, int flags);

    int connect(int descriptor, @In byte[] address, int length);

    long recvfrom(int descriptor, Pointer into, long size, int flags, @Out byte[] address, int[] length);

    long sendto(int descriptor, Pointer from, long size, int flags, @In byte @Nullable [] address, int length);

    long sendmsg(int descriptor, Pointer message, int flags);

    long recvmsg(int descriptor, Pointer message, int flags);

    int shutdown(int descriptor, int how);

    int getsockname(int descriptor, @Out byte[] address, int[] length);

    int getpeername(int descriptor, @Out byte[] address, int[] length);

    int getsockopt(int descriptor, int level, int name, @Out byte[] value, int[] length);

    int setsockopt(int descriptor, int level, int name, @In byte[] value, int length);

    int getrlimit(int resource, @Out long[] limits);

    int setrlimit(int resource, @In long[] limits);

    int getrusage(int who, @Out long[] usage);

    int getuid();

    int geteuid();

    int getgid();

    int getegid();

    int setuid(int uid);

    int setgid(int gid);

    int seteuid(int uid);

    int setegid(int gid);

    int setreuid(int uid, int effective);

    int setregid(int gid, int effective);

    int getgroups(int size, @Out int[] groups);

    int setgroups(long size, @In int[] groups);

    int initgroups(@In byte[] user, int group);

    long syscall(long number, long count, @In int[] groups);

    long syscall(long number, long real, long effective, long saved);

    int chroot(@In byte[] path);

    /** {@code function} is called by {@code exit(3)} with the status and {@code argument}. */
    int on_exit(Pointer function, @Nullable Pointer argument);

    /** The address of a function of the C library, where {@code library} is null. */
    Pointer dlsym(@Nullable Pointer library, @In byte[] name);

    // Names. Texts are bytes that end with a 0; null is C's NULL.

    int getaddrinfo(@In byte @Nullable [] host, @In byte @Nullable [] service, Pointer hints, Pointer result);

    void freeaddrinfo(Pointer list);

    int getnameinfo(
            Pointer address,
            int length,
            @Out byte[] host,
            int hostSize,
            @Out byte[] service,
            int serviceSize,
            int flags);

    int gethostbyname_r(@In byte[] name, Pointer entry, Pointer buffer, long size, Pointer result, Pointer number);

    int gethostbyaddr_r(
            @In byte[] address,
            int length,
            int family,
            Pointer entry,
            Pointer buffer,
            long size,
            Pointer result,
            Pointer number);

    int getservbyname_r(
            @In byte[] name, @In byte @Nullable [] protocol, Pointer entry, Pointer buffer, long size, Pointer result);

    int getservbyport_r(
            int port, @In byte @Nullable [] protocol, Pointer entry, Pointer buffer, long size, Pointer result);

    int getprotobyname_r(@In byte[] name, Pointer entry, Pointer buffer, long size, Pointer result);

    /** Where the calling thread's {@code h_errno} is. */
    Pointer __h_errno_location();

    int inotify_init1(int flags);

    int inotify_add_watch(int descriptor, @In byte[] path, int mask);

    int inotify_rm_watch(int descriptor, int watch);

    int pipe2(@Out int[] ends, int flags);

    int open(@In byte[] path, int flags, int mode);

    long read(int descriptor, @Out ByteBuffer into, long size);

    long write(int descriptor, @In ByteBuffer from, long size);

    long lseek(int descriptor, long offset, int whence);

    int statx(int directory, @In byte[] path, int flags, int mask, Pointer result);

    int ftruncate(int descriptor, long length);

    int fsync(int descriptor);

    int isatty(int descriptor);

    int dup2(int descriptor, int target);

    int close(int descriptor);

    int fcntl(int descriptor, int command, int argument);

    int ioctl(int descriptor, long request, @Out int[] result);

    int ioctl(int descriptor, long request, byte[] argument);

    int ioctl(int descriptor, long request, long argument);

    int waitpid(int pid, @Out int[] status, int options);

    int waitid(int kind, int id, Pointer info, int options);

    int flock(int descriptor, int operation);

    int fchmod(int descriptor, int mode);

    int fchown(int descriptor, int owner, int group);

    long fpathconf(int descriptor, int name);

    int tcgetpgrp(int descriptor);

    int tcsetpgrp(int descriptor, int group);

    int posix_openpt(int flags);

    int unlockpt(int descriptor);

    int tcgetattr(int descriptor, Pointer attributes);

    int tcsetattr(int descriptor, int when, Pointer attributes);

    int tcsendbreak(int descriptor, int duration);

    int tcdrain(int descriptor);

    int tcflush(int descriptor, int queue);

    int tcflow(int descriptor, int action);

    int getpgid(int pid);

    int setpgid(int pid, int group);

    int getsid(int pid);

    int killpg(int group, int signal);

    int nice(int increment);

    int getloadavg(@Out double[] averages, int count);

    long sysconf(int name);

    long pathconf(@In byte[] path, int name);

    int mkfifo(@In byte[] path, int mode);

    int statvfs(@In byte[] path, @Out long[] result);

    int fstatvfs(int descriptor, @Out long[] result);

    int wait4(int pid, @Out int[] status, int options, @Out long[] usage);

    // These return the number of the error, or 0.

    int ttyname_r(int descriptor, @Out byte[] name, long size);

    int ptsname_r(int descriptor, @Out byte[] name, long size);

    int posix_spawn(
            @Out Pointer pid,
            Pointer path,
            Pointer actions,
            Pointer attributes,
            Pointer arguments,
            Pointer environment);

    int posix_spawn_file_actions_init(Pointer actions);

    int posix_spawn_file_actions_destroy(Pointer actions);

    int posix_spawn_file_actions_adddup2(Pointer actions, int descriptor, int target);

    int posix_spawn_file_actions_addopen(Pointer actions, int descriptor, Pointer path, int flags, int mode);

    int posix_spawn_file_actions_addclose(Pointer actions, int descriptor);

    int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int lowest);

    int posix_spawn_file_actions_addchdir_np(Pointer actions, Pointer path);

    int posix_spawnattr_init(Pointer attributes);

    int posix_spawnattr_destroy(Pointer attributes);

    int posix_spawnattr_setflags(Pointer attributes, short flags);

    int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

    int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);
}
