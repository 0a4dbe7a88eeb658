"""What a server's own Python objects cost: the connections of echo_epoll.py, with nothing below them.

Prints `READY PID p`; for each number read, a line each, makes so many connections, keeps them, and prints `MADE`.
Each has its socket.socket object and its place in the server's dictionary; one object without a descriptor stands
in for all the real sockets.
"""
import os
import socket
import sys

from echo_epoll import Connection


class StandIn(object):
    """Has the methods of a real socket that an echo asks for."""

    def recv(self, size):
        return 'x' * size

    def recv_into(self, target):
        return len(target)

    def recvfrom(self, size):
        return 'x' * size, None

    recvfrom_into = recv_into

    def send(self, data):
        return len(data)

    def sendto(self, data, address):
        return len(data)


def connection(below):
    """A connection on which one message has been echoed."""
    made = Connection(socket.socket(_sock=below))
    made.sock.send(made.sock.recv(64))
    return made


if __name__ == '__main__':
    print 'READY PID %d' % os.getpid()
    sys.stdout.flush()
    below = StandIn()
    connections = {}
    for line in iter(sys.stdin.readline, ''):
        for _ in xrange(int(line)):
            connections[1000 + len(connections)] = connection(below)
        print 'MADE'
        sys.stdout.flush()
