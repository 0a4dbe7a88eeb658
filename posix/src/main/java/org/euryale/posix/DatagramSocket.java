package org.euryale.posix;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket with Linux's behaviour. Non-blocking: what would wait says {@link OpenFile#WOULD_BLOCK} or null. Any
 * thread may call anything.
 *
 * <p>The channel is always there and never replaced. What java.nio cannot do is refused, never dropped: a datagram to
 * somebody else than the peer (EISCONN), and an empty one to the peer (EOPNOTSUPP).
 */
public final class DatagramSocket extends Socket {
    /** More does not fit a datagram (a UDP length is 16 bits). */
    private static final int LARGEST = 65_535;

    private static final ThreadLocal<ByteBuffer> ROOM =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(LARGEST));

    /** A datagram taken from the kernel and not yet read. */
    private record Datagram(ByteBuffer bytes, InetSocketAddress from) {}

    private final Family family;
    private final DatagramChannel channel;
    private final ChannelOptions options;
    private final Queue<Datagram> ahead = new ArrayDeque<>(0);
    private @Nullable Memberships memberships;
    private volatile @Nullable InetSocketAddress peer;
    private volatile @Nullable Errno pendingError;
    private volatile boolean hasAhead;
    private volatile boolean shutRead;
    private volatile boolean shutWrite;

    private DatagramSocket(Family family, ChannelOptions options, DatagramChannel channel) {
        this.family = family;
        this.options = options;
        this.channel = channel;
    }

    /** A new socket; EMFILE or EAFNOSUPPORT. */
    public static DatagramSocket open(Family family) throws PosixException {
        return open(family, null);
    }

    /**
     * A new socket; EMFILE or EAFNOSUPPORT.
     *
     * @param kernel for options that the JDK has not, null where it cannot be called
     */
    public static DatagramSocket open(Family family, @Nullable SocketKernel kernel) throws PosixException {
        return Shortage.retried(() -> openNow(family, kernel));
    }

    private static DatagramSocket openNow(Family family, @Nullable SocketKernel kernel) throws PosixException {
        try {
            DatagramChannel channel = DatagramChannel.open(family.protocolFamily());
            channel.configureBlocking(false);
            return new DatagramSocket(family, new ChannelOptions(kernel), channel);
        } catch (UnsupportedOperationException e) {
            throw new PosixException(Errno.EAFNOSUPPORT);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    @Override
    public Family family() {
        return family;
    }

    @Override
    public boolean keepsBoundaries() {
        return true;
    }

    @Override
    public boolean isReadingShut() {
        return shutRead;
    }

    // ---------------------------------------------------------------- addresses

    @Override
    public synchronized void bind(SocketAddress address) throws PosixException {
        try {
            channel.bind(internet(address));
        } catch (AlreadyBoundException e) {
            throw new PosixException(Errno.EINVAL);
        } catch (UnsupportedAddressTypeException e) {
            throw new PosixException(Errno.EAFNOSUPPORT);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    @Override
    public InetSocketAddress localAddress() throws PosixException {
        try {
            InetSocketAddress address = (InetSocketAddress) channel.getLocalAddress();
            return address == null ? family.unbound() : address;
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    @Override
    public InetSocketAddress remoteAddress() throws PosixException {
        InetSocketAddress connected = peer;
        if (isClosed() || connected == null) {
            throw new PosixException(isClosed() ? Errno.EBADF : Errno.ENOTCONN);
        }
        return connected;
    }

    /** Sets the peer, or another one: whom {@link #send} sends to, and the only one {@link #recv} hears. */
    @Override
    public synchronized void connect(SocketAddress address) throws PosixException {
        InetSocketAddress reachable = family.reachable(internet(address));
        try {
            if (peer != null) {
                channel.disconnect();
                peer = null;
            }
            while (take()) {
                // DatagramChannelImpl.connect throws away what has come; the kernel does not.
            }
            channel.connect(reachable);
            peer = (InetSocketAddress) channel.getRemoteAddress();
        } catch (UnsupportedAddressTypeException e) {
            throw new PosixException(Errno.EAFNOSUPPORT);
        } catch (IOException e) {
            throw PosixException.of(e);
        } finally {
            changed();
        }
    }

    // ---------------------------------------------------------------- data

    @Override
    public int recv(ByteBuffer into, int flags) throws PosixException {
        int before = into.position();
        InetSocketAddress from = recvFrom(into, flags);
        return from == null ? WOULD_BLOCK : into.position() - before;
    }

    /**
     * Reads one datagram into {@code into}; what does not fit is dropped, as by {@code recvfrom(2)}.
     *
     * @param flags 0 or {@link #MSG_PEEK}
     * @return who sent it, null when there is none
     * @throws PosixException ECONNREFUSED, of the datagram sent before
     */
    public @Nullable InetSocketAddress recvFrom(ByteBuffer into, int flags) throws PosixException {
        used(Events.READ);
        boolean peek = (flags & MSG_PEEK) != 0;
        if (peek || hasAhead || pendingError != null) {
            return recvAhead(into, peek);
        }
        try {
            return (InetSocketAddress) channel.receive(into);
        } catch (IOException e) {
            throw new PosixException(errno(e));
        }
    }

    private synchronized @Nullable InetSocketAddress recvAhead(ByteBuffer into, boolean peek) throws PosixException {
        Errno error = takePending();
        if (error != null) {
            throw new PosixException(error);
        }
        try {
            if (ahead.isEmpty() && !take()) {
                return null;
            }
        } catch (IOException e) {
            throw new PosixException(errno(e));
        }
        Datagram datagram = peek ? ahead.element() : ahead.remove();
        hasAhead = !ahead.isEmpty();
        ByteBuffer bytes = datagram.bytes.duplicate();
        into.put(bytes.limit(Math.min(bytes.limit(), bytes.position() + into.remaining())));
        if (!peek) {
            changed();
        }
        return datagram.from;
    }

    /** Takes a datagram from the kernel, to be read later; false when there is none. */
    private boolean take() throws IOException {
        ByteBuffer bytes = ROOM.get().clear();
        InetSocketAddress from = (InetSocketAddress) channel.receive(bytes);
        if (from == null) {
            return false;
        }
        byte[] kept = new byte[bytes.position()];
        bytes.get(0, kept);
        ahead.add(new Datagram(ByteBuffer.wrap(kept), from));
        hasAhead = true;
        return true;
    }

    /** Sends to the peer; EDESTADDRREQ without one. */
    @Override
    public int send(ByteBuffer from, int flags) throws PosixException {
        if (peer == null && !isClosed()) {
            check(flags, from);
            throw new PosixException(Errno.EDESTADDRREQ);
        }
        return write(from, flags);
    }

    /**
     * Sends one datagram.
     *
     * @param flags 0
     * @return its size, or {@link OpenFile#WOULD_BLOCK}
     * @throws PosixException EMSGSIZE, EACCES (everybody's address without SO_BROADCAST), ENETUNREACH; ECONNREFUSED of
     *     the one before; EISCONN for another than the peer
     */
    public int sendTo(ByteBuffer from, int flags, SocketAddress to) throws PosixException {
        InetSocketAddress connected = peer;
        InetSocketAddress reachable = family.reachable(internet(to));
        if (connected != null) {
            check(flags, from);
            if (!connected.equals(reachable)) {
                throw new PosixException(Errno.EISCONN);
            }
            return write(from, flags);
        }
        used(Events.WRITE);
        check(flags, from);
        int size = from.remaining();
        try {
            return channel.send(from, reachable) == 0 && size > 0 ? WOULD_BLOCK : size;
        } catch (UnsupportedAddressTypeException e) {
            throw new PosixException(Errno.EAFNOSUPPORT);
        } catch (IOException e) {
            throw new PosixException(errno(e));
        }
    }

    private int write(ByteBuffer from, int flags) throws PosixException {
        used(Events.WRITE);
        check(flags, from);
        if (!from.hasRemaining()) {
            throw new PosixException(Errno.EOPNOTSUPP); // IOUtil.write makes no call for an empty buffer
        }
        try {
            int count = channel.write(from);
            return count == 0 ? WOULD_BLOCK : count;
        } catch (IOException e) {
            throw new PosixException(errno(e));
        }
    }

    private void check(int flags, ByteBuffer from) throws PosixException {
        if (from.remaining() > LARGEST) {
            throw new PosixException(Errno.EMSGSIZE); // what udp_sendmsg looks at first
        }
        if ((flags & MSG_OOB) != 0) {
            throw new PosixException(Errno.EOPNOTSUPP);
        }
        Errno error = takePending();
        if (error != null) {
            throw new PosixException(error);
        }
        if (shutWrite) {
            throw new PosixException(Errno.EPIPE);
        }
    }

    /** The peer's machine has said that nobody listens there; everything else is as elsewhere. */
    private static Errno errno(IOException e) {
        return e instanceof PortUnreachableException ? Errno.ECONNREFUSED : Errno.of(e);
    }

    @Override
    public synchronized void shutdown(boolean reading, boolean writing) throws PosixException {
        if (isClosed()) {
            throw new PosixException(Errno.EBADF);
        }
        shutRead |= reading; // inet_shutdown takes it in even when it refuses
        shutWrite |= writing;
        changed();
        if (peer == null) {
            throw new PosixException(Errno.ENOTCONN);
        }
    }

    // ---------------------------------------------------------------- options

    @Override
    public synchronized void setOption(Option option, int value) throws PosixException {
        options.set(channel, option, value);
    }

    @Override
    public synchronized int option(Option option) throws PosixException {
        return option == Option.SO_ACCEPTCONN ? 0 : options.get(channel, option);
    }

    @Override
    public synchronized @Nullable Errno takeError() throws PosixException {
        if (isClosed()) {
            throw new PosixException(Errno.EBADF);
        }
        look();
        return takePending();
    }

    // ---------------------------------------------------------------- multicast

    /**
     * Joins a group; what is sent to it comes to the port that this socket is bound to.
     *
     * @param by the interface, null for the one that the kernel would send by
     * @throws PosixException EINVAL for what is no group, ENODEV where there is no interface, EADDRINUSE a second time
     */
    public synchronized void join(InetAddress group, @Nullable NetworkInterface by) throws PosixException {
        memberships().join(group, by);
    }

    /** Leaves a group; EADDRNOTAVAIL for one that was not joined. */
    public synchronized void leave(InetAddress group, @Nullable NetworkInterface by) throws PosixException {
        memberships().leave(group, by);
    }

    /** The interface to send to groups by; EADDRNOTAVAIL if it has no address of this family. */
    public synchronized void sendBy(NetworkInterface by) throws PosixException {
        memberships().sendBy(by);
    }

    /** That interface, null when the kernel chooses. */
    public synchronized @Nullable NetworkInterface sendsBy() throws PosixException {
        return memberships().sendsBy();
    }

    /** The interface that has this address, or ENODEV. */
    public static NetworkInterface interfaceWith(InetAddress address) throws PosixException {
        return Memberships.require(address);
    }

    /** The interface of this number, or ENODEV. */
    public static NetworkInterface interfaceNumbered(int index) throws PosixException {
        return Memberships.require(index);
    }

    private Memberships memberships() throws PosixException {
        if (isClosed()) {
            throw new PosixException(Errno.EBADF);
        }
        Memberships known = memberships;
        if (known == null) {
            known = new Memberships(channel);
            memberships = known;
        }
        return known;
    }

    private @Nullable Errno takePending() {
        if (pendingError == null) {
            return null;
        }
        synchronized (this) {
            Errno error = pendingError;
            pendingError = null;
            changed();
            return error;
        }
    }

    // ---------------------------------------------------------------- readiness

    @Override
    boolean pollable() {
        return true;
    }

    @Override
    @Nullable
    SelectableChannel selectable() {
        return channel;
    }

    @Override
    int interestOps(int events) {
        int ops = (events & Events.WRITE) != 0 ? SelectionKey.OP_WRITE : 0;
        return (events & Events.READ) != 0 ? ops | SelectionKey.OP_READ : ops;
    }

    /** datagram_poll in the kernel. */
    @Override
    int standing() {
        int events = pendingError != null ? Events.ERR : 0;
        if (hasAhead) {
            events |= Events.IN;
        }
        if (shutRead) {
            events |= Events.IN | Events.RDHUP | (shutWrite ? Events.HUP : 0);
        }
        return Events.withSynonyms(events);
    }

    @Override
    int ready(int events, int readyOps, Precision precision) {
        int found = (readyOps & SelectionKey.OP_WRITE) != 0 ? Events.OUT : 0;
        if ((readyOps & SelectionKey.OP_READ) != 0) {
            if (peer != null && precision != Precision.COARSE) {
                look(); // a datagram, or that the last one was refused?
            } else {
                found |= Events.IN;
            }
        }
        int writable = (found & Events.OUT) != 0 ? Events.WRBAND : 0;
        return Events.withSynonyms(found) | writable | standing();
    }

    /** Only one who has a peer hears of refusals, and only a read tells them. */
    private synchronized void look() {
        if (peer == null || hasAhead || pendingError != null) {
            return;
        }
        try {
            take();
        } catch (IOException e) {
            pendingError = errno(e);
        }
        changed();
    }

    @Override
    void release() {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger(DatagramSocket.class.getName()).log(System.Logger.Level.WARNING, "close failed", e);
        }
    }
}
