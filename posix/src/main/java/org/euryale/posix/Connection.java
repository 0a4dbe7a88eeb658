package org.euryale.posix;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * The kernel keeps one pending error a socket (sk_err): SO_ERROR, send and recv report it once and clear it. Where we
 * learn of an error before the program asks (a connect finished by the poller, a reset found while polling) it is in
 * pendingError, with the same rule.
 *
 * Two ways have five ends between them: shutRead and shutWrite are what the program said, finished is the peer's FIN,
 * dead is TCP_CLOSE, and spent is that nothing more can be read. What follows from them is one method each: recv and
 * send, and standing for the pollers.
 *
 * UNIX sockets share the kernel's flags: shutting one end's reading shuts the other's writing, and there is no FIN on its
 * way. So SHUT_RD is told to the kernel at once, and EPIPE says that the writing is shut, not that all is over.
 *
 * A poller has to know whether "readable" is bytes, the end or a reset, and only a read tells. What such a look takes
 * from the kernel waits in ahead, as MSG_PEEK's bytes do; recv takes from there first.
 */

/**
 * The half of a stream socket that a connection needs: its bytes both ways, their ends, and what went wrong. {@link
 * StreamSocket} and {@link UnixStreamSocket} are the other, which makes a socket connect or listen; two classes, but one
 * object a connection.
 */
public abstract sealed class Connection extends Socket permits StreamSocket, UnixStreamSocket {
    /** The client side's channel; null once it listens. */
    volatile @Nullable SocketChannel channel;

    /** The stream of a connection's channel, kept because to ask for it is dearer than to use it. */
    private @Nullable InputStream input;

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

    Connection(@Nullable SocketChannel channel, boolean established) {
        this.channel = channel;
        plain = established;
    }

    /** A connection is there. */
    final void established() {
        settle();
    }

    /** There will be none, for this reason. */
    final void failed(Errno reason) {
        pendingError = reason;
        dead = true;
        settle();
    }

    /** What tcp_disconnect leaves of a connection: nothing. */
    final void forget() {
        shutRead = false;
        shutWrite = false;
        finished = false;
        dead = false;
        spent = false;
        inputShut = false;
        input = null;
        ahead = null;
        pendingError = null;
        settle();
    }

    /** Whether bytes were taken from the kernel that nobody has read, of a connection that is not over. */
    final boolean hasUnread() {
        return ahead != null && !dead;
    }

    /** Whether there is a connection, over or not. */
    abstract boolean isConnected();

    /** Whether a connect is still under way, having looked; EBADF when the socket is closed. */
    abstract boolean isConnecting() throws PosixException;

    /**
     * Reads into {@code into}.
     *
     * @param flags 0 or {@link #MSG_PEEK}
     * @return the count, 0 at the end of file and when there is no room although there are bytes, {@link
     *     OpenFile#WOULD_BLOCK}
     * @throws PosixException ENOTCONN, ECONNRESET and other errors of the connection, once each
     */
    @Override
    public int recv(ByteBuffer into, int flags) throws PosixException {
        used(Events.READ);
        // One reader at a time: a poller, too, may take bytes in (look), and whose read came first decides their order.
        synchronized (this) {
            toldReadable = false;
            return plain && flags == 0 && into.hasRemaining() ? take(into) : recvSlowly(into, flags);
        }
    }

