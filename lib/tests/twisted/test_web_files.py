"""Files of twisted.web's, which do not come through the heap where nothing is to see their bytes.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import httplib
import os
import shutil
import socket
import ssl
import sys
import tempfile
import threading
import unittest
import zlib

from twisted.internet import reactor, ssl as tls
from twisted.web import resource, server, static

from reactors import ReactorTest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))
import certificates  # noqa: E402

LOOPBACK = '127.0.0.1'
CONTENT = ''.join('%07d\n' % i for i in xrange(400000))


class Site(server.Site):

    def log(self, request):
        self.logged.append((request.code, request.sentLength))


class FilesTest(ReactorTest):

    def setUp(self):
        ReactorTest.setUp(self)
        self.reactor = reactor      # twisted.web's own, too
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        self.path = os.path.join(directory, 'file')
        with open(self.path, 'wb') as f:
            f.write(CONTENT)
        self.site = Site(static.File(directory))
        self.site.logged = []
        self.parts = []

    def port(self, context=None):
        if context:
            port = self.reactor.listenSSL(0, self.site, context, interface=LOOPBACK)
        else:
            port = self.reactor.listenTCP(0, self.site, interface=LOOPBACK)
        self.addCleanup(port.stopListening)
        build = self.site.buildProtocol

        def built(address):
            """As build; notes what the transport's class is asked to send of files."""
            protocol = build(address)
            connect = protocol.makeConnection

            def connected(transport):
                kind = type(transport)
                own = getattr(kind, '_writeFile', None)
                if own:
                    def writeFile(self, fileno, position, count, parts=self.parts):
                        parts.append((position, count))
                        return own(self, fileno, position, count)

                    kind._writeFile = writeFile
                    self.addCleanup(setattr, kind, '_writeFile', own)
                connect(transport)

            protocol.makeConnection = connected
            return protocol

        self.site.buildProtocol = built
        return port.getHost().port

    def ask(self, task):
        """What the task returns, which runs in a thread of its own while the reactor does."""
        results = []

        def run():
            try:
                results.append(task())
            except Exception as e:
                results.append(e)

        thread = threading.Thread(target=run)
        thread.setDaemon(True)
        thread.start()
        self.until(lambda: results)
        if isinstance(results[0], Exception):
            raise results[0]
        return results[0]

    def answers(self, connection, *requests):
        """(status, headers, body) of each, on one connection."""
        def get():
            got = []
            for method, headers in requests:
                connection.request(method, '/file', headers=headers)
                answer = connection.getresponse()
                got.append((answer.status, dict(answer.getheaders()), answer.read()))
            connection.close()
            return got

        return self.ask(get)

    def plain(self, *requests):
        return self.answers(httplib.HTTPConnection(LOOPBACK, self.port(), timeout=60), *requests)

    def test_twice_on_one_connection(self):
        for status, headers, body in self.plain(('GET', {}), ('GET', {})):
            self.assertEqual((200, str(len(CONTENT))), (status, headers['content-length']))
            self.assertTrue(body == CONTENT)
        self.assertEqual([(200, len(CONTENT))] * 2, self.site.logged)
        self.assertEqual([(0, len(CONTENT))] * 2, self.parts)
        self.assertEqual([], self.failures)

    def test_a_range(self):
        (status, headers, body), = self.plain(('GET', {'Range': 'bytes=1000-2500000'}))
        self.assertEqual((206, 'bytes 1000-2500000/%d' % len(CONTENT)), (status, headers['content-range']))
        self.assertTrue(body == CONTENT[1000:2500001])
        self.assertEqual([(1000, 2499001)], self.parts)

    def test_ranges(self):
        (status, _, body), = self.plain(('GET', {'Range': 'bytes=0-99999,200000-299999'}))
        self.assertEqual(206, status)
        self.assertIn(CONTENT[:100000], body)
        self.assertIn(CONTENT[200000:300000], body)
        self.assertEqual([], self.parts)

    def test_the_head_alone(self):
        (status, headers, body), = self.plain(('HEAD', {}))
        self.assertEqual((200, str(len(CONTENT)), ''), (status, headers['content-length'], body))
        self.assertEqual([], self.parts)

    def test_a_coding_sees_the_bytes(self):
        self.site.resource = resource.Resource()
        self.site.resource.putChild(
            'file', resource.EncodingResourceWrapper(static.File(self.path), [server.GzipEncoderFactory()]))
        (status, headers, body), = self.plain(('GET', {'Accept-Encoding': 'gzip'}))
        self.assertEqual('gzip', headers['content-encoding'])
        self.assertTrue(zlib.decompress(body, 16 + zlib.MAX_WBITS) == CONTENT)
        self.assertEqual([], self.parts)

    def test_a_method_of_the_programs_sees_the_bytes(self):
        seen = []

        class Request(server.Request):

            def write(self, data):
                seen.append(len(data))
                server.Request.write(self, data)

        self.site.requestFactory = Request
        (_, _, body), = self.plain(('GET', {}))
        self.assertTrue(body == CONTENT)
        self.assertEqual(len(CONTENT), sum(seen))

    def test_a_request_of_the_programs_has_no_channel(self):
        """Only what Twisted's documents say of a request is there, and write may be anything that can be called."""
        class Request(object):
            def __init__(self):
                self.parts = []
                self.write = self.parts.append

            def registerProducer(self, producer, streaming):
                self.producer = producer
                while self.producer:
                    producer.resumeProducing()

            def unregisterProducer(self):
                self.producer = None

            def finish(self):
                self.parts.append('end')

        whole, part = Request(), Request()
        static.NoRangeStaticProducer(whole, open(self.path, 'rb')).start()
        self.assertTrue(CONTENT + 'end' == ''.join(whole.parts))
        static.SingleRangeStaticProducer(part, open(self.path, 'rb'), 5, 100000).start()
        self.assertTrue(CONTENT[5:100005] + 'end' == ''.join(part.parts))

    def test_over_tls(self):
        with open(certificates.pair()) as pem:
            context = tls.PrivateCertificate.loadPEM(pem.read()).options()
        trusting = ssl.create_default_context(cafile=certificates.authority())
        connection = httplib.HTTPSConnection('localhost', self.port(context), timeout=60, context=trusting)
        (status, _, body), = self.answers(connection, ('GET', {}))
        self.assertEqual(200, status)
        self.assertTrue(body == CONTENT)
        self.assertEqual([], self.parts)

    def test_who_leaves_early(self):
        lost = []

        class Request(server.Request):

            def process(self):
                # So that the kernel cannot take the whole file before the peer has left.
                self.transport.getHandle().setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
                server.Request.process(self)

            def connectionLost(self, reason):
                lost.append(reason)
                server.Request.connectionLost(self, reason)

        self.site.requestFactory = Request
        port = self.port()

        def leave():
            peer = socket.create_connection((LOOPBACK, port), 60)
            peer.sendall('GET /file HTTP/1.1\r\nHost: here\r\n\r\n')
            peer.recv(1000)
            peer.close()

        self.ask(leave)
        self.until(lambda: lost)
        (_, _, body), = self.answers(httplib.HTTPConnection(LOOPBACK, port, timeout=60), ('GET', {}))
        self.assertTrue(body == CONTENT)
        self.assertEqual([], self.failures)


if __name__ == '__main__':
    unittest.main()
