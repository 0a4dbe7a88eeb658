"""One send and one recv a message, on non-blocking or on blocking sockets, in plain Python 2.7.

Prints `READY PID p`, then reads commands, a line each, and answers with a line of JSON:
    pair SIZE SECS          both ends of a connection are this thread's: it sends on one and receives on the other
    ping SIZE SECS PORT     the other end is an echo server
"""
import errno
import json
import os
import socket
import sys
import time

AGAIN = (errno.EAGAIN, errno.EWOULDBLOCK)

try:
    from com.sun.management import ThreadMXBean
    from java.lang.management import ManagementFactory

    def allocated():
        """Bytes that this thread has allocated on the JVM's heap so far."""
        return ThreadMXBean.getCurrentThreadAllocatedBytes(ManagementFactory.getThreadMXBean())
except ImportError:
    def allocated():
        return None


def pair():
    """Two connected, non-blocking sockets."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(('127.0.0.1', 0))
    listener.listen(1)
    sender = socket.create_connection(listener.getsockname())
    receiver, address = listener.accept()
    listener.close()
    for sock in sender, receiver:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(0)
    return sender, receiver


def ping(port):
    """A blocking socket, twice: what it sends, it gets back."""
    sock = socket.create_connection(('127.0.0.1', port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock, sock


def exchange(sender, receiver, message, count):
    for _ in xrange(count):
        if sender.send(message) != len(message):
            raise ValueError('the kernel took less than a message')
        left = len(message)
        while left:
            try:
                data = receiver.recv(left)
            except socket.error as e:
                if e.errno not in AGAIN:
                    raise
                continue
            if not data:
                raise EOFError('the other end closed the connection')
            left -= len(data)


def measure(sender, receiver, size, secs):
    message = 'x' * size
    messages = 0
    bytes_before = allocated()
    begin = now = time.time()
    while now - begin < secs:
        exchange(sender, receiver, message, 100)
        messages += 100
        now = time.time()
    bytes_after = allocated()
    sender.close()
    receiver.close()
    return {'msgs': messages, 'secs': now - begin,
            'allocated': None if bytes_before is None else bytes_after - bytes_before}


if __name__ == '__main__':
    print 'READY PID %d' % os.getpid()
    sys.stdout.flush()
    for line in iter(sys.stdin.readline, ''):
        words = line.split()
        ends = pair() if words[0] == 'pair' else ping(int(words[3]))
        print json.dumps(measure(ends[0], ends[1], int(words[1]), float(words[2])))
        sys.stdout.flush()
