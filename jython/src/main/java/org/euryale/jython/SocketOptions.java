package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.KernelSocket;
import org.euryale.posix.Option;
import org.euryale.posix.PosixException;
import org.euryale.posix.Socket;
import org.euryale.posix.UnixStreamSocket;
import org.jspecify.annotations.Nullable;

/** The numbers of getsockopt and setsockopt to what they mean, and the C structs some of them take. */
final class SocketOptions {
    private static final int SOL_SOCKET = 1;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPPROTO_UDP = 17;
    private static final int SO_DEBUG = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_ERROR = 4;
    private static final int SO_DONTROUTE = 5;
    private static final int SO_LINGER = 13;
    private static final int SO_PEERCRED = 17;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;
    private static final int SO_PROTOCOL = 38;
    private static final int SO_DOMAIN = 39;
    private static final int INT = 4;

    private static final Map<Long, Option> OPTIONS = new HashMap<>();

    static {
        put(SOL_SOCKET, 2, Option.SO_REUSEADDR);
        put(SOL_SOCKET, 6, Option.SO_BROADCAST);
        put(SOL_SOCKET, 7, Option.SO_SNDBUF);
        put(SOL_SOCKET, 8, Option.SO_RCVBUF);
        put(SOL_SOCKET, 9, Option.SO_KEEPALIVE);
        put(SOL_SOCKET, 10, Option.SO_OOBINLINE);
        put(SOL_SOCKET, SO_LINGER, Option.SO_LINGER);
        put(SOL_SOCKET, 15, Option.SO_REUSEPORT);
        put(SOL_SOCKET, 30, Option.SO_ACCEPTCONN);
        put(IPPROTO_TCP, 1, Option.TCP_NODELAY);
        put(IPPROTO_TCP, 4, Option.TCP_KEEPIDLE);
        put(IPPROTO_TCP, 5, Option.TCP_KEEPINTVL);
        put(IPPROTO_TCP, 6, Option.TCP_KEEPCNT);
        put(IPPROTO_TCP, 12, Option.TCP_QUICKACK);
        put(IPPROTO_IP, 1, Option.IP_TOS);
        put(IPPROTO_IP, 33, Option.IP_MULTICAST_TTL);
        put(IPPROTO_IP, 34, Option.IP_MULTICAST_LOOP);
        put(IPPROTO_IPV6, 26, Option.IPV6_V6ONLY);
        put(IPPROTO_IPV6, 18, Option.IP_MULTICAST_TTL);
        put(IPPROTO_IPV6, 19, Option.IP_MULTICAST_LOOP);
    }

    private SocketOptions() {}

    private static void put(int level, int name, Option option) {
        OPTIONS.put(key(level, name), option);
    }

    private static long key(int level, int name) {
        return ((long) level << 32) | (name & 0xffffffffL);
    }

    /** Level and name, in the upper and the lower half. */
    static long number(Option option) throws PosixException {
        for (Map.Entry<Long, Option> known : OPTIONS.entrySet()) {
            if (known.getValue() == option) {
                return known.getKey();
            }
        }
        throw new PosixException(Errno.ENOPROTOOPT);
    }

    private static Option option(Socket socket, int level, int name) throws PosixException {
        Option option = OPTIONS.get(key(level, name));
        if (socket.family() == Family.UNIX && level != SOL_SOCKET) {
            throw new PosixException(Errno.EOPNOTSUPP);
        }
        if (option == Option.IPV6_V6ONLY && socket.family() != Family.INET6) {
            throw new PosixException(Errno.ENOPROTOOPT);
        }
        boolean multicast = option == Option.IP_MULTICAST_TTL || option == Option.IP_MULTICAST_LOOP;
        // An IPv6 socket has both kinds, of which the JDK reaches only IPv6's; one of IPv4 has only its own.
        if (option == null || (multicast && (level == IPPROTO_IPV6) != (socket.family() == Family.INET6))) {
            throw new PosixException(Errno.ENOPROTOOPT);
        }
        return option;
    }

    /** The kernel's socket that does the work of this one, if there is one: it knows every option. */
    private static @Nullable KernelSocket kernelSocket(Socket socket) {
        return socket instanceof KernelSocket own
                ? own
                : socket instanceof UnixStreamSocket unix ? unix.kernelSocket() : null;
    }

