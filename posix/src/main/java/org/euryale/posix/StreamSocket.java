package org.euryale.posix;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
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
 */

/**
 * A TCP socket with Linux's behaviour. Non-blocking: what would wait says {@link OpenFile#WOULD_BLOCK}, null or
 * EINPROGRESS. Any thread may call anything.
 */
public final class StreamSocket extends Connection {
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
    private volatile @Nullable ServerSocketChannel listener;

    /** Where the program (or listen) has bound it, null when the kernel is to choose; port 0 when it is to do so anew. */
    private @Nullable InetSocketAddress bound;

    /** The program has chosen the port, not the kernel. */
    private boolean portGiven;

    /** Set when an established connection has not yet been confirmed by a second connect(). */
    private boolean unconfirmed;

    /** Shut after its unconfirmed connection had ended: SS_DISCONNECTING in the kernel, and connect never works again. */
    private boolean shutWhenOver;

    private StreamSocket(Family family, ChannelOptions options, SocketChannel channel, State state) {
        super(channel, state == State.CONNECTED);
        this.family = family;
        this.options = options;
        this.state = state;
    }

    /** A new socket; EMFILE or EAFNOSUPPORT. */
    public static StreamSocket open(Family family) throws PosixException {
        return open(family, null);
    }

    /**
     * A new socket; EMFILE or EAFNOSUPPORT.
     *
     * @param kernel for options that the JDK has not, null where it cannot be called
     */
    public static StreamSocket open(Family family, @Nullable SocketKernel kernel) throws PosixException {
        SocketChannel channel = Shortage.retried(() -> openChannel(family));
        return new StreamSocket(family, new ChannelOptions(kernel), channel, State.FRESH);
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

    @Override
    public Family family() {
        return family;
    }

    // ---------------------------------------------------------------- addresses

    /** Binds at once. EADDRINUSE, EADDRNOTAVAIL, EACCES; EINVAL when it has an address already. */
    @Override
    public void bind(SocketAddress to) throws PosixException {
        InetSocketAddress address = internet(to);
        Shortage.retrying(() -> {
            buryChannel();
            synchronized (this) {
                bindHere(address);
            }
        });
    }

    private void bindHere(InetSocketAddress address) throws PosixException {
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
    @Override
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
    @Override
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

    @Override
    public InetSocketAddress acceptedFrom() throws PosixException {
        SocketChannel accepted = live(channel);
        try {
            return (InetSocketAddress) accepted.getRemoteAddress();
        } catch (ClosedChannelException e) {
            return (InetSocketAddress)
                    accepted.socket().getRemoteSocketAddress(); // which does not look whether it is open
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    // ---------------------------------------------------------------- listening

    /** Listens; EADDRINUSE when somebody else listens there, EINVAL on a connected socket. */
    @Override
    public void listen(int backlog) throws PosixException {
        Shortage.retrying(() -> {
            buryChannel();
            synchronized (this) {
                beginListening(backlog);
            }
        });
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
        forget();
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
    @Override
    public @Nullable StreamSocket accept() throws PosixException {
        try {
            return acceptNext();
        } catch (PosixException e) {
            if (!Shortage.relieved(e)) {
                throw e;
            }
            return acceptNext();
        }
    }

    private @Nullable StreamSocket acceptNext() throws PosixException {
        ServerSocketChannel listening = listener;
        if (state != State.LISTENING || listening == null) {
            throw new PosixException(state == State.CLOSED ? Errno.EBADF : Errno.EINVAL);
        }
        used(Events.READ);
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
        unconfirmed = false;
        forget();
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
    @Override
    public void connect(SocketAddress to) throws PosixException {
        InetSocketAddress address = internet(to);
        used(Events.READ | Events.WRITE);
        Shortage.retrying(() -> {
            buryChannel();
            synchronized (this) {
                connectOrTell(address);
            }
        });
    }

    private void connectOrTell(InetSocketAddress address) throws PosixException {
        if (isConnecting()) {
            throw new PosixException(Errno.EALREADY);
        }
        if (shutWhenOver) {
            throw new PosixException(Errno.EINVAL);
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
            established = client.connect(family.reachable(address));
        } catch (UnsupportedAddressTypeException e) {
            throw new PosixException(Errno.EAFNOSUPPORT);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
        if (established) {
            state = State.CONNECTED;
            established();
        } else {
            state = State.CONNECTING;
            changed();
            throw new PosixException(Errno.EINPROGRESS);
        }
    }

    /** A connection that ended before a second connect() confirmed it: the kernel tells why and makes it fresh. */
    private PosixException disconnect() {
        Errno error = takePending();
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
            established();
            return true;
        } catch (IOException e) {
            state = State.FAILED;
            giveUpChosenPort();
            failed(Errno.of(e));
            return false;
        }
    }

    @Override
    boolean isConnected() {
        return state == State.CONNECTED;
    }

    @Override
    boolean isConnecting() throws PosixException {
        if (state == State.CLOSED) {
            throw new PosixException(Errno.EBADF);
        }
        return state == State.CONNECTING && !finishConnect() && state == State.CONNECTING;
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

    // ---------------------------------------------------------------- shutdown and end

    /** Shuts reading, writing or both; ENOTCONN without a connection, as Linux even for one that is over. */
    @Override
    public synchronized void shutdown(boolean reading, boolean writing) throws PosixException {
        used(Events.READ | Events.WRITE);
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
                shutBeforehand(reading, writing);
                throw new PosixException(Errno.ENOTCONN);
            }
        }
    }

    // ---------------------------------------------------------------- options

    @Override
    public void setOption(Option option, int value) throws PosixException {
        buryChannel();
        synchronized (this) {
            options.set(network(), option, value);
        }
    }

    /** The option's value; SO_ERROR's is an ordinal of {@link Errno} plus one, 0 for none: see {@link #takeError}. */
    @Override
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
    @Override
    public synchronized @Nullable Errno takeError() throws PosixException {
        if (state == State.CLOSED) {
            throw new PosixException(Errno.EBADF);
        }
        if (state == State.CONNECTING) {
            finishConnect();
        } else if (state == State.CONNECTED) {
            lookForReset();
        }
        return takePending();
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
    @Nullable
    Channel channel() {
        return state == State.LISTENING ? listener : channel;
    }

    @Override
    int interestOps(int events) {
        return switch (state) {
            case CONNECTING -> SelectionKey.OP_CONNECT;
            case LISTENING -> (events & Events.READ) != 0 ? SelectionKey.OP_ACCEPT : 0;
            case CONNECTED -> connectionOps(events);
            default -> 0;
        };
    }

    @Override
    int standing() {
        return switch (state) {
            case FRESH -> Events.withSynonyms(Events.OUT | Events.HUP | conditions());
            case CONNECTED, FAILED -> Events.withSynonyms(conditions());
            default -> 0;
        };
    }

    @Override
    int ready(int events, int readyOps, Precision precision) {
        int ops = readyOps;
        if (state == State.CONNECTING) {
            synchronized (this) {
                if (finishConnect()) {
                    ops = SelectionKey.OP_WRITE;
                }
            }
        }
        return switch (state) {
            case LISTENING -> (ops & SelectionKey.OP_ACCEPT) != 0 ? Events.withSynonyms(Events.IN) : 0;
            case CONNECTED -> Events.withSynonyms(found(events, ops, precision) | conditions());
            default -> standing();
        };
    }

    @Override
    void release() {
        NetworkChannel open;
        synchronized (this) {
            SocketChannel client = channel;
            open = client != null ? client : listener;
            if (client != null && state == State.CONNECTED && hasUnread()) {
                resetOnClose(client);
            }
            state = State.CLOSED;
            forget();
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
