"""What the log calls whoever logs or raises, on Twisted's epoll reactor and on Euryale's: the same.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
    PYTHONPATH=$(conformance/twisted/run --site) PURE_PYTHON=1 python2.7 lib/tests/twisted/test_reactor_logging.py
"""

import os
import shutil
import socket
import tempfile
import unittest

from zope.interface import implementer

from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import IHalfCloseableProtocol, IPullProducer
from twisted.internet.protocol import ClientFactory, DatagramProtocol, Factory, Protocol
from twisted.python import log

try:
    from euryale.reactor import EuryaleReactor
except ImportError:
    EuryaleReactor = None       # CPython

LOOPBACK = '127.0.0.1'
SECONDS = 60


class Fault(Exception):
    """What functions of these tests raise."""


def fails(what):
    """Logs, then raises."""
    log.msg(what, ofTest=True)
    raise Fault(what)


class Failing(Protocol):
    """Fails in what it is told to; `at` are the names."""

    at = ()

    def connectionMade(self):
        self.factory.made.append(self)
        self.told('connectionMade')

    def dataReceived(self, data):
        self.told('dataReceived')

    def connectionLost(self, reason):
        self.factory.lost.append(self)
        self.told('connectionLost')

    def told(self, what):
        if what in self.at:
            fails(what)


@implementer(IHalfCloseableProtocol)
class Half(Failing):

    def readConnectionLost(self):
        self.factory.ended.append(self)
        self.told('readConnectionLost')

    def writeConnectionLost(self):
        self.factory.ended.append(self)
        self.told('writeConnectionLost')


class Made(Factory):
    """A factory of failing protocols."""

    noisy = False

    def __init__(self, at, cls=Failing):
        self.at, self.cls, self.made, self.lost, self.ended = at, cls, [], [], []

    def buildProtocol(self, address):
        if 'buildProtocol' in self.at:
            self.made.append(None)
            fails('buildProtocol')
        protocol = self.cls()
        protocol.at, protocol.factory = self.at, self
        return protocol


class MadeClients(Made, ClientFactory):

    def __init__(self, at, cls=Failing):
        Made.__init__(self, at, cls)
        self.over = []

    def clientConnectionFailed(self, connector, reason):
        self.over.append(reason)
        fails('clientConnectionFailed')

    def clientConnectionLost(self, connector, reason):
        self.over.append(reason)
        fails('clientConnectionLost')


@implementer(IPullProducer)
class Producer(object):

    def __init__(self, asked):
        self.asked = asked

    def resumeProducing(self):
        self.asked.append(self)
        fails('resumeProducing')

    def stopProducing(self):
        pass


class Reader(object):
    """A foreign descriptor."""

    def __init__(self, number):
        self.number, self.lost = number, []

    def fileno(self):
        return self.number

    def logPrefix(self):
        return 'Reader'

    def doRead(self):
        fails('doRead')

    def connectionLost(self, reason):
        self.lost.append(reason)
        fails('connectionLost')


class Packets(DatagramProtocol):

    def __init__(self):
        self.came = []

    def datagramReceived(self, data, address):
        self.came.append(data)
        fails('datagramReceived')


