package org.euryale.reactor;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Errno;
import org.euryale.posix.OpenFile;
import org.euryale.posix.Poller;
import org.euryale.posix.PosixException;
import org.euryale.posix.Watch;
import org.jspecify.annotations.Nullable;

/*
 * One turn of the loop
 * --------------------
 * calls from other threads, timers that are due, a wait, then one call for each file that is ready. After each of these
 * calls, whatever it was, the transports that it wrote to send what they have gathered (flush): many small writes are
 * one system call, and one that fails does not fail in the face of whoever wrote.
 *
 * What a wait finds is noted first and told afterwards. So whoever is told may run the loop itself, from within: that
 * inner turn tells what the outer one has not told yet. And what was noted may be over when its turn comes, which every
 * Ready has to expect.
 *
 * A flush sends for those that have gathered something when it begins. What becomes of it (a producer writes more) is
 * the next one's, or a transport that is always given more would keep the loop for itself.
 */

/**
 * A loop that belongs to the thread which runs it. {@link #callSoon}, {@link #wakeUp} and {@link #halt} may be called by
 * any thread, all other methods of the reactor and of what belongs to it by its own, or by any one before it first runs.
 */
public final class Reactor implements AutoCloseable {
    /** Closes the selectors of reactors that nobody refers to any more: the JDK's hold their descriptors for ever. */
    private static final Cleaner CLEANER = Cleaner.create();

    /** Bytes that one read takes at most. */
    static final int CHUNK = 64 * 1024;

    /** Bytes that one write takes at most: what is written in a piece of 64 KiB is more when it comes encrypted. */
    private static final int OUT = 2 * CHUNK;

    private final DescriptorTable descriptors;
    private final Host host;
    private final Poller poller = new Poller(false);
    private final Timers timers = new Timers();

    /** Guarded by {@link #soonMutex}. */
    private List<Runnable> soon = new ArrayList<>();

    private final Object soonMutex = new Object();
    private volatile boolean anySoon;

    /** What was ready when the last wait ended, from {@code told} on. */
    private @Nullable Watch[] ready = new Watch[64];

    private int[] readyEvents = new int[64];
    private int told;
    private int found;

    private final ArrayDeque<StreamTransport<?>> dirty = new ArrayDeque<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(CHUNK);

    /** What the program has for the bytes that {@link #in} holds from 0 on; null when it is not known. */
    private @Nullable Object inBytes;

    private final ByteBuffer out = ByteBuffer.allocateDirect(OUT);
    private final Poller.Sink sink = this::note;
    private @Nullable StreamTransport<?> newest;
    private volatile @Nullable Thread thread;
    private volatile boolean halted;

    /**
     * @param descriptors of the process whose files it serves
     */
    public Reactor(DescriptorTable descriptors, Host host) {
        this.descriptors = descriptors;
        this.host = host;
        CLEANER.register(this, poller::close);
    }

    DescriptorTable descriptors() {
        return descriptors;
    }

    Host host() {
        return host;
    }

    // ---------------------------------------------------------------- the loop

    /**
     * Runs until {@link #halt}.
     *
     * @throws PosixException EMFILE when there is no descriptor for the selector
     */
    public void run() throws PosixException {
        halted = false;
        while (!halted) {
            turn(Long.MAX_VALUE);
        }
    }

    /** Ends {@link #run} after the call that goes on. */
    public void halt() {
        halted = true;
        if (!isOwn()) {
            poller.wakeUp();
        }
    }

    /** Runs one turn, which waits at most {@code nanos}; negative: without end. */
    public void iterate(long nanos) throws PosixException {
        halted = false;
        turn(nanos < 0 ? Long.MAX_VALUE : nanos);
    }

    private void turn(long longest) throws PosixException {
        thread = Thread.currentThread();
        if (anySoon) {
            callSoonOnes();
        }
        callDueOnes();
        flush();
        tell(); // of an outer turn
        host.await(poller, idle(longest), sink);
        tell();
    }

    /** How long nothing is to be done, in nanoseconds; negative: without end. */
    private long idle(long longest) {
        if (halted || anySoon || !dirty.isEmpty()) {
            return 0;
        }
        long first = timers.first();
        long left = first == Long.MAX_VALUE ? first : Math.max(0, first - host.now());
        left = Math.min(left, longest);
        return left == Long.MAX_VALUE ? -1 : left;
    }

    private void note(Watch watch, int events) {
        if (found == ready.length) {
            ready = Arrays.copyOf(ready, found * 2);
            readyEvents = Arrays.copyOf(readyEvents, found * 2);
        }
        ready[found] = watch;
        readyEvents[found++] = events;
    }

    private void tell() {
        while (told < found) {
            Watch watch = Objects.requireNonNull(ready[told]);
            ready[told] = null;
            int events = readyEvents[told++];
            if (told == found) {
                told = 0;
                found = 0;
            }
            try {
                ((Ready) Objects.requireNonNull(watch.attachment())).ready(events);
            } catch (Throwable e) {
                host.thrown(e);
            }
            flush();
        }
    }

