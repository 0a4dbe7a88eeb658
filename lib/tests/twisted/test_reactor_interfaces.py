"""What euryale.reactor says that it provides, and sockets of a program's own that it adopts.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import os
import shutil
import socket
import tempfile
import unittest

from twisted.internet import error, interfaces
from twisted.internet.protocol import DatagramProtocol, Factory, Protocol
from zope.interface.verify import verifyObject

from reactors import ReactorTest

LOOPBACK = '127.0.0.1'
SECONDS = 60

PROVIDED = (
    'IReactorCore', 'IReactorTime', 'IReactorTCP', 'IReactorSSL', 'IReactorUDP', 'IReactorMulticast', 'IReactorUNIX',
    'IReactorUNIXDatagram', 'IReactorThreads', 'IReactorFDSet', 'IReactorProcess', 'IReactorSocket',
    'IReactorPluggableNameResolver')


class InterfacesTest(ReactorTest):

    def test_provided(self):
        for name in PROVIDED:
            interface = getattr(interfaces, name)
            self.assertTrue(interface.providedBy(self.reactor), name)
            self.assertTrue(verifyObject(interface, self.reactor), name)

    def test_no_daemons(self):
        """A JVM cannot fork, and whoever is told before a fork and after it would wait for that."""
        self.assertFalse(interfaces.IReactorDaemonize.providedBy(self.reactor))


class Echo(Protocol):

    def dataReceived(self, data):
        self.transport.write(data.upper())

    def connectionLost(self, reason):
        self.factory.lost.append(reason.type)


class AdoptionTest(ReactorTest):

    def setUp(self):
        ReactorTest.setUp(self)
        self.factory = Factory.forProtocol(Echo)
        self.factory.lost = []

    def upper(self, peer):
        """What a server makes of what a peer says, which then ends."""
        def talk():
            peer.settimeout(SECONDS)
            peer.sendall('words')
            answer = peer.recv(100)
            peer.close()
            return answer
        return self.peers(talk)

    def listening(self, family, address):
        own = socket.socket(family)
        self.addCleanup(own.close)
        own.bind(address)
        own.listen(5)
        own.setblocking(False)      # which adopting leaves to the program
        return own

    def adopted(self, family, address):
        """Asks a port that was adopted, whose own socket is closed, twice."""
        own = self.listening(family, address)
        address = own.getsockname()
        port = self.reactor.adoptStreamPort(own.fileno(), family, self.factory)
        own.close()
        for times in 1, 2:
            peer = socket.socket(family)
            peer.connect(address)
            self.assertEqual(['WORDS'], self.upper(peer))
            self.until(lambda: len(self.factory.lost) == times)
        self.assertEqual([error.ConnectionDone] * 2, self.factory.lost)
        stopped = []
        port.stopListening().addCallback(stopped.append)
        self.until(lambda: stopped)
        self.assertRaises(socket.error, socket.socket(family).connect, address)

    def test_a_port(self):
        self.adopted(socket.AF_INET, (LOOPBACK, 0))

    @unittest.skipUnless(socket.has_ipv6 and os.path.exists('/proc/net/if_inet6'), 'IPv6 is off')
    def test_a_port_of_ipv6(self):
        self.adopted(socket.AF_INET6, ('::1', 0))

    def test_a_port_with_a_name(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        self.adopted(socket.AF_UNIX, os.path.join(directory, 'port'))

    def test_its_own_socket_stays_open(self):
        """Whoever keeps it can serve on when the reactor does no more."""
        own = self.listening(socket.AF_INET, (LOOPBACK, 0))
        port = self.reactor.adoptStreamPort(own.fileno(), socket.AF_INET, self.factory)
        self.assertNotEqual(own.fileno(), port.fileno())
        stopped = []
        port.stopListening().addCallback(stopped.append)
        self.until(lambda: stopped)
        own.settimeout(SECONDS)
        peer = socket.create_connection(own.getsockname(), SECONDS)
        accepted = own.accept()[0]
        self.assertEqual(peer.getsockname(), accepted.getpeername())
        accepted.close()
        peer.close()

    def test_a_connection(self):
        with_whom = self.listening(socket.AF_INET, (LOOPBACK, 0))
        with_whom.settimeout(SECONDS)
        peer = socket.create_connection(with_whom.getsockname(), SECONDS)
        own = with_whom.accept()[0]
        own.setblocking(False)
        transport = self.reactor.adoptStreamConnection(own.fileno(), socket.AF_INET, self.factory)
        self.assertNotEqual(own.fileno(), transport.fileno())
        own.close()
        self.assertEqual(peer.getsockname(), (transport.getPeer().host, transport.getPeer().port))
        self.assertEqual(['WORDS'], self.upper(peer))
        self.until(lambda: self.factory.lost)
        self.assertEqual([error.ConnectionDone], self.factory.lost)

    def test_a_udp_port(self):
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        own.bind((LOOPBACK, 0))
        own.setblocking(False)
        address = own.getsockname()

        class Answering(DatagramProtocol):
            def datagramReceived(self, data, who):
                self.transport.write(data.upper(), who)

        self.reactor.adoptDatagramPort(own.fileno(), socket.AF_INET, Answering())
        own.close()

        def ask():
            peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            peer.settimeout(SECONDS)
            peer.sendto('words', address)
            answer = peer.recv(100)
            peer.close()
            return answer

        self.assertEqual(['WORDS'], self.peers(ask))

    def test_families_and_descriptors_that_are_none(self):
        for adopt in self.reactor.adoptStreamPort, self.reactor.adoptStreamConnection, self.reactor.adoptDatagramPort:
            self.assertRaises(error.UnsupportedAddressFamily, adopt, 0, 2 ** 16 - 1, self.factory)
        own = self.listening(socket.AF_INET, (LOOPBACK, 0))
        number = own.fileno()
        own.close()
        self.assertRaises(socket.error, self.reactor.adoptStreamPort, number, socket.AF_INET, self.factory)


if __name__ == '__main__':
    unittest.main()
