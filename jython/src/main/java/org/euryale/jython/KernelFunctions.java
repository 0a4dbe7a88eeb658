package org.euryale.jython;

import java.nio.charset.StandardCharsets;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;

/**
 * Calls of the C library on descriptors that java.nio has no counterpart of, for lib/posix.py and lib/termios.py. Linux;
 * without the C library they are not there, see {@link #available}. A failed call is an OSError.
 */
public final class KernelFunctions {
    /** Bytes of struct termios: four flags of four bytes, the line, 32 control characters, two speeds. */
    public static final int TERMIOS = 60;

    /** What {@link #fpathconf} gives for no limit. */
    public static final long NO_LIMIT = Long.MIN_VALUE;

    private static final int NAME = 128;
    private static final int O_RDWR = 2;
    private static final int O_NOCTTY = 0400;
    private static final int O_CLOEXEC = 02000000;

    private KernelFunctions() {}

    /** Whether the calls can be made here. */
    public static boolean available() {
        return LibcKernel.open() != null && KernelNumbers.available();
    }

    /** Puts the constants of termios into its dictionary. */
    public static void constants(PyObject dict) {
        new Constants("termios").into(dict);
    }

    interface Call {
        long on(Libc libc, int number);
    }

    /** The result of a call that says -1 for an error. */
    static long call(String name, int descriptor, Call call, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = descriptor;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Trace.called(name, () -> call(descriptor, call), all);
    }

    private static long call(int descriptor, Call call) {
        try {
            PosixProcess process = PosixProcess.current();
            OpenFile file = process.descriptors().file(descriptor);
            long result = call.on(Libc.bound(), file.kernelNumber(process.libc()));
            if (result == -1) {
                throw Errors.osError(Libc.errno());
            }
            return result;
        } catch (PosixException e) {
            throw Errors.osError(e);
        }
    }

    /** The result of a call that returns the number of its error, 0 for none. */
    private static void told(int number) {
        if (number != 0) {
            throw Errors.osError(number);
        }
    }

    /** {@code fchmod(2)}. */
    public static void fchmod(int descriptor, int mode) {
        call("fchmod", descriptor, (libc, number) -> libc.fchmod(number, mode), "0" + Integer.toOctalString(mode));
    }

    /** {@code fchown(2)}; -1 leaves an owner or a group as it is. */
    public static void fchown(int descriptor, int owner, int group) {
        call("fchown", descriptor, (libc, number) -> libc.fchown(number, owner, group), owner, group);
    }

    /** {@code fpathconf(3)}; {@link #NO_LIMIT} where there is none. */
    public static long fpathconf(int descriptor, int name) {
        Call call = (libc, number) -> SystemFunctions.orErrno(() -> libc.fpathconf(number, name), NO_LIMIT);
        return call("fpathconf", descriptor, call, name);
    }

    /** {@code tcgetpgrp(3)}. */
    public static int tcgetpgrp(int descriptor) {
        return (int) call("tcgetpgrp", descriptor, Libc::tcgetpgrp);
    }

    /** {@code tcsetpgrp(3)}. */
    public static void tcsetpgrp(int descriptor, int group) {
        call("tcsetpgrp", descriptor, (libc, number) -> libc.tcsetpgrp(number, group), group);
    }

    /** The name of a terminal. */
    public static PyString ttyname(int descriptor) {
        return Trace.called(
                "ttyname",
                () -> {
                    byte[] name = new byte[NAME];
                    call(descriptor, (libc, number) -> {
                        int failure = libc.ttyname_r(number, name, NAME);
                        Runtime.getSystemRuntime().setLastError(failure);
                        return failure == 0 ? 0 : -1;
                    });
                    return string(name);
                },
                descriptor);
    }

    private static PyString string(byte[] name) {
        String text = new String(name, StandardCharsets.ISO_8859_1);
        return new PyString(text.substring(0, text.indexOf('\0')));
    }

