package org.euryale.jython;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.python.core.PyException;
import org.python.core.PyFloat;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;

/**
 * A line a call, much as strace(1) writes it, for {@code -Deuryale.trace=FILE}, or {@code -} for standard error:
 *
 * <pre>{@code
 * 0.345678 [main] connect(8, {127.0.0.1:80}) = -1 ECONNREFUSED (Connection refused)
 * 0.346012 [main] recv(7, "GET / HTTP/1.1\r\nHost: example.org"..., 65536) = 78
 * }</pre>
 *
 * <p>First the seconds since the first call, then the thread. At most 32 bytes of what is sent and received are shown.
 * Methods and functions are exchanged for ones that write lines when types and modules are made: without the property
 * there is no trace of this in what runs.
 */
final class Trace {
    private static final int SHOWN = 32;

    /** What asks the kernel nothing. */
    private static final Set<String> QUIET = Set.of(
            "_reuse",
            "fileno",
            "gettimeout",
            "makefile",
            "htons",
            "htonl",
            "ntohs",
            "ntohl",
            "inet_aton",
            "inet_ntoa",
            "inet_pton",
            "inet_ntop",
            "getdefaulttimeout",
            "setdefaulttimeout");

    /**
     * What takes or gives secrets: from which argument on texts are not shown, nor a text that it returns. They are the
     * password of a key, files of certificates and keys, and keying material.
     */
    private static final Map<String, Integer> SECRET = Map.of("load_cert_chain", 2, "certificates", 0, "_export", 0);

    /** What is shown of a secret. */
    private static final String HIDDEN = "<hidden>";

    private static final @Nullable Trace ON = open(System.getProperty("euryale.trace", ""));

    private final OutputStream out;
    private final TraceNames names = new TraceNames();
    private final long start = System.nanoTime();

    private Trace(OutputStream out) {
        this.out = out;
    }

    private static @Nullable Trace open(String file) {
        if (file.isEmpty()) {
            return null;
        }
        try {
            return new Trace(file.equals("-") ? System.err : new FileOutputStream(file, true));
        } catch (IOException e) {
            System.err.println("euryale: no trace is written: " + e.getMessage());
            return null;
        }
    }

    /** The method, or one that traces it. */
    static <S extends PyObject> Method<S> of(Method<S> method) {
        String name = method.signature().name();
        if (ON == null || QUIET.contains(name)) {
            return method;
        }
        Trace trace = ON;
        Method.Body<S> body = method.body();
        return new Method<>(
                method.signature(),
                method.doc(),
                (self, a) -> name.equals("_drop")
                        ? trace.closing((PySocket) (PyObject) self, () -> body.call(self, a))
                        : trace.call(named(self, name), self, a, () -> body.call(self, a)));
    }

    /** The body of a function of this name, or one that traces it. */
    static Function.Body of(String name, Function.Body body) {
        if (ON == null || QUIET.contains(name) || name.equals("poll")) { // poll() makes an object, its method asks
            return body;
        }
        Trace trace = ON;
        return a -> trace.call(name, null, a, () -> body.call(a));
    }

    /** The same for the {@code __new__} of a type: its first argument, the class, is not shown. */
    static Function.Body ofNew(String name, Function.Body body) {
        if (ON == null) {
            return body;
        }
        Trace trace = ON;
        return a -> trace.call(name, null, Arrays.copyOfRange(a, 1, a.length), () -> body.call(a));
    }

    /** A call that is no method or function of Python's own signature. */
    interface Returning<T> {
        T on();
    }

    /** A call of the C library: what it returns, and a line. Texts among {@code arguments} are shown as they are. */
    static <T> T called(String name, Returning<T> call, Object... arguments) {
        Trace trace = ON;
        if (trace == null) {
            return call.on();
        }
        long begun = System.nanoTime();
        StringJoiner shown = new StringJoiner(", ", name + "(", ")");
        for (Object argument : arguments) {
            shown.add(argument instanceof PyObject python ? value(python) : argument.toString());
        }
        try {
            T result = call.on();
            trace.write(begun, shown + " = " + (result instanceof PyObject python ? value(python) : result.toString()));
            return result;
        } catch (PyException e) {
            trace.write(begun, shown + " = " + failure(e));
            throw e;
        }
    }

    /** The same for a call whose success is 0. */
    static void done(String name, Runnable call, Object... arguments) {
        called(
                name,
                () -> {
                    call.run();
                    return 0;
                },
                arguments);
    }

    private interface Call {
        PyObject on();
    }

    private static String named(PyObject self, String name) {
        return self instanceof PyEpoll ? "epoll." + name : self instanceof PyPoll ? "poll." + name : name;
    }

    private PyObject closing(PySocket socket, Call call) {
        long begun = System.nanoTime();
        int before = socket.descriptor();
        PyObject result = call.on();
        if (before >= 0 && socket.descriptor() < 0) {
            write(begun, "close(" + before + ") = 0");
        }
        return result;
    }

