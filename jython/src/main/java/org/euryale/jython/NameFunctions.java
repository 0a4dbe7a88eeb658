package org.euryale.jython;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.euryale.posix.Family;
import org.euryale.posix.Names;
import org.euryale.posix.Services;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;

/** The functions of {@code _socket} that look up hosts, services and protocols. */
final class NameFunctions {
    private static final int AF_UNSPEC = 0;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int AI_PASSIVE = 1;
    private static final int AI_CANONNAME = 2;
    private static final int AI_NUMERICHOST = 4;
    private static final int NI_NUMERICHOST = 1;
    private static final int NI_NUMERICSERV = 2;
    private static final int NI_NAMEREQD = 8;
    private static final int NI_DGRAM = 16;
    private static final int NO_ADDRESS = 4;

    /** Socket type and protocol, in the order in which glibc lists them for an address. */
    private static final int[][] KINDS = {{1, 6}, {2, 17}, {3, 0}};

    private final Errors errors;
    private final SocketAddresses addresses;

    NameFunctions(Errors errors) {
        this.errors = errors;
        addresses = new SocketAddresses(errors);
    }

    void into(PyObject dict) {
        SocketModule.define(
                dict,
                new Signature("getaddrinfo", 2, 6),
                "getaddrinfo(host, port[, family[, socktype[, proto[, flags]]]])\n"
                        + "    -> list of (family, socktype, proto, canonname, sockaddr)",
                this::getaddrinfo);
        SocketModule.define(
                dict,
                new Signature("getnameinfo", 2, 2),
                "getnameinfo(sockaddr, flags) -> (host, port)",
                a -> getnameinfo(SocketMethods.required(a[0]), Values.integer(SocketMethods.required(a[1]))));
        SocketModule.define(
                dict,
                new Signature("gethostname", 0, 0),
                "gethostname() -> text\n\nThis machine's name.",
                a -> new PyString(Platform.hostName()));
        SocketModule.define(
                dict,
                new Signature("gethostbyname", 1, 1),
                "gethostbyname(host) -> text\n\nIts IPv4 address.",
                a -> new PyString(Names.text(ipv4(a[0]), Family.INET)));
        SocketModule.define(
                dict,
                new Signature("gethostbyname_ex", 1, 1),
                "gethostbyname_ex(host) -> (name, aliases, addresses)\n\nIPv4 only.",
                a -> hostEntry(ipv4(a[0]), SocketAddresses.host(SocketMethods.required(a[0])), Family.INET));
        SocketModule.define(
                dict,
                new Signature("gethostbyaddr", 1, 1),
                "gethostbyaddr(host) -> (name, aliases, addresses)\n\nThe name behind an address.",
                a -> gethostbyaddr(SocketAddresses.host(SocketMethods.required(a[0]))));
        SocketModule.define(
                dict,
                new Signature("getservbyname", 1, 2),
                "getservbyname(service[, protocol]) -> port",
                a -> getservbyname(Values.text(SocketMethods.required(a[0]), "getservbyname"), text(a[1])));
        SocketModule.define(
                dict,
                new Signature("getservbyport", 1, 2),
                "getservbyport(port[, protocol]) -> service",
                a -> getservbyport(Values.integer(SocketMethods.required(a[0])), text(a[1])));
        SocketModule.define(dict, new Signature("getprotobyname", 1, 1), "getprotobyname(name) -> number", a -> {
            int number = Services.protocol(Values.text(SocketMethods.required(a[0]), "getprotobyname"));
            if (number < 0) {
                throw new RaisedError(errors.error, new PyString("protocol not found"));
            }
            return Py.newInteger(number);
        });
    }

    private static @Nullable String text(@Nullable PyObject value) {
        return value == null ? null : Values.text(value, "getserv");
    }

    // ---------------------------------------------------------------- hosts

    private PyObject getaddrinfo(@Nullable PyObject[] a) {
        String host = SocketModule.textOrNull(SocketMethods.required(a[0]));
        PyObject service = SocketMethods.required(a[1]);
        int family = Values.integer(a[2], AF_UNSPEC);
        int type = Values.integer(a[3], 0);
        int protocol = Values.integer(a[4], 0);
        int flags = Values.integer(a[5], 0);
        if (family != AF_UNSPEC && family != AF_INET && family != AF_INET6) {
            throw failure(Resolver.EAI_FAMILY);
        }
        List<PyObject> list = new ArrayList<>();
        List<InetAddress> found = lookUp(host, family, flags);
        String canonical = (flags & AI_CANONNAME) != 0 && host != null ? host : "";
        for (InetAddress address : found) {
            for (int[] kind : KINDS) {
                boolean raw = kind[1] == 0;
                if ((type == 0 || type == kind[0]) && (protocol == 0 || raw || protocol == kind[1])) {
                    int port = port(service, kind[1]);
                    if (port >= 0) {
                        list.add(entry(
                                address, kind[0], raw ? protocol : kind[1], port, list.isEmpty() ? canonical : ""));
                    }
                }
            }
        }
        if (list.isEmpty()) {
            throw failure(type != 0 && type > 3 ? Resolver.EAI_SOCKTYPE : Resolver.EAI_SERVICE);
        }
        return new PyList(list);
    }

