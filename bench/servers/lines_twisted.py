"""A server on Twisted's LineReceiver that sends each line back."""
import os
import sys

from twisted.internet import protocol, reactor
from twisted.protocols.basic import LineReceiver


class Lines(LineReceiver):

    def lineReceived(self, line):
        self.sendLine(line)


port = reactor.listenTCP(0, protocol.Factory.forProtocol(Lines), backlog=4096, interface='127.0.0.1')
sys.stdout.write('PORT %d PID %d\n' % (port.getHost().port, os.getpid()))
sys.stdout.flush()
reactor.run()
