package org.euryale.posix;

import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor of the kernel's own: a standard stream, a terminal, a named pipe. No selector takes it, so a {@link
 * KernelReadiness} asks {@code poll(2)}, which takes no byte away from whoever reads the same terminal or pipe.
 *
 * <p>Any thread may call anything. A read or write asks {@code poll(2)} first and so does not wait, unless another
 * process was faster.
 */
public final class KernelFile extends OpenFile {
    private static final int PIPE_BUF = 4096;

    private final Kernel kernel;
    private final KernelReadiness readiness;
    private final int number;
    private final boolean owned;
    private final boolean pollable;
    private final int flags;

    /**
     * @param number the kernel's
     * @param owned whether it is closed with the last descriptor of ours
     * @throws PosixException EBADF when it is not open
     */
    public KernelFile(Kernel kernel, KernelReadiness readiness, int number, boolean owned) throws PosixException {
        this.kernel = kernel;
        this.readiness = readiness;
        this.number = number;
        this.owned = owned;
        int type = kernel.status(number).type();
        pollable = type != FileStatus.S_IFREG && type != FileStatus.S_IFDIR;
        flags = kernel.flags(number);
    }

    @Override
    public int kernelNumber(Kernel kernel) {
        return number;
    }

    @Override
    public int accessMode() {
        return flags & OpenFlags.O_ACCMODE;
    }

    @Override
    public boolean appends() {
        return (flags & OpenFlags.O_APPEND) != 0;
    }

    @Override
    public int read(ByteBuffer into) throws PosixException {
        if (accessMode() == OpenFlags.O_WRONLY) {
            throw new PosixException(Errno.EBADF);
        }
        used(Events.READ);
        return pollable && kernel.poll(number, Events.IN) == 0 ? WOULD_BLOCK : kernel.read(number, into);
    }

    @Override
    public int write(ByteBuffer from) throws PosixException {
        if (accessMode() == OpenFlags.O_RDONLY) {
            throw new PosixException(Errno.EBADF);
        }
        used(Events.WRITE);
        if (!pollable) {
            return kernel.write(number, from);
        }
        // poll(2) promises a pipe room for PIPE_BUF bytes; a call with more would wait until it had taken all.
        int start = from.position();
        int end = from.limit();
        try {
            do {
                if (kernel.poll(number, Events.OUT) == 0) {
                    return from.position() > start ? from.position() - start : WOULD_BLOCK;
                }
                from.limit(Math.min(end, from.position() + PIPE_BUF));
                kernel.write(number, from);
                from.limit(end);
            } while (from.hasRemaining());
        } catch (PosixException e) {
            if (from.position() == start) {
                throw e; // else the next call tells
            }
        } finally {
            from.limit(end);
        }
        return end - start - from.remaining();
    }

    @Override
    public long seek(long offset, Whence whence) throws PosixException {
        return kernel.seek(number, offset, whence);
    }

    @Override
    public void truncate(long length) throws PosixException {
        kernel.truncate(number, length);
    }

    @Override
    public void sync(boolean metadata) throws PosixException {
        kernel.sync(number);
    }

    @Override
    public FileStatus status() throws PosixException {
        return kernel.status(number);
    }

    @Override
    public boolean isTerminal() {
        return kernel.isTerminal(number);
    }

    @Override
    boolean pollable() {
        return pollable;
    }

    @Override
    @Nullable
    SelectableChannel selectable() {
        return null;
    }

    @Override
    int interestOps(int events) {
        return 0;
    }

    /** Asked before each wait; what does not hold then is watched for, once, see {@link KernelReadiness}. */
    @Override
    int standing() {
        if (!pollable) {
            return Events.IN | Events.OUT | Events.RDNORM | Events.WRNORM;
        }
        try {
            int wanted = wanted();
            int found = kernel.poll(number, wanted);
            int missing = wanted & ~found;
            if (missing != 0 && (found & Events.UNASKED) == 0) {
                readiness.watch(this, number, missing);
            }
            return Events.withSynonyms(found);
        } catch (PosixException e) {
            return Events.ERR;
        }
    }

    private int wanted() {
        return switch (accessMode()) {
            case OpenFlags.O_RDONLY -> Events.IN;
            case OpenFlags.O_WRONLY -> Events.OUT;
            default -> Events.IN | Events.OUT;
        };
    }

    @Override
    int ready(int events, int readyOps, Precision precision) {
        return standing() & (events | Events.UNASKED);
    }

    @Override
    void release() {
        readiness.forget(this);
        if (owned) {
            try {
                kernel.close(number);
            } catch (PosixException e) {
                return; // close(2): the descriptor is gone in any case
            }
        }
    }
}
