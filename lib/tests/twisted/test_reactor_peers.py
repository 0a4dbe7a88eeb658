"""Peers of euryale.reactor that are slow or send without end, and two reactors at once in one JVM.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import socket
import sys
import threading
import unittest

from java.lang import Runtime, System
from org.python.core import PyStringMap, PySystemState
from org.python.util import PythonInterpreter
from twisted.internet.protocol import Protocol
from twisted.protocols.basic import LineReceiver

from reactors import ReactorTest

LOOPBACK = '127.0.0.1'
SECONDS = 120
MEBI = 1 << 20
PIECE = 'x' * (MEBI / 16)


class Echo(Protocol):
    def dataReceived(self, data):
        self.transport.write(data)


class Line(LineReceiver):
    def lineReceived(self, line):
        self.sendLine('got ' + line)


class Count(Protocol):
    total = 0

    def dataReceived(self, data):
        Count.total += len(data)


class Endless(Protocol):
    """Writes until it is paused."""

    written, paused = 0, False

    def connectionMade(self):
        self.transport.registerProducer(self, True)
        self.resumeProducing()

    def resumeProducing(self):
        Endless.paused = False
        self.more()

    def more(self):
        if not Endless.paused:
            Endless.written += len(PIECE)
            self.transport.write(PIECE)
            self.factory.reactor.callLater(0, self.more)

    def pauseProducing(self):
        Endless.paused = True

    def stopProducing(self):
        Endless.paused = True


class PeersTest(ReactorTest):

    limit = SECONDS

    @staticmethod
    def used():
        """MiB of the heap."""
        System.gc()
        return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / MEBI

    def test_one_that_trickles_holds_nobody_up(self):
        slow = socket.create_connection((LOOPBACK, self.port(Line)), SECONDS)
        fast = socket.create_connection((LOOPBACK, self.port(Echo)), SECONDS)
        self.addCleanup(slow.close)
        self.addCleanup(fast.close)
        over = threading.Event()

        def trickle():
            for byte in 'a byte at a time\r\n':
                slow.sendall(byte)
                over.wait(0.1)
            answer = slow.makefile().readline()
            over.set()
            return answer

        def talk():
            trips = 0
            while not over.isSet():
                fast.sendall('x')
                if fast.recv(1) != 'x':
                    return 'cut off'
                trips += 1
            return trips > 50 or trips

        self.assertEqual(sorted(['got a byte at a time\r\n', True]), sorted(self.peers(trickle, talk)))

    def test_one_that_sends_a_gibibyte_leaves_memory_as_it_was(self):
        port, piece = self.port(Count), 'x' * MEBI
        Count.total = 0

        before = self.used()

        def send():
            peer = socket.create_connection((LOOPBACK, port), SECONDS)
            for _ in range(1024):
                peer.sendall(piece)
            peer.shutdown(socket.SHUT_WR)
            end = peer.recv(1)
            peer.close()
            return end

        self.assertEqual([''], self.peers(send))
        self.assertEqual(1024 * MEBI, Count.total)
        self.assertLess(self.used() - before, 32)

    def test_one_that_never_reads_pauses_the_producer_and_memory_stays_as_it_was(self):
        before = self.used()
        peer = socket.create_connection((LOOPBACK, self.port(Endless)), SECONDS)
        self.addCleanup(peer.close)
        self.until(lambda: Endless.paused)
        written = Endless.written
        for _ in range(100):
            self.reactor.iterate(0)
        self.assertEqual(written, Endless.written)
        self.assertLess(self.used() - before, 16)

        # Who reads after all gets everything, and the producer goes on.
        def read():
            left = 4 * written
            while left > 0:
                left -= len(peer.recv(MEBI))
            return 'all'

        self.assertEqual(['all'], self.peers(read))
        self.assertLess(self.used() - before, 16)


class TwoReactorsTest(unittest.TestCase):
    """Each in an interpreter and a thread of its own, as an application that embeds two servers has them."""

    PROGRAM = '''
import sys
sys.path[:] = path
from euryale import reactor as euryale_reactor
euryale_reactor.install()
from twisted.internet import defer, endpoints, protocol, reactor, task

class Echo(protocol.Protocol):
    def dataReceived(self, data):
        self.transport.write(name + data)

class Ask(protocol.Protocol):
    def connectionMade(self):
        self.answers, self.done = '', defer.Deferred()
        self.transport.write('.')

    def dataReceived(self, data):
        self.answers += data
        if len(self.answers) < 2000:
            self.transport.write('.')
        else:
            self.transport.loseConnection()

    def connectionLost(self, reason):
        self.done.callback(self.answers)

port = reactor.listenTCP(0, protocol.Factory.forProtocol(Echo), interface='127.0.0.1')
result = []

@defer.inlineCallbacks
def talk():
    ports.put((name, port.getHost().port))
    others = yield other()
    asking = yield endpoints.TCP4ClientEndpoint(reactor, '127.0.0.1', others).connect(
        protocol.Factory.forProtocol(Ask))
    result.append((yield asking.done))
    done.countDown()
    # The other one may still be asking.
    while done.getCount():
        yield task.deferLater(reactor, 0.01, lambda: None)
    reactor.stop()

def other():
    found = dict(ports)
    for key in found:
        if key != name:
            return found[key]
    return task.deferLater(reactor, 0.01, other)

reactor.callWhenRunning(lambda: talk().addErrback(lambda reason: (result.append(reason), reactor.stop())))
reactor.run(installSignalHandlers=False)
'''

    def test_in_two_interpreters_they_serve_each_other(self):
        from java.util.concurrent import ConcurrentHashMap, CountDownLatch
        ports, done, results = ConcurrentHashMap(), CountDownLatch(2), {}

        class Ports(object):
            def put(self, entry):
                ports.put(*entry)

            def __iter__(self):
                return iter([(entry.getKey(), entry.getValue()) for entry in ports.entrySet()])

        def run(name):
            interpreter = PythonInterpreter(PyStringMap(), PySystemState())
            try:
                for key, value in ('name', name), ('ports', Ports()), ('done', done), ('path', list(sys.path)):
                    interpreter.set(key, value)
                getattr(interpreter, "exec")(self.PROGRAM)
                results[name] = str(interpreter.eval("''.join(map(str, result))"))
            finally:
                interpreter.close()

        threads = [threading.Thread(target=run, args=(name,)) for name in ('one', 'two')]
        for thread in threads:
            thread.setDaemon(True)
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
            self.assertFalse(thread.isAlive())
        self.assertEqual({'one': ('two.' * 500), 'two': ('one.' * 500)}, results)


if __name__ == '__main__':
    unittest.main()
