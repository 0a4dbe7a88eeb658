"""An echo server on Twisted, whichever and on whichever Python; its default reactor, or Twisted's own for epoll.

    echo_twisted.py [epoll | tls [bulk]]

With tls it speaks TLS, with the certificate and the key in ../out/tls.pem, and resumes sessions; with bulk each byte
is answered by 100 MiB, which a producer writes.
"""
import os
import sys

if 'epoll' in sys.argv:
    from twisted.internet import epollreactor
    epollreactor.install()

from twisted.internet import interfaces, protocol, reactor
from zope.interface import implementer

ANSWER = 100 << 20
PERIOD = 90 * 64                # loadgen's pattern begins anew after so many bytes
PIECE = bytes(bytearray(33 + (i * 7 + i // 64) % 90 for i in range(PERIOD))) * 12


class Echo(protocol.Protocol):

    def connectionMade(self):
        self.transport.setTcpNoDelay(True)      # as all the other peers do; their libraries by themselves

    def dataReceived(self, data):
        self.transport.write(data)


@implementer(interfaces.IPullProducer)
class Bulk(protocol.Protocol):

    left = 0

    def dataReceived(self, data):
        self.left += ANSWER * len(data)
        self.transport.registerProducer(self, False)

    def resumeProducing(self):
        piece = PIECE[:self.left]
        self.left -= len(piece)
        self.transport.write(piece)
        if not self.left:
            self.transport.unregisterProducer()

    def stopProducing(self):
        self.left = 0


factory = protocol.Factory.forProtocol(Bulk if 'bulk' in sys.argv else Echo)
if 'tls' in sys.argv:
    from twisted.internet import ssl

    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'out', 'tls.pem')) as f:
        shown = ssl.PrivateCertificate.loadPEM(f.read())
    options = ssl.CertificateOptions(shown.privateKey.original, shown.original, enableSessions=True,
                                     enableSessionTickets=True)
    port = reactor.listenSSL(0, factory, options, backlog=4096, interface='127.0.0.1')
else:
    port = reactor.listenTCP(0, factory, backlog=4096, interface='127.0.0.1')
sys.stdout.write('PORT %d PID %d\n' % (port.getHost().port, os.getpid()))
sys.stdout.flush()
reactor.run()
