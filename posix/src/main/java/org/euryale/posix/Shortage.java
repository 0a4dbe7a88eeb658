package org.euryale.posix;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;

/**
 * What is done when the kernel has no descriptor left (EMFILE, ENFILE): the collector is run, once, to find what the
 * program has dropped without closing it, and the call is tried again, once. A server that is at its limit and has
 * dropped nothing gets its EMFILE, and no collection for a second, or longer where collections are slow.
 *
 * <p>Descriptors are the JVM's, so all its tables are looked through. Any thread; not with the monitor of a file, nor in
 * the turn of a poller: closing a file may have to wait for either.
 */
public final class Shortage {
    /** Of the JVM. */
    private static final Shortage OF_THE_JVM = new Shortage(System::nanoTime, System::gc);

    private static final long SECOND = 1_000_000_000L;

    /** A fruitless collection takes this part of the time at most. */
    private static final int SHARE = 20;

    /** A collection that frees so many was worth it, and the next may follow at once. */
    private static final int FRUITFUL = 32;

    /** How long finalizers get to close what they hold: those of Python's files, and of objects with a __del__. */
    private static final long FINALIZERS_MILLIS = 50;

    private final Set<DescriptorTable> tables = Collections.newSetFromMap(new WeakHashMap<>());
    private final LongSupplier clock;
    private final Runnable collector;
    private volatile long collections;
    private long notBefore;
    private volatile boolean waiting;

    Shortage(LongSupplier clock, Runnable collector) {
        this.clock = clock;
        this.collector = collector;
        notBefore = clock.getAsLong();
    }

    /** A call that makes a descriptor. */
    public interface Call<T> {
        T on() throws PosixException;
    }

    /** A call that makes a descriptor, and returns nothing. */
    interface Deed {
        void on() throws PosixException;
    }

    /** The result of the call, which is tried a second time when descriptors have run out and some were found. */
    public static <T> T retried(Call<T> call) throws PosixException {
        try {
            return call.on();
        } catch (PosixException e) {
            if (!relieved(e)) {
                throw e;
            }
            return call.on();
        }
    }

    /** The same for a call without a result. */
    static void retrying(Deed deed) throws PosixException {
        try {
            deed.on();
        } catch (PosixException e) {
            if (!relieved(e)) {
                throw e;
            }
            deed.on();
        }
    }

    /** Whether a call that failed so is worth another try, after what was done here. */
    static boolean relieved(PosixException e) {
        return (e.errno() == Errno.EMFILE || e.errno() == Errno.ENFILE) && OF_THE_JVM.relieve();
    }

    static void register(DescriptorTable table) {
        OF_THE_JVM.add(table);
    }

    /** A descriptor was closed. */
    static void closed() {
        OF_THE_JVM.wake();
    }

    synchronized void add(DescriptorTable table) {
        tables.add(table);
    }

    private void wake() {
        if (waiting) { // a stale value costs those who wait their patience
            synchronized (this) {
                notifyAll();
            }
        }
    }

    boolean relieve() {
        long seen = collections;
        synchronized (this) {
            if (collections != seen) {
                return true; // somebody else has just done it
            }
            List<DescriptorTable> all = new ArrayList<>(tables);
            long begun = clock.getAsLong();
            if (begun - notBefore < 0) {
                return closed(all, false) > 0;
            }
            int before = size(all);
            collector.run();
            int found = closed(all, true);
            if (found == 0) {
                awaitFinalizers(all, before);
            }
            collections++;
            long now = clock.getAsLong();
            int fewer = Math.max(found, before - size(all));
            notBefore = fewer >= FRUITFUL ? now : now + Math.max(SECOND, SHARE * (now - begun));
            return true;
        }
    }

    private static int closed(List<DescriptorTable> tables, boolean afterCollection) {
        int closed = 0;
        for (DescriptorTable table : tables) {
            closed += afterCollection ? table.closeCollected() : table.closeForgotten();
        }
        return closed;
    }

    private static int size(List<DescriptorTable> tables) {
        int size = 0;
        for (DescriptorTable table : tables) {
            size += table.size();
        }
        return size;
    }

    /** Until one of them has closed a descriptor of ours, or the time is over: others they close are not seen here. */
    private void awaitFinalizers(List<DescriptorTable> tables, int before) {
        long deadline = System.nanoTime() + FINALIZERS_MILLIS * 1_000_000;
        boolean interrupted = false;
        waiting = true;
        for (long left = FINALIZERS_MILLIS; left > 0 && size(tables) >= before; ) {
            try {
                wait(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
        waiting = false;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
