package org.euryale.jython;

import org.python.core.PyModule;

/** What {@code lib/compat} does to modules and cannot do from Python. */
public final class ModuleFunctions {
    /** From here to a proxy's caller there are some 20 frames. */
    private static final int DEPTH = 60;

    private ModuleFunctions() {}

    /** Gives a module the dictionary of another: they then have the same names, but for slots of their types. */
    public static void share(PyModule from, PyModule to) {
        to.__dict__ = from.__dict__;
    }

    /** Whether the calling thread is in an import that looks whether a module has a name, and does not take it yet. */
    public static boolean isLookedFor() {
        return StackWalker.getInstance()
                .walk(frames -> frames.limit(DEPTH)
                        .anyMatch(frame -> frame.getMethodName().equals("ensureFromList")
                                && frame.getClassName().equals("org.python.core.imp")));
    }
}
