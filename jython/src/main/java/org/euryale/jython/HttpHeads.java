package org.euryale.jython;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyBuiltinFunction;
import org.python.core.PyClass;
import org.python.core.PyDictionary;
import org.python.core.PyInstance;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PyTuple;
import org.python.core.PyUnicode;

/**
 * What {@code twisted.web.http} reads and writes at the head of a message, as functions for {@code
 * lib/compat/twisted_web_heads.py}. What is not plain is left to Twisted's code: each function says so by None.
 */
public final class HttpHeads {
    /** A head whose message has a body, which Twisted's code reads. */
    private static final Set<String> OF_BODIES = Set.of("content-length", "transfer-encoding");

    /** Attributes that a channel between two requests has not, or has as here. */
    private static final Map<String, PyObject> IDLE = Map.of(
            "_handlingRequest", Py.False,
            "_busyReceiving", Py.False,
            "line_mode", Py.One,
            "paused", Py.False,
            "persistent", Py.One,
            "_buffer", Py.EmptyString,
            "_HTTPChannel__header", Py.EmptyString,
            "_HTTPChannel__first_line", Py.One);

    /** What Twisted's code does and asks where this does not; where a program has changed one, all is left to that code. */
    private static final List<String> DONE_WITHOUT = List.of(
            "lineReceived",
            "headerReceived",
            "_maybeChooseTransferDecoder",
            "delimiter",
            "MAX_LENGTH",
            "maxHeaders",
            "totalHeadersSize");

    /** Names of headers as they are written; a program may invent them. */
    private static final int MOST_NAMES = 1000;

    private static final Map<String, String> CAPITALIZED = new ConcurrentHashMap<>();

    private HttpHeads() {}

    /**
     * {@code reader(channelClass)}: a function of a channel and what it has received that returns (command, path, version,
     * headers) when that is one whole request without a body for a channel between two requests.
     */
    public static PyObject reader(PyObject channelClass) {
        return new Reader((PyClass) channelClass);
    }

    /**
     * {@code writer(caseMappings)}: a function of version, code, reason and pairs of name and value that returns the head of an
     * answer, as HTTPChannel.writeHeaders writes it.
     */
    public static PyObject writer(PyObject caseMappings) {
        return new Writer(caseMappings);
    }

    private static final class Reader extends PyBuiltinFunction {
        private static final long serialVersionUID = 1L;

        private final PyClass channelClass;
        private final @Nullable PyObject[] doneWithout;
        private final int largest;
        private final int most;

        Reader(PyClass channelClass) {
            super("read", 2, 2, "read(channel, data) -> None or (command, path, version, headers)");
            this.channelClass = channelClass;
            doneWithout = DONE_WITHOUT.stream().map(this::ofClass).toArray(PyObject[]::new);
            largest = Math.min(number("totalHeadersSize"), number("MAX_LENGTH"));
            most = number("maxHeaders");
        }

        private int number(String name) {
            return Values.integer(channelClass.__getattr__(name));
        }

        private @Nullable PyObject ofClass(String name) {
            return channelClass.__dict__.__finditem__(name);
        }

        @Override
        public PyObject __call__(PyObject channel, PyObject data) {
            String text = plain(data);
            PyObject head = text != null && text.length() <= largest && isIdle(channel) ? request(text, most) : null;
            return head == null ? Py.None : head;
        }

        @Override
        public PyObject __call__(PyObject[] arguments, String[] keywords) {
            return __call__(arguments[0], arguments[1]);
        }

