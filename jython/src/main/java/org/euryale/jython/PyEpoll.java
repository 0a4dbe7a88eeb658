package org.euryale.jython;

import java.lang.ref.Reference;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Epoll;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyClassMethod;
import org.python.core.PyDataDescr;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyStaticMethod;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PyTuple;
import org.python.core.PyType;

/** A {@code select.epoll}: a descriptor that names an {@link Epoll}. Any thread may call anything. */
final class PyEpoll extends PyObject {
    private static final long serialVersionUID = 1L;

    /** What CPython passes for maxevents where a program does not: FD_SETSIZE - 1. */
    private static final int DEFAULT_LIMIT = 1023;

    private static final int DEFAULT_EVENTS = Events.IN | Events.PRI | Events.OUT;

    private final transient DescriptorTable table;
    private volatile int descriptor;

    /** A new descriptor, which is closed when the object is forgotten. */
    private PyEpoll(PosixProcess process, PyType type, Epoll epoll) throws PosixException {
        super(type);
        this.table = process.descriptors();
        this.descriptor = table.add(epoll, this);
    }

    /** One that is open already, and from now on this object's to close if it is nobody's. */
    private PyEpoll(PosixProcess process, PyType type, int descriptor) {
        super(type);
        this.table = process.descriptors();
        this.descriptor = descriptor;
        table.own(descriptor, this);
    }

    static PyType type(PosixProcess process) {
        PyStringMap dict = new PyStringMap();
        dict.__setitem__("__module__", new PyString("select"));
        dict.__setitem__(
                "__doc__",
                new PyString("epoll([sizehint=-1]) -> epoll object\n\n"
                        + "Waits for many files at the price of those that are ready. The hint is not used."));
        PyType type = (PyType) Py.makeClass("epoll", PyObject.TYPE, dict);
        type.__setattr__(
                "__new__",
                new PyStaticMethod(new Function(
                        new Signature("__new__", 1, 2, "cls", "sizehint"),
                        "A new epoll object.",
                        Trace.ofNew(
                                "epoll",
                                a -> create(
                                        process, (PyType) SocketMethods.required(a[0]), Values.integer(a[1], -1))))));
        type.__setattr__(
                "fromfd",
                new PyClassMethod(new Function(
                        new Signature("fromfd", 2, 2),
                        "fromfd(fd) -> epoll object\n\nAn object for an epoll descriptor that is open already.",
                        a -> new PyEpoll(
                                process,
                                (PyType) SocketMethods.required(a[0]),
                                Values.integer(SocketMethods.required(a[1]))))));
        methods(type);
        type.__setattr__("closed", new Closed(type));
        return type;
    }

    private static PyObject create(PosixProcess process, PyType type, int hint) {
        if (hint < -1) {
            throw Py.ValueError("sizehint must be greater zero, got " + hint);
        }
        try {
            Epoll epoll = new Epoll();
            // As epoll_create(2), it takes its descriptors now and fails now (EMFILE); and the classes that a wait
            // needs are loaded, which in a young JVM takes longer than the wait.
            epoll.await(0, 1, (watched, events) -> {});
            return new PyEpoll(process, type, epoll);
        } catch (PosixException e) {
            throw Errors.ioError(e);
        }
    }

    private static void methods(PyType type) {
        new Method<PyEpoll>(
                        new Signature("register", 1, 2, "fd", "eventmask"),
                        "register(fd[, eventmask])\n\nWaits for these events (IN, PRI and OUT) of the file, too.",
                        (self, a) -> self.register(SocketMethods.required(a[0]), a[1]))
                .into(type);
        new Method<PyEpoll>(
                        new Signature("modify", 2, 2, "fd", "eventmask"),
                        "modify(fd, eventmask)\n\nOther events of a registered file.",
                        (self, a) -> self.modify(SocketMethods.required(a[0]), SocketMethods.required(a[1])))
                .into(type);
        new Method<PyEpoll>(
                        new Signature("unregister", 1, 1, "fd"),
                        "unregister(fd)\n\nForgets the file.",
                        (self, a) -> self.unregister(SocketMethods.required(a[0])))
                .into(type);
        new Method<PyEpoll>(
                        new Signature("poll", 0, 2, "timeout", "maxevents"),
                        "poll([timeout=-1[, maxevents=-1]]) -> list of (fd, events)\n\n"
                                + "Waits, at most timeout seconds (negative: for ever).",
                        (self, a) -> self.poll(a[0], Values.integer(a[1], -1)))
                .into(type);
        new Method<PyEpoll>(
                        new Signature("fileno", 0, 0),
                        "fileno() -> int\n\nThe epoll object's own descriptor.",
                        (self, a) -> Py.newInteger(self.open()))
                .into(type);
        new Method<PyEpoll>(new Signature("close", 0, 0), "close()\n\nFrees the descriptor.", (self, a) -> self.close())
                .into(type);
    }

