package org.euryale.reactor;

import org.euryale.posix.Events;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.euryale.posix.Watch;

/** Tells when any file of the process is readable or writable, again and again while it is. */
public final class FileWatch {
    private final Reactor reactor;
    private final Watch watch;
    private int asked = Watch.PARKED;
    private boolean closed;

    /**
     * Asks nothing yet.
     *
     * @throws PosixException EBADF when the descriptor is not open
     */
    public FileWatch(Reactor reactor, int descriptor, Ready whom) throws PosixException {
        this.reactor = reactor;
        OpenFile file = reactor.descriptors().file(descriptor);
        watch = reactor.watch(file, descriptor, Watch.PARKED, whom);
    }

    public OpenFile file() {
        return watch.file();
    }

    /** Tells when it is readable (or has an error or the end to be read), from now on, or no more. */
    public void reading(boolean on) {
        ask(Events.IN, on);
    }

    public boolean isReading() {
        return asked != Watch.PARKED && (asked & Events.IN) != 0;
    }

    /** Tells when it is writable, from now on, or no more. */
    public void writing(boolean on) {
        ask(Events.OUT, on);
    }

    public boolean isWriting() {
        return asked != Watch.PARKED && (asked & Events.OUT) != 0;
    }

    private void ask(int event, boolean on) {
        int before = asked == Watch.PARKED ? 0 : asked;
        int events = on ? before | event : before & ~event;
        asked = events == 0 ? Watch.PARKED : events;
        if (events != before && !closed) {
            reactor.modify(watch, asked);
        }
    }

    /** Does not look at the file any more, which stays open. */
    public void close() {
        if (!closed) {
            closed = true;
            asked = Watch.PARKED;
            reactor.unwatch(watch);
        }
    }
}
