package org.euryale.jython;

import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Callable;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Errno;
import org.euryale.posix.PosixException;
import org.python.core.Py;
import org.python.core.PySystemState;
import org.python.core.PyType;

/**
 * What one interpreter has for itself, as a process has: descriptors, the default timeout, its types and exception
 * classes. It ends with the interpreter ({@code PySystemState.close}), which closes whatever is still open.
 */
public final class PosixProcess {
    /** The JVM's interpreters; a process does not refer to its own, so a forgotten interpreter takes it along. */
    private static final Map<PySystemState, PosixProcess> PROCESSES = new WeakHashMap<>();

    private final DescriptorTable descriptors = new DescriptorTable();
    private final Errors errors = new Errors();
    private final PyType socketType;
    private final PyType epollType;
    private final PyType pollType;

    /** Seconds, negative for none; socket.setdefaulttimeout. */
    private volatile double defaultTimeout = -1;

    private PosixProcess() {
        socketType = PySocket.type(this);
        epollType = PyEpoll.type(this);
        pollType = PyPoll.type();
    }

    /** The process of the interpreter that the calling thread runs in. */
    public static PosixProcess current() {
        PySystemState state = Py.getSystemState();
        synchronized (PROCESSES) {
            PosixProcess process = PROCESSES.get(state);
            if (process == null) {
                PosixProcess begun = new PosixProcess();
                state.registerCloser((Callable<Void>) () -> {
                    begun.end();
                    return null;
                });
                PROCESSES.put(state, begun);
                process = begun;
            }
            return process;
        }
    }

    private void end() {
        if (isJvmExiting()) {
            // Jython closes its interpreters in a shutdown hook, while the program still runs. As in C, exit closes
            // the descriptors last: the program must not meet EBADF before that.
            return;
        }
        Interrupts.release(this);
        descriptors.close();
        synchronized (PROCESSES) {
            PROCESSES.values().remove(this); // a state that is used again begins a new process
        }
    }

    private static boolean isJvmExiting() {
        Thread probe = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** The descriptors of this interpreter. */
    public DescriptorTable descriptors() {
        return descriptors;
    }

    Errors errors() {
        return errors;
    }

    PyType socketType() {
        return socketType;
    }

    PyType epollType() {
        return epollType;
    }

    PyType pollType() {
        return pollType;
    }

    double defaultTimeout() {
        return defaultTimeout;
    }

    void defaultTimeout(double seconds) {
        defaultTimeout = seconds;
    }

    /**
     * Runs the program's signal handlers when a wait ended for one; what a handler raises goes to the program in place
     * of EINTR (signal(7), and CPython's PyErr_CheckSignals).
     */
    static void interrupted(PosixException e) {
        if (e.errno() == Errno.EINTR) {
            Interrupts.check();
        }
    }
}
