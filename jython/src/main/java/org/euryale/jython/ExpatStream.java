package org.euryale.jython;

import com.fasterxml.aalto.AsyncByteArrayFeeder;
import com.fasterxml.aalto.AsyncXMLStreamReader;
import com.fasterxml.aalto.stax.InputFactoryImpl;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.xml.stream.Location;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A document in UTF-8 that Aalto reads as it comes, with expat's places and faults. Aalto takes much for UTF-8 that is not, and
 * no byte order mark: here the JDK's decoder looks first. One thread's at a time.
 */
final class ExpatStream {
    /** All that was given is read. */
    static final int NO_MORE = AsyncXMLStreamReader.EVENT_INCOMPLETE;

    private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    /** More than Aalto looks ahead in an end tag. */
    private static final int LOOKED_AHEAD = 8;

    private final AsyncXMLStreamReader<AsyncByteArrayFeeder> reader = new InputFactoryImpl().createAsyncForByteArray();
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer decoded = CharBuffer.allocate(1024);

    /** The first bytes of a character. */
    private byte[] rest = {};

    private boolean isMalformed;
    private boolean hasMark;
    private boolean isAtEndOfTag;
    private long given;

    /** The event that was read last. */
    private int last = XMLStreamConstants.START_DOCUMENT;

    /** Where the token begins that is read. */
    private long line = 1;

    private long column;
    private long index;

    /** What Aalto says of the event. */
    XMLStreamReader event() {
        return reader;
    }

    /** Gives it the next bytes, those from which no whole character is made later; all events before are read. */
    void feed(byte[] more) throws ExpatFault {
        byte[] bytes = rest.length == 0 ? more : Arrays.copyOf(rest, rest.length + more.length);
        System.arraycopy(more, 0, bytes, bytes.length - more.length, more.length);
        ByteBuffer from = ByteBuffer.wrap(bytes);
        CoderResult result;
        do {
            result = utf8.decode(from, decoded.clear(), false);
        } while (result.isOverflow());
        isMalformed = result.isError();
        rest = Arrays.copyOfRange(bytes, from.position(), bytes.length);
        int start = 0;
        if (given == 0 && !hasMark && from.position() >= MARK.length && Arrays.equals(MARK, 0, 3, bytes, 0, 3)) {
            hasMark = true;
            start = MARK.length;
        }
        give(Arrays.copyOfRange(bytes, start, from.position()));
    }

    private void give(byte[] bytes) throws ExpatFault {
        given += bytes.length;
        isAtEndOfTag = bytes.length == 0 ? isAtEndOfTag : bytes[bytes.length - 1] == '>';
        try {
            reader.getInputFeeder().feedInput(bytes, 0, bytes.length); // from 0: places are wrong with anything else
        } catch (XMLStreamException e) {
            throw ExpatFault.of(e, line(), column());
        }
    }

    /** The next event of {@code XMLStreamConstants}, or {@link #NO_MORE}. */
    int next() throws ExpatFault {
        if (last != NO_MORE) { // else it is within a token
            moveOn();
        }
        try {
            int event = reader.next();
            last = event;
            if (event == NO_MORE && isMalformed) {
                moveOn();
                throw ExpatFault.invalid(line(), column() + given - index);
            }
            return event;
        } catch (XMLStreamException e) {
            throw ExpatFault.of(e, line(), column());
        } catch (RuntimeException e) { // Aalto's own mistakes
            throw ExpatFault.invalid(line(), column());
        }
    }

    /** The text of an event that has one. */
    String text() throws ExpatFault {
        try {
            return reader.getText();
        } catch (RuntimeException e) { // it is read only now
            throw e.getCause() instanceof XMLStreamException cause
                    ? ExpatFault.of(cause, line(), column())
                    : ExpatFault.invalid(line(), column());
        }
    }

    /** Says that no more comes; what is read afterwards ends with the document's end, or it has none. */
    void end() {
        reader.getInputFeeder().endOfInput();
    }

    /** What is wrong with a document that ends here, all events being read. */
    ExpatFault unfinished(boolean isInRoot, boolean isBlank) {
        if (rest.length > 0) {
            return new ExpatFault(6, "partial character", line(), column());
        }
        if (index == given || isBlank) {
            moveOn();
            return new ExpatFault(3, "no element found", line(), column());
        }
        if (isInRoot && isAtEndOfTag) {
            try {
                give(" ".repeat(LOOKED_AHEAD).getBytes(StandardCharsets.UTF_8)); // the wrong name of an end tag shows
                reader.next();
            } catch (XMLStreamException e) {
                ExpatFault fault = ExpatFault.of(e, line(), column());
                if (fault.code() == 7) {
                    return fault;
                }
            } catch (ExpatFault | RuntimeException e) {
                return ExpatFault.invalid(line(), column());
            }
        }
        return new ExpatFault(5, "unclosed token", line(), column());
    }

    private void moveOn() {
        Location place = reader.getLocationInfo().getCurrentLocation();
        line = Math.max(1, place.getLineNumber());
        column = Math.max(0, place.getColumnNumber() - 1);
        index = Math.max(0, place.getCharacterOffset());
        if (last == XMLStreamConstants.START_DOCUMENT
                && index == 1) { // it looked at one byte, and found no declaration
            column = 0;
            index = 0;
        }
    }

    /** The line of what is read, from 1. */
    long line() {
        return line;
    }

    /** The column, from 0, in bytes; the mark counts as one. */
    long column() {
        return hasMark && line == 1 ? column + 1 : column;
    }

    /** The place among all bytes, from 0. */
    long index() {
        return hasMark ? index + MARK.length : index;
    }
}
