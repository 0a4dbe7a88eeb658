package org.euryale.jython;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.FileStatus;
import org.euryale.posix.JdkNames;
import org.euryale.posix.Kernel;
import org.euryale.posix.KernelFile;
import org.euryale.posix.KernelReadiness;
import org.euryale.posix.KernelSocket;
import org.euryale.posix.NameService;
import org.euryale.posix.OpenFile;
import org.euryale.posix.OpenFlags;
import org.euryale.posix.PosixException;
import org.euryale.posix.RegularFile;
import org.euryale.posix.Shortage;
import org.euryale.posix.SocketKernel;
import org.euryale.posix.StandardStreams;
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
    /** The property in which the launcher names the descriptors beyond 2 that the JVM was started with. */
    private static final String INHERITED = "euryale.inherited";

    /** The property in which it names those of 0 to 2 that the JVM was started without. */
    private static final String CLOSED = "euryale.closed";

    /** Whether the JVM is the launcher's, so that its first interpreter is all of the process. */
    private static volatile boolean launched;

    /** The JVM's interpreters; a process does not refer to its own, so a forgotten interpreter takes it along. */
    private static final Map<PySystemState, PosixProcess> PROCESSES = new WeakHashMap<>();

    /** Whether the last call before this class goes was made: Jython is given nothing any more that refers to it. */
    private static volatile boolean unloaded;

    private final WeakReference<PySystemState> interpreter;
    private final Callable<Void> closer = () -> {
        end();
        return null;
    };
    private volatile @Nullable Life life;
    private final FileObjects files = new FileObjects(this);
    private final Lazy<NameService> names = new Lazy<>(() -> LibcNames.isThere() ? new LibcNames() : new JdkNames());
    private final Lazy<Errors> errors = new Lazy<>(Errors::new);
    private final Lazy<PyType> socketType = new Lazy<>(() -> PySocket.type(this));
    private final Lazy<PyType> epollType = new Lazy<>(() -> PyEpoll.type(this));
    private final Lazy<PyType> pollType = new Lazy<>(PyPoll::type);
    private final Lazy<SslErrors> sslErrors = new Lazy<>(() -> new SslErrors(errors().sslError));
    private final Lazy<PyType> sslContextType = new Lazy<>(() -> PySslContext.type(this));
    private final Lazy<PyType> sslSocketType = new Lazy<>(PySslSocket::type);
    private final Lazy<OpenSslErrors> openSslErrors = new Lazy<>(OpenSslErrors::new);
    private final Lazy<PyType> openSslContextType = new Lazy<>(() -> PyOpenSslContext.type(this));
    private final Lazy<PyType> openSslConnectionType = new Lazy<>(() -> PyOpenSslConnection.type(this));

    /** Seconds, negative for none; socket.setdefaulttimeout. */
    private volatile double defaultTimeout = -1;

    private PosixProcess(PySystemState state) {
        interpreter = new WeakReference<>(state);
    }

    /** What is open until the interpreter ends. */
    private static final class Life {
        final DescriptorTable hidden = new DescriptorTable();
        final Lazy<Descriptors> opened = new Lazy<>(this::open);
        final Queue<Runnable> atEnd = new ConcurrentLinkedQueue<>();
        private volatile boolean ended;

        private final boolean wholeProcess;

        Life(boolean wholeProcess) {
            this.wholeProcess = wholeProcess;
        }

        private Descriptors open() {
            Descriptors begun = new Descriptors(wholeProcess);
            if (ended) {
                begun.close();
            }
            return begun;
        }

        void end() {
            atEnd.forEach(Runnable::run);
            ended = true;
            Descriptors begun = opened.made();
            if (begun != null) {
                begun.close();
            }
            hidden.close();
        }
    }

    private Life life() {
        Life now = life;
        return now != null ? now : begin();
    }

    private Life begin() {
        Life begun = new Life(launched && isFirst());
        synchronized (this) {
            Life other = life;
            if (other != null) {
                return other;
            }
            life = begun;
        }
        // Outside of any lock: Jython holds one of the interpreter's own while it ends, and calls us under it.
        PySystemState state = interpreter.get();
        if (state != null) {
            state.registerCloser(closer);
            if (unloaded) { // after the look of unload() or together with it
                leave(state);
            }
        }
        return begun;
    }

    private void leave(PySystemState state) {
        state.unregisterCloser(closer);
        end();
    }

    /**
     * Ends all, and lets Jython's list of what to close at the end go. A thread of a closed interpreter that had waited in
     * a call begins another life when it wakes, at any time.
     */
    static void unload() {
        unloaded = true;
        for (PosixProcess process : all()) {
            PySystemState state = process.interpreter.get();
            if (state != null) {
                process.leave(state);
            }
        }
    }

    /** The launcher's program begins: its interpreter, the first, has the JVM's own standard streams for its own. */
    public static void launch() {
        launched = true;
    }

    private boolean isFirst() {
        return interpreter.refersTo(Py.defaultSystemState);
    }

    /**
     * The table, and how the kernel's own files are reached. It begins with the standard streams, for which the C library
     * has to be bound: so when a descriptor is first asked for.
     */
    private static final class Descriptors {
        final @Nullable Kernel kernel = LibcKernel.open();
        final @Nullable KernelReadiness readiness = kernel == null ? null : new KernelReadiness(kernel);
        final @Nullable SocketKernel sockets =
                kernel == null || readiness == null ? null : new LibcSockets(kernel, readiness);
        private final Set<String> closed = Set.of(System.getProperty(CLOSED, "").split(","));
        private final @Nullable StandardStreams streams;
        final DescriptorTable table;

        /**
         * @param wholeProcess whether the program has the JVM for itself
         */
        Descriptors(boolean wholeProcess) {
            streams = wholeProcess && kernel != null ? streams(kernel) : null;
            table = new DescriptorTable(
                    standard(0, FileDescriptor.in), standard(1, FileDescriptor.out), standard(2, FileDescriptor.err));
            if (streams != null) {
                table.streams(streams);
            }
            if (ResourceFunctions.available()) {
                table.limit(ResourceFunctions.descriptorLimit());
            }
            String inherited = wholeProcess ? System.clearProperty(INHERITED) : null;
            if (inherited != null && kernel != null) {
                Arrays.stream(inherited.split(","))
                        .map(Integer::valueOf)
                        .sorted()
                        .forEach(this::inherit);
            }
        }

        private static @Nullable StandardStreams streams(Kernel kernel) {
            try {
                return new StandardStreams(kernel);
            } catch (PosixException e) {
                return null; // no descriptor left: the kernel's stay as they are
            }
        }

        /** A descriptor that the JVM was started with keeps its number. */
        private void inherit(int number) {
            try {
                int lowest = table.add(fileOf(number, true));
                if (lowest != number) {
                    table.dup2(lowest, number);
                    table.close(lowest);
                }
            } catch (PosixException e) {
                return; // closed since, or beyond the limit
            }
        }

        /**
         * A file for a descriptor of the kernel's that has come from another process.
         *
         * @param owned whether it is closed with the file
         */
        OpenFile fileOf(int number, boolean owned) throws PosixException {
            Kernel files = Objects.requireNonNull(kernel);
            if (sockets != null && files.status(number).type() == FileStatus.S_IFSOCK) {
                OpenFile socket = KernelSocket.adopt(sockets, number, owned);
                if (socket != null) {
                    return socket;
                }
            }
            return new KernelFile(files, Objects.requireNonNull(readiness), number, owned);
        }

        /** A standard stream of the JVM, which never closes it; null when the JVM was started without. */
        private @Nullable OpenFile standard(int number, FileDescriptor descriptor) {
            if (closed.contains(Integer.toString(number))) {
                return null;
            }
            if (kernel != null && readiness != null) {
                try {
                    return streams == null ? fileOf(number, false) : fileOf(streams.copy(number), true);
                } catch (PosixException e) {
                    return null;
                }
            }
            // Without the C library nobody can say when it is ready: it always is, and a read waits.
            return number == 0
                    ? new RegularFile(new FileInputStream(descriptor).getChannel(), null, OpenFlags.O_RDONLY)
                    : new RegularFile(new FileOutputStream(descriptor).getChannel(), null, OpenFlags.O_WRONLY);
        }

        OpenFile open(Path path, int flags, int mode) throws PosixException {
            return kernel != null && readiness != null && isSpecial(path)
                    ? new KernelFile(
                            kernel, readiness, Shortage.retried(() -> kernel.open(path.toString(), flags, mode)), true)
                    : RegularFile.open(path, flags, mode);
        }

        void close() {
            table.close();
            if (readiness != null) {
                readiness.close();
            }
        }
    }

    /** The process of the interpreter that the calling thread runs in. */
    public static PosixProcess current() {
        PySystemState state = Py.getSystemState();
        PosixProcess process;
        synchronized (PROCESSES) {
            process = PROCESSES.computeIfAbsent(state, PosixProcess::new);
        }
        process.life(); // so that the end of the interpreter is heard of, whatever it has
        return process;
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
        return opened().table;
    }

    /** EMFILE at the limit, for a file that gets no descriptor yet; where there is no table there is room. */
    void requireRoomForFile() throws PosixException {
        Life now = life;
        Descriptors begun = now == null ? null : now.opened.made();
        if (begun != null) {
            begun.table.requireRoom(1);
        }
    }

    private Descriptors opened() {
        return life().opened.get();
    }

    /**
     * How many sockets and epolls the program has dropped without closing them, and were closed therefore, since the
     * interpreter began or was used again.
     */
    public long dropped() {
        Life now = life;
        Descriptors begun = now == null ? null : now.opened.made();
        return begun == null ? 0 : begun.table.forgotten();
    }

    /**
     * Opens a file by name; named pipes and devices become files of the kernel's own where that can be called.
     *
     * @return its descriptor
     */
    int open(Path path, int flags, int mode) throws PosixException {
        descriptors().requireRoom(1); // before a file is made or cut short
        OpenFile file = opened().open(path, flags, mode);
        file.nonBlocking((flags & OpenFlags.O_NONBLOCK) != 0);
        return descriptors().add(file);
    }

    /** Gives a descriptor to a kernel's one, which is closed with it, also where this fails: EMFILE. */
    int adopt(int number) throws PosixException {
        return descriptors().add(kernelFile(number));
    }

    /** Both descriptors, or none and both the kernel's are closed. */
    int[] adoptPair(int one, int other) throws PosixException {
        return descriptors().addPair(kernelFile(one), kernelFile(other));
    }

    /**
     * Gives a descriptor to a kernel's one that another process has passed, socket or file; EMFILE. It is closed with it,
     * also where this fails.
     */
    int receive(int number) throws PosixException {
        OpenFile file = null;
        try {
            descriptors().requireRoom(1);
            file = opened().fileOf(number, true);
        } finally {
            if (file == null) {
                libc().close(number);
            }
        }
        return descriptors().add(file);
    }

    private KernelFile kernelFile(int number) throws PosixException {
        return new KernelFile(libc(), Objects.requireNonNull(opened().readiness), number, true);
    }

    private static List<PosixProcess> all() {
        synchronized (PROCESSES) {
            return List.copyOf(PROCESSES.values());
        }
    }

    /** RLIMIT_NOFILE was set, which is the JVM's: all its interpreters go by it. */
    static void limitDescriptors(long descriptors) {
        for (PosixProcess process : all()) {
            Life now = process.life;
            Descriptors begun = now == null ? null : now.opened.made();
            if (begun != null) {
                begun.table.limit(descriptors);
            }
        }
    }

    /** The kernel, or EOPNOTSUPP where it cannot be called. */
    Kernel libc() throws PosixException {
        Kernel kernel = opened().kernel;
        if (kernel == null) {
            throw new PosixException(Errno.EOPNOTSUPP);
        }
        return kernel;
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

    /** Waits until one of {@code events} holds; EAGAIN where the file has O_NONBLOCK, EINTR for a signal. */
    static void await(DescriptorTable descriptors, OpenFile file, int events) throws PosixException {
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

    /** The kernel's own calls on sockets, null where they cannot be made. */
    @Nullable
    SocketKernel sockets() {
        return opened().sockets;
    }

    FileObjects files() {
        return files;
    }

    /** Who looks names up: the C library, or the JDK where that cannot be called. */
    NameService names() {
        return names.get();
    }

    Errors errors() {
        return errors.get();
    }

    PyType socketType() {
        return socketType.get();
    }

    PyType epollType() {
        return epollType.get();
    }

    PyType pollType() {
        return pollType.get();
    }

    SslErrors sslErrors() {
        return sslErrors.get();
    }

    PyType sslContextType() {
        return sslContextType.get();
    }

    PyType sslSocketType() {
        return sslSocketType.get();
    }

    OpenSslErrors openSslErrors() {
        return openSslErrors.get();
    }

    PyType openSslContextType() {
        return openSslContextType.get();
    }

    PyType openSslConnectionType() {
        return openSslConnectionType.get();
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
