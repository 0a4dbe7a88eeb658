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

import errno  # programs say socket.errno
from errno import EBADF, EINTR

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


# What the class passes on to the real socket.
_socketmethods = ('bind', 'connect', 'connect_ex', 'fileno', 'listen', 'getpeername', 'getsockname',
                  'getsockopt', 'setsockopt', 'sendall', 'setblocking', 'settimeout', 'gettimeout',
                  'shutdown')

# The real socket's own bound methods, kept in slots: a call of these enters no Python frame. A slot
# is filled when it is first asked for (__getattr__): an idle connection has none of them.
_delegate_methods = ('recv', 'recvfrom', 'recv_into', 'recvfrom_into', 'send', 'sendto')


class _closedsocket(object):
    """What a closed socket holds in place of the real one: everything fails with EBADF."""

    __slots__ = []

    def _dummy(*args):
        raise error(EBADF, 'Bad file descriptor')

    recv = recvfrom = recv_into = recvfrom_into = send = sendto = _dummy
    __getattr__ = _dummy


if hasattr(_realsocket, '_reuse'):
    def _hold(sock):
        """Counts one more holder of a real socket. What else plays one (a mock) sees to itself."""
        if isinstance(sock, _realsocket):
            sock._reuse()

    def _release(sock):
        """Counts one holder less; the last one closes the descriptor."""
        if isinstance(sock, _realsocket):
            sock._drop()
else:
    def _hold(sock):
        """Nothing to do where references are counted."""

    _release = _hold


class _socketobject(object):

    __doc__ = _realsocket.__doc__

    # _lent: an SSLSocket made from this one closes the descriptor in its place.
    __slots__ = ['_sock', '_lent', '__weakref__'] + list(_delegate_methods)

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
        if name == '_lent':
            return None
        raise AttributeError("'%s' object has no attribute '%s'" % (self.__class__.__name__, name))

    def close(self, _closedsocket=_closedsocket):
        sock = self._sock
        self._sock = closed = _closedsocket()
        self.recv = self.recvfrom = self.recv_into = self.recvfrom_into = closed._dummy
        self.send = self.sendto = closed._dummy
        if not self._lent:
            _release(sock)

    def accept(self):
        sock, address = self._sock.accept()
        return _socketobject(_sock=sock), address

    def bind(self, *args):
        return self._sock.bind(*args)

    def connect(self, *args):
        return self._sock.connect(*args)

    def connect_ex(self, *args):
        return self._sock.connect_ex(*args)

    def fileno(self, *args):
        # Twisted's loops ask for it with each event; passing on none costs less than passing on an empty tuple.
        return self._sock.fileno(*args) if args else self._sock.fileno()

    def listen(self, *args):
        return self._sock.listen(*args)

    def getpeername(self, *args):
        return self._sock.getpeername(*args)

    def getsockname(self, *args):
        return self._sock.getsockname(*args)

    def getsockopt(self, *args):
        return self._sock.getsockopt(*args)

    def setsockopt(self, *args):
        return self._sock.setsockopt(*args)

    def sendall(self, *args):
        return self._sock.sendall(*args)

    def setblocking(self, *args):
        return self._sock.setblocking(*args)

    def settimeout(self, *args):
        return self._sock.settimeout(*args)

    def gettimeout(self, *args):
        return self._sock.gettimeout(*args)

    def shutdown(self, *args):
        return self._sock.shutdown(*args)

    for _n in _socketmethods + ('accept', 'close'):
        locals()[_n].__doc__ = getattr(_realsocket, _n).__doc__
    del _n

    def dup(self):
        """dup() -> another socket object for the same descriptor, which is closed with the last one."""
        return _socketobject(_sock=self._sock)

    def makefile(self, mode='r', bufsize=-1):
        """makefile([mode[, bufsize]]) -> a file object for the connection, arguments as for open().

        It has its own hold on the connection: closing the socket does not close the file."""
        return _fileobject(self._sock, mode, bufsize)

    family = property(lambda self: self._sock.family, doc='the address family')
    type = property(lambda self: self._sock.type, doc='the socket type')
    proto = property(lambda self: self._sock.proto, doc='the protocol')


socket = SocketType = _socketobject


