"""The heads of HTTP's messages, which lib/compat/twisted_web_heads.py has read and written in Java.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted

What Twisted's own code makes of a request is the measure: a channel of a subclass has it.
"""

import random
import unittest

from org.euryale.jython import HttpHeads
from twisted.internet import task
from twisted.test.proto_helpers import StringTransport
from twisted.web import http

PLAIN = 'GET /path?a=1&b=2&a=3 HTTP/1.1\r\nHost: example.org\r\nX-Twice: one\r\nx-TWICE:  two \t\r\nX-Empty:\r\n\r\n'

ODD = [
    '\r\n' + PLAIN,
    'GET / HTTP/1.0\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n',
    'GET  /two\tblanks  HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET / HTTP/1.1 \r\nHost: a\r\n\r\n',
    'GET /\r\n\r\n',
    'GET / HTTP/1.1 more\r\n\r\n',
    'GET / HTTP/1.1\nHost: a\n\n',
    'GET /\xc3\xa4 HTTP/1.1\r\nX-Name: \xc3\xa4\x85\r\n\r\n',
    'G\xc3T / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nno colon\r\n\r\n',
    'GET / HTTP/1.1\r\nBlank : before\r\n\r\n',
    'GET / HTTP/1.1\r\n: no name\r\n\r\n',
    'GET / HTTP/1.1\r\nFolded: one\r\n two\r\n\tthree\r\n\r\n',
    'GET / HTTP/1.1\r\n First: folded\r\n\r\n',
    'GET / HTTP/1.1\r\nControl: a\x01b\x7f\r\n\r\n',
    'GET / HTTP/1.1\r\nCR: a\rb\r\n\r\n',
    'GET / HTTP/1.1\r\nLF: a\nb\r\n\r\n',
    'GET / HTTP/1.1\r\nVT: \x0ba\x0c\r\n\r\n',
    'GET / HTTP/1.1\r\nCookie: a=b; c=d\r\nCookie: e=f\r\n\r\n',
    'GET / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n',
    'POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc',
    'POST / HTTP/1.1\r\nCONTENT-LENGTH: 0\r\n\r\n',
    'POST / HTTP/1.1\r\nContent-Length: nothing\r\n\r\n',
    'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
    PLAIN + PLAIN,
    PLAIN + 'GET /next HTTP/1.1\r\nHost',
    'GET / HTTP/1.1\r\n' + 'A: b\r\n' * 501 + '\r\n',
    'GET / HTTP/1.1\r\n' + 'A: b\r\n' * 500 + '\r\n',
    'GET / HTTP/1.1\r\nLong: ' + 'x' * 16384 + '\r\n\r\n',
    'GET / HTTP/1.1\r\nLong: ' + 'x' * 16000 + '\r\nMore: ' + 'x' * 500 + '\r\n\r\n',
]


class Request(http.Request):
    """Answers with what it was, at once or when it is told to."""

    def process(self):
        self.channel.seen.append((self.method, self.uri, self.clientproto, self.args, self.received_cookies,
                                  sorted(self.requestHeaders.getAllRawHeaders()), self.content.read()))
        if self.channel.late:
            self.channel.late.append(self)
        else:
            self.answer()

    def answer(self):
        self.setHeader('x-uri', self.uri)
        self.write('answer')
        self.finish()


class Own(http.HTTPChannel):
    """Twisted's code serves it."""


def channel(cls, late=False):
    made = cls()
    made.requestFactory = Request
    made.callLater = task.Clock().callLater
    made.timeOut = None
    made.seen = []
    made.late = [None] if late else []
    made.makeConnection(StringTransport())
    return made


def fate(cls, *pieces):
    """What comes of the pieces: what was raised, the requests, the answers, and whether the connection is to be closed."""
    made = channel(cls)
    raised = []
    for piece in pieces:
        try:
            made.dataReceived(piece)
        except Exception as e:      # Twisted's own, after a bad request: AttributeError and others
            raised.append(str(e).replace('Own', 'HTTPChannel'))
    value = made.transport.value()
    return raised, made.seen, [sorted(part.split('\r\n')) for part in value.split('\r\n\r\n')], made.transport.disconnecting


