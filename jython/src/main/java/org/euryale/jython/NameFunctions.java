package org.euryale.jython;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.euryale.posix.AddressInfo;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.HostEntry;
import org.euryale.posix.NameException;
import org.euryale.posix.NameService;
import org.euryale.posix.Names;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;
import org.python.core.PyUnicode;

/** The functions of {@code _socket} that look up hosts, services and protocols, as CPython's socketmodule.c has them. */
final class NameFunctions {
    private static final int AF_UNSPEC = 0;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_DGRAM = 2;
    private static final int MAX_FLOW = 0xfffff;

    private final Errors errors;
    private final PosixProcess process;
    private final SocketAddresses addresses;

    NameFunctions(PosixProcess process) {
        errors = process.errors();
        this.process = process;
        addresses = new SocketAddresses(process);
    }

    /** A look-up that may fail. */
    private interface LookUp<T> {
        T on() throws NameException, PosixException;
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
                a -> new PyString(Names.text(addresses.resolve(text(a, 0, "gethostbyname"), AF_INET), 0)));
        SocketModule.define(
                dict,
                new Signature("gethostbyname_ex", 1, 1),
                "gethostbyname_ex(host) -> (name, aliases, addresses)\n\nIPv4 only.",
                a -> hostByName(text(a, 0, "gethostbyname_ex")));
        SocketModule.define(
                dict,
                new Signature("gethostbyaddr", 1, 1),
                "gethostbyaddr(host) -> (name, aliases, addresses)\n\nThe name behind an address.",
                a -> hostByAddress(text(a, 0, "gethostbyaddr")));
        SocketModule.define(
                dict,
                new Signature("getservbyname", 1, 2),
                "getservbyname(service[, protocol]) -> port",
                a -> getservbyname(text(a, 0, "getservbyname"), textOrNull(a, 1, "getservbyname")));
        SocketModule.define(
                dict,
                new Signature("getservbyport", 1, 2),
                "getservbyport(port[, protocol]) -> service",
                a -> getservbyport(Values.integer(SocketMethods.required(a[0])), textOrNull(a, 1, "getservbyport")));
        SocketModule.define(dict, new Signature("getprotobyname", 1, 1), "getprotobyname(name) -> number", a -> {
            int number = process.names().protocol(text(a, 0, "getprotobyname"));
            if (number < 0) {
                throw errors.socketError("protocol not found");
            }
            return Py.newInteger(number);
        });
    }

    private static String text(@Nullable PyObject[] arguments, int place, String function) {
        return Values.text(SocketMethods.required(arguments[place]), function + "() argument " + (place + 1));
    }

    private static @Nullable String textOrNull(@Nullable PyObject[] arguments, int place, String function) {
        return arguments[place] == null ? null : text(arguments, place, function);
    }

    private <T> T asked(LookUp<T> lookUp) {
        try {
            return lookUp.on();
        } catch (NameException e) {
            throw errors.nameError(e);
        } catch (PosixException e) {
            throw errors.socketError(e);
        }
    }

    // ---------------------------------------------------------------- getaddrinfo, getnameinfo

    private PyObject getaddrinfo(@Nullable PyObject[] a) {
        int family = Values.integer(a[2], AF_UNSPEC);
        int type = Values.integer(a[3], 0);
        int protocol = Values.integer(a[4], 0);
        int flags = Values.integer(a[5], 0);
        String host = host(SocketMethods.required(a[0]));
        String service = service(SocketMethods.required(a[1]));
        List<PyObject> list = new ArrayList<>();
        for (AddressInfo found : asked(() -> process.names().addresses(host, service, family, type, protocol, flags))) {
            String canonical = found.canonicalName();
            list.add(new PyTuple(
                    Py.newInteger(found.family()),
                    Py.newInteger(found.type()),
                    Py.newInteger(found.protocol()),
                    canonical == null ? Py.EmptyString : new PyString(canonical),
                    SocketAddresses.tuple(found.address(), found.port(), found.scope())));
        }
        return new PyList(list);
    }

    private static @Nullable String host(PyObject given) {
        if (Values.isNone(given)) {
            return null;
        }
        if (given instanceof PyUnicode unicode) {
            return upToNull(SocketAddresses.idna(unicode));
        }
        if (given instanceof PyString string) {
            return upToNull(string.getString());
        }
        throw Py.TypeError("getaddrinfo() argument 1 must be string or None");
    }

    private @Nullable String service(PyObject given) {
        if (Values.isNone(given)) {
            return null;
        }
        if (Values.isInteger(given)) {
            return Long.toString(Values.cLong(given));
        }
        if (given instanceof PyString string && !(given instanceof PyUnicode)) {
            return upToNull(string.getString());
        }
        throw errors.socketError("getaddrinfo() argument 2 must be integer or string");
    }

    /** CPython hands these to C as they are. */
    private static String upToNull(String text) {
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    private PyObject getnameinfo(PyObject address, int flags) {
        if (!(address instanceof PyTuple tuple)) {
            throw Py.TypeError("getnameinfo() argument 1 must be a tuple");
        }
        int size = tuple.__len__();
        if (size < 2 || size > 4) {
            throw Py.TypeError(
                    "function takes at " + (size < 2 ? "least 2" : "most 4") + " arguments (" + size + " given)");
        }
        String host = Values.text(tuple.pyget(0), "argument 1");
        int port = Values.integer(tuple.pyget(1));
        int flow = size > 2 ? Values.unsigned(tuple.pyget(2)) : 0;
        int scope = size > 3 ? Values.unsigned(tuple.pyget(3)) : 0;
        if (flow < 0 || flow > MAX_FLOW) {
            throw Py.OverflowError("getsockaddrarg: flowinfo must be 0-1048575.");
        }
        List<AddressInfo> found =
                asked(() -> process.names().addresses(host, Integer.toString(port), AF_UNSPEC, SOCK_DGRAM, 0, 0));
        if (found.size() > 1) {
            throw errors.socketError("sockaddr resolved to multiple addresses");
        }
        AddressInfo one = found.get(0);
        if (one.family() == AF_INET && size != 2) {
            throw errors.socketError("IPv4 sockaddr must be 2 tuple");
        }
        NameService.NameInfo info = asked(() -> process.names().name(one.address(), one.port(), flow, scope, flags));
        return new PyTuple(new PyString(info.host()), new PyString(info.service()));
    }

    // ---------------------------------------------------------------- gethostby*

    private PyObject hostByName(String name) {
        addresses.resolve(name, AF_INET);
        return host(asked(() -> process.names().hostByName(name)), AF_INET);
    }

    private PyObject hostByAddress(String text) {
        InetAddress address = addresses.resolve(text, AF_UNSPEC);
        return host(
                asked(() -> process.names().hostByAddress(address)),
                address instanceof Inet4Address ? AF_INET : AF_INET6);
    }

    private PyObject host(HostEntry entry, int family) {
        if (entry.family() != family) {
            throw errors.socketError(Platform.text(Errno.EAFNOSUPPORT));
        }
        PyList aliases = new PyList();
        entry.aliases().forEach(alias -> aliases.append(new PyString(alias)));
        PyList list = new PyList();
        Family version = family == AF_INET ? Family.INET : Family.INET6;
        entry.addresses().forEach(address -> list.append(new PyString(Names.text(address, version))));
        return new PyTuple(new PyString(entry.name()), aliases, list);
    }

    // ---------------------------------------------------------------- services

    private PyObject getservbyname(String name, @Nullable String protocol) {
        int port = process.names().servicePort(name, protocol);
        if (port < 0) {
            throw errors.socketError("service/proto not found");
        }
        return Py.newInteger(port);
    }

    private PyObject getservbyport(int port, @Nullable String protocol) {
        if (port < 0 || port > 0xffff) {
            throw Py.OverflowError("getservbyport: port must be 0-65535.");
        }
        String name = process.names().serviceName(port, protocol);
        if (name == null) {
            throw errors.socketError("port/proto not found");
        }
        return new PyString(name);
    }
}
