"""A Twisted reactor whose loop, timers, TCP connections and UDP ports are Java.

    from euryale import reactor
    reactor.install()

before anything imports twisted.internet.reactor; or --reactor euryale on twistd's command line.
What it does not do in Java (UNIX datagrams, foreign descriptors, clients until they are connected)
are Twisted's own classes, over addReader and addWriter.

Transports are objects of the classes Server and Client below, which are Twisted's with their hot
methods from Java. A subclass in Python of twisted.internet.tcp's own works as anywhere, and while
functions of that module's classes are replaced transports are Twisted's own.
"""

import os as _os
import socket as _socket
import traceback as _traceback

from zope.interface import implementedBy as _implementedBy, implementer as _implementer, providedBy as _providedBy
from zope.interface.interface import adapter_hooks as _hooks

from twisted.internet import base as _base
from twisted.internet import error as _error
from twisted.internet import main as _main
from twisted.internet import posixbase as _posixbase
from twisted.internet import tcp as _tcp
from twisted.internet import udp as _udp
from twisted.internet import unix as _unix
from twisted.internet.address import IPv4Address as _IPv4Address, IPv6Address as _IPv6Address
from twisted.internet.interfaces import (
    IDelayedCall as _IDelayedCall, IHalfCloseableProtocol as _Half, IReactorFDSet as _IReactorFDSet)
from twisted.python import context as _context
from twisted.python import deprecate as _deprecate
from twisted.python import failure as _failure
from twisted.python import log as _log
from twisted.python import versions as _versions
from twisted.python.components import globalRegistry as _registry
from twisted.python.runtime import seconds as _seconds

from org.euryale.jython import TwistedReactor as _TwistedReactor

try:
    from twisted.internet import _newtls
except ImportError:     # there is no OpenSSL
    _tls = None
else:
    from euryale import tls as _tls

__all__ = ['EuryaleReactor', 'install']

_INTERNET = (_socket.AF_INET, _socket.AF_INET6)


def _logError(type, value, traceback):
    """What Java calls when a program's function has raised."""
    _log.err(_failure.Failure(value, type, traceback))


# ---------------------------------------------------------------- transports

# The reason of most ends.
_done = _failure.Failure(_main.CONNECTION_DONE)

# Classes of protocols whose objects zope.interface found not to be half-closeable, with the class's declaration and the
# registry's count of changes then. A profile of short connections had a seventh of it in asking for each.
_whole = {}


def _wholly(protocol):
    """Whether it is known that a protocol neither provides IHalfCloseableProtocol nor is adapted to it."""
    cls = protocol.__class__
    declared, generation = _whole.get(cls, (None, None))
    if (declared is not None and generation == _registry._generation and len(_hooks) == 1
            and getattr(cls, '__implemented__', None) is declared and not declared.isOrExtends(_Half)
            and '__provides__' not in protocol.__dict__ and '__conform__' not in protocol.__dict__):
        return True
    _whole.pop(cls, None)
    declared = _implementedBy(cls)
    if (_Half(protocol, None) is None and _providedBy(protocol) is declared
            and hasattr(protocol, '__dict__') and not hasattr(protocol, '__conform__')):
        if len(_whole) >= 256:      # of a program that makes classes all the time
            _whole.clear()
        _whole[cls] = declared, _registry._generation
        return True
    return False


class _Transport(object):
    """What Server and Client do otherwise than Twisted's."""

    if _tls is not None:
        def startTLS(self, ctx, normal=True):
            """See ITLSTransport."""
            _tls.startTLS(self, ctx, normal)

    def readConnectionLost(self, reason):
        """As Twisted's, but zope.interface is asked once a class whether its objects are half-closeable."""
        if _wholly(self.protocol):
            self.connectionLost(reason)
        else:
            _tcp.Connection.readConnectionLost.im_func(self, reason)


