"""treq asks serve_klein.py: whom to trust, the loopback port of HTTP, that of HTTPS."""

import io
import sys

import treq
from treq.client import HTTPClient
from twisted.internet import defer, error, reactor, ssl
from twisted.python.filepath import FilePath
from twisted.trial import unittest
from twisted.web.client import Agent, BrowserLikePolicyForHTTPS, HTTPConnectionPool, ResponseFailed

SECURE = int(sys.argv.pop())
URL = 'http://127.0.0.1:%d' % int(sys.argv.pop())
AUTHORITY = sys.argv.pop()


class TreqTest(unittest.TestCase):

    def setUp(self):
        pool = HTTPConnectionPool(reactor)
        self.addCleanup(pool.closeCachedConnections)
        self.client = HTTPClient(Agent(reactor, pool=pool))

    @defer.inlineCallbacks
    def test_text(self):
        response = yield self.client.get(URL + '/name/caf%C3%A9')
        text = yield response.text()
        self.assertEqual((200, u'Hello, caf\xe9!'), (response.code, text))
        again = yield treq.content(response)
        self.assertEqual('Hello, caf\xc3\xa9!', again)

    @defer.inlineCallbacks
    def test_the_functions_of_the_module(self):
        response = yield treq.get(URL + '/', persistent=False)
        text = yield treq.text_content(response)
        self.assertEqual(u'Hello, world!', text)

    @defer.inlineCallbacks
    def test_json(self):
        response = yield self.client.post(URL + '/echo', json={'a': [1, None, u'caf\xe9']})
        sent = yield response.json()
        self.assertEqual({'a': [1, None, u'caf\xe9']}, sent)

    @defer.inlineCallbacks
    def test_forms_and_files(self):
        response = yield self.client.post(URL + '/form', data={'a': ['1', '2']}, params={'b': u'caf\xe9'})
        form = yield response.json()
        self.assertEqual({'a': ['1', '2'], 'b': [u'caf\xe9']}, form)
        files = {'file': ('name.txt', io.BytesIO(b'\x00text\xff' * 1000))}
        response = yield self.client.post(URL + '/echo', data={'a': '1'}, files=files)
        body = yield response.content()
        self.assertIn('filename="name.txt"', body)
        self.assertIn('\r\n' + '\x00text\xff' * 1000 + '\r\n', body)

    @defer.inlineCallbacks
    def test_much(self):
        body = ''.join(map(chr, range(256))) * 8192
        response = yield self.client.put(URL + '/echo', data=body)
        echoed = yield response.content()
        self.assertTrue(echoed == body)
        response = yield self.client.get(URL + '/much/50', unbuffered=True)
        parts = []
        yield treq.collect(response, parts.append)
        self.assertTrue(''.join(parts) == 'x' * 5000000)
        self.assertGreater(len(parts), 1)

    @defer.inlineCallbacks
    def test_redirects_cookies_and_passwords(self):
        response = yield self.client.get(URL + '/away')
        text = yield response.text()
        self.assertEqual((200, u'Hello, world!', [302]), (response.code, text, [r.code for r in response.history()]))
        for seen in '012':
            response = yield self.client.get(URL + '/cookie')
            text = yield response.text()
            self.assertEqual(seen, text)
        for password, code in ('pass', 200), ('no', 401):
            response = yield self.client.get(URL + '/secret', auth=('user', password))
            self.assertEqual(code, response.code)
            yield response.content()

    @defer.inlineCallbacks
    def test_many_at_once(self):
        responses = yield defer.gatherResults([self.client.get(URL + '/later') for _ in range(100)])
        texts = yield defer.gatherResults([response.text() for response in responses])
        self.assertEqual([u'at last'] * 100, texts)

    @defer.inlineCallbacks
    def test_what_does_not_come(self):
        with self.assertRaises((defer.CancelledError, ResponseFailed)):
            yield self.client.get(URL + '/never', timeout=0.2)
        with self.assertRaises(error.ConnectionRefusedError):
            yield self.client.get('http://127.0.0.1:1/')
        response = yield self.client.get(URL + '/wrong')
        text = yield response.text()
        self.assertEqual((400, u'refused: not that'), (response.code, text))

    @defer.inlineCallbacks
    def test_over_tls(self):
        with self.assertRaises(ResponseFailed):  # whom the JDK or the system trusts does not know this one
            yield self.client.get('https://localhost:%d/' % SECURE)
        root = ssl.Certificate.loadPEM(FilePath(AUTHORITY).getContent())
        pool = HTTPConnectionPool(reactor)
        self.addCleanup(pool.closeCachedConnections)
        client = HTTPClient(Agent(reactor, BrowserLikePolicyForHTTPS(trustRoot=root), pool=pool))
        for name in 'localhost', '127.0.0.1':
            response = yield client.get('https://%s:%d/much/50' % (name, SECURE))
            body = yield response.content()
            self.assertTrue(body == 'x' * 5000000)


if __name__ == '__main__':
    import unittest as standard
    standard.main()
