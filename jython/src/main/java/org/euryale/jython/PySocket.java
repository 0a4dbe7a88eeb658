package org.euryale.jython;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.euryale.posix.DatagramSocket;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.euryale.posix.Socket;
import org.euryale.posix.StreamSocket;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PyTuple;
import org.python.core.PyType;

/**
 * A {@code _socket.socket}: a descriptor, a timeout, and what CPython's socketmodule.c does with them. Its Python type is
 * the interpreter's own class, so two interpreters share no attribute; its methods are in {@link SocketMethods}.
 *
 * <p>Blocking is made here: the open file never blocks, so a call tries, and where it would block waits as long as the
 * timeout allows. Any thread may call anything; a close by one wakes the others with EBADF.
 */
final class PySocket extends PyObject {
    private static final long serialVersionUID = 1L;

    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_WAITALL = 0x100;

    /** Flags that ask for nothing on a socket of ours: DONTROUTE, EOR, CONFIRM, NOSIGNAL, MORE. */
    private static final int MSG_IGNORED = 0x4 | 0x80 | 0x800 | 0x4000 | 0x8000;

    final transient PosixProcess process;

    /** Where the descriptor is a number. */
    final transient DescriptorTable table;

    final int family;
    final int type;
    final int protocol;
    private volatile int descriptor;

    /** Seconds; negative to wait without end, 0 not to wait. */
    private volatile double timeout = -1;

    /** How many Python objects (sockets and their files) hold this one; see _reuse and _drop. */
    private int users;

    private @Nullable PyObject dict;

    PySocket(PosixProcess process, PyType pyType, int descriptor, int family, int type, int protocol) {
        super(pyType);
        this.process = process;
        this.table = process.descriptors();
        this.descriptor = descriptor;
        this.family = family;
        this.type = type;
        this.protocol = protocol;
        if (process.defaultTimeout() >= 0) {
            timeout(process.defaultTimeout());
        }
    }

    static PyType type(PosixProcess process) {
        PyStringMap dict = new PyStringMap();
        dict.__setitem__("__module__", new PyString("_socket"));
        dict.__setitem__("__doc__", new PyString(SocketMethods.TYPE_DOC));
        PyType type = (PyType) Py.makeClass("socket", PyObject.TYPE, dict);
        SocketMethods.into(type, process);
        return type;
    }

    // ---------------------------------------------------------------- the object

    @Override
    public @Nullable PyObject fastGetDict() {
        return dict;
    }

    @Override
    public PyObject getDict() {
        PyObject own = dict;
        if (own == null) {
            own = new PyStringMap();
            dict = own;
        }
        return own;
    }

    @Override
    public void __setattr__(String name, PyObject value) {
        getDict(); // made on first use: an idle connection has none
        super.__setattr__(name, value);
    }

    /** Python subclasses may have an __init__, which type.__call__ leaves to the object. */
    @Override
    @SuppressWarnings("ReferenceEquality") // the same entry of the same type, or another
    public void dispatch__init__(PyObject[] arguments, String[] keywords) {
        PyObject init = getType().lookup("__init__");
        if (init != null && init != PyObject.TYPE.lookup("__init__")) {
            init.__get__(this, getType()).__call__(arguments, keywords);
        }
    }

    @Override
    public String toString() {
        return "<socket object, fd=" + descriptor + ", family=" + family + ", type=" + type + ", protocol=" + protocol
                + ">";
    }

    int descriptor() {
        return descriptor;
    }

    /** The socket behind the descriptor of now. */
    Socket file() throws PosixException {
        OpenFile file = table.fileOrNull(descriptor);
        if (file instanceof Socket socket) {
            return socket;
        }
        throw new PosixException(file == null ? Errno.EBADF : Errno.ENOTSOCK);
    }

    synchronized void reuse() {
        users++;
    }

    /** One holder less; closes with the last. */
    void drop() {
        synchronized (this) {
            users--;
            if (users > 0) {
                return;
            }
        }
        close();
    }

    void close() {
        int closing;
        synchronized (this) {
            closing = descriptor;
            descriptor = -1;
        }
        if (closing >= 0) {
            try {
                table.close(closing);
            } catch (PosixException e) {
                // close(2) fails with EBADF when somebody closed the number; CPython's close() says nothing of it.
                return;
            }
        }
    }

