package org.euryale.launcher;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyFile;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PySystemState;

/**
 * A fresh interpreter inside this JVM in the place of a child process: its own modules, {@code sys}, working directory,
 * streams and descriptors. A JVM that starts, reads Jython's classes and has none of its own compiled yet takes seconds;
 * the classes and the compiled code are here already.
 *
 * <p>What is the process's and not the interpreter's is shared: the JVM's properties, native {@code umask}, signals. A
 * program that ends the JVM ({@code os._exit}) has to be kept from it by its caller.
 */
public final class Interpreter {
    /** Room for the recursion of Jython's compiler; a process's main thread has 8 MiB. */
    private static final long STACK_BYTES = 16L << 20;

    private Interpreter() {}

    /**
     * Runs {@code source}, which is Python and begins the work of the interpreter, in an interpreter made for it, and
     * waits for the end.
     *
     * @param source what runs first; it finds {@code given} as a global
     * @param given a value for it; an object of Java or a string, since other Python objects belong to an interpreter
     * @param directory the working directory, absolute
     * @param out takes standard output; not closed
     * @param err takes standard error; may be {@code out}
     * @return the exit status
     * @throws InterruptedException if the calling thread is interrupted
     */
    public static int run(String source, PyObject given, String directory, OutputStream out, OutputStream err)
            throws InterruptedException {
        AtomicInteger status = new AtomicInteger(1);
        PyObject executable = Py.getSystemState().executable;
        Thread thread = new Thread(
                null,
                () -> status.set(inThisThread(source, given, executable, directory, out, err)),
                "interpreter",
                STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        thread.join();
        return status.get();
    }

    private static int inThisThread(
            String source, PyObject given, PyObject executable, String directory, OutputStream out, OutputStream err) {
        PySystemState state = new PySystemState();
        try (state) {
            Py.setSystemState(state);
            state.setCurrentWorkingDir(Path.of(directory).toString());
            state.argv = new PyList();
            state.executable = executable;
            state.stdin = state.__stdin__ = new PyFile(java.io.InputStream.nullInputStream(), "<stdin>", "r", 0, false);
            state.stdout = state.__stdout__ = stream(out, "<stdout>");
            state.stderr = state.__stderr__ = stream(err, "<stderr>");
            int status = 0;
            PyStringMap globals = new PyStringMap();
            globals.__setitem__("__name__", new PyString("__interpreter__"));
            globals.__setitem__("given", given);
            try {
                Py.exec(Py.newString(source), globals, globals);
            } catch (PyException e) {
                status = status(state, e);
            } catch (StackOverflowError | OutOfMemoryError e) {
                state.stderr.invoke("write", Py.newString(e + "\n"));
                status = 1;
            }
            state.callExitFunc();
            state.stdout.invoke("flush");
            state.stderr.invoke("flush");
            return status;
        }
    }

    private static PyObject stream(OutputStream stream, String name) {
        return new PyFile(stream, name, "w", 1, false);
    }

    /** The exit status of an interpreter that this exception ends, as python has it. */
    private static int status(PySystemState state, PyException e) {
        if (!e.match(Py.SystemExit)) {
            Py.displayException(e.type, e.value, e.traceback, state.stderr);
            return 1;
        }
        e.normalize();
        PyObject code = e.value.__findattr__("code");
        if (code == null || code.equals(Py.None)) {
            return 0;
        }
        if (code.isNumberType()) {
            return code.asInt() & 0xff;
        }
        state.stderr.invoke("write", code.__str__().__add__(Py.newString("\n")));
        return 1;
    }
}
