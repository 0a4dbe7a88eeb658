"""Peers of Twisted's TLS that break off, stop or lie: others are served meanwhile, and nothing is left behind.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import errno
import os
import socket
import struct
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

from breaks import hang_up, places, reset
import certificates
from java.lang import Class
from OpenSSL import SSL
from reactors import ReactorTest
from test_reactor_tls import Recorder, client_options, server_options
from twisted.internet import error, protocol, ssl

LOOPBACK = '127.0.0.1'
SECONDS = 20
# Messages that a good connection exchanges while a bad one is there.
SERVED = 5

VERSIONS = (
    {'raiseMinimumTo': ssl.TLSVersion.TLSv1_2, 'lowerMaximumSecurityTo': ssl.TLSVersion.TLSv1_3},
    {'raiseMinimumTo': ssl.TLSVersion.TLSv1_3})


def certificate(path):
    with open(path) as f:
        return ssl.PrivateCertificate.loadPEM(f.read())


def authority():
    with open(certificates.authority()) as f:
        return ssl.Certificate.loadPEM(f.read())


def leased(options):
    """How many buffers connections of these options hold."""
    field = Class.getDeclaredField(Class.forName('org.euryale.jython.PyOpenSslContext'), 'tls')
    field.setAccessible(True)
    context = options.getContext() if isinstance(options, ssl.CertificateOptions) else options._ctx
    return field.get(context).pool().leased()


class Middle(object):
    """Passes on what a client and a server send, until it breaks their connections off."""

    def __init__(self, port, side=0, limit=1 << 20, breaks=None):
        self.port, self.side, self.limit, self.breaks = port, side, limit, breaks
        self.listener = socket.socket()
        self.listener.bind((LOOPBACK, 0))
        self.listener.listen(1)
        self.listener.setblocking(False)
        self.wire = []
        # What the client has sent, and the server.
        self.passed = ['', '']

    def turn(self):
        """Whether it goes on."""
        if not self.wire:
            try:
                client = self.listener.accept()[0]
            except socket.error as e:
                if e.errno != errno.EAGAIN:
                    raise
                return True
            self.wire = [client, socket.create_connection((LOOPBACK, self.port), SECONDS)]
            for each in self.wire:
                each.setblocking(False)
        for source in 0, 1:
            limit = self.limit if source == self.side else 1 << 20
            try:
                data = self.wire[source].recv(limit - len(self.passed[source]))
            except socket.error as e:
                if e.errno not in (errno.EAGAIN, errno.ECONNRESET):
                    raise
                continue
            self.passed[source] += data
            self.wire[1 - source].sendall(data)
        if self.breaks and len(self.passed[self.side]) >= self.limit:
            for each in self.wire:
                self.breaks(each)
            return False
        return True

    def close(self):
        for each in self.wire + [self.listener]:
            each.close()


class Caller(Recorder):
    """Says something when it is answered, again and again."""

    def __init__(self):
        Recorder.__init__(self)
        self.answers = 0

    def connectionMade(self):
        self.transport.write('x' * 100)

    def dataReceived(self, data):
        self.answers += len(data)
        if self.answers % 100 == 0:
            self.transport.write('x' * 100)


class Echo(Recorder):

    def __init__(self):
        Recorder.__init__(self)
        self.echoes = True


class BadInputTest(ReactorTest):

    limit = SECONDS

    def setUp(self):
        ReactorTest.setUp(self)
        self.caller = Caller()
        self.addCleanup(self.end)
        self.connect(self.caller, self.listen(server_options(), [])[0])
        self.assert_served()

    def end(self):
        if self.caller.reason is None:
            self.caller.transport.abortConnection()
        self.until(lambda: self.caller.reason)

    def listen(self, options, made):
        """(port, options, made) of a server whose protocols come into made."""
        factory = protocol.ServerFactory()
        factory.noisy = False

        def build(address):
            made.append(Echo())
            return made[-1]

        factory.buildProtocol = build
        port = self.reactor.listenSSL(0, factory, options, interface=LOOPBACK)
        self.addCleanup(port.stopListening)
        return port.getHost().port, options, made

    def connect(self, client, port, options=None):
        factory = protocol.ClientFactory()
        factory.noisy = False
        factory.buildProtocol = lambda address: client
        self.reactor.connectSSL(LOOPBACK, port, factory, options or client_options())

    def peer(self, port):
        """A plain socket to a server of ours."""
        peer = socket.create_connection((LOOPBACK, port), SECONDS)
        self.addCleanup(peer.close)
        return peer

    def assert_served(self):
        """A good connection is served, whoever else is there."""
        before = self.caller.answers
        self.until(lambda: self.caller.answers >= before + 100 * SERVED)

    def assert_ended(self, protocols, *kinds):
        self.until(lambda: all(each.reason for each in protocols))
        for each in protocols:
            self.assertIn(each.reason.type, kinds, each.reason)
        self.assertEqual([], self.failures)

    # ---------------------------------------------------------------- who breaks off

    def each_place(self, breaks, *kinds):
        for version in VERSIONS:
            own = certificate(certificates.pair())
            server = ssl.CertificateOptions(own.privateKey.original, own.original, **version)
            client = client_options(extraCertificateOptions=dict(version))
            port, _, made = self.listen(server, [])
            whole = self.through(Middle(port), client, made, None)
            before = len(os.listdir('/proc/self/fd'))
            for side in 0, 1:
                for place in places(whole.passed[side]):
                    self.through(Middle(port, side, place, breaks), client, made, kinds)
            self.assert_served()
            # A selector lets go of what was closed when it selects again.
            self.until(lambda: len(os.listdir('/proc/self/fd')) <= before)
            self.assertEqual([0, 0], [leased(each) for each in (client, server)])

    def through(self, middle, options, made, kinds):
        """Connects by a middle and says something; both ends are lost for one of the kinds."""
        try:
            del made[:]
            client = Caller()
            self.connect(client, middle.listener.getsockname()[1], options)
            if kinds is None:
                self.until(lambda: middle.turn() and client.answers >= 100)
                client.transport.abortConnection()
                made[0].transport.abortConnection()
                self.until(lambda: client.reason and made[0].reason)
            else:
                self.until(lambda: not middle.turn())
                self.until(lambda: made)
                self.assert_ended([client, made[0]], *kinds)
            return middle
        finally:
            middle.close()

    def test_a_connection_that_is_hung_up(self):
        self.each_place(hang_up, error.ConnectionLost)

    def test_a_connection_that_is_reset(self):
        self.each_place(reset, error.ConnectionLost)

    # ---------------------------------------------------------------- who stops

    def test_peers_that_say_nothing(self):
        port, options, made = self.listen(server_options(), [])
        peers = [self.peer(port) for _ in range(20)]
        self.until(lambda: len(made) == 20)
        self.assert_served()
        self.assertEqual([None] * 20, [each.reason for each in made])
        for each in peers:
            each.close()
        self.assert_ended(made, error.ConnectionLost)
        self.assertEqual(0, leased(options))

    def test_peers_that_say_half_of_something(self):
        port, options, made = self.listen(server_options(), [])
        hello = self.hello()
        peers = []
        for size in 1, 4, 5, 6, 50, len(hello) - 1:
            peers.append(self.peer(port))
            peers[-1].sendall(hello[:size])
        self.until(lambda: len(made) == len(peers))
        self.assert_served()
        self.assertEqual([None] * len(peers), [each.reason for each in made])
        for each in made[:3]:       # the program has no patience
            each.transport.abortConnection()
        for each in peers[3:]:
            each.close()
        self.assert_ended(made, error.ConnectionLost, error.ConnectionAborted)
        self.assertEqual(0, leased(options))

    @staticmethod
    def hello():
        client = SSL.Connection(SSL.Context(SSL.TLS_METHOD), None)
        client.set_connect_state()
        try:
            client.do_handshake()
        except SSL.WantReadError:
            return client.bio_read(65536)

    def test_a_peer_that_speaks_a_byte_at_a_time(self):
        port, options, made = self.listen(server_options(), [])
        peer = self.peer(port)
        peer.setblocking(False)
        client = SSL.Connection(SSL.Context(SSL.TLS_METHOD), None)
        client.set_connect_state()
        told, answered = [], []

        def turn():
            """A byte of what the client says, and what it is answered."""
            try:
                client.bio_write(peer.recv(1000))
            except socket.error as e:
                self.assertEqual(errno.EAGAIN, e.errno)
            try:
                if not told:
                    client.do_handshake()
                    client.send('a question')
                    told.append(True)
                answered.append(client.recv(100))
            except SSL.WantReadError:
                pass
            try:
                peer.sendall(client.bio_read(1))
            except SSL.WantReadError:
                pass
            return answered

        before = self.caller.answers
        self.until(turn)
        self.assertEqual(['a question'], answered)
        self.assertGreater(self.caller.answers, before + 100 * SERVED)
        peer.close()
        self.assert_ended(made, error.ConnectionLost)
        self.assertEqual(0, leased(options))

    # ---------------------------------------------------------------- who lies

    def test_what_is_no_handshake(self):
        port, options, made = self.listen(server_options(), [])
        hello = self.hello()
        for data in ('GET / HTTP/1.0\r\n\r\n', 'EHLO there\r\n', '\0' * 100, '\xff' * 100, os.urandom(1000),
                     struct.pack('>BHH', 22, 0x301, 0xffff), struct.pack('>BHH', 22, 0x303, 0x4801) + 'x' * 0x4801,
                     struct.pack('>BHH', 23, 0x303, 100) + 'x' * 100, struct.pack('>BHHBB', 21, 0x303, 2, 2, 40),
                     hello[:5] + '\2' + hello[6:], hello + hello):
            del made[:]
            peer = self.peer(port)
            peer.sendall(data)
            self.until(lambda: made)
            self.assert_ended(made, SSL.Error)
            peer.settimeout(SECONDS)
            try:
                while peer.recv(1000):
                    pass
            except socket.error as e:
                self.assertEqual(errno.ECONNRESET, e.errno)
        self.assert_served()
        self.assertEqual(0, leased(options))

    def test_alerts_in_place_of_a_server(self):
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind((LOOPBACK, 0))
        listener.listen(1)
        listener.settimeout(SECONDS)
        for number, reason in ((40, 'sslv3 alert handshake failure'), (48, 'tlsv1 alert unknown ca'),
                               (70, 'tlsv1 alert protocol version'), (80, 'tlsv1 alert internal error')):
            client = Recorder()
            self.connect(client, listener.getsockname()[1])
            self.until(lambda: client.transport)
            peer = listener.accept()[0]
            self.addCleanup(peer.close)
            peer.sendall(struct.pack('>BHHBB', 21, 0x303, 2, 2, number))
            self.assert_ended([client], SSL.Error)
            self.assertEqual([('SSL routines', 'ssl3_read_bytes', reason)], client.reason.value.args[0])
        self.assert_served()

    def test_what_is_no_record_behind_the_handshake(self):
        for data in ('no record at all', struct.pack('>BHH', 23, 0x303, 0x6000),
                     struct.pack('>BHH', 23, 0x303, 50) + 'x' * 50,
                     struct.pack('>BHHBB', 21, 0x303, 2, 2, 80)):
            port, options, made = self.listen(server_options(), [])
            client = Caller()
            self.connect(client, port)
            self.until(lambda: client.answers)
            client.transport.transport.write(data)
            self.assert_ended([made[0]], SSL.Error)
            self.until(lambda: client.reason)
            self.assertEqual(0, leased(options))
        self.assert_served()

    def bad(self, purpose):
        return (certificates.pair(purpose, days=-1), certificates.pair(purpose, signed_by='another'),
                certificates.self_signed())

    def test_a_servers_certificate(self):
        for path in self.bad('server') + (certificates.pair('client'),):
            for version in VERSIONS:
                port, options, made = self.listen(certificate(path).options(), [])
                client = Recorder()
                trusting = client_options(extraCertificateOptions=dict(version))
                self.connect(client, port, trusting)
                self.until(lambda: made)
                self.assert_ended([client, made[0]], SSL.Error)
                self.assertEqual('certificate verify failed', client.reason.value.args[0][0][2])
                self.assertEqual([0, 0], [leased(each) for each in (options, trusting)])
        self.assert_served()

    def test_a_clients_certificate(self):
        own = certificate(certificates.pair())
        for path in self.bad('client'):
            for version in VERSIONS:
                asking = ssl.CertificateOptions(own.privateKey.original, own.original, trustRoot=authority(), **version)
                port, options, made = self.listen(asking, [])
                client = Recorder()
                self.connect(client, port, client_options(clientCertificate=certificate(path)))
                self.until(lambda: made)
                self.assert_ended([client, made[0]], SSL.Error)
                self.assertEqual('certificate verify failed', made[0].reason.value.args[0][0][2])
        self.assert_served()


if __name__ == '__main__':
    unittest.main()
