package org.euryale.jython;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import org.euryale.posix.Errno;
import org.euryale.posix.Poller;
import org.euryale.posix.PosixException;
import org.euryale.reactor.Carrier;
import org.euryale.reactor.Host;
import org.euryale.reactor.Reactor;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyFrame;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PyTableCode;
import org.python.core.PyTraceback;
import org.python.core.PyType;
import org.python.core.ThreadState;

/**
 * What {@code euryale.reactor.EuryaleReactor} stands on: one {@link Reactor} and the Python objects that it serves. Its
 * public methods are the Python class's; {@code wakeUp} and the calls of {@code callFromThread} may come from any thread.
 */
public final class TwistedReactor implements Host {
    private static final long NANOS = 1_000_000_000L;

    /** Strings of chars below 256, which are bytes. */
    static final Carrier<PyString> STRINGS = new Carrier<>() {
        @Override
        public int length(PyString bytes) {
            return bytes.getString().length();
        }

        @Override
        public void copy(PyString bytes, int from, ByteBuffer into) {
            Bytes.copy(bytes.getString(), from, into);
        }
    };

    /** What a traceback shows of {@link PyDelayedCall#run}: the name is that of ReactorBase (twisted/internet/base.py). */
    private static final PyTableCode LOOP =
            new PyTableCode(0, new String[0], "PyDelayedCall.java", "runUntilCurrent", 0, false, false, null, 0);

    final PosixProcess process = PosixProcess.current();
    final Reactor loop = new Reactor(process.descriptors(), this);
    final PyObject reactor;

    /** Failures and functions of the Python module that are needed here. */
    final TwistedNames names;

    /** The interpreter's clock may be replaced: then it is in here as "seconds". */
    private final @Nullable PyStringMap attributes;

    private final IdentityHashMap<PyObject, Selectable> selectables = new IdentityHashMap<>();

    /** Whose callback is running, for the log's prefix; null when nobody's. */
    @Nullable
    PyObject current;

    /** Of the thread that runs the loop. */
    private @Nullable ThreadState threadState;

    /**
     * @param reactor the Python reactor
     * @param names an object with what {@link TwistedNames} asks for
     */
    public TwistedReactor(PyObject reactor, PyObject names) {
        this.reactor = reactor;
        this.names = new TwistedNames(names);
        attributes = reactor.fastGetDict() instanceof PyStringMap map ? map : null;
    }

    // ---------------------------------------------------------------- the loop

    /** Runs turns until {@link #halt}. */
    public void run() {
        threadState = Py.getThreadState();
        try {
            loop.run();
        } catch (PosixException e) {
            throw process.errors().selectError(e);
        }
    }

    /** Runs one turn; {@code seconds} negative to wait without end. */
    public void iterate(double seconds) {
        threadState = Py.getThreadState();
        try {
            loop.iterate(seconds < 0 ? -1 : Values.nanos(seconds));
        } catch (PosixException e) {
            throw process.errors().selectError(e);
        }
    }

    public void halt() {
        loop.halt();
    }

    public void wakeUp() {
        loop.wakeUp();
    }

    /** Closes the selector. */
    public void close() {
        loop.close();
    }

    ThreadState threadState() {
        ThreadState state = threadState;
        return state == null ? Py.getThreadState() : state;
    }

    @Override
    public void await(Poller poller, long nanos, Poller.Sink sink) throws PosixException {
        process.descriptors().closeForgotten();
        Interrupts.enter();
        try {
            poller.await(nanos, Integer.MAX_VALUE, sink);
        } catch (PosixException e) {
            if (e.errno() != Errno.EINTR) {
                throw e;
            }
        } finally {
            Interrupts.leave();
        }
        Interrupts.check();
    }

    /** Logs it as Twisted's {@code log.err} does, with the prefix of whoever is running. */
    @Override
    public void thrown(Throwable thrown) {
        PyException e = Py.JavaError(thrown);
        e.normalize();
        try {
            names.logError.__call__(e.type, e.value, e.traceback == null ? Py.None : e.traceback);
        } catch (PyException worse) {
            Py.printException(worse);
        }
    }

    /** Logs what a delayed call has raised, whose traceback then begins in the loop, as it does with Twisted's reactors. */
    void raised(Throwable thrown) {
        PyException e = Py.JavaError(thrown);
        e.traceback = new PyTraceback(e.traceback, new PyFrame(LOOP, new PyStringMap(), new PyStringMap(), Py.None));
        thrown(e);
    }

    /** Whose callback is running: for the log's prefix. None when nobody's. */
    public PyObject current() {
        PyObject whose = current;
        return whose == null ? Py.None : whose;
    }

    // ---------------------------------------------------------------- time

    /** Nanoseconds since 1970, by Python's clock. */
    @Override
    public long now() {
        PyObject seconds = attributes == null ? null : attributes.__finditem__("seconds");
        if (seconds != null) {
            return nanos(seconds.__call__().asDouble());
        }
        Instant now = Instant.now();
        return now.getEpochSecond() * NANOS + now.getNano();
    }

    static long nanos(double seconds) {
        return (long) (seconds * NANOS);
    }

    static double seconds(long nanos) {
        return nanos / (double) NANOS;
    }

