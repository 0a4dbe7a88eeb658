"""An autobahn client talks to serve_autobahn.py, on the loopback port that is given; and WAMP's keys."""

import hashlib
import hmac
import sys

from autobahn.twisted.websocket import WebSocketClientProtocol, create_client_agent
from autobahn.wamp import auth
from autobahn.websocket.compress import (PerMessageDeflateOffer, PerMessageDeflateResponse,
                                         PerMessageDeflateResponseAccept)
from twisted.internet import defer, reactor
from twisted.trial import unittest

URL = u'ws://127.0.0.1:%d' % int(sys.argv.pop())


class Compressed(WebSocketClientProtocol):

    def onConnecting(self, details):
        self.perMessageCompressionOffers = [PerMessageDeflateOffer()]
        self.perMessageCompressionAccept = accepted


def accepted(response):
    if isinstance(response, PerMessageDeflateResponse):
        return PerMessageDeflateResponseAccept(response)


class EchoTest(unittest.TestCase):

    @defer.inlineCallbacks
    def connected(self, protocol_class=WebSocketClientProtocol):
        protocol = yield create_client_agent(reactor).open(URL, {}, protocol_class)
        protocol.messages = defer.DeferredQueue()
        protocol.on('message', lambda payload, is_binary: protocol.messages.put((payload, is_binary)))
        yield protocol.is_open
        self.addCleanup(self.end, protocol)
        defer.returnValue(protocol)

    def end(self, protocol):
        if not protocol.is_closed.called:
            protocol.sendClose()
        return protocol.is_closed

    @defer.inlineCallbacks
    def echoed(self, protocol, payload, is_binary):
        protocol.sendMessage(payload, is_binary)
        back = yield protocol.messages.get()
        self.assertTrue((payload, is_binary) == back)

    @defer.inlineCallbacks
    def test_messages(self):
        protocol = yield self.connected()
        for payload in '', u'caf\xe9'.encode('utf-8'), 'x' * 125, 'x' * 126, 'x' * 65535, 'x' * 65536:
            yield self.echoed(protocol, payload, False)
        yield self.echoed(protocol, ''.join(map(chr, range(256))) * 4096, True)

    @defer.inlineCallbacks
    def test_compressed(self):
        protocol = yield self.connected(Compressed)
        self.assertIsNotNone(protocol._perMessageCompress)
        for _ in range(3):
            yield self.echoed(protocol, 'text again ' * 10000, False)

    @defer.inlineCallbacks
    def test_fragments(self):
        protocol = yield self.connected()
        protocol.beginMessage(isBinary=True)
        for _ in range(100):
            protocol.sendMessageFrame('y' * 1000)
        protocol.endMessage()
        payload, is_binary = yield protocol.messages.get()
        self.assertEqual(('y' * 100000, True), (payload, is_binary))

    @defer.inlineCallbacks
    def test_the_end(self):
        protocol = yield self.connected()
        protocol.sendClose(4000, u'enough')
        yield protocol.is_closed
        self.assertEqual((True, 4000, u'enough'),
                         (protocol.wasClean, protocol.remoteCloseCode, protocol.remoteCloseReason))

    @defer.inlineCallbacks
    def test_many_at_once(self):

        @defer.inlineCallbacks
        def talk(number):
            protocol = yield self.connected()
            for i in range(20):
                yield self.echoed(protocol, '%d %d' % (number, i), False)

        yield defer.gatherResults([talk(number) for number in range(50)])


class KeysTest(unittest.TestCase):
    """WAMP-CRA, for which autobahn asks cryptography."""

    def test_derived_keys(self):
        self.assertEqual('ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957',  # RFC 6070
                         auth.pbkdf2('password', 'salt', 2, 20, 'sha1').encode('hex'))
        self.assertEqual('55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc'
                         '49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',  # RFC 7914, section 11
                         auth.pbkdf2('passwd', 'salt', 1, 64, 'sha256').encode('hex'))

    def test_an_answer(self):
        key = auth.derive_key(u'secret', u'salt', 100, 16)
        self.assertEqual(hashlib.pbkdf2_hmac('sha256', 'secret', 'salt', 100, 16), key.decode('base64'))
        self.assertEqual(hmac.new(key, 'challenge', hashlib.sha256).digest(),
                         auth.compute_wcs(key, u'challenge').decode('base64'))

    def test_an_algorithm_that_there_is_not(self):
        self.assertRaises(AttributeError, auth.pbkdf2, 'password', 'salt', 2, 20, 'sha0')

    def test_nobody_else_sees_a_cryptography(self):
        self.assertRaises(ImportError, __import__, 'cryptography')


if __name__ == '__main__':
    import unittest as standard
    standard.main()
