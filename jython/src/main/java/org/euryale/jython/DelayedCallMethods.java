package org.euryale.jython;

import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyDataDescr;
import org.python.core.PyObject;
import org.python.core.PyType;

/** The methods and attributes that the class of delayed calls has from Java. What they do is {@link PyDelayedCall}'s. */
final class DelayedCallMethods {
    private DelayedCallMethods() {}

    static void into(PyType type) {
        new Cancel().into(type);
        method(type, "getTime", "getTime() -> seconds\n\nWhen it is due, since 1970.", c -> Py.newFloat(c.time()));
        method(
                type,
                "active",
                "active() -> bool\n\nWhether it is still to come.",
                c -> Py.newBoolean(!c.called && !c.cancelled));
        method(type, "activate_delay", "activate_delay()\n\nWhat was put off is its time now.", c -> {
            c.delayed = 0;
            return Py.None;
        });
        seconds(type, "reset", "reset(secondsFromNow)\n\nMakes it due then.", PyDelayedCall::reset);
        seconds(type, "delay", "delay(secondsLater)\n\nPuts it off.", PyDelayedCall::delay);
        attribute(type, "time", c -> Py.newFloat(c.time() - c.delayed));
        attribute(type, "delayed_time", c -> Py.newFloat(c.delayed));
        attribute(type, "called", c -> Py.newInteger(c.called ? 1 : 0));
        attribute(type, "cancelled", c -> Py.newInteger(c.cancelled ? 1 : 0));
        attribute(type, "func", c -> c.function);
        attribute(type, "args", c -> c.function == null ? null : c.positional());
        attribute(type, "kw", c -> c.function == null ? null : c.named());
        attribute(type, "seconds", c -> c.core.reactor.__findattr__("seconds"));
    }

    private static final class Cancel extends Method<PyDelayedCall> {
        private static final long serialVersionUID = 1L;

        Cancel() {
            super(new Signature("cancel", 0, 0), "cancel()\n\nMakes it never come.", (c, a) -> {
                c.cancel();
                return Py.None;
            });
        }

        @Override
        public PyObject __call__() {
            self().cancel();
            return Py.None;
        }
    }

    private interface Reads {
        @Nullable
        PyObject of(PyDelayedCall call);
    }

    private interface Moves {
        void by(PyDelayedCall call, double seconds);
    }

    private static void method(PyType type, String name, String doc, Reads reads) {
        new Method<PyDelayedCall>(
                        new Signature(name, 0, 0), doc, (c, a) -> java.util.Objects.requireNonNull(reads.of(c)))
                .into(type);
    }

    private static void seconds(PyType type, String name, String doc, Moves moves) {
        new Method<PyDelayedCall>(new Signature(name, 1, 1), doc, (c, a) -> {
                    moves.by(c, PyDelayedCall.addend(SocketMethods.required(a[0])));
                    return Py.None;
                })
                .into(type);
    }

    private static void attribute(PyType type, String name, Reads reads) {
        type.__setattr__(name.intern(), new Attribute(type, name, reads));
    }

    private static final class Attribute extends PyDataDescr {
        private static final long serialVersionUID = 1L;

        private final transient Reads reads;

        Attribute(PyType type, String name, Reads reads) {
            super(type, name, PyObject.class, "");
            this.reads = reads;
        }

        @Override
        public Object invokeGet(PyObject self) {
            PyObject value = reads.of((PyDelayedCall) self);
            if (value == null) {
                throw Py.AttributeError(getName());
            }
            return value;
        }

        @Override
        public boolean implementsDescrGet() {
            return true;
        }
    }
}
