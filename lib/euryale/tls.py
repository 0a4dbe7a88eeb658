"""Twisted's TLS where data goes through Java, for euryale.reactor.

TLSMemoryBIOProtocol here is twisted.protocols.tls's own, with the methods that a message is written and received by from
Java (PyTlsProtocol). Importing this makes it the protocol of Twisted's TLSMemoryBIOFactory and of startTLS. A factory that
names another protocol, and a subclass of Twisted's, are left as they are.
"""

from OpenSSL import SSL as _SSL

from twisted.internet import _newtls
from twisted.internet import abstract as _abstract
from twisted.protocols import tls as _tls

from org.euryale.jython import TwistedReactor as _TwistedReactor

__all__ = ['TLSMemoryBIOProtocol', 'Twisted', 'startTLS']

# The class that it was made of.
Twisted = _tls.TLSMemoryBIOProtocol


class TLSMemoryBIOProtocol(Twisted, object):
    """See Twisted's. An old-style class has objects of its own kind alone, so this one is new-style."""


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


def startTLS(transport, ctx, normal):
    """Puts TLS on a transport of the reactor's, see ITLSTransport."""
    _newtls.startTLS(transport, ctx, normal, _Below)


_TwistedReactor.secured(TLSMemoryBIOProtocol, _Names)
_newtls.TLSMemoryBIOProtocol = TLSMemoryBIOProtocol
if _tls.TLSMemoryBIOFactory.protocol is Twisted:
    _tls.TLSMemoryBIOFactory.protocol = TLSMemoryBIOProtocol
