package org.euryale.posix;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;

/** Address families. */
public enum Family {
    INET(StandardProtocolFamily.INET, "0.0.0.0"),
    INET6(StandardProtocolFamily.INET6, "::"),
    /** Sockets of one machine, see {@link UnixAddress}. */
    UNIX(StandardProtocolFamily.UNIX, "");

    private final StandardProtocolFamily protocolFamily;
    private final String wildcard;

    Family(StandardProtocolFamily protocolFamily, String wildcard) {
        this.protocolFamily = protocolFamily;
        this.wildcard = wildcard;
    }

    ProtocolFamily protocolFamily() {
        return protocolFamily;
    }

    /** The internet's wildcard with port 0: what an unbound socket has. The text is numeric, no name is looked up. */
    InetSocketAddress unbound() {
        return new InetSocketAddress(wildcard, 0);
    }

    /** The kernel takes the wildcard for the loopback address; the JDK would take the machine's own name for it. */
    InetSocketAddress reachable(InetSocketAddress address) throws PosixException {
        InetAddress host = address.getAddress();
        if (!host.isAnyLocalAddress()) {
            return address;
        }
        try {
            byte[] loopback = this == INET ? new byte[] {127, 0, 0, 1} : new byte[16];
            loopback[loopback.length - 1] = 1;
            return new InetSocketAddress(InetAddress.getByAddress(loopback), address.getPort());
        } catch (UnknownHostException e) {
            throw PosixException.of(e);
        }
    }
}