        @SuppressWarnings("ReferenceEquality") // the class itself
        private boolean isIdle(PyObject channel) {
            if (!(channel instanceof PyInstance instance)
                    || instance.instclass != channelClass
                    || !(instance.__dict__ instanceof PyStringMap own)) {
                return false;
            }
            for (Map.Entry<String, PyObject> expected : IDLE.entrySet()) {
                PyObject value = own.__finditem__(expected.getKey());
                if (value != null && !value.equals(expected.getValue())) {
                    return false;
                }
            }
            for (int i = 0; i < DONE_WITHOUT.size(); i++) {
                String name = DONE_WITHOUT.get(i);
                if (own.__finditem__(name) != null || ofClass(name) != doneWithout[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private static @Nullable PyObject request(String text, int most) {
        int end = text.indexOf("\r\n\r\n");
        if (end <= 0 || end != text.length() - 4) {
            return null;
        }
        int line = text.indexOf("\r\n");
        int first = text.indexOf(' ');
        int second = text.indexOf(' ', first + 1);
        if (first <= 0
                || second <= first + 1
                || second + 1 >= line
                || !isVisible(text, 0, first)
                || !isVisible(text, first + 1, second)
                || !isVisible(text, second + 1, line)) {
            return null;
        }
        PyDictionary headers = new PyDictionary();
        int count = 0;
        for (int at = line + 2; at < end + 2; at = line + 2) {
            line = text.indexOf("\r\n", at);
            int colon = text.indexOf(':', at);
            if (colon <= at || colon > line || !isVisible(text, at, colon) || ++count > most) {
                return null;
            }
            String name = text.substring(at, colon).toLowerCase(Locale.ROOT);
            String value = stripped(text, colon + 1, line);
            if (value == null || OF_BODIES.contains(name)) {
                return null;
            }
            PyString key = new PyString(name);
            PyObject before = headers.__finditem__(key);
            if (before instanceof PyList values) {
                values.append(new PyString(value));
            } else {
                headers.__setitem__(key, new PyList(List.of(new PyString(value))));
            }
        }
        return new PyTuple(
                new PyString(text.substring(0, first)),
                new PyString(text.substring(first + 1, second)),
                new PyString(text.substring(second + 1, text.indexOf("\r\n"))),
                headers);
    }

    /** Whether all of it are characters of ASCII that can be seen. */
    private static boolean isVisible(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }

    /** Without blanks and tabs at both ends; null when there are other characters of control in it. */
    private static @Nullable String stripped(String text, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return isOneLine(text, start, end) ? text.substring(start, end) : null;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isOneLine(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\t') {
                return false;
            }
        }
        return true;
    }

    /** The bytes of a str; null for anything else. */
    private static @Nullable String plain(@Nullable PyObject object) {
        return object instanceof PyString bytes && !(object instanceof PyUnicode) ? bytes.getString() : null;
    }

    private static final class Writer extends PyBuiltinFunction {
        private static final long serialVersionUID = 1L;

        /** Names that are not written as others: in small letters, and as they are written. */
        private final PyObject caseMappings;

        Writer(PyObject caseMappings) {
            super("write", 4, 4, "write(version, code, reason, headers) -> None or str");
            this.caseMappings = caseMappings;
        }

        @Override
        public PyObject __call__(PyObject[] arguments, String[] keywords) {
            return written(arguments[0], arguments[1], arguments[2], arguments[3]);
        }

        @Override
        public PyObject __call__(PyObject version, PyObject code, PyObject reason, PyObject headers) {
            return written(version, code, reason, headers);
        }

        private PyObject written(PyObject version, PyObject code, PyObject reason, PyObject headers) {
            StringBuilder head = new StringBuilder(256);
            for (PyObject word : new PyObject[] {version, code, reason}) {
                String text = plain(word);
                if (text == null) {
                    return Py.None;
                }
                head.append(head.length() == 0 ? "" : " ").append(text);
            }
            head.append("\r\n");
            Map<String, List<String>> values = new LinkedHashMap<>();
            if (!(headers instanceof PyList pairs)) {
                return Py.None; // what can be gone through once is Twisted's code's
            }
            for (PyObject pair : pairs.asIterable()) {
                String name = pair instanceof PyTuple two && two.__len__() == 2 ? plain(two.pyget(0)) : null;
                String value = name == null ? null : plain(((PyTuple) pair).pyget(1));
                if (name == null
                        || value == null
                        || !isVisible(name, 0, name.length())
                        || !isOneLine(value, 0, value.length())) {
                    return Py.None;
                }
                values.computeIfAbsent(name.toLowerCase(Locale.ROOT), key -> new ArrayList<>(1))
                        .add(value);
            }
            values.forEach((name, all) -> {
                String shown = shown(name);
                for (String value : all) {
                    head.append(shown).append(": ").append(value).append("\r\n");
                }
            });
            return new PyString(head.append("\r\n").toString());
        }

        private String shown(String name) {
            PyObject given = caseMappings.__finditem__(new PyString(name));
            return given != null ? given.toString() : capitalized(name);
        }
    }

    private static String capitalized(String name) {
        String known = CAPITALIZED.get(name);
        if (known != null) {
            return known;
        }
        StringBuilder made = new StringBuilder(name);
        for (int i = 0; i < made.length(); i++) {
            if (i == 0 || made.charAt(i - 1) == '-') {
                made.setCharAt(i, Character.toUpperCase(made.charAt(i)));
            }
        }
        String result = made.toString();
        if (CAPITALIZED.size() < MOST_NAMES) {
            CAPITALIZED.put(name, result);
        }
        return result;
    }
}
