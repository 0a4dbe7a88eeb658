package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.euryale.posix.Errno;
import org.euryale.posix.OpenFile;
import org.euryale.posix.OpenFlags;
import org.euryale.posix.PosixException;
import org.euryale.posix.RegularFile;
import org.euryale.posix.Whence;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyArray;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyUnicode;

/** What the module {@code fcntl} does, with Linux's numbers of commands. */
public final class FcntlFunctions {
    private static final int F_DUPFD = 0;
    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_GETLK = 5;
    private static final int F_SETLK = 6;
    private static final int F_SETLKW = 7;

    private static final int F_RDLCK = 0;
    private static final int F_WRLCK = 1;
    private static final int F_UNLCK = 2;

    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;

    private static final int FIONREAD = 0x541B;
    private static final int FIONBIO = 0x5421;
    private static final int FIOCLEX = 0x5451;
    private static final int FIONCLEX = 0x5450;
    private static final int TIOCGWINSZ = 0x5413;
    private static final int TIOCSWINSZ = 0x5414;

    /** Bytes that CPython lends a request, so that those which write more than they were given do no harm. */
    private static final int IOCTL_BUFFER = 1024;

    private final PosixProcess process;

    private FcntlFunctions(PosixProcess process) {
        this.process = process;
    }

    /** Puts the functions into the dictionary of the module fcntl. */
    public static void into(PyObject dict) {
        FcntlFunctions functions = new FcntlFunctions(PosixProcess.current());
        new Constants("fcntl").into(dict);
        SocketModule.define(
                dict,
                new Signature("fcntl", 2, 3),
                "fcntl(fd, command[, argument=0])\n\n"
                        + "F_GETFL, F_SETFL (O_NONBLOCK), F_GETFD, F_SETFD, F_DUPFD; F_GETLK, F_SETLK and F_SETLKW\n"
                        + "with a packed struct flock. Other commands are EINVAL.",
                functions::fcntl);
        SocketModule.define(
                dict,
                new Signature("flock", 2, 2),
                "flock(fd, operation)\n\nLOCK_SH, LOCK_EX (with LOCK_NB: IOError EAGAIN instead of waiting) or LOCK_UN.",
                functions::flock);
        SocketModule.define(
                dict,
                new Signature("lockf", 2, 5),
                "lockf(fd, operation[, length=0[, start=0[, whence=0]]])\n\nLocks a range; length 0 is to the end.",
                functions::lockf);
        SocketModule.define(
                dict,
                new Signature("ioctl", 2, 4),
                "ioctl(fd, request[, argument[, mutate_flag]])\n\nWhat ioctl(2) gives. Of FIONREAD, TIOCGWINSZ and"
                        + " TIOCSWINSZ the argument is in\nstruct's native byte order, of others as the kernel has it.",
                functions::ioctl);
    }

    private interface Call {
        PyObject on(OpenFile file) throws PosixException;
    }

    private PyObject on(@Nullable PyObject descriptor, Call call) {
        int number = FileDescriptors.of(SocketMethods.required(descriptor));
        Interrupts.enter();
        try {
            return call.on(process.descriptors().file(number));
        } catch (PosixException e) {
            PosixProcess.interrupted(e);
            throw Errors.ioError(e);
        } finally {
            Interrupts.leave();
        }
    }

    private PyObject fcntl(@Nullable PyObject[] a) {
        int command = Values.integer(SocketMethods.required(a[1]));
        PyObject argument = a[2] == null ? Py.newInteger(0) : a[2];
        int number = FileDescriptors.of(SocketMethods.required(a[0]));
        if (argument instanceof PyString packed && !(argument instanceof PyUnicode)) {
            return on(a[0], file -> locked(file, command, packed));
        }
        int value = (int) Values.cLong(argument);
        return on(a[0], file -> {
            return switch (command) {
                case F_DUPFD -> Py.newInteger(process.descriptors().dup(number, value));
                case F_GETFD -> Py.newInteger(process.descriptors().closeOnExec(number) ? 1 : 0);
                case F_SETFD -> {
                    process.descriptors().closeOnExec(number, (value & 1) != 0);
                    yield Py.newInteger(0);
                }
                case F_GETFL ->
                    Py.newInteger(file.accessMode()
                            | (file.appends() ? OpenFlags.O_APPEND : 0)
                            | (file.nonBlocking() ? OpenFlags.O_NONBLOCK : 0));
                case F_SETFL -> {
                    file.nonBlocking((value & OpenFlags.O_NONBLOCK) != 0);
                    yield Py.newInteger(0);
                }
                default -> throw new PosixException(Errno.EINVAL);
            };
        });
    }

