"""A chat on Twisted, one room for three kinds of guest: plain TCP, telnet, and a web page over a WebSocket.

    ./euryale pip install -r examples/requirements.txt
    ./euryale run examples/twisted_chat.py [--host H] [--tcp N] [--telnet N] [--http N]
    nc 127.0.0.1 8011                  (the first line you type is your name)
    telnet 127.0.0.1 8012
    a browser at http://127.0.0.1:8013/

A line is printed for each address; port 0 takes any free one. Runs on CPython 2.7 as well.
"""

import json
import optparse
import os
import sys

from autobahn.twisted.resource import WebSocketResource
from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from twisted.conch.telnet import StatefulTelnetProtocol, TelnetTransport
from twisted.internet import protocol, reactor
from twisted.protocols.basic import LineOnlyReceiver
from twisted.web.resource import Resource
from twisted.web.server import Site
from twisted.web.static import File

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'twisted_chat.html')


class Room(object):
    """Who is there. A guest has a `name` (unicode, None before it has given one) and a method `hear(text)`."""

    def __init__(self):
        self.guests = []

    def enter(self, guest, name):
        guest.name = name or u'somebody'
        self.tell(u'%s is here' % guest.name, guest)
        self.guests.append(guest)

    def leave(self, guest):
        if guest in self.guests:
            self.guests.remove(guest)
            self.tell(u'%s has left' % guest.name, guest)

    def tell(self, text, speaker):
        for guest in self.guests:
            if guest is not speaker:
                guest.hear(text)

    def said(self, guest, line):
        """A line from `guest`: its name, then what it says."""
        if guest.name is None:
            self.enter(guest, line.strip())
        elif line.strip():
            self.tell(u'%s: %s' % (guest.name, line.strip()), guest)


class LineGuest(object):
    """A guest who speaks in lines of UTF-8, beside a Twisted protocol with `sendLine`."""

    name = None
    room = None     # the factory's

    def connectionMade(self):
        self.room = self.factory.room
        self.sendLine('your name?')

    def lineReceived(self, line):
        self.room.said(self, line.decode('utf-8', 'replace'))

    def hear(self, text):
        self.sendLine(text.encode('utf-8'))

    def connectionLost(self, reason):
        self.room.leave(self)


class TcpGuest(LineGuest, LineOnlyReceiver):
    delimiter = '\n'
    MAX_LENGTH = 4096


class TelnetGuest(LineGuest, StatefulTelnetProtocol):
    # Each line goes to the method named for the state; there is but one here.
    state = 'Line'
    lineReceived = StatefulTelnetProtocol.lineReceived

    def telnet_Line(self, line):
        LineGuest.lineReceived(self, line)

    def connectionLost(self, reason):
        StatefulTelnetProtocol.connectionLost(self, reason)
        LineGuest.connectionLost(self, reason)


class WebGuest(WebSocketServerProtocol):
    """A web page: each message is one JSON text."""

    name = None

    def onOpen(self):
        self.hear(u'your name?')

    def onMessage(self, payload, isBinary):
        try:
            line = json.loads(payload)
        except ValueError:
            line = None
        if isBinary or not isinstance(line, basestring):
            self.sendClose(WebSocketServerProtocol.CLOSE_STATUS_CODE_UNSUPPORTED_DATA)
        else:
            self.factory.room.said(self, line)

    def hear(self, text):
        self.sendMessage(json.dumps(text).encode('ascii'))

    def onClose(self, wasClean, code, reason):
        self.factory.room.leave(self)


def factory(room, build):
    made = protocol.ServerFactory()
    made.room = room
    made.protocol = build
    return made


def site(room):
    sockets = WebSocketServerFactory()
    sockets.protocol = WebGuest
    sockets.room = room
    root = Resource()
    root.putChild('', File(PAGE, defaultType='text/html; charset=utf-8'))
    root.putChild('chat', WebSocketResource(sockets))
    return Site(root)


def main():
    parser = optparse.OptionParser()
    parser.add_option('--host', default='127.0.0.1')
    parser.add_option('--tcp', type='int', default=8011)
    parser.add_option('--telnet', type='int', default=8012)
    parser.add_option('--http', type='int', default=8013)
    options = parser.parse_args()[0]
    room = Room()
    for name, port, made in (
            ('tcp', options.tcp, factory(room, TcpGuest)),
            ('telnet', options.telnet, factory(room, lambda: TelnetTransport(TelnetGuest))),
            ('http', options.http, site(room))):
        address = reactor.listenTCP(port, made, interface=options.host).getHost()
        print '%s on %s:%d' % (name, address.host, address.port)
    sys.stdout.flush()
    reactor.run()


if __name__ == '__main__':
    main()