    double timeout() {
        return timeout;
    }

    void timeout(double seconds) {
        timeout = seconds;
        try {
            file().nonBlocking(seconds >= 0);
        } catch (PosixException e) {
            return; // as CPython, which ignores what fcntl says
        }
    }

    // ---------------------------------------------------------------- blocking

    /** When a call that begins now must end, on {@link System#nanoTime}'s clock. */
    long deadline() {
        return timeout > 0 ? System.nanoTime() + Values.nanos(timeout) : 0;
    }

    /** Waits until the call may be tried again; EAGAIN, timeout or EINTR where it may not. */
    void block(Socket file, int events, long deadline, int flags) throws PosixException {
        double limit = timeout;
        if (limit == 0 || (flags & MSG_DONTWAIT) != 0 || (limit < 0 && file.nonBlocking())) {
            throw new PosixException(Errno.EAGAIN);
        }
        long left = limit < 0 ? -1 : deadline - System.nanoTime();
        if ((limit > 0 && left <= 0) || !await(file, events, left)) {
            throw process.errors().timedOut();
        }
    }

    private boolean await(Socket file, int events, long nanos) throws PosixException {
        Interrupts.enter();
        try {
            return table.pollers().await(file, events, nanos);
        } finally {
            Interrupts.leave();
        }
    }

    PyException raised(PosixException e) {
        PosixProcess.interrupted(e);
        return process.errors().socketError(e);
    }

    // ---------------------------------------------------------------- data

    /** At most {@code size} bytes as a str, '' at the end of file. */
    PyString recv(int size, int flags) {
        if (size < 0) {
            throw Py.ValueError("negative buffersize in recv");
        }
        if (size == 0) {
            return Py.EmptyString;
        }
        int count = receive(Bytes.empty(size), flags);
        PyString piece = Bytes.string(count);
        if (count < Bytes.CHUNK || count == size) {
            return piece;
        }
        return recvMore(piece, size, flags);
    }

    /** A large request: takes on what is there without waiting. */
    private PyString recvMore(PyString first, int size, int flags) {
        StringBuilder text = new StringBuilder(first.getString());
        while (text.length() < size && (flags & Socket.MSG_PEEK) == 0) {
            int wanted = Math.min(size - text.length(), Bytes.CHUNK);
            boolean all = (flags & MSG_WAITALL) != 0;
            int count = all ? receive(Bytes.empty(wanted), flags) : receiveNow(Bytes.empty(wanted), flags);
            if (count > 0) {
                text.append(Bytes.string(count).getString());
            }
            if (count < wanted) {
                break;
            }
        }
        return new PyString(text.toString());
    }

    private int receiveNow(ByteBuffer into, int flags) {
        try {
            return file().recv(into, fileFlags(flags));
        } catch (PosixException e) {
            return 0; // the bytes before it come first; the error stays and is told by the next call
        }
    }

    /** Fills {@code into} with what there is, waiting for the first byte (with MSG_WAITALL for all); the count. */
    int receive(ByteBuffer into, int flags) {
        try {
            Socket file = file();
            int toFile = fileFlags(flags);
            int count = file.recv(into, toFile);
            if (count >= 0 && ((flags & MSG_WAITALL) == 0 || file instanceof DatagramSocket)) {
                return count;
            }
            long deadline = deadline();
            for (; ; ) {
                boolean enough = (flags & MSG_WAITALL) == 0
                        || (flags & Socket.MSG_PEEK) != 0
                        || !into.hasRemaining()
                        || file instanceof DatagramSocket;
                if (count == 0 || (count > 0 && enough)) {
                    return into.position();
                }
                if (count == OpenFile.WOULD_BLOCK) {
                    block(file, Events.IN, deadline, flags);
                }
                count = file.recv(into, toFile);
            }
        } catch (PosixException e) {
            if (into.position() > 0) {
                return into.position(); // MSG_WAITALL cut short by an error: what came is returned (recv(2))
            }
            throw raised(e);
        }
    }

    /** Fills {@code into} with one datagram, waiting for it; its sender, None on TCP. */
    PyObject receiveFrom(ByteBuffer into, int flags) {
        try {
            if (!(file() instanceof DatagramSocket file)) {
                receive(into, flags);
                return Py.None;
            }
            long deadline = deadline();
            for (; ; ) {
                InetSocketAddress from = file.recvFrom(into, fileFlags(flags));
                if (from != null) {
                    return SocketAddresses.tuple(from, file.family());
                }
                block(file, Events.IN, deadline, flags);
            }
        } catch (PosixException e) {
            throw raised(e);
        }
    }

