package org.euryale.posix;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;

/*
 * One descriptor, three lives
 * ---------------------------
 *                 connect                    established
 *      FRESH ----------------> CONNECTING ----------------> CONNECTED
 *       | ^                        |  refused                   | reset, or both ways shut: stays CONNECTED, is dead
 * listen| | shutdown(READ)         v
 *       v |                     FAILED --connect()--> FRESH
 *     LISTENING
 *
 * java.nio wants to know at once whether a socket connects or listens, POSIX decides later. So a socket begins as a
 * SocketChannel; bind() binds that, which gives the real port and EADDRINUSE there and then, without listening. listen()
 * opens a ServerSocketChannel on the same address beside it and closes the first: both have SO_REUSEADDR by then, which
 * lets two sockets of which none listens hold one port (socket(7)), so there is no moment at which the port is free.
 *
 * A refused connect closes a SocketChannel for good (SocketChannelImpl.finishConnect); POSIX allows another try. So the
 * channel is replaced, with options and local address replayed, when one is needed next: not at once, because a poller
 * that knows the closed channel keeps its port, and may be the one that has just found the refusal.
 *
 * Linux takes a connection for made only when a second connect() has said so. One that ended before, that connect() tells
 * why and makes the socket FRESH again (tcp_disconnect), just as after a refusal: disconnected().
 *
 * The kernel keeps one pending error a socket (sk_err): SO_ERROR, send and recv report it once and clear it. Where we
 * learn of an error before the program asks (a connect finished by the poller, a reset found while polling) it is in
 * pendingError, with the same rule.
 */

/**
 * A TCP socket with Linux's behaviour. Non-blocking: what would wait says {@link OpenFile#WOULD_BLOCK}, null or
 * EINPROGRESS. Any thread may call anything.
 */
public final class StreamSocket extends OpenFile {
    /** For {@link #recv}: leave the bytes where they are. */
    public static final int MSG_PEEK = 0x2;

    /** Refused with EOPNOTSUPP: the JDK receives no urgent data. */
    public static final int MSG_OOB = 0x1;

    private enum State {
        FRESH,
        CONNECTING,
        CONNECTED,
        FAILED,
        LISTENING,
        CLOSED
    }

    private final Family family;
    private final ChannelOptions options;
    private volatile State state;
    private volatile @Nullable SocketChannel channel;
    private volatile @Nullable ServerSocketChannel listener;

    /** The stream of a connection's channel, kept because to ask for it is dearer than to use it. */
    private @Nullable InputStream input;

    /** Where the program (or listen) has bound it, null when the kernel is to choose; port 0 when it is to do so anew. */
    private @Nullable InetSocketAddress bound;

    /** The program has chosen the port, not the kernel. */
    private boolean portGiven;

    /** Set when an established connection has not yet been confirmed by a second connect(). */
    private boolean unconfirmed;

    /** Shut after its unconfirmed connection had ended: SS_DISCONNECTING in the kernel, and connect never works again. */
    private boolean shutWhenOver;

    private volatile @Nullable Errno pendingError;
    private volatile boolean shutRead;
    private volatile boolean shutWrite;

    /** The peer's FIN was read: end of file for ever. */
    private volatile boolean finished;

    /** The kernel was told of SHUT_RD, too: no byte is left in it, and the channel's reads say end of file. */
    private boolean inputShut;

    /** Reset, or closed both ways: TCP_CLOSE in the kernel. Bytes that came before may still be read. */
    private volatile boolean dead;

    /** A read has failed: no byte is left in the kernel. */
    private boolean spent;

    /** Bytes taken from the kernel and not yet read, by MSG_PEEK or to look what follows them. */
    private volatile @Nullable ReadAhead ahead;

    /** A poller has told IN since the last recv; a stale value costs a look too many. */
    private boolean toldReadable;

    /** CONNECTED and none of the conditions above: recv is a plain read. */
    private boolean plain;

