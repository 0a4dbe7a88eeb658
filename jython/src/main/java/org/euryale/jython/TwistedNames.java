package org.euryale.jython;

import org.python.core.PyObject;
import org.python.core.PyType;

/** What the Java side of the Twisted reactor needs of Twisted, looked up once: attributes of an object of its module. */
final class TwistedNames {
    /** Failures that mean the end, the loss and the abortion of a connection. */
    final PyObject done;

    final PyObject lost;
    final PyObject aborted;

    /** The class of what is raised for more descriptors than bytes to send. */
    final PyObject overrun;

    /** {@code failure(exception)} makes a Failure. */
    final PyObject failure;

    /** {@code logError(type, value, traceback)}. */
    final PyObject logError;

    /** {@code exhausted(port, name of the error)}: no descriptors are left to accept with. */
    final PyObject exhausted;

    /** {@code logCreator(lines)}: where a delayed call that failed was made; {@code stack()} tells it. */
    final PyObject logCreator;

    final PyObject stack;

    /** {@code warnOfResult(dataReceived)}: it has returned something. */
    final PyObject warnOfResult;

    /** {@code prefix(transport, protocol)}: what the log calls a transport; {@code name(transport, protocol)}: its repr. */
    final PyObject prefix;

    final PyObject name;

    /** {@code named(whom)}: somebody with the prefix that {@code whom} has now. */
    final PyObject named;

    /** What a selectable without a descriptor is disconnected for. */
    final PyObject noDescriptor;

    /** The classes of accepted connections, of others and of delayed calls. */
    final PyType server;

    /** Of Twisted's class that the first is made of. */
    final ReplacedMethods replaced;

    final PyType client;

    final PyType delayedCall;
    final PyObject ipv4;
    final PyObject ipv6;
    final PyObject socket;
    final PyObject alreadyCalled;
    final PyObject alreadyCancelled;

    TwistedNames(PyObject names) {
        done = names.__getattr__("done");
        lost = names.__getattr__("lost");
        aborted = names.__getattr__("aborted");
        overrun = names.__getattr__("overrun");
        failure = names.__getattr__("failure");
        logError = names.__getattr__("logError");
        exhausted = names.__getattr__("exhausted");
        logCreator = names.__getattr__("logCreator");
        stack = names.__getattr__("stack");
        warnOfResult = names.__getattr__("warnOfResult");
        prefix = names.__getattr__("prefix");
        name = names.__getattr__("name");
        named = names.__getattr__("named");
        noDescriptor = names.__getattr__("noDescriptor");
        server = (PyType) names.__getattr__("server");
        replaced = new ReplacedMethods((PyType) names.__getattr__("twistedServer"));
        client = (PyType) names.__getattr__("client");
        delayedCall = (PyType) names.__getattr__("delayedCall");
        ipv4 = names.__getattr__("ipv4");
        ipv6 = names.__getattr__("ipv6");
        socket = names.__getattr__("socket");
        alreadyCalled = names.__getattr__("alreadyCalled");
        alreadyCancelled = names.__getattr__("alreadyCancelled");
    }
}
