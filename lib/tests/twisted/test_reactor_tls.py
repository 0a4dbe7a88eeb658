"""TLS on euryale.reactor, where data goes through Java and all else is Twisted's.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import collections
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import certificates
from OpenSSL import SSL
from reactors import ReactorTest
from twisted.internet import _newtls, _producer_helpers, error, interfaces, protocol, ssl, task
from twisted.internet.endpoints import TCP4ClientEndpoint, wrapClientTLS
from twisted.protocols import tls
from twisted.test.iosim import connectedServerAndClient
from zope.interface import implementer

import euryale.tls

LIMIT = 20


def server_options():
    with open(certificates.pair()) as f:
        return ssl.PrivateCertificate.loadPEM(f.read()).options()


def client_options(host=u'www.example.org', **options):
    with open(certificates.authority()) as f:
        root = ssl.Certificate.loadPEM(f.read())
    return ssl.optionsForClientTLS(host, ssl.trustRootFromCertificates([root]), **options)


class Recorder(protocol.Protocol):
    """Keeps what is said to it."""

    def __init__(self):
        self.pieces = []
        self.reason = None
        self.shaken = False
        self.echoes = False

    def dataReceived(self, data):
        self.pieces.append(data)
        if self.echoes:
            self.transport.write(data)

    def connectionLost(self, reason):
        self.reason = reason

    def data(self):
        return ''.join(self.pieces)


@implementer(interfaces.IHandshakeListener)
class Listener(Recorder):

    def handshakeCompleted(self):
        self.shaken = True


class Cases(object):
    """What holds for both classes, Twisted's and that of it with methods from Java."""

    kind = None
    limit = LIMIT

    def setUp(self):
        ReactorTest.setUp(self)
        for holder, name in (tls.TLSMemoryBIOFactory, 'protocol'), (_newtls, 'TLSMemoryBIOProtocol'):
            self.replace(holder, name, self.kind)

    def replace(self, holder, name, value):
        self.addCleanup(setattr, holder, name, getattr(holder, name))
        setattr(holder, name, value)

    def pair(self, server=None, client=None, server_factory=protocol.ServerFactory, client_factory=protocol.ClientFactory,
             recorder=Listener, wait=True):
        """Two ends that are connected by listenSSL and connectSSL.

        :param wait: True until they have shaken hands, False until they have ended; None not at all, and in place of the
            server's end there is a function that returns it
        """
        made = []

        def build(address):
            made.append(recorder())
            return made[-1]

        factory = server_factory()
        factory.buildProtocol = build
        factory.noisy = False
        port = self.reactor.listenSSL(0, factory, server or server_options(), interface='127.0.0.1')
        self.addCleanup(port.stopListening)
        other = recorder()
        client_side = client_factory()
        client_side.noisy = False
        client_side.buildProtocol = lambda address: other
        self.reactor.connectSSL('127.0.0.1', port.getHost().port, client_side, client or client_options())
        if wait:
            self.until(lambda: made and made[0].shaken and other.shaken)
            self.addCleanup(self.end, made[0], other)
        elif wait is None:
            return (lambda: made[0]), other
        else:
            self.until(lambda: made and made[0].reason and other.reason)
        return made[0], other

    def end(self, *ends):
        for each in ends:
            if each.reason is None:
                each.transport.abortConnection()
        self.until(lambda: all(each.reason for each in ends))

    def assert_exchange(self, one, other):
        one.transport.write('to the other')
        other.transport.writeSequence(['to', ' the ', 'one'])
        self.until(lambda: len(one.data()) == 10 and len(other.data()) == 12)
        self.assertEqual(('to the one', 'to the other'), (one.data(), other.data()))

    # ---------------------------------------------------------------- data

    def test_what_both_ends_are(self):
        for end in self.pair():
            self.assertIs(self.kind, end.transport.__class__)
            self.assertIsInstance(end.transport, euryale.tls.Twisted)
            self.assertEqual('TLSMemoryBIOProtocol', end.transport.__class__.__name__)
            for interface in interfaces.ITCPTransport, interfaces.ISystemHandle, interfaces.INegotiated:
                self.assertTrue(interface.providedBy(end.transport))

    def test_data_of_any_size_comes_in_order(self):
        server, client = self.pair()
        server.echoes = True
        sent = []
        for size in 1, 64, 16367, 16368, 16384, 16385, 70000, 300000:
            sent.append(os.urandom(size))
            client.transport.write(sent[-1])
        self.until(lambda: len(client.data()) == sum(map(len, sent)))
        self.assertTrue(''.join(sent) == client.data())

    def test_what_is_written_before_the_handshake_comes_after_it(self):
        class Early(Listener):
            def connectionMade(self):
                self.transport.write('early')

        server, client = self.pair(recorder=Early)
        self.until(lambda: server.data() and client.data())
        self.assertEqual(['early', 'early'], [server.data(), client.data()])
        server.transport.write(' and late')
        self.until(lambda: len(client.data()) > 5)
        self.assertEqual('early and late', client.data())

    def test_only_bytes_are_written(self):
        server, client = self.pair()
        self.assertRaises(TypeError, client.transport.write, u'text')
        self.assertRaises(TypeError, client.transport.write)
        client.transport.write('')
        client.transport.write(bytes='by name')
        self.until(lambda: server.data())
        self.assertEqual('by name', server.data())

    def test_a_program_that_raises_ends_its_own_connection(self):
        server, client = self.pair()

        def wrong(data):
            raise KeyError(data)

        server.dataReceived = wrong
        client.transport.write('x')
        self.until(lambda: server.reason and client.reason)
        self.assertIs(error.ConnectionLost, server.reason.type)     # the peer has not closed TLS: that comes first
        self.assertEqual([KeyError], [event['failure'].type for event in self.failures])

    def test_a_program_that_closes_in_a_call_gets_what_is_left(self):
        # Twisted's TLS gives the program what is there already, as its loop over records does.
        server, client = self.pair()
        first = []

        def close(data):
            first.append(data)
            server.transport.loseConnection()

        server.dataReceived = close
        client.transport.writeSequence(['a'])
        client.transport.write('b')
        client.transport.write('c')
        self.until(lambda: server.reason and client.reason)
        self.assertEqual(['a', 'b', 'c'], first)

    def test_a_program_that_aborts_in_a_call_gets_nothing_more(self):
        server, client = self.pair()
        got = []

        def abort(data):
            got.append(data)
            server.transport.abortConnection()

        server.dataReceived = abort
        client.transport.write('a')
        client.transport.write('b')
        self.until(lambda: server.reason and client.reason)
        self.assertEqual(['a'], got)
        self.assertIs(error.ConnectionLost, server.reason.type)     # as above

    # ---------------------------------------------------------------- programs that do more

    def test_methods_put_into_a_transport_are_called(self):
        server, client = self.pair()
        seen = []
        received, write = server.transport.dataReceived, client.transport.write
        server.transport.dataReceived = lambda data: (seen.append('received'), received(data))
        client.transport.write = lambda data: (seen.append('write'), write(data))
        client.transport.write('x')
        self.until(lambda: server.data())
        self.assertEqual(['write', 'received'], seen)

    def test_a_connection_of_the_programs_class_is_asked(self):
        seen = []

        class Own(SSL.Connection):
            def recv(self, *arguments):
                data = SSL.Connection.recv(self, *arguments)
                seen.append(data)
                return data

        class Creator(object):
            def __init__(self, context):
                self.context = context

        @implementer(interfaces.IOpenSSLServerConnectionCreator)
        class Server(Creator):
            def serverConnectionForTLS(self, tls_protocol):
                return Own(self.context, None)

        server, client = self.pair(server=Server(server_options().getContext()))
        self.assert_exchange(server, client)
        self.assertEqual(['to the one'], seen)

    def test_a_subclass_in_Python_and_a_factory_that_names_it(self):
        seen = []

        class Own(tls.TLSMemoryBIOProtocol):
            def write(self, data):
                seen.append(data)
                tls.TLSMemoryBIOProtocol.write(self, data)

        class Ours(self.kind):
            def _write(self, data):
                seen.append(data)
                super_write(self, data)

        super_write = self.kind._write.im_func
        for kind in Own, Ours:
            del seen[:]
            self.replace(tls.TLSMemoryBIOFactory, 'protocol', kind)
            server, client = self.pair()
            self.assertIsInstance(server.transport, kind)
            self.assert_exchange(server, client)
            self.assertEqual({'to the one', 'to the other'}, set(seen))

    def test_a_transport_below_that_is_none_of_ours(self):
        ends = []

        def end(is_client, options):
            def make():
                ends.append(Listener())
                factory = protocol.Factory.forProtocol(lambda: ends[-1])
                factory.noisy = False
                return tls.TLSMemoryBIOFactory(options, is_client, factory).buildProtocol(None)
            return make

        _, _, pump = connectedServerAndClient(end(False, server_options()), end(True, client_options()))
        pump.flush()
        server, client = ends
        self.assertTrue(server.shaken and client.shaken)
        self.assertIs(self.kind, server.transport.__class__)
        server.transport.write('down')
        client.transport.write('up')
        pump.flush()
        self.assertEqual(('up', 'down'), (server.data(), client.data()))

    def test_what_a_transport_has_not_is_that_of_the_one_below(self):
        server, client = self.pair()
        client.transport.setTcpNoDelay(True)
        self.assertTrue(client.transport.getTcpNoDelay())
        self.assertEqual(client.transport.getHost().port, server.transport.getPeer().port)
        self.assertRaises(AttributeError, getattr, client.transport, 'no_such_thing')
        self.assertFalse(hasattr(tls.TLSMemoryBIOFactory.protocol(None, None), '_tlsConnection'))

    # ---------------------------------------------------------------- what was agreed on

    def test_the_peers_certificate_the_protocol_and_the_handle(self):
        @implementer(interfaces.IProtocolNegotiationFactory)
        class Server(protocol.ServerFactory):
            def acceptableProtocols(self):
                return [b'http/1.1', b'h2']

        server, client = self.pair(server_factory=Server, client=client_options(acceptableProtocols=[b'h2', b'spdy/3']))
        self.assertEqual('localhost', client.transport.getPeerCertificate().get_subject().CN)
        self.assertIsNone(server.transport.getPeerCertificate())
        self.assertEqual(['h2', 'h2'], [end.transport.negotiatedProtocol for end in server, client])
        self.assertIsInstance(client.transport.getHandle(), SSL.Connection)
        self.assertEqual('TLSv1.3', client.transport.getHandle().get_protocol_version_name())
        self.assertEqual('www.example.org', server.transport.getHandle().get_servername())
        self.assertEqual('localhost', ssl.Certificate.peerFromTransport(client.transport).getSubject().CN)

    def test_a_certificate_of_nobody_that_is_trusted(self):
        with open(certificates.authority('other')) as f:
            root = ssl.trustRootFromCertificates([ssl.Certificate.loadPEM(f.read())])
        server, client = self.pair(client=ssl.optionsForClientTLS(u'www.example.org', root), wait=False)
        self.assertIs(SSL.Error, client.reason.type)
        self.assertEqual('certificate verify failed', client.reason.value.args[0][0][2])
        self.assertIs(SSL.Error, server.reason.type)
        self.assertFalse(server.shaken or client.shaken)

    def test_a_certificate_of_another_name(self):
        server, client = self.pair(client=client_options(u'elsewhere.example'), wait=False)
        self.assertEqual('VerificationError', client.reason.type.__name__)
        self.assertEqual('', server.data())

    # ---------------------------------------------------------------- the end

    def test_an_end_that_closes_waits_for_the_peers_word(self):
        server, client = self.pair()
        client.transport.write('last')
        client.transport.loseConnection()
        client.transport.write('too late')
        self.until(lambda: server.reason and client.reason)
        self.assertEqual('last', server.data())
        self.assertEqual([error.ConnectionDone] * 2, [server.reason.type, client.reason.type])

    def test_a_peer_that_goes_without_a_word(self):
        server, client = self.pair()
        client.transport.transport.loseConnection()
        self.until(lambda: server.reason and client.reason)
        self.assertIs(error.ConnectionLost, server.reason.type)

    def test_garbage_ends_the_connection_with_OpenSSLs_error(self):
        server, client = self.pair()
        client.transport.transport.write('no record at all')
        self.until(lambda: server.reason and client.reason)
        self.assertIs(SSL.Error, server.reason.type)

    # ---------------------------------------------------------------- producers

    def test_a_push_producer_is_paused_while_the_peer_does_not_read(self):
        server, client = self.pair()
        calls = []

        @implementer(interfaces.IPushProducer)
        class Producer(object):
            paused = False

            def pauseProducing(self):
                calls.append('pause')
                self.paused = True

            def resumeProducing(self):
                calls.append('resume')
                self.paused = False

            def stopProducing(self):
                calls.append('stop')

        producer = Producer()
        server.transport.pauseProducing()
        client.transport.registerProducer(producer, True)
        sent = 0
        while not producer.paused and sent < 64 << 20:
            client.transport.write('p' * 50000)
            sent += 50000
            self.reactor.iterate(0)
        self.assertEqual(['pause'], calls)
        server.transport.resumeProducing()
        self.until(lambda: len(server.data()) == sent)
        self.until(lambda: len(calls) == 2)
        self.assertEqual(['pause', 'resume'], calls)
        client.transport.loseConnection()
        client.transport.write('more')      # a producer's data is sent until it has done
        client.transport.unregisterProducer()
        self.until(lambda: server.reason and client.reason)
        self.assertEqual('more', server.data()[sent:])

    def test_a_pull_producer_is_asked_until_it_has_done(self):
        server, client = self.pair()

        @implementer(interfaces.IPullProducer)
        class Producer(object):
            left = 5

            def resumeProducing(self):
                client.transport.write('q' * 40000)
                self.left -= 1
                if not self.left:
                    client.transport.unregisterProducer()

            def stopProducing(self):
                pass

        # Twisted makes a push producer of it with the global cooperator.
        own = task.Cooperator(scheduler=lambda call: self.reactor.callLater(0, call))
        self.replace(_producer_helpers, 'cooperate', own.cooperate)
        client.transport.registerProducer(Producer(), False)
        self.until(lambda: len(server.data()) == 200000)

    # ---------------------------------------------------------------- startTLS, endpoints

    def test_startTLS_on_both_sides(self):
        class Starter(Listener):
            def __init__(self, options):
                Listener.__init__(self)
                self.options = options

            def dataReceived(self, data):
                if data == 'STARTTLS\n' and not self.pieces:
                    self.transport.write('go\n')
                    self.transport.startTLS(self.options)
                    self.pieces.append(data)
                elif data == 'go\n' and not self.pieces:
                    self.transport.startTLS(self.options)
                    self.transport.write('secret')
                    self.pieces.append(data)
                else:
                    Listener.dataReceived(self, data)

        server, client = Starter(server_options()), Starter(client_options())
        factory = protocol.ServerFactory()
        factory.noisy = False
        factory.buildProtocol = lambda address: server
        port = self.reactor.listenTCP(0, factory, interface='127.0.0.1')
        self.addCleanup(port.stopListening)
        factory = protocol.ClientFactory()
        factory.noisy = False
        factory.buildProtocol = lambda address: client
        self.reactor.connectTCP('127.0.0.1', port.getHost().port, factory)
        self.until(lambda: client.connected)
        self.addCleanup(self.end, server, client)
        client.transport.write('STARTTLS\n')
        self.until(lambda: server.shaken and client.shaken and len(server.pieces) == 2)
        self.assertEqual('secret', server.pieces[1])
        for end in server, client:
            self.assertIs(self.kind, end.transport.protocol.__class__)
            self.assertTrue(interfaces.ISSLTransport.providedBy(end.transport))
        self.assertEqual('localhost', client.transport.getPeerCertificate().get_subject().CN)
        server.transport.write('s' * 100000)
        client.transport.writeSequence(['c' * 50000] * 2)
        self.until(lambda: len(server.data()) + len(client.data()) == 200000 + len('STARTTLS\nsecretgo\n'))
        client.transport.loseConnection()
        self.until(lambda: server.reason and client.reason)
        self.assertEqual([error.ConnectionDone] * 2, [server.reason.type, client.reason.type])

    def test_the_endpoint_that_wraps_another(self):
        server, _ = self.pair()
        port = server.transport.getHost().port
        client = Listener()
        factory = protocol.Factory()
        factory.noisy = False
        factory.buildProtocol = lambda address: client
        wrapped = wrapClientTLS(client_options(), TCP4ClientEndpoint(self.reactor, '127.0.0.1', port))
        wrapped.connect(factory)
        self.until(lambda: client.shaken)
        self.assertIs(self.kind, client.transport.__class__)
        self.end(client)