    private PyObject call(String name, @Nullable PyObject self, @Nullable PyObject[] arguments, Call call) {
        long begun = System.nanoTime();
        StringJoiner shown = new StringJoiner(", ", name + "(", ")");
        if (self instanceof PySocket socket) {
            shown.add(Integer.toString(socket.descriptor()));
        } else if (self instanceof PyEpoll epoll) {
            shown.add(Integer.toString(epoll.descriptor()));
        }
        try {
            PyObject result = call.on();
            PyString received = SECRET.containsKey(name) ? null : received(name, result);
            if (received != null) {
                boolean first = self == null && arguments.length > 0; // os.read's descriptor comes before its bytes
                if (first) {
                    shown.add(value(arguments[0]));
                }
                shown.add(quoted(received.getString()));
                arguments(shown, name, arguments, first ? 1 : 0);
                if (result instanceof PyTuple pair) {
                    shown.add(value(pair.pyget(1)));
                }
                write(begun, shown + " = " + received.__len__());
            } else {
                arguments(shown, name, arguments, 0);
                write(begun, shown + " = " + result(name, result));
            }
            return result;
        } catch (PyException e) {
            arguments(shown, name, arguments, 0);
            write(begun, shown + " = " + failure(e));
            throw e;
        }
    }

    /** What recv, recvfrom and read give: bytes, alone or with a sender. */
    private static @Nullable PyString received(String name, PyObject result) {
        if (result instanceof PyTuple pair) {
            return name.equals("recvfrom") && pair.pyget(0) instanceof PyString bytes ? bytes : null;
        }
        return result instanceof PyString bytes ? bytes : null;
    }

    private void arguments(StringJoiner shown, String name, @Nullable PyObject[] arguments, int from) {
        int hidden = SECRET.getOrDefault(name, arguments.length);
        for (int i = from; i < arguments.length; i++) {
            PyObject argument = arguments[i];
            if (argument instanceof PyString && i >= hidden) {
                shown.add(HIDDEN);
            } else if (argument != null) {
                String symbol = names.argument(name, i, arguments);
                shown.add(symbol != null ? symbol : value(argument));
            }
        }
    }

    private String result(String name, PyObject result) {
        if (Values.isNone(result)) {
            return "0";
        }
        if (result instanceof PyString && SECRET.containsKey(name)) {
            return HIDDEN;
        }
        if (name.endsWith(".poll") && result instanceof PyList ready) {
            StringJoiner events = new StringJoiner(", ", "[", "]");
            for (PyObject event : ready.asIterable()) {
                events.add("{" + event.__getitem__(0) + ", " + names.events(name, event.__getitem__(1)) + "}");
            }
            return events.toString();
        }
        return value(result);
    }

    private static String value(PyObject value) {
        if (value instanceof PySocket socket) {
            return Integer.toString(socket.descriptor());
        }
        if (value instanceof PyEpoll epoll) {
            return Integer.toString(epoll.descriptor());
        }
        if (value instanceof PyString text) {
            return quoted(text.getString());
        }
        if (value instanceof PyTuple tuple && isAddress(tuple)) {
            String host = tuple.pyget(0).toString();
            return "{" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + tuple.pyget(1) + "}";
        }
        if (value instanceof PyList || value instanceof PyTuple) {
            StringJoiner items = new StringJoiner(", ", "[", "]");
            for (PyObject item : value.asIterable()) {
                items.add(value(item));
            }
            return items.toString();
        }
        if (Values.isInteger(value) || Values.isNone(value) || value instanceof PyFloat) {
            return value.toString();
        }
        // One of socket.socket's has its real one in a slot. Any other fileno() is the program's, and not called here.
        PyObject real = value.getType().fastGetName().equals("_socketobject") ? value.__findattr__("_sock") : null;
        return real instanceof PySocket socket
                ? Integer.toString(socket.descriptor())
                : "<" + value.getType().fastGetName() + ">";
    }

    private static boolean isAddress(PyTuple tuple) {
        int length = tuple.__len__();
        return (length == 2 || length == 4) && tuple.pyget(0) instanceof PyString && Values.isInteger(tuple.pyget(1));
    }

    private static String failure(PyException e) {
        e.normalize();
        PyObject number = e.value.__findattr__("errno");
        if (number != null && Values.isInteger(number)) {
            String name = TraceNames.errno(Values.bigInteger(number).intValue());
            return "-1 " + name + " (" + e.value.__findattr__("strerror") + ")";
        }
        return "? " + e.type.__findattr__("__name__") + ": " + e.value.__str__();
    }

    private static String quoted(String bytes) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < Math.min(bytes.length(), SHOWN); i++) {
            char c = bytes.charAt(i);
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '"', '\\' -> quoted.append('\\').append(c);
                default -> {
                    if (c < ' ' || c > '~') {
                        quoted.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append(bytes.length() > SHOWN ? "\"..." : "\"").toString();
    }

    private void write(long begun, String line) {
        String time = String.format(Locale.ROOT, "%.6f", (begun - start) / 1e9);
        byte[] bytes = (time + " [" + Thread.currentThread().getName() + "] " + line + "\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        synchronized (this) {
            try {
                out.write(bytes);
                out.flush();
            } catch (IOException e) {
                return; // the disk is full: the program goes on
            }
        }
    }
}
