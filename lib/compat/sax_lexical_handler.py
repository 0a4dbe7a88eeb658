"""xml.sax takes no lexical handler: a handler written in Python is given to Xerces as it is.

setProperty of the property lexical-handler raises SAXNotSupportedException, "cannot be casted to
org.xml.sax.ext.LexicalHandler", although the one parser there is (Xerces) knows the property. The
handler's methods are called here by a Java object. With drv_javasax a handler may lack methods, as
with CPython's expatreader.

Evidence: xml.sax.make_parser().setProperty(xml.sax.handler.property_lexical_handler, handler).
"""

from java.lang import String
from org.xml.sax.ext import LexicalHandler


class Lexical(LexicalHandler):
    """Calls a Python handler, with text as unicode."""

    def __init__(self, handler):
        self._handler = handler

    def _call(self, name, *arguments):
        method = getattr(self._handler, name, None)
        if method is not None:
            method(*arguments)

    def comment(self, characters, start, length):
        self._call('comment', unicode(String(characters, start, length)))

    def startCDATA(self):
        self._call('startCDATA')

    def endCDATA(self):
        self._call('endCDATA')

    def startDTD(self, name, public, system):
        self._call('startDTD', name, public, system)

    def endDTD(self):
        self._call('endDTD')

    def startEntity(self, name):
        self._call('startEntity', name)

    def endEntity(self, name):
        self._call('endEntity', name)


def repair(drv_javasax):
    from xml.sax.handler import property_lexical_handler
    parser = drv_javasax.JavaSAXParser
    stock_set, stock_get = parser.setProperty, parser.getProperty

    def setProperty(self, name, value):
        """Sets a property of the parser; a lexical handler may be a Python object."""
        if name == property_lexical_handler and not isinstance(value, LexicalHandler):
            value = Lexical(value)
        stock_set(self, name, value)

    def getProperty(self, name):
        """The value of a property of the parser."""
        value = stock_get(self, name)
        return value._handler if isinstance(value, Lexical) else value

    parser.setProperty = setProperty
    parser.getProperty = getProperty
