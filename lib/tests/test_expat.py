"""xml.parsers.expat tells of a document as it comes. What is expected is CPython's: run it there, too."""

import sys
import unittest
import warnings

from xml.etree import ElementTree
from xml.parsers import expat

HANDLERS = ['StartElement', 'EndElement', 'CharacterData', 'ProcessingInstruction', 'Comment', 'StartCdataSection',
            'EndCdataSection', 'StartNamespaceDecl', 'EndNamespaceDecl']

DOCUMENT = ('<?xml version="1.0" encoding="UTF-8"?>\n<!-- \xc3\xa9 -->\n<s:stream xmlns:s="u:s" xmlns="u:d" s:to="a &amp; &#x62;'
            '\n&quot;"><?pi some data?><m>text &lt;\xe2\x82\xac\xf0\x9f\x98\x80&#65;</m>\r\n<e a=\'1\'/><![CDATA[<x>]] ]]></s:stream >\n')


def listening(names=HANDLERS, encoding=None, namespace_separator=' '):
    """A parser, and the list of what it tells."""
    parser, seen = expat.ParserCreate(encoding, namespace_separator), []
    parser.buffer_text = True

    def teller(name):
        return lambda *told: seen.append((name,) + told)

    for name in names:
        setattr(parser, name + 'Handler', teller(name))
    return parser, seen


def joined(events):
    """The events, with text that came in pieces in one."""
    whole = []
    for event in events:
        if event[0] == 'CharacterData' and whole and whole[-1][0] == 'CharacterData':
            event = 'CharacterData', whole.pop()[1] + event[1]
        whole.append(event)
    return whole


def events(pieces, **arguments):
    parser, seen = listening(**arguments)
    for piece in pieces:
        parser.Parse(piece)
    parser.Parse('', True)
    return joined(seen)


