package org.euryale.jython;

import java.util.Arrays;
import org.euryale.reactor.Timer;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyBuiltinFunction;
import org.python.core.PyDictionary;
import org.python.core.PyException;
import org.python.core.PyFloat;
import org.python.core.PyInteger;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;

/** A call that {@code callLater} has put off; IDelayedCall. Used in the reactor's thread. */
final class PyDelayedCall extends ClassInstance implements Runnable {
    private static final long serialVersionUID = 1L;

    final transient TwistedReactor core;
    private final transient Timer timer;

    /** Null once it is cancelled. */
    @Nullable
    PyObject function;

    private PyObject[] arguments;
    private String[] keywords;
    boolean called;
    boolean cancelled;

    /** Seconds by which {@code delay} and {@code reset} have put it off; the timer has them in. */
    double delayed;

    private PyDelayedCall(TwistedReactor core, long time, PyObject function, PyObject[] arguments, String[] keywords) {
        super(core.names.delayedCall);
        this.core = core;
        this.function = function;
        this.arguments = arguments;
        this.keywords = keywords;
        timer = core.loop.callAt(time, this);
    }

    @Override
    String shown() {
        return "<DelayedCall>";
    }

    /** Its time has come. */
    @Override
    public void run() {
        PyObject due = function;
        if (due == null) {
            return;
        }
        called = true;
        try {
            due.__call__(core.threadState(), arguments, keywords);
        } catch (RuntimeException | Error e) {
            core.raised(e);
            PyObject creator = __findattr__("creator");
            if (creator != null) {
                core.names.logCreator.__call__(creator);
            }
        }
    }

    /** Seconds since 1970, with the delay. */
    double time() {
        return TwistedReactor.seconds(timer.time());
    }

    void cancel() {
        checkPending();
        timer.cancel();
        PyObject debug = getType().lookup("debug");
        if (debug != null && debug.__nonzero__()) {
            __setattr__("_repr", __repr__());
        }
        cancelled = true;
        function = null;
        arguments = Py.EmptyObjects;
        keywords = Py.NoKeywords;
    }

    void reset(double seconds) {
        checkPending();
        long before = timer.time();
        long time = after(core.now(), seconds);
        timer.move(time);
        delayed = Math.max(0, delayed + TwistedReactor.seconds(time - before));
    }

    void delay(double seconds) {
        checkPending();
        timer.move(after(timer.time(), seconds));
        delayed = Math.max(0, delayed + seconds);
    }

    /** A sum that ends at the end of time: programs put things off by sys.maxint seconds. */
    private static long after(long time, double seconds) {
        long nanos = Values.nanos(seconds);
        return nanos > 0 && time > Long.MAX_VALUE - 1 - nanos ? Long.MAX_VALUE - 1 : time + nanos;
    }

    /** A number of seconds that is added to a time; the TypeError of Python's own sum if it is none. */
    static double addend(PyObject seconds) {
        return isNumber(seconds)
                ? seconds.asDouble()
                : Values.number(
                        seconds, "unsupported operand type(s) for +: 'float' and '" + Values.typeName(seconds) + "'");
    }

    private static boolean isNumber(PyObject object) {
        return object instanceof PyFloat || object instanceof PyInteger;
    }

    private void checkPending() {
        if (cancelled) {
            throw raised(core.names.alreadyCancelled);
        }
        if (called) {
            throw raised(core.names.alreadyCalled);
        }
    }

    private static PyException raised(PyObject cls) {
        PyException e = new PyException(cls, cls.__call__());
        e.normalize();
        return e;
    }

    PyTuple positional() {
        return new PyTuple(Arrays.copyOf(arguments, arguments.length - keywords.length));
    }

    PyDictionary named() {
        PyDictionary named = new PyDictionary();
        int first = arguments.length - keywords.length;
        for (int i = 0; i < keywords.length; i++) {
            named.__setitem__(new PyString(keywords[i]), arguments[first + i]);
        }
        return named;
    }

    /** {@code callLater(seconds, f, *args, **kw)} of one reactor. */
    static final class CallLater extends PyBuiltinFunction {
        private static final long serialVersionUID = 1L;

        private final transient TwistedReactor core;

        CallLater(TwistedReactor core) {
            super("callLater", 2, -1, "callLater(seconds, f, *args, **kw) -> IDelayedCall\n\nCalls f later.");
            this.core = core;
        }

        @Override
        public PyObject __call__(PyObject[] arguments, String[] keywords) {
            PyObject function = CallFromThread.function(arguments, keywords, 1);
            if (function == null) {
                throw Py.TypeError("callLater() takes at least 3 arguments (" + (arguments.length + 1) + " given)");
            }
            if (!function.isCallable()) {
                throw new PyException(Py.AssertionError, function.toString() + " is not callable");
            }
            PyObject delay = arguments[0];
            // Of what is no number Python says first how it compares with one: None is less than any, a str greater.
            boolean comes =
                    isNumber(delay) ? delay.asDouble() >= 0 : delay._ge(Py.Zero).__nonzero__();
            if (!comes) {
                throw new PyException(
                        Py.AssertionError, delay.toString() + " is not greater than or equal to 0 seconds");
            }
            double seconds = addend(delay);
            PyObject[] rest = Arrays.copyOfRange(arguments, 2, arguments.length);
            PyDelayedCall call = new PyDelayedCall(core, after(core.now(), seconds), function, rest, keywords);
            PyObject debug = call.getType().lookup("debug");
            if (debug != null && debug.__nonzero__()) {
                call.__setattr__("creator", core.names.stack.__call__());
            }
            return call;
        }
    }
}
