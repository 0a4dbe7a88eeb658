package org.euryale.jython;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.euryale.posix.Family;
import org.euryale.posix.Names;
import org.euryale.posix.UnixAddress;
import org.python.core.BufferProtocol;
import org.python.core.Py;
import org.python.core.Py2kBuffer;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;
import org.python.core.PyUnicode;

/** Python's address tuples to Java's addresses and back, as getsockaddrarg and makesockaddr of CPython's socketmodule.c. */
final class SocketAddresses {
    private static final int MAX_PORT = 0xffff;
    private static final int MAX_FLOW = 0xfffff;
    private static final byte[] EVERYBODY = {-1, -1, -1, -1};

    private final Errors errors;

    SocketAddresses(Errors errors) {
        this.errors = errors;
    }

    /** A path or an abstract name on UNIX, {@code (host, port)} or {@code (host, port[, flowinfo[, scopeid]])}. */
    SocketAddress parse(PyObject given, int family) {
        return switch (family) {
            case LibcAddress.AF_UNIX -> parseUnix(given);
            case LibcAddress.AF_INET -> parse(given, Family.INET);
            case LibcAddress.AF_INET6 -> parse(given, Family.INET6);
            default -> throw new RaisedError(errors.error, new PyString("getsockaddrarg: bad family"));
        };
    }

    private UnixAddress parseUnix(PyObject given) {
        if (!(given instanceof PyString) && !(given instanceof Py2kBuffer)) {
            String wanted = given instanceof BufferProtocol ? "pinned buffer" : "read-only character buffer";
            throw Py.TypeError("argument must be string or " + wanted + ", not " + Values.typeName(given));
        }
        String name = Bytes.sendable(given, "argument must be string or read-only character buffer");
        boolean isPath = !name.isEmpty() && name.charAt(0) != 0;
        if (name.length() > UnixAddress.SUN_PATH - (isPath ? 1 : 0)) {
            throw new RaisedError(errors.error, new PyString("AF_UNIX path too long"));
        }
        return UnixAddress.of(name, UnixAddress.bytes(Py.getSystemState().getCurrentWorkingDir()));
    }

    /** {@code (host, port)} or {@code (host, port[, flowinfo[, scopeid]])}. */
    InetSocketAddress parse(PyObject given, Family family) {
        if (!(given instanceof PyTuple tuple)) {
            throw Py.TypeError("getsockaddrarg: AF_" + family + " address must be tuple, not "
                    + given.getType().fastGetName());
        }
        int size = tuple.__len__();
        int most = family == Family.INET ? 2 : 4;
        if (size < 2 || size > most) {
            throw Py.TypeError("getsockaddrarg() takes " + (family == Family.INET ? "exactly 2" : "2 to 4")
                    + " arguments (" + size + " given)");
        }
        String host = host(tuple.pyget(0));
        int port = Values.integer(tuple.pyget(1));
        int flow = size > 2 ? Values.integer(tuple.pyget(2)) : 0;
        int scope = size > 3 ? Values.integer(tuple.pyget(3)) : 0;
        InetAddress address = resolve(host, family);
        if (port < 0 || port > MAX_PORT) {
            throw Py.OverflowError("getsockaddrarg: port must be 0-65535.");
        }
        if (flow < 0 || flow > MAX_FLOW) {
            throw Py.OverflowError("getsockaddrarg: flowinfo must be 0-1048575.");
        }
        return new InetSocketAddress(scope == 0 ? address : scoped(address, scope), port);
    }

    private InetAddress scoped(InetAddress address, int scope) {
        try {
            return Inet6Address.getByAddress(null, address.getAddress(), scope);
        } catch (UnknownHostException e) {
            throw errors.addressError(Resolver.EAI_NONAME, Resolver.text(Resolver.EAI_NONAME));
        }
    }

    /** The format {@code et} with idna: a str as it is, unicode by IDNA. */
    static String host(PyObject given) {
        String host;
        if (given instanceof PyUnicode unicode) {
            host = idna(unicode);
        } else if (given instanceof PyString string) {
            host = string.getString();
        } else {
            throw Py.TypeError("string or unicode text buffer expected, not " + Values.typeName(given));
        }
        if (host.indexOf('\0') >= 0) {
            throw Py.TypeError("string without null bytes expected, not str");
        }
        return host;
    }

    private static String idna(PyUnicode name) {
        try {
            return name.encode("idna").toString();
        } catch (PyException e) {
            // Jython's codec lets java.net.IDN's exception through.
            if (e.match(Py.java2py(IllegalArgumentException.class))) {
                throw Py.UnicodeError("label empty or too long, or not allowed in a host name");
            }
            throw e;
        }
    }

    /** One address for a host; '' is the wildcard, '&lt;broadcast&gt;' everybody. gaierror when there is none. */
    InetAddress resolve(String host, Family family) {
        try {
            if (host.isEmpty()) {
                return InetAddress.getByAddress(new byte[family == Family.INET ? 4 : 16]);
            }
            if (host.equals("<broadcast>")) {
                if (family != Family.INET) {
                    throw errors.addressError(Resolver.EAI_FAMILY, "address family mismatched");
                }
                return InetAddress.getByAddress(EVERYBODY);
            }
            List<InetAddress> found = Names.resolve(host, family);
            if (found.isEmpty()) {
                int code = Names.numeric(host) != null ? Resolver.EAI_ADDRFAMILY : Resolver.EAI_NODATA;
                throw errors.addressError(code, Resolver.text(code));
            }
            return found.get(0);
        } catch (UnknownHostException e) {
            int code = Resolver.code(e);
            throw errors.addressError(code, Resolver.text(code));
        }
    }

    /** The address that a program sees. */
    static PyObject shown(SocketAddress address, Family family) {
        return address instanceof UnixAddress unix
                ? new PyString(unix.name())
                : tuple((InetSocketAddress) address, family);
    }

    /** The tuple that a program sees. */
    static PyTuple tuple(InetSocketAddress address, Family family) {
        PyString host = new PyString(Names.text(address.getAddress(), family));
        if (family == Family.INET) {
            return new PyTuple(host, Py.newInteger(address.getPort()));
        }
        int scope = address.getAddress() instanceof Inet6Address six ? six.getScopeId() : 0;
        return new PyTuple(host, Py.newInteger(address.getPort()), Py.Zero, Py.newInteger(scope));
    }
}