    /** Sends one datagram, waiting for room; its size. On TCP the address is not used. */
    int sendTo(String text, int flags, InetSocketAddress to) {
        try {
            if (!(file() instanceof DatagramSocket file)) {
                return send(text, 0, flags);
            }
            ByteBuffer from = datagram(text);
            long deadline = deadline();
            for (; ; ) {
                int count = file.sendTo(from, fileFlags(flags), to);
                if (count != OpenFile.WOULD_BLOCK) {
                    return count;
                }
                block(file, Events.OUT, deadline, flags);
            }
        } catch (PosixException e) {
            throw raised(e);
        }
    }

    private static ByteBuffer datagram(String text) throws PosixException {
        if (text.length() > Bytes.CHUNK) {
            throw new PosixException(Errno.EMSGSIZE);
        }
        return Bytes.filled(text, 0, text.length());
    }

    private static int fileFlags(int flags) throws PosixException {
        int rest = flags & ~(MSG_DONTWAIT | MSG_WAITALL | MSG_IGNORED);
        if ((rest & ~Socket.MSG_PEEK) != 0) {
            throw new PosixException(Errno.EOPNOTSUPP);
        }
        return rest;
    }

    /** Sends what the kernel takes of {@code text} from {@code start}, waiting for room for the first byte; the count. */
    int send(String text, int start, int flags) {
        int length = text.length();
        int sent = 0;
        try {
            Socket file = file();
            int toFile = fileFlags(flags);
            if (file instanceof DatagramSocket) {
                datagram(text);
            }
            long deadline = 0;
            for (; ; ) {
                ByteBuffer from = Bytes.filled(text, start + sent, length - start - sent);
                int wanted = from.remaining();
                int count = file.send(from, toFile);
                if (count == OpenFile.WOULD_BLOCK) {
                    if (sent > 0) {
                        return sent;
                    }
                    deadline = deadline == 0 ? deadline() : deadline;
                    block(file, Events.OUT, deadline, flags);
                    continue;
                }
                sent += count;
                if (count < wanted || start + sent == length) {
                    return sent;
                }
            }
        } catch (PosixException e) {
            if (sent > 0) {
                return sent; // the error stays with the connection and meets the next call
            }
            throw raised(e);
        }
    }

    void sendAll(String text, int flags) {
        int sent = 0;
        do {
            sent += send(text, sent, flags);
        } while (sent < text.length());
    }

    // ---------------------------------------------------------------- connections

    PyTuple accept() {
        try {
            Socket file = file();
            StreamSocket accepted = file.accept();
            if (accepted == null) {
                long deadline = deadline();
                do {
                    block(file, Events.IN, deadline, 0);
                    accepted = file.accept();
                } while (accepted == null);
            }
            PyObject peer = SocketAddresses.tuple(accepted.acceptedFrom(), accepted.family());
            int number = table.add(accepted);
            PySocket face = new PySocket(process, process.socketType(), number, family, type, protocol);
            return new PyTuple(face, peer);
        } catch (PosixException e) {
            throw raised(e);
        }
    }

    /** Connects, waiting as the timeout says; null, or the error. A timeout is told by EAGAIN with {@code quietly}. */
    @Nullable
    Errno connect(InetSocketAddress address, boolean quietly) {
        long deadline = deadline();
        try {
            Socket file = file();
            for (boolean waited = false; ; waited = true) {
                try {
                    file.connect(address);
                    return null;
                } catch (PosixException e) {
                    boolean pending = e.errno() == Errno.EINPROGRESS || (waited && e.errno() == Errno.EALREADY);
                    if (!pending || timeout == 0 || (timeout < 0 && file.nonBlocking())) {
                        return e.errno();
                    }
                }
                block(file, Events.OUT, deadline, 0);
            }
        } catch (PosixException e) {
            PosixProcess.interrupted(e);
            return e.errno();
        } catch (PyException e) {
            if (quietly && e.match(process.errors().timeout)) {
                return Errno.EAGAIN;
            }
            throw e;
        }
    }
}
