"""An echo server on select.select, in plain Python 2.7.

echo_select.py sockets|numbers: what its lists hold, socket objects or their descriptors' numbers.
"""
import errno
import select
import socket
import sys

from listener import listen

AGAIN = (errno.EAGAIN, errno.EWOULDBLOCK)


class Connection(object):
    """One client: its socket, and what the kernel has not taken of the echo yet."""

    def __init__(self, sock):
        self.sock = sock
        self.pending = ''


class Server(object):

    def __init__(self, name):
        self.name = name
        self.listener = listen()
        self.readers = [name(self.listener)]
        self.writers = []
        self.connections = {}

    def run(self):
        listener = self.name(self.listener)
        while True:
            readable, writable, _ = select.select(self.readers, self.writers, [])
            for ready in readable:
                if ready == listener:
                    self.accept()
                else:
                    self.handle(self.echo, ready)
            for ready in writable:
                self.handle(self.flush, ready)

    def handle(self, what, name):
        connection = self.connections[name]
        try:
            what(name, connection)
        except socket.error as e:
            if e.errno not in AGAIN:
                self.close(name, connection)

    def accept(self):
        while True:
            try:
                sock, address = self.listener.accept()
            except socket.error as e:
                if e.errno in AGAIN:
                    return
                raise
            sock.setblocking(0)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections[self.name(sock)] = Connection(sock)
            self.readers.append(self.name(sock))

    def echo(self, name, connection):
        data = connection.sock.recv(8192)
        if not data:
            self.close(name, connection)
            return
        try:
            sent = connection.sock.send(data)
        except socket.error as e:
            if e.errno not in AGAIN:
                raise
            sent = 0
        if sent < len(data):
            # Reads no more until the rest is out.
            connection.pending = data[sent:]
            self.readers.remove(name)
            self.writers.append(name)

    def flush(self, name, connection):
        sent = connection.sock.send(connection.pending)
        connection.pending = connection.pending[sent:]
        if not connection.pending:
            self.writers.remove(name)
            self.readers.append(name)

    def close(self, name, connection):
        del self.connections[name]
        (self.writers if connection.pending else self.readers).remove(name)
        connection.sock.close()


NAMES = {'sockets': lambda sock: sock, 'numbers': lambda sock: sock.fileno()}

if __name__ == '__main__':
    Server(NAMES[sys.argv[1]]).run()
