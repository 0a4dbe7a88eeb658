"""An echo server on Twisted, whichever and on whichever Python; its default reactor, or Twisted's own for epoll.

    echo_twisted.py [epoll]
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


port = reactor.listenTCP(0, protocol.Factory.forProtocol(Echo), backlog=4096, interface='127.0.0.1')
sys.stdout.write('PORT %d PID %d\n' % (port.getHost().port, os.getpid()))
sys.stdout.flush()
reactor.run()
