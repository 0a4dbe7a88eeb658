"""A chat on asyncore and asynchat: every line goes to all the others.

    ./euryale run examples/chat.py [--host H] [--port N]
    nc 127.0.0.1 8008                  (twice; the first line you type is your name)

The first line printed tells the address; port 0 takes any free one. Runs on CPython 2.7 as well.
"""

import asynchat
import asyncore
import optparse
import signal
import socket
import sys


class Guest(asynchat.async_chat):
    """One connection. Before it has given a name it hears nothing."""

    line_limit = 4096

    def __init__(self, sock, room):
        asynchat.async_chat.__init__(self, sock)
        self.room = room
        self.name = None
        self.line = []
        self.size = 0
        self.set_terminator('\n')
        self.push('your name?\n')

    def collect_incoming_data(self, data):
        self.line.append(data)
        self.size += len(data)
        if self.size > self.line_limit:
            self.push('that line is too long\n')
            self.close_when_done()

    def found_terminator(self):
        line = ''.join(self.line).strip()
        self.line = []
        self.size = 0
        if self.name is None:
            self.name = line or 'somebody'
            self.room.enter(self)
        elif line:
            self.room.tell('%s: %s' % (self.name, line), self)

    def handle_close(self):
        self.close()
        self.room.leave(self)


class Room(asyncore.dispatcher):
    """The listener, and who is here."""

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(address)
        self.listen(128)

    def handle_accept(self):
        accepted = self.accept()
        if accepted is not None:
            Guest(accepted[0], self)

    def enter(self, guest):
        guest.push('here: %s\n' % (', '.join(g.name for g in self.guests) or 'nobody'))
        self.guests.append(guest)
        self.tell('%s came' % guest.name, guest)

    def leave(self, guest):
        if guest in self.guests:
            self.guests.remove(guest)
            self.tell('%s left' % guest.name, guest)

    def tell(self, text, speaker):
        for guest in self.guests:
            if guest is not speaker:
                guest.push(text + '\n')


def main():
    options = optparse.OptionParser(usage='%prog [--host H] [--port N]')
    options.add_option('--host', default='127.0.0.1')
    options.add_option('--port', type='int', default=8008)
    options, _ = options.parse_args()
    room = Room((options.host, options.port))
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(0))
    try:
        print 'listening on %s:%d' % room.socket.getsockname()
        sys.stdout.flush()
        asyncore.loop(use_poll=True)
    except KeyboardInterrupt:
        pass


if __name__ == '__main__':
    main()
