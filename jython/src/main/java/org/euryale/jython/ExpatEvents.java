package org.euryale.jython;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamReader;
import org.codehaus.stax2.DTDInfo;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyDictionary;
import org.python.core.PyInteger;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyUnicode;

/**
 * Calls the handlers of a parser of {@code xml.parsers.expat}, for {@code lib/compat/expat_pieces.py}. They are attributes of the
 * Python object, looked up when something is to be told. What comes before the root element is told with that, since until then
 * the document may turn out to be one for Jython's own parser. One thread's at a time.
 */
public final class ExpatEvents {
    /** Names that are the same object each time; a document may invent them. */
    private static final int MOST_NAMES = 1000;

    private static final Set<String> ENCODINGS = Set.of("utf-8", "utf8", "us-ascii", "ascii");

    private final PyObject owner;
    private final String separator;
    private final ExpatStream stream = new ExpatStream();
    private final XMLStreamReader event = stream.event();
    private final Map<String, PyString> names = new HashMap<>();

    /** Text that waits for more, where it is to come in larger pieces. */
    private final StringBuilder waiting = new StringBuilder();

    /** Null as soon as the root has begun. */
    private @Nullable ExpatProlog prolog = new ExpatProlog();

    /** What is told when it begins. */
    private final List<Runnable> held = new ArrayList<>();

    /** Whether entities may be declared where nobody looks. */
    private boolean hasOtherDeclarations;

    private int depth;
    private boolean isRunning;
    private boolean buffersText;
    private int bufferSize;
    private boolean hasOrder;
    private boolean hasPrefixes;
    private boolean hasUnicode = true;

    /**
     * @param owner the parser in Python, whose attributes the handlers are
     * @param separator stands between namespace and name
     */
    public ExpatEvents(PyObject owner, String separator) {
        this.owner = owner;
        this.separator = separator;
    }

    /**
     * Parses the next bytes, and lets no text wait.
     *
     * @param data a str
     * @return whether the document is one for Jython's parser, of which nobody was told
     * @throws ExpatFault if it is not well-formed; nothing may be parsed any more then, nor after a handler's exception
     */
    public boolean parse(PyString data, boolean isLast) throws ExpatFault {
        if (isRunning) {
            throw new ExpatFault(23, "unexpected parser state", line(), column());
        }
        isRunning = true;
        boolean isOthers = readAll(data.toBytes(), isLast);
        isRunning = false;
        flush();
        return isOthers;
    }

    private boolean readAll(byte[] bytes, boolean isLast) throws ExpatFault {
        ExpatProlog before = prolog;
        if (before == null) {
            stream.feed(bytes);
            read(isLast);
            return false;
        }
        before.add(bytes);
        try {
            stream.feed(bytes);
            if (read(isLast)) {
                return true;
            }
            if (prolog == null || !before.isTooLong()) {
                return false;
            }
            throw new ExpatFault(1, "out of memory", line(), column());
        } catch (ExpatFault e) {
            if (prolog != null
                    && (before.isWide() || before.hasDeclarations() || e.code() == ExpatFault.OTHER_ENCODING)) {
                return true;
            }
            throw e;
        }
    }

    private boolean read(boolean isLast) throws ExpatFault {
        int type = stream.next();
        for (; type != ExpatStream.NO_MORE; type = stream.next()) {
            if (tell(type)) {
                return true;
            }
        }
        if (isLast) {
            finish();
        }
        return false;
    }

    private void finish() throws ExpatFault {
        boolean isBlank = prolog != null && prolog.isBlankFrom(stream.index());
        if (depth == 0 && prolog == null) {
            stream.end();
            if (stream.next() == XMLStreamConstants.END_DOCUMENT) {
                return;
            }
        }
        throw stream.unfinished(depth > 0, isBlank);
    }

    /** What was given so far, for Jython's parser. */
    public PyString given() {
        return new PyString(prolog == null ? "" : prolog.text());
    }

    /** The line of what is told, from 1. */
    public long line() {
        return stream.line();
    }

    /** The column, from 0, in bytes. */
    public long column() {
        return stream.column();
    }

    /** The place among the bytes, from 0. */
    public long index() {
        return stream.index();
    }

    /**
     * Whether pieces of text between two other events come as one.
     *
     * @param size characters of one at most
     */
    public void bufferText(boolean buffers, int size) {
        if (buffers != buffersText || size != bufferSize) {
            flush();
        }
        buffersText = buffers;
        bufferSize = size;
    }

    /** How many characters of text wait. */
    public int waiting() {
        return waiting.length();
    }

    /** Whether attributes come as a list, in the document's order. */
    public void keepOrder(boolean keeps) {
        hasOrder = keeps;
    }

    /** Whether names with a namespace end with their prefix. */
    public void usePrefixes(boolean uses) {
        hasPrefixes = uses;
    }

    /** Whether strings are unicode, or else str in UTF-8. */
    public void useUnicode(boolean uses) {
        hasUnicode = uses;
        names.clear();
    }

    /** Tells of the text that waits. */
    public void flush() {
        if (waiting.length() > 0) {
            String text = waiting.toString();
            waiting.setLength(0);
            call("CharacterDataHandler", string(text));
        }
    }

