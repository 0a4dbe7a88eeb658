package org.euryale.jython;

import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyBuiltinFunction;
import org.python.core.PyObject;

/** {@code callFromThread(f, *args, **kw)}: makes a call in the reactor's thread, in its next turn. Any thread. */
final class CallFromThread extends PyBuiltinFunction {
    private static final long serialVersionUID = 1L;

    private final transient TwistedReactor core;

    CallFromThread(TwistedReactor core) {
        super("callFromThread", 1, -1, "callFromThread(f, *args, **kw)\n\nCalls f in the reactor's thread, soon.");
        this.core = core;
    }

    @Override
    public PyObject __call__(PyObject[] arguments, String[] keywords) {
        PyObject function = function(arguments, keywords, 0);
        if (function == null || !function.isCallable()) {
            throw function == null
                    ? Py.TypeError("callFromThread() takes at least 2 arguments (1 given)")
                    : new org.python.core.PyException(Py.AssertionError, function.toString() + " is not callable");
        }
        PyObject[] rest = java.util.Arrays.copyOfRange(arguments, 1, arguments.length);
        core.loop.callSoon(() -> function.__call__(core.threadState(), rest, keywords));
        return Py.None;
    }

    static @Nullable PyObject function(PyObject[] arguments, String[] keywords, int place) {
        return arguments.length - keywords.length > place ? arguments[place] : null;
    }
}
