"""Sockets: what programs import. It stands on _socket, which is written in Java.

socket.socket wraps a _socket.socket, the object that owns the descriptor, and a file made by
makefile() holds the same one: the descriptor is closed when the last of them is. CPython counts
references for that; here the holders are counted (_socket.socket._reuse and _drop).

All names and their behaviour are CPython 2.7's on Linux (https://docs.python.org/2.7/library/socket.html).
"""

import _socket
from _socket import *
from _socket import socket as _realsocket

import os
import sys
import warnings
from cStringIO import StringIO

import errno

EBADF = errno.EBADF
EINTR = errno.EINTR

__all__ = ['getfqdn', 'create_connection'] + [_n for _n in dir(_socket) if not _n.startswith('_')]


def getfqdn(name=''):
    """The fully qualified name of a host (this one without an argument), or the best there is."""
    name = name.strip()
    if name in ('', '0.0.0.0'):
        name = gethostname()
    try:
        canonical, aliases, _ = gethostbyaddr(name)
    except error:
        return name
    for candidate in [canonical] + aliases:
        if '.' in candidate:
            return candidate
    return canonical


# Passed on to the real socket by a method of the class.
_socketmethods = ('bind', 'connect', 'connect_ex', 'fileno', 'listen', 'getpeername', 'getsockname',
                  'getsockopt', 'setsockopt', 'sendall', 'setblocking', 'settimeout', 'gettimeout',
                  'shutdown')

# The real socket's own bound methods, kept in slots: a call of these enters no Python frame. A slot
# is filled when it is first asked for (__getattr__), since idle connections are many.
_delegate_methods = ('recv', 'recvfrom', 'recv_into', 'recvfrom_into', 'send', 'sendto')


class _closedsocket(object):
    """What a closed socket holds in place of the real one: everything fails with EBADF."""

    __slots__ = []

    def _dummy(*args):
        raise error(EBADF, 'Bad file descriptor')

    recv = recvfrom = recv_into = recvfrom_into = send = sendto = _dummy
    __getattr__ = _dummy


class _socketobject(object):

    __doc__ = _realsocket.__doc__

    __slots__ = ['_sock', '__weakref__'] + list(_delegate_methods)

    def __init__(self, family=AF_INET, type=SOCK_STREAM, proto=0, _sock=None):
        if _sock is None:
            _sock = _realsocket(family, type, proto)
        _hold(_sock)
        self._sock = _sock

    def __getattr__(self, name):
        if name in _delegate_methods:
            method = getattr(self._sock, name)
            setattr(self, name, method)
            return method
        raise AttributeError("'%s' object has no attribute '%s'" % (self.__class__.__name__, name))

    def close(self, _closedsocket=_closedsocket, _delegate_methods=_delegate_methods):
        sock = self._sock
        self._sock = closed = _closedsocket()
        for name in _delegate_methods:
            setattr(self, name, closed._dummy)
        _release(sock)

    close.__doc__ = _realsocket.close.__doc__

    def accept(self):
        sock, address = self._sock.accept()
        return _socketobject(_sock=sock), address

    accept.__doc__ = _realsocket.accept.__doc__

    def dup(self):
        """Another object for the same socket: the descriptor is closed with the last of them."""
        return _socketobject(_sock=self._sock)

    def makefile(self, mode='r', bufsize=-1):
        """A file object for the socket, with open()'s mode and bufsize.

        It has its own hold on the connection: closing the socket does not close the file."""
        return _fileobject(self._sock, mode, bufsize)

    family = property(lambda self: self._sock.family, doc='the address family')
    type = property(lambda self: self._sock.type, doc='the socket type')
    proto = property(lambda self: self._sock.proto, doc='the protocol')


def _hold(sock):
    """Counts a holder of a real socket; other objects that play one (mocks, TLS) count for themselves."""
    if isinstance(sock, _realsocket):
        sock._reuse()


def _release(sock):
    if isinstance(sock, _realsocket):
        sock._drop()


def _pass_on(name):
    exec 'def %s(self, *args):\n    return self._sock.%s(*args)\n' % (name, name)
    method = locals()[name]
    method.__doc__ = getattr(_realsocket, name).__doc__
    setattr(_socketobject, name, method)


for _n in _socketmethods:
    _pass_on(_n)

socket = SocketType = _socketobject