class PiecesTest(unittest.TestCase):

    def test_what_is_complete_is_told(self):
        parser, seen = listening()
        parser.Parse('<a><b x="1"/>te')
        self.assertEqual([('StartElement', 'a', {}), ('StartElement', 'b', {'x': '1'}), ('EndElement', 'b'),
                          ('CharacterData', 'te')], seen)
        del seen[:]
        parser.Parse('xt</')
        self.assertEqual([('CharacterData', 'xt')], seen)
        parser.Parse('a>')
        self.assertEqual(('EndElement', 'a'), seen[-1])
        self.assertEqual(1, parser.Parse('', 1))

    def test_cut_anywhere(self):
        whole = events([DOCUMENT])
        self.assertEqual([
            ('Comment', u' \xe9 '), ('StartNamespaceDecl', 's', 'u:s'), ('StartNamespaceDecl', None, 'u:d'),
            ('StartElement', 'u:s stream', {'u:s to': 'a & b "'}), ('ProcessingInstruction', 'pi', 'some data'),
            ('StartElement', 'u:d m', {}), ('CharacterData', u'text <\u20ac\U0001f600A'), ('EndElement', 'u:d m'),
            ('CharacterData', '\n'), ('StartElement', 'u:d e', {'a': '1'}), ('EndElement', 'u:d e'),
            ('StartCdataSection',), ('CharacterData', '<x>]] '), ('EndCdataSection',), ('EndElement', 'u:s stream'),
            ('EndNamespaceDecl', None), ('EndNamespaceDecl', 's')], whole)
        for cut in range(len(DOCUMENT)):
            self.assertEqual(whole, events([DOCUMENT[:cut], DOCUMENT[cut:]]))
        self.assertEqual(whole, events(DOCUMENT))

    def test_byte_order_mark(self):
        expected = [('StartElement', 'a', {}), ('CharacterData', u'\xeb'), ('EndElement', 'a')]
        self.assertEqual(expected, events(['\xef\xbb\xbf<a>\xc3', '\xab</a>']))
        self.assertEqual(expected, events('\xef\xbb\xbf<a>\xc3\xab</a>'))

    def test_other_encodings(self):
        text = u'<?xml version="1.0" encoding="%s"?><\xe9 \xe8="\xea">\xeb</\xe9>'
        expected = [('StartElement', u'\xe9', {u'\xe8': u'\xea'}), ('CharacterData', u'\xeb'), ('EndElement', u'\xe9')]
        for name in 'utf-8', 'iso-8859-1', 'ISO-8859-15', 'windows-1252', 'utf-16':
            self.assertEqual(expected, events((text % name).encode(name)), name)
            self.assertEqual(expected, events([(text % name).encode(name)]), name)
        for name in 'utf-16-le', 'utf-16-be':
            self.assertEqual(expected, events((text % 'utf-16').encode(name)), name)
        self.assertEqual(expected, events((text % 'us-ascii').encode('latin-1'), encoding='iso-8859-1'))

    def test_prefixes(self):
        parser, seen = listening(namespace_separator='!')
        parser.namespace_prefixes = True
        parser.Parse('<p:a xmlns:p="u" p:b="" c="" xml:lang="x"/>')
        self.assertEqual(('StartElement', 'u!a!p', {'u!b!p': '', 'c': '',
                                                    'http://www.w3.org/XML/1998/namespace!lang!xml': 'x'}), seen[1])

    def test_options(self):
        parser, seen = listening()
        parser.ordered_attributes = True
        parser.returns_unicode = False
        parser.Parse('<a z="1" y="\xc3\xa9" x="3">')
        self.assertEqual([('StartElement', 'a', ['z', '1', 'y', '\xc3\xa9', 'x', '3'])], seen)
        self.assertIs(str, type(seen[0][1]))

    def test_buffered_text(self):
        parser, seen = listening(['CharacterData'])
        parser.Parse('<a>1\n2&lt;3')
        parser.buffer_size = 2
        parser.Parse('1\n23')
        self.assertEqual(['1\n2<3', '1\n', '23'], [event[1] for event in seen])

    def test_entities_declared_elsewhere(self):
        seen = []
        parser = expat.ParserCreate(None, ' ')
        parser.DefaultHandlerExpand = seen.append
        parser.Parse('<!DOCTYPE a SYSTEM "b"><a>x&nbsp;y</a>', True)
        self.assertEqual(['x', '&nbsp;', 'y'], [text for text in seen if text[0] in 'xy&'])

    def test_places(self):
        parser, seen = expat.ParserCreate(None, ' '), []

        def place(*told):
            seen.append((parser.CurrentLineNumber, parser.CurrentColumnNumber, parser.CurrentByteIndex))

        parser.StartElementHandler = parser.EndElementHandler = place
        for piece in '\xef\xbb\xbf<a>\r\nx<b', '/>\r', '\n</a>':
            parser.Parse(piece)
        self.assertEqual([(1, 1, 3), (2, 1, 9), (2, 5, 13), (3, 0, 15)], seen)

    def test_a_handler_that_fails(self):
        parser, seen = listening(['EndElement'])

        def fail(name, attributes):
            raise KeyError(name)

        parser.StartElementHandler = fail
        self.assertRaises(KeyError, parser.Parse, '<a><b>')
        self.assertIs(None, parser.StartElementHandler)
        with self.assertRaises(expat.ExpatError) as caught:
            parser.Parse('</b></a>', True)
        self.assertEqual((36, []), (caught.exception.code, seen))

    def test_a_handler_that_fails_beside_declarations(self):
        parser, seen = listening(['EndElement'])

        def fail(name, attributes):
            raise KeyError(name)

        parser.StartElementHandler = fail
        self.assertRaises(KeyError, parser.Parse, '<!DOCTYPE a []><a><b/></a>', True)
        self.assertEqual([], seen)

    def test_declared_entities(self):
        for before in '', 'SYSTEM "u" ', 'PUBLIC "p" "[>" ':
            document = '<!-- <!DOCTYPE a> --><?x >?><!DOCTYPE a %s[<!ENTITY e "f">]><a b="&e;">&e;</a>' % before
            expected = [('Comment', ' <!DOCTYPE a> '), ('ProcessingInstruction', 'x', '>'),
                        ('StartElement', 'a', {'b': 'f'}), ('CharacterData', 'f'), ('EndElement', 'a')]
            self.assertEqual(expected, events(document))
            self.assertEqual(expected, events([document]))

    def test_ordered_attributes_beside_declarations(self):
        parser, seen = listening(['StartElement'])
        parser.ordered_attributes = True
        parser.Parse('<!DOCTYPE a [<!ENTITY e "f">]><a c="1" b="&e;"/>', True)
        self.assertEqual([('StartElement', 'a', ['c', '1', 'b', 'f'])], seen)

    def test_without_declarations(self):
        for document in '<!DOCTYPE a><a>', '<!DOCTYPE a SYSTEM "["><a>', "<!DOCTYPE a PUBLIC 'p' '>['><a><![CDATA[]]>":
            parser, seen = listening(['StartElement'])
            parser.Parse(document)
            self.assertEqual([('StartElement', 'a', {})], seen)

    def test_a_stream_without_end(self):
        parser, seen = listening()
        parser.Parse('<s:stream xmlns:s="u:s" xmlns="u:d">')
        stanza = '<message id="%d"><body>' + 'x' * 1000 + '</body></message>\n'
        for i in range(5):
            del seen[:]
            for j in range(5000):  # 5 MB, of which nothing is kept
                del seen[:]
                parser.Parse(stanza % j)
            if 'java' in sys.platform:
                first = used() if not i else first
                self.assertLess(used(), first + (5 << 20))  # of the 20 that came

    def test_long_prolog(self):
        if 'java' not in sys.platform:
            return  # keeps nothing
        parser, _ = listening()
        with self.assertRaises(expat.ExpatError):
            for i in range(40):
                parser.Parse('<!-- %s -->' % ('x' * (1 << 16)))