    private int take(ByteBuffer into) throws PosixException {
        SocketChannel open = live(channel);
        int count;
        try {
            count = open.read(into);
        } catch (IOException e) {
            throw lost(Errno.of(e), true);
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
        if (isConnecting()) {
            return WOULD_BLOCK;
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
        if (!isConnected() || finished || spent || inputShut || pendingError != null) {
            return count > 0 ? count : end();
        }
        if (peek) {
            return shutRead ? 0 : WOULD_BLOCK; // not another read: what came meanwhile must stay
        }
        if (count > 0) {
            return count + more(into);
        }
        int read = take(into);
        return read == WOULD_BLOCK && shutRead ? 0 : read;
    }

    /** What recv says when no byte is left: the end, once the pending error has been told. */
    private int end() throws PosixException {
        if (finished) {
            return 0; // SOCK_DONE comes before sk_err in tcp_recvmsg
        }
        throwPending();
        if (dead || shutRead) {
            return 0;
        }
        throw new PosixException(Errno.ENOTCONN);
    }

    /** Reads on behind bytes that were kept; an error or the end is left for the next call. */
    private int more(ByteBuffer into) {
        try {
            return Math.max(0, take(into));
        } catch (PosixException e) {
            pendingError = e.errno();
            return 0;
        }
    }

    private @Nullable ReadAhead fillAhead(int wanted) {
        ReadAhead kept = ahead;
        SocketChannel open = channel;
        if (!isConnected() || finished || spent || inputShut || pendingError != null || open == null) {
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
    @Override
    public int send(ByteBuffer from, int flags) throws PosixException {
        used(Events.WRITE);
        if (!from.hasRemaining()) {
            lookForReset(); // which write(2) would tell, but the JDK does not call it
        }
        if (flags != 0 || !isConnected() || shutWrite || dead || pendingError != null) {
            if (!checkSend(flags)) {
                return WOULD_BLOCK;
            }
        }
        SocketChannel open = live(channel);
        try {
            int count = open.write(from);
            return count == 0 && from.hasRemaining() ? WOULD_BLOCK : count;
        } catch (IOException e) {
            throw lost(Errno.of(e), false);
        }
    }

    /**
     * Sends what the kernel takes of a file, which no byte leaves the kernel for: sendfile(2). The file's own position stays.
     *
     * @param position in the file, in bytes
     * @return the count, {@link OpenFile#WOULD_BLOCK}, or 0 when the file ends before {@code position}
     * @throws PosixException as {@link #send}; EBADF when one of the two is closed or the file cannot be read, EIO and other
     *     errors of the file
     */
    public int sendFile(RegularFile file, long position, int count) throws PosixException {
        used(Events.WRITE);
        if ((!isConnected() || isBroken() || pendingError != null) && !checkSend(0)) {
            return WOULD_BLOCK;
        }
        SocketChannel open = live(channel);
        try {
            int sent = (int) file.channel().transferTo(position, count, open);
            // The JDK says 0 for EAGAIN, and for what lies behind the end, too.
            return sent == 0 && position < file.channel().size() ? WOULD_BLOCK : sent;
        } catch (NonReadableChannelException e) {
            throw new PosixException(Errno.EBADF);
        } catch (IOException e) {
            throw lost(Errno.of(e), false);
        }
    }

    /** False when the connection is still being made. */
    private synchronized boolean checkSend(int flags) throws PosixException {
        if ((flags & MSG_OOB) != 0) {
            throw new PosixException(Errno.EOPNOTSUPP);
        }
        if (isConnecting()) {
            return false;
        }
        throwPending();
        if (!isConnected() || shutWrite || dead) {
            throw new PosixException(Errno.EPIPE);
        }
        return true;
    }

    @Override
    public int sendMessage(SocketKernel kernel, ByteBuffer from, int flags, List<ControlMessage> control)
            throws PosixException {
        if ((!isConnected() || isBroken() || pendingError != null) && !checkSend(flags)) {
            return WOULD_BLOCK;
        }
        try {
            return super.sendMessage(kernel, from, flags, control);
        } catch (PosixException e) {
            throw told(e, false);
        }
    }

    /** As {@link #recv}: one call of the kernel's own, unless bytes were taken in that come first. */
    @Override
    public SocketKernel.@Nullable Message recvMessage(SocketKernel kernel, ByteBuffer into, int flags, int room)
            throws PosixException {
        used(Events.READ);
        synchronized (this) {
            toldReadable = false;
            if (!plain) {
                int count = recvSlowly(into, flags & (MSG_PEEK | MSG_OOB));
                return count == WOULD_BLOCK ? null : new SocketKernel.Message(count, 0, List.of());
            }
            try {
                boolean wanted = into.hasRemaining();
                SocketKernel.Message message = kernel.recvMessage(kernelNumber(kernel.files()), into, flags, room);
                if (message != null && message.count() == 0 && wanted) {
                    finished = true;
                    settle();
                }
                return message;
            } catch (PosixException e) {
                throw told(e, true);
            }
        }
    }

    /** What a call of the kernel's own has failed with: the end of the connection, or something about the call. */
    private PosixException told(PosixException e, boolean reading) {
        return e.errno() == Errno.EPIPE || e.errno() == Errno.ECONNRESET ? lost(e.errno(), reading) : e;
    }

    private void throwPending() throws PosixException {
        Errno error = takePending();
        if (error != null) {
            throw new PosixException(error);
        }
    }

    /** The pending error, which is told once. */
    final @Nullable Errno takePending() {
        Errno error = pendingError;
        if (error != null) {
            pendingError = null;
            settle();
        }
        return error;
    }

    /** The connection broke under a read or a write. */
    private PosixException lost(Errno errno, boolean reading) {
        if (errno != Errno.EBADF) {
            synchronized (this) {
                if (errno == Errno.EPIPE && isUnix()) {
                    shutWrite = true;
                } else {
                    dead = true;
                }
                spent |= reading;
                settle();
            }
        }
        return new PosixException(errno);
    }

    /** Shuts before there is a connection, or after it has failed: the kernel refuses, and remembers it. */
    final void shutBeforehand(boolean reading, boolean writing) {
        shutRead |= reading;
        shutWrite |= writing;
        settle();
    }

    /** Shuts the ways of a connection. */
    final void shut(boolean reading, boolean writing) throws PosixException {
        SocketChannel open = live(channel);
        try {
            // SHUT_RD sends nothing, and Linux still delivers what has come and what will;
            // SocketChannel.shutdownInput would throw it away, so it is a flag.
            shutRead |= reading;
            if (writing && !shutWrite) {
                open.shutdownOutput();
                shutWrite = true;
            }
            if (shutRead && (shutWrite || isUnix()) && !inputShut) {
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

    private boolean isUnix() {
        return family() == Family.UNIX;
    }

    /** Whether nothing can be sent any more: it was shut, here or there, or is over. */
    final boolean isBroken() {
        return shutWrite || dead;
    }

    /** TCP_CLOSE: a reset, or FINs in both directions. Looks behind unread bytes for the peer's FIN. */
    final boolean isOver() {
        if (!dead && shutWrite) {
            fillAhead(ReadAhead.LIMIT);
        }
        return dead || (shutWrite && finished);
    }

    // ---------------------------------------------------------------- readiness

    /** What to ask the kernel for. */
    final int connectionOps(int events) {
        int ops = (events & Events.WRITE) != 0 && !shutWrite ? SelectionKey.OP_WRITE : 0;
        ReadAhead kept = ahead;
        boolean full = kept != null && kept.isFull();
        // Reading is watched even if nobody asked: without it a hang-up or a reset is never heard of.
        if (!finished && !full && ((events & Events.READ) != 0 || ops == 0)) {
            ops |= SelectionKey.OP_READ;
        }
        return dead ? 0 : ops;
    }

    /** The events that hold whatever the kernel says. */
    final int conditions() {
        int events = pendingError != null ? Events.ERR : 0;
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
        return events;
    }

    /** The events that the kernel has found; what it leaves open is looked at, and then among the conditions. */
    final int found(int events, int readyOps, Precision precision) {
        int found = (readyOps & SelectionKey.OP_WRITE) != 0 ? Events.OUT : 0;
        if ((readyOps & SelectionKey.OP_READ) != 0) {
            found |= looksClosely(events, precision) ? look(events) : Events.IN;
        } else if (precision != Precision.COARSE && readyOps != 0 && (events & Events.READ) == 0) {
            // An error or hang-up shows as whatever was asked, so a writable socket may be a broken one.
            lookForReset();
        }
        return found;
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

    final synchronized void lookForReset() {
        // A reset behind the end of file cannot be seen: read(2) says 0 for ever (SOCK_DONE in tcp_recvmsg).
        if (isConnected() && !dead && !finished && ahead == null && available() == 0) {
            fillAhead(1);
        }
    }

    @Override
    public synchronized int available(Kernel kernel) throws PosixException {
        ReadAhead kept = ahead;
        return super.available(kernel) + (kept == null ? 0 : kept.size());
    }

    /** How many bytes can be read now, 0 at the end of file, after a reset, and where nobody tells: then a look reads. */
    int available() {
        if (isUnix()) {
            return 0; // no such door
        }
        // The only door that java.nio has for FIONREAD.
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
        plain = isConnected() && ahead == null && !finished && !dead && !shutRead && pendingError == null;
        changed();
    }

    static <C> C live(@Nullable C channel) throws PosixException {
        if (channel == null) {
            throw new PosixException(Errno.EBADF);
        }
        return channel;
    }
}
