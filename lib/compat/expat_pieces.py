"""expat keeps what it is given and parses it, with Xerces, when the end has come.

So programs that feed it (XMPP, ElementTree's XMLParser.feed and iterparse) have nothing before, and for a stream, which
has no end, never. Here Aalto parses what comes, for parsers that look at namespaces, as it does. A document that is not
in UTF-8, or whose DOCTYPE has declarations, is left to Jython's parser, at its end, as before. Without Aalto's jar nothing
is changed.

Evidence: p = xml.parsers.expat.ParserCreate(None, ' '); p.StartElementHandler = f; p.Parse('<a><b/>') does not call f.
"""

import sys

HANDLERS = ['StartElementHandler', 'EndElementHandler', 'ProcessingInstructionHandler', 'UnparsedEntityDeclHandler',
            'NotationDeclHandler', 'StartNamespaceDeclHandler', 'EndNamespaceDeclHandler', 'CommentHandler',
            'StartCdataSectionHandler', 'EndCdataSectionHandler', 'DefaultHandler', 'DefaultHandlerExpand',
            'NotStandaloneHandler', 'ExternalEntityRefHandler', 'StartDoctypeDeclHandler', 'EndDoctypeDeclHandler',
            'EntityDeclHandler', 'XmlDeclHandler', 'ElementDeclHandler', 'AttlistDeclHandler', 'SkippedEntityHandler']

DEFAULT_BUFFER = 8192  # characters
PIECE = 2048           # bytes that ParseFile reads at once


def is_faulty(expat):
    try:
        from com.fasterxml.aalto import AsyncXMLStreamReader
    except ImportError:
        return False
    return hasattr(expat, 'XMLEventHandler')  # it parses by SAX


