package org.euryale.jython;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyFunction;
import org.python.core.PyObject;
import org.python.core.PyStringMap;
import org.python.core.PyType;

/**
 * Whether a program has replaced functions in a class of Twisted's transports, or in a class that this one is made of
 * ({@code tcp.Server.write = ...}). What has its methods from Java would not call them.
 */
final class ReplacedMethods {
    /** Jython changes it with each attribute of the class or of its bases, for its cache of attributes. */
    private static final VarHandle VERSION = version();

    /** Those that the classes of Java inherit: replaced ones are called by them as well. */
    private static final Set<String> INHERITED = Set.of(
            "__repr__", "getHandle", "getHost", "getPeer", "logPrefix", "registerProducer", "unregisterProducer");

    private final PyType type;
    private final List<Original> originals = new ArrayList<>();
    private @Nullable Object version;
    private boolean any;

    @SuppressWarnings("ReferenceEquality") // the very globals
    ReplacedMethods(PyType type) {
        this.type = type;
        for (PyObject each : type.getMro().getArray()) {
            if (((PyType) each).fastGetDict() instanceof PyStringMap names) {
                PyObject module = Py.getSystemState().modules.__finditem__(((PyType) each).getModule());
                PyObject globals = module == null ? null : module.fastGetDict();
                names.getMap().forEach((name, value) -> {
                    if (value instanceof PyFunction function && !INHERITED.contains(name)) {
                        originals.add(new Original(names, (String) name, function, function.__globals__ == globals));
                    }
                });
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very version
    boolean any() {
        Object now = VERSION.getVolatile(type);
        if (now != version) {
            any = originals.stream().anyMatch(Original::isReplaced);
            version = now;
        }
        return any;
    }

    private static VarHandle version() {
        try {
            return MethodHandles.privateLookupIn(PyType.class, MethodHandles.lookup())
                    .findVarHandle(PyType.class, "versionTag", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("not the Jython that Euryale is made for (2.7.4)", e);
        }
    }

    /** A function as it was found: one of the class's own module, unless somebody was there before. */
    private record Original(PyStringMap names, String name, PyFunction function, boolean isOwn) {
        @SuppressWarnings("ReferenceEquality") // the very function
        boolean isReplaced() {
            return !isOwn || names.__finditem__(name) != function;
        }
    }
}
