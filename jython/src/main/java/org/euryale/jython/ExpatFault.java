package org.euryale.jython;

import java.util.List;
import javax.xml.stream.Location;
import javax.xml.stream.XMLStreamException;

/** Why a document is not well-formed, as expat says it. Immutable. */
public final class ExpatFault extends Exception {
    private static final long serialVersionUID = 1;

    /** What Aalto says, and what expat does; the place is the character before Aalto's, or the token's begin and so many. */
    private record Kind(String aaltos, int code, String text, int fromToken) {}

    /** Expat's number of an encoding that it does not know, which is Jython's parser's business. */
    static final int OTHER_ENCODING = 18;

    /** No distance from the token: the character's place. */
    private static final int AT_CHARACTER = -1;

    private static final Kind INVALID = new Kind("", 4, "not well-formed (invalid token)", AT_CHARACTER);

    /** The first whose text is in Aalto's; all else is an invalid token. */
    private static final List<Kind> KINDS = List.of(
            new Kind("Unexpected end tag", 7, "mismatched tag", 2),
            new Kind("Duplicate ", 8, "duplicate attribute", 0),
            new Kind("Second root element", 9, "junk after document element", AT_CHARACTER),
            new Kind(" in epilog\n", 9, "junk after document element", AT_CHARACTER),
            new Kind("Unexpanded ENTITY_REFERENCE", 11, "undefined entity", 0),
            new Kind("Invalid null character", 14, "reference to invalid character number", 0),
            new Kind("Invalid white space character", 14, "reference to invalid character number", 0),
            new Kind("Invalid xml content character", 14, "reference to invalid character number", 0),
            new Kind("Illegal character entity", 14, "reference to invalid character number", 0),
            new Kind("Unbound namespace prefix", 27, "unbound prefix", 0),
            new Kind("Unsupported encoding", OTHER_ENCODING, "unknown encoding", AT_CHARACTER),
            new Kind("Unrecognized XML version", 30, "XML declaration not well-formed", AT_CHARACTER),
            new Kind("xml declaration)", 30, "XML declaration not well-formed", AT_CHARACTER),
            new Kind(" in prolog\n", 2, "syntax error", AT_CHARACTER));

    private final int code;
    private final String text;
    private final long line;
    private final long column;

    ExpatFault(int code, String text, long line, long column) {
        super(text);
        this.code = code;
        this.text = text;
        this.line = line;
        this.column = column;
    }

    /**
     * What Aalto found, in the token that begins at a place.
     *
     * @param line from 1
     * @param column from 0, in bytes
     */
    static ExpatFault of(XMLStreamException e, long line, long column) {
        String said = String.valueOf(e.getMessage());
        Kind kind = KINDS.stream()
                .filter(known -> said.contains(known.aaltos))
                .findFirst()
                .orElse(INVALID);
        Location place = e.getLocation();
        if (kind.fromToken != AT_CHARACTER || place == null) {
            return new ExpatFault(kind.code, kind.text, line, column + Math.max(0, kind.fromToken));
        }
        int back = said.startsWith("Second root element")
                ? 3
                : 2; // Aalto's is from 1 and behind what it read: "<b" or one byte
        return new ExpatFault(kind.code, kind.text, place.getLineNumber(), Math.max(0, place.getColumnNumber() - back));
    }

    static ExpatFault invalid(long line, long column) {
        return new ExpatFault(INVALID.code, INVALID.text, line, column);
    }

    /** Expat's number of it. */
    public int code() {
        return code;
    }

    /** Expat's text. */
    public String text() {
        return text;
    }

    /** The line, from 1. */
    public long line() {
        return line;
    }

    /** The column, from 0, in bytes. */
    public long column() {
        return column;
    }
}
