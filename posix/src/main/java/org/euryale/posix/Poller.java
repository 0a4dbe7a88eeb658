package org.euryale.posix;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/*
 * How readiness is made from a java.nio Selector
 * ----------------------------------------------
 * A Selector is an epoll instance, but it shows less than epoll does. It knows four operations (read, write, connect,
 * accept); an error or a hang-up is reported as "everything you asked for"; a channel that is asked nothing leaves the
 * epoll set, and its reset is never heard of. POSIX readiness is more: HUP and ERR come unasked, a socket that was
 * never connected is writable and hung up, one whose connect was refused is everything at once, bytes that were peeked
 * are still readable. So readiness has two sources here. The kernel's is the selector's. The other is the file's own
 * "standing" readiness, which follows from what we know of the file (OpenFile.standing).
 *
 * A registration is standing: a Watch keeps its key from one wait to the next, and a wait costs what is ready plus what
 * changed. Whoever changes a watch, or the state of a file, from whatever thread, puts the watch on the list of changed
 * ones; only the waiting thread works that list off, so a key's interest is written by one thread. Watches whose
 * standing readiness is asked for are on the hot list, which is looked through at each wait: those are ready anyway,
 * so it, too, costs what is ready.
 *
 * One wait is: work off the changes, look through the hot list, ask the selector (without waiting when something is hot),
 * let each file say what its kernel readiness means. That last step may change the file (a connect is finished, an end
 * of file found), so it repeats until something that was asked for holds, or the time is over.
 *
 * Keys are cancelled only by remove(). A cancelled key holds its channel, and with it the port and the RST that close(2)
 * would send, until the selector has run once more (JDK 17 and 25), so remove() does not return before that: it runs
 * the selector itself when nobody waits in it, else it wakes the waiting thread and watches it pass.
 *
 * A selector has one key a channel, but several descriptors of one file are several watches (dup(2)). Those share the
 * key: it asks for what any of them wants, its readiness is reported by each as far as it wants it, and it is cancelled
 * with the last.
 *
 * Locks: `turn` is held by the thread that waits (others that wait in the same poller take turns); `mutex` guards the
 * list of changes and is held for moments only, never while a file is called. A file's monitor may be held when mutex
 * is taken, never the other way round.
 */

/** Waits until one of many {@link OpenFile}s is ready. Any thread may call anything. */
public final class Poller implements AutoCloseable {
    /** Told what is ready, in the waiting thread. It may call the poller, but not wait in it. */
    public interface Sink {
        void ready(Watch watch, int events);
    }

    private final boolean precise;
    private final ReentrantLock turn = new ReentrantLock();
    private final Object mutex = new Object();

    /** Guarded by mutex: watches to look at before the next wait, and who is where. */
    private List<Watch> changed = new ArrayList<>();

    private boolean active;
    private boolean waiting;
    private boolean woken;
    private @Nullable Selector selector;
    private volatile boolean closed;
    private volatile boolean stale;

    /** Owned by the thread that has the turn. */
    private List<Watch> changing = new ArrayList<>();

    private final List<Watch> hot = new ArrayList<>();
    /** Those of files that no selector takes: they tell of themselves what holds. */
    private final List<Watch> unselectable = new ArrayList<>();

    private final List<Watch> ready = new ArrayList<>();
    private int firstReported;

    /** The last look has found something new of a watch that was reported in part, and reported nothing of it yet. */
    private boolean anew;

    private final Consumer<SelectionKey> collector = this::collect;

    /**
     * @param precise whether ERR, HUP and RDHUP are told from IN and OUT, which may cost a system call; {@code
     *     select(2)} has no use for it
     */
    public Poller(boolean precise) {
        this.precise = precise;
    }

    /** Registers {@code file} for {@code events} (or {@link Watch#PARKED}); EBADF when it is closed. */
    public Watch add(OpenFile file, int descriptor, int events) throws PosixException {
        return add(new Watch(this, file, descriptor, events));
    }

    Watch add(Watch watch) throws PosixException {
        if (closed || !watch.file.attach(watch)) {
            throw new PosixException(Errno.EBADF);
        }
        changed(watch);
        return watch;
    }

    /** Asks for {@code events} from now on; enables what a one-shot report has disabled. */
    public void modify(Watch watch, int events) {
        synchronized (mutex) {
            watch.events = events;
            watch.disarmed = false;
            watch.told = 0;
            enqueue(watch);
        }
    }