    /** Commands that take a struct; others get it back as it is, as from a kernel that does not look at it. */
    private static PyObject locked(OpenFile file, int command, PyString packed) throws PosixException {
        if (command != F_GETLK && command != F_SETLK && command != F_SETLKW) {
            throw new PosixException(Errno.EINVAL);
        }
        ByteBuffer flock = ByteBuffer.wrap(packed.toBytes()).order(Bytes.STRUCT_ORDER);
        // struct flock: short type, short whence, then start and length, of 8 bytes (aligned) or 4 as they were packed.
        boolean wide = flock.capacity() >= 24;
        if (flock.capacity() < 12) {
            throw new PosixException(Errno.EINVAL);
        }
        int type = flock.getShort(0);
        long start = wide ? flock.getLong(8) : flock.getInt(4);
        long length = wide ? flock.getLong(16) : flock.getInt(8);
        RegularFile regular = regular(file);
        long from = start + origin(regular, flock.getShort(2));
        if (command == F_GETLK) {
            if (type == F_UNLCK || !regular.isLockedByAnother(from, length, type == F_RDLCK)) {
                flock.putShort(0, (short) F_UNLCK);
            }
            return new PyString(new String(flock.array(), StandardCharsets.ISO_8859_1));
        }
        lock(regular, type, from, length, command == F_SETLKW);
        return packed;
    }

    private static void lock(RegularFile file, int type, long start, long length, boolean waits) throws PosixException {
        switch (type) {
            case F_UNLCK -> file.unlock(start, length);
            case F_RDLCK, F_WRLCK -> file.lock(start, length, type == F_RDLCK, waits);
            default -> throw new PosixException(Errno.EINVAL);
        }
    }

    private static RegularFile regular(OpenFile file) throws PosixException {
        if (file instanceof RegularFile regular) {
            return regular;
        }
        throw new PosixException(Errno.EINVAL); // fcntl(2), Linux: no locks on this kind of file
    }

    private static long origin(RegularFile file, int whence) throws PosixException {
        return switch (Whence.of(whence)) {
            case SET -> 0;
            case CURRENT -> file.seek(0, Whence.CURRENT);
            case END -> file.status().size();
        };
    }

    private static int type(int operation) throws PosixException {
        return switch (operation & ~LOCK_NB) {
            case LOCK_SH -> F_RDLCK;
            case LOCK_EX -> F_WRLCK;
            case LOCK_UN -> F_UNLCK;
            default -> throw new PosixException(Errno.EINVAL);
        };
    }

    private PyObject flock(@Nullable PyObject[] a) {
        int operation = Values.integer(SocketMethods.required(a[1]));
        return on(a[0], file -> {
            if (KernelFunctions.available()) {
                FileLocks.flock(file.kernelNumber(process.libc()), operation);
            } else {
                lock(regular(file), type(operation), 0, 0, (operation & LOCK_NB) == 0);
            }
            return Py.None;
        });
    }

    private PyObject lockf(@Nullable PyObject[] a) {
        int operation = Values.integer(SocketMethods.required(a[1]));
        long length = a[2] == null ? 0 : Values.cLong(a[2]);
        long start = a[3] == null ? 0 : Values.cLong(a[3]);
        int whence = Values.integer(a[4], 0);
        if ((operation & (LOCK_SH | LOCK_EX)) == 0 && operation != LOCK_UN) {
            throw Py.ValueError("unrecognized lockf argument");
        }
        int type = operation == LOCK_UN ? F_UNLCK : (operation & LOCK_SH) != 0 ? F_RDLCK : F_WRLCK;
        return on(a[0], file -> {
            RegularFile regular = regular(file);
            lock(regular, type, start + origin(regular, whence), length, (operation & LOCK_NB) == 0);
            return Py.None;
        });
    }