    private StreamSocket(Family family, ChannelOptions options, SocketChannel channel, State state) {
        this.family = family;
        this.options = options;
        this.channel = channel;
        this.state = state;
        plain = state == State.CONNECTED;
    }

    /** A new socket; EMFILE or EAFNOSUPPORT. */
    public static StreamSocket open(Family family) throws PosixException {
        return new StreamSocket(family, new ChannelOptions(), openChannel(family), State.FRESH);
    }

    private static SocketChannel openChannel(Family family) throws PosixException {
        try {
            SocketChannel channel = SocketChannel.open(family.protocolFamily());
            channel.configureBlocking(false);
            return channel;
        } catch (UnsupportedOperationException e) {
            throw new PosixException(Errno.EAFNOSUPPORT);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    public Family family() {
        return family;
    }

    // ---------------------------------------------------------------- addresses

    /** Binds at once. EADDRINUSE, EADDRNOTAVAIL, EACCES; EINVAL when it has an address already. */
    public void bind(InetSocketAddress address) throws PosixException {
        buryChannel();
        synchronized (this) {
            boolean unconnected = state == State.FRESH || state == State.FAILED;
            if (state == State.CLOSED) {
                throw new PosixException(Errno.EBADF);
            }
            if (!unconnected || (bound != null && bound.getPort() != 0)) {
                if (family == Family.INET) {
                    checkIsLocal(address); // inet6_bind looks at the socket first
                }
                throw new PosixException(Errno.EINVAL);
            }
            bound = null;
            bind(usable(), address);
            portGiven = address.getPort() != 0;
        }
    }

    /** EAFNOSUPPORT, EADDRNOTAVAIL: the kernel looks at the address before it looks at the socket (__inet_bind). */
    private void checkIsLocal(InetSocketAddress address) throws PosixException {
        try (SocketChannel probe = openChannel(family)) {
            probe.bind(new InetSocketAddress(address.getAddress(), 0));
        } catch (UnsupportedAddressTypeException e) {
            throw new PosixException(Errno.EAFNOSUPPORT);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    private void bind(SocketChannel holder, InetSocketAddress address) throws PosixException {
        try {
            holder.bind(address);
            bound = (InetSocketAddress) holder.getLocalAddress();
        } catch (UnsupportedAddressTypeException e) {
            throw new PosixException(Errno.EAFNOSUPPORT);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /**
     * The local address; the wildcard with port 0 while there is none. The JDK tells the one that connect has chosen
     * only once the connection is established.
     */
    public synchronized InetSocketAddress localAddress() throws PosixException {
        if (state == State.CONNECTING) {
            finishConnect();
        }
        SocketChannel client = channel;
        if (state == State.CONNECTED && client != null) {
            try {
                return (InetSocketAddress) client.getLocalAddress();
            } catch (IOException e) {
                throw PosixException.of(e);
            }
        }
        if (state == State.CLOSED) {
            throw new PosixException(Errno.EBADF);
        }
        return bound == null ? family.unbound() : bound;
    }

    /** The peer's address; ENOTCONN while there is none and once both ways are closed. */
    public synchronized InetSocketAddress remoteAddress() throws PosixException {
        SocketChannel open = channel;
        if (state == State.CONNECTING) {
            finishConnect();
        }
        lookForReset();
        if (state != State.CONNECTED || open == null || isOver()) {
            throw new PosixException(state == State.CLOSED ? Errno.EBADF : Errno.ENOTCONN);
        }
        try {
            return (InetSocketAddress) open.getRemoteAddress();
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /** The peer's address as accept(2) tells it: of a connection that is over as well. */
    public InetSocketAddress acceptedFrom() throws PosixException {
        try {
            return (InetSocketAddress) live(channel).getRemoteAddress();
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    // ---------------------------------------------------------------- listening

    /** Listens; EADDRINUSE when somebody else listens there, EINVAL on a connected socket. */
    public void listen(int backlog) throws PosixException {
        buryChannel();
        synchronized (this) {
            beginListening(backlog);
        }
    }

    private void beginListening(int backlog) throws PosixException {
        if (state == State.LISTENING) {
            return; // Linux would take the new backlog; java.nio cannot change it
        }
        if (state != State.FRESH) {
            throw new PosixException(state == State.CLOSED ? Errno.EBADF : Errno.EINVAL);
        }
        SocketChannel holder = usable();
        ServerSocketChannel listening = null;
        try {
            listening = ServerSocketChannel.open(family.protocolFamily());
            listening.configureBlocking(false);
            options.beforeListening(holder, listening);
            options.replay(listening);
            listening.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            holder.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            // A backlog below 1 would become the JDK's default of 50; the kernel's 0 takes one connection, too.
            listening.bind(bound != null ? bound : family.unbound(), Math.max(1, backlog));
            bound = (InetSocketAddress) listening.getLocalAddress();
            holder.close();
        } catch (IOException e) {
            throw abandon(listening, holder, PosixException.of(e));
        } catch (PosixException e) {
            throw abandon(listening, holder, e);
        }
        listener = listening;
        channel = null;
        state = State.LISTENING;
        changed();
    }

    private PosixException abandon(
            @Nullable ServerSocketChannel listening, SocketChannel holder, PosixException cause) {
        options.notListening();
        try {
            if (listening != null) {
                listening.close();
            }
            holder.setOption(StandardSocketOptions.SO_REUSEADDR, options.reuseAddress());
        } catch (IOException e) {
            return PosixException.of(e);
        }
        return cause;
    }

    /** The next connection, null when there is none. EINVAL when it does not listen; EMFILE, ECONNABORTED. */
    public @Nullable StreamSocket accept() throws PosixException {
        ServerSocketChannel listening = listener;
        if (state != State.LISTENING || listening == null) {
            throw new PosixException(state == State.CLOSED ? Errno.EBADF : Errno.EINVAL);
        }
        used();
        try {
            SocketChannel accepted = listening.accept();
            if (accepted == null) {
                return null;
            }
            try {
                accepted.configureBlocking(false);
                ChannelOptions inherited;
                synchronized (this) {
                    inherited = options.inherit(accepted);
                }
                return new StreamSocket(family, inherited, accepted, State.CONNECTED);
            } catch (IOException | PosixException e) {
                accepted.close();
                throw e;
            }
        } catch (ClosedChannelException e) {
            throw new PosixException(isClosed() ? Errno.EBADF : Errno.EINVAL);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /** Linux takes a listener whose reading is shut out of listening (inet_shutdown). */
    private void stopListening() throws PosixException {
        ServerSocketChannel listening = live(listener);
        listener = null;
        state = State.FRESH;
        changed();
        unregister(listening); // in these states no poller asks for the monitor that is held here
        close(listening);
        options.notListening();
        giveUpChosenPort();
        disconnected();
        if (portGiven) {
            usable();
        }
    }

    /** What tcp_disconnect leaves of a socket. */
    private void disconnected() {
        state = State.FRESH;
        shutRead = false;
        shutWrite = false;
        finished = false;
        dead = false;
        spent = false;
        inputShut = false;
        input = null;
        unconfirmed = false;
        ahead = null;
        pendingError = null;
        settle();
    }

    /** Linux frees a port that it has chosen when a connect fails or listening ends, and keeps one that was given. */
    private void giveUpChosenPort() {
        if (bound != null && !portGiven) {
            bound = new InetSocketAddress(bound.getAddress(), 0);
        }
    }

    // ---------------------------------------------------------------- connecting

    /**
     * Connects. EINPROGRESS when it has begun, EALREADY while it goes on, nothing when it has come about since the last
     * call, EISCONN after that; the error of a failed one, ECONNABORTED when that was read already, and then it may be
     * tried again.
     */
    public void connect(InetSocketAddress address) throws PosixException {
        used();
        buryChannel();
        synchronized (this) {
            connectOrTell(address);
        }
    }

    private void connectOrTell(InetSocketAddress address) throws PosixException {
        if (state == State.CONNECTING && !finishConnect() && state == State.CONNECTING) {
            throw new PosixException(Errno.EALREADY);
        }
        if (shutWhenOver) {
            throw new PosixException(state == State.CLOSED ? Errno.EBADF : Errno.EINVAL);
        }
        switch (state) {
            case FRESH -> begin(address);
            case CONNECTED -> {
                if (!unconfirmed) {
                    throw new PosixException(Errno.EISCONN);
                }
                lookForReset();
                if (isOver()) {
                    throw disconnect();
                }
                unconfirmed = false;
            }
            case FAILED -> throw disconnect();
            case LISTENING -> throw new PosixException(Errno.EISCONN);
            default -> throw new PosixException(Errno.EBADF);
        }
    }

    private void begin(InetSocketAddress address) throws PosixException {
        SocketChannel client = usable();
        boolean established;
        if (bound != null && bound.getPort() == 0 && !bound.getAddress().isAnyLocalAddress()) {
            bind(client, bound);
        }
        try {
            established = client.connect(reachable(address));
        } catch (UnsupportedAddressTypeException e) {
            throw new PosixException(Errno.EAFNOSUPPORT);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
        if (established) {
            state = State.CONNECTED;
            settle();
        } else {
            state = State.CONNECTING;
            changed();
            throw new PosixException(Errno.EINPROGRESS);
        }
    }

    /** The kernel takes the wildcard for the loopback address; the JDK would take the machine's own name for it. */
    private InetSocketAddress reachable(InetSocketAddress address) throws PosixException {
        InetAddress host = address.getAddress();
        if (!host.isAnyLocalAddress()) {
            return address;
        }
        try {
            byte[] loopback = family == Family.INET ? new byte[] {127, 0, 0, 1} : new byte[16];
            loopback[loopback.length - 1] = 1;
            return new InetSocketAddress(InetAddress.getByAddress(loopback), address.getPort());
        } catch (UnknownHostException e) {
            throw PosixException.of(e);
        }
    }

    /** A connection that ended before a second connect() confirmed it: the kernel tells why and makes it fresh. */
    private PosixException disconnect() {
        Errno error = pendingError;
        SocketChannel over = channel;
        if (state == State.CONNECTED && over != null) {
            close(over);
            giveUpChosenPort();
        }
        disconnected();
        return new PosixException(error != null ? error : Errno.ECONNABORTED);
    }

    /** Looks whether a connect that was begun has ended; true when it is established. */
    private synchronized boolean finishConnect() {
        SocketChannel client = channel;
        if (state != State.CONNECTING || client == null) {
            return state == State.CONNECTED;
        }
        try {
            if (!client.finishConnect()) {
                return false;
            }
            state = State.CONNECTED;
            unconfirmed = true;
        } catch (IOException e) {
            pendingError = Errno.of(e);
            state = State.FAILED;
            dead = true;
            giveUpChosenPort();
        }
        settle();
        return state == State.CONNECTED;
    }

    /** The channel; a new one, on the old address, when the first was closed by a failed connect or gave way to listen. */
    private SocketChannel usable() throws PosixException {
        SocketChannel client = channel;
        if (client != null && client.isOpen()) {
            return client;
        }
        SocketChannel fresh = openChannel(family);
        try {
            options.replay(fresh);
            if (bound != null && bound.getPort() != 0) {
                // The address was this socket's: what has come through it and lingers there must not keep it out.
                fresh.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                bind(fresh, bound);
                fresh.setOption(StandardSocketOptions.SO_REUSEADDR, options.reuseAddress());
            }
        } catch (IOException e) {
            close(fresh);
            throw PosixException.of(e);
        } catch (PosixException e) {
            close(fresh);
            throw e;
        }
        channel = fresh;
        return fresh;
    }

    /** Makes every poller let a closed channel go, so that its address is free for the one that follows. */
    private void buryChannel() {
        SocketChannel old = channel;
        if (old != null && !old.isOpen()) {
            unregister(old);
        }
    }

    // ---------------------------------------------------------------- data

    /**
     * Reads into {@code into}.
     *
     * @param flags 0 or {@link #MSG_PEEK}
     * @return the count, 0 at the end of file and when there is no room although there are bytes, {@link
     *     OpenFile#WOULD_BLOCK}
     * @throws PosixException ENOTCONN, ECONNRESET and other errors of the connection, once each
     */
    public int recv(ByteBuffer into, int flags) throws PosixException {
        used();
        // One reader at a time: a poller, too, may take bytes in (look), and whose read came first decides their order.
        synchronized (this) {
            toldReadable = false;
            return plain && flags == 0 && into.hasRemaining() ? read(into) : recvSlowly(into, flags);
        }
    }

    private int read(ByteBuffer into) throws PosixException {
        SocketChannel open = live(channel);
        int count;
        try {
            count = open.read(into);
        } catch (IOException e) {
            throw lost(e, true);
        }
        if (count < 0) {
            finished = true;
            settle();
            return 0;
        }
        return count == 0 ? WOULD_BLOCK : count;
    }

    private int recvSlowly(ByteBuffer into, int flags) throws PosixException {
        if ((flags & MSG_OOB) != 0) {
            throw new PosixException(Errno.EOPNOTSUPP);
        }
        if (state == State.CONNECTING && !finishConnect() && state == State.CONNECTING) {
            return WOULD_BLOCK;
        }
        if (state == State.CLOSED) {
            throw new PosixException(Errno.EBADF);
        }
        int count = 0;
        boolean peek = (flags & MSG_PEEK) != 0 || !into.hasRemaining();
        ReadAhead kept = ahead;
        if (peek) {
            kept = fillAhead(Math.max(1, into.remaining()));
        }
        if (kept != null) {
            boolean full = kept.isFull();
            count = kept.copy(into, peek);
            if (kept.isEmpty()) {
                ahead = null;
                settle();
            } else if (full && !kept.isFull()) {
                changed(); // there is room to look behind it again
            }
            if (peek || !into.hasRemaining()) {
                return count;
            }
        }
        if (state != State.CONNECTED || finished || spent || inputShut || pendingError != null) {
            return count > 0 ? count : end();
        }
        if (peek) {
            return shutRead ? 0 : WOULD_BLOCK; // not another read: what came meanwhile must stay
        }
        if (count > 0) {
            return count + more(into);
        }
        int read = read(into);
        return read == WOULD_BLOCK && shutRead ? 0 : read;
    }

    /** What recv says when no byte is left: the end, once the pending error has been told. */
    private int end() throws PosixException {
        if (finished) {
            return 0; // SOCK_DONE comes before sk_err in tcp_recvmsg
        }
        throwPending();
        if (state != State.LISTENING && (dead || shutRead)) {
            return 0;
        }
        throw new PosixException(Errno.ENOTCONN);
    }

    /** Reads on behind bytes that were kept; an error or the end is left for the next call. */
    private int more(ByteBuffer into) {
        try {
            return Math.max(0, read(into));
        } catch (PosixException e) {
            pendingError = e.errno();
            return 0;
        }
    }

    private @Nullable ReadAhead fillAhead(int wanted) {
        ReadAhead kept = ahead;
        SocketChannel open = channel;
        if (state != State.CONNECTED || finished || spent || inputShut || pendingError != null || open == null) {
            return kept;
        }
        ReadAhead filled = kept == null ? new ReadAhead() : kept;
        boolean before = kept != null;
        try {
            if (filled.fill(open, wanted)) {
                finished = true;
            }
        } catch (IOException e) {
            pendingError = Errno.of(e);
            dead = true;
            spent = true;
        }
        if (!filled.isEmpty()) {
            ahead = filled;
        }
        if (before != (ahead != null) || finished || dead) {
            settle();
        }
        return ahead;
    }

    /**
     * Writes what the kernel takes of {@code from}.
     *
     * @param flags 0
     * @return the count, or {@link OpenFile#WOULD_BLOCK}
     * @throws PosixException EPIPE, ECONNRESET; EOPNOTSUPP for {@link #MSG_OOB}
     */
    public int send(ByteBuffer from, int flags) throws PosixException {
        used();
        if (!from.hasRemaining()) {
            lookForReset(); // which write(2) would tell, but the JDK does not call it
        }
        if (flags != 0 || state != State.CONNECTED || shutWrite || dead || pendingError != null) {
            if (!checkSend(flags)) {
                return WOULD_BLOCK;
            }
        }
        SocketChannel open = live(channel);
        try {
            int count = open.write(from);
            return count == 0 && from.hasRemaining() ? WOULD_BLOCK : count;
        } catch (IOException e) {
            throw lost(e, false);
        }
    }

    /** False when the connection is still being made. */
    private synchronized boolean checkSend(int flags) throws PosixException {
        if ((flags & MSG_OOB) != 0) {
            throw new PosixException(Errno.EOPNOTSUPP);
        }
        if (state == State.CONNECTING && !finishConnect() && state == State.CONNECTING) {
            return false;
        }
        if (state == State.CLOSED) {
            throw new PosixException(Errno.EBADF);
        }
        throwPending();
        if (state != State.CONNECTED || shutWrite || dead) {
            throw new PosixException(Errno.EPIPE);
        }
        return true;
    }

    private void throwPending() throws PosixException {
        Errno error = pendingError;
        if (error != null) {
            pendingError = null;
            settle();
            throw new PosixException(error);
        }
    }

    /** The connection broke under a read or a write. */
    private PosixException lost(IOException e, boolean reading) {
        Errno errno = Errno.of(e);
        if (errno != Errno.EBADF) {
            synchronized (this) {
                dead = true;
                spent |= reading;
                settle();
            }
        }
        return new PosixException(errno);
    }

    /** Shuts reading, writing or both; ENOTCONN without a connection, as Linux even for one that is over. */
    public synchronized void shutdown(boolean reading, boolean writing) throws PosixException {
        used();
        if (state == State.CONNECTING) {
            finishConnect();
        }
        switch (state) {
            case LISTENING -> {
                if (reading) {
                    stopListening();
                }
            }
            case CONNECTING -> {
                close(live(channel)); // Linux gives the attempt up (tcp_disconnect)
                giveUpChosenPort();
                disconnected();
            }
            case CONNECTED -> {
                lookForReset();
                boolean over = isOver();
                shutWhenOver |= over && unconfirmed;
                unconfirmed = false;
                shut(reading, writing && !over);
                if (over) {
                    throw new PosixException(Errno.ENOTCONN);
                }
            }
            case CLOSED -> throw new PosixException(Errno.EBADF);
            default -> {
                shutWhenOver |= state == State.FAILED;
                shutRead |= reading;
                shutWrite |= writing;
                settle();
                throw new PosixException(Errno.ENOTCONN);
            }
        }
    }

    private void shut(boolean reading, boolean writing) throws PosixException {
        SocketChannel open = live(channel);
        try {
            // SHUT_RD sends nothing, and Linux still delivers what has come and what will;
            // SocketChannel.shutdownInput would throw it away, so it is a flag.
            shutRead |= reading;
            if (writing && !shutWrite) {
                open.shutdownOutput();
                shutWrite = true;
            }
            if (shutRead && shutWrite && !inputShut) {
                // But shut both ways it answers what comes with a reset (FIN_WAIT in tcp_rcv_state_process).
                ReadAhead kept = fillAhead(ReadAhead.LIMIT);
                if (kept == null || !kept.isFull()) {
                    open.shutdownInput();
                    inputShut = true;
                }
            }
        } catch (IOException e) {
            throw PosixException.of(e);
        }
        settle();
    }

    /** TCP_CLOSE: a reset, or FINs in both directions. Looks behind unread bytes for the peer's FIN. */
    private boolean isOver() {
        if (!dead && shutWrite) {
            fillAhead(ReadAhead.LIMIT);
        }
        return dead || (shutWrite && finished);
    }

    // ---------------------------------------------------------------- options

    public void setOption(Option option, int value) throws PosixException {
        buryChannel();
        synchronized (this) {
            options.set(network(), option, value);
        }
    }

    /** The option's value; SO_ERROR's is an ordinal of {@link Errno} plus one, 0 for none: see {@link #takeError}. */
    public int option(Option option) throws PosixException {
        buryChannel();
        synchronized (this) {
            NetworkChannel open = network();
            if (option == Option.SO_ACCEPTCONN) {
                return state == State.LISTENING ? 1 : 0;
            }
            return options.get(open, option);
        }
    }

    /** SO_ERROR: the pending error, which is cleared; null when there is none. */
    public synchronized @Nullable Errno takeError() throws PosixException {
        if (state == State.CLOSED) {
            throw new PosixException(Errno.EBADF);
        }
        if (state == State.CONNECTING) {
            finishConnect();
        } else if (state == State.CONNECTED) {
            lookForReset();
        }
        Errno error = pendingError;
        if (error != null) {
            pendingError = null;
            settle();
        }
        return error;
    }

    private NetworkChannel network() throws PosixException {
        if (state == State.CLOSED) {
            throw new PosixException(Errno.EBADF);
        }
        ServerSocketChannel listening = listener;
        return listening != null ? listening : usable();
    }

    // ---------------------------------------------------------------- readiness

    @Override
    boolean pollable() {
        return true;
    }

    @Override
    @Nullable
    SelectableChannel selectable() {
        return switch (state) {
            case CONNECTING, CONNECTED -> channel;
            case LISTENING -> listener;
            default -> null;
        };
    }

    @Override
    int interestOps(int events) {
        return switch (state) {
            case CONNECTING -> SelectionKey.OP_CONNECT;
            case LISTENING -> (events & Events.READ) != 0 ? SelectionKey.OP_ACCEPT : 0;
            case CONNECTED -> {
                int ops = (events & Events.WRITE) != 0 && !shutWrite ? SelectionKey.OP_WRITE : 0;
                ReadAhead kept = ahead;
                boolean full = kept != null && kept.isFull();
                // Reading is watched even if nobody asked: without it a hang-up or a reset is never heard of.
                if (!finished && !full && ((events & Events.READ) != 0 || ops == 0)) {
                    ops |= SelectionKey.OP_READ;
                }
                yield dead ? 0 : ops;
            }
            default -> 0;
        };
    }

    @Override
    int standing() {
        int events = pendingError != null ? Events.ERR : 0;
        switch (state) {
            case FRESH -> events |= Events.OUT | Events.HUP;
            case CONNECTED, FAILED -> {
                if (ahead != null) {
                    events |= Events.IN;
                }
                if (shutWrite) {
                    events |= Events.OUT;
                }
                if (finished || dead || shutRead) {
                    events |= Events.IN | Events.RDHUP;
                }
                if (dead || ((finished || shutRead) && shutWrite)) {
                    events |= Events.HUP | Events.OUT;
                }
            }
            default -> {
                return 0;
            }
        }
        if (shutRead) {
            events |= Events.IN | Events.RDHUP;
        }
        return Events.withSynonyms(events);
    }

    @Override
    int ready(int events, int readyOps, Precision precision) {
        if (state == State.CONNECTING) {
            synchronized (this) {
                if (finishConnect()) {
                    readyOps = SelectionKey.OP_WRITE;
                }
            }
        }
        int found = 0;
        if (state == State.LISTENING) {
            return (readyOps & SelectionKey.OP_ACCEPT) != 0 ? Events.withSynonyms(Events.IN) : 0;
        }
        if (state == State.CONNECTED) {
            if ((readyOps & SelectionKey.OP_WRITE) != 0) {
                found |= Events.OUT;
            }
            if ((readyOps & SelectionKey.OP_READ) != 0) {
                found |= looksClosely(events, precision) ? look(events) : Events.IN;
            } else if (precision != Precision.COARSE && readyOps != 0 && (events & Events.READ) == 0) {
                // An error or hang-up shows as whatever was asked, so a writable socket may be a broken one.
                lookForReset();
            }
        }
        return Events.withSynonyms(found) | standing();
    }

    private boolean looksClosely(int events, Precision precision) {
        if ((events & Events.READ) == 0) {
            return true; // who does not ask to read must not find the same bytes again and again: look takes them in
        }
        if (precision == Precision.COARSE) {
            return false;
        }
        boolean again = toldReadable;
        toldReadable = true;
        return again || precision == Precision.AT_ONCE || shutWrite || (events & Events.RDHUP) != 0;
    }

    /** The kernel says readable: bytes, the end, or a reset? */
    private int look(int events) {
        boolean wantsBytes = (events & (Events.IN | Events.RDNORM)) != 0;
        if (wantsBytes && !shutWrite && available() > 0) {
            return Events.IN;
        }
        synchronized (this) {
            // Nothing to read is the end or a reset, which only a read tells. If only a hang-up is of interest, it may
            // stand behind bytes: take them in, within the limit, or the kernel would report them again and again.
            fillAhead(wantsBytes && !shutWrite ? 1 : ReadAhead.LIMIT);
            changed();
            return 0;
        }
    }

    private synchronized void lookForReset() {
        // A reset behind the end of file cannot be seen: read(2) says 0 for ever (SOCK_DONE in tcp_recvmsg).
        if (state == State.CONNECTED && !dead && !finished && ahead == null && available() == 0) {
            fillAhead(1);
        }
    }

    /** FIONREAD, through the only door that java.nio has for it; 0 at the end of file and after a reset. */
    private int available() {
        try {
            InputStream door = input;
            if (door == null) {
                SocketChannel open = channel;
                if (open == null) {
                    return 0;
                }
                door = open.socket().getInputStream();
                input = door;
            }
            return door.available();
        } catch (IOException e) {
            return 0;
        }
    }

    /** After every change of state: whether recv is a plain read, and everybody who watches looks again. */
    private void settle() {
        plain = state == State.CONNECTED && ahead == null && !finished && !dead && !shutRead && pendingError == null;
        changed();
    }

    private static <C> C live(@Nullable C channel) throws PosixException {
        if (channel == null) {
            throw new PosixException(Errno.EBADF);
        }
        return channel;
    }

    @Override
    void release() {
        NetworkChannel open;
        synchronized (this) {
            SocketChannel client = channel;
            open = client != null ? client : listener;
            if (client != null && ahead != null && state == State.CONNECTED && !dead) {
                resetOnClose(client);
            }
            state = State.CLOSED;
            plain = false;
            ahead = null;
        }
        if (open != null) {
            close(open);
        }
    }

    /** Linux resets a connection that is closed with unread bytes (tcp_close), but ours are not in the kernel. */
    private static void resetOnClose(SocketChannel client) {
        try {
            client.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            System.getLogger(StreamSocket.class.getName()).log(System.Logger.Level.DEBUG, "already broken", e);
        }
    }

    private static void close(NetworkChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger(StreamSocket.class.getName()).log(System.Logger.Level.WARNING, "close failed", e);
        }
    }
}
