package org.euryale.jython;

import org.euryale.posix.Errno;
import org.euryale.posix.PosixException;
import org.euryale.posix.Select;
import org.jspecify.annotations.Nullable;
import org.python.core.PyCode;
import org.python.core.PyObject;
import org.python.core.PyRunnable;
import org.python.core.PyString;
import org.python.core.PyTuple;

/** The module {@code select}: CPython 2.7's names on Linux. Jython makes one of these for each import. */
public final class SelectModule implements PyRunnable {
    private static final String DOC = "Waiting for many files at once: select(), poll objects, epoll objects.\n"
            + "There is no limit on descriptors (FD_SETSIZE), and nothing is ever exceptional.";

    @Override
    public PyCode getMain() {
        return new ModuleCode("select", SelectModule::fill);
    }

    private static void fill(PyObject dict) {
        PosixProcess process = PosixProcess.current();
        dict.__setitem__("__doc__", new PyString(DOC));
        new Constants("select").into(dict);
        dict.__setitem__("error", process.errors().selectError);
        dict.__setitem__("epoll", process.epollType());
        SocketModule.define(
                dict,
                Signature.unpacking("select", 3, 4),
                "select(rlist, wlist, xlist[, timeout]) -> (rlist, wlist, xlist)\n\n"
                        + "Waits until one of the files is ready, at most timeout seconds (None: for ever), and\n"
                        + "returns those that are, in their order. Files are ints or have a fileno() method.",
                a -> select(process, a));
        // Jython's own module has it for programs that were written for its version 2.5.
        dict.__setitem__("cpython_compatible_select", dict.__getitem__(new PyString("select")));
        SocketModule.define(
                dict,
                new Signature("poll", 0, 0),
                "poll() -> poll object\n\nIts methods: register, modify, unregister, poll.",
                a -> new PyPoll(process));
    }

    private static PyObject select(PosixProcess process, @Nullable PyObject[] a) {
        FileDescriptors.Listed read = new FileDescriptors.Listed(SocketMethods.required(a[0]));
        FileDescriptors.Listed write = new FileDescriptors.Listed(SocketMethods.required(a[1]));
        FileDescriptors.Listed except = new FileDescriptors.Listed(SocketMethods.required(a[2]));
        PyObject timeout = a[3];
        int[] readable = read.descriptors();
        int[] writable = write.descriptors();
        int[] exceptional = except.descriptors();
        try {
            long nanos = -1;
            if (timeout != null && !Values.isNone(timeout)) {
                double seconds = Values.number(timeout, "timeout must be a float or None");
                if (seconds < 0) {
                    throw new PosixException(Errno.EINVAL);
                }
                nanos = Values.nanos(seconds);
            }
            Interrupts.enter();
            try {
                Select.select(process.descriptors(), readable, writable, exceptional, nanos);
            } finally {
                Interrupts.leave();
            }
        } catch (PosixException e) {
            PosixProcess.interrupted(e);
            throw process.errors().selectError(e);
        }
        return new PyTuple(read.ready(readable), write.ready(writable), except.ready(exceptional));
    }
}