class _fileobject(object):
    """A file on a socket. Reads and writes are buffered; timeouts and errors are the socket's.

    A read that fails midway keeps what had come for the next one. With close=True the socket is
    closed with the file.
    """

    default_bufsize = 8192
    name = '<socket>'

    # What was written and not sent is in _wbuf. What was read and not asked for is _ahead from _at
    # on; or, once somebody looked at _rbuf, in _rbuf_file.
    __slots__ = ['mode', 'bufsize', 'softspace', '_sock', '_rbufsize', '_wbufsize', '_ahead', '_at',
                 '_rbuf_file', '_wbuf', '_wbuf_len', '_close']

    def __init__(self, sock, mode='rb', bufsize=-1, close=False):
        self._close = close
        self._wbuf = []
        self._wbuf_len = 0
        self._rbuf_file = None
        self._ahead = ''
        self._at = 0
        self.mode = mode
        self.bufsize = self._wbufsize = self.default_bufsize if bufsize < 0 else bufsize
        # 0 is unbuffered, a byte at a time; 1 is line buffered, which is a matter of writing.
        self._rbufsize = {0: 1, 1: self.default_bufsize}.get(self.bufsize, self.bufsize)
        self.softspace = False
        _hold(sock)
        self._sock = sock

    closed = property(lambda self: self._sock is None, doc='True once close() was called')

    def close(self):
        """Sends what is buffered and ends the file; closing twice does no harm."""
        try:
            if self._sock is not None:
                self.flush()
        finally:
            sock = self._sock
            self._sock = None
            if sock is not None:
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
                data = ''.join(self._wbuf)
                send_now = getattr(sock, '_send_now', None)
                send_now(data) if send_now else sock.send(data, MSG_DONTWAIT)
        except Exception:
            pass
        self._wbuf = []
        try:
            self.close()
        except Exception:
            pass

    def fileno(self):
        """The socket's descriptor."""
        return self._sock.fileno()

    # ------------------------------------------------------------ writing

    def flush(self):
        """Sends what is buffered; what an error keeps from being sent stays buffered."""
        if not self._wbuf:
            return
        data = ''.join(self._wbuf)
        self._wbuf = []
        self._wbuf_len = 0
        size = max(self._rbufsize, self.default_bufsize)
        sent = 0
        try:
            while sent < len(data):
                self._sock.sendall(data[sent:sent + size] if len(data) > size else data)
                sent += size
        finally:
            if sent < len(data):
                rest = data[sent:]
                self._wbuf.insert(0, rest)
                self._wbuf_len += len(rest)

    def write(self, data):
        """Writes str(data), which is sent when the buffer is full (or, line buffered, a line is)."""
        data = str(data)
        if not data:
            return
        self._wbuf.append(data)
        self._wbuf_len += len(data)
        size = self._wbufsize
        if size == 0 or size == 1 and '\n' in data or 1 < size <= self._wbuf_len:
            self.flush()

    def writelines(self, list):
        """Writes each of a sequence; no line ends are added."""
        lines = [line for line in map(str, list) if line]
        self._wbuf.extend(lines)
        self._wbuf_len += sum(map(len, lines))
        if self._wbufsize <= 1 or self._wbuf_len >= self._wbufsize:
            self.flush()

    # ------------------------------------------------------------ reading

    @property
    def _rbuf(self):
        """What was read ahead, as a StringIO. Subclasses in the field read, fill and replace it."""
        if self._rbuf_file is None:
            ahead = self._take()
            self._rbuf_file = StringIO()
            self._rbuf_file.write(ahead)
        return self._rbuf_file

    @_rbuf.setter
    def _rbuf(self, file):
        self._rbuf_file = file

    def _take(self):
        """The bytes that were read ahead; there are none afterwards."""
        if self._rbuf_file is None:
            data = self._ahead[self._at:]
        else:
            data = self._rbuf_file.getvalue()
            self._rbuf_file = None
        self._ahead = ''
        self._at = 0
        return data

    def _fill(self, limit, line):
        """Reads ahead to limit bytes (negative: to the end of file) or, with line, to a line end."""
        pieces = [self._take()]
        length = len(pieces[0])
        size = self._rbufsize if line else max(self._rbufsize, self.default_bufsize)
        try:
            recv = self._sock.recv
            while (limit < 0 or length < limit) and not (line and '\n' in pieces[-1]):
                try:
                    data = recv(size if line or limit < 0 else limit - length)
                except error as e:
                    if e.args[0] == EINTR:
                        continue
                    raise
                if not data:
                    break
                pieces.append(data)
                length += len(data)
        finally:
            self._ahead = ''.join(pieces)

    def _give(self, end):
        """What was read ahead, up to an index."""
        data = self._ahead[self._at:end]
        if end == len(self._ahead):
            self._ahead = ''
            self._at = 0
        else:
            self._at = end
        return data

    def read(self, size=-1):
        """All until the end of file, or size bytes unless it ends before."""
        if self._rbuf_file is not None or not 0 <= size <= len(self._ahead) - self._at:
            self._fill(size, False)
        end = len(self._ahead)
        return self._give(end if size < 0 else min(self._at + size, end))

    def readline(self, size=-1):
        """One line with its end, or less at the end of file; at most size bytes."""
        end = self._ahead.find('\n', self._at) + 1
        if not end or self._rbuf_file is not None:
            self._fill(size, True)
            end = self._ahead.find('\n') + 1 or len(self._ahead)
        return self._give(end if size < 0 else min(self._at + size, end))

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
        """The next line, for iteration."""
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


