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
from twisted.internet.protocol import Factory, Protocol
from twisted.protocols.basic import LineReceiver

from reactors import ReactorTest

LOOPBACK = '127.0.0.1'
SECONDS = 120
MEBI = 1 << 20


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


class PeersTest(ReactorTest):

    limit = SECONDS

    def port(self, protocol):
        port = self.reactor.listenTCP(0, Factory.forProtocol(protocol), interface=LOOPBACK)
        return port.getHost().port

    def peers(self, *tasks):
        """Runs the reactor until each task, in a thread of its own, has returned; what they returned."""
        results, left = [], [len(tasks)]

        def ended(result):
            results.append(result)
            left[0] -= 1

        def run(task):
            try:
                result = task()
            except Exception as e:
                result = e
            self.reactor.callFromThread(ended, result)

        for task in tasks:
            thread = threading.Thread(target=run, args=(task,))
            thread.setDaemon(True)
            thread.start()
        self.until(lambda: not left[0])
        return results

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

        def used():
            System.gc()
            return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / MEBI

        before = used()

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
        self.assertLess(used() - before, 32)


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
