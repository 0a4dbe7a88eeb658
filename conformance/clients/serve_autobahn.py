"""An autobahn server that sends back each WebSocket message as it came; its loopback port.

Runs on the interpreter that is measured. Compresses where the client offers it (permessage-deflate)."""

import sys

from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept
from twisted.internet import reactor


class Echo(WebSocketServerProtocol):

    def onMessage(self, payload, isBinary):
        self.sendMessage(payload, isBinary)


def accepted(offers):
    for offer in offers:
        if isinstance(offer, PerMessageDeflateOffer):
            return PerMessageDeflateOfferAccept(offer)
    return None


if __name__ == '__main__':
    port = int(sys.argv[1])
    factory = WebSocketServerFactory(u'ws://127.0.0.1:%d' % port)
    factory.protocol = Echo
    # A client that breaks the rules is told so before the connection ends; the limits are for busy machines.
    factory.setProtocolOptions(failByDrop=False, echoCloseCodeReason=True, openHandshakeTimeout=60,
                               closeHandshakeTimeout=60, perMessageCompressionAccept=accepted)
    reactor.listenTCP(port, factory, interface='127.0.0.1')
    reactor.run()