class ErrorTest(unittest.TestCase):

    #: Documents, the error's code and what expat says
    BAD = [
        ('<a>\x01', 4, 'not well-formed (invalid token): line 1, column 3'),
        ('<a b="<"/>', 4, 'not well-formed (invalid token): line 1, column 6'),
        ('<a b=1/>', 4, 'not well-formed (invalid token): line 1, column 5'),
        ('<a b="1"c="2"/>', 4, 'not well-formed (invalid token): line 1, column 8'),
        ('<a><!-- -- --></a>', 4, 'not well-formed (invalid token): line 1, column 10'),
        ('<a>\xff</a>', 4, 'not well-formed (invalid token): line 1, column 3'),
        ('<a>\xc0\xbc</a>', 4, 'not well-formed (invalid token): line 1, column 3'),
        ('<a>\xed\xa0\x80</a>', 4, 'not well-formed (invalid token): line 1, column 3'),
        ('<a>\n<b></a>', 7, 'mismatched tag: line 2, column 5'),
        ('<a>\n<b></a>\n\n<c/>', 7, 'mismatched tag: line 2, column 5'),
        ('<a/><b/>', 9, 'junk after document element: line 1, column 4'),
        ('<a/>x', 9, 'junk after document element: line 1, column 4'),
        ('text', 2, 'syntax error: line 1, column 0'),
        ('', 3, 'no element found: line 1, column 0'),
        (' <!-- x -->', 3, 'no element found: line 1, column 11'),
        ('<a>', 3, 'no element found: line 1, column 3'),
        ('<a', 5, 'unclosed token: line 1, column 0'),
        ('<a><b', 5, 'unclosed token: line 1, column 3'),
        ('<a/><!-- ', 5, 'unclosed token: line 1, column 4'),
        ('<a>\xe2\x82', 6, 'partial character: line 1, column 3'),
        ('<a>&b;</a>', 11, 'undefined entity: line 1, column 3'),
        ('<a b="&c;"/>', 11, 'undefined entity: line 1, column 0'),
        ('<a>&#0;</a>', 14, 'reference to invalid character number: line 1, column 3'),
        ('<a>&#xd800;</a>', 14, 'reference to invalid character number: line 1, column 3'),
        ('<a>&#99999999999;</a>', 14, 'reference to invalid character number: line 1, column 3'),
        ('<a><b:c/></a>', 27, 'unbound prefix: line 1, column 3'),
        ('<a b:c=""/>', 27, 'unbound prefix: line 1, column 0'),
        ('<a xmlns:b="u" xmlns:c="u" b:d="" c:d=""/>', 8, 'duplicate attribute: line 1, column 0'),
        ('<a xmlns:b=""/>', 28, 'must not undeclare prefix: line 1, column 0'),
    ]

    def error(self, pieces):
        parser, seen = listening()
        try:
            for piece in pieces:
                parser.Parse(piece)
            parser.Parse('', True)
        except expat.ExpatError as e:
            self.assertEqual((e.lineno, e.offset), (parser.ErrorLineNumber, parser.ErrorColumnNumber))
            del seen[:]
            self.assertRaises(expat.ExpatError, parser.Parse, '<c/>')
            self.assertEqual([], seen)
            return e.code, str(e)

    def test_bad_documents(self):
        for document, code, text in self.BAD:
            self.assertEqual((code, text), self.error([document]), repr(document))
            self.assertEqual((code, text), self.error(document), repr(document))

    def test_bad_documents_whose_place_only_expat_knows(self):
        for document, code in ('<a b="" b=""/>', 8), ('<a:b:c/>', 4), ('\n\n', 3), ('<a b="&#0;"/>', 14), ('<a', 5):
            self.assertEqual(code, self.error([document])[0], document)
            self.assertEqual(code, self.error(document)[0], document)

    def test_cut_short_anywhere(self):
        for end in range(len(DOCUMENT.rstrip())):
            self.assertIn(self.error([DOCUMENT[:end]])[0], (3, 5, 6, 20))

    def test_bytes_changed_anywhere(self):
        for at in range(len(DOCUMENT)):
            for byte in '\0', '<', '&', '\xff', '>':
                self.error([DOCUMENT[:at] + byte + DOCUMENT[at + 1:]])  # no error or one of expat's

    def test_at_once(self):
        parser, _ = listening()
        self.assertRaises(expat.ExpatError, parser.Parse, '<a><b c=d')

    def test_nothing_comes_after_the_end(self):
        parser, seen = listening()
        parser.Parse('<a/>', True)
        with self.assertRaises(expat.ExpatError) as caught:
            parser.Parse('<b/>', True)
        self.assertEqual(36, caught.exception.code)

    def test_encodings_that_there_are_not(self):
        with self.assertRaises((expat.ExpatError, LookupError)):  # CPython lets the codec's error through
            expat.ParserCreate(None, ' ').Parse('<?xml version="1.0" encoding="nonesuch"?><a/>', True)

    def test_bad_declarations_are_no_java_exceptions(self):
        for document in '<!DOCTYPE a [<!ENTITY b "\xff">]><a/>', '<!DOCTYPE a [<!ELEMENT>]><a/>', '<!DOCTYPE a [', '<!DOCTYPE a b><a/>':
            self.assertRaises(expat.ExpatError, listening()[0].Parse, document, True)

    def test_what_is_no_string(self):
        parser = expat.ParserCreate(None, ' ')
        self.assertRaises(TypeError, expat.ParserCreate, 5, ' ')
        self.assertRaises(TypeError, expat.ParserCreate, None, 5)
        self.assertRaises(ValueError, expat.ParserCreate, None, 'ab')
        self.assertRaises(TypeError, parser.Parse, 5)
        self.assertRaises(TypeError, parser.ParseFile, 5)
        self.assertRaises(UnicodeEncodeError, parser.Parse, u'<a>\xe9</a>')


