package org.euryale.jython;

import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.python.core.Py;
import org.python.core.PyString;
import org.python.core.PyTuple;

/**
 * What lib/posix.py asks of the C library beyond descriptors: process groups, limits, file systems. Linux, with a Jython
 * that can call it. Each raises OSError as CPython's {@code Modules/posixmodule.c} does. Any thread.
 */
public final class SystemFunctions {
    /** Longs in Linux's struct statvfs where a long has 64 bits; some at its end are spare. */
    private static final int STATVFS = 14;

    private SystemFunctions() {}

    private static long called(String name, ToLongFunction<Libc> call, Object... arguments) {
        return Trace.called(name, () -> result(call), arguments);
    }

    private static long result(ToLongFunction<Libc> call) {
        long result = call.applyAsLong(Libc.bound());
        if (result == -1) {
            throw Errors.osError(Libc.errno());
        }
        return result;
    }

    /** -1 is a result of these as well: an error is told by errno alone. */
    static long orErrno(LongSupplier call, long instead) {
        Libc.clearErrno();
        long result = call.getAsLong();
        if (result != -1) {
            return result;
        }
        if (Libc.errno() != 0) {
            throw Errors.osError(Libc.errno());
        }
        return instead;
    }

    /** {@code getpgid(2)}. */
    public static long getpgid(int pid) {
        return called("getpgid", libc -> libc.getpgid(pid), pid);
    }

    /** {@code setpgid(2)}. */
    public static void setpgid(int pid, int group) {
        called("setpgid", libc -> libc.setpgid(pid, group), pid, group);
    }

    /** {@code getsid(2)}. */
    public static long getsid(int pid) {
        return called("getsid", libc -> libc.getsid(pid), pid);
    }

    /** {@code killpg(3)}. */
    public static void killpg(int group, int signal) {
        called("killpg", libc -> libc.killpg(group, signal), group, signal);
    }

    /** {@code nice(2)}, which on Linux is the calling thread's and that of threads and processes it begins later. */
    public static long nice(int increment) {
        return Trace.called("nice", () -> orErrno(() -> Libc.bound().nice(increment), -1), increment);
    }

    /** {@code getloadavg(3)}: three numbers. */
    public static PyTuple getloadavg() {
        double[] averages = new double[3];
        called("getloadavg", libc -> libc.getloadavg(averages, averages.length));
        return new PyTuple(Py.newFloat(averages[0]), Py.newFloat(averages[1]), Py.newFloat(averages[2]));
    }

    /** {@code sysconf(3)}; {@link KernelFunctions#NO_LIMIT} where there is none. */
    public static long sysconf(int name) {
        return Trace.called("sysconf", () -> orErrno(() -> Libc.bound().sysconf(name), KernelFunctions.NO_LIMIT), name);
    }

    /** {@code pathconf(3)}; {@link KernelFunctions#NO_LIMIT} where there is none. */
    public static long pathconf(PyString path, int name) {
        return Trace.called(
                "pathconf",
                () -> orErrno(
                        () -> Libc.bound().pathconf(Libc.terminated(path.getString()), name), KernelFunctions.NO_LIMIT),
                path,
                name);
    }

    /** {@code mkfifo(3)}. */
    public static void mkfifo(PyString path, int mode) {
        called(
                "mkfifo",
                libc -> libc.mkfifo(Libc.terminated(path.getString()), mode),
                path,
                "0" + Integer.toOctalString(mode));
    }

    /** {@code statvfs(3)}: the struct, long by long. */
    public static long[] statvfs(PyString path) {
        long[] struct = new long[STATVFS];
        called("statvfs", libc -> libc.statvfs(Libc.terminated(path.getString()), struct), path);
        return struct;
    }

    /** {@code fstatvfs(3)}: the struct, long by long. */
    public static long[] fstatvfs(int descriptor) {
        long[] struct = new long[STATVFS];
        KernelFunctions.call("fstatvfs", descriptor, (libc, number) -> libc.fstatvfs(number, struct));
        return struct;
    }

    /** {@code wait4(2)}: the process, its status, then its use as {@link ResourceFunctions#usage} has it. */
    public static long[] wait4(int pid, int options) {
        int[] status = new int[1];
        long[] usage = new long[ResourceFunctions.RUSAGE];
        long[] result = new long[2 + ResourceFunctions.RUSAGE];
        result[0] = called("wait4", libc -> libc.wait4(pid, status, options, usage), pid, options);
        result[1] = status[0];
        System.arraycopy(usage, 0, result, 2, ResourceFunctions.RUSAGE);
        return result;
    }
}
