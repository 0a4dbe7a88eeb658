package org.euryale.jython;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.euryale.posix.FileStatus;
import org.euryale.posix.OpenFlags;
import org.euryale.posix.PipeEnd;
import org.euryale.posix.PosixException;
import org.euryale.posix.RegularFile;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyBuiltinCallable;
import org.python.core.PyBuiltinMethod;
import org.python.core.PyFile;
import org.python.core.PyMethodDescr;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PySystemState;
import org.python.core.PyType;
import org.python.core.io.BufferedIOMixin;
import org.python.core.io.BufferedRandom;
import org.python.core.io.FileIO;
import org.python.core.io.RawIOBase;
import org.python.core.io.StreamIO;
import org.python.core.io.TextIOBase;
import org.python.modules._io.PyFileIO;

/*
 * How Jython's files come by a number
 * -----------------------------------
 * On stock Jython fileno() of a file is the Java object it reads through. Here it is an int of the table that sockets
 * are in. A file gets one when it is first asked: what it reads through is then replaced by a DescriptorIO for an entry
 * of the table that has taken over the channel. So close() of the file, os.close() of the number and dup() keep to
 * POSIX, and a file that nobody asks costs nothing. Buffers stay where they are, as those of stdio do in C.
 *
 * The types file and io.FileIO are one in each JVM, so their fileno is changed once, for all interpreters; it looks up
 * the process of the caller. Their fields are private to Jython; all of this is reflection on those.
 */

/** The numbers of Jython's file objects, of one process. */
final class FileObjects {
    private static final String DOC = "fileno() -> int\n\nThe file's descriptor.";

    private static final Field TEXT = field(PyFile.class, "file");
    private static final Field READ_AHEAD = field(TextIOBase.class, "readahead");
    private static final Field BUFFER = field(TextIOBase.class, "bufferedIO");
    private static final Field RAW = field(BufferedIOMixin.class, "rawIO");
    private static final Field READER = field(BufferedRandom.class, "reader");
    private static final Field WRITER = field(BufferedRandom.class, "writer");

    /** Apart, because most programs never load io. */
    private static final class Io {
        static final Field DELEGATE = field(PyFileIO.class, "ioDelegate");

        private Io() {}
    }

    private final PosixProcess process;

    FileObjects(PosixProcess process) {
        this.process = process;
    }

