package org.euryale.jython;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.euryale.posix.DatagramSocket;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.PosixException;
import org.euryale.posix.Socket;
import org.jspecify.annotations.Nullable;

/** The options of ip(7) and ipv6(7) that name a group or an interface, in the C structs that carry them. */
final class MulticastOptions {
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IP_MULTICAST_IF = 32;
    private static final int IP_ADD_MEMBERSHIP = 35;
    private static final int IP_DROP_MEMBERSHIP = 36;
    private static final int IPV6_MULTICAST_IF = 17;
    private static final int IPV6_JOIN_GROUP = 20;
    private static final int IPV6_LEAVE_GROUP = 21;

    private static final int IPV4 = 4;
    private static final int IPV6 = 16;
    private static final int INT = 4;

    /** struct ip_mreq, and struct ip_mreqn with the interface's number behind it. */
    private static final int MREQ = 2 * IPV4;

    private static final int MREQN = MREQ + INT;

    private MulticastOptions() {}

    /** Whether this is one of them; others are {@link SocketOptions}' business. */
    static boolean has(Socket socket, int level, int name) {
        if (!(socket instanceof DatagramSocket)) {
            return false;
        }
        return socket.family() == Family.INET
                ? level == IPPROTO_IP
                        && (name == IP_MULTICAST_IF || name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP)
                : level == IPPROTO_IPV6
                        && (name == IPV6_MULTICAST_IF || name == IPV6_JOIN_GROUP || name == IPV6_LEAVE_GROUP);
    }

    static void set(Socket socket, int name, ByteBuffer value) throws PosixException {
        DatagramSocket datagrams = (DatagramSocket) socket;
        value.order(Bytes.STRUCT_ORDER);
        switch (name) {
            case IP_ADD_MEMBERSHIP -> datagrams.join(address(value, IPV4, MREQ), interfaceOf(value));
            case IP_DROP_MEMBERSHIP -> datagrams.leave(address(value, IPV4, MREQ), interfaceOf(value));
            case IPV6_JOIN_GROUP -> datagrams.join(address(value, IPV6, IPV6 + INT), numbered(value.getInt()));
            case IPV6_LEAVE_GROUP -> datagrams.leave(address(value, IPV6, IPV6 + INT), numbered(value.getInt()));
            case IPV6_MULTICAST_IF ->
                sendBy(datagrams, numbered(wanted(value, INT).getInt()));
            default -> {
                if (value.remaining() >= MREQ) {
                    value.position(IPV4); // its group is not looked at
                }
                sendBy(datagrams, interfaceOf(wanted(value, IPV4)));
            }
        }
    }

    /** IP_MULTICAST_IF as an address, IPV6_MULTICAST_IF as a number; the others cannot be asked for. */
    static byte[] get(Socket socket, int name) throws PosixException {
        if (name != IP_MULTICAST_IF && name != IPV6_MULTICAST_IF) {
            throw new PosixException(Errno.ENOPROTOOPT);
        }
        NetworkInterface by = ((DatagramSocket) socket).sendsBy();
        if (name == IPV6_MULTICAST_IF) {
            return ByteBuffer.allocate(INT)
                    .order(Bytes.STRUCT_ORDER)
                    .putInt(by == null ? 0 : by.getIndex())
                    .array();
        }
        return by == null
                ? new byte[IPV4]
                : by.inetAddresses()
                        .filter(address -> address instanceof Inet4Address)
                        .map(InetAddress::getAddress)
                        .findFirst()
                        .orElse(new byte[IPV4]);
    }

    private static void sendBy(DatagramSocket socket, @Nullable NetworkInterface by) throws PosixException {
        if (by == null) {
            throw new PosixException(Errno.ENOPROTOOPT); // java.nio cannot take a choice back
        }
        socket.sendBy(by);
    }

    private static ByteBuffer wanted(ByteBuffer value, int size) throws PosixException {
        if (value.remaining() < size) {
            throw new PosixException(Errno.EINVAL);
        }
        return value;
    }

    private static InetAddress address(ByteBuffer value, int size, int struct) throws PosixException {
        byte[] bytes = new byte[size];
        wanted(value, struct).get(bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e); // not for 4 or 16 bytes
        }
    }

    /** By number if the struct has one, else by address; null where the kernel is to choose. */
    private static @Nullable NetworkInterface interfaceOf(ByteBuffer value) throws PosixException {
        InetAddress address = address(value, IPV4, IPV4);
        int number = value.remaining() >= MREQN - MREQ ? value.getInt() : 0;
        if (number != 0) {
            return numbered(number);
        }
        return address.isAnyLocalAddress() ? null : DatagramSocket.interfaceWith(address);
    }

    private static @Nullable NetworkInterface numbered(int number) throws PosixException {
        return number == 0 ? null : DatagramSocket.interfaceNumbered(number);
    }
}
