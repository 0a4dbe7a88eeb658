package org.euryale.posix;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The multicast groups that a datagram socket has joined, and the interface that it sends to groups by, as {@code ip(7)}
 * and {@code ipv6(7)}. Guarded by the socket.
 */
final class Memberships {
    /** With methods of its own: the JDK keeps the class, and its loader, of a record whose equals() it has made. */
    private record Membership(InetAddress group, NetworkInterface by) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Membership membership && group.equals(membership.group) && by.equals(membership.by);
        }

        @Override
        public int hashCode() {
            return 31 * group.hashCode() + by.hashCode();
        }
    }

    private final DatagramChannel channel;
    private final Map<Membership, java.nio.channels.MembershipKey> keys = new HashMap<>();

    Memberships(DatagramChannel channel) {
        this.channel = channel;
    }

    /** EINVAL for what is no group, ENODEV for an interface that is not there, EADDRINUSE for a second time. */
    void join(InetAddress group, @Nullable NetworkInterface by) throws PosixException {
        Membership membership = membership(group, by);
        if (keys.containsKey(membership)) {
            throw new PosixException(Errno.EADDRINUSE);
        }
        try {
            keys.put(membership, channel.join(group, membership.by));
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            throw new PosixException(Errno.EINVAL); // a group of the other family
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /** EADDRNOTAVAIL for a group that was not joined. */
    void leave(InetAddress group, @Nullable NetworkInterface by) throws PosixException {
        java.nio.channels.MembershipKey key = keys.remove(membership(group, by));
        if (key == null) {
            throw new PosixException(Errno.EADDRNOTAVAIL);
        }
        key.drop();
    }

    private Membership membership(InetAddress group, @Nullable NetworkInterface by) throws PosixException {
        if (!group.isMulticastAddress()) {
            throw new PosixException(Errno.EINVAL);
        }
        return new Membership(group, by != null ? by : towards(group));
    }

    /** The interface by which the kernel would send there: java.nio wants one where the kernel chooses itself. */
    private NetworkInterface towards(InetAddress group) throws PosixException {
        try {
            NetworkInterface chosen = channel.getOption(StandardSocketOptions.IP_MULTICAST_IF);
            if (chosen != null) {
                return chosen;
            }
            Family family = group instanceof Inet4Address ? Family.INET : Family.INET6;
            try (DatagramChannel probe = DatagramChannel.open(family.protocolFamily())) {
                probe.connect(new InetSocketAddress(group, 9));
                return require(((InetSocketAddress) probe.getLocalAddress()).getAddress());
            }
        } catch (IOException e) {
            throw new PosixException(Errno.ENODEV); // no route
        }
    }

    /** The interface that has this address; ENODEV. */
    static NetworkInterface require(InetAddress address) throws PosixException {
        try {
            return existing(NetworkInterface.getByInetAddress(address));
        } catch (SocketException e) {
            throw PosixException.of(e);
        }
    }

    /** The interface of this number; ENODEV. */
    static NetworkInterface require(int index) throws PosixException {
        try {
            return existing(index < 0 ? null : NetworkInterface.getByIndex(index));
        } catch (SocketException e) {
            throw PosixException.of(e);
        }
    }

    private static NetworkInterface existing(@Nullable NetworkInterface found) throws PosixException {
        if (found == null) {
            throw new PosixException(Errno.ENODEV);
        }
        return found;
    }

    void sendBy(NetworkInterface by) throws PosixException {
        try {
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, by);
        } catch (IllegalArgumentException e) {
            throw new PosixException(Errno.EADDRNOTAVAIL); // it has no address of the socket's family
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /** The interface that was chosen, null when the kernel chooses. */
    @Nullable
    NetworkInterface sendsBy() throws PosixException {
        try {
            return channel.getOption(StandardSocketOptions.IP_MULTICAST_IF);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }
}
