package org.euryale.jython;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.euryale.posix.Errno;
import org.euryale.posix.FileStatus;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PipeEnd;
import org.euryale.posix.PosixException;
import org.euryale.posix.Whence;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyFile;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PySystemState;
import org.python.core.PyTuple;
import org.python.core.io.RawIOBase;
import org.python.modules.posix.PyStatResult;

/** What the module {@code posix} does with descriptors, in place of Jython's own functions. */
public final class DescriptorFunctions {
    private static final int DEFAULT_MODE = 0777;
    private static final double NANOS = 1e9;

    private final PosixProcess process;

    private DescriptorFunctions(PosixProcess process) {
        this.process = process;
    }

    /** A call that may fail. */
    private interface Call<T> {
        T on() throws PosixException;
    }

    /** Puts the functions into the dictionary of the module posix. */
    public static void into(PyObject dict) {
        new DescriptorFunctions(PosixProcess.current()).define(dict);
        IdentityFunctions.into(dict);
    }

    private void define(PyObject dict) {
        new Constants("posix").into(dict);
        define(dict, "open", 2, 3, "open(path, flags[, mode=0777]) -> fd\n\nOpens a file.", this::open);
        define(dict, "close", 1, 1, "close(fd)\n\nCloses a descriptor.", a -> {
            int descriptor = number(a[0]);
            process.files().closing(descriptor);
            return none(() -> process.descriptors().close(descriptor));
        });
        define(
                dict,
                "closerange",
                2,
                2,
                "closerange(low, high)\n\nCloses all from low, without high.",
                this::closeRange);
        define(dict, "dup", 1, 1, "dup(fd) -> fd\n\nThe lowest free number for the same open file.", a -> {
            int descriptor = number(a[0]);
            return Py.newInteger(call(() -> process.descriptors().dup(descriptor)));
        });
        define(dict, "dup2", 2, 2, "dup2(fd, target)\n\nMakes target another number for fd's open file.", this::dup2);
        define(dict, "read", 2, 2, "read(fd, size) -> str\n\nAt most size bytes; '' at the end.", this::read);
        define(
                dict,
                "write",
                2,
                2,
                "write(fd, data) -> count\n\nWrites data; the count is less than all only\n"
                        + "where the file does not wait.",
                this::write);
        define(dict, "pipe", 0, 0, "pipe() -> (read_fd, write_fd)\n\nMakes a pipe.", a -> pipe());
        define(dict, "lseek", 3, 3, "lseek(fd, offset, how) -> offset\n\nSets the position, in bytes.", this::lseek);
        define(dict, "ftruncate", 2, 2, "ftruncate(fd, length)\n\nSets the length, in bytes.", a -> {
            long length = Values.cLong(SocketMethods.required(a[1]));
            return none(() -> file(a[0]).truncate(length));
        });
        define(dict, "fsync", 1, 1, "fsync(fd)\n\nReturns when the file is on the disk.", a -> sync(a, true));
        define(dict, "fdatasync", 1, 1, "fdatasync(fd)\n\nfsync without the file's times.", a -> sync(a, false));
        define(dict, "isatty", 1, 1, "isatty(fd) -> bool\n\nWhether it is a terminal; never an error.", a -> {
            OpenFile file = process.descriptors().fileOrNull(number(a[0]));
            return Py.newBoolean(file != null && file.isTerminal());
        });
        define(dict, "fstat", 1, 1, "fstat(fd) -> stat_result\n\nWhat stat() tells, of an open file.", a -> {
            OpenFile[] file = new OpenFile[1];
            return result(call(() -> {
                file[0] = file(a[0]);
                return file[0].status();
            }));
        });
        define(
                dict,
                "fdopen",
                1,
                3,
                "fdopen(fd[, mode='r'[, bufsize]]) -> file\n\nA file object that owns the descriptor.",
                this::fdopen);
    }

    private static void define(PyObject dict, String name, int min, int max, String doc, Function.Body body) {
        SocketModule.define(dict, new Signature(name, min, max), doc, body);
    }

