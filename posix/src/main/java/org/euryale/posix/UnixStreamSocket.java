package org.euryale.posix;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * As a TCP socket (see StreamSocket) it begins as a SocketChannel, which is bound for real and gives way to a server
 * channel when it listens; UnixPath tells how the second one gets the place of the first. A connect comes about or fails
 * at once: there is no handshake, and with a full backlog it is EAGAIN (unix_stream_connect).
 *
 * java.nio knows paths alone, and only those that are text. For a socket that is bound or connected to another name, the
 * kernel's own calls do the work (KernelSocket), where they can be called.
 */

/**
 * A UNIX stream socket with Linux's behaviour. Non-blocking: what would wait says {@link OpenFile#WOULD_BLOCK}, null or
 * EAGAIN. Any thread may call anything.
 */
public final class UnixStreamSocket extends Connection {
    private enum State {
        FRESH,
        CONNECTED,
        LISTENING,
        CLOSED
    }

    private final @Nullable SocketKernel kernel;
    private final UnixOptions options;
    private volatile State state;
    private volatile @Nullable ServerSocketChannel listener;
    private volatile UnixAddress local = UnixAddress.UNNAMED;
    private volatile UnixAddress remote = UnixAddress.UNNAMED;
    private @Nullable UnixPath place;
    private boolean listenerShut;

    /** Does everything in place of a channel, once the program has used a name that the JDK has not. */
    private volatile @Nullable KernelSocket instead;

    /** Where a thread waits for room in a backlog. */
    private volatile @Nullable SocketChannel waiting;

    private UnixStreamSocket(
            @Nullable SocketKernel kernel, UnixOptions options, SocketChannel channel, boolean connected) {
        super(channel, connected);
        this.kernel = kernel;
        this.options = options;
        state = connected ? State.CONNECTED : State.FRESH;
    }

    /**
     * A new socket; EMFILE, or EAFNOSUPPORT where the platform has none.
     *
     * @param kernel for names that the JDK has not; null where it cannot be called, and those are EINVAL
     */
    public static UnixStreamSocket open(@Nullable SocketKernel kernel) throws PosixException {
        return new UnixStreamSocket(kernel, new UnixOptions(), openChannel(), false);
    }

