package org.euryale.posix;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Wakes pollers for the files that no selector takes. A poller looks at such a file itself before each wait ({@link
 * OpenFile#standing}); what is not ready then is given to a thread of this class, which waits in {@code poll(2)} for
 * all of them, tells the file's pollers to look again, and forgets it: a program that leaves a line unread costs one
 * wakeup, not a spin.
 *
 * <p>One for each process; the thread begins with the first file and ends with the process. Any thread may call
 * anything.
 */
public final class KernelReadiness implements AutoCloseable {
    private record Wanted(int number, int events) {}

    private final Kernel kernel;
    private final Map<OpenFile, Wanted> watched = new LinkedHashMap<>();
    private Kernel.@Nullable Waiter waiter;
    /** What the thread waits for now. */
    private List<OpenFile> polled = List.of();

    private boolean closed;

    public KernelReadiness(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Tells the file once when one of {@code events}, ERR or HUP holds. */
    synchronized void watch(OpenFile file, int number, int events) throws PosixException {
        Wanted before = closed ? null : watched.put(file, new Wanted(number, events));
        // Not by a record's equals(): java.lang.runtime.ObjectMethods keeps the class that asked for one last, in a
        // cache
        // of a method handle, and with it our class loader.
        if (closed || (before != null && before.number == number && before.events == events)) {
            return;
        }
        if (waiter == null) {
            Kernel.Waiter made = kernel.waiter();
            waiter = made;
            Thread thread = new Thread(() -> run(made), "euryale-poll");
            thread.setDaemon(true);
            thread.start();
        } else {
            waiter.wakeup();
        }
    }

    /** Returns when nobody waits for the file: until then {@code poll(2)} keeps it open, whoever closes it. */
    synchronized void forget(OpenFile file) {
        watched.remove(file);
        boolean interrupted = false;
        while (polled.contains(file) && waiter != null) {
            waiter.wakeup();
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Kernel.Waiter waiter) {
        try {
            while (true) {
                List<OpenFile> files;
                int[] numbers;
                int[] events;
                synchronized (this) {
                    if (closed) {
                        return;
                    }
                    files = new ArrayList<>(watched.keySet());
                    polled = files;
                    numbers = watched.values().stream().mapToInt(Wanted::number).toArray();
                    events = watched.values().stream().mapToInt(Wanted::events).toArray();
                }
                int[] found = waiter.await(numbers, events);
                release();
                for (int i = 0; i < found.length; i++) {
                    if (found[i] != 0) {
                        synchronized (this) {
                            watched.remove(files.get(i));
                        }
                        files.get(i).changed();
                    }
                }
            }
        } catch (PosixException e) {
            // poll(2) itself failed (ENOMEM): what waits looks again, and the next watch begins a new thread.
            List<OpenFile> left;
            synchronized (this) {
                this.waiter = null;
                left = new ArrayList<>(watched.keySet());
                watched.clear();
            }
            left.forEach(OpenFile::changed);
        } finally {
            release();
            waiter.close();
        }
    }

    private synchronized void release() {
        polled = List.of();
        notifyAll();
    }

    /** Ends the thread. */
    @Override
    public synchronized void close() {
        closed = true;
        watched.clear();
        if (waiter != null) {
            waiter.wakeup();
        }
    }
}
