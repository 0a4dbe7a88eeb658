package org.euryale.posix;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK's resolver knows, for a JVM that cannot call the C library. It differs: no aliases, no canonical names,
 * and a name that has just failed is EAI_NONAME when it is asked for again, whatever it was at first
 * (InetAddress keeps failures for {@code networkaddress.cache.negative.ttl} seconds, without the reason).
 */
public final class JdkNames implements NameService {
    private static final int AF_UNSPEC = 0;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int AI_PASSIVE = 0x1;
    private static final int AI_CANONNAME = 0x2;
    private static final int AI_NUMERICHOST = 0x4;
    private static final int AI_NUMERICSERV = 0x400;
    private static final int NI_NUMERICHOST = 1;
    private static final int NI_NUMERICSERV = 2;
    private static final int NI_NAMEREQD = 8;
    private static final int NI_DGRAM = 16;
    private static final int SOCK_RAW = 3;
    private static final int IPPROTO_TCP = 6;

    /** Socket type and protocol, in the order in which glibc lists them for an address. */
    private static final int[][] KINDS = {{1, IPPROTO_TCP}, {2, 17}, {SOCK_RAW, 0}};

    @Override
    public List<AddressInfo> addresses(
            @Nullable String host, @Nullable String service, int family, int type, int protocol, int flags)
            throws NameException {
        if (host == null && service == null) {
            throw NameException.ofAddress(NameException.EAI_NONAME);
        }
        if (family != AF_UNSPEC && family != AF_INET && family != AF_INET6) {
            throw NameException.ofAddress(NameException.EAI_FAMILY);
        }
        String canonical = (flags & AI_CANONNAME) != 0 ? host : null;
        List<AddressInfo> list = new ArrayList<>();
        for (InetAddress address : lookUp(host, family, flags)) {
            int scope = Names.scope(address);
            for (int[] kind : KINDS) {
                boolean raw = kind[0] == SOCK_RAW;
                if ((type == 0 || type == kind[0]) && (protocol == 0 || raw || protocol == kind[1])) {
                    int port = port(service, kind[1], flags);
                    if (port >= 0) {
                        list.add(new AddressInfo(
                                address instanceof Inet4Address ? AF_INET : AF_INET6,
                                kind[0],
                                raw ? protocol : kind[1],
                                list.isEmpty() ? canonical : null,
                                address,
                                port,
                                scope));
                    }
                }
            }
        }
        if (list.isEmpty()) {
            throw NameException.ofAddress(type > SOCK_RAW ? NameException.EAI_SOCKTYPE : NameException.EAI_SERVICE);
        }
        return list;
    }

    private static List<InetAddress> lookUp(@Nullable String host, int family, int flags) throws NameException {
        Family wanted = family == AF_UNSPEC ? null : family == AF_INET ? Family.INET : Family.INET6;
        try {
            if (host == null) {
                return nobody(wanted, (flags & AI_PASSIVE) != 0);
            }
            boolean numeric = Names.numeric(host) != null;
            if ((flags & AI_NUMERICHOST) != 0 && !numeric) {
                throw NameException.ofAddress(NameException.EAI_NONAME);
            }
            List<InetAddress> found = Names.resolve(host, wanted);
            if (found.isEmpty()) {
                throw NameException.ofAddress(numeric ? NameException.EAI_ADDRFAMILY : NameException.EAI_NODATA);
            }
            return found;
        } catch (UnknownHostException e) {
            throw failure(e);
        }
    }

    /** The JDK says "host: text", with the text of gai_strerror(3); without one the name is unknown. */
    private static NameException failure(UnknownHostException e) {
        return NameException.ofAddress(NameException.numberIn(String.valueOf(e.getMessage())));
    }

    /** No host: what to bind to (the wildcards), or oneself; glibc's order for each. */
    private static List<InetAddress> nobody(@Nullable Family wanted, boolean passive) throws UnknownHostException {
        List<String> texts = passive ? List.of("0.0.0.0", "::") : List.of("::1", "127.0.0.1");
        List<InetAddress> found = new ArrayList<>();
        for (String text : texts) {
            found.addAll(Names.resolve(text, wanted));
        }
        return found;
    }

    private static int port(@Nullable String service, int protocol, int flags) throws NameException {
        if (service == null || service.isEmpty()) {
            return 0;
        }
        if (service.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Integer.parseInt(service.substring(Math.max(0, service.length() - 9))) & 0xffff;
        }
        if ((flags & AI_NUMERICSERV) != 0) {
            throw NameException.ofAddress(NameException.EAI_NONAME);
        }
        return protocol == 0 ? -1 : Services.port(service, protocol == IPPROTO_TCP ? "tcp" : "udp");
    }

    @Override
    public NameInfo name(InetAddress address, int port, int flow, int scope, int flags) throws NameException {
        String name = (flags & NI_NUMERICHOST) != 0 ? null : reverse(address);
        if (name == null && (flags & NI_NAMEREQD) != 0) {
            throw NameException.ofAddress(NameException.EAI_NONAME);
        }
        String service =
                (flags & NI_NUMERICSERV) != 0 ? null : serviceName(port, (flags & NI_DGRAM) != 0 ? "udp" : "tcp");
        return new NameInfo(
                name != null ? name : Names.text(address, scope), service != null ? service : Integer.toString(port));
    }

    private static @Nullable String reverse(InetAddress address) {
        String name = address.getCanonicalHostName();
        return name.equals(address.getHostAddress()) ? null : name;
    }

    @Override
    public HostEntry hostByName(String name) throws NameException {
        try {
            List<InetAddress> found = Names.resolve(name, Family.INET);
            if (!found.isEmpty()) {
                return new HostEntry(AF_INET, name, List.of(), found);
            }
        } catch (UnknownHostException e) {
            throw NameException.ofHost(hostNumber(failure(e)));
        }
        throw NameException.ofHost(NameException.NO_DATA);
    }

    private static int hostNumber(NameException e) {
        return switch (e.number()) {
            case NameException.EAI_AGAIN -> NameException.TRY_AGAIN;
            case NameException.EAI_FAIL -> NameException.NO_RECOVERY;
            default -> NameException.HOST_NOT_FOUND;
        };
    }

    @Override
    public HostEntry hostByAddress(InetAddress address) throws NameException {
        String name = reverse(address);
        if (name == null) {
            throw NameException.ofHost(NameException.HOST_NOT_FOUND);
        }
        int family = address instanceof Inet4Address ? AF_INET : AF_INET6;
        return new HostEntry(family, name, List.of(), List.of(address));
    }

    @Override
    public int servicePort(String name, @Nullable String protocol) {
        return Services.port(name, protocol);
    }

    @Override
    public @Nullable String serviceName(int port, @Nullable String protocol) {
        return Services.name(port, protocol);
    }

    @Override
    public int protocol(String name) {
        return Services.protocol(name);
    }
}