    private static <T> T call(Call<T> call) {
        try {
            return call.on();
        } catch (PosixException e) {
            PosixProcess.interrupted(e);
            throw Errors.osError(e);
        }
    }

    /** A call that may fail and returns nothing. */
    private interface Deed {
        void on() throws PosixException;
    }

    private static PyObject none(Deed deed) {
        call(() -> {
            deed.on();
            return Py.None;
        });
        return Py.None;
    }

    /** An int, or as on stock Jython an object with a fileno method. */
    static int number(@Nullable PyObject given) {
        PyObject object = SocketMethods.required(given);
        if (Values.isInteger(object) || object.__findattr__("fileno") == null) {
            return Values.integer(object);
        }
        return FileDescriptors.of(object);
    }

    private OpenFile file(@Nullable PyObject descriptor) throws PosixException {
        return process.descriptors().file(number(descriptor));
    }

    /** The path of a name, in the interpreter's own working directory. */
    static Path path(PyObject name) {
        if (!(name instanceof PyString string)) {
            throw Py.TypeError("coercing to Unicode: need string or buffer, " + Values.typeName(name) + " found");
        }
        String text = Py.fileSystemDecode(string);
        if (text.indexOf('\0') >= 0) {
            throw Py.TypeError("must be encoded string without NULL bytes, not str");
        }
        return Path.of(PySystemState.getPathLazy(text));
    }

    private PyObject open(@Nullable PyObject[] a) {
        PyObject name = SocketMethods.required(a[0]);
        int flags = Values.integer(SocketMethods.required(a[1]));
        int mode = Values.integer(a[2], DEFAULT_MODE);
        if (name instanceof PyString string && string.__len__() == 0) {
            throw Errors.osError(Errno.ENOENT, name);
        }
        Path path = path(name);
        try {
            return Py.newInteger(process.open(path, flags, mode));
        } catch (PosixException e) {
            PosixProcess.interrupted(e);
            throw Errors.osError(e.errno(), name);
        }
    }

    private PyObject closeRange(@Nullable PyObject[] a) {
        int low = Math.max(0, Values.integer(SocketMethods.required(a[0])));
        int high = Math.min(
                Values.integer(SocketMethods.required(a[1])),
                process.descriptors().capacity());
        for (int descriptor = low; descriptor < high; descriptor++) {
            if (process.descriptors().fileOrNull(descriptor) != null) {
                process.files().closing(descriptor);
                try {
                    process.descriptors().close(descriptor);
                } catch (PosixException e) {
                    // Closed by another thread since.
                }
            }
        }
        return Py.None;
    }

    private PyObject dup2(@Nullable PyObject[] a) {
        int descriptor = number(a[0]);
        int target = number(a[1]);
        process.files().redirecting(target);
        return none(() -> process.descriptors().dup2(descriptor, target));
    }

    private PyObject read(@Nullable PyObject[] a) {
        int descriptor = number(a[0]);
        int size = Values.integer(SocketMethods.required(a[1]));
        return call(() -> {
            if (size < 0) {
                throw new PosixException(Errno.EINVAL);
            }
            ByteBuffer into = Bytes.empty(size);
            PyString piece = Bytes.string(process.read(descriptor, into));
            if (piece.__len__() < Bytes.CHUNK || size == Bytes.CHUNK) {
                return piece;
            }
            return readMore(descriptor, piece, size);
        });
    }

    /** A large request: takes on what is there without waiting. */
    private PyString readMore(int descriptor, PyString first, int size) throws PosixException {
        StringBuilder text = new StringBuilder(first.getString());
        OpenFile file = process.descriptors().file(descriptor);
        while (text.length() < size) {
            ByteBuffer into = Bytes.empty(size - text.length());
            int wanted = into.remaining();
            int count = file.read(into);
            if (count > 0) {
                text.append(Bytes.string(count).getString());
            }
            if (count < wanted) {
                break;
            }
        }
        return new PyString(text.toString());
    }

