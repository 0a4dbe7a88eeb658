package org.euryale.posix;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who knows the names of hosts, services and protocols, as the C library does: numbers, flags, order and errors are
 * those of its calls on Linux. The binding provides it where it can call the C library; {@link JdkNames} is for
 * elsewhere. Texts are bytes, a char each. Any thread; every look-up of a host may wait for servers, as long as
 * resolv.conf(5) says.
 */
public interface NameService {
    /**
     * {@code getaddrinfo(3)}.
     *
     * @param host a name or numeric text; null for this machine
     * @param service a name or a number; null for port 0
     * @param family AF_UNSPEC (0), AF_INET, AF_INET6
     * @param type SOCK_STREAM ...; 0 for all
     * @param protocol IPPROTO_TCP ...; 0 for all
     * @param flags AI_PASSIVE ...
     * @throws PosixException the reason of EAI_SYSTEM
     */
    List<AddressInfo> addresses(
            @Nullable String host, @Nullable String service, int family, int type, int protocol, int flags)
            throws NameException, PosixException;

    /** A host and a service in text. */
    record NameInfo(String host, String service) {}

    /**
     * {@code getnameinfo(3)}.
     *
     * @param flow the flow information of an IPv6 address
     * @param scope the interface's number of an IPv6 address
     * @param flags NI_NUMERICHOST ...
     * @throws PosixException the reason of EAI_SYSTEM
     */
    NameInfo name(InetAddress address, int port, int flow, int scope, int flags) throws NameException, PosixException;

    /** {@code gethostbyname(3)}: IPv4 alone. */
    HostEntry hostByName(String name) throws NameException;

    /** {@code gethostbyaddr(3)}. */
    HostEntry hostByAddress(InetAddress address) throws NameException;

    /** {@code getservbyname(3)}: the port, of any protocol when that is null; -1 when there is none. */
    int servicePort(String name, @Nullable String protocol);

    /** {@code getservbyport(3)}: the name, of any protocol when that is null; null when there is none. */
    @Nullable
    String serviceName(int port, @Nullable String protocol);

    /** {@code getprotobyname(3)}: the number, -1 when there is none. */
    int protocol(String name);
}
