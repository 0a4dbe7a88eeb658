"""What programs do with euryale.reactor and its transports besides calling their methods.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import contextlib
import socket
import unittest

from twisted.internet import abstract
from twisted.internet import task
from twisted.internet import tcp
from twisted.internet.protocol import ClientFactory, Protocol
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory

from euryale.reactor import Server

from reactors import ReactorTest

SECONDS = 60


def said(port, what):
    """What a server answers, up to its end, as a task of peers()."""
    def talk():
        peer = socket.create_connection(('127.0.0.1', port), SECONDS)
        peer.sendall(what)
        answer = ''
        while True:
            piece = peer.recv(4096)
            if not piece:
                peer.close()
                return answer
            answer += piece
    return talk


@contextlib.contextmanager
def replaced(cls, name):
    """The calls of a method, which is replaced by one that calls it."""
    original = vars(cls)[name]
    calls = []

    def replacement(*arguments, **keywords):
        calls.append(arguments)
        return original(*arguments, **keywords)

    setattr(cls, name, replacement)
    try:
        yield calls
    finally:
        setattr(cls, name, original)


class Quiet(ClientFactory):
    noisy = False


class Last(Protocol):
    """Answers once, by what a test makes of it."""

    def dataReceived(self, data):
        self.answer(data)
        self.transport.loseConnection()

    def answer(self, data):
        self.transport.write(data)


class ProgramsTest(ReactorTest):

    def answer(self, protocol, *wrapped):
        return self.peers(said(self.port(protocol, *wrapped), 'data'))

    def test_methods_are_patched_on_a_transport(self):
        class Patching(Last):
            def connectionMade(self):
                write = self.transport.write
                self.transport.write = lambda data: write(data.upper())

        self.assertEqual(['DATA'], self.answer(Patching))
        self.assertEqual(['data'], self.answer(Last))

    def test_methods_are_patched_on_its_class(self):
        class Patching(Last):
            def connectionMade(self):
                self.kind = type(self.transport)
                write = self.kind.write
                self.kind.write = lambda transport, data: write(transport, data.upper())

            def connectionLost(self, reason):
                del self.kind.write
                self.kind.write = stock

        kinds = []

        class Seeing(Last):
            def connectionMade(self):
                kinds.append(type(self.transport))

        self.assertEqual(['data'], self.answer(Seeing))
        stock = vars(kinds[0])['write']
        self.assertEqual(['DATA'], self.answer(Patching))
        self.assertEqual(['data'], self.answer(Last))

    def test_methods_are_patched_on_classes_of_twisteds(self):
        """From the next connection on, and until they are put back."""
        for cls, name in ((abstract.FileDescriptor, 'write'), (abstract.FileDescriptor, 'loseConnection'),
                          (tcp.Connection, 'doRead'), (tcp.Connection, 'connectionLost'), (tcp.Server, '__init__')):
            kinds = []

            class Seeing(Last):
                def connectionMade(self):
                    kinds.append(type(self.transport))

            self.assertEqual(['data'], self.answer(Seeing))
            with replaced(cls, name) as calls:
                self.assertEqual(['data'], self.answer(Seeing))
            self.assertEqual(['data'], self.answer(Seeing))
            self.assertEqual([1, Server, tcp.Server, Server], [len(calls)] + kinds, name)

    def test_methods_are_patched_on_classes_of_a_client(self):
        lost = []

        class Telling(Last):
            def connectionMade(self):
                self.transport.write('data')

            def connectionLost(self, reason):
                lost.append(self.transport)

        with replaced(tcp.Connection, 'doRead') as calls:
            self.reactor.connectTCP('127.0.0.1', self.port(Last), Quiet.forProtocol(Telling))
            self.until(lambda: lost)
        self.assertIs(tcp.Client, type(lost[0]))
        self.assertEqual({tcp.Client, tcp.Server}, {type(transport) for transport, in calls})

    def test_attributes_and_the_socket_of_a_transport(self):
        class Asking(Last):
            def connectionMade(self):
                self.transport.mine = 'mine '

            def answer(self, data):
                peer = self.transport.getPeer()
                same = self.transport.socket.getpeername() == (peer.host, peer.port)
                same = same and self.transport.getHandle() is self.transport.socket
                self.transport.write(self.transport.mine + str(same))

        self.assertEqual(['mine True'], self.answer(Asking))

    def test_a_policy_between_transport_and_protocol(self):
        class Doubling(ProtocolWrapper):
            def write(self, data):
                ProtocolWrapper.write(self, data + data)

        class Policy(WrappingFactory):
            protocol = Doubling

        self.assertEqual(['datadata'], self.answer(Last, Policy))

    def test_callLater_is_replaced(self):
        clock = task.Clock()
        self.reactor.callLater = clock.callLater
        fired = []
        task.deferLater(self.reactor, 3, fired.append, 'later')
        lost = []

        class Lost(ClientFactory):
            def clientConnectionFailed(self, connector, reason):
                lost.append(reason)

        connector = self.reactor.connectTCP('127.0.0.1', self.port(Last), Lost(), timeout=5)
        self.assertEqual([3, 5], sorted(call.getTime() for call in clock.getDelayedCalls())[-2:])
        connector.disconnect()
        clock.advance(3)
        self.assertEqual(['later'], fired)
        self.assertEqual(1, len(lost))

    def test_what_cannot_be_written(self):
        said = []

        class Wrong(Last):
            def answer(self, data):
                for write, what in ((self.transport.write, 1.5), (self.transport.writeSequence, [None]),
                                    (self.transport.writeSequence, [bytearray('x'), 5])):
                    try:
                        write(what)
                    except TypeError as e:
                        said.append(str(e))
                self.transport.abortConnection()

        self.answer(Wrong)
        self.assertEqual(["object of type '%s' has no len()" % name for name in ('float', 'NoneType', 'int')], said)

    def test_what_is_empty_is_nothing(self):
        class Nothing(Last):
            def answer(self, data):
                self.transport.write(None)
                self.transport.writeSequence(['', 'da', '', 'ta'])

        self.assertEqual(['data'], self.answer(Nothing))

    def test_a_handler_that_fills_the_stack_of_its_thread_ends_its_own_connection(self):
        class Deep(Last):
            def answer(self, data):
                nested = ()
                for _ in xrange(200 * 1000):
                    nested = (nested,)
                hash(nested)        # which has a call of Java for each, and none of Python whose depth has a limit

        self.assertEqual([''], self.answer(Deep))
        self.assertEqual(['data'], self.answer(Last))
        failure, = [event['failure'] for event in self.failures]
        self.assertIn('StackOverflowError', failure.getErrorMessage())


if __name__ == '__main__':
    unittest.main()
