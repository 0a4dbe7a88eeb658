package org.euryale.jython.oracle;

/** What two descriptors that are connected with each other can be. */
enum Ends {
    /** UDP sockets on the loopback interface, each the other's peer. */
    UDP,
    UNIX_STREAMS,
    UNIX_DATAGRAMS,
    /** SOCK_SEQPACKET. */
    UNIX_PACKETS,
    /** The first is read, the second written. */
    PIPE
}
