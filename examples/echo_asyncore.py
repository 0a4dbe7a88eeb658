"""An echo server on asyncore, as the standard library's own documentation would write it.

    ./euryale run examples/echo_asyncore.py [--host H] [--port N]
    nc 127.0.0.1 8007

The first line printed tells the address; port 0 takes any free one. Runs on CPython 2.7 as well.
"""

import asyncore
import optparse
import signal
import socket
import sys


class Echo(asyncore.dispatcher):
    """One connection: sends back what it receives, as fast as the peer takes it."""

    limit = 256 * 1024

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.pending = ''

    def readable(self):
        # A peer that sends and does not read is left to TCP: its own sends will wait.
        return len(self.pending) < self.limit

    def handle_read(self):
        data = self.recv(65536)
        if data:
            self.pending += data
            self.handle_write()

    def writable(self):
        return bool(self.pending)

    def handle_write(self):
        if self.pending:
            sent = self.send(self.pending)
            self.pending = self.pending[sent:]

    def handle_close(self):
        self.close()


class Server(asyncore.dispatcher):

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(address)
        self.listen(1024)

    def handle_accept(self):
        accepted = self.accept()
        if accepted is not None:
            Echo(accepted[0])


def main():
    options = optparse.OptionParser(usage='%prog [--host H] [--port N]')
    options.add_option('--host', default='127.0.0.1')
    options.add_option('--port', type='int', default=8007)
    options, _ = options.parse_args()
    server = Server((options.host, options.port))
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(0))
    try:
        print 'listening on %s:%d' % server.socket.getsockname()
        sys.stdout.flush()
        asyncore.loop()
    except KeyboardInterrupt:
        pass


if __name__ == '__main__':
    main()
