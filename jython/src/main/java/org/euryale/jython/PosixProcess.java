package org.euryale.jython;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.WeakHashMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.FileStatus;
import org.euryale.posix.Kernel;
import org.euryale.posix.KernelFile;
import org.euryale.posix.KernelReadiness;
import org.euryale.posix.OpenFile;
import org.euryale.posix.OpenFlags;
import org.euryale.posix.PosixException;
import org.euryale.posix.RegularFile;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PySystemState;
import org.python.core.PyType;

/**
 * What one interpreter has for itself, as a process has: descriptors, the default timeout, its types and exception
 * classes. The end of the interpreter ({@code PySystemState.close}) closes whatever is still open.
 *
 * <p>Jython lets an interpreter be used after its end: {@code PythonInterpreter.close} ends the one that the next {@code
 * new PythonInterpreter()} gets. The process then has another life, with descriptors of its own; what was made in the
 * one before stays closed.
 */
public final class PosixProcess {
    /** The JVM's interpreters; a process does not refer to its own, so a forgotten interpreter takes it along. */
    private static final Map<PySystemState, PosixProcess> PROCESSES = new WeakHashMap<>();

    private final @Nullable Kernel kernel = LibcKernel.open();
    private final WeakReference<PySystemState> interpreter;
    private volatile @Nullable Life life;
    private final FileObjects files = new FileObjects(this);
    private final Errors errors = new Errors();
    private final PyType socketType;
    private final PyType epollType;
    private final PyType pollType;

    /** Seconds, negative for none; socket.setdefaulttimeout. */
    private volatile double defaultTimeout = -1;

    private PosixProcess(PySystemState state) {
        interpreter = new WeakReference<>(state);
        socketType = PySocket.type(this);
        epollType = PyEpoll.type(this);
        pollType = PyPoll.type();
    }

    /** What is open until the interpreter ends. */
    private record Life(
            DescriptorTable descriptors,
            DescriptorTable hidden,
            @Nullable KernelReadiness readiness,
            Queue<Runnable> atEnd) {
        void end() {
            atEnd.forEach(Runnable::run);
            descriptors.close();
            hidden.close();
            if (readiness != null) {
                readiness.close();
            }
        }
    }

    private Life life() {
        Life now = life;
        return now != null ? now : begin();
    }

    private synchronized Life begin() {
        Life now = life;
        if (now == null) {
            KernelReadiness readiness = kernel == null ? null : new KernelReadiness(kernel);
            DescriptorTable descriptors = new DescriptorTable(
                    standard(readiness, 0, FileDescriptor.in),
                    standard(readiness, 1, FileDescriptor.out),
                    standard(readiness, 2, FileDescriptor.err));
            now = new Life(descriptors, new DescriptorTable(), readiness, new ConcurrentLinkedQueue<>());
            life = now;
            PySystemState state = interpreter.get();
            if (state != null) {
                state.registerCloser((Callable<Void>) () -> {
                    end();
                    return null;
                });
            }
        }
        return now;
    }

    /** A standard stream of the JVM, which never closes it; null when the JVM was started without. */
    private @Nullable OpenFile standard(@Nullable KernelReadiness readiness, int number, FileDescriptor descriptor) {
        if (kernel != null && readiness != null) {
            try {
                return new KernelFile(kernel, readiness, number, false);
            } catch (PosixException e) {
                return null;
            }
        }
        // Without the C library nobody can say when it is ready: it always is, and a read waits.
        return number == 0
                ? new RegularFile(new FileInputStream(descriptor).getChannel(), null, OpenFlags.O_RDONLY)
                : new RegularFile(new FileOutputStream(descriptor).getChannel(), null, OpenFlags.O_WRONLY);
    }

    /** The process of the interpreter that the calling thread runs in. */
    public static PosixProcess current() {
        PySystemState state = Py.getSystemState();
        synchronized (PROCESSES) {
            PosixProcess process = PROCESSES.get(state);
            if (process == null) {
                process = new PosixProcess(state);
                PROCESSES.put(state, process);
            }
            return process;
        }
    }

