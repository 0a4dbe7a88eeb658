package org.euryale.jython;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntSupplier;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.euryale.posix.Errno;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.euryale.posix.Shortage;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;
import org.python.core.PyUnicode;

/**
 * Child processes for lib/euryale/children.py, by posix_spawn(3): the child gets the kernel's own descriptors, or a
 * terminal, and whoever waits is told how it ended. The JDK's {@code Process} copies between streams in threads, and
 * tells a signal as an exit status of 128 and its number.
 *
 * <p>Linux with glibc 2.34 or later, see {@link #available}. Any thread may call anything.
 */
public final class Children {
    /** More than glibc's posix_spawn_file_actions_t and posix_spawnattr_t have on any machine. */
    private static final int OPAQUE = 1024;

    private static final short POSIX_SPAWN_SETSIGDEF = 4;
    private static final short POSIX_SPAWN_SETSIGMASK = 8;
    private static final short POSIX_SPAWN_SETSID = 0x80;
    private static final int SIGSET = 128;
    private static final int SIGPIPE = 13;

    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 02000000;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x0100_0000;
    private static final int P_PID = 1;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int SIGINFO = 128;

    private static final int STREAMS = 3;

    /** The numbers of setgroups, setresgid and setresuid; null on a machine whose numbers are not known here. */
    private static final int @Nullable [] SYSTEM_CALLS = switch (System.getProperty("os.arch")) {
        case "amd64" -> new int[] {116, 119, 117};
        case "aarch64" -> new int[] {159, 149, 147};
        default -> null;
    };

    private Children() {}

    /** Whether children can be started here. */
    public static boolean available() {
        if (LibcKernel.open() == null || !KernelNumbers.available()) {
            return false;
        }
        try {
            Pointer actions = memory(OPAQUE);
            Libc libc = Libc.bound();
            boolean able = libc.posix_spawn_file_actions_init(actions) == 0
                    && libc.posix_spawn_file_actions_addclosefrom_np(actions, STREAMS) == 0;
            libc.posix_spawn_file_actions_destroy(actions);
            return able;
        } catch (UnsatisfiedLinkError e) {
            return false; // an older C library
        }
    }

    private static Pointer memory(int bytes) {
        return Memory.allocateDirect(Runtime.getSystemRuntime(), bytes, true);
    }

    /** {@code pipe(2)} of the kernel's own: (descriptor to read from, descriptor to write to), for a child's streams. */
    public static PyTuple pipe() {
        return Trace.called("pipe2", Children::newPipe, "O_CLOEXEC");
    }

    private static PyTuple newPipe() {
        int[] ends = new int[2];
        PosixProcess process = PosixProcess.current();
        try {
            process.descriptors().requireRoom(2);
            Shortage.retried(() -> {
                if (Libc.bound().pipe2(ends, O_CLOEXEC) < 0) {
                    throw new PosixException(Platform.errno(Libc.errno()));
                }
                return ends;
            });
            int[] numbers = process.adoptPair(ends[0], ends[1]);
            return new PyTuple(Py.newInteger(numbers[0]), Py.newInteger(numbers[1]));
        } catch (PosixException e) {
            throw Errors.osError(e);
        }
    }

    /**
     * Starts a program.
     *
     * @param path its file
     * @param arguments its strings, the first its name
     * @param environment its variables, as {@code NAME=value}
     * @param directory where it starts, null for where the JVM was started
     * @param signals whether signals that this process ignores are as at the start of a program, as after fork in Twisted
     * @param identity user and group, and all groups if they are others, that it has; null for this process's. See {@link
     *     #changesUser}
     * @param files the descriptors of ours that it gets as 0, 1, 2 ...; where one is not open, it has none of this number,
     *     nor any beyond
     * @return its process number; OSError, also for what exec(2) says
     */
    public static int spawn(
            PyObject path,
            PyObject arguments,
            PyObject environment,
            @Nullable PyObject directory,
            boolean signals,
            int @Nullable [] identity,
            int[] files) {
        List<Integer> copies = new ArrayList<>();
        try {
            Files given = (libc, actions) -> {
                give(libc, actions, files, copies);
                return 0;
            };
            return spawn(path, arguments, environment, directory, signals, identity, given, Arrays.toString(files));
        } finally {
            for (int copy : copies) {
                Libc.bound().close(copy);
            }
        }
    }

