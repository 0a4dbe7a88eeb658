package org.euryale.jython;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.euryale.posix.DatagramSocket;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.Names;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyInteger;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;
import org.python.core.PyType;
import org.python.core.PyUnicode;

/**
 * The two methods that a UDP port of Twisted runs for each datagram, {@code doRead} and {@code write}, in Java. What is
 * unusual (a connected port, a name in place of an address, a socket object of somebody else's) is left to Twisted's own,
 * and so is everything around them. Used in the reactor's thread.
 */
final class DatagramPortMethods {
    private static final int MAX_PORT = 0xffff;

    private final PyObject socketType;
    private final PyObject doRead;
    private final PyObject write;
    private final PyObject messageLengthError;
    private final PyObject logError;

    /** The sender of the datagram before: it often sends the next one, and is answered. */
    private Peer last = new Peer(InetSocketAddress.createUnresolved("", 0), Py.EmptyTuple);

    private record Peer(InetSocketAddress address, PyTuple tuple) {}

    private DatagramPortMethods(PyObject names) {
        socketType = names.__getattr__("socket");
        doRead = names.__getattr__("doRead");
        write = names.__getattr__("write");
        messageLengthError = names.__getattr__("messageLengthError");
        logError = names.__getattr__("logError");
    }

    /**
     * Gives a class its methods.
     *
     * @param names has the class of sockets, Twisted's {@code doRead(port)} and {@code write(port, datagram, address)},
     *     its {@code messageLengthError}, and {@code logError(type, value, traceback)}
     */
    static void into(PyType type, PyObject names) {
        DatagramPortMethods methods = new DatagramPortMethods(names);
        new Method<PyObject>(
                        new Signature("doRead", 0, 0),
                        "doRead()\n\nReads what has come.",
                        (port, a) -> methods.read(port))
                .into(type);
        new Method<PyObject>(
                        new Signature("write", 1, 2, "datagram", "addr"),
                        "write(datagram[, addr])\n\nSends one datagram.",
                        (port, a) -> methods.write(port, SocketMethods.required(a[0]), a[1]))
                .into(type);
    }

    /** The port's socket if it is one of ours. */
    @SuppressWarnings("ReferenceEquality") // the same class, or another
    private @Nullable PySocket face(PyObject port) {
        PyObject socket = port.__findattr__("socket");
        return socket != null && socket.getType() == socketType && socket.__findattr__("_sock") instanceof PySocket face
                ? face
                : null;
    }

    private static @Nullable DatagramSocket file(PySocket face) throws PosixException {
        return face.file() instanceof DatagramSocket file ? file : null;
    }

    // ---------------------------------------------------------------- reading

    private PyObject read(PyObject port) {
        int read = 0;
        while (read < Values.integer(port.__getattr__("maxThroughput"))) {
            PySocket face = face(port);
            if (face == null) {
                return doRead.__call__(port);
            }
            try {
                DatagramSocket file = file(face);
                if (file == null) {
                    return doRead.__call__(port);
                }
                ByteBuffer into = Bytes.empty(Values.integer(port.__getattr__("maxPacketSize")));
                InetSocketAddress from = file.recvFrom(into, 0);
                if (from == null) {
                    return Py.None;
                }
                PyString datagram = Bytes.string(into);
                read += datagram.__len__();
                tell(port, datagram, tuple(from, file.family()));
            } catch (PosixException e) {
                return refused(port, face, e);
            }
        }
        return Py.None;
    }

    private void tell(PyObject port, PyString datagram, PyTuple from) {
        try {
            port.__getattr__("protocol").invoke("datagramReceived", datagram, from);
        } catch (Throwable thrown) {
            PyException e = Py.JavaError(thrown);
            e.normalize();
            logError.__call__(e.type, e.value, e.traceback == null ? Py.None : e.traceback);
        }
    }

    private static PyObject refused(PyObject port, PySocket face, PosixException e) {
        if (e.errno() == Errno.ECONNREFUSED) {
            if (port.__getattr__("_connectedAddr").__nonzero__()) {
                port.__getattr__("protocol").invoke("connectionRefused");
            }
        } else if (e.errno() != Errno.EAGAIN && e.errno() != Errno.EINTR) {
            throw face.raised(e);
        }
        return Py.None;
    }

    /** Host and port, without the flow and the scope of IPv6, as Twisted has it. */
    private PyTuple tuple(InetSocketAddress from, Family family) {
        if (from.equals(last.address) && Names.scope(from.getAddress()) == 0) {
            return last.tuple;
        }
        PyTuple tuple = SocketAddresses.tuple(from, family);
        if (tuple.__len__() > 2) {
            tuple = new PyTuple(tuple.pyget(0), tuple.pyget(1));
        }
        if (Names.scope(from.getAddress()) == 0) { // equals() of IPv6 does not look at the scope
            last = new Peer(from, tuple);
        }
        return tuple;
    }

    // ---------------------------------------------------------------- writing

    private PyObject write(PyObject port, PyObject datagram, @Nullable PyObject address) {
        PySocket face = face(port);
        if (face == null
                || !(datagram instanceof PyString bytes)
                || datagram instanceof PyUnicode
                || bytes.getString().length() > Bytes.CHUNK
                || port.__getattr__("_connectedAddr").__nonzero__()) {
            return write.__call__(port, datagram, address == null ? Py.None : address);
        }
        try {
            DatagramSocket file = file(face);
            InetSocketAddress to = file == null ? null : destination(address, file.family());
            if (file == null || to == null) {
                return write.__call__(port, datagram, address == null ? Py.None : address);
            }
            String text = bytes.getString();
            int count = file.sendTo(Bytes.filled(text, 0, text.length()), 0, to);
            if (count < 0) {
                throw new PosixException(Errno.EAGAIN);
            }
            return Py.newInteger(count);
        } catch (PosixException e) {
            if (e.errno() == Errno.ECONNREFUSED) {
                return Py.None; // of a datagram before, to whomever
            }
            if (e.errno() == Errno.EMSGSIZE) {
                throw new PyException(messageLengthError, new PyString("message too long"));
            }
            throw face.raised(e);
        }
    }

    /** The address of {@code (host, port)} with a number for the host; null for everything else. */
    @SuppressWarnings("ReferenceEquality") // the very tuple that was made
    private @Nullable InetSocketAddress destination(@Nullable PyObject given, Family family) {
        if (given == last.tuple && isOf(last.address, family)) {
            return last.address;
        }
        if (!(given instanceof PyTuple tuple)
                || tuple.__len__() != 2
                || !(tuple.pyget(0) instanceof PyString host)
                || host instanceof PyUnicode
                || !(tuple.pyget(1) instanceof PyInteger port)
                || port.getValue() < 0
                || port.getValue() > MAX_PORT) {
            return null;
        }
        byte[] bytes = family == Family.INET6 ? Names.pton6(host.getString()) : Names.pton4(host.getString());
        if (bytes == null) {
            return null;
        }
        InetAddress address = Names.address(bytes);
        return new InetSocketAddress(address, port.getValue());
    }

    private static boolean isOf(InetSocketAddress address, Family family) {
        InetAddress host = address.getAddress();
        return host != null && (host.getAddress().length == 16) == (family == Family.INET6);
    }
}
