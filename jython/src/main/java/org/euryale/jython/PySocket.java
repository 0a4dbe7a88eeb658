package org.euryale.jython;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.euryale.posix.DatagramSocket;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.Family;
import org.euryale.posix.KernelSocket;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.euryale.posix.Socket;
import org.euryale.posix.SocketKernel;
import org.euryale.posix.UnixAddress;
import org.euryale.posix.UnixStreamSocket;
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
final class PySocket extends ClassInstance {
    private static final long serialVersionUID = 1L;

    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_WAITALL = 0x100;

    /** Flags that ask for nothing on a socket of ours: DONTROUTE, EOR, CONFIRM, NOSIGNAL, MORE. */
    private static final int MSG_IGNORED = 0x4 | 0x80 | 0x800 | 0x4000 | 0x8000;

    /** Bytes of a UNIX datagram, far beyond what the kernel's buffers take (net.core.wmem_max). */
    private static final int LARGEST = 4 * 1024 * 1024;

    final transient PosixProcess process;

    /** Where the descriptor is a number. */
    final transient DescriptorTable table;

    /** All of Linux's are below 128, protocols below 300: an idle connection costs 8 bytes less so. */
    byte family;

    short protocol;
    int type;
    private volatile int descriptor;

    /** Seconds; negative to wait without end, 0 not to wait. */
    private volatile double timeout = -1;

    /** How many Python objects (sockets and their files) hold this one; see _reuse and _drop. */
    private int users;

    /** A face with a descriptor of its own for an open file; the descriptor is closed when the face is forgotten. */
    PySocket(PosixProcess process, PyType pyType, OpenFile file, int family, int type, int protocol)
            throws PosixException {
        this(process, process.descriptors(), pyType, process.descriptors().add(file), family, type, protocol);
    }

    /** A face of nothing, until {@link #open}: its calls are EBADF. */
    PySocket(PosixProcess process, PyType pyType) {
        super(pyType);
        this.process = process;
        this.table = process.descriptors();
        this.descriptor = -1;
    }

    /** A face for a descriptor that has none; it owns the descriptor from now on. */
    PySocket(
            PosixProcess process,
            DescriptorTable table,
            PyType pyType,
            int descriptor,
            int family,
            int type,
            int protocol) {
        super(pyType);
        this.process = process;
        this.table = table;
        become(descriptor, family, type, protocol);
    }

    private void become(int descriptor, int family, int type, int protocol) {
        this.descriptor = descriptor;
        table.own(descriptor, this);
        this.family = (byte) family;
        this.type = type;
        this.protocol = (short) protocol;
        if (process.defaultTimeout() >= 0) {
            timeout(process.defaultTimeout());
        }
    }

    /** socket(2). What it was before stays open, as CPython leaves it, until the face is forgotten. */
    void open(int family, int type, int protocol) throws PosixException {
        become(table.add(Sockets.open(process.sockets(), family, type, protocol)), family, type, protocol);
    }

