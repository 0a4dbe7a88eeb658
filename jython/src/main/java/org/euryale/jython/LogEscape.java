package org.euryale.jython;

import org.python.core.PyBuiltinFunction;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyUnicode;

/**
 * {@code twisted.web.http._escape}, which each request's line in the access log calls six times: the bytes as {@code repr}
 * shows them, as if its quotes were always double ones.
 */
public final class LogEscape {
    private LogEscape() {}

    /** The function for {@code lib/compat/twisted_web_escape.py}. Any thread may call it. */
    public static PyObject function() {
        return new Escape();
    }

    private static final class Escape extends PyBuiltinFunction {
        private static final long serialVersionUID = 1L;

        Escape() {
            super("_escape", 1, 1, "_escape(s) -> unicode\n\nAs repr, always escaped as if in double quotes.");
        }

        @Override
        public PyObject __call__(PyObject argument) {
            return new PyUnicode(escaped(argument), true);
        }

        @Override
        public PyObject __call__(PyObject[] arguments, String[] keywords) {
            return __call__(SocketMethods.required(new Signature("_escape", 1, 1, "s").bind(arguments, keywords)[0]));
        }
    }

    private static String escaped(PyObject argument) {
        PyObject bytes = argument instanceof PyUnicode || !(argument instanceof PyString)
                ? argument.invoke("encode", new PyString("ascii"))
                : argument;
        String text = bytes.toString();
        if (isPlain(text)) {
            return text;
        }
        String shown = bytes.__repr__().toString();
        String inner = shown.substring(1, shown.length() - 1);
        return shown.charAt(0) == '\'' ? inner.replace("\"", "\\\"").replace("\\'", "'") : inner;
    }

    /** Whether {@code repr} changes nothing. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '\\' || c == '"' || c == '\'') {
                return false;
            }
        }
        return true;
    }
}
