package org.euryale.posix;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the system calls of {@code socket(7)} ask of a socket, whatever its type. Any thread may call anything. */
public abstract sealed class Socket extends OpenFile permits Connection, DatagramSocket, KernelSocket {
    /** For {@link #recv}: leave the bytes where they are. */
    public static final int MSG_PEEK = 0x2;

    /** Refused with EOPNOTSUPP: the JDK receives no urgent data. */
    public static final int MSG_OOB = 0x1;

    public abstract Family family();

    @Override
    public int read(ByteBuffer into) throws PosixException {
        return recv(into, 0);
    }

    @Override
    public int write(ByteBuffer from) throws PosixException {
        return send(from, 0);
    }

    @Override
    public FileStatus status() {
        return FileStatus.nameless(FileStatus.S_IFSOCK | 0777, System.identityHashCode(this));
    }

    /** Binds at once. EADDRINUSE, EADDRNOTAVAIL, EACCES; EINVAL when it has an address already. */
    public abstract void bind(SocketAddress address) throws PosixException;

    /** Connects; EINPROGRESS when that goes on. */
    public abstract void connect(SocketAddress address) throws PosixException;

    /** The local address; the wildcard with port 0, or {@link UnixAddress#UNNAMED}, while there is none. */
    public abstract SocketAddress localAddress() throws PosixException;

    /** The peer's address; ENOTCONN while there is none. */
    public abstract SocketAddress remoteAddress() throws PosixException;

    /** Ends reading, writing or both; ENOTCONN without a peer. */
    public abstract void shutdown(boolean reading, boolean writing) throws PosixException;

    /** Lets others connect; EOPNOTSUPP where nobody can. */
    public void listen(int backlog) throws PosixException {
        throw new PosixException(isClosed() ? Errno.EBADF : Errno.EOPNOTSUPP);
    }

    /** The next connection, null when there is none; EOPNOTSUPP where there are no connections. */
    public @Nullable Socket accept() throws PosixException {
        throw new PosixException(isClosed() ? Errno.EBADF : Errno.EOPNOTSUPP);
    }

    /** The peer's address as accept(2) tells it: of a connection that is over as well. */
    public SocketAddress acceptedFrom() throws PosixException {
        return remoteAddress();
    }

    /** Whether what is sent in one piece, a datagram, is received in one. */
    public boolean keepsBoundaries() {
        return false;
    }

    /**
     * Whether a datagram socket's reading is shut. Linux ends a read that waits then, with 0 bytes; one that does not
     * wait is EAGAIN, and the socket is readable for ever.
     */
    public boolean isReadingShut() {
        return false;
    }

    /** An address for an internet socket; another is EAFNOSUPPORT. */
    static InetSocketAddress internet(SocketAddress address) throws PosixException {
        if (address instanceof InetSocketAddress internet) {
            return internet;
        }
        throw new PosixException(Errno.EAFNOSUPPORT);
    }

    /**
     * Reads into {@code into}: what there is of a stream, one datagram (the rest of which is dropped).
     *
     * @param flags 0 or {@link #MSG_PEEK}
     * @return the count, or {@link OpenFile#WOULD_BLOCK}
     */
    public abstract int recv(ByteBuffer into, int flags) throws PosixException;

    /**
     * Writes {@code from}: what the kernel takes to a stream, all of it as one datagram.
     *
     * @param flags 0
     * @return the count, or {@link OpenFile#WOULD_BLOCK}
     */
    public abstract int send(ByteBuffer from, int flags) throws PosixException;

    /**
     * {@code sendmsg(2)}: as {@link #send}, with control messages whose descriptors are the kernel's.
     *
     * @param flags Linux's
     */
    public int sendMessage(SocketKernel kernel, ByteBuffer from, int flags, List<ControlMessage> control)
            throws PosixException {
        used(Events.WRITE);
        return kernel.sendMessage(kernelNumber(kernel.files()), from, flags, control);
    }

    /**
     * {@code recvmsg(2)}: as {@link #recv}, with the control messages that came; null where it would wait. Those are of
     * UNIX sockets: another socket has none.
     *
     * @param flags Linux's
     * @param room bytes for the data of control messages
     */
    public SocketKernel.@Nullable Message recvMessage(SocketKernel kernel, ByteBuffer into, int flags, int room)
            throws PosixException {
        int count = recv(into, flags & MSG_PEEK);
        return count == WOULD_BLOCK ? null : new SocketKernel.Message(count, 0, List.of());
    }

    public abstract void setOption(Option option, int value) throws PosixException;

    /** The option's value; {@link Option#SO_ERROR} is {@link #takeError}'s. */
    public abstract int option(Option option) throws PosixException;

    /** SO_ERROR: the pending error, which is cleared; null when there is none. */
    public abstract @Nullable Errno takeError() throws PosixException;
}
