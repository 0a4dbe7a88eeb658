package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.Option;
import org.euryale.posix.PosixException;
import org.euryale.posix.Socket;

/** The numbers of getsockopt and setsockopt to what they mean, and the C structs some of them take. */
final class SocketOptions {
    private static final int SOL_SOCKET = 1;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPPROTO_UDP = 17;
    private static final int SOCK_DGRAM = 2;
    private static final int SO_DEBUG = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_ERROR = 4;
    private static final int SO_DONTROUTE = 5;
    private static final int SO_LINGER = 13;
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

    private static Option option(Socket socket, int level, int name) throws PosixException {
        Option option = OPTIONS.get(key(level, name));
        boolean multicast = option == Option.IP_MULTICAST_TTL || option == Option.IP_MULTICAST_LOOP;
        // An IPv6 socket has both kinds, of which the JDK reaches only IPv6's; one of IPv4 has only its own.
        if (option == null || (multicast && (level == IPPROTO_IPV6) != (socket.family() == Family.INET6))) {
            throw new PosixException(Errno.ENOPROTOOPT);
        }
        return option;
    }

    /** getsockopt without a buffer: an int. */
    static int get(Socket socket, PySocket face, int level, int name) throws PosixException {
        if (level == SOL_SOCKET) {
            switch (name) {
                case SO_TYPE -> {
                    return face.type;
                }
                case SO_DOMAIN -> {
                    return face.family;
                }
                case SO_PROTOCOL -> {
                    return (face.type & SocketMethods.SOCK_TYPE_MASK) == SOCK_DGRAM ? IPPROTO_UDP : IPPROTO_TCP;
                }
                case SO_ERROR -> {
                    Errno error = socket.takeError();
                    return error == null ? 0 : Platform.number(error);
                }
                case SO_DEBUG, SO_DONTROUTE -> {
                    return 0; // they cannot be on, see set
                }
                default -> {}
            }
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
        ByteBuffer packed = ByteBuffer.allocate(2 * INT).order(Bytes.STRUCT_ORDER);
        if (level == SOL_SOCKET && name == SO_LINGER) {
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

    /** setsockopt with an int. */
    static void set(Socket socket, int level, int name, int value) throws PosixException {
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
        ByteBuffer packed =
                ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)).order(Bytes.STRUCT_ORDER);
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