    /** Tells of an event, or says that the document is one for Jython's parser. */
    private boolean tell(int type) throws ExpatFault {
        switch (type) {
            case XMLStreamConstants.START_DOCUMENT -> {
                String encoding = event.getCharacterEncodingScheme();
                return encoding != null && !ENCODINGS.contains(encoding.toLowerCase(Locale.ROOT));
            }
            case XMLStreamConstants.DTD -> {
                return tellDoctype();
            }
            case XMLStreamConstants.START_ELEMENT -> tellStart();
            case XMLStreamConstants.END_ELEMENT -> tellEnd();
            case XMLStreamConstants.CHARACTERS -> tellText(stream.text());
            case XMLStreamConstants.CDATA -> {
                String text = stream.text(); // the whole section's
                told("StartCdataSectionHandler");
                tellText(text);
                told("EndCdataSectionHandler");
            }
            case XMLStreamConstants.COMMENT -> {
                String text = stream.text();
                later(() -> told("CommentHandler", string(text)));
            }
            case XMLStreamConstants.PROCESSING_INSTRUCTION -> {
                String target = event.getPITarget();
                String data = event.getPIData();
                later(() -> told("ProcessingInstructionHandler", name(target), string(data == null ? "" : data)));
            }
            case XMLStreamConstants.ENTITY_REFERENCE -> tellEntity(event.getLocalName());
            default -> {} // white space outside the root element
        }
        return false;
    }

    private void later(Runnable telling) {
        if (prolog == null) {
            telling.run();
        } else {
            held.add(telling);
        }
    }

    private boolean tellDoctype() {
        if (prolog != null && prolog.hasDeclarations()) {
            return true;
        }
        if (event instanceof DTDInfo doctype) {
            PyObject[] told = {
                orNone(doctype.getDTDRootName()),
                orNone(doctype.getDTDSystemId()),
                orNone(doctype.getDTDPublicId()),
                new PyInteger(0)
            };
            hasOtherDeclarations = doctype.getDTDSystemId() != null;
            held.add(() -> told("StartDoctypeDeclHandler", told));
            held.add(() -> told("EndDoctypeDeclHandler"));
        }
        return false;
    }

    private void tellStart() throws ExpatFault {
        for (int i = 0; i < event.getNamespaceCount(); i++) {
            if (isSet(event.getNamespacePrefix(i)) && !isSet(event.getNamespaceURI(i))) {
                throw new ExpatFault(28, "must not undeclare prefix", line(), column());
            }
        }
        prolog = null;
        depth++;
        held.forEach(Runnable::run);
        held.clear();
        for (int i = 0; i < event.getNamespaceCount(); i++) {
            told("StartNamespaceDeclHandler", orNone(event.getNamespacePrefix(i)), orNone(event.getNamespaceURI(i)));
        }
        PyObject handler = handler("StartElementHandler");
        if (handler == null) {
            flush();
            return;
        }
        PyList list = new PyList();
        PyDictionary dictionary = new PyDictionary();
        for (int i = 0; i < event.getAttributeCount(); i++) {
            PyString key =
                    name(event.getAttributeNamespace(i), event.getAttributeLocalName(i), event.getAttributePrefix(i));
            PyString value = string(event.getAttributeValue(i));
            if (hasOrder) {
                list.append(key);
                list.append(value);
            } else {
                dictionary.__setitem__(key, value);
            }
        }
        flush();
        handler.__call__(
                name(event.getNamespaceURI(), event.getLocalName(), event.getPrefix()), hasOrder ? list : dictionary);
    }

    private void tellEnd() {
        depth--;
        told("EndElementHandler", name(event.getNamespaceURI(), event.getLocalName(), event.getPrefix()));
        for (int i = 0; i < event.getNamespaceCount(); i++) { // here the last is the first
            told("EndNamespaceDeclHandler", orNone(event.getNamespacePrefix(i)));
        }
    }

    private void tellText(String text) {
        if (text.isEmpty()) {
            return;
        }
        if (handler("CharacterDataHandler") == null) {
            tellOther(text);
        } else if (buffersText) {
            for (int from = 0; from < text.length(); from += bufferSize) {
                int to = Math.min(text.length(), from + bufferSize);
                if (waiting.length() + to - from > bufferSize) {
                    flush();
                }
                waiting.append(text, from, to);
            }
        } else {
            told("CharacterDataHandler", string(text));
        }
    }

    private void tellEntity(String name) throws ExpatFault {
        if (!hasOtherDeclarations) {
            throw new ExpatFault(11, "undefined entity", line(), column());
        }
        if (!told("SkippedEntityHandler", string(name), new PyInteger(0))) {
            tellOther('&' + name + ';');
        }
    }

    private void tellOther(String raw) {
        if (!told("DefaultHandlerExpand", string(raw))) {
            told("DefaultHandler", string(raw));
        }
    }

    /** Calls a handler if there is one, after what waits to be told before. */
    private boolean told(String handler, PyObject... arguments) {
        flush();
        return call(handler, arguments);
    }

    private boolean call(String name, PyObject... arguments) {
        PyObject handler = handler(name);
        if (handler == null) {
            return false;
        }
        handler.__call__(arguments);
        return true;
    }

    private @Nullable PyObject handler(String name) {
        PyObject handler = owner.__findattr__(name);
        return handler == null || Values.isNone(handler) ? null : handler;
    }

    private static boolean isSet(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    private PyString name(@Nullable String namespace, String local, @Nullable String prefix) {
        if (!isSet(namespace)) {
            return name(local);
        }
        String name = namespace + separator + local;
        return name(hasPrefixes && isSet(prefix) ? name + separator + prefix : name);
    }

    private PyString name(String text) {
        PyString known = names.get(text);
        if (known == null) {
            if (names.size() == MOST_NAMES) {
                names.clear();
            }
            known = string(text);
            names.put(text, known);
        }
        return known;
    }

    private PyString string(String text) {
        return hasUnicode
                ? new PyUnicode(text)
                : new PyString(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }

    private PyObject orNone(@Nullable String text) {
        return text == null || text.isEmpty() ? Py.None : string(text);
    }
}
