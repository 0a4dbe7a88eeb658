package org.euryale.reactor;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.euryale.posix.Connection;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.OpenFile;
import org.euryale.posix.Option;
import org.euryale.posix.PosixException;
import org.euryale.posix.RegularFile;
import org.euryale.posix.Watch;
import org.jspecify.annotations.Nullable;

/**
 * A TCP or UNIX connection in a reactor: reads, tells its {@link StreamHandler}, and sends what was written to it when the call
 * that wrote it returns. Used in the reactor's thread; only {@link #write} may be called by others, too.
 *
 * <p>What is written is kept as it was given, and copied only into the kernel: bytes that wait cost what the program's
 * own objects cost.
 */
public class StreamTransport<B> implements Ready {
    /**
     * Writes that one flush makes at most, of what {@link Reactor#out} holds: the others' turn comes, too. A piece of a file counts
     * as all of them.
     */
    private static final int BURST = 4;

    /** Bytes of a file that are sent at once: they cost less than those of a program. */
    private static final int FILE_CHUNK = 16 * Reactor.CHUNK;

    private final Reactor reactor;
    private final Connection socket;
    private final int descriptor;
    private final Carrier<B> carrier;
    private final StreamHandler handler;
    private final Watch watch;

    /** All open transports of a reactor are a list. */
    @Nullable
    StreamTransport<?> older;

    @Nullable
    StreamTransport<?> newer;

    /** What is to be sent, from {@code offset} on: the first and the others, each a B, a Lent or a Part. */
    private @Nullable Object first;

    private @Nullable ArrayDeque<Object> others;
    private int offset;
    private long pending;

    /** Bytes; with more waiting the handler is told that it is full. */
    private int mark = Reactor.CHUNK;

    private int asked;
    private boolean reading;

    /** Whether a flush is to do something: send, or see that everything is sent. */
    private boolean writing;

    /** The kernel took less than it was given: a flush comes when it has room. */
    private boolean blocked;

    /** Is in the reactor's list of those to flush. */
    private boolean dirty;

    private boolean losing;
    private boolean ending;
    private boolean writeEnded;
    private boolean aborting;
    private boolean over;
    private boolean closed;

    /**
     * Serves a connected socket; {@link #resumeReading} begins it.
     *
     * @param descriptor of the socket, which the transport closes
     * @throws PosixException EBADF when it is closed
     */
    public StreamTransport(
            Reactor reactor, Connection socket, int descriptor, Carrier<B> carrier, StreamHandler handler)
            throws PosixException {
        this.reactor = reactor;
        this.socket = socket;
        this.descriptor = descriptor;
        this.carrier = carrier;
        this.handler = handler;
        asked = Watch.PARKED;
        watch = reactor.watch(socket, descriptor, Watch.PARKED, this);
        reactor.add(this);
    }

    public final Connection socket() {
        return socket;
    }

    public final int descriptor() {
        return descriptor;
    }

    public final StreamHandler handler() {
        return handler;
    }

    // ---------------------------------------------------------------- reading

    /** Reads from now on. */
    public final void resumeReading() {
        if (!over && !aborting) {
            reading = true;
            ask();
        }
    }

    /** Does not read until {@link #resumeReading}: TCP's window closes and the peer has to wait. */
    public final void pauseReading() {
        reading = false;
        if (!over) {
            ask();
        }
    }

    public final boolean isReading() {
        return reading;
    }

    private void ask() {
        int events = (reading ? Events.IN : 0) | (blocked && writing ? Events.OUT : 0);
        if (events == 0) {
            events = Watch.PARKED;
        }
        if (events != asked) {
            asked = events;
            reactor.modify(watch, events);
        }
    }

    @Override
    public final void ready(int events) {
        // A reset is told as whatever was asked, or as ERR and HUP.
        if ((events & ~Events.OUT & ~Events.WRNORM) != 0 && reading) {
            read();
        }
        if (blocked && !over && (events & ~Events.IN & ~Events.RDNORM) != 0) {
            blocked = false;
            flush();
        }
    }

    /** Reads once and tells the handler. */
    private void read() {
        ByteBuffer in = reactor.in();
        int count;
        try {
            count = receive(in);
        } catch (PosixException e) {
            end(Reason.lost(e.errno()));
            return;
        }
        if (count == OpenFile.WOULD_BLOCK) {
            return;
        }
        try {
            if (count > 0) {
                handler.received(in.flip());
            } else {
                pauseReading();
                handler.readEnded();
            }
        } catch (Throwable e) {
            raised(e);
        }
    }

    /** Reads once, as {@link Connection#recv}. A transport of more than bytes does it otherwise. */
    protected int receive(ByteBuffer into) throws PosixException {
        return socket.recv(into, 0);
    }

    private void raised(Throwable thrown) {
        reactor.host().thrown(thrown);
        end(Reason.raised(thrown));
    }

    // ---------------------------------------------------------------- writing

    /**
     * Sends {@code bytes}, when the call that goes on returns. Dropped when the connection is over or this way shut. From
     * another thread than the reactor's it is done in the next turn.
     */
    public final void write(B bytes) {
        if (!reactor.isFree()) {
            reactor.callSoon(() -> write(bytes));
            return;
        }
        add(bytes, carrier.length(bytes));
    }

