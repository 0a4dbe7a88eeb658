package org.euryale.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One end of a {@code pipe(7)}. Both ends are of this JVM, so they know of each other what the JDK's selector does not
 * tell: how much is in the pipe, and whether the other end is closed. Any thread may call anything.
 */
public final class PipeEnd extends OpenFile {
    private static final int PIPE_BUF = 4096;

    private final Pipe.@Nullable SourceChannel source;
    private final Pipe.@Nullable SinkChannel sink;

    /** Bytes written less bytes read; the writer counts after the kernel took them, so it is low for a moment. */
    private final AtomicLong inside;

    private @Nullable PipeEnd other;

    /** Set on both ends when a child process has got one: what holds then, only the kernel can tell. */
    private volatile @Nullable Kernel kernel;

    /** Whether it was this end: reads and writes of ours then have to ask first. */
    private volatile boolean lent;

    private PipeEnd(Pipe.@Nullable SourceChannel source, Pipe.@Nullable SinkChannel sink, AtomicLong inside) {
        this.source = source;
        this.sink = sink;
        this.inside = inside;
    }

    /** Both ends of one pipe: what is written to the one is read from the other. */
    public record Ends(PipeEnd read, PipeEnd write) {}

    /** As {@code pipe(2)}; EMFILE. */
    public static Ends open() throws PosixException {
        return Shortage.retried(PipeEnd::openNow);
    }

    private static Ends openNow() throws PosixException {
        try {
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            pipe.sink().configureBlocking(false);
            AtomicLong inside = new AtomicLong();
            PipeEnd read = new PipeEnd(pipe.source(), null, inside);
            PipeEnd write = new PipeEnd(null, pipe.sink(), inside);
            read.other = write;
            write.other = read;
            return new Ends(read, write);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    @Override
    public int lend(Kernel kernel) throws PosixException {
        int number = super.lend(kernel);
        this.kernel = kernel;
        lent = true;
        if (other != null) {
            other.kernel = kernel;
        }
        return number;
    }

    /** Whether the kernel says that a call would have to wait, which it would do there. */
    private boolean wouldWait(int events) throws PosixException {
        Kernel asked = kernel;
        return lent && asked != null && (asked.poll(kernelNumber(asked), events) & (events | Events.UNASKED)) == 0;
    }

    @Override
    public int accessMode() {
        return source != null ? OpenFlags.O_RDONLY : OpenFlags.O_WRONLY;
    }

    @Override
    public int read(ByteBuffer into) throws PosixException {
        if (source == null) {
            throw new PosixException(Errno.EBADF);
        }
        used(Events.READ);
        if (wouldWait(Events.IN)) {
            return WOULD_BLOCK;
        }
        try {
            int count = source.read(into);
            if (count > 0) {
                inside.addAndGet(-count);
            }
            return count < 0 ? 0 : count == 0 && into.hasRemaining() ? WOULD_BLOCK : count;
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    @Override
    public int write(ByteBuffer from) throws PosixException {
        if (sink == null) {
            throw new PosixException(Errno.EBADF);
        }
        used(Events.WRITE);
        if (wouldWait(Events.OUT)) {
            return WOULD_BLOCK;
        }
        int end = from.limit();
        if (lent) {
            from.limit(Math.min(end, from.position() + PIPE_BUF));
        }
        try {
            boolean wanted = from.hasRemaining();
            int count = sink.write(from);
            inside.addAndGet(count);
            return count == 0 && wanted ? WOULD_BLOCK : count;
        } catch (IOException e) {
            throw PosixException.of(e);
        } finally {
            from.limit(end);
        }
    }

    @Override
    public FileStatus status() {
        return FileStatus.nameless(FileStatus.S_IFIFO | 0600, System.identityHashCode(inside));
    }

    private boolean isOtherClosed() {
        return other == null || other.isClosed();
    }

    @Override
    boolean pollable() {
        return true;
    }

    @Override
    SelectableChannel selectable() {
        return source != null ? source : sink();
    }

    private Pipe.SinkChannel sink() {
        return java.util.Objects.requireNonNull(sink);
    }

    @Override
    int interestOps(int events) {
        // Never asked for the other end's sake: its release tells us, see standing().
        if (source != null) {
            return (events & (Events.IN | Events.RDNORM)) != 0 ? SelectionKey.OP_READ : 0;
        }
        return (events & Events.WRITE) != 0 ? SelectionKey.OP_WRITE : 0;
    }

    @Override
    int standing() {
        Kernel asked = kernel;
        if (asked != null) {
            try {
                return Events.withSynonyms(asked.poll(kernelNumber(asked), source != null ? Events.IN : Events.OUT));
            } catch (PosixException e) {
                return Events.ERR;
            }
        }
        if (!isOtherClosed()) {
            return 0;
        }
        // poll(2), Linux: HUP for a reader whose writers are gone, ERR and OUT for a writer whose readers are.
        return source != null ? Events.HUP | readable() : Events.ERR | Events.OUT | Events.WRNORM;
    }

    private int readable() {
        return inside.get() > 0 ? Events.IN | Events.RDNORM : 0;
    }

    @Override
    int ready(int events, int readyOps, Precision precision) {
        int standing = standing();
        if (standing != 0) {
            return standing & (events | Events.UNASKED);
        }
        if (source != null) {
            return (readyOps & SelectionKey.OP_READ) != 0 ? (Events.IN | Events.RDNORM) & events : 0;
        }
        return (readyOps & SelectionKey.OP_WRITE) != 0 ? (Events.OUT | Events.WRNORM) & events : 0;
    }

    @Override
    void release() {
        try {
            if (source != null) {
                source.close();
            }
            if (sink != null) {
                sink.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        PipeEnd peer = other;
        if (peer != null) {
            peer.changed();
        }
    }
}
