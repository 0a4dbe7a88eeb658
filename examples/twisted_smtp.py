"""A mail sink on twisted.mail: takes every message, prints a line for it, and keeps it if told where.

    ./euryale run examples/twisted_smtp.py [--host H] [--port N] [--directory D]

The first line printed tells the address; port 0 takes any free one. Runs on CPython 2.7 as well.
"""

import optparse
import os
import sys

from twisted.internet import defer, reactor
from twisted.mail import smtp
from zope.interface import implementer


@implementer(smtp.IMessage)
class Letter(object):
    def __init__(self, sink, recipient):
        self.sink = sink
        self.recipient = recipient
        self.lines = []

    def lineReceived(self, line):
        self.lines.append(line)

    def eomReceived(self):
        self.sink.keep(str(self.recipient), '\n'.join(self.lines) + '\n')
        return defer.succeed(None)

    def connectionLost(self):
        self.lines = []     # it was not whole


@implementer(smtp.IMessageDelivery)
class Delivery(object):
    def __init__(self, sink):
        self.sink = sink

    def receivedHeader(self, helo, origin, recipients):
        return 'Received: from %s by sink; %s' % (helo[0], smtp.rfc822date())

    def validateFrom(self, helo, origin):
        return origin

    def validateTo(self, user):
        return lambda: Letter(self.sink, user.dest)


class Sink(smtp.SMTPFactory):
    def __init__(self, directory):
        smtp.SMTPFactory.__init__(self)
        self.directory = directory
        self.count = 0

    def buildProtocol(self, address):
        protocol = smtp.SMTPFactory.buildProtocol(self, address)
        protocol.delivery = Delivery(self)
        return protocol

    def keep(self, recipient, text):
        self.count += 1
        if self.directory is not None:
            with open(os.path.join(self.directory, '%d.eml' % self.count), 'wb') as letter:
                letter.write(text)
        print '%d: to %s, %d bytes' % (self.count, recipient, len(text))
        sys.stdout.flush()


def main():
    parser = optparse.OptionParser()
    parser.add_option('--host', default='127.0.0.1')
    parser.add_option('--port', type='int', default=8025)
    parser.add_option('--directory', help='keep the messages here, as files N.eml')
    options = parser.parse_args()[0]
    address = reactor.listenTCP(options.port, Sink(options.directory), interface=options.host).getHost()
    print 'listening on %s:%d' % (address.host, address.port)
    sys.stdout.flush()
    reactor.run()


if __name__ == '__main__':
    main()
