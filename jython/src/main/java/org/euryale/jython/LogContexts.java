package org.euryale.jython;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyBuiltinFunction;
import org.python.core.PyDictionary;
import org.python.core.PyException;
import org.python.core.PyList;
import org.python.core.PyObject;

/**
 * {@code twisted.python.log.callWithContext}, by which Twisted's own loops make each call of a file that is ready: what the log
 * shall say of whoever is called is put on the thread's stack of contexts for as long as the call lasts.
 */
public final class LogContexts {
    private LogContexts() {}

    /**
     * The function for {@code lib/compat/twisted_log_contexts.py}. Any thread may call it.
     *
     * @param log the module, whose own function is asked where the arguments are not plain or contexts are another tracker's
     */
    public static PyObject function(PyObject log) {
        return new CallWithContext(log);
    }

    private static final class CallWithContext extends PyBuiltinFunction {
        private static final long serialVersionUID = 1L;

        private final transient PyObject original;
        private final transient PyObject module;
        private final transient PyObject key;

        /** Of the tracker that the module begins with: its call, and its contexts of each thread. */
        private final transient PyObject call;

        private final transient PyObject storage;

        CallWithContext(PyObject log) {
            super("callWithContext", 2, -1, "callWithContext(ctx, func, *args, **kw)\n\nCalls func; the log says ctx.");
            original = log.__getattr__("callWithContext");
            module = log.__getattr__("context");
            key = log.__getattr__("ILogContext");
            call = module.__getattr__("call");
            storage = module.__getattr__("theContextTracker").__getattr__("storage");
        }

        @Override
        public PyObject __call__(PyObject[] arguments, String[] keywords) {
            PyList contexts = keywords.length > 0 || arguments.length < 2 ? null : contexts();
            if (contexts == null) {
                return original.__call__(arguments, keywords);
            }
            contexts.append(new PyDictionary(Map.of(key, joined(contexts, arguments[0]))));
            try {
                return arguments[1].__call__(Arrays.copyOfRange(arguments, 2, arguments.length));
            } finally {
                contexts.pop();
            }
        }

        /** The thread's stack, unless it is new or somebody else's. */
        @SuppressWarnings("ReferenceEquality") // that very tracker
        private @Nullable PyList contexts() {
            if (module.__findattr__("call") != call) {
                return null;
            }
            PyObject tracker = storage.__findattr__("ct");
            return tracker != null && tracker.__findattr__("contexts") instanceof PyList list ? list : null;
        }

        /** What the log says so far, and what it shall say. */
        private PyObject joined(PyList contexts, PyObject more) {
            PyObject found = null;
            for (int i = contexts.size() - 1; i >= 0 && found == null; i--) {
                found = said(contexts.pyget(i));
            }
            PyObject copy = (found == null ? Py.None : found).invoke("copy");
            copy.invoke("update", more);
            return copy;
        }

        /** What one context has; null for none. Only a plain dict says that without an exception. */
        private @Nullable PyObject said(PyObject context) {
            if (context.getClass() == PyDictionary.class) {
                return context.__finditem__(key);
            }
            try {
                return context.__getitem__(key);
            } catch (PyException e) {
                if (e.match(Py.KeyError)) {
                    return null;
                }
                throw e;
            }
        }
    }
}