    private static PyTuple entry(InetAddress address, int type, int protocol, int port, String canonical) {
        Family family = address instanceof Inet4Address ? Family.INET : Family.INET6;
        return new PyTuple(
                Py.newInteger(family == Family.INET ? AF_INET : AF_INET6),
                Py.newInteger(type),
                Py.newInteger(protocol),
                new PyString(canonical),
                SocketAddresses.tuple(new InetSocketAddress(address, port), family));
    }

    private List<InetAddress> lookUp(@Nullable String host, int family, int flags) {
        Family wanted = family == AF_UNSPEC ? null : family == AF_INET ? Family.INET : Family.INET6;
        try {
            if (host == null || host.isEmpty()) {
                return nobody(wanted, (flags & AI_PASSIVE) != 0);
            }
            boolean numeric = Names.numeric(host) != null;
            if ((flags & AI_NUMERICHOST) != 0 && !numeric) {
                throw failure(Resolver.EAI_NONAME);
            }
            List<InetAddress> found = Names.resolve(host, wanted);
            if (found.isEmpty()) {
                throw failure(numeric ? Resolver.EAI_ADDRFAMILY : Resolver.EAI_NODATA);
            }
            return found;
        } catch (UnknownHostException e) {
            throw failure(Resolver.code(e));
        }
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

    private int port(PyObject service, int protocol) {
        if (Values.isNone(service)) {
            return 0;
        }
        if (Values.isInteger(service)) {
            return Values.bigInteger(service).intValue() & 0xffff;
        }
        if (!(service instanceof PyString)) {
            throw new RaisedError(errors.error, new PyString("Int or String expected"));
        }
        String name = SocketAddresses.host(service);
        if (name.chars().allMatch(Character::isDigit)) {
            return name.isEmpty() ? 0 : Integer.parseInt(name.substring(Math.max(0, name.length() - 9))) & 0xffff;
        }
        return protocol == 0 ? -1 : Services.port(name, protocol == 6 ? "tcp" : "udp");
    }

    private PyObject getnameinfo(PyObject address, int flags) {
        if (!(address instanceof PyTuple tuple) || tuple.__len__() < 2) {
            throw Py.TypeError("getnameinfo() argument 1 must be a tuple");
        }
        if (tuple.__len__() > 4) {
            throw Py.TypeError("function takes at most 4 arguments (" + tuple.__len__() + " given)");
        }
        String text = SocketAddresses.host(tuple.pyget(0));
        InetAddress numeric = numericOnly(text);
        InetSocketAddress parsed =
                addresses.parse(address, numeric instanceof Inet6Address ? Family.INET6 : Family.INET);
        InetAddress host = parsed.getAddress();
        String name = (flags & NI_NUMERICHOST) != 0 ? null : reverse(host);
        if (name == null && (flags & NI_NAMEREQD) != 0) {
            throw failure(Resolver.EAI_NONAME);
        }
        String service = (flags & NI_NUMERICSERV) != 0
                ? null
                : Services.name(parsed.getPort(), (flags & NI_DGRAM) != 0 ? "udp" : "tcp");
        Family family = host instanceof Inet4Address ? Family.INET : Family.INET6;
        return new PyTuple(
                new PyString(name != null ? name : Names.text(host, family)),
                new PyString(service != null ? service : Integer.toString(parsed.getPort())));
    }

    private InetAddress numericOnly(String text) {
        try {
            InetAddress numeric = Names.numeric(text);
            if (numeric != null) {
                return numeric;
            }
        } catch (UnknownHostException e) {
            throw failure(Resolver.code(e));
        }
        throw failure(Resolver.EAI_NONAME);
    }

    private static @Nullable String reverse(InetAddress address) {
        String name = address.getCanonicalHostName();
        return name.equals(address.getHostAddress()) ? null : name;
    }

    private InetAddress ipv4(@Nullable PyObject host) {
        return addresses.resolve(SocketAddresses.host(SocketMethods.required(host)), Family.INET);
    }

    private PyObject gethostbyaddr(String host) {
        InetAddress address;
        try {
            address = Names.resolve(host, null).get(0);
        } catch (UnknownHostException e) {
            throw failure(Resolver.code(e));
        }
        String name = reverse(address);
        if (name == null) {
            throw new RaisedError(errors.herror, Py.newInteger(NO_ADDRESS - 3), new PyString("Unknown host"));
        }
        return hostEntry(address, name, address instanceof Inet4Address ? Family.INET : Family.INET6);
    }

    private static PyObject hostEntry(InetAddress address, String name, Family family) {
        return new PyTuple(
                new PyString(name), new PyList(), new PyList(List.of(new PyString(Names.text(address, family)))));
    }

    // ---------------------------------------------------------------- services

    private PyObject getservbyname(String name, @Nullable String protocol) {
        int port = Services.port(name, protocol);
        if (port < 0) {
            throw new RaisedError(errors.error, new PyString("service/proto not found"));
        }
        return Py.newInteger(port);
    }

    private PyObject getservbyport(int port, @Nullable String protocol) {
        if (port < 0 || port > 0xffff) {
            throw Py.OverflowError("getservbyport: port must be 0-65535.");
        }
        String name = Services.name(port, protocol);
        if (name == null) {
            throw new RaisedError(errors.error, new PyString("port/proto not found"));
        }
        return new PyString(name);
    }

    private PyException failure(int code) {
        return errors.addressError(code, Resolver.text(code));
    }
}