    private PyObject write(@Nullable PyObject[] a) {
        int descriptor = number(a[0]);
        String text = Bytes.sendable(SocketMethods.required(a[1]), "must be string or buffer");
        int done = 0;
        do {
            int start = done;
            try {
                ByteBuffer from = Bytes.filled(text, start, text.length() - start);
                int wanted = from.remaining();
                int count = process.write(descriptor, from);
                done += count;
                if (count < wanted) {
                    break;
                }
            } catch (PosixException e) {
                if (start > 0) {
                    break; // what was written is told; the error stays for the next call
                }
                PosixProcess.interrupted(e);
                throw Errors.osError(e);
            }
        } while (done < text.length());
        return Py.newInteger(done);
    }

    private PyObject pipe() {
        return call(() -> {
            process.descriptors().requireRoom(2);
            PipeEnd.Ends ends = PipeEnd.open();
            int[] numbers = process.descriptors().addPair(ends.read(), ends.write());
            return new PyTuple(Py.newInteger(numbers[0]), Py.newInteger(numbers[1]));
        });
    }

    private PyObject lseek(@Nullable PyObject[] a) {
        long offset = Values.cLong(SocketMethods.required(a[1]));
        int how = Values.integer(SocketMethods.required(a[2]));
        return Py.newLong(call(() -> file(a[0]).seek(offset, Whence.of(how)))).__int__();
    }

    private PyObject sync(@Nullable PyObject[] a, boolean metadata) {
        int descriptor = FileDescriptors.of(SocketMethods.required(a[0]));
        return none(() -> process.descriptors().file(descriptor).sync(metadata));
    }

    private static PyObject result(FileStatus status) {
        List<PyObject> fields = List.of(
                Py.newInteger(status.mode()),
                Py.newLong(status.inode()).__int__(),
                Py.newLong(status.device()),
                Py.newInteger(status.links()),
                Py.newInteger(status.owner()),
                Py.newInteger(status.group()),
                Py.newLong(status.size()).__int__(),
                Py.newFloat(status.accessed() / NANOS),
                Py.newFloat(status.modified() / NANOS),
                Py.newFloat(status.changed() / NANOS));
        return PyStatResult.TYPE.__call__(new PyTuple(fields.toArray(new PyObject[0])));
    }

    private PyObject fdopen(@Nullable PyObject[] a) {
        PyObject given = SocketMethods.required(a[0]);
        String mode = a[1] == null ? "r" : Values.text(a[1], "fdopen() argument 2");
        int size = Values.integer(a[2], -1);
        if (mode.isEmpty() || "rwaU".indexOf(mode.charAt(0)) < 0) {
            throw Py.ValueError("mode string must begin with one of 'r', 'w', 'a' or 'U', not '" + mode + "'");
        }
        if (!Values.isInteger(given) && given.__tojava__(RawIOBase.class) instanceof RawIOBase raw) {
            return new PyFile(raw, "<fdopen>", mode, size); // what Jython's subprocess has of a child's streams
        }
        int descriptor = number(given);
        OpenFile file = call(() -> process.descriptors().file(descriptor));
        if (call(file::status).type() == FileStatus.S_IFDIR) {
            throw Errors.ioError(Errno.EISDIR, new PyString("<fdopen>"));
        }
        try {
            DescriptorIO io = new DescriptorIO(process, descriptor, true);
            if (mode.charAt(0) == 'a') {
                toEnd(file);
            }
            return FileObjects.open(io, "<fdopen>", mode, size);
        } catch (PyException e) {
            if (e.match(Py.IOError)) {
                throw Errors.osError(new PosixException(Errno.EINVAL));
            }
            throw e;
        }
    }

    private static void toEnd(OpenFile file) {
        try {
            file.seek(0, Whence.END);
        } catch (PosixException e) {
            return; // a pipe has no end to go to
        }
    }
}
