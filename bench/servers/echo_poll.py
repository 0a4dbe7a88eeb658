"""An echo server on select.poll, in plain Python 2.7."""
import errno
import select
import socket

from listener import listen

AGAIN = (errno.EAGAIN, errno.EWOULDBLOCK)


class Connection(object):
    """One client: its socket, and what the kernel has not taken of the echo yet."""

    def __init__(self, sock):
        self.sock = sock
        self.pending = ''


class Server(object):

    def __init__(self):
        self.listener = listen()
        self.poller = select.poll()
        self.poller.register(self.listener.fileno(), select.POLLIN)
        self.connections = {}

    def run(self):
        listener = self.listener.fileno()
        while True:
            for fd, events in self.poller.poll():
                if fd == listener:
                    self.accept()
                    continue
                connection = self.connections[fd]
                try:
                    if events & select.POLLOUT:
                        self.flush(fd, connection)
                    else:
                        self.echo(fd, connection)
                except socket.error as e:
                    if e.errno not in AGAIN:
                        self.close(fd, connection)

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
            self.connections[sock.fileno()] = Connection(sock)
            self.poller.register(sock.fileno(), select.POLLIN)

    def echo(self, fd, connection):
        data = connection.sock.recv(8192)
        if not data:
            self.close(fd, connection)
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
            self.poller.modify(fd, select.POLLOUT)

    def flush(self, fd, connection):
        sent = connection.sock.send(connection.pending)
        connection.pending = connection.pending[sent:]
        if not connection.pending:
            self.poller.modify(fd, select.POLLIN)

    def close(self, fd, connection):
        del self.connections[fd]
        self.poller.unregister(fd)
        connection.sock.close()


if __name__ == '__main__':
    Server().run()
