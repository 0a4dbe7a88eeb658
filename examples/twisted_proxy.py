"""A TCP proxy on Twisted: what comes in goes to another address, and a side that does not read holds the other back.

    ./euryale run examples/twisted_proxy.py TARGET_HOST TARGET_PORT [--host H] [--port N]

The first line printed tells the address; port 0 takes any free one. Runs on CPython 2.7 as well.
"""

import optparse
import sys

from twisted.internet import error, interfaces, protocol, reactor
from zope.interface import implementer


@implementer(interfaces.IHalfCloseableProtocol)
class Side(protocol.Protocol):
    """One end of a pair. Each is the other's producer, so TCP's window reaches through; an end of file is passed on."""

    def __init__(self, other=None):
        self.other = other

    def join(self, other):
        self.other = other
        self.transport.registerProducer(other.transport, True)
        other.transport.registerProducer(self.transport, True)

    def dataReceived(self, data):
        self.other.transport.write(data)

    def readConnectionLost(self):
        if self.other is not None:
            self.other.transport.unregisterProducer()
            self.other.transport.loseWriteConnection()

    def writeConnectionLost(self):
        pass

    def connectionLost(self, reason):
        if self.other is not None:
            self.other.transport.unregisterProducer()
            if reason.check(error.ConnectionDone):
                self.other.transport.loseConnection()
            else:
                self.other.transport.abortConnection()
            self.other = None


class Inner(Side):
    """To the target, for a client that waits."""

    def connectionMade(self):
        client = self.other
        if client.gone:
            self.other = None
            self.transport.abortConnection()
            return
        client.other = self
        self.join(client)
        client.transport.resumeProducing()


class Outer(Side):
    """From a client. It is not read before the target is there."""

    gone = False

    def connectionMade(self):
        self.transport.pauseProducing()
        target = protocol.ClientFactory()
        target.buildProtocol = lambda address: Inner(self)
        target.clientConnectionFailed = lambda connector, reason: self.transport.abortConnection()
        reactor.connectTCP(self.factory.host, self.factory.port, target)

    def connectionLost(self, reason):
        self.gone = True
        Side.connectionLost(self, reason)


def main():
    parser = optparse.OptionParser('%prog TARGET_HOST TARGET_PORT [options]')
    parser.add_option('--host', default='127.0.0.1')
    parser.add_option('--port', type='int', default=8014)
    options, target = parser.parse_args()
    if len(target) != 2 or not target[1].isdigit():
        parser.error('a target host and port are needed')
    factory = protocol.ServerFactory()
    factory.protocol = Outer
    factory.noisy = False
    factory.host, factory.port = target[0], int(target[1])
    address = reactor.listenTCP(options.port, factory, interface=options.host).getHost()
    print 'listening on %s:%d' % (address.host, address.port)
    sys.stdout.flush()
    reactor.run()


if __name__ == '__main__':
    main()
