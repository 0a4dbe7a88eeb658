"""A small HTTP/1.1 server on select.epoll, with keep-alive and pipelining.

    ./euryale run examples/http_epoll.py [--host H] [--port N]
    curl -i http://127.0.0.1:8080/

GET and HEAD of / say hello; other paths are 404, other methods 405. The first line printed tells the
address; port 0 takes any free one. Runs on CPython 2.7 as well.
"""

import errno
import optparse
import select
import signal
import socket
import sys

REQUEST_LIMIT = 64 * 1024
REASONS = {200: 'OK', 400: 'Bad Request', 404: 'Not Found', 405: 'Method Not Allowed',
           431: 'Request Header Fields Too Large'}


def response(status, body, keep, head=False, version='HTTP/1.1'):
    return '%s %d %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: %s\r\n\r\n%s' % (
        version, status, REASONS[status], len(body), 'keep-alive' if keep else 'close',
        '' if head else body)


def answer(header):
    """The response to one request's header, and whether the connection stays."""
    lines = header.split('\r\n')
    words = lines[0].split(' ')
    if len(words) != 3 or not words[2].startswith('HTTP/1.'):
        return response(400, 'what?\n', False), False
    method, path, version = words
    fields = dict((name.strip().lower(), value.strip().lower()) for name, _, value in
                  (line.partition(':') for line in lines[1:]))
    keep = fields.get('connection') != 'close' and (
        version == 'HTTP/1.1' or fields.get('connection') == 'keep-alive')
    if 'content-length' in fields or 'transfer-encoding' in fields:
        keep = False  # a body is not read, so what follows could not be told from it
    if method not in ('GET', 'HEAD'):
        return response(405, 'no\n', keep), keep
    if path != '/':
        return response(404, 'not here\n', keep, method == 'HEAD'), keep
    return response(200, 'Hello, World!', keep, method == 'HEAD'), keep


class Connection(object):

    def __init__(self, sock):
        self.sock = sock
        self.received = ''
        self.pending = ''
        self.ending = False

    def read(self):
        """Takes in what came and answers whole requests; False when the peer is gone."""
        data = self.sock.recv(65536)
        if not data:
            return False
        self.received += data
        while '\r\n\r\n' in self.received and not self.ending:
            header, self.received = self.received.split('\r\n\r\n', 1)
            text, keep = answer(header)
            self.pending += text
            self.ending = not keep
        if len(self.received) > REQUEST_LIMIT and not self.ending:
            self.pending += response(431, 'too much\n', False)
            self.ending = True
        return True

    def write(self):
        if self.pending:
            self.pending = self.pending[self.sock.send(self.pending):]

    def events(self):
        """What to wait for: room to write, or else more to read; None at the end."""
        if self.pending:
            return select.EPOLLOUT
        return None if self.ending else select.EPOLLIN


def serve(listener):
    epoll = select.epoll()
    epoll.register(listener.fileno(), select.EPOLLIN)
    connections = {}
    while True:
        try:
            ready = epoll.poll()
        except IOError as e:
            if e.errno == errno.EINTR:
                continue
            raise
        for fd, events in ready:
            if fd == listener.fileno():
                try:
                    sock, _ = listener.accept()
                except socket.error:
                    continue  # it is gone again, or there is no descriptor for it
                sock.setblocking(False)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connections[sock.fileno()] = Connection(sock)
                epoll.register(sock.fileno(), select.EPOLLIN)
                continue
            connection = connections[fd]
            wanted = None
            try:
                if events & ~select.EPOLLIN or connection.read():
                    connection.write()
                    wanted = connection.events()
            except socket.error as e:
                if e.errno == errno.EAGAIN:
                    wanted = connection.events()
            if wanted is None:
                epoll.unregister(fd)
                del connections[fd]
                connection.sock.close()
            elif wanted != events:
                epoll.modify(fd, wanted)


def main():
    options = optparse.OptionParser(usage='%prog [--host H] [--port N]')
    options.add_option('--host', default='127.0.0.1')
    options.add_option('--port', type='int', default=8080)
    options, _ = options.parse_args()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((options.host, options.port))
    listener.listen(1024)
    listener.setblocking(False)
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(0))
    try:
        print 'listening on %s:%d' % listener.getsockname()
        sys.stdout.flush()
        serve(listener)
    except KeyboardInterrupt:
        pass


if __name__ == '__main__':
    main()
