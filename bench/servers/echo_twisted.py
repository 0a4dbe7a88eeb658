"""An echo server on Twisted, whichever and on whichever Python; its default reactor, or Twisted's own for epoll.

    echo_twisted.py [epoll | tls]

With tls it echoes over TLS, with the certificate and the key in ../out/tls.pem.
"""
import os
import sys

if sys.argv[1:] == ['epoll']:
    from twisted.internet import epollreactor
    epollreactor.install()

from twisted.internet import protocol, reactor


class Echo(protocol.Protocol):

    def dataReceived(self, data):
        self.transport.write(data)


factory = protocol.Factory.forProtocol(Echo)
if sys.argv[1:] == ['tls']:
    from twisted.internet import ssl

    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'out', 'tls.pem')) as f:
        options = ssl.PrivateCertificate.loadPEM(f.read()).options()
    port = reactor.listenSSL(0, factory, options, backlog=4096, interface='127.0.0.1')
else:
    port = reactor.listenTCP(0, factory, backlog=4096, interface='127.0.0.1')
sys.stdout.write('PORT %d PID %d\n' % (port.getHost().port, os.getpid()))
sys.stdout.flush()
reactor.run()