    /**
     * Sends what is left in a buffer, as the other. The transport uses it as it is until all is sent or nothing more will be,
     * and then gives it back. In the reactor's thread alone.
     */
    public final void write(ByteBuffer bytes, Consumer<ByteBuffer> back) {
        add(new Lent(bytes, back), bytes.remaining());
    }

    /** Somebody's buffer. */
    private record Lent(ByteBuffer bytes, Consumer<ByteBuffer> back) {}

    /**
     * Sends {@code count} bytes of a file from {@code position} on behind what was written, as {@link #write} does. They go from
     * the kernel's cache into the socket (sendfile(2)) when their turn comes: what the file holds then is sent, and one that has
     * become shorter ends the connection (EIO), which cannot keep its word. The caller may close the file.
     *
     * @param fileno a descriptor of it
     * @throws PosixException EBADF, EMFILE; EINVAL when it is no regular file
     */
    public final void writeFile(int fileno, long position, long count) throws PosixException {
        if (!(reactor.descriptors().file(fileno) instanceof RegularFile file)) {
            throw new PosixException(Errno.EINVAL);
        }
        Part part = new Part(file, reactor.descriptors().dup(fileno), position, count);
        if (reactor.isFree()) {
            add(part, count);
        } else {
            reactor.callSoon(() -> add(part, count));
        }
    }

    /** What is left to be sent of a file. */
    private final class Part {
        final RegularFile file;
        final int descriptor;
        long position;
        long left;

        Part(RegularFile file, int descriptor, long position, long left) {
            this.file = file;
            this.descriptor = descriptor;
            this.position = position;
            this.left = left;
        }

        void forget() {
            try {
                reactor.descriptors().close(descriptor);
            } catch (PosixException e) {
                assert e.errno() != null; // somebody has closed the number
            }
        }
    }

    private void add(Object bytes, long length) {
        if (length == 0 || over || writeEnded || aborting) {
            forget(bytes);
            return;
        }
        if (first == null) {
            first = bytes;
        } else {
            ArrayDeque<Object> queue = others;
            if (queue == null) {
                queue = new ArrayDeque<>();
                others = queue;
            }
            queue.add(bytes);
        }
        pending += length;
        startWriting();
        if (pending > mark) {
            handler.full();
        }
    }

    /** Bytes that were written and are not yet in the kernel. */
    public final long pending() {
        return pending;
    }

    /** The number of waiting bytes above which the handler is told that it is full. */
    public final void mark(int bytes) {
        mark = bytes;
    }

    /** Lets a flush do what is to be done. */
    public final void startWriting() {
        if (over || aborting) {
            return;
        }
        writing = true;
        if (!blocked) {
            dirty();
        }
    }

    /** Sends nothing until {@link #startWriting} or the next write. */
    public final void stopWriting() {
        writing = false;
        if (!over) {
            ask();
        }
    }

    public final boolean isWriting() {
        return writing;
    }

    private void dirty() {
        if (!dirty) {
            dirty = true;
            reactor.dirty(this);
        }
    }

    /** Sends, as far as the kernel takes it; then does what has waited for that. */
    final void flush() {
        dirty = false;
        if (over || !writing || blocked) {
            return;
        }
        try {
            beforeSending(pending);
            if (!send()) {
                return;
            }
        } catch (PosixException e) {
            end(Reason.lost(e.errno()));
            return;
        } catch (RuntimeException e) {
            end(Reason.raised(e));
            return;
        }
        ask();
        writing = false;
        try {
            if (!handler.drained() && !over && !writing) {
                allSent();
            }
        } catch (Throwable e) {
            raised(e);
        }
    }

    /** Sends; true when nothing is left. */
    private boolean send() throws PosixException {
        for (int i = 0; pending > 0; i++) {
            if (i == BURST) {
                dirty();
                return false;
            }
            int wanted;
            int count;
            if (first instanceof StreamTransport<?>.Part part) {
                wanted = (int) Math.min(part.left, FILE_CHUNK);
                count = transmit(part, wanted);
                i = BURST - 1;
            } else {
                ByteBuffer out = gathered();
                wanted = out.remaining();
                count = transmit(out);
                if (count != OpenFile.WOULD_BLOCK) {
                    sent(count);
                }
            }
            if (count < wanted) {
                blocked = true;
                ask();
                return false;
            }
        }
        return true;
    }

    /**
     * Before something is sent or found sent, with how many bytes wait.
     *
     * @throws RuntimeException which ends the connection ({@link Reason.Kind#RAISED})
     */
    protected void beforeSending(long waiting) {}

    /** Sends, as {@link Connection#send}. A transport of more than bytes does it otherwise. */
    protected int transmit(ByteBuffer from) throws PosixException {
        return socket.send(from, 0);
    }

    private int transmit(StreamTransport<?>.Part part, int wanted) throws PosixException {
        int count = socket.sendFile(part.file, part.position, wanted);
        if (count == 0) {
            throw new PosixException(Errno.EIO); // it has become shorter
        }
        if (count != OpenFile.WOULD_BLOCK) {
            pending -= count;
            part.position += count;
            part.left -= count;
            if (part.left == 0) {
                forget(part);
                next();
            }
        }
        return count;
    }

