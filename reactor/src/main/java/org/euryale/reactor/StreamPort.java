package org.euryale.reactor;

import java.util.concurrent.TimeUnit;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.PosixException;
import org.euryale.posix.StreamSocket;
import org.euryale.posix.Watch;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket in a reactor. It accepts a batch at a time, so that those who are connected have their turn. When
 * descriptors run out it stops accepting for a while, since a listener with somebody waiting is ready for ever. Used in
 * the reactor's thread.
 */
public final class StreamPort implements Ready {
    /** Connections that are accepted in one turn. */
    static final int BATCH = 64;

    /** Nanoseconds until accepting is tried again when descriptors have run out. */
    static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    /** Told of what a port accepts, in the reactor's thread. */
    public interface Acceptor {
        /**
         * A connection was accepted.
         *
         * @param descriptor of the socket, which is the acceptor's to close
         */
        void accepted(StreamSocket socket, int descriptor);

        /** Accepting has failed, with one of EMFILE, ENFILE, ENOBUFS, ENOMEM for the first time since it went well. */
        void exhausted(Errno errno);
    }

    private final Reactor reactor;
    private final StreamSocket socket;
    private final Acceptor acceptor;
    private final Watch watch;
    private @Nullable Timer pause;

    /**
     * How many to accept in the next turn, at most. Where they come one by one a second accept would only be told EAGAIN,
     * and poll(2) says in the next turn whether somebody is there; where many wait it soon is a whole batch.
     */
    private int room = 1;

    private boolean accepting;
    private boolean exhausted;
    private boolean closed;

    /**
     * Serves a listening socket; {@link #resume} begins it.
     *
     * @throws PosixException EBADF when it is closed
     */
    public StreamPort(Reactor reactor, StreamSocket socket, int descriptor, Acceptor acceptor) throws PosixException {
        this.reactor = reactor;
        this.socket = socket;
        this.acceptor = acceptor;
        watch = reactor.watch(socket, descriptor, Watch.PARKED, this);
    }

    /** Accepts from now on. */
    public void resume() {
        if (!closed) {
            accepting = true;
            reactor.modify(watch, Events.IN);
        }
    }

    /** Accepts nobody until {@link #resume}. */
    public void pause() {
        accepting = false;
        if (!closed) {
            reactor.modify(watch, Watch.PARKED);
        }
        cancelPause();
    }

    public boolean isAccepting() {
        return accepting;
    }

    @Override
    public void ready(int events) {
        int count = 0;
        while (count < room && accepting && !closed) {
            if (!acceptOne()) {
                room = Math.max(1, count);
                return;
            }
            count++;
        }
        room = Math.min(BATCH, 2 * room);
    }

    /** False when there is nobody (more) to accept now. */
    private boolean acceptOne() {
        StreamSocket accepted;
        int descriptor;
        try {
            reactor.descriptors().requireRoom(1); // or the peer stays in the backlog, as with accept(2)
            accepted = socket.accept();
            if (accepted == null) {
                return false;
            }
            descriptor = reactor.descriptors().add(accepted);
        } catch (PosixException e) {
            return failed(e.errno());
        }
        exhausted = false;
        try {
            acceptor.accepted(accepted, descriptor);
        } catch (Throwable e) {
            reactor.host().thrown(e);
        }
        return true;
    }

    private boolean failed(Errno errno) {
        if (!Reactor.isExhaustion(errno)) {
            // The peer has gone (ECONNABORTED) or a filter refused it (EPERM): the next one may be there.
            return errno == Errno.ECONNABORTED || errno == Errno.EPERM;
        }
        reactor.modify(watch, Watch.PARKED);
        cancelPause();
        pause = reactor.callAt(reactor.host().now() + PAUSE, () -> {
            if (accepting) {
                resume();
            }
        });
        if (!exhausted) {
            exhausted = true;
            acceptor.exhausted(errno);
        }
        return false;
    }

    private void cancelPause() {
        Timer timer = pause;
        if (timer != null) {
            timer.cancel();
            pause = null;
        }
    }

    /** Does not look at the socket any more, which stays open. */
    public void close() {
        if (!closed) {
            closed = true;
            accepting = false;
            cancelPause();
            reactor.unwatch(watch);
        }
    }
}
