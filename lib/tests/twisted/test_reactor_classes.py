"""Classes that a program makes of transports, on Euryale's reactor.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import socket
import unittest

from twisted.internet import tcp
from twisted.internet.protocol import ClientFactory, Factory, Protocol

from reactors import ReactorTest

LOOPBACK = '127.0.0.1'
SECONDS = 60
MESSAGE = 'what comes back'


class Echo(Protocol):

    def connectionMade(self):
        self.factory.transports.append(self.transport)

    def dataReceived(self, data):
        self.transport.write(data)

    def connectionLost(self, reason):
        self.factory.lost.append(self)


def counting(base):
    """A class of transports that notes what goes through it."""

    class Counting(base):

        def __init__(self, *arguments):
            self.read, self.written = [], []
            base.__init__(self, *arguments)

        def write(self, data):
            self.written.append(data)
            base.write(self, data)

        def _dataReceived(self, data):
            self.read.append(data)
            return base._dataReceived(self, data)

    return Counting


class ClassesTest(ReactorTest):

    def setUp(self):
        ReactorTest.setUp(self)
        self.factory = Factory.forProtocol(Echo)
        self.factory.transports, self.factory.lost = [], []
        self.listening = self.reactor.listenTCP(0, self.factory, interface=LOOPBACK)
        self.addCleanup(self.listening.stopListening)

    def echoed(self):
        """Two peers, each with what it has sent and got back, and its transport when the connection is over."""
        for number in (1, 2):
            def peer():
                peer = socket.create_connection((LOOPBACK, self.listening.getHost().port), SECONDS)
                peer.sendall(MESSAGE)
                data = ''
                while len(data) < len(MESSAGE):
                    data += peer.recv(len(MESSAGE)) or 'the end'
                peer.close()
                return data
            self.assertEqual([MESSAGE], self.peers(peer))
            self.until(lambda: len(self.factory.lost) == number)
        self.assertEqual([], self.failures)
        self.assertEqual([0, 1], [transport.sessionno for transport in self.factory.transports])
        return self.factory.transports

    def served_by(self, cls):
        for transport in self.echoed():
            self.assertIs(cls, type(transport))
            self.assertEqual(MESSAGE, ''.join(transport.written))
            self.assertTrue(transport.disconnected)

    def test_a_class_of_twisteds(self):
        cls = counting(tcp.Server)
        self.listening.transport = cls
        self.served_by(cls)
        self.assertEqual(2 * [MESSAGE], [''.join(transport.read) for transport in self.factory.transports])

    def test_a_class_of_ours(self):
        """Its reads are Java's, which asks for no method of the transport's."""
        cls = counting(type(self.listening).transport)
        self.listening.transport = cls
        self.served_by(cls)
        self.assertEqual([[], []], [transport.read for transport in self.factory.transports])

    def test_a_class_in_the_port_s_class(self):
        cls = counting(tcp.Server)
        port = type(self.listening)
        stock = port.transport
        port.transport = cls
        try:
            self.served_by(cls)
        finally:
            port.transport = stock

    def test_a_port_gets_its_own_class_back(self):
        stock = self.listening.transport
        self.listening.transport = counting(tcp.Server)
        self.echoed()
        del self.listening.transport, self.factory.transports[:], self.factory.lost[:]
        self.listening.sessionno = 0
        for transport in self.echoed():
            self.assertIs(stock, type(transport))

    def test_a_subclass_ends_what_it_wants(self):
        ended = []
        base = type(self.listening).transport

        class Told(base):
            def connectionLost(self, reason):
                ended.append(self)
                base.connectionLost(self, reason)

        self.listening.transport = Told
        self.assertEqual(ended, self.echoed())

    def test_attributes_of_an_object_are_its_own(self):
        one, other = self.echoed()
        one.mark = 1
        self.assertEqual({'mark': 1}, one.__dict__)
        self.assertFalse(hasattr(other, 'mark'))
        del one.mark
        self.assertFalse(hasattr(one, 'mark'))

    def test_a_client_of_twisteds(self):
        cls = counting(tcp.Client)
        got = []

        class Asks(Protocol):
            def connectionMade(self):
                self.transport.write(MESSAGE)

            def dataReceived(self, data):
                got.append(data)
                if len(''.join(got)) == len(MESSAGE):
                    self.transport.loseConnection()

            def connectionLost(self, reason):
                got.append(None)

        class Connector(tcp.Connector):
            def _makeTransport(self):
                return cls(self.host, self.port, self.bindAddress, self, self.reactor)

        factory = ClientFactory()
        factory.protocol = Asks
        connector = Connector(LOOPBACK, self.listening.getHost().port, factory, SECONDS, None, self.reactor)
        connector.connect()
        transport = connector.transport
        self.until(lambda: None in got)
        self.assertEqual(([MESSAGE], MESSAGE), (transport.written, ''.join(transport.read)))
        self.assertEqual([], self.failures)


if __name__ == '__main__':
    unittest.main()
