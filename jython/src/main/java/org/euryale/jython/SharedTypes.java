package org.euryale.jython;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.python.core.PyObject;
import org.python.core.PyType;

/**
 * Methods of Jython's own types that are replaced by ours. These types are one in a JVM, or for all that a class loader
 * with Jython serves, so what replaces a method looks which interpreter calls it.
 */
final class SharedTypes {
    private static final Deque<Replaced> REPLACED = new ArrayDeque<>();

    private record Replaced(PyType type, String name, PyObject was, PyObject now) {}

    private SharedTypes() {}

    /** Replaces a name of a type, which Python may not, until {@link #restore}. */
    static synchronized void replace(PyType type, String name, PyObject value) {
        REPLACED.add(new Replaced(type, name, type.fastGetDict().__finditem__(name), value));
        put(type, name, value);
    }

    @SuppressWarnings("ReferenceEquality") // the very type
    static synchronized boolean isReplaced(PyType type) {
        return REPLACED.stream().anyMatch(one -> one.type == type);
    }

    /** Gives the types back what they had, so that they do not hold our classes. */
    @SuppressWarnings("ReferenceEquality") // the very object
    static synchronized void restore() {
        while (!REPLACED.isEmpty()) {
            Replaced last = REPLACED.removeLast();
            if (last.type.fastGetDict().__finditem__(last.name) == last.now) { // and not somebody else's over it
                put(last.type, last.name, last.was);
            }
        }
    }

    /**
     * Lets Jython's registry of types forget our classes. It keeps a class for ever whose type was asked for while it was
     * being made, until it is asked for again: {@code PyType.Registry.classToThrownType}.
     */
    static void forget() {
        ClassLoader ours = SharedTypes.class.getClassLoader();
        try {
            Class<?> registry = Class.forName("org.python.core.PyType$Registry", false, PyType.class.getClassLoader());
            Field thrown = registry.getDeclaredField("classToThrownType");
            thrown.setAccessible(true);
            synchronized (registry) { // which guards it in Jython
                ((Map<?, ?>) thrown.get(null))
                        .keySet()
                        .removeIf(type -> type instanceof Class<?> one && one.getClassLoader() == ours);
            }
        } catch (ReflectiveOperationException e) {
            System.getLogger("org.euryale").log(System.Logger.Level.DEBUG, "another Jython", e);
        }
    }

    private static void put(PyType type, String name, PyObject value) {
        type.fastGetDict().__setitem__(name, value);
        try {
            Method invalidate = PyType.class.getDeclaredMethod("invalidateMethodCache");
            invalidate.setAccessible(true);
            invalidate.invoke(type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("not the Jython that Euryale is made for (2.7.4)", e);
        }
    }
}
