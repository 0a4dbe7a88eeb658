"""An echo server on the standard library's asyncore, in plain Python 2.7.

echo_asyncore.py select|poll: which of asyncore's two loops.
"""
import asyncore
import socket
import sys

from listener import listen


class Echo(asyncore.dispatcher):
    """One client.  Reads no more while the kernel has not taken the whole echo."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.pending = ''

    def readable(self):
        return not self.pending

    def writable(self):
        return bool(self.pending)

    def handle_read(self):
        data = self.recv(8192)
        if data:
            self.pending = data[self.send(data):]

    def handle_write(self):
        self.pending = self.pending[self.send(self.pending):]


class Listener(asyncore.dispatcher):

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.accepting = True

    def writable(self):
        return False

    def handle_accept(self):
        accepted = self.accept()
        while accepted:
            sock, address = accepted
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Echo(sock)
            accepted = self.accept()


if __name__ == '__main__':
    Listener(listen())
    asyncore.loop(use_poll={'select': False, 'poll': True}[sys.argv[1]])