    // ---------------------------------------------------------------- timers, calls from other threads

    /** Makes {@code call} at {@code time}, on the clock of {@link Host#now}; never before this call returns. */
    public Timer callAt(long time, Runnable call) {
        return timers.add(time, call);
    }

    /** What pending timers are to call, in no order. */
    public List<Runnable> pendingCalls() {
        return timers.pending();
    }

    private void callDueOnes() {
        if (timers.first() == Long.MAX_VALUE) {
            return;
        }
        long now = host.now();
        timers.begin();
        try {
            for (Timer timer = timers.take(now); timer != null; timer = timers.take(now)) {
                call(timer.call);
            }
        } finally {
            timers.end();
        }
    }

    /** Makes {@code call} in the reactor's thread, in the next turn, in the order of these requests. Any thread. */
    public void callSoon(Runnable call) {
        synchronized (soonMutex) {
            soon.add(call);
            anySoon = true;
        }
        if (!isOwn()) {
            poller.wakeUp();
        }
    }

    private void callSoonOnes() {
        List<Runnable> calls;
        synchronized (soonMutex) {
            calls = soon;
            soon = new ArrayList<>();
            anySoon = false;
        }
        for (int i = 0; i < calls.size(); i++) {
            call(calls.get(i));
        }
    }

    private void call(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            host.thrown(e);
        }
        flush();
    }

    /** Ends the wait that goes on, or makes the next one end at once. Any thread. */
    public void wakeUp() {
        poller.wakeUp();
    }

    /** Whether the calling thread is the one that the reactor runs in, or ran in last. */
    public boolean isOwn() {
        return Thread.currentThread() == thread;
    }

    /** Whether the calling thread may use what belongs to the reactor. */
    public boolean isFree() {
        Thread runs = thread;
        return runs == null || runs == Thread.currentThread();
    }

    // ---------------------------------------------------------------- files

    Watch watch(OpenFile file, int descriptor, int events, Ready whom) throws PosixException {
        Watch watch = poller.add(file, descriptor, events);
        watch.attach(whom);
        return watch;
    }

    void modify(Watch watch, int events) {
        poller.modify(watch, events);
    }

    void unwatch(Watch watch) {
        poller.remove(watch);
    }

    // ---------------------------------------------------------------- transports

    /** An empty buffer for one read. What is in it is gone with the next. */
    ByteBuffer in() {
        inBytes = null;
        return in.clear();
    }

    /**
     * Tells that {@code bytes} are what the last read has brought, all of it, which {@link StreamHandler#received} has been given.
     * Who writes that same object on before the next read, as a proxy does, has it sent from where it stands, not copied, if
     * nothing else waits to be sent.
     */
    public void received(Object bytes) {
        inBytes = bytes;
    }

    /** The buffer of the last read with {@code count} bytes, if {@code bytes} are what is in it. */
    @SuppressWarnings("ReferenceEquality") // that very object: an equal one stands elsewhere
    @Nullable
    ByteBuffer standing(@Nullable Object bytes, long count) {
        return bytes != null && bytes == inBytes ? in.clear().limit((int) count) : null;
    }

    ByteBuffer out() {
        return out.clear();
    }

    void add(StreamTransport<?> transport) {
        StreamTransport<?> older = newest;
        transport.older = older;
        if (older != null) {
            older.newer = transport;
        }
        newest = transport;
    }

    void remove(StreamTransport<?> transport) {
        StreamTransport<?> older = transport.older;
        StreamTransport<?> newer = transport.newer;
        if (older != null) {
            older.newer = newer;
        }
        if (newer != null) {
            newer.older = older;
        } else {
            newest = older;
        }
        transport.older = null;
        transport.newer = null;
    }

    /** Does something to each open connection. */
    public void forEachTransport(Consumer<StreamTransport<?>> action) {
        StreamTransport<?> next = newest;
        while (next != null) {
            StreamTransport<?> transport = next;
            next = transport.older;
            action.accept(transport);
        }
    }

    /** The transport has something to send when the call that goes on returns. */
    void dirty(StreamTransport<?> transport) {
        dirty.add(transport);
    }

    private void flush() {
        for (int left = dirty.size(); left > 0; left--) {
            StreamTransport<?> transport = dirty.poll();
            if (transport == null) {
                return; // an inner turn has done it
            }
            transport.flush();
        }
    }

    /** Errors of accept(2) that mean that the process or the machine has no more descriptors or memory. */
    static boolean isExhaustion(Errno errno) {
        return switch (errno) {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM -> true;
            default -> false;
        };
    }

    /** Closes the selector. Files that it watched stay open. */
    @Override
    public void close() {
        poller.close();
    }
}
