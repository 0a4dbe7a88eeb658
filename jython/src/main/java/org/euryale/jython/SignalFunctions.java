package org.euryale.jython;

import java.util.Timer;
import java.util.TimerTask;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyObject;

/** What lib/signal.py asks of the process: one of these belongs to each interpreter's module. */
public final class SignalFunctions {
    private static final int SIGALRM = 14;
    private static final double MILLIS = 1000;

    private @Nullable Timer timer;
    private @Nullable TimerTask alarm;
    private double interval;
    private double due;

    /** The function {@code posix.kill}: Jython's, whose signal to the process itself has been taken when it returns. */
    static PyObject kill(PyObject jythons) {
        String doc =
                "kill(pid, sig)\n\nSends a signal. One that the main thread sends to the process itself, and that the\n"
                        + "program handles, has been taken when this returns.";
        return new Function(new Signature("kill", 2, 2), doc, a -> {
            int pid = Values.integer(SocketMethods.required(a[0]));
            int number = Values.integer(SocketMethods.required(a[1]));
            long before = pid == ProcessHandle.current().pid() ? Interrupts.arrived(number) : -1;
            PyObject result = jythons.__call__(Py.newInteger(pid), Py.newInteger(number));
            Interrupts.arrive(number, before);
            return result;
        });
    }

    /** True when the calling thread is the one that Python's signals belong to (and from now on it is, if none was). */
    public boolean isMain() {
        return Interrupts.claim() != null;
    }

    /** Installs a function (or None) or, in its absence, SIG_DFL (0) or SIG_IGN (1). The caller has checked isMain. */
    public void install(int number, PyObject handler, int otherwise) {
        interrupts().install(number, Values.isNone(handler) ? null : handler, otherwise);
    }

    /** Whether a descriptor can be given to {@link #wakeup}. */
    public boolean isOpen(int descriptor) {
        return PosixProcess.current().descriptors().fileOrNull(descriptor) != null;
    }

    /** The descriptor that gets a zero byte at each signal, -1 for none; the one before. */
    public int wakeup(int descriptor) {
        return interrupts().wakeup(descriptor);
    }

    private static Interrupts interrupts() {
        Interrupts interrupts = Interrupts.claim();
        if (interrupts == null) {
            throw Py.ValueError("signal only works in main thread");
        }
        return interrupts;
    }

    /** ITIMER_REAL: SIGALRM after {@code seconds}, then every {@code interval} seconds; 0 ends it. */
    public synchronized void timer(double seconds, double interval) {
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
        this.interval = interval;
        due = System.nanoTime() / 1e9 + seconds;
        if (seconds <= 0) {
            return;
        }
        if (timer == null) {
            timer = new Timer("alarm", true);
            PosixProcess.current().atEnd(this::end);
        }
        Interrupts interrupts = interrupts();
        TimerTask task = new TimerTask() {
            @Override
            public void run() {
                interrupts.deliver(SIGALRM);
            }
        };
        long delay = Math.max(1, (long) Math.ceil(seconds * MILLIS));
        if (interval > 0) {
            timer.schedule(task, delay, Math.max(1, (long) Math.ceil(interval * MILLIS)));
        } else {
            timer.schedule(task, delay);
        }
        alarm = task;
    }

    /** Ends the timer's thread. */
    private synchronized void end() {
        if (timer != null) {
            timer.cancel();
        }
        timer = null;
        alarm = null;
    }

    /** Seconds until the next SIGALRM, 0 when none is due. */
    public synchronized double remaining() {
        if (alarm == null) {
            return 0;
        }
        double left = due - System.nanoTime() / 1e9;
        while (left <= 0 && interval > 0) {
            left += interval;
        }
        return Math.max(0, left);
    }

    /** Seconds between two SIGALRM, 0 for a single one. */
    public synchronized double interval() {
        return interval;
    }
}