    @Override
    public String toString() {
        return "<select.epoll object at " + Py.idstr(this) + ">";
    }

    int descriptor() {
        return descriptor;
    }

    private int open() {
        if (descriptor < 0) {
            throw Py.ValueError("I/O operation on closed epoll fd");
        }
        return descriptor;
    }

    private Epoll epoll() throws PosixException {
        OpenFile file = table.file(open());
        if (file instanceof Epoll epoll) {
            return epoll;
        }
        throw new PosixException(Errno.EINVAL);
    }

    private PyObject register(PyObject file, @Nullable PyObject mask) {
        int watched = FileDescriptors.of(file);
        int events = mask == null ? DEFAULT_EVENTS : mask(mask);
        try {
            epoll().add(watched, table.file(watched), events);
            return Py.None;
        } catch (PosixException e) {
            throw Errors.ioError(e);
        }
    }

    private PyObject modify(PyObject file, PyObject mask) {
        int watched = FileDescriptors.of(file);
        int events = mask(mask);
        try {
            epoll().modify(watched, table.file(watched), events);
            return Py.None;
        } catch (PosixException e) {
            throw Errors.ioError(e);
        }
    }

    private PyObject unregister(PyObject file) {
        int watched = FileDescriptors.of(file);
        try {
            Epoll epoll = epoll();
            OpenFile open = table.fileOrNull(watched);
            if (open != null) { // the kernel took a closed one out itself, and CPython forgives EBADF here
                epoll.remove(watched, open);
            }
            return Py.None;
        } catch (PosixException e) {
            throw Errors.ioError(e);
        }
    }

    /** An unsigned int. */
    private static int mask(PyObject value) {
        BigInteger mask = Values.bigInteger(value);
        if (mask.bitLength() > 32) {
            throw Py.OverflowError("Python int too large to convert to C unsigned int");
        }
        return mask.intValue();
    }

    private PyObject poll(@Nullable PyObject timeout, int maxEvents) {
        open();
        long nanos = -1;
        if (timeout != null) {
            double seconds = Values.number(timeout, "a float is required");
            nanos = seconds < 0 ? -1 : Values.nanos(seconds);
        }
        if (maxEvents < -1 || maxEvents == 0) {
            throw Py.ValueError("maxevents must be greater than 0, got " + maxEvents);
        }
        try {
            List<PyObject> ready = new ArrayList<>();
            table.closeForgotten();
            Epoll epoll = epoll();
            Interrupts.enter();
            try {
                epoll.await(
                        nanos,
                        maxEvents < 0 ? DEFAULT_LIMIT : maxEvents,
                        (watched, events) -> ready.add(new PyTuple(Py.newInteger(watched), Py.newInteger(events))));
            } finally {
                Interrupts.leave();
                Reference.reachabilityFence(this); // not forgotten while it waits
            }
            return PyList.fromList(ready);
        } catch (PosixException e) {
            PosixProcess.interrupted(e);
            throw Errors.ioError(e);
        }
    }

    private PyObject close() {
        int closing;
        synchronized (this) {
            closing = descriptor;
            descriptor = -1;
        }
        if (closing >= 0) {
            try {
                table.close(closing);
            } catch (PosixException e) {
                throw Errors.ioError(e);
            }
        }
        return Py.None;
    }

    /** The attribute {@code closed}. */
    private static final class Closed extends PyDataDescr {
        private static final long serialVersionUID = 1L;

        Closed(PyType type) {
            super(type, "closed", PyObject.class, "True once close() was called.");
        }

        @Override
        public Object invokeGet(PyObject self) {
            return Py.newBoolean(((PyEpoll) self).descriptor < 0);
        }

        @Override
        public boolean implementsDescrGet() {
            return true;
        }
    }
}
