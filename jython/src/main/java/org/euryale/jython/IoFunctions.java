package org.euryale.jython;

import org.euryale.posix.Errno;
import org.euryale.posix.FileStatus;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyFile;
import org.python.core.PyNewWrapper;
import org.python.core.PyObject;
import org.python.core.PyType;
import org.python.core.io.RawIOBase;
import org.python.modules._io.PyFileIO;

/** Numbers of descriptors where Jython's {@code io} and {@code subprocess} want a Java object. */
public final class IoFunctions {
    private IoFunctions() {}

    /** What reads from and writes to a descriptor, and does not close it; OSError EBADF. */
    public static RawIOBase raw(int descriptor) {
        PosixProcess process = PosixProcess.current();
        try {
            process.descriptors().file(descriptor);
        } catch (PosixException e) {
            throw Errors.osError(e);
        }
        return new DescriptorIO(process, descriptor, false);
    }

    /** Makes a file a closed one whose descriptor stays open: somebody else has that now. */
    public static void disown(PyFile file) {
        PosixProcess.current().files().disown(file);
    }

    /** Puts an open() that takes ints into the dictionary of the module io, and the same into io.FileIO. */
    public static void into(PyObject dict) {
        FileObjects.installIo();
        acceptNumbers(PyFileIO.TYPE);
        PyObject stock = dict.__finditem__("open");
        if (stock != null && !(stock instanceof Open)) {
            dict.__setitem__("open", new Open(stock));
        }
    }

    private static void acceptNumbers(PyType type) {
        PyObject stock = type.fastGetDict().__finditem__("__new__");
        if (stock instanceof PyNewWrapper wrapper && !(stock instanceof New)) {
            FileObjects.replace(type, "__new__", new New(wrapper));
        }
    }

    /** The arguments with a descriptor in place of an int that comes first. */
    private static PyObject[] handedOver(PyObject[] arguments, int first) {
        if (arguments.length <= first || !Values.isInteger(arguments[first]) || !PosixProcess.isOurs()) {
            return arguments;
        }
        int number = Values.integer(arguments[first]);
        if (number < 0) {
            throw Py.ValueError("negative file descriptor");
        }
        PosixProcess process = PosixProcess.current();
        try {
            if (process.descriptors().file(number).status().type() == FileStatus.S_IFDIR) {
                throw Errors.ioError(new PosixException(Errno.EISDIR));
            }
        } catch (PosixException e) {
            throw Errors.osError(e);
        }
        PyObject[] changed = arguments.clone();
        changed[first] = new Descriptor(process, number, true);
        return changed;
    }

    private static final class Open extends org.python.core.PyBuiltinFunction {
        private static final long serialVersionUID = 1L;

        private final transient PyObject stock;

        Open(PyObject stock) {
            super("open", String.valueOf(stock.__findattr__("__doc__")));
            this.stock = stock;
        }

        @Override
        public PyObject __call__(PyObject[] arguments, String[] keywords) {
            boolean byPlace = arguments.length > keywords.length;
            return stock.__call__(byPlace ? handedOver(arguments, 0) : arguments, keywords);
        }
    }

    private static final class New extends PyNewWrapper {
        private static final long serialVersionUID = 1L;

        private final transient PyNewWrapper stock;

        New(PyNewWrapper stock) {
            super(PyFileIO.class, "__new__", -1, -1);
            this.stock = stock;
            for_type = PyFileIO.TYPE;
        }

        @Override
        public PyObject new_impl(boolean init, @Nullable PyType subtype, PyObject[] arguments, String[] keywords) {
            boolean byPlace = arguments.length > keywords.length;
            return stock.new_impl(init, subtype, byPlace ? handedOver(arguments, 0) : arguments, keywords);
        }
    }
}