    /** A new pseudo-terminal: (descriptor of the master, descriptor of the slave). */
    public static PyTuple openpty() {
        return Trace.called("openpty", KernelFunctions::newTerminal);
    }

    private static PyTuple newTerminal() {
        Libc libc = Libc.bound();
        PosixProcess process = PosixProcess.current();
        DescriptorTable table = process.descriptors();
        try {
            table.requireRoom(2);
            int number = libc.posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
            if (number < 0) {
                throw Errors.osError(Libc.errno());
            }
            int master = process.adopt(number);
            try {
                byte[] name = new byte[NAME];
                if (libc.unlockpt(number) < 0) {
                    throw Errors.osError(Libc.errno());
                }
                told(libc.ptsname_r(number, name, NAME));
                int slave = process.open(java.nio.file.Path.of(string(name).getString()), O_RDWR | O_NOCTTY, 0);
                return new PyTuple(Py.newInteger(master), Py.newInteger(slave));
            } catch (PosixException | PyException e) {
                table.close(master);
                throw e;
            }
        } catch (PosixException e) {
            throw Errors.osError(e);
        }
    }

    /** A descriptor that events of {@code inotify(7)} are read from, in the machine's byte order. */
    public static int inotify() {
        return Trace.called("inotify_init1", KernelFunctions::newInotify, "IN_CLOEXEC");
    }

    private static int newInotify() {
        int number = Libc.bound().inotify_init1(O_CLOEXEC);
        if (number < 0) {
            throw Errors.osError(Libc.errno());
        }
        try {
            return PosixProcess.current().adopt(number);
        } catch (PosixException e) {
            throw Errors.osError(e);
        }
    }

    /** Watches a file; the number of the watch. */
    public static int inotifyAdd(int descriptor, PyString path, int mask) {
        byte[] name = Libc.terminated(path.getString());
        Call call = (libc, number) -> libc.inotify_add_watch(number, name, mask);
        return (int) call("inotify_add_watch", descriptor, call, path, "0x" + Integer.toHexString(mask));
    }

    /** Ends a watch. */
    public static void inotifyRemove(int descriptor, int watch) {
        call("inotify_rm_watch", descriptor, (libc, number) -> libc.inotify_rm_watch(number, watch), watch);
    }

    /** The bytes of struct termios. */
    public static byte[] tcgetattr(int descriptor) {
        Pointer memory = Memory.allocateDirect(Runtime.getSystemRuntime(), 2 * TERMIOS, true);
        call("tcgetattr", descriptor, (libc, number) -> libc.tcgetattr(number, memory));
        byte[] attributes = new byte[TERMIOS];
        memory.get(0, attributes, 0, TERMIOS);
        return attributes;
    }

    /** Sets the bytes of struct termios; {@code when} is TCSANOW, TCSADRAIN or TCSAFLUSH. */
    public static void tcsetattr(int descriptor, int when, byte[] attributes) {
        Pointer memory = Memory.allocateDirect(Runtime.getSystemRuntime(), 2 * TERMIOS, true);
        memory.put(0, attributes, 0, TERMIOS);
        call("tcsetattr", descriptor, (libc, number) -> libc.tcsetattr(number, when, memory), when);
    }

    /** {@code tcsendbreak(3)}. */
    public static void tcsendbreak(int descriptor, int duration) {
        call("tcsendbreak", descriptor, (libc, number) -> libc.tcsendbreak(number, duration), duration);
    }

    /** {@code tcdrain(3)}. */
    public static void tcdrain(int descriptor) {
        call("tcdrain", descriptor, Libc::tcdrain);
    }

    /** {@code tcflush(3)}. */
    public static void tcflush(int descriptor, int queue) {
        call("tcflush", descriptor, (libc, number) -> libc.tcflush(number, queue), queue);
    }

    /** {@code tcflow(3)}. */
    public static void tcflow(int descriptor, int action) {
        call("tcflow", descriptor, (libc, number) -> libc.tcflow(number, action), action);
    }
}