    private PyObject ioctl(@Nullable PyObject[] a) {
        long request = Values.cLong(SocketMethods.required(a[1])) & 0xFFFF_FFFFL;
        PyObject argument = a[2] == null ? Py.newInteger(0) : a[2];
        int number = FileDescriptors.of(SocketMethods.required(a[0]));
        return on(a[0], file -> {
            return switch ((int) request) {
                case FIONREAD -> fionread(file, argument);
                case FIONBIO -> {
                    file.nonBlocking(first(argument) != 0);
                    yield returned(argument);
                }
                case FIOCLEX, FIONCLEX -> {
                    process.descriptors().closeOnExec(number, request == FIOCLEX);
                    yield Py.newInteger(0);
                }
                default -> kernels(file, request, argument, a[3] == null || a[3].__nonzero__());
            };
        });
    }

    /** Any other request, by the kernel: fcntl_ioctl in CPython's {@code Modules/fcntlmodule.c}. */
    private PyObject kernels(OpenFile file, long request, PyObject argument, boolean mutates) throws PosixException {
        int number;
        try {
            number = file.kernelNumber(process.libc());
        } catch (PosixException e) {
            throw new PosixException(Errno.ENOTTY); // no file of the kernel's
        }
        if (Values.isInteger(argument)) {
            return Py.newInteger(process.libc().ioctl(number, request, Values.cLong(argument)));
        }
        byte[] given = text(argument).getBytes(StandardCharsets.ISO_8859_1);
        boolean changes = mutates && !(argument instanceof PyString);
        if (given.length > IOCTL_BUFFER && !changes) {
            throw Py.ValueError("ioctl string arg too long");
        }
        boolean swapped =
                (request == TIOCGWINSZ || request == TIOCSWINSZ) && ByteOrder.nativeOrder() != Bytes.STRUCT_ORDER;
        // The kernel writes as much as the request has, whatever was given.
        byte[] memory = Arrays.copyOf(swapped ? swapped(given) : given, Math.max(given.length, IOCTL_BUFFER));
        int result = process.libc().ioctl(number, request, memory);
        byte[] taken = Arrays.copyOf(memory, given.length);
        if (swapped) {
            taken = swapped(taken);
        }
        if (!changes) {
            return new PyString(new String(taken, StandardCharsets.ISO_8859_1));
        }
        try (WritableBytes into = WritableBytes.of(argument)) {
            into.put(ByteBuffer.wrap(taken));
        }
        return Py.newInteger(result);
    }

    /** The same C shorts in the other byte order. */
    private static byte[] swapped(byte[] shorts) {
        byte[] other = shorts.clone();
        for (int i = 0; i + 1 < shorts.length; i += Short.BYTES) {
            other[i] = shorts[i + 1];
            other[i + 1] = shorts[i];
        }
        return other;
    }

    /** How many bytes can be read, as a packed int in the first bytes of the argument. */
    private PyObject fionread(OpenFile file, PyObject argument) throws PosixException {
        int available = file.available(process.libc());
        byte[] bytes = bytes(argument);
        ByteBuffer.wrap(bytes).order(Bytes.STRUCT_ORDER).putInt(available);
        if (argument instanceof PyString) {
            return new PyString(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        try (WritableBytes memory = WritableBytes.of(argument)) {
            memory.put(ByteBuffer.wrap(bytes));
        }
        return Py.newInteger(0);
    }

    /** The argument's bytes, which have room for a C int; EFAULT for a number, which is no address here. */
    private static byte[] bytes(PyObject argument) throws PosixException {
        String text = Values.isInteger(argument) ? "" : text(argument);
        if (text.length() < Integer.BYTES) {
            throw new PosixException(Errno.EFAULT);
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(PyObject argument) {
        return argument instanceof PyArray array
                ? array.tostring()
                : Bytes.sendable(argument, "an integer or a buffer is required");
    }

    private static int first(PyObject argument) throws PosixException {
        return Values.isInteger(argument)
                ? Values.integer(argument)
                : ByteBuffer.wrap(bytes(argument)).order(Bytes.STRUCT_ORDER).getInt();
    }

    private static PyObject returned(PyObject argument) {
        return Values.isInteger(argument) ? Py.newInteger(0) : argument;
    }
}
