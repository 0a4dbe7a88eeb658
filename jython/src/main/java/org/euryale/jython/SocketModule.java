package org.euryale.jython;

import org.python.core.Py;
import org.python.core.PyCode;
import org.python.core.PyObject;
import org.python.core.PyRunnable;
import org.python.core.PyString;

/** The module {@code _socket}: CPython 2.7's names on Linux. Jython makes one of these for each import. */
public final class SocketModule implements PyRunnable {
    private static final String DOC = "Sockets of the operating system, on java.nio. The module socket is the\n"
            + "one to import; this is what it stands on.";

    @Override
    public PyCode getMain() {
        return new ModuleCode("_socket", SocketModule::fill);
    }

    private static void fill(PyObject dict) {
        PosixProcess process = PosixProcess.current();
        Errors errors = process.errors();
        dict.__setitem__("__doc__", new PyString(DOC));
        new Constants("_socket").into(dict);
        dict.__setitem__("socket", process.socketType());
        dict.__setitem__("SocketType", process.socketType());
        dict.__setitem__("error", errors.error);
        dict.__setitem__("herror", errors.herror);
        dict.__setitem__("gaierror", errors.gaierror);
        dict.__setitem__("timeout", errors.timeout);
        dict.__setitem__("_sslerror", errors.sslError);
        dict.__setitem__("has_ipv6", Py.True);
        // CPython keeps a C function table here, for _ssl; there is nothing of C to hand out.
        dict.__setitem__("CAPI", Py.None);
        timeouts(dict, process);
        descriptors(dict, process);
        new AddressFunctions(errors).into(dict);
        new NameFunctions(process).into(dict);
    }

    private static void timeouts(PyObject dict, PosixProcess process) {
        define(
                dict,
                new Signature("getdefaulttimeout", 0, 0),
                "getdefaulttimeout() -> seconds or None\n\nWhat new sockets of this interpreter wait.",
                a -> process.defaultTimeout() < 0 ? Py.None : Py.newFloat(process.defaultTimeout()));
        define(
                dict,
                new Signature("setdefaulttimeout", 1, 1),
                "setdefaulttimeout(seconds)\n\nWhat new sockets of this interpreter will wait; None: for ever.",
                a -> {
                    process.defaultTimeout(SocketMethods.seconds(SocketMethods.required(a[0])));
                    return Py.None;
                });
    }

    private static void descriptors(PyObject dict, PosixProcess process) {
        define(
                dict,
                new Signature("fromfd", 3, 4),
                "fromfd(fd, family, type[, proto]) -> socket\n\nA socket for a duplicate of the descriptor.",
                a -> SocketMethods.fromDescriptor(process, a));
        define(
                dict,
                new Signature("socketpair", 0, 3),
                "socketpair([family[, type[, proto]]]) -> (socket, socket)\n\n"
                        + "Two connected sockets; EOPNOTSUPP for families that cannot do it.",
                a -> Sockets.pair(process, Values.integer(a[0], LibcAddress.AF_UNIX), a));
    }

    static void define(PyObject dict, Signature signature, String doc, Function.Body body) {
        dict.__setitem__(signature.name().intern(), new Function(signature, doc, Trace.of(signature.name(), body)));
    }
}
