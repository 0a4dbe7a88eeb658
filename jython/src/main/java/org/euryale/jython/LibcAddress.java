package org.euryale.jython;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.euryale.posix.Errno;
import org.euryale.posix.PosixException;
import org.euryale.posix.UnixAddress;
import org.jspecify.annotations.Nullable;

/** Addresses as the structs of {@code ip(7)}, {@code ipv6(7)} and {@code unix(7)}, on Linux. */
final class LibcAddress {
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    /** sockaddr_storage. */
    static final int SIZE = 128;

    private static final int SOCKADDR_IN = 16;
    private static final int SOCKADDR_IN6 = 28;
    private static final int FAMILY = 2;

    private LibcAddress() {}

    /** The struct, of its own length. ENAMETOOLONG for a path that does not fit. */
    static byte[] pack(SocketAddress address) throws PosixException {
        if (address instanceof UnixAddress unix) {
            return pack(unix);
        }
        InetSocketAddress internet = (InetSocketAddress) address;
        byte[] host = internet.getAddress().getAddress();
        boolean six = internet.getAddress() instanceof Inet6Address;
        ByteBuffer packed =
                ByteBuffer.allocate(six ? SOCKADDR_IN6 : SOCKADDR_IN).order(ByteOrder.nativeOrder());
        packed.putShort((short) (six ? AF_INET6 : AF_INET));
        packed.order(ByteOrder.BIG_ENDIAN).putShort((short) internet.getPort());
        if (six) {
            packed.putInt(0); // the flow label
        }
        packed.put(host).order(ByteOrder.nativeOrder());
        if (internet.getAddress() instanceof Inet6Address scoped) {
            packed.putInt(scoped.getScopeId());
        }
        return packed.array();
    }

    private static byte[] pack(UnixAddress address) throws PosixException {
        byte[] path = address.place().getBytes(StandardCharsets.ISO_8859_1);
        int end = address.isPath() ? 1 : 0;
        if (path.length + end > UnixAddress.SUN_PATH) {
            throw new PosixException(Errno.ENAMETOOLONG);
        }
        ByteBuffer packed = ByteBuffer.allocate(FAMILY + path.length + end).order(ByteOrder.nativeOrder());
        packed.putShort((short) AF_UNIX).put(path);
        return packed.array();
    }

    /** The address in the first {@code length} bytes of a struct, null for none. */
    static @Nullable SocketAddress unpack(byte[] struct, int length) {
        if (length < FAMILY) {
            return null;
        }
        ByteBuffer packed = ByteBuffer.wrap(struct).order(ByteOrder.nativeOrder());
        int family = packed.getShort();
        if (family == AF_UNIX) {
            return UnixAddress.of(text(Arrays.copyOfRange(struct, FAMILY, Math.min(length, struct.length))));
        }
        int port = packed.order(ByteOrder.BIG_ENDIAN).getShort() & 0xffff;
        boolean six = family == AF_INET6;
        try {
            byte[] host = six ? Arrays.copyOfRange(struct, 8, 24) : Arrays.copyOfRange(struct, 4, 8);
            InetAddress address = six
                    ? Inet6Address.getByAddress(
                            null, host, packed.order(ByteOrder.nativeOrder()).getInt(24))
                    : InetAddress.getByAddress(host);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes is one", e);
        }
    }

    private static String text(byte[] path) {
        String whole = new String(path, StandardCharsets.ISO_8859_1);
        int end = whole.indexOf('\0', 1); // an abstract name begins with 0 and may have others
        return end < 0 || whole.charAt(0) == 0 ? whole : whole.substring(0, end);
    }
}