class RequestTest(unittest.TestCase):

    def same(self, *pieces):
        self.assertEqual(fate(Own, *pieces), fate(http.HTTPChannel, *pieces), pieces)

    def test_a_plain_one_is_read_in_Java(self):
        command, path, version, headers = HttpHeads.reader(http.HTTPChannel)(channel(http.HTTPChannel), PLAIN)
        self.assertEqual(('GET', '/path?a=1&b=2&a=3', 'HTTP/1.1'), (command, path, version))
        self.assertEqual({'host': ['example.org'], 'x-twice': ['one', 'two'], 'x-empty': ['']}, headers)
        self.assertEqual([str] * 4, [type(each) for each in (command, path, version, headers['host'][0])])
        self.same(PLAIN)
        self.same(PLAIN, PLAIN)

    def test_others_are_Twisteds_or_the_same(self):
        for each in ODD:
            self.same(each)
            self.same(PLAIN, each, PLAIN)

    def test_a_head_that_comes_in_two(self):
        for at in range(1, len(PLAIN)):
            self.same(PLAIN[:at], PLAIN[at:])

    def test_any(self):
        chosen = random.Random(2703)
        pieces = ['GET', ' ', '/', 'HTTP/1.1', 'HTTP/1.0', '\r\n', '\r\n', ': ', ':', 'Host', 'close', 'Connection',
                  '\t', '\n', '\x00', '\xe4', 'Content-Length', '0', '5', ',', ';']
        for _ in range(1000):
            head = list(PLAIN)
            for _ in range(chosen.randrange(4)):
                at = chosen.randrange(len(head))
                head[at:at + chosen.randrange(3)] = chosen.choice(pieces)
            self.same(''.join(head))

    def test_what_comes_while_one_is_answered(self):
        for cls in Own, http.HTTPChannel:
            made = channel(cls, late=True)
            made.dataReceived(PLAIN)
            made.dataReceived('GET /second HTTP/1.1\r\n')
            made.dataReceived('\r\nGET /third HTTP/1.1\r\n\r\n')
            self.assertEqual(['/path?a=1&b=2&a=3'], [each[1] for each in made.seen])
            for answered in range(1, 4):
                made.late[answered].answer()
            self.assertEqual(['/path?a=1&b=2&a=3', '/second', '/third'], [each[1] for each in made.seen])
            self.assertEqual(3, made.transport.value().count('answer'))

    def test_what_a_program_has_changed_counts(self):
        read = HttpHeads.reader(http.HTTPChannel)
        for name in 'lineReceived', 'headerReceived', '_maybeChooseTransferDecoder', 'delimiter', 'maxHeaders':
            made = channel(http.HTTPChannel)
            setattr(made, name, getattr(made, name))
            self.assertIsNone(read(made, PLAIN), name)
        most = http.HTTPChannel.maxHeaders
        try:
            http.HTTPChannel.maxHeaders = 1
            self.assertIn('400 Bad Request', channel_answer(PLAIN))
        finally:
            http.HTTPChannel.maxHeaders = most
        self.assertIn('200 OK', channel_answer(PLAIN))

    def test_one_that_raises_leaves_the_channel_as_Twisteds(self):
        for cls in Own, http.HTTPChannel:
            made = channel(cls)
            made.requestFactory = None
            self.assertRaises(TypeError, made.dataReceived, PLAIN)
            self.assertFalse(made._busyReceiving)


def channel_answer(data):
    made = channel(http.HTTPChannel)
    made.dataReceived(data)
    return made.transport.value()


class AnswerTest(unittest.TestCase):

    def written(self, headers, version='HTTP/1.1', code='200', reason='OK'):
        made = channel(http.HTTPChannel)
        made.writeHeaders(version, code, reason, headers)
        return made.transport.value()

    def test_names_are_written_as_Twisted_writes_them(self):
        self.assertEqual('HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nETag: "1"\r\nWWW-Authenticate: a\r\n'
                         'WWW-Authenticate: b\r\nX-1-Abc: \xe4\r\n\r\n',
                         self.written([('CONTENT-type', 'text/plain'), ('etag', '"1"'), ('www-authenticate', 'a'),
                                       ('Www-Authenticate', 'b'), ('x-1-aBC', '\xe4')], code='404', reason='Not Found'))

    def test_no_line_can_be_smuggled_in(self):
        self.assertEqual('HTTP/1.1 200 OK\r\nX-A: b Set-Cookie: c\r\n\r\n', self.written([('x-a', 'b\r\nSet-Cookie: c')]))
        self.assertEqual('HTTP/1.1 200 OK\r\nX-A b: c\r\n\r\n', self.written([('x-a\nb', 'c')]))

    def test_what_is_not_a_list_of_pairs_of_bytes(self):
        self.assertEqual('HTTP/1.1 200 OK\r\nA: \xc3\xa4\r\n\r\n', self.written([(u'a', u'\xe4')]))
        self.assertEqual('HTTP/1.1 200 OK\r\nA: b\r\n\r\n', self.written(pair for pair in [('a', 'b')]))
        self.assertEqual('HTTP/1.1 200 OK\r\nA: b\r\n\r\n', self.written([['a', 'b']]))
        self.assertRaises(AttributeError, self.written, [('a', 1)])

    def test_a_mapping_of_the_programs(self):
        http.Headers._caseMappings['x-mine'] = 'X-MINE'
        try:
            self.assertIn('X-MINE: 1', self.written([('x-mine', '1')]))
        finally:
            del http.Headers._caseMappings['x-mine']


if __name__ == '__main__':
    unittest.main()
