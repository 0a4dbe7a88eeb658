"""Who is told that a peer has ended its sending: whatever zope.interface says at that moment. What the log calls the lost.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import socket
import unittest

from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import Factory, Protocol
from twisted.python import components, log
from zope.interface import classImplements, directlyProvides, noLongerProvides

from reactors import ReactorTest

LOOPBACK = '127.0.0.1'
SECONDS = 60


class EndsTest(ReactorTest):

    def setUp(self):
        ReactorTest.setUp(self)
        told = self.told = []

        class Whole(Protocol):
            def connectionLost(self, reason):
                told.append('lost')

        class Told(object):
            """What adapts one that is not half-closeable."""

            def __init__(self, protocol):
                self.protocol = protocol

            def readConnectionLost(self):
                told.append('adapted')
                self.protocol.transport.loseConnection()

        def readConnectionLost(self):
            told.append('read')
            self.transport.loseConnection()

        self.Whole, self.Told, self.readConnectionLost = Whole, Told, readConnectionLost

    def end(self, protocol):
        """What a protocol is told of a peer that sends nothing and ends."""
        factory = Factory()
        factory.buildProtocol = lambda address: protocol
        port = self.reactor.listenTCP(0, factory, interface=LOOPBACK)
        peer = socket.create_connection((LOOPBACK, port.getHost().port), SECONDS)
        peer.shutdown(socket.SHUT_WR)
        del self.told[:]
        self.until(lambda: 'lost' in self.told)
        peer.close()
        port.stopListening()
        return self.told[:]

    def test_a_whole_one_is_lost_each_time(self):
        for _ in range(3):
            self.assertEqual(['lost'], self.end(self.Whole()))

    def test_the_log_knows_who_is_lost(self):
        events = []

        class Logging(self.Whole):
            def connectionLost(this, reason):
                log.msg('lost')
                self.told.append('lost')

        log.addObserver(events.append)
        self.addCleanup(log.removeObserver, events.append)
        self.end(Logging())
        self.assertEqual(['Logging,0,' + LOOPBACK],
                         [event['system'] for event in events if event['message'] == ('lost',)])

    def test_a_class_that_becomes_half_closeable(self):
        self.end(self.Whole())
        self.end(self.Whole())
        self.Whole.readConnectionLost = self.readConnectionLost
        classImplements(self.Whole, IHalfCloseableProtocol)
        self.assertEqual(['read', 'lost'], self.end(self.Whole()))

    def test_a_subclass_is_asked_for_itself(self):
        self.end(self.Whole())

        class Half(self.Whole):
            pass

        Half.readConnectionLost = self.readConnectionLost
        classImplements(Half, IHalfCloseableProtocol)
        self.assertEqual(['read', 'lost'], self.end(Half()))
        self.assertEqual(['lost'], self.end(self.Whole()))

    def test_an_object_that_provides_it(self):
        self.end(self.Whole())
        self.Whole.readConnectionLost = self.readConnectionLost
        one = self.Whole()
        directlyProvides(one, IHalfCloseableProtocol)
        self.assertEqual(['read', 'lost'], self.end(one))
        self.assertEqual(['lost'], self.end(self.Whole()))
        other = self.Whole()
        directlyProvides(other, IHalfCloseableProtocol)
        noLongerProvides(other, IHalfCloseableProtocol)
        self.assertEqual(['lost'], self.end(other))

    def test_an_adapter_that_comes_later(self):
        self.end(self.Whole())
        components.registerAdapter(self.Told, self.Whole, IHalfCloseableProtocol)
        self.assertEqual(['adapted', 'lost'], self.end(self.Whole()))

    def test_an_object_that_conforms(self):
        self.end(self.Whole())
        one = self.Whole()
        one.__conform__ = lambda interface: self.Told(one)
        self.assertEqual(['adapted', 'lost'], self.end(one))

    def test_whoever_makes_classes_all_the_time(self):
        from euryale import reactor
        for _ in range(600):
            reactor._wholly(type('Made', (self.Whole, object), {})())
        self.assertLess(len(reactor._whole), 300)


if __name__ == '__main__':
    unittest.main()