class LoggingTests(object):
    """`made()` gives a reactor."""

    def setUp(self):
        self.reactor = self.made()
        self.events = []
        log.addObserver(self.observe)
        self.addCleanup(log.removeObserver, self.observe)

    def observe(self, event):
        if event['isError']:
            self.events.append(('raised', event['system']) if event['failure'].check(Fault) else event)
        elif 'ofTest' in event:       # not Twisted's of ports and factories
            self.events.append((event['message'][0], event['system']))

    def until(self, condition):
        end = self.reactor.seconds() + SECONDS
        while not condition():
            self.assertLess(self.reactor.seconds(), end, 'it never came to be')
            self.reactor.iterate(0.05)

    def logged(self, *expected):
        """What was logged since the last time: a name and a system for each of what failed."""
        events, self.events = self.events, []
        self.assertEqual([event for what, system in expected for event in ((what, system), ('raised', system))], events)

    def listen(self, factory):
        port = self.reactor.listenTCP(0, factory, interface=LOOPBACK)
        self.addCleanup(port.stopListening)
        return port.getHost().port

    def peer(self, factory):
        """A socket that is connected with a protocol of the factory's."""
        peer = socket.create_connection((LOOPBACK, self.listen(factory)), SECONDS)
        self.addCleanup(peer.close)
        self.until(lambda: factory.made)
        return peer

    # ---------------------------------------------------------------- servers

    def test_a_server_that_is_not_built(self):
        self.peer(Made(['buildProtocol']))
        self.logged(('buildProtocol', __name__ + '.Made'))

    def test_a_server_that_is_made(self):
        self.peer(Made(['connectionMade']))
        self.logged(('connectionMade', __name__ + '.Made'))

    def test_a_server_that_receives(self):
        factory = Made(['dataReceived', 'connectionLost'])
        self.peer(factory).sendall('x')
        self.until(lambda: factory.lost)
        self.logged(('dataReceived', 'Failing,0,' + LOOPBACK), ('connectionLost', 'Failing,0,' + LOOPBACK))

    def test_a_server_that_is_lost(self):
        factory = Made(['connectionLost'])
        self.peer(factory).close()
        self.until(lambda: factory.lost)
        self.logged(('connectionLost', 'Failing,0,' + LOOPBACK))

    def test_a_server_that_is_reset(self):
        factory = Made(['connectionLost'])
        peer = self.peer(factory)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, '\1\0\0\0\0\0\0\0')
        peer.close()
        self.until(lambda: factory.lost)
        self.logged(('connectionLost', 'Failing,0,' + LOOPBACK))

    def test_a_server_that_leaves(self):
        factory = Made(['connectionLost'])
        self.peer(factory)
        factory.made[0].transport.loseConnection()
        self.until(lambda: factory.lost)
        self.logged(('connectionLost', 'Failing,0,' + LOOPBACK))

    def test_a_server_that_aborts(self):
        factory = Made(['connectionLost'])
        self.peer(factory)
        factory.made[0].transport.abortConnection()
        self.until(lambda: factory.lost)
        self.logged(('connectionLost', '-'))

    def test_a_server_whose_peer_ends_its_sending(self):
        factory = Made(['readConnectionLost', 'connectionLost'], Half)
        self.peer(factory).shutdown(socket.SHUT_WR)
        self.until(lambda: factory.lost)
        self.logged(('readConnectionLost', 'Half,0,' + LOOPBACK), ('connectionLost', 'Half,0,' + LOOPBACK))

    def test_a_server_that_ends_its_sending(self):
        factory = Made(['writeConnectionLost', 'connectionLost'], Half)
        self.peer(factory)
        factory.made[0].transport.loseWriteConnection()
        self.until(lambda: factory.lost)
        self.logged(('writeConnectionLost', 'Half,0,' + LOOPBACK), ('connectionLost', 'Half,0,' + LOOPBACK))

    def test_a_producer(self):
        factory, asked = Made([]), []
        self.peer(factory)
        transport = factory.made[0].transport
        self.assertRaises(Fault, transport.registerProducer, Producer(asked), False)
        self.events = []
        transport.startWriting()
        self.until(lambda: factory.lost)
        self.logged(('resumeProducing', 'Failing,0,' + LOOPBACK))

    # ---------------------------------------------------------------- clients

    def connect(self, factory, server=None):
        return self.reactor.connectTCP(LOOPBACK, self.listen(server or Made([])), factory)

    def test_a_client_that_is_not_built(self):
        factory = MadeClients(['buildProtocol'])
        self.connect(factory)
        self.until(lambda: factory.over)
        self.logged(('buildProtocol', 'Uninitialized'), ('clientConnectionFailed', 'Uninitialized'))

    def test_a_client_that_is_made(self):
        factory = MadeClients(['connectionMade', 'connectionLost'])
        self.connect(factory)
        self.until(lambda: factory.over or factory.lost)
        self.logged(('connectionMade', 'Uninitialized'), ('connectionLost', 'Uninitialized'))

    def test_a_client_that_receives_and_is_lost(self):
        factory, server = MadeClients(['dataReceived']), Made([])
        self.connect(factory, server)
        self.until(lambda: server.made)
        server.made[0].transport.write('x')
        self.until(lambda: factory.over)
        self.logged(('dataReceived', 'Failing,client'), ('clientConnectionLost', 'Failing,client'))

    def test_a_client_that_is_refused(self):
        factory = MadeClients([])
        bound = socket.socket()
        bound.bind((LOOPBACK, 0))
        self.addCleanup(bound.close)
        self.reactor.connectTCP(LOOPBACK, bound.getsockname()[1], factory)
        self.until(lambda: factory.over)
        # Twice: since the first call raises the descriptor is disconnected, which tells the factory again.
        self.logged(*2 * [('clientConnectionFailed', 'Uninitialized')])

    def test_a_client_that_waits_no_longer(self):
        factory = MadeClients([])
        connector = self.connect(factory)
        self.assertRaises(Fault, connector.stopConnecting)
        self.assertEqual([('clientConnectionFailed', '-')], self.events)

    # ---------------------------------------------------------------- UNIX

    def address(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        return os.path.join(folder, 'socket')

    def test_a_unix_server(self):
        for at, prefix in (('buildProtocol', __name__ + '.Made'), ('connectionMade', __name__ + '.Made'),
                           ('dataReceived', 'Failing,0,'), ('connectionLost', 'Failing,0,')):
            factory, address = Made([at]), self.address()
            port = self.reactor.listenUNIX(address, factory)
            peer = socket.socket(socket.AF_UNIX)
            peer.connect(address)
            self.until(lambda: factory.made)
            if at not in ('buildProtocol', 'connectionMade'):
                peer.sendall('x')
                peer.close()
                self.until(lambda: factory.lost)
            self.logged((at, prefix))
            peer.close()
            port.stopListening()

    def test_a_unix_client(self):
        for at, prefix in ('buildProtocol', '-'), ('connectionMade', '-'), ('dataReceived', 'Failing,client'):
            factory, server, address = MadeClients([at]), Made([]), self.address()
            port = self.reactor.listenUNIX(address, server)
            self.reactor.connectUNIX(address, factory)
            self.until(lambda: server.made)
            if at == 'dataReceived':
                server.made[0].transport.write('x')
                self.until(lambda: factory.over)
                self.logged((at, prefix), ('clientConnectionLost', 'Failing,client'))
            else:
                self.until(lambda: factory.made)
                self.logged((at, prefix))
            port.stopListening()

    # ---------------------------------------------------------------- the rest

    def test_timers(self):
        self.reactor.callLater(0, fails, 'later')
        self.until(lambda: len(self.events) == 2)
        self.logged(('later', '-'))

    def test_calls_from_threads(self):
        self.reactor.callFromThread(fails, 'soon')
        self.until(lambda: len(self.events) == 2)
        self.logged(('soon', '-'))

    def test_datagrams(self):
        protocol = Packets()
        port = self.reactor.listenUDP(0, protocol, interface=LOOPBACK)
        self.addCleanup(port.stopListening)
        peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(peer.close)
        peer.sendto('x', (LOOPBACK, port.getHost().port))
        self.until(lambda: protocol.came)
        self.logged(('datagramReceived', 'Packets (UDP)'))

    def test_foreign_descriptors(self):
        ours, other = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(other.close)
        other.sendall('x')
        reader = Reader(ours.fileno())
        self.reactor.addReader(reader)
        self.until(lambda: reader.lost)
        self.logged(('doRead', 'Reader'), ('connectionLost', 'Reader'))

    def test_what_is_done_in_threads(self):
        """The log says of a thread who has asked for it, not whom the reactor calls meanwhile."""
        asked, server = [], Made([])
        pool = self.reactor.getThreadPool()
        pool.start()
        self.addCleanup(pool.stop)

        class Asking(Failing):
            def dataReceived(self, data):
                pool.callInThread(fails, 'asked')

        server.cls = Asking
        self.peer(server).sendall('x')
        self.until(lambda: len(self.events) == 2)
        # Who has asked is logged; the fault is logged by the pool, which is nobody's.
        self.assertEqual([('asked', 'Asking,0,' + LOOPBACK), ('raised', '-')], self.events)


class EpollTest(LoggingTests, unittest.TestCase):

    def made(self):
        reactor = EPollReactor()
        self.addCleanup(reactor._poller.close)
        return reactor


@unittest.skipIf(EuryaleReactor is None, 'not on Euryale')
class EuryaleTest(LoggingTests, unittest.TestCase):

    def made(self):
        reactor = EuryaleReactor()
        self.addCleanup(reactor._core.close)
        return reactor


if __name__ == '__main__':
    unittest.main()
