"""Twisted's TLS where data goes through Java, for euryale.reactor.

TLSMemoryBIOProtocol here is twisted.protocols.tls's own, with the methods that a message is written and received by from
Java (PyTlsProtocol). Importing this makes it the protocol of Twisted's TLSMemoryBIOFactory and of startTLS. A factory that
names another protocol, and a subclass of Twisted's, are left as they are.
"""

from OpenSSL import SSL as _SSL

from twisted.internet import _newtls
from twisted.internet import abstract as _abstract
from twisted.internet import interfaces as _interfaces
from twisted.internet import protocol as _protocol
from twisted.protocols import tls as _tls
from twisted.python import failure as _failure
from zope.interface import directlyProvides as _directlyProvides
from zope.interface import implementedBy as _implementedBy
from zope.interface import providedBy as _providedBy

from org.euryale.jython import TwistedReactor as _TwistedReactor

__all__ = ['TLSMemoryBIOProtocol', 'Twisted', 'startTLS']

# The class that it was made of.
Twisted = _tls.TLSMemoryBIOProtocol


class TLSMemoryBIOProtocol(Twisted, object):
    """See Twisted's. An old-style class has objects of its own kind alone, so this one is new-style."""

    def makeConnection(self, transport):
        """As Twisted's, which declares each of the transport's interfaces by itself before it declares all of them."""
        if not self._connectWrapped:
            Twisted.makeConnection.im_func(self, transport)
            return
        self._tlsConnection = self.factory._createConnection(self)
        self._appSendBuffer = []
        _provide(self, transport)
        _protocol.Protocol.makeConnection.im_func(self, transport)
        self.factory.registerProtocol(self)
        self.wrappedProtocol.makeConnection(self)
        self._checkHandshakeStatus()


# What directlyProvides(protocol, providedBy(transport)) comes to, by their classes, and what the transport's had declared.
_provided = {}


def _provide(protocol, transport):
    """Declares that a protocol provides what its transport does."""
    classes = protocol.__class__, transport.__class__
    declared, provides = _provided.get(classes, (None, None))
    if (declared is not None and getattr(transport.__class__, '__implemented__', None) is declared
            and '__provides__' not in transport.__dict__):
        protocol.__provides__ = provides
        return
    now = _providedBy(transport)
    _directlyProvides(protocol, now)
    if now is _implementedBy(transport.__class__) and hasattr(transport, '__dict__'):
        if len(_provided) >= 64:      # of a program that makes classes all the time
            _provided.clear()
        _provided[classes] = now, protocol.__provides__


def _concluded(protocol):
    """What do_handshake() has come to is done, or an error."""
    try:
        protocol._tlsConnection.do_handshake()
    except _SSL.Error:
        protocol._tlsShutdownFinished(_failure.Failure())
    else:
        protocol._handshakeDone = True
        if _interfaces.IHandshakeListener.providedBy(protocol.wrappedProtocol):
            protocol.wrappedProtocol.handshakeCompleted()


class _Below(object):
    """What a TLS layer that was put on a transport calls instead of the transport's own methods."""

    write = staticmethod(lambda transport, data: transport._writeRaw(data))
    writeSequence = staticmethod(lambda transport, iovec: transport._writeSequenceRaw(iovec))
    loseConnection = staticmethod(lambda transport, *_, **__: transport._loseRaw())
    registerProducer = staticmethod(_abstract._ConsumerMixin.registerProducer.im_func)
    unregisterProducer = staticmethod(_abstract._ConsumerMixin.unregisterProducer.im_func)


class _Names(object):
    """See TlsProtocolMethods.java."""

    connection = _SSL.Connection
    bypass = _newtls._BypassTLS
    bypassMethods = _Below
    write = staticmethod(Twisted.write.im_func)
    dataReceived = staticmethod(Twisted.dataReceived.im_func)
    _checkHandshakeStatus = staticmethod(Twisted._checkHandshakeStatus.im_func)
    _flushReceiveBIO = staticmethod(Twisted._flushReceiveBIO.im_func)
    _flushSendBIO = staticmethod(Twisted._flushSendBIO.im_func)
    concluded = staticmethod(_concluded)


def startTLS(transport, ctx, normal):
    """Puts TLS on a transport of the reactor's, see ITLSTransport."""
    _newtls.startTLS(transport, ctx, normal, _Below)


_TwistedReactor.secured(TLSMemoryBIOProtocol, _Names)
_newtls.TLSMemoryBIOProtocol = TLSMemoryBIOProtocol
if _tls.TLSMemoryBIOFactory.protocol is Twisted:
    _tls.TLSMemoryBIOFactory.protocol = TLSMemoryBIOProtocol
