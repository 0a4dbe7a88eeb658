package org.euryale.posix;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The error names of {@code errno.h} that sockets and descriptors use, without numbers: those differ between platforms
 * and are the binding's business.
 *
 * <p>The JDK reports a failed system call by an exception class and the text of {@code strerror(3)}, never by number,
 * and the text is in the language of the process. Those of the C locale are known from the beginning; when another is
 * met, they are learnt from the platform itself ({@link #teacher}).
 */
public enum Errno {
    EPERM("Operation not permitted"),
    ENOENT("No such file or directory"),
    EINTR("Interrupted system call"),
    EIO("Input/output error"),
    EBADF("Bad file descriptor"),
    EAGAIN("Resource temporarily unavailable"),
    ENOMEM("Cannot allocate memory"),
    EACCES("Permission denied"),
    EFAULT("Bad address"),
    EEXIST("File exists"),
    ENXIO("No such device or address"),
    ENODEV("No such device"),
    ENOTDIR("Not a directory"),
    EISDIR("Is a directory"),
    ENOTTY("Inappropriate ioctl for device"),
    ETXTBSY("Text file busy"),
    EFBIG("File too large"),
    ENOSPC("No space left on device"),
    ESPIPE("Illegal seek"),
    EROFS("Read-only file system"),
    ENAMETOOLONG("File name too long"),
    ENOLCK("No locks available"),
    EDEADLK("Resource deadlock avoided"),
    EINVAL("Invalid argument"),
    ENFILE("Too many open files in system"),
    EMFILE("Too many open files"),
    EPIPE("Broken pipe"),
    ELOOP("Too many levels of symbolic links"),
    ENOTSOCK("Socket operation on non-socket"),
    EDESTADDRREQ("Destination address required"),
    EMSGSIZE("Message too long"),
    EPROTOTYPE("Protocol wrong type for socket"),
    ENOPROTOOPT("Protocol not available"),
    EPROTONOSUPPORT("Protocol not supported"),
    ESOCKTNOSUPPORT("Socket type not supported"),
    EOPNOTSUPP("Operation not supported"),
    EAFNOSUPPORT("Address family not supported by protocol"),
    EADDRINUSE("Address already in use"),
    EADDRNOTAVAIL("Cannot assign requested address"),
    ENETDOWN("Network is down"),
    ENETUNREACH("Network is unreachable"),
    ECONNABORTED("Software caused connection abort"),
    ECONNRESET("Connection reset by peer"),
    ENOBUFS("No buffer space available"),
    EISCONN("Transport endpoint is already connected"),
    ENOTCONN("Transport endpoint is not connected"),
    ETIMEDOUT("Connection timed out"),
    ECONNREFUSED("Connection refused"),
    EHOSTUNREACH("No route to host"),
    EALREADY("Operation already in progress"),
    EINPROGRESS("Operation now in progress");

    /** What the platform's strerror says, to the name; a fact of the machine and its language, the same for all. */
    private static final Map<String, Errno> BY_TEXT = new ConcurrentHashMap<>();

    private static final AtomicReference<@Nullable Runnable> TEACHER = new AtomicReference<>();

    static {
        for (Errno errno : values()) {
            BY_TEXT.put(errno.text, errno);
        }
        // SocketChannelImpl throws this text of its own, not strerror's, for ECONNRESET on read.
        BY_TEXT.put("Connection reset", ECONNRESET);
        // UnixDomainSockets.c, before it calls the kernel.
        BY_TEXT.put("Unix domain path too long", ENAMETOOLONG);
        // SocketChannelImpl.finishConnect: macOS and some Linux kernels report it this way.
        BY_TEXT.put("Operation timed out", ETIMEDOUT);
    }

    private final String text;

    Errno(String text) {
        this.text = text;
    }

    /** Teaches this name the text that the platform's {@code strerror(3)} gives for it. Any thread. */
    public static void learn(Errno errno, String strerror) {
        BY_TEXT.put(strerror, errno);
    }

    /** Calls {@code teacher} once, when a text is met that nobody taught us: it calls {@link #learn} for each error. */
    public static void teacher(Runnable teacher) {
        TEACHER.set(teacher);
    }

    /** The name behind an exception of {@code java.nio}; EIO, and a warning, for a text that nobody taught us. */
    static Errno of(IOException e) {
        if (e instanceof ClosedChannelException) {
            return EBADF;
        }
        if (e instanceof FileSystemException file) {
            return of(file);
        }
        String message = e.getMessage();
        Errno known = message == null ? null : named(message);
        if (known != null) {
            return known;
        }
        if (e instanceof BindException) {
            return EADDRINUSE;
        }
        if (e instanceof NoRouteToHostException) {
            return EHOSTUNREACH;
        }
        if (e instanceof SocketTimeoutException) {
            return ETIMEDOUT;
        }
        if (e instanceof ConnectException) {
            return ECONNREFUSED;
        }
        System.getLogger(Errno.class.getName())
                .log(Level.WARNING, () -> "no errno is known for \"" + message + "\", reported as EIO", e);
        return EIO;
    }

    private static Errno of(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return ENOENT;
        }
        if (e instanceof FileAlreadyExistsException) {
            return EEXIST;
        }
        if (e instanceof AccessDeniedException) {
            return EACCES;
        }
        String reason = e.getReason();
        if (reason == null) {
            return EIO;
        }
        Errno known = named(reason);
        return known != null ? known : EIO;
    }

    private static @Nullable Errno named(String message) {
        Errno known = known(message);
        if (known == null) {
            Runnable teacher = TEACHER.getAndSet(null);
            if (teacher != null) {
                teacher.run();
                known = known(message);
            }
        }
        return known;
    }

    private static @Nullable Errno known(String message) {
        Errno whole = BY_TEXT.get(message);
        if (whole != null) {
            return whole;
        }
        // Some JDK natives put their own words before strerror's: "accept failed: Too many open files".
        int colon = message.lastIndexOf(": ");
        String end = colon < 0 ? message : message.substring(colon + 2);
        Errno exact = BY_TEXT.get(end);
        if (exact != null) {
            return exact;
        }
        // Others put them behind it: "Too many levels of symbolic links (NOFOLLOW_LINKS specified)".
        for (Map.Entry<String, Errno> known : BY_TEXT.entrySet()) {
            if (end.startsWith(known.getKey())) {
                return known.getValue();
            }
        }
        return null;
    }
}
