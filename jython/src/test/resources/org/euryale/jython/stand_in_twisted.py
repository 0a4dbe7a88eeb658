# The least of Twisted that TwistedReactor needs, so that its Java is tested by itself.
import socket
import threading

from org.euryale.jython import TwistedReactor

logged = []


class Failure(object):
    def __init__(self, value):
        self.value = value

    def check(self, kind):
        return self.value == kind()


class TwistedTransport(object):
    repstr = 'a transport'
    __repr__ = lambda self: self.repstr

    def _closeSocket(self, orderly):
        self.socket.close()

    def readConnectionLost(self, reason):
        self.connectionLost(reason)

    def _closeWriteConnection(self):
        pass


class Transport(TwistedTransport):
    pass


class DelayedCall(object):
    debug = False


class AlreadyCalled(Exception):
    pass


class AlreadyCancelled(Exception):
    pass


class Names(object):
    done, lost, noDescriptor = Failure('done'), Failure('lost'), Failure('no descriptor')
    aborted = staticmethod(lambda: 'aborted')
    overrun = None
    failure = Failure
    logError = staticmethod(lambda type, value, traceback: logged.append(value))
    logCreator = stack = exhausted = warnOfResult = None
    prefix = staticmethod(lambda transport, protocol: 'prefix of %d' % transport.sessionno)
    name = staticmethod(lambda transport, protocol: 'name of %d' % transport.sessionno)
    named = staticmethod(lambda whom: whom)
    server = client = Transport
    twistedServer = TwistedTransport
    delayedCall = DelayedCall
    ipv4 = staticmethod(lambda kind, host, port: (kind, host, port))
    ipv6 = None
    socket = socket.socket
    alreadyCalled = AlreadyCalled
    alreadyCancelled = AlreadyCancelled


TwistedReactor.transports(Transport, TwistedTransport)
Transport.connectionLost = Transport.__dict__['_ended']
TwistedReactor.delayedCalls(DelayedCall)


class Reactor(object):
    def __init__(self):
        self.core = TwistedReactor(self, Names)
        self.later = self.core.callLater()
        self.soon = self.core.callFromThread()

    def until(self, condition):
        for i in range(3000):
            if condition():
                return
            self.core.iterate(0.01)
        raise AssertionError('it never came to be')


class Protocol(object):
    """Notes what it is told; answers what `answer` makes of a message."""

    transport = None

    def __init__(self):
        self.data, self.reasons = '', []

    def makeConnection(self, transport):
        self.transport = transport

    def dataReceived(self, data):
        self.data += data
        answer = self.answer(data)
        if answer:
            self.transport.write(answer)

    def answer(self, data):
        return None

    def connectionLost(self, reason):
        self.reasons.append(reason.value)


class Port(object):
    transport = Transport
    sessionno = 0
    _realPortNumber = 0

    def __init__(self, reactor, make=Protocol):
        self.reactor, self.make, self.protocols = reactor, make, []
        self.socket = socket.socket()
        self.socket.bind(('127.0.0.1', 0))
        self.socket.listen(100)
        self.factory = self
        self.fileno = self.socket.fileno
        reactor.core.addReader(self)

    def _acceptsInJava(self):
        return True

    def buildProtocol(self, address):
        self.protocols.append(self.make())
        return self.protocols[-1]

    def connection(self, make=None):
        """A protocol with a connection, and its peer."""
        self.make = make or self.make
        count = len(self.protocols)
        peer = socket.create_connection(self.socket.getsockname())
        peer.settimeout(20)
        self.reactor.until(lambda: len(self.protocols) > count and self.protocols[-1].transport is not None)
        return self.protocols[-1], peer


def receive(peer, count):
    """So many bytes, or what comes before the end; the reactor turns meanwhile."""
    peer.setblocking(0)
    pieces = []

    def enough():
        try:
            while True:
                piece = peer.recv(65536)
                pieces.append(piece)
                if not piece:
                    return True
        except socket.error as e:
            if e.errno == 104:
                pieces.append('<reset>')
                return True
        return sum(map(len, pieces)) >= count

    reactor.until(enough)
    return ''.join(pieces)


reactor = Reactor()
port = Port(reactor)