class ElementTreeTest(unittest.TestCase):

    def test_fed(self):
        ended = []

        class Target(object):
            start = data = close = lambda *arguments: None

            def end(self, tag):
                ended.append(tag)

        parser = ElementTree.XMLParser(target=Target())
        parser.feed('<a xmlns="u"><b c="1"/><d')
        self.assertEqual(['{u}b'], ended)
        parser.feed('/></a>')
        parser.close()
        self.assertEqual(['{u}b', '{u}d', '{u}a'], ended)

    def test_doctype(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            root = ElementTree.fromstring('<!DOCTYPE a PUBLIC "p" "s"><a><b>c</b></a>')
        self.assertEqual(('c', []), (root.find('b').text, caught))

    def test_entities_of_the_program(self):
        parser = ElementTree.XMLParser()
        parser.entity['hello'] = 'world'
        parser.feed('<!DOCTYPE a SYSTEM "b"><a>&hello;</a>')
        self.assertEqual('world', parser.close().text)

    def test_error(self):
        with self.assertRaises(ElementTree.ParseError) as caught:
            ElementTree.fromstring('<a>\n<b></a>')
        self.assertEqual(((2, 5), 7), (caught.exception.position, caught.exception.code))


class JavaTest(unittest.TestCase):

    def test_java_keeps_its_own_parser(self):
        if 'java' in sys.platform:
            from javax.xml.stream import XMLInputFactory
            name = XMLInputFactory.newFactory().getClass().getName()
            self.assertEqual('com.sun.xml.internal.stream.XMLInputFactoryImpl', name)


def used():
    """Bytes of the JVM's heap that are in use."""
    from java.lang import Runtime, System
    System.gc()
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()


if __name__ == '__main__':
    unittest.main()
