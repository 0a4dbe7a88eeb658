"""UDP ports of euryale.reactor: what Twisted's documents promise, and that odd cases are Twisted's own.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import errno
import socket
import unittest

from twisted.internet import error, udp
from twisted.internet.protocol import DatagramProtocol

from euryale.reactor import DatagramPort
from reactors import ReactorTest

LOOPBACK = '127.0.0.1'
SECONDS = 20


class Noting(DatagramProtocol):
    """Notes what it is told."""

    def __init__(self):
        self.got, self.refused = [], 0

    def datagramReceived(self, data, address):
        self.got.append((data, address))

    def connectionRefused(self):
        self.refused += 1


class UdpTest(ReactorTest):

    limit = SECONDS

    def port(self, protocol, interface=LOOPBACK, **settings):
        port = self.reactor.listenUDP(0, protocol, interface, **settings)

        def stop():
            ended = []
            stopping = port.stopListening()
            if stopping is not None:
                stopping.addCallback(ended.append)
                self.until(lambda: ended)

        self.addCleanup(stop)
        return port

    def peer(self, family=socket.AF_INET):
        peer = socket.socket(family, socket.SOCK_DGRAM)
        self.addCleanup(peer.close)
        peer.bind(('::1' if family == socket.AF_INET6 else LOOPBACK, 0))
        peer.settimeout(SECONDS)
        return peer

    def test_both_methods_are_java(self):
        port = self.port(Noting())
        self.assertIsInstance(port, udp.Port)
        self.assertFalse(hasattr(DatagramPort.doRead, 'im_func') and hasattr(DatagramPort.doRead.im_func, 'func_code'))

    def test_echo(self):
        class Echo(Noting):
            def datagramReceived(self, data, address):
                self.got.append(address)
                self.size = self.transport.write(data.upper(), address)

        echo, first, second = Echo(), self.peer(), self.peer()
        port = self.port(echo)
        for peer, text in (first, 'one \xe9'), (second, 'two'), (first, 'three'), (first, ''):
            count = len(echo.got)
            peer.sendto(text, (LOOPBACK, port.getHost().port))
            self.until(lambda: len(echo.got) > count)
            self.assertEqual((text.upper(), (LOOPBACK, port.getHost().port)), peer.recvfrom(100))
            self.assertEqual((peer.getsockname(), len(text)), (echo.got[-1], echo.size))

    def test_ipv6_addresses_have_two_parts(self):
        noting, peer = Noting(), self.peer(socket.AF_INET6)
        port = self.port(noting, '::1')
        for _ in range(2):
            peer.sendto('x', ('::1', port.getHost().port))
        self.until(lambda: len(noting.got) == 2)
        address = peer.getsockname()[:2]
        self.assertEqual([('x', address)] * 2, noting.got)
        port.write('back', address)
        self.assertEqual('back', peer.recv(100))

    def test_longer_than_maxPacketSize(self):
        noting, peer = Noting(), self.peer()
        port = self.port(noting, maxPacketSize=4)
        peer.sendto('123456', (LOOPBACK, port.getHost().port))
        self.until(lambda: noting.got)
        self.assertEqual('1234', noting.got[0][0])

    def test_what_a_protocol_raises_is_logged_with_its_name_and_the_next_one_comes(self):
        class Raising(Noting):
            def datagramReceived(self, data, address):
                self.got.append(data)
                raise KeyError(data)

        raising, peer = Raising(), self.peer()
        port = self.port(raising)
        for text in 'ab':
            peer.sendto(text, (LOOPBACK, port.getHost().port))
        self.until(lambda: len(raising.got) == 2)
        self.assertEqual([("'a'", 'Raising (UDP)'), ("'b'", 'Raising (UDP)')],
                         [(str(event['failure'].value), event['system']) for event in self.failures])

    def test_a_protocol_that_stops_its_port_gets_no_more(self):
        class Stopping(Noting):
            def datagramReceived(self, data, address):
                self.got.append(data)
                self.transport.connectionLost()

        stopping, peer = Stopping(), self.peer()
        port = self.port(stopping)
        for text in 'ab':
            peer.sendto(text, (LOOPBACK, port.getHost().port))
        self.until(lambda: stopping.got)
        self.reactor.iterate(0.05)
        self.assertEqual((['a'], []), (stopping.got, self.failures))

    def test_connected(self):
        noting, peer = Noting(), self.peer()
        port = self.port(noting)
        address = peer.getsockname()
        port.connect(*address)
        port.write('to whom it is connected')
        self.assertEqual('to whom it is connected', peer.recv(100))
        peer.close()
        port.write('refused')
        self.until(lambda: noting.refused)

    def test_what_write_refuses(self):
        port = self.port(Noting())
        self.assertRaises(error.InvalidAddressError, port.write, 'x', ('localhost', 1))
        self.assertRaises(error.InvalidAddressError, port.write, 'x', ('::1', 1))
        self.assertRaises(error.MessageLengthError, port.write, 'x' * 70000, (LOOPBACK, 1))
        self.assertRaises(error.MessageLengthError, port.write, 'x' * 65520, (LOOPBACK, 1))
        self.assertRaises(AssertionError, port.write, 'x')
        self.assertRaises(OverflowError, port.write, 'x', (LOOPBACK, 70000))
        self.assertRaises(TypeError, port.write)

    def test_nobody_there_is_no_error_of_an_unconnected_port(self):
        port, peer = self.port(Noting()), self.peer()
        address = peer.getsockname()
        peer.close()
        for _ in range(3):
            port.write('x', address)
            self.reactor.iterate(0)
        self.assertEqual([], self.failures)

    def test_a_socket_of_somebody_elses(self):
        class Odd(object):
            def recvfrom(self, size):
                raise socket.error(errno.EBADF, 'odd')

            def sendto(self, data, address):
                return 'odd'

        port = self.port(Noting())
        real, port.socket = port.socket, Odd()
        try:
            self.assertEqual('odd', port.write('x', (LOOPBACK, 1)))
            self.assertRaises(socket.error, port.doRead)
        finally:
            port.socket = real

    def test_group(self):
        noting = Noting()
        port = self.reactor.listenMulticast(0, noting)
        joined = []
        port.joinGroup('239.1.2.3', LOOPBACK).addBoth(joined.append)
        self.until(lambda: joined)
        port.setOutgoingInterface(LOOPBACK)
        port.write('to all', ('239.1.2.3', port.getHost().port))
        self.until(lambda: noting.got)
        self.assertEqual('to all', noting.got[0][0])
        ended = []
        port.stopListening().addCallback(ended.append)
        self.until(lambda: ended)


if __name__ == '__main__':
    unittest.main()
