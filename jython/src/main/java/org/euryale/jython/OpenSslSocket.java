package org.euryale.jython;

import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.euryale.posix.Socket;
import org.euryale.tls.Outcome;
import org.euryale.tls.TlsConnection;

/**
 * The socket that an {@code OpenSSL.SSL.Connection} is on, by its descriptor: moves the engine's bytes into the kernel and out
 * of it, waiting where the open file blocks. When it is closed, what the engine has leased goes back. One thread at a time.
 */
final class OpenSslSocket {
    private final PosixProcess process;
    private final int descriptor;
    private final TlsConnection engine;
    private boolean freed;

    OpenSslSocket(PosixProcess process, int descriptor, TlsConnection engine) {
        this.process = process;
        this.descriptor = descriptor;
        this.engine = engine;
    }

    /** Where it is closed, gives the engine's memory back, which otherwise goes with the connection. */
    void freeIfClosed() {
        if (process.descriptors().fileOrNull(descriptor) == null) {
            free();
        }
    }

    /** Whether it was found closed. */
    boolean isFreed() {
        return freed;
    }

    private void free() {
        freed = true;
        engine.free();
    }

    private Socket file() throws PosixException {
        OpenFile file = process.descriptors().fileOrNull(descriptor);
        if (file instanceof Socket connected) {
            return connected;
        }
        free(); // its number may be another's by now
        throw new PosixException(file == null ? Errno.EBADF : Errno.ENOTSOCK);
    }

    /** A call of the engine. */
    interface Call {
        Outcome on(TlsConnection connection);
    }

    /**
     * Makes a call until it is done, or lacks what is not to be waited for.
     *
     * @param answers whether what the call lacks is the peer's answer to what we have to send. Data is not: two ends that have
     *     written until neither kernel takes more have to read
     * @throws org.python.core.PyException SysCallError for what the kernel says
     */
    Outcome drive(Call call, boolean answers) {
        while (true) {
            Outcome outcome = call.on(engine);
            switch (outcome) {
                case WANT_READ -> {
                    if (!answers) {
                        push();
                    } else if (!flushed()) {
                        return Outcome.WANT_WRITE;
                    }
                    if (!moved(TlsBytes::fill, Events.IN)) {
                        return Outcome.WANT_READ;
                    }
                }
                case WANT_WRITE -> {
                    if (!flushed()) {
                        return Outcome.WANT_WRITE;
                    }
                }
                case FAILED -> {
                    flushAtBest();
                    return outcome;
                }
                default -> {
                    return outcome;
                }
            }
        }
    }

    /** Whether the kernel has all that the engine has put out. */
    boolean flushed() {
        return moved(TlsBytes::flush, Events.OUT);
    }

    /** The last words of a connection that has failed. */
    void flushAtBest() {
        try {
            TlsBytes.flushAtBest(engine, file());
        } catch (PosixException e) {
            engine.outgoing().clear(); // it is closed
        }
    }

    /** Gives the kernel what it takes now. */
    private void push() {
        try {
            TlsBytes.flush(engine, file());
        } catch (PosixException e) {
            throw process.openSslErrors().systemCall(e);
        }
    }

    /** What moves bytes, and is tried again when the kernel is ready. */
    private interface Step {
        boolean on(TlsConnection connection, Socket file) throws PosixException;
    }

    /** Whether the step was done, waiting for it unless the file does not block. */
    private boolean moved(Step step, int events) {
        DescriptorTable table = process.descriptors();
        while (true) {
            try {
                Socket file = file();
                if (step.on(engine, file)) {
                    return true;
                }
                if (file.nonBlocking()) {
                    return false;
                }
                PosixProcess.await(table, file, events);
            } catch (PosixException e) {
                if (e.errno() != Errno.EINTR) {
                    throw process.openSslErrors().systemCall(e);
                }
                PosixProcess.interrupted(e);
            }
        }
    }
}
