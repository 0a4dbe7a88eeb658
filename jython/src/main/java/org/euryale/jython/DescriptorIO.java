package org.euryale.jython;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Errno;
import org.euryale.posix.OpenFile;
import org.euryale.posix.OpenFlags;
import org.euryale.posix.PosixException;
import org.euryale.posix.Whence;
import org.jspecify.annotations.Nullable;
import org.python.core.PyException;
import org.python.core.io.StreamIO;

/**
 * What Jython's file objects read and write through, for a descriptor of our table: the number is looked up at each
 * call, so dup2 redirects it and a number that was closed is EBADF. Blocks unless the open file has O_NONBLOCK.
 *
 * <p>It is a StreamIO because Jython's {@code io.FileIO} takes nothing else; it uses nothing of it.
 */
final class DescriptorIO extends StreamIO {
    private static final int STDERR = 2;

    private final PosixProcess process;

    /** The table that the number is of; null for a standard stream, which is in all of them. */
    private final @Nullable DescriptorTable table;

    private final int descriptor;
    private boolean closes;
    private boolean owns;
    private @Nullable ByteBuffer readAhead;

    /**
     * @param closes whether close() closes the descriptor
     */
    DescriptorIO(PosixProcess process, int descriptor, boolean closes) {
        super(InputStream.nullInputStream(), false);
        this.process = process;
        this.table = descriptor <= STDERR ? null : process.descriptors(); // not at start: that binds the C library
        this.descriptor = descriptor;
        this.closes = closes;
    }

    /** The number, which the repr of an io.FileIO without a name shows. */
    @Override
    public String toString() {
        return Integer.toString(descriptor);
    }

    /** The second buffer, of the file object that reads here. */
    void readAhead(ByteBuffer buffer) {
        readAhead = buffer;
    }

    /**
     * Takes the descriptor for this object's own: it is closed with it, also when the collector finds this dropped, and
     * never when the number was closed by another way and is another file's meanwhile. False where it has an owner, or
     * is a standard stream.
     */
    boolean own() {
        DescriptorTable in = table;
        owns = closes && in != null && in.own(descriptor, this);
        return owns;
    }

    /** From here on close() leaves the descriptor open. */
    void disown() {
        closes = false;
        DescriptorTable in = table;
        if (owns && in != null) {
            in.disown(descriptor, this);
        }
    }

    int descriptor() {
        return descriptor;
    }

    /** An interpreter that goes on after its end has the standard streams, in the table that it has then. */
    private DescriptorTable table() {
        DescriptorTable own = table;
        return own != null ? own : process.descriptors();
    }

    @Override
    public int readinto(ByteBuffer into) {
        checkClosed();
        checkReadable();
        try {
            return read(into);
        } catch (PyException e) {
            // Jython's buffers have made room, and would take all of it for bytes that were read.
            into.limit(into.position());
            ByteBuffer ahead = readAhead;
            if (ahead != null) {
                ahead.limit(ahead.position());
            }
            throw e;
        }
    }

    private int read(ByteBuffer into) {
        while (true) {
            ByteBuffer piece = Bytes.empty(into.remaining()); // anew: a signal's handler may have read with it
            try {
                int count = PosixProcess.read(table(), descriptor, piece);
                into.put(piece.flip());
                return count;
            } catch (PosixException e) {
                PosixProcess.interrupted(e);
                if (e.errno() != Errno.EINTR) {
                    throw Errors.ioError(e);
                }
            }
        }
    }

    @Override
    public int write(ByteBuffer from) {
        checkClosed();
        checkWritable();
        int whole = from.remaining();
        while (from.hasRemaining()) {
            ByteBuffer piece = Bytes.empty(from.remaining());
            int start = from.position();
            piece.put(from.slice(start, piece.remaining())).flip();
            try {
                from.position(start + PosixProcess.write(table(), descriptor, piece));
            } catch (PosixException e) {
                from.position(start + piece.position());
                PosixProcess.interrupted(e);
                if (e.errno() != Errno.EINTR) {
                    throw Errors.ioError(e);
                }
            }
        }
        return whole;
    }

    @Override
    public long seek(long offset, int whence) {
        checkClosed();
        try {
            return file().seek(offset, Whence.of(whence));
        } catch (PosixException e) {
            throw Errors.ioError(e);
        }
    }

    @Override
    public long tell() {
        return seek(0, Whence.CURRENT.number());
    }

    @Override
    public long truncate(long size) {
        checkClosed();
        checkWritable();
        try {
            file().truncate(size);
            return size;
        } catch (PosixException e) {
            throw Errors.ioError(e);
        }
    }

    private OpenFile file() throws PosixException {
        return table().file(descriptor);
    }

    /** The access mode at the table; a number that is not open is readable and writable, so that the call tells. */
    private int accessMode() {
        OpenFile file = table().fileOrNull(descriptor);
        return file == null ? OpenFlags.O_RDWR : file.accessMode();
    }

    @Override
    public boolean readable() {
        return accessMode() != OpenFlags.O_WRONLY;
    }

    @Override
    public boolean writable() {
        return accessMode() != OpenFlags.O_RDONLY;
    }

    @Override
    public boolean isatty() {
        checkClosed();
        OpenFile file = table().fileOrNull(descriptor);
        return file != null && file.isTerminal();
    }

    @Override
    public void flush() {
        // Nothing is held here.
    }

    @Override
    public void close() {
        if (closed()) {
            return;
        }
        super.close();
        if (closes) {
            try {
                if (owns) {
                    table().close(descriptor, this);
                } else {
                    table().close(descriptor);
                }
            } catch (PosixException e) {
                throw Errors.ioError(e);
            }
        }
    }

    @Override
    public InputStream asInputStream() {
        return Channels.newInputStream(new DescriptorChannel(this));
    }

    @Override
    public OutputStream asOutputStream() {
        return Channels.newOutputStream(new DescriptorChannel(this));
    }

    @Override
    public Channel getChannel() {
        return new DescriptorChannel(this);
    }
}
