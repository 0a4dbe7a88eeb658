package org.euryale.jython;

import org.euryale.posix.DatagramSocket;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.KernelSocket;
import org.euryale.posix.PosixException;
import org.euryale.posix.Shortage;
import org.euryale.posix.Socket;
import org.euryale.posix.SocketKernel;
import org.euryale.posix.StreamSocket;
import org.euryale.posix.UnixStreamSocket;
import org.jspecify.annotations.Nullable;
import org.python.core.PyObject;
import org.python.core.PyTuple;

/** {@code socket(2)} and {@code socketpair(2)}: which of our sockets a family, a type and a protocol are. */
final class Sockets {
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_UDP = 17;

    /** SOCK_NONBLOCK and SOCK_CLOEXEC may be or-ed to the type (socket(2)). */
    private static final int SOCK_NONBLOCK = 0x800;

    private static final int SOCK_CLOEXEC = 0x80000;

    /** Types from here on are no types (linux/net.h). */
    private static final int SOCK_MAX = 11;

    private Sockets() {}

    static Socket open(@Nullable SocketKernel kernel, int family, int type, int protocol) throws PosixException {
        int kind = kind(type);
        Socket file = family == LibcAddress.AF_UNIX
                ? Shortage.retried(() -> unix(kernel, kind, protocol))
                : internet(kernel, internet(family), kind, protocol);
        file.nonBlocking((type & SOCK_NONBLOCK) != 0);
        return file;
    }

    private static int kind(int type) throws PosixException {
        int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (kind < 0 || kind >= SOCK_MAX) {
            throw new PosixException(Errno.EINVAL);
        }
        return kind;
    }

    private static Family internet(int family) throws PosixException {
        return switch (family) {
            case LibcAddress.AF_INET -> Family.INET;
            case LibcAddress.AF_INET6 -> Family.INET6;
            default -> throw new PosixException(Errno.EAFNOSUPPORT);
        };
    }

    private static Socket internet(@Nullable SocketKernel kernel, Family family, int kind, int protocol)
            throws PosixException {
        if (kind == KernelSocket.SOCK_RAW && protocol != 0 && kernel != null) {
            return Shortage.retried(() -> KernelSocket.open(kernel, family, kind, protocol));
        }
        if (kind != KernelSocket.SOCK_STREAM && kind != KernelSocket.SOCK_DGRAM) {
            throw new PosixException(kind == KernelSocket.SOCK_RAW ? Errno.EPROTONOSUPPORT : Errno.ESOCKTNOSUPPORT);
        }
        boolean stream = kind == KernelSocket.SOCK_STREAM;
        if (protocol != 0 && protocol != (stream ? IPPROTO_TCP : IPPROTO_UDP)) {
            throw new PosixException(Errno.EPROTONOSUPPORT);
        }
        return stream ? StreamSocket.open(family, kernel) : DatagramSocket.open(family, kernel);
    }

    private static Socket unix(@Nullable SocketKernel kernel, int kind, int protocol) throws PosixException {
        checkUnix(kind, protocol);
        if (kind == KernelSocket.SOCK_STREAM) {
            return UnixStreamSocket.open(kernel);
        }
        if (kernel == null) {
            throw new PosixException(Errno.ESOCKTNOSUPPORT);
        }
        return KernelSocket.open(kernel, Family.UNIX, kind, protocol);
    }

    private static void checkUnix(int kind, int protocol) throws PosixException {
        if (protocol != 0 && protocol != LibcAddress.AF_UNIX) {
            throw new PosixException(Errno.EPROTONOSUPPORT);
        }
        if (kind != KernelSocket.SOCK_STREAM
                && kind != KernelSocket.SOCK_DGRAM
                && kind != KernelSocket.SOCK_RAW
                && kind != KernelSocket.SOCK_SEQPACKET) {
            throw new PosixException(Errno.ESOCKTNOSUPPORT);
        }
    }

    /** {@code socketpair}: two Python sockets. */
    static PyTuple pair(PosixProcess process, int family, @Nullable PyObject[] a) {
        int type = Values.integer(a[1], KernelSocket.SOCK_STREAM);
        int protocol = Values.integer(a[2], 0);
        try {
            DescriptorTable table = process.descriptors();
            table.requireRoom(2);
            Socket[] ends = Shortage.retried(() -> pair(process.sockets(), family, type, protocol));
            int[] numbers = table.addPair(ends[0], ends[1]);
            PyObject[] faces = new PyObject[ends.length];
            for (int i = 0; i < ends.length; i++) {
                ends[i].nonBlocking((type & SOCK_NONBLOCK) != 0);
                faces[i] = new PySocket(process, table, process.socketType(), numbers[i], family, type, protocol);
            }
            return new PyTuple(faces);
        } catch (PosixException e) {
            throw process.errors().socketError(e);
        }
    }

    private static Socket[] pair(@Nullable SocketKernel kernel, int family, int type, int protocol)
            throws PosixException {
        int kind = kind(type);
        if (family != LibcAddress.AF_UNIX) {
            // The kernel makes both before it asks whether they can be a pair.
            internet(family);
            throw new PosixException(Errno.EOPNOTSUPP);
        }
        checkUnix(kind, protocol);
        if (kind == KernelSocket.SOCK_STREAM) {
            UnixStreamSocket.Pair pair = UnixStreamSocket.pair(kernel);
            return new Socket[] {pair.one(), pair.other()};
        }
        if (kernel == null) {
            throw new PosixException(Errno.ESOCKTNOSUPPORT);
        }
        KernelSocket.Pair pair = KernelSocket.pair(kernel, kind, protocol);
        return new Socket[] {pair.one(), pair.other()};
    }
}
