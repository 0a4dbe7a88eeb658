"""What the echo servers share: a listener on a free port of 127.0.0.1, told to whoever started the server."""
import os
import socket
import sys


def listen():
    """Returns a non-blocking listener, having printed `PORT n PID p`."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(('127.0.0.1', 0))
    listener.listen(4096)
    listener.setblocking(0)
    print 'PORT %d PID %d' % (listener.getsockname()[1], os.getpid())
    sys.stdout.flush()
    return listener
