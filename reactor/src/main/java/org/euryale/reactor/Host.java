package org.euryale.reactor;

import org.euryale.posix.Poller;
import org.euryale.posix.PosixException;

/** What a {@link Reactor} needs of the world around it. Called in the reactor's thread. */
public interface Host {
    /** The time, in nanoseconds since any moment; {@link Timer}s are set on this clock. */
    long now();

    /** Something that the reactor called has thrown this. The reactor goes on. */
    void thrown(Throwable thrown);

    /**
     * Waits in {@code poller}, at most {@code nanos} (negative: without end), once. Whoever has signals to look after
     * does it around this wait.
     *
     * @throws PosixException EINTR when the thread was interrupted, which ends the turn
     */
    default void await(Poller poller, long nanos, Poller.Sink sink) throws PosixException {
        poller.await(nanos, Integer.MAX_VALUE, sink);
    }
}