    static Field field(Class<?> type, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(
                    "not the Jython that Euryale is made for (2.7.4): " + type + " has no " + name, e);
        }
    }

    private static Object read(Field field, Object of) {
        try {
            return field.get(of);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Field field, Object of, Object value) {
        try {
            field.set(of, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Gives the type file a fileno() that is an int, and open(2)'s errors; once in a JVM, more often does no harm. */
    static void install() {
        if (!SharedTypes.isReplaced(PyFile.TYPE)) {
            replace(PyFile.TYPE, new Fileno());
            FileOpening.install();
        }
    }

    /** The same for io.FileIO, which most programs never load. */
    static void installIo() {
        if (!SharedTypes.isReplaced(PyFileIO.TYPE)) {
            replace(PyFileIO.TYPE, new Fileno());
        }
    }

    private static void replace(PyType type, Fileno method) {
        SharedTypes.replace(type, "fileno", new PyMethodDescr(type, method));
    }

    /** The method, of either type. */
    private static final class Fileno extends PyBuiltinMethod {
        private static final long serialVersionUID = 1L;

        Fileno() {
            super((PyObject) null, new PyBuiltinCallable.DefaultInfo("fileno", 0, 0));
            doc = DOC;
        }

        @Override
        public PyObject __call__(PyObject[] arguments, String[] keywords) {
            if (arguments.length > 0) {
                throw Py.TypeError("fileno() takes no arguments (" + arguments.length + " given)");
            }
            if (!PosixProcess.isOurs()) {
                return stock(self);
            }
            PosixProcess process = PosixProcess.current();
            return new Descriptor(process, process.files().number(self), false);
        }
    }

    /** What Jython's own fileno() gives: a Java object. */
    private static PyObject stock(PyObject file) {
        return file instanceof PyFile of ? of.fileno() : ((PyFileIO) file).fileno();
    }

    /** The number of a {@code file} or an {@code io.FileIO}; ValueError when it is closed. */
    synchronized int number(PyObject file) {
        Object raw = stock(file).__tojava__(RawIOBase.class);
        if (raw instanceof DescriptorIO known) {
            return known.descriptor();
        }
        DescriptorIO io;
        try {
            io = adopt(file, (RawIOBase) raw);
        } catch (PosixException e) {
            throw Errors.ioError(e);
        }
        boolean unused = io.own();
        if (file instanceof PyFile of) {
            put(of, io);
        } else {
            write(Io.DELEGATE, file, io);
        }
        return io.descriptor();
    }

    /** Makes a file a closed one whose descriptor stays open. */
    void disown(PyFile file) {
        if (file.fileno().__tojava__(RawIOBase.class) instanceof DescriptorIO io) {
            io.disown();
            file.close();
        }
    }

    /** A file object on a descriptor. */
    static PyFile open(DescriptorIO io, String name, String mode, int size) {
        PyFile file = new PyFile(io, name, mode, size);
        own(file, io);
        return file;
    }

    /** A file object that was made on a descriptor is about to be used, and is closed when it is dropped. */
    static void own(PyFile file, DescriptorIO io) {
        io.readAhead((ByteBuffer) read(READ_AHEAD, read(TEXT, file)));
        if (io.own()) {
            FileOpening.closeAtEnd(file);
        }
    }

    private static void put(PyFile file, DescriptorIO io) {
        io.readAhead((ByteBuffer) read(READ_AHEAD, read(TEXT, file)));
        BufferedIOMixin buffer = (BufferedIOMixin) read(BUFFER, read(TEXT, file));
        write(RAW, buffer, io);
        if (buffer instanceof BufferedRandom) {
            write(RAW, read(READER, buffer), io);
            write(RAW, read(WRITER, buffer), io);
        }
    }

    private DescriptorIO adopt(PyObject file, RawIOBase raw) throws PosixException {
        int standard = raw instanceof StreamIO stream ? standard(stream) : -1;
        if (standard >= 0) {
            return new DescriptorIO(process, standard, false); // without the table: a start does this for sys.stdin
        }
        process.descriptors().requireRoom(1); // or the file would be closed that has got none
        if (raw instanceof FileIO io) {
            FileChannel channel = io.getChannel();
            PyObject name = file.__findattr__("name");
            PyObject mode = file.__findattr__("mode");
            RegularFile open = new RegularFile(
                    channel, path(name), flags(raw.readable(), raw.writable(), mode == null ? "" : mode.toString()));
            return new DescriptorIO(process, process.descriptors().add(open), true);
        }
        return new DescriptorIO(process, process.descriptors().add(piped((StreamIO) raw)), true);
    }

    private static int flags(boolean reads, boolean writes, String mode) {
        int access = reads && writes ? OpenFlags.O_RDWR : writes ? OpenFlags.O_WRONLY : OpenFlags.O_RDONLY;
        return mode.startsWith("a") ? access | OpenFlags.O_APPEND : access;
    }

    private static @Nullable Path path(@Nullable PyObject name) {
        if (!(name instanceof PyString)) {
            return null;
        }
        Path path = DescriptorFunctions.path(name);
        try {
            FileStatus.of(path);
            return path;
        } catch (PosixException e) {
            return null;
        }
    }

    /** 0 to 2 for the JVM's own streams, -1 for others. */
    private static int standard(StreamIO raw) {
        if (raw.readable()) {
            return isSame(raw.asInputStream(), System.in) ? 0 : -1;
        }
        OutputStream stream = raw.asOutputStream();
        return isSame(stream, System.out) ? 1 : isSame(stream, System.err) ? 2 : -1;
    }

    @SuppressWarnings("ReferenceEquality") // the very stream is meant
    private static boolean isSame(Object one, Object other) {
        return one == other;
    }

    /** A pipe to or from a Java stream, a child process's for instance; a thread copies. */
    private PipeEnd piped(StreamIO raw) throws PosixException {
        PipeEnd.Ends ends = PipeEnd.open();
        if (raw.readable()) {
            InputStream from = raw.asInputStream();
            StreamPump.begin(process.hidden(), from, ends.write());
            return ends.read();
        }
        OutputStream to = raw.asOutputStream();
        StreamPump.begin(process.hidden(), ends.read(), to);
        return ends.write();
    }

    /** dup2 is about to make a standard stream's number name something else: sys's files have to go by the number. */
    void redirecting(int number) {
        PyFile file = standard(number);
        if (file != null) {
            if (number > 0) {
                file.flush();
            }
            number(file);
        }
    }

    /** A standard stream's number is about to be closed: sys's file has to go by the number. */
    void closing(int number) {
        PyFile file = standard(number);
        if (file != null) {
            number(file);
        }
    }

    private static @Nullable PyFile standard(int number) {
        PySystemState sys = Py.getSystemState();
        PyObject file =
                number == 0 ? sys.__stdin__ : number == 1 ? sys.__stdout__ : number == 2 ? sys.__stderr__ : null;
        return file instanceof PyFile of && !of.getClosed() ? of : null;
    }
}