class Server(_Transport, _tcp.Server):
    """An accepted connection."""

    def __init__(self, sock, protocol, client, server, sessionno, reactor):
        # Of an adopted socket; what the port accepts is made in Java.
        self.socket = sock
        _TwistedReactor.establish(reactor._core, self)
        _tcp.Server.__init__(self, sock, protocol, client, server, sessionno, reactor)

    @property
    def _addressType(self):
        return _IPv4Address if len(self.client) == 2 else _IPv6Address

    @_addressType.setter
    def _addressType(self, cls):
        pass        # follows from the address


class _Connection(object):
    """What a client calls by way of its class attribute _commonConnection."""

    __init__ = staticmethod(_tcp.Connection.__init__.im_func)
    connectionLost = staticmethod(lambda transport, reason: transport._ended(reason))


class Client(_Transport, _tcp.Client):
    """A connection that was made here. Twisted's code connects it, Java serves it from then on."""

    _commonConnection = _Connection

    def _connectDone(self):
        _TwistedReactor.establish(self.reactor._core, self)
        _tcp.Client._connectDone(self)


_TwistedReactor.transports(Server, _tcp.Server)
Server.connectionLost = Server.__dict__['_ended']
_TwistedReactor.transports(Client, _tcp.Client)


class _UNIXTransport(_Transport):
    """What UNIX transports do otherwise than Twisted's."""

    def _beside(self, ancillary):
        """What Twisted's doRead does with what came beside the bytes."""
        for level, type, data in ancillary:
            if (level, type) == (_socket.SOL_SOCKET, _unix.sendmsg.SCM_RIGHTS):
                self._ancillaryLevelSOLSOCKETTypeSCMRIGHTS(data)
            else:
                _log.msg(format='%(protocolName)s (on %(hostAddress)r) received unsupported ancillary data '
                                '(level=%(cmsgLevel)r, type=%(cmsgType)r) from %(peerAddress)r.',
                         hostAddress=self.getHost(), peerAddress=self.getPeer(),
                         protocolName=self._getLogPrefix(self.protocol), cmsgLevel=level, cmsgType=type)


class UNIXServer(_UNIXTransport, _unix.Server):
    """An accepted UNIX connection."""

    def __init__(self, sock, protocol, client, server, sessionno, reactor):
        self.socket = sock
        _TwistedReactor.establish(reactor._core, self)
        _unix.Server.__init__(self, sock, protocol, client, server, sessionno, reactor)


class UNIXClient(_UNIXTransport, _unix.Client):
    """A UNIX connection that was made here."""

    _commonConnection = _Connection

    def _connectDone(self):
        _TwistedReactor.establish(self.reactor._core, self)
        _unix.Client._connectDone(self)


for _class, _original in (UNIXServer, _unix.Server), (UNIXClient, _unix.Client):
    _TwistedReactor.transports(_class, _original)
    if _unix.sendmsg:
        _TwistedReactor.unixTransports(_class)
UNIXServer.connectionLost = UNIXServer.__dict__['_ended']
del _class, _original


class UNIXPort(_unix.Port):
    """A listening UNIX port."""

    transport = UNIXServer


class UNIXConnector(_unix.Connector):
    """What connectUNIX returns."""

    def _makeTransport(self):
        return UNIXClient(self.address, self, self.reactor, self.checkPID)


class Port(_tcp.Port):
    """A listening TCP port. Accepts in Java unless `transport` was replaced, in the class or the object."""

    transport = Server

    def _acceptsInJava(self):
        return (self.transport is Server and isinstance(self.socket, _socket.socket)
                and 'doRead' not in self.__dict__ and type(self).doRead.im_func is Port.doRead.im_func)

    def doRead(self):
        """Accepts as Twisted does; called where the port does not accept in Java."""
        return _tcp.Port.doRead(self)

    def _served(self, descriptor, protocol, address):
        """Serves what Java accepted with the class that `transport` is now."""
        try:
            sock = _socket.fromfd(descriptor, self.addressFamily, self.socketType)
        finally:
            _os.close(descriptor)
        number = self.sessionno
        self.sessionno = number + 1
        protocol.makeConnection(self.transport(sock, protocol, address, self, number, self.reactor))


