package org.euryale.jython.oracle;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import org.jspecify.annotations.Nullable;

/** The C library, as far as the oracle calls it. A result of -1 leaves the reason in {@link #errno}. Linux only. */
public interface Libc {
    Libc INSTANCE = LibraryLoader.create(Libc.class).load("c");

    Runtime RUNTIME = Runtime.getRuntime(INSTANCE);

    /** The name, in errno.h, of the error that the last call of this thread ended with. */
    static String errno() {
        int number = RUNTIME.getLastError();
        String name = jnr.constants.platform.Errno.valueOf(number).name();
        return name.equals("ENOTSUP") ? "EOPNOTSUPP" : name; // one number
    }

    int socket(int domain, int type, int protocol);

    int socketpair(int domain, int type, int protocol, @Out int[] ends);

    int pipe2(@Out int[] ends, int flags);

    long read(int fd, @Out byte[] data, long length);

    long write(int fd, @In byte[] data, long length);

    int bind(int fd, @In byte[] address, int length);

    int listen(int fd, int backlog);

    int accept4(int fd, @Out byte[] address, int[] length, int flags);

    int connect(int fd, @In byte[] address, int length);

    long send(int fd, @In byte[] data, long length, int flags);

    long recv(int fd, @Out byte[] data, long length, int flags);

    int shutdown(int fd, int how);

    int close(int fd);

    int fcntl(int fd, int command, long argument);

    int getsockname(int fd, @Out byte[] address, int[] length);

    int getpeername(int fd, @Out byte[] address, int[] length);

    int getsockopt(int fd, int level, int name, int[] value, int[] length);

    int setsockopt(int fd, int level, int name, @In int[] value, int length);

    int poll(Pointer descriptors, long count, int millis);

    int select(int count, Pointer read, Pointer write, @Nullable Pointer except, Pointer timeout);

    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, Pointer event);

    int epoll_wait(int epoll, Pointer events, int count, int millis);
}