    /** A face of this kind for another open file, or for this one's under another number of the same table. */
    PySocket another(OpenFile file) throws PosixException {
        return new PySocket(process, table, process.socketType(), table.add(file), family, type, protocol);
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
    String shown() {
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
                table.close(closing, this);
            } catch (PosixException e) {
                // EBADF: somebody closed the number, and CPython's close() says nothing of it. By now it may be another
                // file's, which CPython would close; a finalizer that calls this long afterwards must not.
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

    /** Waits for one of the events, at most so many nanoseconds (negative: without end); false when they are over. */
    boolean await(Socket file, int events, long nanos) throws PosixException {
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
        if (size > Bytes.CHUNK && (type & SocketMethods.SOCK_TYPE_MASK) != KernelSocket.SOCK_STREAM) {
            ByteBuffer into = room(size);
            receive(into, flags);
            return Bytes.string(into);
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
            if (count >= 0 && ((flags & MSG_WAITALL) == 0 || file.keepsBoundaries())) {
                return count;
            }
            long deadline = deadline();
            for (; ; ) {
                boolean enough = (flags & MSG_WAITALL) == 0
                        || (flags & Socket.MSG_PEEK) != 0
                        || !into.hasRemaining()
                        || file.keepsBoundaries();
                if (count == 0 || (count > 0 && enough)) {
                    return into.position();
                }
                if (count == OpenFile.WOULD_BLOCK) {
                    if (endsReading(file, flags)) {
                        return 0;
                    }
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

    /** A buffer for {@code size} bytes, of which a stream is read in pieces; a datagram has to be read in one. */
    ByteBuffer room(int size) {
        boolean whole = size > Bytes.CHUNK && (type & SocketMethods.SOCK_TYPE_MASK) != KernelSocket.SOCK_STREAM;
        return whole ? ByteBuffer.allocateDirect(Math.min(size, LARGEST)) : Bytes.empty(size);
    }

    /** Fills {@code into} with one datagram, waiting for it; its sender, None on TCP. */
    PyObject receiveFrom(ByteBuffer into, int flags) {
        try {
            Socket file = file();
            if (!file.keepsBoundaries()) {
                receive(into, flags);
                return sender();
            }
            long deadline = deadline();
            for (; ; ) {
                SocketKernel.Received received = receiveFrom(file, into, fileFlags(flags));
                if (received != null) {
                    SocketAddress from = received.from();
                    return from == null ? Py.None : SocketAddresses.shown(from, file.family());
                }
                if (endsReading(file, flags)) {
                    return Py.None;
                }
                block(file, Events.IN, deadline, flags);
            }
        } catch (PosixException e) {
            throw raised(e);
        }
    }

    /**
     * Whether a read that would wait ends instead. A socket whose reading is shut is readable for ever, so one that has a
     * timeout looks again and again until that is over, as CPython does (BEGIN_SELECT_LOOP), if not as fast.
     */
    private boolean endsReading(Socket file, int flags) throws PosixException {
        if (!file.isReadingShut()) {
            return false;
        }
        if (timeout <= 0 || (flags & MSG_DONTWAIT) != 0) {
            if (file.nonBlocking() || (flags & MSG_DONTWAIT) != 0) {
                throw new PosixException(Errno.EAGAIN);
            }
            return true;
        }
        try {
            Thread.sleep(1);
            return false;
        } catch (InterruptedException e) {
            throw new PosixException(Errno.EINTR);
        }
    }

    private static SocketKernel.@Nullable Received receiveFrom(Socket file, ByteBuffer into, int flags)
            throws PosixException {
        if (file instanceof KernelSocket socket) {
            return socket.recvFrom(into, flags);
        }
        DatagramSocket socket = (DatagramSocket) file;
        InetSocketAddress from = socket.recvFrom(into, flags);
        return from == null ? null : new SocketKernel.Received(into.position(), from);
    }

    /** Whom recvfrom names on a connection: nobody, but on UNIX a peer that has a name. */
    PyObject sender() {
        try {
            Socket file = file();
            if (file.family() == Family.UNIX
                    && file.remoteAddress() instanceof UnixAddress peer
                    && !peer.name().isEmpty()) {
                return new PyString(peer.name());
            }
        } catch (PosixException e) {
            return Py.None; // closed meanwhile
        }
        return Py.None;
    }

    /** Sends one datagram, waiting for room; its size. On TCP the address is not used. */
    int sendTo(String text, int flags, SocketAddress to) {
        try {
            Socket file = file();
            if (file instanceof UnixStreamSocket stream) {
                throw new PosixException(stream.isConnectedNow() ? Errno.EISCONN : Errno.EOPNOTSUPP);
            }
            if (!(file instanceof DatagramSocket) && !(file instanceof KernelSocket)) {
                return send(text, flags);
            }
            ByteBuffer from = datagram(file, text);
            long deadline = deadline();
            for (; ; ) {
                int count = file instanceof KernelSocket socket
                        ? socket.sendTo(from, fileFlags(flags), to)
                        : ((DatagramSocket) file).sendTo(from, fileFlags(flags), to);
                if (count != OpenFile.WOULD_BLOCK) {
                    return count;
                }
                block(file, Events.OUT, deadline, flags);
            }
        } catch (PosixException e) {
            throw raised(e);
        }
    }

    /** A datagram to be sent; EMSGSIZE. */
    static ByteBuffer datagram(Socket file, String text) throws PosixException {
        if (text.length() <= Bytes.CHUNK) {
            return Bytes.filled(text, 0, text.length());
        }
        if (file instanceof DatagramSocket || text.length() > LARGEST) {
            throw new PosixException(Errno.EMSGSIZE);
        }
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private int sendDatagram(Socket file, String text, int flags) throws PosixException {
        ByteBuffer from = datagram(file, text);
        long deadline = deadline();
        for (; ; ) {
            int count = file.send(from, fileFlags(flags));
            if (count != OpenFile.WOULD_BLOCK) {
                return count;
            }
            block(file, Events.OUT, deadline, flags);
        }
    }

    private static int fileFlags(int flags) throws PosixException {
        int rest = flags & ~(MSG_DONTWAIT | MSG_WAITALL | MSG_IGNORED);
        if ((rest & ~Socket.MSG_PEEK) != 0) {
            throw new PosixException(Errno.EOPNOTSUPP);
        }
        return rest;
    }

    /** Sends what the kernel takes of {@code text}, waiting for room for the first byte; the count. */
    int send(String text, int flags) {
        try {
            return sendFrom(text, 0, flags);
        } catch (PosixException e) {
            throw raised(e);
        }
    }

    private int sendFrom(String text, int start, int flags) throws PosixException {
        int length = text.length();
        int sent = 0;
        try {
            Socket file = file();
            int toFile = fileFlags(flags);
            if (file.keepsBoundaries()) {
                return sendDatagram(file, text, flags);
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
            throw e;
        }
    }

    /** Sends all; a signal whose handler raises nothing does not end it (sock_sendall of CPython's socketmodule.c). */
    void sendAll(String text, int flags) {
        int sent = 0;
        do {
            try {
                sent += sendFrom(text, sent, flags);
            } catch (PosixException e) {
                if (e.errno() != Errno.EINTR) {
                    throw raised(e);
                }
                PosixProcess.interrupted(e);
            }
        } while (sent < text.length());
    }

    // ---------------------------------------------------------------- connections

    PyTuple accept() {
        try {
            Socket file = file();
            table.requireRoom(1); // or the connection stays where it is, as on Linux
            Socket accepted = file.accept();
            if (accepted == null) {
                long deadline = deadline();
                do {
                    block(file, Events.IN, deadline, 0);
                    accepted = file.accept();
                } while (accepted == null);
            }
            PyObject peer = SocketAddresses.shown(accepted.acceptedFrom(), accepted.family());
            PySocket face = another(accepted);
            return new PyTuple(face, peer);
        } catch (PosixException e) {
            throw raised(e);
        }
    }

    /** Waits for room in a UNIX listener's backlog, which nothing but a blocking connect tells. */
    private @Nullable Errno connectWaiting(Socket file, SocketAddress address) throws PosixException {
        if (!(file instanceof UnixStreamSocket socket) || !(address instanceof UnixAddress name)) {
            return Errno.EAGAIN;
        }
        Interrupts.enter();
        try {
            socket.connectWaiting(name);
            return null;
        } finally {
            Interrupts.leave();
        }
    }

    /** Connects, waiting as the timeout says; null, or the error. A timeout is told by EAGAIN with {@code quietly}. */
    @Nullable
    Errno connect(SocketAddress address, boolean quietly) {
        long deadline = deadline();
        try {
            Socket file = file();
            for (boolean waited = false; ; waited = true) {
                try {
                    file.connect(address);
                    return null;
                } catch (PosixException e) {
                    if (e.errno() == Errno.EAGAIN && timeout < 0 && !file.nonBlocking()) {
                        return connectWaiting(file, address);
                    }
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
