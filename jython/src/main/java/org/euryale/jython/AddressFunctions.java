package org.euryale.jython;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.euryale.posix.Errno;
import org.euryale.posix.Names;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyByteArray;
import org.python.core.PyMemoryView;
import org.python.core.PyObject;
import org.python.core.PyString;

/** Byte order and the text forms of addresses: the functions of {@code _socket} that ask nobody. */
final class AddressFunctions {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private final Errors errors;

    AddressFunctions(Errors errors) {
        this.errors = errors;
    }

    void into(PyObject dict) {
        for (String name : new String[] {"ntohs", "htons"}) {
            SocketModule.define(
                    dict,
                    new Signature(name, 1, 1),
                    name + "(int) -> int\n\n16 bits, byte order.",
                    a -> Py.newInteger(network16(SocketMethods.required(a[0]))));
        }
        for (String name : new String[] {"ntohl", "htonl"}) {
            SocketModule.define(
                    dict,
                    new Signature(name, 1, 1),
                    name + "(int) -> int\n\n32 bits, byte order.",
                    a -> network32(SocketMethods.required(a[0])));
        }
        SocketModule.define(
                dict,
                new Signature("inet_aton", 1, 1),
                "inet_aton(text) -> str of 4 bytes\n\nOne to four parts, in decimal, octal or hexadecimal.",
                a -> packed(
                        Names.aton(Values.text(SocketMethods.required(a[0]), "inet_aton() argument 1")), "inet_aton"));
        SocketModule.define(dict, new Signature("inet_ntoa", 1, 1), "inet_ntoa(str of 4 bytes) -> text", a -> {
            byte[] bytes = bytes(SocketMethods.required(a[0]), "inet_ntoa() argument 1");
            if (bytes.length != 4) {
                throw new RaisedError(errors.error, new PyString("packed IP wrong length for inet_ntoa"));
            }
            return new PyString(Names.ntop(bytes));
        });
        SocketModule.define(
                dict,
                new Signature("inet_pton", 2, 2),
                "inet_pton(family, text) -> packed str\n\nAF_INET or AF_INET6.",
                a -> {
                    int family = Values.integer(SocketMethods.required(a[0]));
                    String text = Values.text(SocketMethods.required(a[1]), "inet_pton() argument 2");
                    checkIsKnown(family);
                    return packed(family == AF_INET ? Names.pton4(text) : Names.pton6(text), "inet_pton");
                });
        SocketModule.define(dict, new Signature("inet_ntop", 2, 2), "inet_ntop(family, packed str) -> text", a -> {
            int family = Values.integer(SocketMethods.required(a[0]));
            byte[] bytes = bytes(SocketMethods.required(a[1]), "inet_ntop() argument 2");
            if (family != AF_INET && family != AF_INET6) {
                throw Py.ValueError("unknown address family " + family);
            }
            if (bytes.length != (family == AF_INET ? 4 : 16)) {
                throw Py.ValueError("invalid length of packed IP address string");
            }
            return new PyString(Names.ntop(bytes));
        });
    }

    private void checkIsKnown(int family) {
        if (family != AF_INET && family != AF_INET6) {
            throw errors.socketError(Errno.EAFNOSUPPORT);
        }
    }

    private PyObject packed(byte @Nullable [] bytes, String function) {
        if (bytes == null) {
            throw new RaisedError(errors.error, new PyString("illegal IP address string passed to " + function));
        }
        return new PyString(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** The format {@code s#}: of the buffers only those that cannot be written. */
    private static byte[] bytes(PyObject value, String argument) {
        String wanted = argument + " must be string or read-only buffer";
        if (value instanceof PyByteArray || value instanceof PyMemoryView) {
            throw Py.TypeError(wanted + ", not " + Values.typeName(value));
        }
        return Bytes.sendable(value, wanted).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** To network order and back: Jython is a big-endian machine (sys.byteorder, struct), whatever runs it. */
    private static int network16(PyObject value) {
        int number = Values.integer(value);
        if (number < 0) {
            throw Py.OverflowError("can't convert negative number to unsigned long");
        }
        return number & 0xffff;
    }

    private static PyObject network32(PyObject value) {
        if (!Values.isInteger(value)) {
            throw Py.TypeError("expected int/long, " + Values.typeName(value) + " found");
        }
        BigInteger number = Values.bigInteger(value);
        if (number.signum() < 0) {
            throw Py.OverflowError("can't convert negative number to unsigned long");
        }
        if (number.bitLength() > 32) {
            throw Py.OverflowError("long int larger than 32 bits");
        }
        return Py.newLong(BigInteger.valueOf(number.intValue() & 0xffffffffL));
    }
}
