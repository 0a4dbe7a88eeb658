package org.euryale.jython;

import java.lang.ref.Cleaner;
import java.lang.reflect.Field;
import java.util.List;
import org.python.core.Py;
import org.python.core.PySystemState;

/**
 * Puts Euryale into an interpreter that Jython made without it. With Euryale's jar on the class path before Jython
 * starts nobody needs this: each interpreter has it then.
 */
public final class Euryale {
    private Euryale() {}

    /**
     * Gives an interpreter Euryale's modules in place of Jython's own. Those that it has imported become ours in place:
     * a program that imported {@code socket} and says {@code socket.socket()} gets ours from now on. Call it from any
     * thread, while no other runs Python code in the interpreter. A second call does nothing more.
     *
     * @return what it cannot reach and still is Jython's own, a text for each: names that a program's module copied
     *     ({@code from socket import socket}), its classes made from them, open sockets in its globals; also, with
     *     {@code EURYALE_SOCKETS=stock}, that Euryale is off. Empty when nothing is left. All of it is logged in one
     *     line, a warning of the logger {@code org.euryale}
     */
    public static List<String> install(PySystemState state) {
        List<String> left = in(state);
        if (!left.isEmpty()) {
            System.getLogger("org.euryale").log(System.Logger.Level.WARNING, "Euryale: " + line(left));
        }
        return left;
    }

    /** For {@code euryale.install()} of Python: the same for the caller's interpreter, logging nothing. */
    public static List<String> install() {
        return in(Py.getSystemState());
    }

    /** What install could not reach, in one line. */
    public static String line(List<String> left) {
        return "left as it was: " + String.join("; ", left);
    }

    /**
     * The last call before the class loader of this class is dropped, when the interpreters that have Euryale are closed:
     * lets the loader go. Python code must not run in it any more. Where Jython is in a loader above, which goes on, its
     * types {@code file} and {@code io.FileIO} are again as they were.
     *
     * <p>A loader that has Jython in it would be kept by that. The jffi in its jar gives a {@link java.lang.ref.Cleaner} an action that refers
     * to the object whose end it waits for (Library$1 to Library), so the cleaner's thread holds jffi's classes, and they
     * their loader, for ever. Here that action is run. Without native access, or with a later jffi, there is nothing to
     * do.
     */
    public static void unload() {
        PosixProcess.unload();
        SharedTypes.restore();
        if (PySystemState.class.getClassLoader() != Euryale.class.getClassLoader()) {
            SharedTypes.forget();
            return; // that Jython goes on to call the C library
        }
        try {
            Field cleaner = Class.forName("com.kenai.jffi.internal.Cleaner").getDeclaredField("cleaner");
            cleaner.setAccessible(true);
            if (cleaner.get(null) instanceof Cleaner.Cleanable action) { // of the first library, the only one it keeps
                action.clean();
            }
        } catch (ReflectiveOperationException e) {
            System.getLogger("org.euryale").log(System.Logger.Level.DEBUG, "another jffi", e);
        }
    }

    private static List<String> in(PySystemState state) {
        if (Initializer.isSwitchedOff()) {
            return List.of("everything, since EURYALE_SOCKETS (or the property euryale.sockets) is 'stock'");
        }
        PySystemState before = Py.setSystemState(state);
        try {
            return new LateInstall(state).run();
        } finally {
            Py.setSystemState(before);
        }
    }
}
