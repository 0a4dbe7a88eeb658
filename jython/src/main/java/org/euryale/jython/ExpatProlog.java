package org.euryale.jython;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What is given before the root element. It is kept, since it says whether the document is one for Jython's own parser. One
 * thread's at a time.
 */
final class ExpatProlog {
    /** Bytes at most. */
    static final int LIMIT = 1 << 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void add(byte[] more) {
        bytes.writeBytes(more);
    }

    boolean isTooLong() {
        return bytes.size() > LIMIT;
    }

    /** The bytes, one a character. */
    String text() {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether nothing but white space is left from here on. */
    boolean isBlankFrom(long index) {
        return text().substring((int) Math.min(index, bytes.size())).isBlank();
    }

    /** Whether characters have two bytes or more: the first is a mark's, which UTF-8 has not, or a zero is beside the {@code <}. */
    boolean isWide() {
        String first = text();
        return !first.isEmpty()
                && (first.charAt(0) >= 0xfe
                        || first.substring(0, Math.min(2, first.length())).indexOf(0) >= 0);
    }

    /** Whether there is a DOCTYPE that has declarations in brackets. */
    boolean hasDeclarations() {
        String text = text();
        int at = text.indexOf('<');
        while (at >= 0 && !text.startsWith("<!DOCTYPE", at)) {
            int end = -1; // another tag is the root's
            if (text.startsWith("<!--", at)) {
                end = text.indexOf("-->", at + 4);
            } else if (text.startsWith("<?", at)) {
                end = text.indexOf("?>", at);
            }
            at = end < 0 ? -1 : text.indexOf('<', end);
        }
        char quote = 0;
        for (int i = at; i >= 0 && i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '[' || c == '>') {
                return c == '[';
            }
        }
        return false;
    }
}