class _fileobject(object):
    """A file on a socket. Reads and writes are buffered; timeouts and errors are the socket's.

    What was read but not asked for is in _rbuf, what was written but not sent in _wbuf. A read that
    fails midway keeps what had come for the next one. With close=True the socket is closed with the
    file.
    """

    default_bufsize = 8192
    name = '<socket>'

    __slots__ = ['mode', 'bufsize', 'softspace', '_sock', '_rbufsize', '_wbufsize', '_rbuf', '_wbuf',
                 '_wbuf_len', '_close']

    def __init__(self, sock, mode='rb', bufsize=-1, close=False):
        self._close = close
        self._wbuf = []
        self._wbuf_len = 0
        self._rbuf = StringIO()
        self.mode = mode
        self.bufsize = self._wbufsize = self.default_bufsize if bufsize < 0 else bufsize
        # 0 is unbuffered, a byte at a time; 1 is line buffered, which is a matter of writing.
        self._rbufsize = {0: 1, 1: self.default_bufsize}.get(self.bufsize, self.bufsize)
        self.softspace = False
        _hold(sock)
        self._sock = sock

    closed = property(lambda self: self._sock is None, doc='True once close() was called')

    def close(self):
        sock = self._sock
        if sock is None:
            return
        try:
            self.flush()
        finally:
            self._sock = None
            _release(sock)
            if self._close:
                sock.close()

    def __del__(self):
        # On the collector's thread, which must never wait for a peer: what is still to be sent goes
        # if it goes at once, and the hold on the socket ends in any case.
        sock = getattr(self, '_sock', None)
        if sock is None:
            return
        try:
            if self._wbuf:
                sock.send(''.join(self._wbuf), MSG_DONTWAIT)
        except Exception:
            pass
        self._wbuf = []
        try:
            self.close()
        except Exception:
            pass

    # ------------------------------------------------------------ writing

    def flush(self):
        if not self._wbuf:
            return
        data = ''.join(self._wbuf)
        self._wbuf = []
        self._wbuf_len = 0
        size = max(self._rbufsize, self.default_bufsize)
        sent = 0
        try:
            while sent < len(data):
                self._sock.sendall(data[sent:sent + size])
                sent += size
        finally:
            if sent < len(data):
                rest = data[sent:]
                self._wbuf.insert(0, rest)
                self._wbuf_len += len(rest)

    def fileno(self):
        return self._sock.fileno()

    def write(self, data):
        data = str(data)
        if not data:
            return
        self._wbuf.append(data)
        self._wbuf_len += len(data)
        size = self._wbufsize
        if size == 0 or size == 1 and '\n' in data or 1 < size <= self._wbuf_len:
            self.flush()

    def writelines(self, list):
        lines = [line for line in map(str, list) if line]
        self._wbuf.extend(lines)
        self._wbuf_len += sum(map(len, lines))
        if self._wbufsize <= 1 or self._wbuf_len >= self._wbufsize:
            self.flush()

    # ------------------------------------------------------------ reading

    def _recv(self, size):
        """recv, again when a signal handler ran in between."""
        while True:
            try:
                return self._sock.recv(size)
            except error as e:
                if e.args[0] != EINTR:
                    raise

    def _take(self):
        """The bytes that were read ahead; the buffer is empty afterwards."""
        data = self._rbuf.getvalue()
        self._rbuf = StringIO()
        return data

    def _keep(self, data):
        self._rbuf = StringIO()
        self._rbuf.write(data)

    def _collect(self, enough, size):
        """Reads until enough(pieces, length) or the end of file. size(length) is what to ask for."""
        first = self._take()
        pieces = [first] if first else []
        length = len(first)
        try:
            while not enough(pieces, length):
                data = self._recv(size(length))
                if not data:
                    break
                pieces.append(data)
                length += len(data)
        except BaseException:
            self._keep(''.join(pieces))
            raise
        return ''.join(pieces)

    def read(self, size=-1):
        """All until the end of file, or size bytes unless it ends before."""
        if size < 0:
            step = max(self._rbufsize, self.default_bufsize)
            return self._collect(lambda pieces, length: False, lambda length: step)
        data = self._collect(lambda pieces, length: length >= size, lambda length: size - length)
        self._keep(data[size:])
        return data[:size]

    def readline(self, size=-1):
        """One line with its end, or less at the end of file; at most size bytes."""
        def enough(pieces, length):
            return 0 <= size <= length or pieces and '\n' in pieces[-1]

        data = self._collect(enough, lambda length: self._rbufsize)
        end = data.find('\n') + 1 or len(data)
        if 0 <= size < end:
            end = size
        self._keep(data[end:])
        return data[:end]

    def readlines(self, sizehint=0):
        """A list of all lines, or of so many that they reach sizehint bytes."""
        total = 0
        lines = []
        while True:
            line = self.readline()
            if not line:
                return lines
            lines.append(line)
            total += len(line)
            if sizehint and total >= sizehint:
                return lines

    def __iter__(self):
        return self

    def next(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line


_GLOBAL_DEFAULT_TIMEOUT = object()


def create_connection(address, timeout=_GLOBAL_DEFAULT_TIMEOUT, source_address=None):
    """Connects to (host, port), trying each of the host's addresses in turn; the connected socket.

    timeout is set on the socket before it connects; source_address is what to bind it to. Raises
    what the last address failed with.
    """
    failure = error('getaddrinfo returns an empty list')
    host, port = address
    for family, kind, proto, _, target in getaddrinfo(host, port, 0, SOCK_STREAM):
        sock = None
        try:
            sock = socket(family, kind, proto)
            if timeout is not _GLOBAL_DEFAULT_TIMEOUT:
                sock.settimeout(timeout)
            if source_address:
                sock.bind(source_address)
            sock.connect(target)
            return sock
        except error as failure:
            if sock is not None:
                sock.close()
    raise failure


del _n
