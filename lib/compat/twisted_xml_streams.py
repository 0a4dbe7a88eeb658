"""XML that comes in pieces is parsed only when its end has come: Jython's expat keeps it all until then.

An XMPP stream has no end before the conversation has. Twisted has a parser of its own, sux, which it takes where there
is no expat. It is taken where expat_pieces.py cannot mend expat, as in the drop-in jar, which has no library for that.

Evidence: p = xml.parsers.expat.ParserCreate(None, ' '); p.StartElementHandler = f; p.Parse('<a><b/>') does not call f.
"""


def is_faulty(domish):
    from xml.parsers import expat
    seen = []
    parser = expat.ParserCreate(None, ' ')
    parser.StartElementHandler = lambda *element: seen.append(element)
    parser.Parse('<a><b/>')
    return not seen and domish.SuxElementStream is not None


def repair(domish):

    def elementStream():
        """A parser that tells of each element as it comes."""
        return domish.SuxElementStream()

    domish.elementStream = elementStream