def repair(expat):
    from java.io import IOException
    from java.lang import RuntimeException
    from org.euryale.jython import ExpatEvents, ExpatFault
    from org.xml.sax import SAXException
    jythons = expat.XMLParser
    start_of_whole = expat.XMLEventHandler.startElement

    def startElement(self, namespace, local_name, qname, attributes):
        """Jython's knows no ordered attributes."""
        owner = self.parser
        if not getattr(owner, 'ordered_attributes', False):
            return start_of_whole(self, namespace, local_name, qname, attributes)
        self._update_location(event='startElement')
        if owner.StartElementHandler:
            pairs = []
            for i in range(attributes.getLength()):
                pairs.append(self._qualify(attributes.getLocalName(i), attributes.getQName(i), attributes.getURI(i)))
                pairs.append(attributes.getValue(i))
            if not owner.returns_unicode:
                pairs = expat._encode(pairs, 'utf-8')
            owner.StartElementHandler(self._intern(self._qualify(local_name, qname, namespace)), pairs)

    def failed(text, code, line, column):
        error = expat.ExpatError('%s: line %d, column %d' % (text, line, column))
        error.code = code
        error.lineno = line
        error.offset = column
        return error

    class XMLParser(jythons):
        """Parses as it is fed; from some documents on it is Jython's, and _events is None."""

        def __init__(self, encoding, namespace_separator):
            if not (encoding is None or isinstance(encoding, basestring)):
                raise TypeError('ParserCreate() argument 1 must be string or None, not %s' % type(encoding).__name__)
            if not isinstance(namespace_separator, basestring):
                raise TypeError('ParserCreate() argument 2 must be string or None, not %s'
                                % type(namespace_separator).__name__)
            if len(namespace_separator) > 1:
                raise ValueError('namespace_separator must be at most one character, omitted, or None')
            self._arguments = encoding, namespace_separator
            self._base = None
            self._is_finished = False
            self._flags = {'buffer_size': DEFAULT_BUFFER, 'returns_unicode': True}
            self._events = ExpatEvents(self, namespace_separator)
            self._failure = None
            self._clear()
            if encoding is not None and encoding.lower() not in ('utf-8', 'us-ascii'):
                self._become_jythons('')

        def _clear(self):
            self._CharacterDataHandler = None
            for name in HANDLERS:
                setattr(self, name, None)

        def _become_jythons(self, given):
            self._events = None
            base, unicodes = self._base, self.returns_unicode
            jythons.__init__(self, *self._arguments)
            self._base, self.returns_unicode = base, unicodes
            self._data.append(given)

        def Parse(self, data, isfinal=False):
            """Parses the next piece of the document; the last one if isfinal is true."""
            if isinstance(data, unicode):
                data = data.encode(sys.getdefaultencoding())
            elif not isinstance(data, str):
                data = str(buffer(data))
            if self._is_finished:
                raise failed('parsing finished', 36, self.CurrentLineNumber, self.CurrentColumnNumber)
            try:
                if self._events is not None and self._events.parse(data, bool(isfinal)):
                    self._become_jythons(self._events.given())
                    data = ''
                if self._events is None:
                    jythons.Parse(self, data, isfinal)
            except expat.ExpatError:
                self._is_finished = True
                raise
            except ExpatFault, e:
                self._is_finished = True
                self._failure = e.line(), e.column()
                raise failed(e.text(), e.code(), *map(int, self._failure))
            except (SAXException, IOException, RuntimeException):
                self._is_finished = True
                raise failed(expat.errors.XML_ERROR_INVALID_TOKEN, 4, self.CurrentLineNumber, self.CurrentColumnNumber)
            except:
                self._is_finished = True
                self._clear()  # a handler failed, and none is called again
                raise
            self._is_finished = bool(isfinal)
            return 1

        def ParseFile(self, file):
            """Parses what a file has from here."""
            read = getattr(file, 'read', None)
            if read is None:
                raise TypeError("argument must have 'read' attribute")
            while True:
                data = read(PIECE)
                if not isinstance(data, str):
                    raise TypeError('read() did not return a string object (type=%.400s)' % type(data).__name__)
                result = self.Parse(data, not data)
                if not data:
                    return result

        def _set_text_handler(self, handler):
            if self._events is not None:
                self._events.flush()  # what waits is the other one's
            self._CharacterDataHandler = handler

        CharacterDataHandler = property(lambda self: self._CharacterDataHandler, _set_text_handler)

        def _flag(name, changed):

            def read(self):
                return bool(self._flags.get(name))

            def write(self, value):
                self._flags[name] = bool(value)
                if self._events is not None:
                    changed(self)

            return property(read, write)

        def _buffer_changed(self):
            self._events.bufferText(self.buffer_text, self.buffer_size)

        def _set_buffer_size(self, size):
            if not isinstance(size, int):
                raise TypeError('buffer_size must be an integer')
            if size <= 0:
                raise ValueError('buffer_size must be greater than zero')
            self._flags['buffer_size'] = size
            if self._events is not None:
                self._buffer_changed()

        buffer_size = property(lambda self: self._flags['buffer_size'], _set_buffer_size)
        buffer_used = property(lambda self: self._events.waiting() if self._events is not None else 0)
        buffer_text = _flag('buffer_text', _buffer_changed)
        namespace_prefixes = _flag('namespace_prefixes', lambda self: self._events.usePrefixes(self.namespace_prefixes))
        ordered_attributes = _flag('ordered_attributes', lambda self: self._events.keepOrder(self.ordered_attributes))
        returns_unicode = _flag('returns_unicode', lambda self: self._events.useUnicode(self.returns_unicode))
        specified_attributes = _flag('specified_attributes', lambda self: None)  # others come from declarations alone

        def _place(name, now):

            def read(self):
                if self._events is None:
                    return self._places.get(name, -1)
                if name.startswith('Error') and self._failure is not None:
                    return int(self._failure['Column' in name])
                return int(now(self._events))

            def write(self, value):  # by Jython's
                self.__dict__.setdefault('_places', {})[name] = value

            return property(read, write)

        CurrentLineNumber = _place('CurrentLineNumber', ExpatEvents.line)
        CurrentColumnNumber = _place('CurrentColumnNumber', ExpatEvents.column)
        CurrentByteIndex = _place('CurrentByteIndex', ExpatEvents.index)
        ErrorLineNumber = _place('ErrorLineNumber', ExpatEvents.line)
        ErrorColumnNumber = _place('ErrorColumnNumber', ExpatEvents.column)
        ErrorByteIndex = _place('ErrorByteIndex', ExpatEvents.index)

    def ParserCreate(encoding=None, namespace_separator=None):
        """A parser; namespace_separator stands between namespaces and names, if it is not None."""
        return (jythons if namespace_separator is None else XMLParser)(encoding, namespace_separator)

    expat.XMLEventHandler.startElement = startElement
    expat.ParserCreate = ParserCreate