class TwistedsTest(Cases, ReactorTest):
    kind = euryale.tls.Twisted


class JavaTest(Cases, ReactorTest):
    kind = euryale.tls.TLSMemoryBIOProtocol

    def test_a_message_is_one_call_and_no_other_Python(self):
        server, client = self.pair()
        self.assert_exchange(server, client)
        called = []
        for end in server, client:
            for name in '_flushReceiveBIO', '_flushSendBIO', '_write', '_checkHandshakeStatus':
                setattr(end.transport, name, lambda *arguments: called.append(name))
        del server.pieces[:]
        client.transport.write('m' * 4096)
        self.until(lambda: server.pieces)
        self.assertEqual(['m' * 4096], server.pieces)
        self.assertEqual([], called)

    def test_writes_of_other_threads_are_whole(self):
        # Twisted allows no such thing, and its own class tears them.
        server, client = self.pair()
        self.reactor.iterate(0)

        def write(piece):
            for _ in range(50):
                client.transport.write(piece)

        pieces = [letter * 1000 for letter in 'abcd']
        threads = [threading.Thread(target=write, args=(piece,)) for piece in pieces]
        for each in threads:
            each.start()
        self.until(lambda: len(server.data()) == 200000)
        for each in threads:
            each.join()
        self.assertEqual(dict.fromkeys(pieces, 50),
                         collections.Counter(server.data()[at:at + 1000] for at in range(0, 200000, 1000)))

    def test_with_a_trace_it_is_the_same(self):
        trace = os.path.join(tempfile.mkdtemp(), 'trace')
        self.addCleanup(shutil.rmtree, os.path.dirname(trace))
        environment = dict(os.environ, EURYALE_JAVA_OPTS='-Deuryale.trace=' + trace)
        test = 'test_reactor_tls.JavaTest.test_data_of_any_size_comes_in_order'
        child = subprocess.Popen([sys.executable, '-m', 'unittest', test], cwd=os.path.dirname(os.path.abspath(__file__)),
                                 env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = child.communicate()[0]
        self.assertEqual(0, child.returncode, said)
        with open(trace) as f:
            self.assertIn('_checkHandshakeStatus(', f.read())


class AsyncTest(Cases, ReactorTest):
    """The long work of handshakes goes on in the reactor's thread pool, as SSL_MODE_ASYNC lets it."""

    kind = euryale.tls.TLSMemoryBIOProtocol

    def setUp(self):
        Cases.setUp(self)
        pool = self.reactor.getThreadPool()
        pool.start()
        self.addCleanup(pool.stop)
        self.elsewhere = []
        self.replace(self.reactor, 'callInThread', self.call_in_thread)
        begin = SSL.Context.__init__

        def begin_asynchronous(context, method):
            begin(context, method)
            context.set_mode(0x100)

        self.replace(SSL.Context, '__init__', begin_asynchronous)

    def call_in_thread(self, call):
        self.elsewhere.append(call)
        self.reactor.__class__.callInThread(self.reactor, call)

    def test_the_reactor_goes_on_meanwhile(self):
        calls = []
        self.replace(self.reactor, 'callInThread', calls.append)
        server, client = self.pair(wait=None)
        self.until(lambda: calls)
        turns = []
        self.reactor.callLater(0, turns.append, 'later')
        self.until(lambda: turns)
        self.assertEqual((False, False), (server().shaken, client.shaken))
        while not server().shaken or not client.shaken:
            self.until(lambda: calls)
            calls.pop(0)()
            self.reactor.iterate(0)
        self.assert_exchange(server(), client)
        self.end(server(), client)

    def test_it_was_elsewhere(self):
        self.assert_exchange(*self.pair())
        self.assertGreaterEqual(len(self.elsewhere), 2)

    def test_an_end_that_is_lost_meanwhile(self):
        calls = []
        self.replace(self.reactor, 'callInThread', calls.append)
        server, client = self.pair(wait=None)
        self.until(lambda: calls)
        client.transport.abortConnection()
        self.until(lambda: client.reason and server().reason)
        self.assertEqual(error.ConnectionLost, server().reason.type)
        calls.pop()()
        self.reactor.iterate(0)
        self.assertFalse(server().shaken)


if __name__ == '__main__':
    unittest.main()
