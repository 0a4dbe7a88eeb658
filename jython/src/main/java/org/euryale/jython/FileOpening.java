package org.euryale.jython;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import org.euryale.posix.Errno;
import org.euryale.posix.OpenFlags;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.python.core.ArgParser;
import org.python.core.Py;
import org.python.core.PyBuiltinCallable;
import org.python.core.PyBuiltinMethod;
import org.python.core.PyException;
import org.python.core.PyFile;
import org.python.core.PyMethodDescr;
import org.python.core.PyNewWrapper;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PySystemState;
import org.python.core.PyType;
import org.python.core.io.RawIOBase;
import org.python.core.io.TextIOBase;

/*
 * Jython's file(name, mode) asks the JDK, which has one exception for all that can go wrong, and guesses the error from
 * what it sees afterwards: EACCES where a directory is missing, ENOENT where descriptors have run out. It also refuses
 * to open for reading and writing what is no regular file. So where it fails the file is opened a second time, as
 * os.open does it. Either that succeeds, or it tells the error. What opens is not touched.
 */

/** The type {@code file}, and by it {@code open}, with open(2)'s own errors. */
final class FileOpening {
    private static final int MODE = 0666;

    private static final Method PARSE = method("parseMode", String.class);
    private static final Method INIT =
            method("file___init__", RawIOBase.class, PyObject.class, String.class, int.class);
    private static final Field TEXT = FileObjects.field(PyFile.class, "file");
    private static final Field CLOSER = FileObjects.field(PyFile.class, "closer");

    private FileOpening() {}

    private static Method method(String name, Class<?>... parameters) {
        try {
            Method method = PyFile.class.getDeclaredMethod(name, parameters);
            method.setAccessible(true);
            return method;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("not the Jython that Euryale is made for (2.7.4)", e);
        }
    }

    private static Object call(Method method, PyFile on, Object... arguments) {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof PyException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Puts it into the type file; once in a JVM, more often does no harm. */
    static void install() {
        PyObject dict = PyFile.TYPE.fastGetDict();
        if (dict.__finditem__("__new__") instanceof PyNewWrapper stock && !(stock instanceof New)) {
            PyObject init = dict.__finditem__("__init__");
            FileObjects.replace(PyFile.TYPE, "__new__", new New(stock));
            FileObjects.replace(PyFile.TYPE, "__init__", new PyMethodDescr(PyFile.TYPE, new Init(init)));
        }
    }

    /**
     * The end of the interpreter, and the collector when it finds the file dropped, write what is in its buffers and
     * close it. Jython does so for files that it opened by name.
     */
    static void closeAtEnd(PyFile file) {
        try {
            Constructor<?> closer = CLOSER.getType().getDeclaredConstructor(TextIOBase.class, PySystemState.class);
            closer.setAccessible(true);
            CLOSER.set(file, closer.newInstance(TEXT.get(file), Py.getSystemState()));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("not the Jython that Euryale is made for (2.7.4)", e);
        }
    }

    /** Opens as the arguments of file() say, after that has failed once; {@code parse} where it has not parsed the mode. */
    private static void open(PyFile file, PyObject[] arguments, String[] keywords, boolean parse, PyException failure) {
        ArgParser parser = new ArgParser("file", arguments, keywords, new String[] {"name", "mode", "buffering"}, 1);
        PyString name = (PyString) parser.getPyObject(0);
        String mode = parser.getString(1, "r");
        int size = parser.getInt(2, -1);
        PosixProcess process = PosixProcess.current();
        if (parse) {
            Object unused = call(PARSE, file, mode);
        }
        DescriptorIO io = new DescriptorIO(process, descriptor(process, name, mode, failure), true);
        Object unused = call(INIT, file, io, name, mode, size);
        FileObjects.own(file, io);
    }

    /** A descriptor for a file that Jython has failed to open, or IOError with the system's reason. */
    static int descriptor(PosixProcess process, PyString name, String mode, PyException failure) {
        if (!isVague(failure)) {
            throw failure;
        }
        if (name.getString().isEmpty()) {
            throw Errors.ioError(Errno.ENOENT, name); // Jython takes it for the working directory
        }
        Path path = DescriptorFunctions.path(name);
        int flags = flags(mode);
        boolean isFolder = Files.isDirectory(path);
        if (isFolder || (flags == OpenFlags.O_RDONLY && isMerelyAbsent(path))) {
            throw failure; // without a table, which a program that looks for its files has no use for
        }
        try {
            return process.open(path, flags, MODE);
        } catch (PosixException e) {
            throw Errors.ioError(e.errno(), name);
        }
    }

    private static boolean isMerelyAbsent(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        return folder != null && Files.isDirectory(folder) && Files.notExists(path);
    }

    private static int flags(String mode) {
        boolean updates = mode.indexOf('+') >= 0;
        int access = updates ? OpenFlags.O_RDWR : OpenFlags.O_WRONLY;
        if (mode.indexOf('w') >= 0) {
            return access | OpenFlags.O_CREAT | OpenFlags.O_TRUNC;
        }
        if (mode.indexOf('a') >= 0) {
            return access | OpenFlags.O_CREAT | OpenFlags.O_APPEND;
        }
        return updates ? access : OpenFlags.O_RDONLY;
    }

    /** Whether a second try may say more: not where the arguments are wrong. */
    private static boolean isVague(PyException e) {
        PyObject number = e.match(Py.IOError) ? e.value.__findattr__("errno") : null;
        return number != null && Values.isInteger(number);
    }

    private static void requireRoom(PyObject[] arguments) {
        try {
            PosixProcess.current().requireRoomForFile();
        } catch (PosixException e) {
            throw Errors.ioError(e.errno(), arguments.length > 0 ? arguments[0] : Py.None);
        }
    }

    /** {@code file(...)} itself. */
    private static final class New extends PyNewWrapper {
        private static final long serialVersionUID = 1L;

        private final transient PyNewWrapper stock;

        New(PyNewWrapper stock) {
            super(PyFile.class, "__new__", -1, -1);
            this.stock = stock;
            for_type = PyFile.TYPE;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the type itself
        public PyObject new_impl(boolean init, @Nullable PyType subtype, PyObject[] arguments, String[] keywords) {
            if (!init || subtype != PyFile.TYPE || !PosixProcess.isOurs()) {
                return stock.new_impl(init, subtype, arguments, keywords);
            }
            requireRoom(arguments);
            try {
                return stock.new_impl(true, subtype, arguments, keywords);
            } catch (PyException e) {
                if (!isVague(e)) {
                    throw e;
                }
                PyFile file = new PyFile();
                open(file, arguments, keywords, true, e);
                return file;
            }
        }
    }

    /** {@code file.__init__}, for subclasses. */
    private static final class Init extends PyBuiltinMethod {
        private static final long serialVersionUID = 1L;

        private final transient PyObject stock;

        Init(PyObject stock) {
            super((PyObject) null, new PyBuiltinCallable.DefaultInfo("__init__", -1, -1));
            this.stock = stock;
            doc = String.valueOf(stock.__findattr__("__doc__"));
        }

        @Override
        public PyObject __call__(PyObject[] arguments, String[] keywords) {
            PyFile file = (PyFile) self;
            boolean ours = PosixProcess.isOurs();
            if (ours) {
                requireRoom(arguments);
            }
            try {
                return stock.__call__(file, arguments, keywords);
            } catch (PyException e) {
                if (!ours || !isVague(e)) {
                    throw e;
                }
                open(file, arguments, keywords, false, e);
                return Py.None;
            }
        }
    }
}
