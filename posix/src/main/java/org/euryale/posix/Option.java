package org.euryale.posix;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Socket options by their POSIX names, those that the JDK carries to the kernel and those that are answered from what a
 * socket knows of itself. Values are ints; {@link #SO_LINGER} is -1 for off, else seconds.
 */
public enum Option {
    SO_REUSEADDR(StandardSocketOptions.SO_REUSEADDR),
    SO_REUSEPORT(StandardSocketOptions.SO_REUSEPORT),
    SO_KEEPALIVE(StandardSocketOptions.SO_KEEPALIVE),
    /** Bytes; read back doubled, as Linux counts its own bookkeeping in (socket(7)). */
    SO_SNDBUF(StandardSocketOptions.SO_SNDBUF),
    SO_RCVBUF(StandardSocketOptions.SO_RCVBUF),
    SO_LINGER(StandardSocketOptions.SO_LINGER),
    TCP_NODELAY(StandardSocketOptions.TCP_NODELAY),
    /** Seconds. */
    TCP_KEEPIDLE(ExtendedSocketOptions.TCP_KEEPIDLE),
    TCP_KEEPINTVL(ExtendedSocketOptions.TCP_KEEPINTERVAL),
    TCP_KEEPCNT(ExtendedSocketOptions.TCP_KEEPCOUNT),
    TCP_QUICKACK(ExtendedSocketOptions.TCP_QUICKACK),
    IP_TOS(StandardSocketOptions.IP_TOS),
    /** How many routers a datagram to a group may pass; 0 to 255. IPV6_MULTICAST_HOPS on IPv6. */
    IP_MULTICAST_TTL(StandardSocketOptions.IP_MULTICAST_TTL),
    /** Whether what this socket sends to a group comes to this machine's members, too. */
    IP_MULTICAST_LOOP(StandardSocketOptions.IP_MULTICAST_LOOP),
    /** Urgent bytes stay in the stream. The JDK has it, for java.net.Socket, but gives it no public name. */
    SO_OOBINLINE(null),
    /** On TCP it is kept without effect, as on Linux. */
    SO_BROADCAST(StandardSocketOptions.SO_BROADCAST),
    /** On IPv6: keeps IPv4 away. The JDK has no such option; it is set by the kernel's own call, see {@link SocketKernel}. */
    IPV6_V6ONLY(null),
    /** Read and cleared by reading. */
    SO_ERROR(null),
    SO_ACCEPTCONN(null);

    @SuppressWarnings("ImmutableEnumChecker") // the JDK's options are immutable: a name and a type
    private final @Nullable SocketOption<?> jdk;

    Option(@Nullable SocketOption<?> jdk) {
        this.jdk = jdk;
    }

    /** Whether it is answered from what the socket knows of itself. */
    boolean isOwnKnowledge() {
        return this == SO_BROADCAST || this == SO_ERROR || this == SO_ACCEPTCONN;
    }

    /** The JDK's option, null where it has no name for it. */
    @Nullable
    SocketOption<?> jdk() {
        return jdk;
    }
}
