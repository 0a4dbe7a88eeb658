package org.euryale.posix;

import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;

/** The address families of TCP. */
public enum Family {
    INET(StandardProtocolFamily.INET, "0.0.0.0"),
    INET6(StandardProtocolFamily.INET6, "::");

    private final StandardProtocolFamily protocolFamily;
    private final String wildcard;

    Family(StandardProtocolFamily protocolFamily, String wildcard) {
        this.protocolFamily = protocolFamily;
        this.wildcard = wildcard;
    }

    ProtocolFamily protocolFamily() {
        return protocolFamily;
    }

    /** The wildcard address with port 0: what an unbound socket has. The text is numeric, no name is looked up. */
    InetSocketAddress unbound() {
        return new InetSocketAddress(wildcard, 0);
    }
}
