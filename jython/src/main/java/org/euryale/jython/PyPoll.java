package org.euryale.jython;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.Poll;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PyTuple;
import org.python.core.PyType;

/** A poll object of {@code select.poll()}. One thread at a time. */
final class PyPoll extends PyObject {
    private static final long serialVersionUID = 1L;
    private static final int USHRT_MAX = 0xffff;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final transient PosixProcess process;
    private final transient Poll poll;
    private final AtomicBoolean polling = new AtomicBoolean();

    PyPoll(PosixProcess process) {
        super(process.pollType());
        this.process = process;
        poll = new Poll(process.descriptors());
    }

    static PyType type() {
        PyStringMap dict = new PyStringMap();
        dict.__setitem__("__module__", new PyString("select"));
        dict.__setitem__("__doc__", new PyString("A list of descriptors to wait for; made by select.poll()."));
        PyType type = (PyType) Py.makeClass("poll", PyObject.TYPE, dict);
        new Method<PyPoll>(
                        new Signature("register", 1, 2),
                        "register(fd[, eventmask])\n\nWaits for these events (IN, PRI and OUT) of the file, too.",
                        (self, a) -> self.register(a))
                .into(type);
        new Method<PyPoll>(
                        new Signature("modify", 2, 2),
                        "modify(fd, eventmask)\n\nOther events of a registered file; IOError when it is not.",
                        (self, a) -> self.modify(a))
                .into(type);
        new Method<PyPoll>(
                        new Signature("unregister", 1, 1),
                        "unregister(fd)\n\nForgets the file; KeyError when it is not registered.",
                        (self, a) -> self.unregister(SocketMethods.required(a[0])))
                .into(type);
        new Method<PyPoll>(
                        Signature.unpacking("poll", 0, 1),
                        "poll([milliseconds]) -> list of (fd, events)\n\nWaits; None or negative: for ever.",
                        (self, a) -> self.poll(a[0]))
                .into(type);
        return type;
    }

    @Override
    public String toString() {
        return "<select.poll object at " + Py.idstr(this) + ">";
    }

    private PyObject register(@Nullable PyObject[] a) {
        int descriptor = FileDescriptors.of(SocketMethods.required(a[0]));
        PyObject mask = a[1];
        poll.register(descriptor, mask == null ? Events.IN | Events.PRI | Events.OUT : mask(mask));
        return Py.None;
    }

    private PyObject modify(@Nullable PyObject[] a) {
        int descriptor = FileDescriptors.of(SocketMethods.required(a[0]));
        int mask = mask(SocketMethods.required(a[1]));
        if (!poll.isRegistered(descriptor)) {
            throw Errors.ioError(new PosixException(Errno.ENOENT));
        }
        poll.register(descriptor, mask);
        return Py.None;
    }

    private PyObject unregister(PyObject file) {
        int descriptor = FileDescriptors.of(file);
        if (!poll.unregister(descriptor)) {
            throw Py.KeyError(Py.newInteger(descriptor));
        }
        return Py.None;
    }

    /** An unsigned short, as struct pollfd has it. */
    private static int mask(PyObject value) {
        BigInteger mask = Values.bigInteger(value);
        if (mask.signum() < 0) {
            throw Py.OverflowError("can't convert negative value to unsigned short");
        }
        if (mask.bitLength() > 16) {
            throw Py.OverflowError("Python int too large for C unsigned short");
        }
        return mask.intValue() & USHRT_MAX;
    }

    private PyObject poll(@Nullable PyObject timeout) {
        long nanos = -1;
        if (timeout != null && !Values.isNone(timeout)) {
            int millis = milliseconds(timeout);
            nanos = millis < 0 ? -1 : millis * NANOS_PER_MILLI;
        }
        if (!polling.compareAndSet(false, true)) {
            throw Py.RuntimeError("concurrent poll() invocation");
        }
        try {
            List<PyObject> ready = new ArrayList<>();
            Interrupts.enter();
            try {
                poll.poll(
                        nanos,
                        (descriptor, events) ->
                                ready.add(new PyTuple(Py.newInteger(descriptor), Py.newInteger(events))));
            } finally {
                Interrupts.leave();
            }
            return PyList.fromList(ready);
        } catch (PosixException e) {
            PosixProcess.interrupted(e);
            throw process.errors().selectError(e);
        } finally {
            polling.set(false);
        }
    }

    private static int milliseconds(PyObject timeout) {
        if (Values.isInteger(timeout)) {
            return Values.integer(timeout);
        }
        double number = Values.number(timeout, "timeout must be an integer or None");
        return Values.integer(Py.newLong(java.math.BigDecimal.valueOf(number).toBigInteger()));
    }
}
