package org.euryale.dropin;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * A Jython in a class loader of its own, used by reflection alone, as a container's application would be. While it is
 * open its loader is the thread's context class loader.
 */
final class Jython implements AutoCloseable {
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final URLClassLoader loader;

    Jython(URL... urls) {
        this(ClassLoader.getPlatformClassLoader(), urls);
    }

    Jython(ClassLoader parent, URL... urls) {
        loader = new URLClassLoader(urls, parent);
        Thread.currentThread().setContextClassLoader(loader);
    }

    URLClassLoader loader() {
        return loader;
    }

    /** A {@code PythonInterpreter} of this Jython. */
    final class Interpreter implements AutoCloseable {
        private final Object interpreter;

        private Interpreter(Object interpreter) {
            this.interpreter = interpreter;
        }

        void exec(String code) {
            call(interpreter, "exec", String.class, code);
        }

        /** The {@code str()} of an expression. */
        String eval(String expression) {
            return String.valueOf(call(interpreter, "eval", String.class, expression));
        }

        Object state() {
            return call(interpreter, "getSystemState", null, null);
        }

        /** {@code Euryale.install} for its state, by the class that {@code loader} has. */
        List<?> install(ClassLoader from) {
            return (List<?>) invoke(() -> from.loadClass("org.euryale.jython.Euryale")
                    .getMethod("install", type("org.python.core.PySystemState"))
                    .invoke(null, state()));
        }

        @Override
        public void close() {
            call(interpreter, "close", null, null);
        }
    }

    /** {@code new PythonInterpreter()}: all that are made so have one interpreter's state, the default one. */
    Interpreter interpreter() {
        return new Interpreter(invoke(
                () -> type("org.python.util.PythonInterpreter").getConstructor().newInstance()));
    }

    /** One with a state of its own. */
    Interpreter another() {
        return new Interpreter(invoke(() -> {
            Class<?> state = type("org.python.core.PySystemState");
            return type("org.python.util.PythonInterpreter")
                    .getConstructor(type("org.python.core.PyObject"), state)
                    .newInstance(null, state.getConstructor().newInstance());
        }));
    }

    Class<?> type(String name) {
        return (Class<?>) invoke(() -> loader.loadClass(name));
    }

    private static Object call(Object of, String method, Class<?> type, Object argument) {
        return invoke(() -> type == null
                ? of.getClass().getMethod(method).invoke(of)
                : of.getClass().getMethod(method, type).invoke(of, argument));
    }

    private interface Reflection {
        Object call() throws ReflectiveOperationException;
    }

    private static Object invoke(Reflection call) {
        try {
            return call.call();
        } catch (InvocationTargetException e) {
            throw new AssertionError(e.getCause().toString(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.toString(), e);
        }
    }

    /** Ends the use of the loader; what is left of it once nobody refers to this. */
    WeakReference<ClassLoader> drop() {
        close();
        return new WeakReference<>(loader);
    }

    @Override
    public void close() {
        Thread.currentThread().setContextClassLoader(before);
        try {
            loader.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
