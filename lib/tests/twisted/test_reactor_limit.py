"""What a listening port does when descriptors run out, on each reactor: it closes who waits, says so once, and goes on.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import select
import socket
import subprocess
import sys
import unittest

# Few descriptors, what is logged, and a protocol.
GREETER = '''
resource.setrlimit(resource.RLIMIT_NOFILE, (512, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
logged = []
log.addObserver(lambda event: logged.append(log.textFromEventDict(event) or ''))


class Greeter(protocol.Protocol):
    def connectionMade(self):
        self.transport.write('hello')
        self.transport.loseConnection()
'''

PROGRAM = '''
import errno, os, resource, socket, sys
if sys.argv[1] == 'euryale':
    from euryale import reactor
    reactor.install()
else:
    __import__('twisted.internet.%sreactor' % sys.argv[1], fromlist=['install']).install()
from twisted.internet import protocol, reactor
from twisted.python import log

''' + GREETER + '''
class Client(protocol.Protocol):
    data = ''

    def dataReceived(self, data):
        self.data += data

    def connectionLost(self, reason):
        ended(self.data)


def ended(data):
    print(repr(data))
    if data:
        reactor.stop()
        return
    for copy in copies:
        os.close(copy)
    connect()


def connect():
    reactor.connectTCP('127.0.0.1', port.getHost().port, clients)


def exhaust():
    while True:
        try:
            copies.append(os.dup(0))
        except OSError as e:
            print(errno.errorcode[e.errno])
            return


copies = []
server = protocol.ServerFactory()
server.protocol = Greeter
clients = protocol.ClientFactory()
clients.protocol = Client
port = reactor.listenTCP(0, server, interface='127.0.0.1')
connect()
reactor.callWhenRunning(exhaust)
reactor.callLater(20, reactor.stop)
reactor.run()
print(len([each for each in logged if 'EMFILE encountered' in each]))
'''


class EmfileTest(unittest.TestCase):

    def on(self, reactor):
        program = subprocess.Popen([sys.executable, '-c', PROGRAM, reactor],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(['EMFILE', "''", "'hello'", '1'], program.communicate()[0].splitlines())

    def test_euryale(self):
        self.on('euryale')

    def test_select(self):
        self.on('select')

    def test_poll(self):
        self.on('poll')

    def test_epoll(self):
        self.on('epoll')


# A server that is told on standard input to take all descriptors, and to free them. Its reactor asks its clock whenever it does
# something, at least once for a try to accept, and is told how often it shall before it is told how long that took.
SERVER = '''
import errno, os, resource
from java.time import Instant
from euryale import reactor
reactor.install()
from twisted.internet import protocol, reactor, stdio
from twisted.protocols.basic import LineReceiver
from twisted.python import log

''' + GREETER + '''
class Orders(LineReceiver):
    delimiter = '\\n'
    copies = ()
    left = 0

    def connectionMade(self):
        reactor.seconds = self.seconds
        self.sendLine(str(port.getHost().port))

    def lineReceived(self, line):
        getattr(self, line.split()[0])(*line.split()[1:])

    def connectionLost(self, reason):
        if reactor.running:
            reactor.stop()

    def exhaust(self):
        self.copies = []
        while True:
            try:
                self.copies.append(os.dup(0))
            except OSError as e:
                self.sendLine(errno.errorcode[e.errno])
                return

    def free(self):
        for copy in self.copies:
            os.close(copy)
        self.sendLine('free')

    def messages(self):
        self.sendLine(str(len([each for each in logged if 'EMFILE encountered' in each])))

    def asked(self, times):
        self.left, self.since = int(times), self.seconds()

    def seconds(self):
        now = Instant.now()     # time.time() stands still for a millisecond
        now = now.getEpochSecond() + now.getNano() * 1e-9
        self.left -= 1
        if self.left == 0:
            self.sendLine(repr(now - self.since))
        return now


server = protocol.ServerFactory()
server.protocol = Greeter
port = reactor.listenTCP(0, server, interface='127.0.0.1')
stdio.StandardIO(Orders())
reactor.callLater(240, os._exit, 1)
reactor.run()
'''


class ShortageTest(unittest.TestCase):
    """Euryale's reactor while descriptors are short, for longer than its listener waits before it tries again."""

    # How often the clock is asked for one try, at most, and the seconds from one to the next.
    asked = 5
    tries = 4
    pause = 0.1

    def setUp(self):
        self.server = subprocess.Popen([sys.executable, '-c', SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.stdin.close)
        self.address = '127.0.0.1', int(self.server.stdout.readline())
        self.waiting = []

    def order(self, line):
        self.server.stdin.write(line + '\n')
        self.server.stdin.flush()
        return self.server.stdout.readline().strip()

    def client(self):
        client = socket.create_connection(self.address, 60)
        self.addCleanup(client.close)
        return client

    def received(self, client):
        data = ''.join(iter(lambda: client.recv(100), ''))
        client.close()
        return data

    def shortage(self, messages):
        self.assertEqual('EMFILE', self.order('exhaust'))
        self.assertEqual('', self.received(self.client()))
        self.assertEqual(messages, self.order('messages'))      # an order is looked at when all are closed who were there
        waiting = []
        for wave in range(3):
            waiting += [self.client() for _ in range(4)]
            # So many tries take as many pauses, or it does not pause. The first may be under way; an order takes a turn, too.
            elapsed = float(self.order('asked %d' % (self.asked * (self.tries + 1))))
            self.assertGreater(elapsed, (self.tries - 1) * self.pause)
            self.assertEqual([], select.select(waiting, [], [], 0)[0])
            self.assertEqual(messages, self.order('messages'))
        self.assertEqual('free', self.order('free'))
        self.assertEqual(12 * ['hello'], map(self.received, waiting))

    def test_those_who_come_wait_and_one_message_tells_of_it(self):
        self.assertEqual('hello', self.received(self.client()))
        self.shortage('1')
        self.assertEqual('hello', self.received(self.client()))
        self.shortage('2')


if __name__ == '__main__':
    unittest.main()