    private static SocketChannel openChannel() throws PosixException {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.configureBlocking(false);
            return channel;
        } catch (UnsupportedOperationException e) {
            throw new PosixException(Errno.EAFNOSUPPORT);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /** Two sockets that are connected with each other. */
    public record Pair(UnixStreamSocket one, UnixStreamSocket other) {}

    /** As {@code socketpair(2)}; EMFILE. They meet at a path that nobody else can reach and that is gone afterwards. */
    public static Pair pair(@Nullable SocketKernel kernel) throws PosixException {
        SocketChannel[] ends = new SocketChannel[2];
        try {
            UnixPath.lend(address -> {
                try (ServerSocketChannel meeting = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                    meeting.bind(address, 1);
                    ends[0] = SocketChannel.open(address);
                    ends[1] = meeting.accept();
                }
            });
            for (SocketChannel end : ends) {
                end.configureBlocking(false);
            }
            return new Pair(
                    new UnixStreamSocket(kernel, new UnixOptions(), ends[0], true),
                    new UnixStreamSocket(kernel, new UnixOptions(), ends[1], true));
        } catch (UnsupportedOperationException e) {
            throw new PosixException(Errno.EAFNOSUPPORT);
        } catch (IOException e) {
            for (SocketChannel end : ends) {
                if (end != null) {
                    close(end);
                }
            }
            throw PosixException.of(e);
        }
    }

    @Override
    public Family family() {
        return Family.UNIX;
    }

    /** The kernel's socket that does the work, null while a channel does. */
    public @Nullable KernelSocket kernelSocket() {
        return instead;
    }

    private static UnixAddress unix(SocketAddress address) throws PosixException {
        if (address instanceof UnixAddress unix) {
            return unix;
        }
        throw new PosixException(Errno.EINVAL);
    }

    // ---------------------------------------------------------------- addresses

    /**
     * Binds at once, which makes the file. EADDRINUSE when there is a file of this name, ENOENT, EACCES; EINVAL when it
     * has an address already.
     */
    @Override
    public void bind(SocketAddress to) throws PosixException {
        UnixAddress address = unix(to);
        Shortage.retrying(() -> bind(address));
    }

    private synchronized void bind(UnixAddress address) throws PosixException {
        KernelSocket other = instead;
        if (other != null) {
            other.bind(address);
            return;
        }
        if (state == State.CLOSED) {
            throw new PosixException(Errno.EBADF);
        }
        Path path = address.path();
        if (path != null && (place != null || state != State.FRESH)) {
            throw refusal(path); // the kernel makes the file before it looks at the socket (unix_bind_bsd)
        }
        if (path == null) {
            byKernel().bind(address);
            return;
        }
        UnixPath bound = new UnixPath(path);
        try {
            SocketChannel client = usable();
            bound.bind(client::bind);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
        place = bound;
        local = address;
    }

    private static PosixException refusal(Path path) {
        try {
            FileStatus.of(path);
            return new PosixException(Errno.EADDRINUSE);
        } catch (PosixException e) {
            Path parent = path.getParent();
            return e.errno() == Errno.ENOENT && parent != null && Files.isDirectory(parent)
                    ? new PosixException(Errno.EINVAL)
                    : e;
        }
    }

    /** From here on the kernel's own calls do the work; EINVAL where they cannot. */
    private KernelSocket byKernel() throws PosixException {
        if (kernel == null || state != State.FRESH || place != null) {
            throw new PosixException(Errno.EINVAL);
        }
        KernelSocket made = KernelSocket.open(kernel, Family.UNIX, KernelSocket.SOCK_STREAM, 0);
        made.worksFor(this);
        options.replay(made);
        SocketChannel unused = channel;
        channel = null;
        instead = made;
        if (unused != null) {
            close(unused);
        }
        changed();
        return made;
    }

    @Override
    public SocketAddress localAddress() throws PosixException {
        KernelSocket other = instead;
        if (other != null) {
            return other.localAddress();
        }
        if (isClosed()) {
            throw new PosixException(Errno.EBADF);
        }
        return local;
    }

    /** The peer's name, as this socket's own connect was given it; ENOTCONN while there is no peer. */
    @Override
    public SocketAddress remoteAddress() throws PosixException {
        KernelSocket other = instead;
        if (other != null) {
            return other.remoteAddress();
        }
        if (isClosed() || state != State.CONNECTED) {
            throw new PosixException(isClosed() ? Errno.EBADF : Errno.ENOTCONN);
        }
        return remote;
    }

    // ---------------------------------------------------------------- listening

    /** Lets others connect to the name it is bound to; EINVAL without one and for one that is connected. */
    @Override
    public void listen(int backlog) throws PosixException {
        Shortage.retrying(() -> beginListening(backlog));
    }

    private synchronized void beginListening(int backlog) throws PosixException {
        KernelSocket other = instead;
        if (other != null) {
            other.listen(backlog);
            return;
        }
        UnixPath bound = place;
        if (state == State.LISTENING) {
            return; // Linux would take the new backlog; java.nio cannot change it
        }
        if (state != State.FRESH || bound == null) {
            throw new PosixException(state == State.CLOSED ? Errno.EBADF : Errno.EINVAL);
        }
        ServerSocketChannel listening = null;
        try {
            SocketChannel holder = usable();
            listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.configureBlocking(false);
            options.beforeListening(holder, listening);
            ServerSocketChannel binds = listening;
            // A backlog below 1 would become the JDK's default of 50; the kernel's 0 takes one connection, too.
            bound.bindAgain(address -> binds.bind(address, Math.max(1, backlog)));
            holder.close();
        } catch (IOException e) {
            if (listening != null) {
                close(listening);
            }
            options.notListening();
            throw PosixException.of(e);
        }
        listener = listening;
        channel = null;
        state = State.LISTENING;
        forget();
    }

    /** The next connection, null when there is none. EINVAL when it does not listen; EMFILE. */
    @Override
    public @Nullable Socket accept() throws PosixException {
        try {
            return acceptNext();
        } catch (PosixException e) {
            if (!Shortage.relieved(e)) {
                throw e;
            }
            return acceptNext();
        }
    }

    private @Nullable Socket acceptNext() throws PosixException {
        KernelSocket other = instead;
        if (other != null) {
            return other.accept();
        }
        ServerSocketChannel listening = listener;
        if (state != State.LISTENING || listening == null) {
            throw new PosixException(state == State.CLOSED ? Errno.EBADF : Errno.EINVAL);
        }
        used(Events.READ);
        try {
            SocketChannel accepted = listening.accept();
            if (accepted == null) {
                return nobody();
            }
            accepted.configureBlocking(false);
            UnixOptions inherited;
            synchronized (this) {
                inherited = options.inherit(accepted);
            }
            UnixStreamSocket socket = new UnixStreamSocket(kernel, inherited, accepted, true);
            socket.local = local;
            if (accepted.getRemoteAddress() instanceof UnixDomainSocketAddress from) {
                socket.remote = UnixAddress.of(from.getPath());
            }
            return socket;
        } catch (ClosedChannelException e) {
            throw new PosixException(Errno.EBADF);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /** Whose reading is shut accepts those who wait, and nobody else: they find a socket that does not listen. */
    private void refuse() throws PosixException {
        listenerShut = true;
        changed();
        UnixPath bound = place;
        if (bound == null) {
            return;
        }
        try (SocketChannel silent = openChannel()) {
            bound.bindAgain(silent::bind);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /** Null, or where nobody can come any more what accept(2) says in place of waiting. */
    private @Nullable Socket nobody() throws PosixException {
        if (listenerShut && !nonBlocking()) {
            throw new PosixException(Errno.EINVAL);
        }
        return null;
    }

    // ---------------------------------------------------------------- connecting

    /**
     * Connects, at once or not at all. ECONNREFUSED where nobody listens, ENOENT, EACCES, EPROTOTYPE; EAGAIN when too
     * many wait to be accepted; EISCONN when it is connected.
     */
    @Override
    public void connect(SocketAddress to) throws PosixException {
        UnixAddress address = unix(to);
        Shortage.retrying(() -> connectNow(address));
    }

    private synchronized void connectNow(UnixAddress address) throws PosixException {
        used(Events.READ | Events.WRITE);
        Path path = path(address);
        if (path == null) {
            byKernelOrFail().connect(address);
            return;
        }
        try {
            SocketChannel client = usable();
            UnixPath.reach(path, client::connect);
            connected(address);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    private KernelSocket byKernelOrFail() throws PosixException {
        KernelSocket other = instead;
        return other != null ? other : byKernel();
    }

    /** Where to connect to, null where a channel cannot; the errors of a socket that cannot connect. */
    private @Nullable Path path(UnixAddress address) throws PosixException {
        if (instead != null || state == State.CLOSED) {
            if (state == State.CLOSED) {
                throw new PosixException(Errno.EBADF);
            }
            return null;
        }
        if (address.name().isEmpty()) {
            throw new PosixException(Errno.EINVAL);
        }
        Path path = address.path();
        if (state != State.FRESH) {
            if (path != null) {
                FileStatus.of(path); // which the kernel looks for first
            }
            throw new PosixException(state == State.CONNECTED ? Errno.EISCONN : Errno.EINVAL);
        }
        return path;
    }

    private void connected(UnixAddress address) {
        remote = address;
        state = State.CONNECTED;
        established();
    }

    /**
     * Connects as a blocking socket does: where too many wait to be accepted, it waits to be one of them.
     *
     * @throws PosixException as {@link #connect}, EAGAIN for a name that the JDK has not alone; EINTR when the thread was interrupted, EBADF when the
     *     socket was closed meanwhile
     */
    public void connectWaiting(UnixAddress address) throws PosixException {
        Path path = address.path();
        Shortage.retrying(() -> {
            synchronized (this) {
                waiting = path(address) == null ? null : usable();
            }
        });
        SocketChannel client = waiting;
        if (path == null || client == null) {
            connect(address); // the kernel's own socket never waits
            return;
        }
        try {
            client.configureBlocking(true);
            UnixPath.reach(path, client::connect);
            client.configureBlocking(false);
            synchronized (this) {
                if (state == State.FRESH) {
                    connected(address);
                }
            }
        } catch (ClosedByInterruptException e) {
            boolean taken = Thread.interrupted();
            throw new PosixException(taken || !isClosed() ? Errno.EINTR : Errno.EBADF);
        } catch (AsynchronousCloseException e) {
            throw new PosixException(Errno.EBADF);
        } catch (IOException e) {
            throw PosixException.of(e);
        } finally {
            waiting = null;
        }
    }

    /** The channel; a new one, on the old address, when a failed connect has closed the first. */
    private SocketChannel usable() throws PosixException {
        SocketChannel client = channel;
        if (client != null && client.isOpen()) {
            return client;
        }
        SocketChannel fresh = openChannel();
        try {
            options.replay(fresh);
            if (place != null) {
                place.bindAnew(fresh::bind);
            }
        } catch (IOException e) {
            close(fresh);
            throw PosixException.of(e);
        }
        channel = fresh;
        return fresh;
    }

    // ---------------------------------------------------------------- data

    /** Whether it has a peer, over or not. */
    public boolean isConnectedNow() throws PosixException {
        KernelSocket other = instead;
        if (other == null) {
            return state == State.CONNECTED;
        }
        try {
            other.remoteAddress();
            return true;
        } catch (PosixException e) {
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
        return false;
    }

    @Override
    public int recv(ByteBuffer into, int flags) throws PosixException {
        if (state != State.CONNECTED) {
            KernelSocket other = instead;
            if (other != null) {
                used(Events.READ);
                return other.recv(into, flags);
            }
            throw new PosixException(state == State.CLOSED ? Errno.EBADF : Errno.EINVAL);
        }
        return super.recv(into, flags);
    }

    @Override
    public int send(ByteBuffer from, int flags) throws PosixException {
        if (state != State.CONNECTED) {
            KernelSocket other = instead;
            if (other != null) {
                used(Events.WRITE);
                return other.send(from, flags);
            }
            throw new PosixException(state == State.CLOSED ? Errno.EBADF : Errno.ENOTCONN);
        }
        if (flags == 0 && isBroken()) {
            throw new PosixException(Errno.EPIPE); // before the pending error, which stays (unix_stream_sendmsg)
        }
        return super.send(from, flags);
    }

    @Override
    public int sendMessage(SocketKernel kernel, ByteBuffer from, int flags, List<ControlMessage> control)
            throws PosixException {
        KernelSocket other = instead;
        if (other != null) {
            used(Events.WRITE);
            return other.sendMessage(kernel, from, flags, control);
        }
        if (state != State.CONNECTED) {
            throw new PosixException(state == State.CLOSED ? Errno.EBADF : Errno.ENOTCONN);
        }
        return super.sendMessage(kernel, from, flags, control);
    }

    @Override
    public SocketKernel.@Nullable Message recvMessage(SocketKernel kernel, ByteBuffer into, int flags, int room)
            throws PosixException {
        KernelSocket other = instead;
        if (other != null) {
            used(Events.READ);
            return other.recvMessage(kernel, into, flags, room);
        }
        if (state != State.CONNECTED) {
            throw new PosixException(state == State.CLOSED ? Errno.EBADF : Errno.EINVAL);
        }
        return super.recvMessage(kernel, into, flags, room);
    }

    /** Asks the kernel where that can be called: a look that reads would lose descriptors that came with the bytes. */
    @Override
    int available() {
        SocketKernel asked = kernel;
        if (asked == null) {
            return super.available();
        }
        try {
            return asked.files().available(kernelNumber(asked.files()));
        } catch (PosixException e) {
            return 0;
        }
    }

    /** Ends reading, writing or both; the peer's writing ends with the reading. Of one without a peer, too. */
    @Override
    public synchronized void shutdown(boolean reading, boolean writing) throws PosixException {
        used(Events.READ | Events.WRITE);
        KernelSocket other = instead;
        if (other != null) {
            other.shutdown(reading, writing);
            return;
        }
        switch (state) {
            case CONNECTED -> {
                lookForReset();
                shut(reading, writing && !isBroken());
            }
            case LISTENING -> {
                if (reading && !listenerShut) {
                    refuse();
                }
            }
            case CLOSED -> throw new PosixException(Errno.EBADF);
            default -> shutBeforehand(reading, writing);
        }
    }

    // ---------------------------------------------------------------- options

    @Override
    public synchronized void setOption(Option option, int value) throws PosixException {
        KernelSocket other = instead;
        if (other != null) {
            other.setOption(option, value);
        } else {
            options.set(network(), option, value);
        }
    }

    @Override
    public synchronized int option(Option option) throws PosixException {
        KernelSocket other = instead;
        if (other != null) {
            return other.option(option);
        }
        NetworkChannel open = network();
        if (option == Option.SO_ACCEPTCONN) {
            return state == State.LISTENING ? 1 : 0;
        }
        return options.get(open, option);
    }

    /** The process, user and group of the peer when it connected, or this one's when it listens: struct ucred. */
    public synchronized int[] credentials() throws PosixException {
        SocketKernel asked = kernel;
        NetworkChannel open = network();
        if (asked == null) {
            throw new PosixException(Errno.ENOPROTOOPT);
        }
        return switch (state) {
            case CONNECTED -> asked.credentials(open);
            case LISTENING -> asked.credentials();
            default -> new int[] {0, -1, -1};
        };
    }

    @Override
    public synchronized @Nullable Errno takeError() throws PosixException {
        KernelSocket other = instead;
        if (other != null) {
            return other.takeError();
        }
        if (state == State.CLOSED) {
            throw new PosixException(Errno.EBADF);
        }
        if (state == State.CONNECTED) {
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
            case CONNECTED -> channel;
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
    public int kernelNumber(Kernel kernel) throws PosixException {
        KernelSocket other = instead;
        return other != null ? other.kernelNumber(kernel) : super.kernelNumber(kernel);
    }

    @Override
    public int lend(Kernel kernel) throws PosixException {
        KernelSocket other = instead;
        if (other == null) {
            return super.lend(kernel);
        }
        other.nonBlocking(nonBlocking());
        return other.lend(kernel);
    }

    @Override
    int interestOps(int events) {
        return switch (state) {
            case LISTENING -> (events & Events.READ) != 0 ? SelectionKey.OP_ACCEPT : 0;
            case CONNECTED -> connectionOps(events);
            default -> 0;
        };
    }

    /** unix_poll in the kernel. */
    @Override
    int standing() {
        KernelSocket other = instead;
        if (other != null) {
            return other.standing();
        }
        return switch (state) {
            case FRESH -> writable(Events.withSynonyms(Events.OUT | Events.HUP | conditions()));
            case CONNECTED -> writable(Events.withSynonyms(conditions()));
            case LISTENING -> listenerShut ? Events.withSynonyms(Events.IN | Events.RDHUP) : 0;
            default -> 0;
        };
    }

    private static int writable(int events) {
        return (events & Events.OUT) != 0 ? events | Events.WRBAND : events;
    }

    @Override
    int ready(int events, int readyOps, Precision precision) {
        return switch (state) {
            case LISTENING ->
                standing() | ((readyOps & SelectionKey.OP_ACCEPT) != 0 ? Events.withSynonyms(Events.IN) : 0);
            case CONNECTED -> writable(Events.withSynonyms(found(events, readyOps, precision) | conditions()));
            default -> standing();
        };
    }

    @Override
    void release() {
        SocketChannel client;
        ServerSocketChannel listening;
        KernelSocket other;
        SocketChannel connecting = waiting;
        if (connecting != null) {
            close(connecting);
        }
        synchronized (this) {
            client = channel;
            listening = listener;
            other = instead;
            state = State.CLOSED;
            forget();
        }
        if (client != null) {
            close(client);
        }
        if (listening != null) {
            close(listening);
        }
        if (other != null) {
            other.release();
        }
    }

    private static void close(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger(UnixStreamSocket.class.getName()).log(System.Logger.Level.WARNING, "close failed", e);
        }
    }
}
