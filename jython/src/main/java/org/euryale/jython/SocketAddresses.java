package org.euryale.jython;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.NameException;
import org.euryale.posix.Names;
import org.euryale.posix.PosixException;
import org.euryale.posix.UnixAddress;
import org.jspecify.annotations.Nullable;
import org.python.core.BufferProtocol;
import org.python.core.Py;
import org.python.core.Py2kBuffer;
import org.python.core.PyByteArray;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;
import org.python.core.PyUnicode;

/** Python's address tuples to Java's addresses and back, as getsockaddrarg and makesockaddr of CPython's socketmodule.c. */
final class SocketAddresses {
    private static final int AF_UNSPEC = 0;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int MAX_PORT = 0xffff;
    private static final int MAX_FLOW = 0xfffff;
    private static final byte[] EVERYBODY = {-1, -1, -1, -1};

    /** What CPython reads by itself, with scanf's "%d.%d.%d.%d": blanks, signs and leading zeros are allowed. */
    private static final Pattern DOTTED = Pattern.compile(
            "[ \\t-\\r]*\\+?(\\d+)\\.[ \\t-\\r]*\\+?(\\d+)\\.[ \\t-\\r]*\\+?(\\d+)" + "\\.[ \\t-\\r]*\\+?(\\d+)");

    private final PosixProcess process;

    SocketAddresses(PosixProcess process) {
        this.process = process;
    }

    /** A path or an abstract name on UNIX, {@code (host, port)} or {@code (host, port[, flowinfo[, scopeid]])}. */
    SocketAddress parse(PyObject given, int family) {
        return switch (family) {
            case LibcAddress.AF_UNIX -> parseUnix(given);
            case LibcAddress.AF_INET -> parse(given, Family.INET);
            case LibcAddress.AF_INET6 -> parse(given, Family.INET6);
            default -> throw new RaisedError(process.errors().error, new PyString("getsockaddrarg: bad family"));
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
            throw new RaisedError(process.errors().error, new PyString("AF_UNIX path too long"));
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
        boolean six = family == Family.INET6;
        if (size < 2 || size > (six ? 4 : 2)) {
            throw wrongSize(size, six);
        }
        String host = host(tuple.pyget(0), six ? "argument 1" : "getsockaddrarg() argument 1");
        int port = Values.integer(tuple.pyget(1));
        int flow = size > 2 ? Values.unsigned(tuple.pyget(2)) : 0;
        int scope = size > 3 ? Values.unsigned(tuple.pyget(3)) : 0;
        InetAddress address = resolve(host, six ? AF_INET6 : AF_INET);
        if (port < 0 || port > MAX_PORT) {
            throw Py.OverflowError("getsockaddrarg: port must be 0-65535.");
        }
        if (flow < 0 || flow > MAX_FLOW) {
            throw Py.OverflowError("getsockaddrarg: flowinfo must be 0-1048575.");
        }
        return new InetSocketAddress(scope == 0 ? address : scoped(address, scope), port);
    }

    private static PyException wrongSize(int size, boolean six) {
        if (!six) {
            return Py.TypeError("getsockaddrarg() takes exactly 2 arguments (" + size + " given)");
        }
        return Py.TypeError(
                "function takes at " + (size < 2 ? "least 2" : "most 4") + " arguments (" + size + " given)");
    }

    private InetAddress scoped(InetAddress address, int scope) {
        if (scope < 0) {
            throw process.errors().socketError(Errno.ENODEV); // no interface has such a number, and the JDK takes none
        }
        try {
            return Inet6Address.getByAddress(null, address.getAddress(), scope);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /**
     * The format {@code et} with idna: a str as it is, unicode by IDNA.
     *
     * @param argument what a TypeError calls it
     */
    private static String host(PyObject given, String argument) {
        String host;
        if (given instanceof PyUnicode unicode) {
            host = idna(unicode);
        } else if (given instanceof PyString string) {
            host = string.getString();
        } else if (given instanceof PyByteArray) {
            throw Py.TypeError("decoding bytearray is not supported");
        } else if (given instanceof BufferProtocol) {
            host = idna(new PyUnicode(
                    new PyString(Bytes.sendable(given, argument)).decode().toString()));
        } else {
            throw Py.TypeError("coercing to Unicode: need string or buffer, "
                    + given.getType().fastGetName() + " found");
        }
        if (host.indexOf('\0') >= 0) {
            throw Py.TypeError(argument + " must be encoded string without null bytes, not " + Values.typeName(given));
        }
        return host;
    }

    static String idna(PyUnicode name) {
        try {
            return name.encode("idna").toString();
        } catch (PyException e) {
            // Jython's codec lets java.net.IDN's exception through.
            if (e.match(Py.java2py(IllegalArgumentException.class))) {
                throw Py.UnicodeError("label empty or too long");
            }
            throw e;
        }
    }

    /**
     * One address for a host; '' is the wildcard, '&lt;broadcast&gt;' everybody. gaierror when there is none.
     *
     * @param family AF_UNSPEC, AF_INET or AF_INET6
     */
    InetAddress resolve(String host, int family) {
        if (host.isEmpty()) {
            if (family == AF_UNSPEC) {
                throw process.errors().socketError("wildcard resolved to multiple address");
            }
            return Names.address(new byte[family == AF_INET ? 4 : 16]);
        }
        if (host.equals("<broadcast>")) {
            if (family == AF_INET6) {
                throw process.errors().socketError("address family mismatched");
            }
            return Names.address(EVERYBODY);
        }
        byte[] numeric = family == AF_INET6 ? Names.pton6(host) : dotted(host);
        return numeric != null ? Names.address(numeric) : lookUp(host, family);
    }

    private static byte @Nullable [] dotted(String host) {
        byte[] plain = Names.pton4(host);
        if (plain != null) {
            return plain;
        }
        Matcher matcher = DOTTED.matcher(host);
        if (!matcher.matches()) {
            return null;
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            String digits = matcher.group(i + 1).replaceFirst("^0+(?=.)", "");
            if (digits.length() > 3 || Integer.parseInt(digits) > 255) {
                return null;
            }
            bytes[i] = (byte) Integer.parseInt(digits);
        }
        return bytes;
    }

    private InetAddress lookUp(String host, int family) {
        try {
            return process.names().addresses(host, null, family, 0, 0, 0).get(0).address();
        } catch (NameException e) {
            throw process.errors().nameError(e);
        } catch (PosixException e) {
            throw process.errors().socketError(e);
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
        InetAddress host = address.getAddress();
        if (family == Family.INET) {
            return new PyTuple(new PyString(Names.text(host, family)), Py.newInteger(address.getPort()));
        }
        int scope = Names.scope(host);
        String text = scope == 0 ? Names.text(host, family) : Names.text(host, scope);
        return six(text, address.getPort(), scope);
    }

    /** The tuple of an address as the resolver has it. */
    static PyTuple tuple(InetAddress host, int port, int scope) {
        String text = Names.text(host, scope);
        return host instanceof Inet6Address
                ? six(text, port, scope)
                : new PyTuple(new PyString(text), Py.newInteger(port));
    }

    private static PyTuple six(String host, int port, int scope) {
        return new PyTuple(
                new PyString(host), Py.newInteger(port), Py.Zero, Py.newInteger(Integer.toUnsignedLong(scope)));
    }
}
