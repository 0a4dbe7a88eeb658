package org.euryale.jython;

import java.util.List;
import org.euryale.posix.Errno;
import org.euryale.posix.FileStatus;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyFile;
import org.python.core.PyNewWrapper;
import org.python.core.PyObject;
import org.python.core.PyString;
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
    private static PyObject[] handedOver(PyObject[] arguments) {
        if (!Values.isInteger(arguments[0])) {
            return arguments;
        }
        int number = Values.integer(arguments[0]);
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
        changed[0] = new Descriptor(process, number, true);
        return changed;
    }

    /** Makes a file of arguments that begin with its name, or a descriptor. */
    private interface Maker {
        PyObject make(PyObject[] arguments);
    }

    /** What Jython makes; where it cannot open a file by its name, on a descriptor of ours: see {@link FileOpening}. */
    private static PyObject made(Maker maker, PyObject[] arguments, String[] keywords) {
        if (arguments.length == keywords.length || !PosixProcess.isOurs()) {
            return maker.make(arguments);
        }
        try {
            return maker.make(handedOver(arguments));
        } catch (PyException e) {
            if (!(arguments[0] instanceof PyString name)) {
                throw e;
            }
            PosixProcess process = PosixProcess.current();
            PyObject[] changed = arguments.clone();
            int number = FileOpening.descriptor(process, name, mode(arguments, keywords), e);
            changed[0] = new Descriptor(process, number, true);
            PyObject file = maker.make(changed);
            raw(file).__setattr__("name", name);
            return file;
        }
    }

    private static String mode(PyObject[] arguments, String[] keywords) {
        int byPlace = arguments.length - keywords.length;
        if (byPlace > 1) {
            return arguments[1].toString();
        }
        int named = List.of(keywords).indexOf("mode");
        return named < 0 ? "r" : arguments[byPlace + named].toString();
    }

    /** The FileIO below buffers. */
    private static PyObject raw(PyObject file) {
        PyObject below = file.__findattr__("buffer");
        if (below == null) {
            below = file.__findattr__("raw");
        }
        return below == null ? file : raw(below);
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
            return made(changed -> stock.__call__(changed, keywords), arguments, keywords);
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
            return made(changed -> stock.new_impl(init, subtype, changed, keywords), arguments, keywords);
        }
    }
}
