package org.euryale.jython;

import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.Family;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.euryale.posix.StreamSocket;
import org.euryale.reactor.FileWatch;
import org.euryale.reactor.Ready;
import org.euryale.reactor.StreamPort;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;

/** A Python object that was given to {@code addReader} or {@code addWriter} (IReactorFDSet). */
abstract class Selectable {
    final TwistedReactor core;
    final PyObject object;

    Selectable(TwistedReactor core, PyObject object) {
        this.core = core;
        this.object = object;
    }

    /** The object's descriptor decides what it is. EBADF. */
    static Selectable of(TwistedReactor core, PyObject object) throws PosixException {
        int descriptor = Values.integer(object.invoke("fileno"));
        PyObject accepts = object.__findattr__("_acceptsInJava");
        if (accepts != null && accepts.__call__().__nonzero__()) {
            OpenFile file = core.process.descriptors().file(descriptor);
            if (file instanceof StreamSocket socket) {
                return new Listening(core, object, socket, descriptor);
            }
        }
        return new Foreign(core, object, descriptor);
    }

    abstract void reading(boolean on);

    abstract void writing(boolean on);

    abstract boolean isReading();

    abstract boolean isWriting();

    /** Whether its file was closed: the object's descriptor is another one's by now. */
    abstract boolean isStale();

    abstract void close();

    /** Anybody's: its doRead and doWrite are called. */
    private static final class Foreign extends Selectable implements Ready {
        private final FileWatch watch;

        Foreign(TwistedReactor core, PyObject object, int descriptor) throws PosixException {
            super(core, object);
            watch = new FileWatch(core.loop, descriptor, this);
        }

        @Override
        public void ready(int events) {
            PyObject before = core.current;
            // A client that gets its connection in this call is called as before until that returns, as by Twisted's
            // loop.
            core.current = object instanceof PyTransport ? core.names.named.__call__(object) : object;
            PyObject why = Py.None;
            boolean inRead = false;
            try {
                if (Values.integer(object.invoke("fileno")) == -1) {
                    why = core.names.noDescriptor;
                } else {
                    if (watch.isReading() && (events & ~Events.OUT & ~Events.WRNORM) != 0) {
                        inRead = true;
                        why = object.invoke("doRead");
                    }
                    if (!why.__nonzero__() && watch.isWriting() && (events & ~Events.IN & ~Events.RDNORM) != 0) {
                        inRead = false;
                        why = object.invoke("doWrite");
                    }
                }
            } catch (Throwable thrown) {
                core.thrown(thrown);
                PyException e = Py.JavaError(thrown);
                e.normalize();
                why = e.value;
            }
            try {
                if (why.__nonzero__()) {
                    core.reactor.invoke("_disconnectSelectable", new PyObject[] {object, why, Py.newBoolean(inRead)});
                }
            } catch (RuntimeException | Error e) {
                core.thrown(e);
            } finally {
                core.current = before;
            }
        }

        @Override
        void reading(boolean on) {
            watch.reading(on);
        }

        @Override
        void writing(boolean on) {
            watch.writing(on);
        }

        @Override
        boolean isReading() {
            return watch.isReading();
        }

        @Override
        boolean isWriting() {
            return watch.isWriting();
        }

        @Override
        boolean isStale() {
            return watch.file().isClosed();
        }

        @Override
        void close() {
            watch.close();
        }
    }

    /** A listening port of ours: it accepts in Java and makes transports of Java. */
    private static final class Listening extends Selectable implements StreamPort.Acceptor {
        private final StreamSocket socket;
        private final StreamPort port;

        Listening(TwistedReactor core, PyObject object, StreamSocket socket, int descriptor) throws PosixException {
            super(core, object);
            this.socket = socket;
            port = new StreamPort(core.loop, socket, descriptor, this);
        }

        @Override
        public void accepted(StreamSocket accepted, int descriptor) {
            PyObject before = core.current;
            core.current = object;
            boolean served = false;
            try {
                PyObject address = SocketAddresses.tuple(accepted.acceptedFrom(), accepted.family());
                PyObject protocol = object.__getattr__("factory").invoke("buildProtocol", described(address));
                if (!Values.isNone(protocol)) {
                    served = true;
                    serve(accepted, descriptor, protocol, address);
                }
            } catch (PosixException e) {
                core.thrown(core.process.errors().socketError(e));
            } catch (RuntimeException | Error e) {
                core.thrown(e);
            } finally {
                core.current = before;
                if (!served) {
                    close(descriptor);
                }
            }
        }

        @SuppressWarnings("ReferenceEquality") // the same class, or another
        private void serve(StreamSocket accepted, int descriptor, PyObject protocol, PyObject address)
                throws PosixException {
            if (object.__findattr__("transport") != core.names.server || core.names.replaced.any()) {
                object.invoke("_served", new PyObject[] {Py.newInteger(descriptor), protocol, address});
                return;
            }
            PyTransport transport = new PyTransport(core, object, accepted, descriptor, protocol);
            protocol.invoke("makeConnection", transport);
        }

        private PyObject described(PyObject address) {
            if (socket.family() == Family.INET) {
                return core.names.ipv4.__call__(TCP, address.__getitem__(0), address.__getitem__(1));
            }
            return core.names.ipv6.__call__(new PyObject[] {
                TCP, address.__getitem__(0), address.__getitem__(1), address.__getitem__(2), address.__getitem__(3)
            });
        }

        private void close(int descriptor) {
            try {
                core.process.descriptors().close(descriptor);
            } catch (PosixException e) {
                assert e.errno() == Errno.EBADF; // somebody has closed the number
            }
        }

        @Override
        public void exhausted(Errno errno) {
            PyObject before = core.current;
            core.current = object;
            try {
                core.names.exhausted.__call__(object, new PyString(errno.name()));
            } catch (RuntimeException | Error e) {
                core.thrown(e);
            } finally {
                core.current = before;
            }
        }

        @Override
        void reading(boolean on) {
            if (on) {
                port.resume();
            } else {
                port.pause();
            }
        }

        @Override
        void writing(boolean on) {
            // A listener is never writable.
        }

        @Override
        boolean isReading() {
            return port.isAccepting();
        }

        @Override
        boolean isWriting() {
            return false;
        }

        @Override
        boolean isStale() {
            return socket.isClosed();
        }

        @Override
        void close() {
            port.close();
        }
    }

    private static final PyString TCP = new PyString("TCP");
}