    /**
     * Starts a program in a session of its own, with a terminal that controls it as 0, 1 and 2, as {@code forkpty(3)}.
     *
     * @param terminal the file name of the terminal; the rest is {@link #spawn}'s
     */
    public static int spawnOnTerminal(
            PyObject path,
            PyObject arguments,
            PyObject environment,
            @Nullable PyObject directory,
            boolean signals,
            int @Nullable [] identity,
            PyObject terminal) {
        Files files = (libc, actions) -> {
            // The first terminal that the leader of a session without one opens becomes its own (tty_ioctl(4)).
            libc.posix_spawn_file_actions_addopen(actions, 0, text(terminal), O_RDWR, 0);
            libc.posix_spawn_file_actions_adddup2(actions, 0, 1);
            libc.posix_spawn_file_actions_adddup2(actions, 0, 2);
            libc.posix_spawn_file_actions_addclosefrom_np(actions, STREAMS);
            return POSIX_SPAWN_SETSID;
        };
        return spawn(path, arguments, environment, directory, signals, identity, files, terminal);
    }

    /** Says which files a child gets; the flags that this takes of posix_spawn(3). */
    private interface Files {
        int into(Libc libc, Pointer actions) throws PosixException;
    }

    private static void give(Libc libc, Pointer actions, int[] files, List<Integer> copies) throws PosixException {
        PosixProcess process = PosixProcess.current();
        for (int target = 0; target < files.length; target++) {
            OpenFile file = process.descriptors().fileOrNull(files[target]);
            if (file == null) {
                libc.posix_spawn_file_actions_addclose(actions, target);
                continue;
            }
            int number = file.lend(process.libc());
            if (number < files.length && number != target) {
                number = copy(number, files.length); // else an earlier action would have put something else there
                copies.add(number);
            }
            libc.posix_spawn_file_actions_adddup2(actions, number, target);
        }
        libc.posix_spawn_file_actions_addclosefrom_np(actions, files.length);
    }

    /** @param shown what a trace says of the files */
    private static int spawn(
            PyObject path,
            PyObject arguments,
            PyObject environment,
            @Nullable PyObject directory,
            boolean defaults,
            int @Nullable [] identity,
            Files files,
            Object shown) {
        return Trace.called(
                "posix_spawn",
                () -> spawn(path, arguments, environment, directory, defaults, identity, files),
                path,
                arguments,
                "/* " + environment.__len__() + " vars */",
                shown);
    }

    private static int spawn(
            PyObject path,
            PyObject arguments,
            PyObject environment,
            @Nullable PyObject directory,
            boolean defaults,
            int @Nullable [] identity,
            Files files) {
        Pointer actions = memory(OPAQUE);
        Pointer attributes = memory(OPAQUE);
        Libc libc = Libc.bound();
        libc.posix_spawn_file_actions_init(actions);
        libc.posix_spawnattr_init(attributes);
        try {
            int flags = files.into(libc, actions);
            if (directory != null) {
                libc.posix_spawn_file_actions_addchdir_np(actions, text(directory));
            }
            // The JVM handles SIGPIPE; its thread's mask is nothing for the child.
            Pointer signals = memory(SIGSET);
            libc.posix_spawnattr_setsigmask(attributes, signals);
            if (defaults) {
                signals.setMemory(0, SIGSET, (byte) -1);
            } else {
                signals.putByte((SIGPIPE - 1) / Byte.SIZE, (byte) (1 << ((SIGPIPE - 1) % Byte.SIZE)));
            }
            libc.posix_spawnattr_setsigdefault(attributes, signals);
            libc.posix_spawnattr_setflags(attributes, (short) (POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | flags));
            Pointer pid = memory(Integer.BYTES);
            Strings argv = texts(arguments);
            Strings env = texts(environment);
            Pointer file = text(path);
            try {
                IntSupplier call = () -> libc.posix_spawn(pid, file, actions, attributes, argv.array(), env.array());
                int failure = identity == null ? call.getAsInt() : as(identity, call);
                if (failure != 0) {
                    throw Errors.osError(failure);
                }
                return pid.getInt(0);
            } finally { // the arrays point into them
                Reference.reachabilityFence(argv);
                Reference.reachabilityFence(env);
            }
        } catch (PosixException e) {
            throw Errors.osError(e);
        } finally {
            libc.posix_spawn_file_actions_destroy(actions);
            libc.posix_spawnattr_destroy(attributes);
        }
    }

    /** Whether a child can have another user than this process, who has to be privileged for it. */
    public static boolean changesUser() {
        return SYSTEM_CALLS != null;
    }

