package org.euryale.jython;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.python.core.Py;
import org.python.core.PyInteger;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyTuple;

/** Descriptors from what programs pass for them: ints, or objects with a {@code fileno} method. */
final class FileDescriptors {
    private FileDescriptors() {}

    /** CPython's PyObject_AsFileDescriptor: TypeError, or ValueError for a negative one. */
    static int of(PyObject object) {
        int descriptor;
        if (object instanceof PyInteger small) {
            descriptor = small.getValue();
        } else if (Values.isInteger(object)) {
            descriptor = Values.integer(object);
        } else {
            descriptor = asked(object);
        }
        if (descriptor < 0) {
            throw Py.ValueError("file descriptor cannot be a negative integer (" + descriptor + ")");
        }
        return descriptor;
    }

    private static int asked(PyObject object) {
        PyObject fileno = object.__findattr__("fileno");
        if (fileno == null) {
            throw Py.TypeError("argument must be an int, or have a fileno() method");
        }
        PyObject number = fileno.__call__();
        if (!Values.isInteger(number)) {
            throw Py.TypeError("fileno() returned a non-integer");
        }
        return Values.integer(number);
    }

    /** One of select's lists: what was passed, and the descriptor of each. */
    static final class Listed {
        private PyObject[] objects = new PyObject[16];
        private int[] descriptors = new int[16];
        private int size;

        /**
         * Takes a list or any iterable. A fileno method may change the list it is in; CPython looks at its length anew
         * at each step, and so do we.
         */
        Listed(PyObject given) {
            if (given instanceof PyList || given instanceof PyTuple) {
                for (int i = 0; i < given.__len__(); i++) {
                    add(given.__getitem__(i));
                }
            } else {
                PyObject iterator = Py.iter(given, "arguments 1-3 must be sequences");
                for (PyObject object = iterator.__iternext__(); object != null; object = iterator.__iternext__()) {
                    add(object);
                }
            }
        }

        private void add(PyObject object) {
            if (size == objects.length) {
                objects = Arrays.copyOf(objects, 2 * size);
                descriptors = Arrays.copyOf(descriptors, 2 * size);
            }
            objects[size] = object;
            descriptors[size] = of(object);
            size++;
        }

        int[] descriptors() {
            return Arrays.copyOf(descriptors, size);
        }

        /** The objects whose descriptor is still there after {@link org.euryale.posix.Select}. */
        PyList ready(int[] after) {
            List<PyObject> ready = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                if (after[i] != org.euryale.posix.Select.NOT_READY) {
                    ready.add(objects[i]);
                }
            }
            return PyList.fromList(ready);
        }
    }
}