class Connector(_tcp.Connector):
    """A connector whose transports are Client's."""

    def _makeTransport(self):
        return Client(self.host, self.port, self.bindAddress, self, self.reactor)


# ---------------------------------------------------------------- UDP

class _DatagramNames(object):
    """See DatagramPortMethods.java."""

    socket = _socket.socket
    doRead = staticmethod(_udp.Port.doRead.im_func)
    write = staticmethod(_udp.Port.write.im_func)
    messageLengthError = _error.MessageLengthError
    logError = staticmethod(_logError)


class _Datagrams(object):
    """The two calls of a datagram, from Java."""


_TwistedReactor.datagrams(_Datagrams, _DatagramNames)


class DatagramPort(_Datagrams, _udp.Port):
    """A UDP port."""


class MulticastPort(_Datagrams, _udp.MulticastPort):
    """A UDP port that joins groups."""


# ---------------------------------------------------------------- delayed calls

@_implementer(_IDelayedCall)
class DelayedCall(object):
    """A call that callLater has put off; made in Java."""

    debug = False
    _repr = None

    __repr__ = _base.DelayedCall.__repr__.im_func


_TwistedReactor.delayedCalls(DelayedCall)


# ---------------------------------------------------------------- what Java asks for

class _Names(object):
    """See TwistedNames.java."""

    done = _done
    lost = _failure.Failure(_main.CONNECTION_LOST)
    aborted = _error.ConnectionAborted
    overrun = _error.FileDescriptorOverrun
    noDescriptor = _posixbase._NO_FILEDESC
    alreadyCalled = _error.AlreadyCalled
    alreadyCancelled = _error.AlreadyCancelled
    failure = _failure.Failure
    server = Server
    twistedServer = _tcp.Server
    client = Client
    delayedCall = DelayedCall
    ipv4 = _IPv4Address
    ipv6 = _IPv6Address
    socket = _socket.socket

    logError = staticmethod(_logError)

    @staticmethod
    def logCreator(lines):
        text = ''.join(lines).rstrip().replace('\n', '\n C:')
        _log.msg('\n C: previous exception occurred in a DelayedCall created here:\n C:%s\n' % text)

    @staticmethod
    def stack():
        return _traceback.format_stack()[:-2]

    @staticmethod
    def exhausted(port, name):
        # Twisted's way out: it frees its reserved descriptor, and closes and logs those who wait. From then on, until a
        # connection is accepted again, the port tries from time to time and says nothing.
        port.doRead()

    @staticmethod
    def prefix(transport, protocol):
        return '%s,%s,%s' % (transport._getLogPrefix(protocol), transport.sessionno, transport.hostname)

    @staticmethod
    def name(transport, protocol):
        return '<%s #%s on %s>' % (protocol.__class__.__name__, transport.sessionno,
                                   transport.server._realPortNumber)

    @staticmethod
    def named(whose):
        return _Named(_prefixOf(whose))

    @staticmethod
    def warnOfResult(method):
        text = _deprecate.getDeprecationWarningString(
            method, _versions.Version('Twisted', 11, 0, 0),
            format='Returning a value other than None from %(fqpn)s is deprecated since %(version)s.')
        _deprecate.warnAboutFunction(method, text)


class _Cooperator(object):
    """What twisted.internet.task.CooperativeTask calls of a Cooperator, from Java."""

    def __init__(self, core):
        core.cooperator(self)


def _prefixOf(whose):
    """What the log calls somebody."""
    try:
        return whose.logPrefix()
    except Exception:
        return '(buggy logPrefix method)'


