package org.euryale.jython;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyFrame;
import org.python.core.PyObject;
import org.python.core.ThreadState;
import org.python.core.TraceFunction;

/*
 * How a signal reaches Python's main thread
 * -----------------------------------------
 * The JVM runs signal handlers on a thread of its own, at any time. Python runs them on its main thread, between two
 * lines of the program, and a system call that waits there ends with EINTR. So the JVM's handler only notes the signal
 * here and then disturbs the main thread in two ways. It puts a trace function on the frames that the main thread is
 * in, which runs what was noted at the next line: that serves a thread that computes. And it interrupts a wait: ours,
 * sleep's and threading's end for that, run what was noted, and go on as CPython does.
 *
 * It must not interrupt anything else. An interrupted thread that uses a FileChannel closes it
 * (AbstractInterruptibleChannel), and Python's files and standard streams are such: the log that the program is writing
 * to would be gone. So waits stand between enter() and leave(), and only there the thread is interrupted; the two
 * threads settle by compare-and-set who was first, and leave() takes back an interrupt that came too late for the wait.
 *
 * A main thread that is in a Java call of another kind (a read from the terminal, somebody's library) is left alone, and
 * gets to its signals when it comes back. Lest Ctrl-C be without effect until then, a second one, a second later, ends
 * the JVM.
 *
 * A process has one set of signals, a JVM may have many interpreters. The first that asks owns them: the launcher's, or
 * in an embedding JVM whichever calls signal.signal first. When it ends the JVM's own handlers are back.
 */

/** The signals of the operating system for the one interpreter that owns them. */
public final class Interrupts {
    /** What signal.signal takes beside a function. */
    public static final int DEFAULT = 0;

    public static final int IGNORE = 1;

    /** Nanoseconds after which a second SIGINT ends a JVM whose main thread has not got to the first. */
    private static final long PATIENCE = 1_000_000_000L;

    /** Milliseconds that a signal to this process may take, by the JVM's thread to here: more than a busy machine needs. */
    private static final long ARRIVAL = 10_000;

    /** What becomes of a wait of the main thread. */
    private enum Wait {
        NONE,
        UNDER_WAY,
        /** The signal's thread is about to interrupt it. */
        STRUCK,
        INTERRUPTED
    }

    private static volatile @Nullable Interrupts owner;

    private final Thread main;

    /** The interpreter whose signals these are; the launcher's is made after its main thread has claimed them. */
    private volatile @Nullable PosixProcess process;

    /** What Jython knows of the main thread; null until its interpreter is made. */
    private volatile @Nullable ThreadState python;

    private final Queue<Integer> noted = new ConcurrentLinkedQueue<>();
    private final Map<Integer, PyObject> handlers = new ConcurrentHashMap<>();
    private final Map<Integer, JvmSignals.Action> before = new ConcurrentHashMap<>();
    private final AtomicReference<Wait> wait = new AtomicReference<>(Wait.NONE);
    private volatile int wakeup = -1;

    /** How often each signal whose action is deliver() has come; its monitor tells of each. */
    private final Map<Integer, Long> arrivals = new ConcurrentHashMap<>();

    /** A wait was ended for a signal that the wakeup descriptor has not been told of. */
    private volatile boolean owesWakeup;

    /** When the SIGINT came that is noted, on {@link System#nanoTime}'s clock. */
    private long firstInterrupt;

    private Interrupts(Thread main) {
        this.main = main;
    }

    /**
     * The launcher's program gets the signals, on the calling thread: SIGINT is KeyboardInterrupt from now on, and the
     * program dies of SIGTERM and SIGHUP.
     */
    public static synchronized void launch() {
        PosixProcess.launch();
        Interrupts interrupts = new Interrupts(Thread.currentThread());
        owner = interrupts;
        interrupts.arrivals.put(SignalNames.SIGINT, 0L);
        try {
            JvmSignals.install("INT", JvmSignals.calling(interrupts::deliver));
            Termination.install();
        } catch (IllegalArgumentException e) {
            // With -Xrs the JVM has no part in signals: each does what it does by default, and the program dies of
            // these.
        }
    }

    /** An interpreter was made on the calling thread: the launcher's, if that is the main one. */
    static void begun() {
        Interrupts interrupts = ofThisThread();
        if (interrupts != null) {
            interrupts.python = Py.getThreadState();
            PosixProcess.current().files().redirecting(0); // so that a signal ends a read from sys.stdin
        }
    }