    /** The kernel's C value to the one that Jython's struct takes for native, or back: its ints, or a timeval's longs. */
    private static byte[] swapped(int level, int name, byte[] value) {
        boolean time = level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO);
        int width = time ? Long.BYTES : Integer.BYTES;
        if (Bytes.STRUCT_ORDER == ByteOrder.nativeOrder() || value.length % width != 0) {
            return value;
        }
        byte[] swapped = new byte[value.length];
        for (int i = 0; i < value.length; i++) {
            swapped[i] = value[i / width * width + width - 1 - i % width];
        }
        return swapped;
    }

    /** getsockopt without a buffer: an int. */
    static int get(Socket socket, PySocket face, int level, int name) throws PosixException {
        KernelSocket kernel = kernelSocket(socket);
        if (kernel != null) {
            byte[] value = kernel.option(level, name, INT);
            return ByteBuffer.wrap(Arrays.copyOf(value, INT))
                    .order(ByteOrder.nativeOrder())
                    .getInt();
        }
        if (level == SOL_SOCKET) {
            switch (name) {
                case SO_TYPE -> {
                    return face.type;
                }
                case SO_DOMAIN -> {
                    return face.family;
                }
                case SO_PROTOCOL -> {
                    return socket.family() == Family.UNIX
                            ? 0
                            : (face.type & SocketMethods.SOCK_TYPE_MASK) == SocketMethods.SOCK_DGRAM
                                    ? IPPROTO_UDP
                                    : IPPROTO_TCP;
                }
                case SO_ERROR -> {
                    Errno error = socket.takeError();
                    return error == null ? 0 : Platform.number(error);
                }
                case SO_PEERCRED -> {
                    return credentials(socket)[0];
                }
                case SO_DEBUG, SO_DONTROUTE -> {
                    return 0; // they cannot be on, see set
                }
                default -> {}
            }
        }
        if (level == IPPROTO_IPV6 && socket.family() == Family.INET) {
            throw new PosixException(Errno.EOPNOTSUPP); // while setsockopt is ENOPROTOOPT, as Linux's
        }
        if (MulticastOptions.has(socket, level, name)) {
            return ByteBuffer.wrap(MulticastOptions.get(socket, name))
                    .order(Bytes.STRUCT_ORDER)
                    .getInt();
        }
        Option option = option(socket, level, name);
        int value = socket.option(option);
        return option == Option.SO_LINGER ? (value < 0 ? 0 : 1) : value; // the struct's first member
    }

    /** getsockopt with a buffer: the bytes of the C value, cut to the buffer. */
    static byte[] getPacked(Socket socket, PySocket face, int level, int name, int size) throws PosixException {
        KernelSocket kernel = kernelSocket(socket);
        if (kernel != null) {
            return swapped(level, name, kernel.option(level, name, size));
        }
        ByteBuffer packed = ByteBuffer.allocate(3 * INT).order(Bytes.STRUCT_ORDER);
        if (level == SOL_SOCKET && name == SO_PEERCRED) {
            for (int part : credentials(socket)) {
                packed.putInt(part);
            }
        } else if (level == SOL_SOCKET && name == SO_LINGER) {
            int seconds = socket.option(Option.SO_LINGER);
            packed.putInt(seconds < 0 ? 0 : 1).putInt(Math.max(0, seconds));
        } else {
            packed.putInt(get(socket, face, level, name));
        }
        packed.flip();
        if (level == IPPROTO_IP && size < INT) {
            return new byte[] {(byte) packed.getInt()}; // options of ip(7) are chars to those who want a char
        }
        byte[] bytes = new byte[Math.min(size, packed.remaining())];
        packed.get(bytes);
        return bytes;
    }

    private static int[] credentials(Socket socket) throws PosixException {
        if (socket instanceof UnixStreamSocket unix) {
            return unix.credentials();
        }
        return new int[] {0, -1, -1}; // what Linux tells of a socket that has no peer to name
    }

    /** setsockopt with an int. */
    static void set(Socket socket, int level, int name, int value) throws PosixException {
        KernelSocket kernel = kernelSocket(socket);
        if (kernel != null) {
            ByteBuffer packed = ByteBuffer.allocate(INT).order(ByteOrder.nativeOrder());
            kernel.setOption(level, name, packed.putInt(value).array());
            return;
        }
        if (level == SOL_SOCKET && name == SO_LINGER) {
            throw new PosixException(Errno.EINVAL); // shorter than struct linger
        }
        if (level == SOL_SOCKET && (name == SO_DEBUG || name == SO_DONTROUTE)) {
            if (value != 0) {
                throw new PosixException(Errno.ENOPROTOOPT); // nothing that java.nio can do
            }
            return;
        }
        if (MulticastOptions.has(socket, level, name)) {
            ByteBuffer packed = ByteBuffer.allocate(INT).order(Bytes.STRUCT_ORDER);
            MulticastOptions.set(socket, name, packed.putInt(value).flip());
        } else {
            socket.setOption(option(socket, level, name), value);
        }
    }

    /** setsockopt with the bytes of a C value. */
    static void setPacked(Socket socket, int level, int name, String bytes) throws PosixException {
        byte[] value = bytes.getBytes(StandardCharsets.ISO_8859_1);
        KernelSocket kernel = kernelSocket(socket);
        if (kernel != null) {
            kernel.setOption(level, name, swapped(level, name, value));
            return;
        }
        ByteBuffer packed = ByteBuffer.wrap(value).order(Bytes.STRUCT_ORDER);
        if (MulticastOptions.has(socket, level, name)) {
            MulticastOptions.set(socket, name, packed);
            return;
        }
        if (level == IPPROTO_IP && packed.remaining() > 0 && packed.remaining() < INT) {
            set(socket, level, name, packed.get() & 0xff);
            return;
        }
        if (packed.remaining() < INT) {
            throw new PosixException(Errno.EINVAL);
        }
        if (level == SOL_SOCKET && name == SO_LINGER) {
            if (packed.remaining() < 2 * INT) {
                throw new PosixException(Errno.EINVAL);
            }
            int on = packed.getInt();
            int seconds = packed.getInt();
            socket.setOption(Option.SO_LINGER, on == 0 ? -1 : Math.max(0, seconds));
        } else {
            set(socket, level, name, packed.getInt());
        }
    }
}