    /** Forgets the watch; returns when the selector has let the channel go. A thread that waits goes on waiting. */
    public void remove(Watch watch) {
        watch.file.detach(watch);
        SelectionKey key;
        synchronized (mutex) {
            watch.removed = true;
            if (active && selector != null && !turn.isHeldByCurrentThread()) {
                selector.wakeup(); // who waits for this watch alone must hear of it
            }
            awaitUpdate(watch);
            key = watch.key;
            watch.key = null;
        }
        SelectableChannel channel = key != null ? key.channel() : watch.file.selectable();
        if (channel == null) {
            return;
        }
        if (watch.shared) {
            List<Watch> heirs = watch.file.watchesIn(this);
            if (!heirs.isEmpty()) {
                changed(heirs.get(0)); // the key goes on without the removed one's wishes
                return;
            }
        }
        deregister(channel);
        if (watch.shared) {
            watch.file.watchesIn(this).forEach(this::changed); // one that came meanwhile met the cancelled key
        }
    }

    /** Lets {@code channel} go, which the watch's file has given up for another. */
    void forget(Watch watch, SelectableChannel channel) {
        synchronized (mutex) {
            awaitUpdate(watch);
            watch.key = null;
        }
        deregister(channel);
    }

    /** Returns when the waiting thread is not about to register the watch. The mutex is held. */
    private void awaitUpdate(Watch watch) {
        boolean interrupted = false;
        while (watch.updating) {
            if (waiting && selector != null) {
                selector.wakeup();
            }
            try {
                mutex.wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The file's state moved: look at it again before the next wait, and now if one is going on. */
    void changed(Watch watch) {
        synchronized (mutex) {
            enqueue(watch);
        }
    }

    /** The file was used, so an edge-triggered report of what was used is due again. */
    void rearm(Watch watch, int events) {
        synchronized (mutex) {
            if ((watch.told & events) != 0) {
                watch.told = (short) (watch.told & ~events);
                enqueue(watch);
            }
        }
    }

    private void enqueue(Watch watch) {
        if (!watch.changed) {
            watch.changed = true;
            changed.add(watch);
            if (waiting && selector != null) {
                selector.wakeup();
            }
        }
    }

    /** A descriptor of a watched file was closed; {@link #takeStale} tells those who watch descriptors, not files. */
    void descriptorClosed() {
        stale = true;
    }

    /** Whether a watched descriptor was closed since the last call. */
    boolean takeStale() {
        boolean was = stale;
        stale = false;
        return was;
    }

    /**
     * Waits until something is ready and reports it, at most {@code limit} watches.
     *
     * @param timeoutNanos negative to wait without end, 0 not to wait; the clock of the selector is in milliseconds, so
     *     a wait is up to one millisecond longer than asked, never shorter
     * @return how many were reported, 0 when the time was over or {@link #wakeUp} was called
     * @throws PosixException EINTR when the thread was interrupted before anything was ready (the interrupt is taken),
     *     EBADF when the poller is closed, EMFILE when there is no descriptor for the selector
     */
    public int await(long timeoutNanos, int limit, Sink sink) throws PosixException {
        return await(timeoutNanos, limit, sink, null);
    }

    /** Waits for one watch alone; false when the time was over, EBADF when its file is closed meanwhile. */
    boolean await(Watch watch, long timeoutNanos) throws PosixException {
        return await(timeoutNanos, 1, (w, e) -> {}, watch) > 0;
    }

    private int await(long timeoutNanos, int limit, Sink sink, @Nullable Watch lone) throws PosixException {
        long start = timeoutNanos > 0 ? System.nanoTime() : 0;
        takeTurn(timeoutNanos);
        try {
            if (!turn.isHeldByCurrentThread()) {
                return 0;
            }
            Selector selector = open();
            for (; ; ) {
                // Ask before the wait, so that a signal that came earlier is not slept through.
                if (Thread.interrupted()) {
                    throw new PosixException(Errno.EINTR);
                }
                if (lone != null && lone.removed) {
                    throw new PosixException(Errno.EBADF);
                }
                long left = timeoutNanos;
                if (timeoutNanos > 0) {
                    left = Math.max(0, timeoutNanos - (System.nanoTime() - start));
                }
                pass(selector, left);
                int reported = report(limit, sink);
                if (reported == 0 && anew) {
                    pass(selector, 0);
                    reported = report(limit, sink);
                }
                if (reported > 0 || left == 0 || takeWoken()) {
                    return reported;
                }
            }
        } catch (ClosedSelectorException e) {
            throw new PosixException(Errno.EBADF);
        } finally {
            endTurn();
        }
    }

    private void takeTurn(long timeoutNanos) throws PosixException {
        if (!turn.tryLock()) {
            try {
                if (timeoutNanos < 0) {
                    turn.lockInterruptibly();
                } else if (!turn.tryLock(timeoutNanos, TimeUnit.NANOSECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                throw new PosixException(Errno.EINTR);
            }
        }
        synchronized (mutex) {
            active = true;
        }
    }

    private void endTurn() {
        if (turn.isHeldByCurrentThread()) {
            synchronized (mutex) {
                active = false;
                mutex.notifyAll();
            }
            turn.unlock();
        }
    }

    /** Has its descriptors before the wait, when dropped ones may still be found for them; EMFILE. */
    void prepare() throws PosixException {
        if (selector == null) {
            Shortage.retried(this::open);
        }
    }

    /** Ends the wait that goes on, or makes the next one end at once. */
    public void wakeUp() {
        synchronized (mutex) {
            woken = true;
            if (waiting && selector != null) {
                selector.wakeup();
            }
        }
    }

    private Selector open() throws PosixException {
        synchronized (mutex) {
            if (closed) {
                throw new PosixException(Errno.EBADF);
            }
            if (selector == null) {
                try {
                    selector = Selector.open();
                } catch (IOException e) {
                    throw PosixException.of(e);
                }
            }
            return selector;
        }
    }

    /** Works off the changes and asks file and kernel once. */
    private void pass(Selector selector, long nanos) throws PosixException {
        synchronized (mutex) {
            List<Watch> swap = changing;
            changing = changed;
            changed = swap;
            for (int i = 0; i < changing.size(); i++) {
                Watch watch = changing.get(i);
                watch.changed = false;
                watch.updating = true;
            }
            // From here on a change wakes the selector: a wakeup before the select makes that select return at once.
            waiting = nanos != 0 && !woken;
        }
        try {
            for (int i = 0; i < changing.size(); i++) {
                update(selector, changing.get(i));
            }
            if (nanos == 0) {
                lookAgain(selector);
            }
            boolean wait = !anyHot() && waiting;
            select(selector, wait ? nanos : 0);
        } finally {
            synchronized (mutex) {
                waiting = false;
                for (int i = 0; i < changing.size(); i++) {
                    changing.get(i).updating = false;
                }
                mutex.notifyAll();
            }
            changing.clear();
        }
        for (int i = 0; i < hot.size(); i++) {
            Watch watch = hot.get(i);
            if (watch.readyOps == 0) {
                ready.add(watch);
            }
        }
    }

    private boolean takeWoken() {
        synchronized (mutex) {
            boolean was = woken;
            woken = false;
            return was;
        }
    }

    private void select(Selector selector, long nanos) throws PosixException {
        try {
            if (nanos == 0) {
                selector.selectNow(collector);
            } else if (nanos < 0) {
                selector.select(collector);
            } else {
                selector.select(collector, Math.max(1, (nanos + 999_999) / 1_000_000));
            }
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    private void collect(SelectionKey key) {
        Watch watch = (Watch) key.attachment();
        try {
            int ops = key.readyOps();
            if (watch.shared) {
                for (Watch each : watch.file.watchesIn(this)) {
                    each.readyOps = (byte) ops;
                    ready.add(each);
                }
            } else {
                watch.readyOps = (byte) ops;
                ready.add(watch);
            }
        } catch (CancelledKeyException e) {
            // Removed by another thread between the kernel's answer and now: there is nothing to report.
            watch.readyOps = 0;
        }
    }

    /** Brings key and hot list in line with what the watch asks and what its file is. */
    private void update(Selector selector, Watch watch) {
        if (watch.removed) {
            watch.hot = false;
            hot.remove(watch);
            unselectable.remove(watch);
            return;
        }
        int events = watch.armed();
        int standing = events == Watch.PARKED ? 0 : watch.file.standing() & (events | Events.UNASKED);
        if (standing != 0 && !watch.hot) {
            watch.hot = true;
            hot.add(watch);
        }
        register(selector, watch);
    }

    private void register(Selector selector, Watch watch) {
        SelectableChannel channel = watch.file.selectable();
        if (channel == null) {
            if (!unselectable.contains(watch)) {
                unselectable.add(watch);
            }
            return; // a key of an earlier channel went with that channel
        }
        int ops = watch.shared ? jointInterestOps(watch.file) : interestOps(watch);
        try {
            SelectionKey key = watch.key;
            if (key == null || key.channel() != channel) {
                key = watch.shared ? channel.keyFor(selector) : null;
                if (key == null && ops != 0) {
                    key = channel.register(selector, ops, watch);
                }
                watch.key = key;
            }
            if (key != null && key.interestOps() != ops) {
                key.interestOps(ops);
            }
        } catch (CancelledKeyException | ClosedChannelException e) {
            // The file is being closed by another thread, which removes the watch.
            watch.key = null;
        }
    }

    private static int interestOps(Watch watch) {
        int events = watch.armed();
        return events == Watch.PARKED ? 0 : watch.file.interestOps(events);
    }

    private int jointInterestOps(OpenFile file) {
        int ops = 0;
        for (Watch each : file.watchesIn(this)) {
            ops |= interestOps(each);
        }
        return ops;
    }

    /**
     * Asks the files that no selector takes: a call that does not wait tells what holds now, and the thread of {@link
     * KernelReadiness} may not have told of it yet.
     */
    private void lookAgain(Selector selector) {
        for (int i = 0; i < unselectable.size(); i++) {
            Watch watch = unselectable.get(i);
            if (!watch.hot && !watch.removed) {
                update(selector, watch);
            }
        }
    }

    /** Drops from the hot list what is not hot any more; true when something is. */
    private boolean anyHot() {
        for (int i = hot.size() - 1; i >= 0; i--) {
            Watch watch = hot.get(i);
            int events = watch.armed();
            if (watch.removed || events == Watch.PARKED || (watch.file.standing() & (events | Events.UNASKED)) == 0) {
                watch.hot = false;
                hot.set(i, hot.get(hot.size() - 1));
                hot.remove(hot.size() - 1);
            }
        }
        return !hot.isEmpty();
    }

    private int report(int limit, Sink sink) {
        int reported = 0;
        anew = false;
        int size = ready.size();
        // With more ready than asked for, each wait starts where the last one stopped, or the last would starve.
        int start = size > limit ? firstReported % size : 0;
        for (int i = 0; i < size; i++) {
            Watch watch = ready.get(start + i < size ? start + i : start + i - size);
            int ops = watch.readyOps;
            watch.readyOps = 0;
            int events = watch.armed();
            if (watch.shared && events != Watch.PARKED) {
                ops &= watch.file.interestOps(events);
            }
            if (reported == limit || watch.removed || events == Watch.PARKED) {
                continue;
            }
            int found = watch.file.ready(events, ops, precision(watch)) & (events | Events.UNASKED);
            if (found != 0 && watch.told != 0) {
                // A new edge is reported with all that holds, and the kernel was asked for less.
                anew = true;
                rearm(watch, watch.told);
            } else if (found != 0) {
                reported++;
                disarm(watch, found);
                sink.ready(watch, found);
            }
        }
        firstReported = size > limit ? start + reported : 0;
        ready.clear();
        return reported;
    }

    private Precision precision(Watch watch) {
        if (!precise) {
            return Precision.COARSE;
        }
        return watch.edge || watch.oneShot ? Precision.AT_ONCE : Precision.WHEN_TOLD_AGAIN;
    }

    private void disarm(Watch watch, int found) {
        if (watch.edge || watch.oneShot) {
            synchronized (mutex) {
                watch.disarmed = watch.oneShot;
                watch.told = (short) told(found);
                enqueue(watch);
            }
        }
    }

    /** What is over with this report: reading, writing, with an error or a hang-up both. */
    private static int told(int found) {
        if ((found & Events.UNASKED) != 0) {
            return Events.READ | Events.WRITE;
        }
        int told = (found & Events.READ) != 0 ? Events.READ : 0;
        return (found & Events.WRITE) != 0 ? told | Events.WRITE : told;
    }

    /** Cancels the channel's key; returns when it is not in the selector any more. */
    private void deregister(SelectableChannel channel) {
        Selector selector;
        synchronized (mutex) {
            selector = this.selector;
        }
        if (selector == null) {
            return;
        }
        SelectionKey key = channel.keyFor(selector);
        if (key == null) {
            return;
        }
        key.cancel();
        boolean interrupted = false;
        while (channel.keyFor(selector) == key) {
            if (turn.tryLock()) {
                try {
                    selector.selectNow(ready -> {});
                } catch (IOException | ClosedSelectorException e) {
                    break; // a closed selector has dropped all its keys
                } finally {
                    turn.unlock();
                }
                continue;
            }
            synchronized (mutex) {
                if (active) {
                    // Even when nobody waits now: the next wait drops the key as it begins, and tells us when it ends.
                    selector.wakeup();
                    try {
                        mutex.wait();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the selector; a thread that waits gets EBADF. The files watched stay open. */
    @Override
    public void close() {
        Selector selector;
        synchronized (mutex) {
            closed = true;
            selector = this.selector;
        }
        if (selector != null) {
            try {
                selector.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