    /** The pending delayed calls. */
    public PyList delayedCalls() {
        PyList calls = new PyList();
        for (Runnable call : loop.pendingCalls()) {
            if (call instanceof PyDelayedCall delayed) {
                calls.append(delayed);
            }
        }
        return calls;
    }

    /** The function {@code callLater} of this reactor, which enters no Python frame. */
    public PyObject callLater() {
        return new PyDelayedCall.CallLater(this);
    }

    /** The function {@code callFromThread}. */
    public PyObject callFromThread() {
        return new CallFromThread(this);
    }

    /** Gives an object of Python the methods by which it cooperates with this reactor, see {@link Cooperator}. */
    public void cooperator(PyObject of) {
        Cooperator.into(this, of);
    }

    // ---------------------------------------------------------------- files

    /** Calls {@code reader.doRead()} whenever its descriptor is readable. */
    public void addReader(PyObject reader) {
        if (reader instanceof PyTransport transport && transport.stream != null) {
            transport.startReading();
        } else {
            selectable(reader).reading(true);
        }
    }

    public void addWriter(PyObject writer) {
        if (writer instanceof PyTransport transport && transport.stream != null) {
            transport.startWriting();
        } else {
            selectable(writer).writing(true);
        }
    }

    public void removeReader(PyObject reader) {
        if (reader instanceof PyTransport transport && transport.stream != null) {
            transport.stopReading();
        }
        Selectable known = selectables.get(reader);
        if (known != null) {
            known.reading(false);
            forgetIdle(reader, known);
        } else {
            requireDescriptor(reader);
        }
    }

    public void removeWriter(PyObject writer) {
        if (writer instanceof PyTransport transport && transport.stream != null) {
            transport.stopWriting();
        }
        Selectable known = selectables.get(writer);
        if (known != null) {
            known.writing(false);
            forgetIdle(writer, known);
        } else {
            requireDescriptor(writer);
        }
    }

    /** Raises what Twisted's epoll reactor does of an object that can be no reader or writer. */
    private static void requireDescriptor(PyObject object) {
        object.__getattr__("fileno");
    }

    private Selectable selectable(PyObject object) {
        Selectable known = selectables.get(object);
        if (known == null || known.isStale()) {
            try {
                known = Selectable.of(this, object);
            } catch (PosixException e) {
                throw Errors.ioError(e);
            }
            selectables.put(object, known);
        }
        return known;
    }

    private void forgetIdle(PyObject object, Selectable selectable) {
        if (!selectable.isReading() && !selectable.isWriting()) {
            selectables.remove(object);
            selectable.close();
        }
    }

    /** Who reads, transports among them. */
    public PyList readers() {
        PyList readers = new PyList();
        selectables.forEach((object, selectable) -> {
            if (selectable.isReading()) {
                readers.append(object);
            }
        });
        loop.forEachTransport(transport -> {
            if (transport.isReading()) {
                readers.append((PyTransport) transport.handler());
            }
        });
        return readers;
    }

    /** Who writes, transports among them. */
    public PyList writers() {
        PyList writers = new PyList();
        selectables.forEach((object, selectable) -> {
            if (selectable.isWriting()) {
                writers.append(object);
            }
        });
        loop.forEachTransport(transport -> {
            if (transport.isWriting()) {
                writers.append((PyTransport) transport.handler());
            }
        });
        return writers;
    }

    /** Removes every reader and writer; returns them. */
    public PyList removeAll() {
        PyList all = new PyList();
        List<PyObject> objects = new ArrayList<>(selectables.keySet());
        for (PyObject object : objects) {
            Selectable selectable = Objects.requireNonNull(selectables.remove(object));
            selectable.close();
            all.append(object);
        }
        loop.forEachTransport(transport -> {
            if (transport.isReading() || transport.isWriting()) {
                transport.pauseReading();
                transport.stopWriting();
                all.append((PyTransport) transport.handler());
            }
        });
        return all;
    }

    /**
     * Gives a class of transports its methods; objects of it are made in Java from then on, or are of Twisted's class
     * {@code original} while a function of that is replaced.
     */
    public static void transports(PyObject cls, PyObject original) {
        TransportMethods.into((PyType) cls, (PyType) original, new ReplacedMethods((PyType) original));
    }

    /** Gives a class of transports that pass descriptors, which has its methods, those for that. */
    public static void unixTransports(PyObject cls) {
        TransportMethods.unix((PyType) cls);
    }

    /** Gives a class of UDP ports its methods, see {@link DatagramPortMethods}. */
    public static void datagrams(PyObject cls, PyObject names) {
        DatagramPortMethods.into((PyType) cls, names);
    }

    /** Gives a class of Twisted's TLS its methods, see {@link TlsProtocolMethods}. */
    public static void secured(PyObject cls, PyObject names) {
        TlsProtocolMethods.into((PyType) cls, names);
    }

    /** Gives a class of delayed calls its methods. */
    public static void delayedCalls(PyObject cls) {
        DelayedCallMethods.into((PyType) cls);
    }

    /** Serves the connection that {@code transport} has a socket of, from when it starts reading or writing. */
    public void establish(PyObject transport) {
        ((PyTransport) transport).establish(this);
    }
}