    private ByteBuffer gathered() {
        ByteBuffer standing = others == null && offset == 0 ? reactor.standing(first, pending) : null;
        if (standing != null) {
            return standing;
        }
        ByteBuffer out = reactor.out();
        copy(first, offset, out);
        ArrayDeque<Object> queue = others;
        if (queue != null) {
            for (Object each : queue) {
                if (!out.hasRemaining() || each instanceof StreamTransport<?>.Part) {
                    break;
                }
                copy(each, 0, out);
            }
        }
        return out.flip();
    }

    private void copy(@Nullable Object written, int from, ByteBuffer into) {
        if (written instanceof Lent lent) {
            ByteBuffer bytes = lent.bytes;
            int count = Math.min(bytes.remaining() - from, into.remaining());
            into.put(into.position(), bytes, bytes.position() + from, count);
            into.position(into.position() + count);
        } else {
            carrier.copy(bytes(written), from, into);
        }
    }

    private int length(@Nullable Object written) {
        return written instanceof Lent lent ? lent.bytes.remaining() : carrier.length(bytes(written));
    }

    private void forget(@Nullable Object written) {
        if (written instanceof Lent lent) {
            lent.back.accept(lent.bytes);
        } else if (written instanceof StreamTransport<?>.Part part) {
            part.forget();
        }
    }

    @SuppressWarnings("unchecked") // what is none of the other two
    private B bytes(@Nullable Object written) {
        return (B) java.util.Objects.requireNonNull(written);
    }

    private void sent(int count) {
        pending -= count;
        int left = count;
        while (left > 0) {
            int rest = length(first) - offset;
            if (left < rest) {
                offset += left;
                return;
            }
            left -= rest;
            forget(first);
            next();
        }
    }

    /** The first is sent. */
    private void next() {
        offset = 0;
        ArrayDeque<Object> queue = others;
        first = queue == null ? null : queue.poll();
        if (queue != null && queue.isEmpty()) {
            others = null;
        }
    }

    private void allSent() throws PosixException {
        if (losing) {
            end(Reason.DONE);
        } else if (ending && !writeEnded) {
            writeEnded = true;
            try {
                socket.shutdown(false, true);
            } catch (PosixException e) {
                // The peer was faster and has ended it all (ENOTCONN), which reading will tell.
                assert e.errno() != null;
            }
            handler.writeEnded();
        }
    }

    // ---------------------------------------------------------------- the end

    /** Ends the connection ({@link Reason#DONE}) once everything is sent; nothing more is read. */
    public final void lose() {
        if (over || losing || aborting) {
            return;
        }
        pauseReading();
        losing = true;
        startWriting();
    }

    public final boolean isLosing() {
        return losing;
    }

    /** Ends this way, so that the peer reads end of file, once everything is sent. */
    public final void shutdownWrite() {
        ending = true;
        startWriting();
    }

    public final boolean isWriteEnded() {
        return writeEnded;
    }

    /** Ends the connection with a reset in the next turn; neither reads nor sends what is pending. */
    public final void abort() {
        if (over || aborting) {
            return;
        }
        aborting = true;
        pauseReading();
        stopWriting();
        forgetWritten();
        reactor.callSoon(() -> end(Reason.ABORTED));
    }

    private void forgetWritten() {
        forget(first);
        ArrayDeque<Object> queue = others;
        if (queue != null) {
            queue.forEach(this::forget);
        }
        first = null;
        others = null;
        offset = 0;
        pending = 0;
    }

    /** Ends the connection now: tells the handler, then closes the socket. Once. */
    public final void end(Reason reason) {
        if (over) {
            return;
        }
        over = true;
        reading = false;
        writing = false;
        try {
            handler.lost(reason);
        } catch (Throwable e) {
            reactor.host().thrown(e);
        } finally {
            close(reason.kind() == Reason.Kind.ABORTED);
        }
    }

    public final boolean isOver() {
        return over;
    }

    /** Leaves the socket, open, to others: neither reads nor writes any more, and tells the handler nothing. */
    public final void detach() {
        if (closed) {
            return;
        }
        closed = true;
        over = true;
        reading = false;
        writing = false;
        forgetWritten();
        reactor.remove(this);
        reactor.unwatch(watch);
    }

    /** Closes the socket without telling the handler: with a reset, or with a FIN if everything that came was read. */
    public final void close(boolean withReset) {
        if (closed) {
            return;
        }
        detach();
        try {
            if (withReset) {
                socket.setOption(Option.SO_LINGER, 0);
            } else if (socket.isShared()) {
                socket.shutdown(true, true); // the connection is over for those, too, who hold another descriptor of it
            }
        } catch (PosixException e) {
            assert e.errno() != null; // broken already
        }
        try {
            if (reactor.descriptors().fileOrNull(descriptor) == socket) {
                reactor.descriptors().close(descriptor);
            }
        } catch (PosixException e) {
            assert e.errno() != null; // somebody has closed the number
        }
    }
}