# ------------------------------------------------------------ names of TLS

# CPython's socket module has these from _ssl. The errors and numbers are here so that programs that name them in an
# except clause or a table run; ssl() itself says what importing ssl says.
from _socket import _sslerror as sslerror

SSL_ERROR_SSL, SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE, SSL_ERROR_WANT_X509_LOOKUP = 1, 2, 3, 4
SSL_ERROR_SYSCALL, SSL_ERROR_ZERO_RETURN, SSL_ERROR_WANT_CONNECT, SSL_ERROR_EOF = 5, 6, 7, 8
SSL_ERROR_INVALID_ERROR_CODE = 10


def RAND_status():
    """1: the kernel's generator, which os.urandom reads, is seeded when a program can run."""
    return 1


def RAND_add(string, entropy):
    """Mixes a string into the kernel's generator, which credits it no entropy (random(4))."""
    if not isinstance(entropy, (int, long, float)):
        raise TypeError('a float is required')
    with open('/dev/urandom', 'wb') as generator:
        generator.write(string)


def ssl(sock, keyfile=None, certfile=None):
    """A TLS client on a connected socket, by the interface that the ssl module replaced."""
    from ssl import sslwrap_simple
    return sslwrap_simple(sock, keyfile, certfile)


# ------------------------------------------------------------ names of Jython's own socket module

# Not CPython's. Programs that were written for Jython's sockets find them here. The protocols and
# options are refused, as they were there; the flags of getnameinfo(3) are glibc's.
IN6ADDR_ANY_INIT = '::'
IPPROTO_GGP, IPPROTO_IPV4, IPPROTO_ND, IPPROTO_MAX = 3, 4, 77, 256
SO_TIMEOUT, SO_USELOOPBACK = 512, -512
NI_IDN, NI_IDN_ALLOW_UNASSIGNED, NI_IDN_USE_STD3_ASCII_RULES = 32, 64, 128


def is_ipv4_address(address):
    """Whether a string is an IPv4 address in the form that inet_pton takes."""
    return _is_address(AF_INET, address)


def is_ipv6_address(address):
    """Whether a string is an IPv6 address in the form that inet_pton takes."""
    return _is_address(AF_INET6, address)


def is_ip_address(address):
    """Whether a string is an address of either kind."""
    return is_ipv4_address(address) or is_ipv6_address(address)


def _is_address(family, address):
    try:
        inet_pton(family, address)
        return True
    except error:
        return False


def supports(feature):
    """True for 'idna', the one feature that Jython's own socket module knows; KeyError for others."""
    if feature != 'idna':
        raise KeyError('Unknown feature', feature)
    return True


__all__ += ['IN6ADDR_ANY_INIT', 'IPPROTO_GGP', 'IPPROTO_IPV4', 'IPPROTO_ND', 'IPPROTO_MAX', 'SO_TIMEOUT',
            'SO_USELOOPBACK', 'NI_IDN', 'NI_IDN_ALLOW_UNASSIGNED', 'NI_IDN_USE_STD3_ASCII_RULES', 'is_ipv4_address',
            'is_ipv6_address', 'is_ip_address', 'supports']
del _n
