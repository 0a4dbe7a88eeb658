package org.euryale.jython;

import jnr.posix.POSIX;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyObject;

/** What the prepared core says of the C library without binding it (LazyNativePosix in core/). */
public final class NativePosix {
    private NativePosix() {}

    /**
     * Whether the C library can be bound: on Linux, whether Jython's jar has the code for this processor. Where that
     * cannot be loaded all the same (no directory that a library may be run from), functions are there that raise
     * NotImplementedError.
     */
    public static boolean isNative(POSIX posix) {
        if (!Platform.isLinux()) {
            return posix.isNative();
        }
        String name = com.kenai.jffi.Platform.getPlatform().getName();
        return posix.getClass().getResource("/jni/" + name + "/libjffi-1.2.so") != null;
    }

    /** The binding as a Python object, with what it has found when it is asked. */
    public static PyObject java2py(Object posix) {
        return new Shown(posix);
    }

    /** Stands for a Java object: its Python type, made by reflection on all its methods, comes with the first use. */
    private static final class Shown extends PyObject {
        private static final long serialVersionUID = 1L;

        private final transient Lazy<PyObject> shown;

        Shown(Object object) {
            shown = new Lazy<>(() -> Py.java2py(object));
        }

        @Override
        public @Nullable PyObject __findattr_ex__(String name) {
            return shown.get().__findattr_ex__(name);
        }

        @Override
        public PyObject __dir__() {
            return shown.get().__dir__();
        }

        @Override
        public @Nullable Object __tojava__(Class<?> type) {
            return shown.get().__tojava__(type);
        }
    }
}