    /** The calling thread's, which owns the signals from now on if nobody does; null when another thread does. */
    static synchronized @Nullable Interrupts claim() {
        Interrupts interrupts = owner;
        if (interrupts == null) {
            interrupts = new Interrupts(Thread.currentThread());
            owner = interrupts;
        }
        if (interrupts.main != Thread.currentThread()) {
            return null;
        }
        interrupts.python = Py.getThreadState();
        PosixProcess caller = PosixProcess.current();
        if (interrupts.process == null) {
            interrupts.process = caller;
        }
        return interrupts.process == caller ? interrupts : null;
    }

    /** Gives the signals back to the JVM when the interpreter that owns them ends. */
    static synchronized void release(PosixProcess ended) {
        Interrupts interrupts = owner;
        if (interrupts != null && interrupts.process == ended) {
            interrupts.before.forEach((number, action) -> JvmSignals.install(SignalNames.name(number), action));
            owner = null;
        }
    }

    /**
     * Runs what was noted, if the calling thread is the main one; what a handler raises is thrown, and the rest stays
     * noted. Called where a wait was interrupted.
     */
    public static void check() {
        Interrupts interrupts = ofThisThread();
        if (interrupts != null) {
            interrupts.run();
        }
    }

    /** Before a wait that ends when its thread is interrupted: from here on it ends for a signal. */
    public static void enter() {
        Interrupts interrupts = ofThisThread();
        if (interrupts != null) {
            interrupts.wait.set(Wait.UNDER_WAY);
            // deliver() notes and then looks for a wait: what it noted before it could see this one is seen here.
            if (!interrupts.noted.isEmpty() && interrupts.wait.compareAndSet(Wait.UNDER_WAY, Wait.INTERRUPTED)) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** After such a wait, however it ended. */
    public static void leave() {
        Interrupts interrupts = ofThisThread();
        if (interrupts != null && !interrupts.wait.compareAndSet(Wait.UNDER_WAY, Wait.NONE)) {
            while (interrupts.wait.get() == Wait.STRUCK) {
                Thread.onSpinWait();
            }
            interrupts.wait.set(Wait.NONE);
            Thread.interrupted();
            if (interrupts.owesWakeup) {
                interrupts.owesWakeup = false;
                interrupts.wakeUp();
            }
        }
    }

    /** Whether signal handlers run on the calling thread. */
    public static boolean isMain() {
        return ofThisThread() != null;
    }

    private static @Nullable Interrupts ofThisThread() {
        Interrupts interrupts = owner;
        return interrupts != null && Thread.currentThread() == interrupts.main ? interrupts : null;
    }

    /**
     * Sleeps; shorter when a signal handler ran (and returned) meanwhile. What a handler raises is thrown.
     *
     * @param nanos not negative
     */
    public static void sleep(long nanos) {
        PosixProcess.current().descriptors().closeForgotten();
        boolean interrupted = false;
        enter();
        try {
            Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            leave();
        }
        if (interrupted) {
            check();
        }
    }

    /** Waits for a signal. */
    public static void pause() {
        sleep(Long.MAX_VALUE);
    }

    private void run() {
        for (Integer number = noted.poll(); number != null; number = noted.poll()) {
            PyObject handler = handlers.get(number);
            if (handler != null) {
                PyFrame frame = Py.getFrame();
                handler.__call__(Py.newInteger(number), frame == null ? Py.None : frame);
            } else if (number == SignalNames.SIGINT) {
                throw new PyException(Py.KeyboardInterrupt);
            }
        }
    }

    /** On the JVM's signal thread, or the timer's. */
    void deliver(int number) {
        if (number == SignalNames.SIGINT && !handlers.containsKey(number)) {
            endIfStuck();
        }
        noted.add(number);
        if (wait.compareAndSet(Wait.UNDER_WAY, Wait.STRUCK)) {
            // Nothing may be ready before that: in C the signal ends a select with EINTR even if the wakeup descriptor
            // is what it waits for.
            owesWakeup = true;
            main.interrupt();
            wait.set(Wait.INTERRUPTED);
        } else {
            wakeUp();
        }
        // Not sys._current_frames(): it looks at every thread's frame twice, and fails when one returns in between.
        ThreadState state = python;
        for (PyFrame f = state == null ? null : state.frame; f != null; f = f.f_back) {
            if (!(f.tracefunc instanceof AtNextLine)) {
                f.tracefunc = new AtNextLine(f.tracefunc);
            }
        }
        synchronized (arrivals) {
            arrivals.computeIfPresent(number, (same, count) -> count + 1);
            arrivals.notifyAll();
        }
    }

    /** How often a signal has come that the program handles; -1 for another, which is not told of here. */
    static long arrived(int number) {
        Interrupts interrupts = owner;
        return interrupts == null ? -1 : interrupts.arrivals.getOrDefault(number, -1L);
    }

    /**
     * After a signal to this process by its main thread: waits until it has come once more than {@code before}. The wakeup
     * descriptor has its byte then, and the handler has run; what it raises is thrown. In C the kernel runs it before
     * kill(2) returns, but the JVM hands it to a thread of its own. On another thread nothing is waited for: there the
     * kernel interrupts the main one, which may be later.
     */
    static void arrive(int number, long before) {
        Interrupts interrupts = ofThisThread();
        if (interrupts == null || before == -1) {
            return;
        }
        Map<Integer, Long> arrivals = interrupts.arrivals;
        long end = System.nanoTime() + ARRIVAL * 1_000_000;
        synchronized (arrivals) {
            // Bounded, since a parent may have blocked the signal.
            for (long left = ARRIVAL; left > 0 && arrivals.getOrDefault(number, -1L) == before; ) {
                try {
                    arrivals.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                left = (end - System.nanoTime()) / 1_000_000;
            }
        }
        check();
    }

    private void endIfStuck() {
        long now = System.nanoTime();
        if (!noted.contains(SignalNames.SIGINT)) {
            firstInterrupt = now;
        } else if (now - firstInterrupt > PATIENCE) {
            System.err.println("KeyboardInterrupt");
            System.exit(128 + SignalNames.SIGINT);
        }
    }

    /** Installs what is to be done; RuntimeError for signals that the JVM keeps for itself. */
    void install(int number, @Nullable PyObject handler, int otherwise) {
        JvmSignals.Action action = handler != null
                ? JvmSignals.calling(this::deliver)
                : otherwise == IGNORE ? JvmSignals.IGNORE : JvmSignals.DEFAULT;
        if (handler != null) {
            handlers.put(number, handler);
        } else {
            handlers.remove(number);
        }
        if (!SignalNames.isRaisable(number)) {
            return; // known to timers only: nobody but us sends it
        }
        try {
            JvmSignals.Action previous = JvmSignals.install(SignalNames.name(number), action);
            before.putIfAbsent(number, previous);
            if (handler != null) {
                arrivals.putIfAbsent(number, 0L);
            } else {
                arrivals.remove(number);
            }
        } catch (IllegalArgumentException e) {
            handlers.remove(number);
            throw Py.RuntimeError("signal " + number + " is used by the JVM");
        }
    }

    int wakeup(int descriptor) {
        int previous = wakeup;
        wakeup = descriptor;
        return previous;
    }

    private void wakeUp() {
        PosixProcess woken = process;
        if (wakeup >= 0 && woken != null) {
            OpenFile file = woken.descriptors().fileOrNull(wakeup);
            if (file != null) {
                try {
                    file.write(java.nio.ByteBuffer.allocate(1));
                } catch (PosixException e) {
                    return; // signal_handler in CPython's signalmodule.c ignores it, too
                }
            }
        }
    }

    /** Runs what was noted at the next line of the main thread, then steps aside for what traced before. */
    private static final class AtNextLine extends TraceFunction {
        private final @Nullable TraceFunction before;

        AtNextLine(@Nullable TraceFunction before) {
            this.before = before;
        }

        @Override
        public @Nullable TraceFunction traceCall(PyFrame frame) {
            return before == null ? null : before.traceCall(frame);
        }

        @Override
        public @Nullable TraceFunction traceReturn(PyFrame frame, PyObject result) {
            return before == null ? null : before.traceReturn(frame, result);
        }

        @Override
        public @Nullable TraceFunction traceLine(PyFrame frame, int line) {
            if (holdsLock(frame)) {
                return this; // a wait of threading lets handlers run where its lock is free, or else the caller does
            }
            frame.tracefunc = before;
            check();
            return before == null ? null : before.traceLine(frame, line);
        }

        /** threading holds locks for a few lines, which a handler (one that sets an event, say) would wait for. */
        private static boolean holdsLock(PyFrame frame) {
            String file = frame.f_code.co_filename;
            return file.endsWith("/threading.py") || file.startsWith("<euryale>/compat/threading");
        }

        @Override
        public @Nullable TraceFunction traceException(PyFrame frame, PyException e) {
            return before == null ? this : before.traceException(frame, e);
        }
    }
}