    /** Whether the calling thread's interpreter has Euryale's modules. */
    static boolean isOurs() {
        if (Initializer.isEverywhere()) {
            return true;
        }
        synchronized (PROCESSES) {
            return PROCESSES.containsKey(Py.getSystemState());
        }
    }

    private void end() {
        if (isJvmExiting()) {
            // Jython closes its interpreters in a shutdown hook, while the program still runs. As in C, exit closes
            // the descriptors last: the program must not meet EBADF before that.
            return;
        }
        Interrupts.release(this);
        Life ended;
        synchronized (this) {
            ended = life;
            life = null;
        }
        if (ended != null) {
            ended.end();
        }
    }

    /** Runs something when the interpreter ends, before its files are closed. */
    void atEnd(Runnable deed) {
        life().atEnd.add(deed);
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

    /** The descriptors of this interpreter. Objects that have a number keep the table that it is of. */
    public DescriptorTable descriptors() {
        return life().descriptors;
    }

    /**
     * Opens a file by name; named pipes and devices become files of the kernel's own where that can be called.
     *
     * @return its descriptor
     */
    int open(Path path, int flags, int mode) throws PosixException {
        KernelReadiness readiness = life().readiness;
        OpenFile file = kernel != null && readiness != null && isSpecial(path)
                ? new KernelFile(kernel, readiness, kernel.open(path.toString(), flags, mode), true)
                : RegularFile.open(path, flags, mode);
        file.nonBlocking((flags & OpenFlags.O_NONBLOCK) != 0);
        return descriptors().add(file);
    }

    private static boolean isSpecial(Path path) {
        try {
            int type = FileStatus.of(path).type();
            return type == FileStatus.S_IFIFO || type == FileStatus.S_IFCHR;
        } catch (PosixException e) {
            return false; // does not exist yet, or cannot be seen: opening it tells
        }
    }

    /** As {@code read(2)}: waits for the first byte unless the file has O_NONBLOCK (EAGAIN). EINTR for a signal. */
    int read(int descriptor, ByteBuffer into) throws PosixException {
        return read(descriptors(), descriptor, into);
    }

    static int read(DescriptorTable descriptors, int descriptor, ByteBuffer into) throws PosixException {
        OpenFile file = descriptors.file(descriptor);
        while (true) {
            int count = file.read(into);
            if (count != OpenFile.WOULD_BLOCK) {
                return count;
            }
            await(descriptors, file, Events.IN);
        }
    }

    /** As {@code write(2)}: all of it unless the file has O_NONBLOCK; EAGAIN when not one byte was taken. */
    int write(int descriptor, ByteBuffer from) throws PosixException {
        return write(descriptors(), descriptor, from);
    }

    static int write(DescriptorTable descriptors, int descriptor, ByteBuffer from) throws PosixException {
        OpenFile file = descriptors.file(descriptor);
        int start = from.position();
        while (true) {
            int count = file.write(from);
            if (count != OpenFile.WOULD_BLOCK && !from.hasRemaining()) {
                return from.position() - start;
            }
            if (file.nonBlocking() && from.position() > start) {
                return from.position() - start;
            }
            if (count == OpenFile.WOULD_BLOCK) {
                await(descriptors, file, Events.OUT);
            }
        }
    }

    private static void await(DescriptorTable descriptors, OpenFile file, int events) throws PosixException {
        if (file.nonBlocking()) {
            throw new PosixException(Errno.EAGAIN);
        }
        Interrupts.enter();
        try {
            descriptors.pollers().await(file, events, -1);
        } finally {
            Interrupts.leave();
        }
    }

    /** Open files that the program does not see: ends of pipes that threads of ours copy through. */
    DescriptorTable hidden() {
        return life().hidden;
    }

    FileObjects files() {
        return files;
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