class _CurrentContext(object):
    """A layer of twisted.python.context: the log prefix of whoever the reactor is calling now.

    Twisted's loop pushes a context for each event (log.callWithLogger). This one is pushed once,
    and asked when somebody logs.
    """

    def __init__(self, core):
        self._core = core
        self._below = dict(_context.get(_log.ILogContext) or {})

    def __getitem__(self, key):
        if key is not _log.ILogContext:
            raise KeyError(key)
        current = self._core.current()
        if current is None:
            raise KeyError(key)
        context = self._below.copy()
        context['system'] = _prefixOf(current)
        return context

    def now(self):
        """What Twisted's loop would have pushed; None if nothing."""
        try:
            return {_log.ILogContext: self[_log.ILogContext]}
        except KeyError:
            return None


class _Contexts(list):
    """A thread's stack of contexts. Who takes the last into another thread, as ThreadPool does, takes it as it is now."""

    def __getitem__(self, place):
        context = list.__getitem__(self, place)
        if isinstance(context, _CurrentContext):
            return context.now() or list.__getitem__(self, place - 1)
        return context


class _Named(object):
    """Has the prefix that another has had."""

    def __init__(self, prefix):
        self._prefix = prefix

    def logPrefix(self):
        return self._prefix


# ---------------------------------------------------------------- the reactor