    /**
     * Makes a call that returns an error's number, or 0, as another user. To the kernel user and groups are a thread's
     * (nptl(7)), and a child has those of the thread that has made it: this is one of its own, which then ends.
     */
    private static int as(int[] identity, IntSupplier call) {
        int[] failure = {0};
        Thread thread = new Thread(
                () -> failure[0] = become(identity) ? call.getAsInt() : Libc.errno(),
                "euryale-child-of-" + identity[0]);
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return failure[0];
    }

    private static boolean become(int[] identity) {
        int[] calls = Objects.requireNonNull(SYSTEM_CALLS);
        int user = identity[0];
        int group = identity[1];
        int[] groups = Arrays.copyOfRange(identity, 2, identity.length);
        Libc libc = Libc.bound();
        return (groups.length == 0 || libc.syscall(calls[0], groups.length, groups) == 0)
                && libc.syscall(calls[1], group, group, group) == 0
                && libc.syscall(calls[2], user, user, user) == 0;
    }

    /** Another of the kernel's descriptors for the same file, from {@code lowest} on. */
    private static int copy(int number, int lowest) {
        int copy = Libc.bound().fcntl(number, F_DUPFD_CLOEXEC, lowest);
        if (copy < 0) {
            throw Errors.osError(Libc.errno());
        }
        return copy;
    }

    private static byte[] bytes(PyObject string) {
        PyObject text = string instanceof PyUnicode unicode
                ? Py.newString(Py.fileSystemEncode(unicode).getString())
                : string;
        if (!(text instanceof PyString bytes)) {
            throw Py.TypeError("coercing to Unicode: need string or buffer, " + Values.typeName(string) + " found");
        }
        if (bytes.getString().indexOf('\0') >= 0) {
            throw Py.TypeError("execve() arg 2 must contain only strings without null bytes");
        }
        return bytes.getString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A C string: the bytes of a str, a unicode in the encoding of file names. */
    private static Pointer text(PyObject string) {
        byte[] bytes = bytes(string);
        Pointer memory = memory(bytes.length + 1);
        memory.put(0, bytes, 0, bytes.length);
        return memory;
    }

    /** An array of C strings that a null ends, as exec(2) takes. Keeps what it points to alive. */
    private static Strings texts(PyObject strings) {
        List<Pointer> texts = new ArrayList<>();
        for (PyObject string : strings.asIterable()) {
            texts.add(text(string));
        }
        int size = Runtime.getSystemRuntime().addressSize();
        Pointer array = memory(size * (texts.size() + 1));
        for (int i = 0; i < texts.size(); i++) {
            array.putPointer((long) i * size, texts.get(i));
        }
        return new Strings(array, texts);
    }

    private record Strings(Pointer array, List<Pointer> texts) {}

    /**
     * {@code waitpid(2)} without waiting: (status as wait(2) has it,), or None while the child runs. OSError ECHILD when
     * somebody has waited for it before, or SIGCHLD is ignored.
     */
    public static PyObject ended(int pid) {
        return Trace.called("waitpid", () -> status(pid), pid, "WNOHANG");
    }

    private static PyObject status(int pid) {
        int[] status = new int[1];
        int found = Libc.bound().waitpid(pid, status, WNOHANG);
        if (found < 0) {
            throw Errors.osError(Libc.errno());
        }
        return found == 0 ? Py.None : new PyTuple(Py.newInteger(status[0]));
    }

    /** Returns when a child has ended, which it leaves to {@link #ended} to tell. A signal handler may run meanwhile. */
    public static void await(int pid) {
        Trace.done("waitid", () -> awaitEnd(pid), "P_PID", pid, "WEXITED|WNOWAIT");
    }

    private static void awaitEnd(int pid) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        // waitid(2) knows no time limit and no interrupt, so a thread of its own asks it.
        Thread thread = new Thread(
                () -> {
                    Pointer info = memory(SIGINFO);
                    Libc libc = Libc.bound();
                    while (libc.waitid(P_PID, pid, info, WEXITED | WNOWAIT) < 0
                            && Platform.errno(Libc.errno()) == Errno.EINTR) {
                        // the JVM's own signals
                    }
                    end.complete(null);
                },
                "euryale-child-" + pid);
        thread.setDaemon(true);
        thread.start();
        while (!end.isDone()) {
            Interrupts.enter();
            try {
                end.get();
            } catch (InterruptedException e) {
                // a signal: its handler runs below
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            } finally {
                Interrupts.leave();
            }
            Interrupts.check();
        }
    }
}
