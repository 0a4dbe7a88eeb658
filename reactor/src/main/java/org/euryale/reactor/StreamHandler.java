package org.euryale.reactor;

import java.nio.ByteBuffer;

/**
 * What a {@link StreamTransport} tells. All methods are called in the reactor's thread. One that throws ends its own
 * connection ({@link Reason.Kind#RAISED}), and nothing else.
 */
public interface StreamHandler {
    /**
     * Bytes have come.
     *
     * @param bytes at least one; the buffer is the reactor's, so what is wanted of it is taken before anything else is
     *     called and before this returns
     */
    void received(ByteBuffer bytes);

    /** The peer has ended its way; nothing more is read. Who wants to go on writing does so, others lose(). */
    void readEnded();

    /**
     * More than the mark is waiting to be sent; called by the write that passes it, and by every one until {@link
     * #drained}.
     */
    void full();

    /**
     * Everything that was written is in the kernel.
     *
     * @return whether more is about to be written: a connection that is to be lost or half-closed stays as it is then
     */
    boolean drained();

    /** {@link StreamTransport#shutdownWrite} has come about. */
    void writeEnded();

    /**
     * The connection is over; called once, or not at all after {@link StreamTransport#close}. The socket is closed when
     * this returns, if the handler has not done it.
     */
    void lost(Reason reason);
}
