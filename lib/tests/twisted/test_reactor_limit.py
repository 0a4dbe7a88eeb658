"""What a listening port does when descriptors run out, on each reactor: it closes who waits, says so once, and goes on.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import subprocess
import sys
import unittest

PROGRAM = '''
import errno, os, resource, socket, sys
if sys.argv[1] == 'euryale':
    from euryale import reactor
    reactor.install()
else:
    __import__('twisted.internet.%sreactor' % sys.argv[1], fromlist=['install']).install()
from twisted.internet import protocol, reactor
from twisted.python import log

resource.setrlimit(resource.RLIMIT_NOFILE, (512, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
logged = []
log.addObserver(lambda event: logged.append(log.textFromEventDict(event) or ''))


class Greeter(protocol.Protocol):
    def connectionMade(self):
        self.transport.write('hello')
        self.transport.loseConnection()


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


if __name__ == '__main__':
    unittest.main()