@_implementer(_IReactorFDSet)
class EuryaleReactor(_posixbase.PosixReactorBase):
    """The reactor. Its loop belongs to the thread that calls run()."""

    def __init__(self):
        self._core = _TwistedReactor(self, _Names)
        self._cooperator = _Cooperator(self._core)
        _posixbase.PosixReactorBase.__init__(self)
        # These enter no Python frame. Who overrides the methods in a subclass has them called.
        if type(self).callLater.im_func is EuryaleReactor.callLater.im_func:
            self.callLater = self._core.callLater()
        if type(self).callFromThread.im_func is EuryaleReactor.callFromThread.im_func:
            self.callFromThread = self._core.callFromThread()

    # ------------------------------------------------------------ the loop

    def installWaker(self):
        """The loop is woken in Java."""

    def wakeUp(self):
        """See ReactorBase."""
        self._core.wakeUp()

    def stop(self):
        """See IReactorCore."""
        _posixbase.PosixReactorBase.stop(self)
        self._core.halt()

    def crash(self):
        """See IReactorCore."""
        _posixbase.PosixReactorBase.crash(self)
        self._core.halt()

    def mainLoop(self):
        """Runs until the reactor is stopped and its shutdown triggers have ended it."""
        tracker = _context.theContextTracker.currentContext()
        contexts = tracker.contexts
        tracker.contexts = _Contexts(contexts + [_CurrentContext(self._core)])
        try:
            while self._started:
                try:
                    while self._started:
                        if self._justStopped:
                            self._justStopped = False
                            self.fireSystemEvent('shutdown')
                        elif self.running:
                            self._core.run()
                        else:
                            self._core.iterate(0)
                except:
                    _log.msg('Unexpected error in main loop.')
                    _log.err()
                else:
                    _log.msg('Main loop terminated.')
        finally:
            tracker.contexts = contexts

    def runUntilCurrent(self):
        """The shutdown events if stop() was called; timed calls are the loop's, in doIteration()."""
        if self._justStopped:
            self._justStopped = False
            self.fireSystemEvent('shutdown')

    def doIteration(self, delay):
        """One turn of the loop: calls that are due, at most `delay` seconds of waiting, events."""
        tracker = _context.theContextTracker.currentContext()
        contexts = tracker.contexts
        tracker.contexts = _Contexts(contexts + [_CurrentContext(self._core)])
        try:
            self._core.iterate(-1 if delay is None else delay)
        finally:
            tracker.contexts = contexts

    def iterate(self, delay=0):
        """See IReactorCore."""
        self.doIteration(delay)
        self.runUntilCurrent()

    # ------------------------------------------------------------ time and threads

    seconds = staticmethod(_seconds)

    def callLater(self, _seconds, _f, *args, **kw):
        """See IReactorTime."""
        return self._core.callLater()(_seconds, _f, *args, **kw)

    def getDelayedCalls(self):
        """See IReactorTime."""
        return list(self._core.delayedCalls())

    def callFromThread(self, f, *args, **kw):
        """See IReactorFromThreads."""
        self._core.callFromThread()(f, *args, **kw)

    # ------------------------------------------------------------ descriptors

    def addReader(self, reader):
        """See IReactorFDSet."""
        self._core.addReader(reader)

    def addWriter(self, writer):
        """See IReactorFDSet."""
        self._core.addWriter(writer)

    def removeReader(self, reader):
        """See IReactorFDSet."""
        self._core.removeReader(reader)

    def removeWriter(self, writer):
        """See IReactorFDSet."""
        self._core.removeWriter(writer)

    def removeAll(self):
        """See IReactorFDSet."""
        return [each for each in self._core.removeAll() if each not in self._internalReaders]

    def getReaders(self):
        """See IReactorFDSet."""
        return list(self._core.readers())

    def getWriters(self):
        """See IReactorFDSet."""
        return list(self._core.writers())

    # ------------------------------------------------------------ TCP

    def listenTCP(self, port, factory, backlog=50, interface=''):
        """See IReactorTCP."""
        port = Port(port, factory, backlog, interface, self)
        port.startListening()
        return port

    def connectTCP(self, host, port, factory, timeout=30, bindAddress=None):
        """See IReactorTCP."""
        connector = Connector(host, port, factory, timeout, bindAddress, self)
        connector.connect()
        return connector

    # ------------------------------------------------------------ UNIX

    def listenUNIX(self, address, factory, backlog=50, mode=0666, wantPID=0):
        """See IReactorUNIX."""
        port = UNIXPort(address, factory, backlog, mode, self, wantPID)
        port.startListening()
        return port

    def connectUNIX(self, address, factory, timeout=30, checkPID=0):
        """See IReactorUNIX."""
        connector = UNIXConnector(address, factory, timeout, self, checkPID)
        connector.connect()
        return connector

    # ------------------------------------------------------------ UDP

    def listenUDP(self, port, protocol, interface='', maxPacketSize=8192):
        """See IReactorUDP."""
        port = DatagramPort(port, protocol, interface, maxPacketSize, self)
        port.startListening()
        return port

    def listenMulticast(self, port, protocol, interface='', maxPacketSize=8192, listenMultiple=False):
        """See IReactorMulticast."""
        port = MulticastPort(port, protocol, interface, maxPacketSize, self, listenMultiple)
        port.startListening()
        return port

    # ------------------------------------------------------------ adopted sockets

    def adoptStreamPort(self, fileDescriptor, addressFamily, factory):
        """See IReactorSocket."""
        if addressFamily == _socket.AF_UNIX:
            port = UNIXPort._fromListeningDescriptor(self, fileDescriptor, factory)
            port.startListening()
            return port
        if addressFamily not in _INTERNET:
            raise _error.UnsupportedAddressFamily(addressFamily)
        port = Port._fromListeningDescriptor(self, fileDescriptor, addressFamily, factory)
        port.startListening()
        return port

    def adoptStreamConnection(self, fileDescriptor, addressFamily, factory):
        """See IReactorSocket."""
        if addressFamily == _socket.AF_UNIX:
            return UNIXServer._fromConnectedSocket(fileDescriptor, factory, self)
        if addressFamily not in _INTERNET:
            raise _error.UnsupportedAddressFamily(addressFamily)
        return Server._fromConnectedSocket(fileDescriptor, addressFamily, factory, self)

    def adoptDatagramPort(self, fileDescriptor, addressFamily, protocol, maxPacketSize=8192):
        """See IReactorSocket."""
        if addressFamily not in _INTERNET:
            raise _error.UnsupportedAddressFamily(addressFamily)
        port = DatagramPort._fromListeningDescriptor(self, fileDescriptor, addressFamily, protocol, maxPacketSize)
        port.startListening()
        return port


def install():
    """Makes an EuryaleReactor the reactor of this interpreter."""
    _main.installReactor(EuryaleReactor())
