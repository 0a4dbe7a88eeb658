"""TLS on sockets: what programs import. It stands on _ssl, which is written in Java on the JDK's SSLEngine.

All names and their behaviour are CPython 2.7.18's on Linux with OpenSSL 1.1.1
(https://docs.python.org/2.7/library/ssl.html); docs/tls-on-jsse.md has what the JDK does otherwise.
"""

import base64
import errno
import os
import sys
from collections import namedtuple
from contextlib import closing

import _ssl
from _ssl import (CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED, HAS_ALPN, HAS_ECDH, HAS_NPN, HAS_SNI, HAS_TLSv1_3,
                  OPENSSL_VERSION, OPENSSL_VERSION_INFO, OPENSSL_VERSION_NUMBER, PROTOCOL_TLS, SSLEOFError, SSLError,
                  SSLSyscallError, SSLWantReadError, SSLWantWriteError, SSLZeroReturnError, _OPENSSL_API_VERSION,
                  _SSLContext)
from _weakref import ref as _weakref
from _ssl import nid2obj as _nid2obj, txt2obj as _txt2obj
from select import select as _select
from socket import (AF_INET, SO_TYPE, SOCK_STREAM, SOL_SOCKET, RAND_add, RAND_status, _fileobject, create_connection,
                    socket)
from socket import error as socket_error

globals().update((_n, getattr(_ssl, _n)) for _n in dir(_ssl)
                 if _n.startswith(('ALERT_DESCRIPTION_', 'OP_', 'PROTOCOL_', 'SSL_ERROR_', 'VERIFY_')))

PROTOCOL_SSLv23 = PROTOCOL_TLS
_PROTOCOL_NAMES = dict((getattr(_ssl, _n), _n) for _n in dir(_ssl)
                       if _n.startswith('PROTOCOL_') and _n != 'PROTOCOL_SSLv23')
_SSLv2_IF_EXISTS = None

CHANNEL_BINDING_TYPES = []

# Forward secrecy first, then authenticated encryption; nothing without a certificate, without encryption or broken.
_DEFAULT_CIPHERS = ('ECDH+AESGCM:ECDH+CHACHA20:DH+AESGCM:DH+CHACHA20:ECDH+AES256:DH+AES256:ECDH+AES128:DH+AES:'
                    'ECDH+HIGH:DH+HIGH:RSA+AESGCM:RSA+AES:RSA+HIGH:!aNULL:!eNULL:!MD5:!3DES')
_RESTRICTED_SERVER_CIPHERS = _DEFAULT_CIPHERS + ':!DSS:!RC4'


class CertificateError(ValueError):
    """A certificate is not that of the host it came from."""


# ------------------------------------------------------------ names in certificates

def _dnsname_match(dn, hostname, max_wildcards=1):
    """Whether a certificate's DNS name, perhaps with a wildcard in its first label, is the host's (RFC 6125, 6.4.3)."""
    if not dn:
        return False
    first, dot, rest = dn.partition('.')
    stars = first.count('*')
    if stars > max_wildcards:
        raise CertificateError('too many wildcards in certificate DNS name: %r' % dn)
    dn, hostname = dn.lower(), hostname.lower()
    if not stars:
        return dn == hostname
    first, dot, rest = dn.partition('.')
    label, host_dot, host_rest = hostname.partition('.')
    if (dot, rest) != (host_dot, host_rest):
        return False
    if first == '*':
        return bool(label)
    if first.startswith('xn--') or hostname.startswith('xn--'):
        return first == label  # a part of an encoded label means nothing
    before, after = first.split('*', 1)
    return (len(label) >= len(before) + len(after) and label.startswith(before) and label.endswith(after))


def match_hostname(cert, hostname):
    """Raises CertificateError unless a certificate, as getpeercert() tells it, is that of a host.

    Its DNS names count, and if it has none the common names of its subject. An IP address is no
    host's name.
    """
    if not cert:
        raise ValueError('empty or no certificate, match_hostname needs a SSL socket or SSL context with either '
                         'CERT_OPTIONAL or CERT_REQUIRED')
    names = [value for kind, value in cert.get('subjectAltName', ()) if kind == 'DNS']
    checked = []
    for name in names or (value for part in cert.get('subject', ()) for kind, value in part if kind == 'commonName'):
        if _dnsname_match(name, hostname):
            return
        checked.append(name)
    if not checked:
        raise CertificateError('no appropriate commonName or subjectAltName fields were found')
    if len(checked) == 1:
        raise CertificateError("hostname %r doesn't match %r" % (hostname, checked[0]))
    raise CertificateError("hostname %r doesn't match either of %s" % (hostname, ', '.join(map(repr, checked))))


class _ASN1Object(namedtuple('_ASN1Object', 'nid shortname longname oid')):
    """An object identifier with OpenSSL's names and number."""

    __slots__ = ()

    def __new__(cls, oid):
        return cls._make(_txt2obj(oid, False))

    @classmethod
    def fromnid(cls, nid):
        """The object of OpenSSL's number."""
        return cls._make(_nid2obj(nid))

    @classmethod
    def fromname(cls, name):
        """The object of a short name, a long name or an identifier."""
        return cls._make(_txt2obj(name, True))


class Purpose(_ASN1Object):
    """What certificates are asked for: SERVER_AUTH by a client, CLIENT_AUTH by a server."""


Purpose.SERVER_AUTH = Purpose('1.3.6.1.5.5.7.3.1')
Purpose.CLIENT_AUTH = Purpose('1.3.6.1.5.5.7.3.2')

# ------------------------------------------------------------ contexts

DefaultVerifyPaths = namedtuple('DefaultVerifyPaths', 'cafile capath openssl_cafile_env openssl_cafile '
                                                      'openssl_capath_env openssl_capath')


def get_default_verify_paths():
    """Where trusted certificates are looked for; None for what is not there."""
    paths = _ssl.get_default_verify_paths()
    cafile = os.environ.get(paths[0], paths[1])
    capath = os.environ.get(paths[2], paths[3])
    return DefaultVerifyPaths(cafile if os.path.isfile(cafile) else None, capath if os.path.isdir(capath) else None,
                              *paths)


class SSLContext(_SSLContext):
    """What connections have in common: versions, cipher suites, certificates, trust."""

    def __new__(cls, protocol, *args, **kwargs):
        self = _SSLContext.__new__(cls, protocol)
        self.set_ciphers(_DEFAULT_CIPHERS)
        return self

    def __init__(self, protocol):
        self.protocol = protocol

    def wrap_socket(self, sock, server_side=False, do_handshake_on_connect=True, suppress_ragged_eofs=True,
                    server_hostname=None):
        """A socket with TLS on a socket: one that is connected, will be, or listens."""
        return SSLSocket(sock=sock, server_side=server_side, do_handshake_on_connect=do_handshake_on_connect,
                         suppress_ragged_eofs=suppress_ragged_eofs, server_hostname=server_hostname, _context=self)

    def set_npn_protocols(self, npn_protocols):
        """Raises NotImplementedError: see HAS_NPN."""
        self._set_npn_protocols(_listed(npn_protocols, 'NPN'))

    def set_alpn_protocols(self, alpn_protocols):
        """Protocols to offer, or as a server to choose from, best first (RFC 7301)."""
        self._set_alpn_protocols(_listed(alpn_protocols, 'ALPN'))

    def load_default_certs(self, purpose=Purpose.SERVER_AUTH):
        """Trusts what the system does."""
        if not isinstance(purpose, _ASN1Object):
            raise TypeError(purpose)
        self.set_default_verify_paths()


def _listed(protocols, extension):
    """Names of protocols as they stand in a message: the length of each before it, in a byte."""
    listed = bytearray()
    for protocol in protocols:
        name = protocol.encode('ascii')
        if not 1 <= len(name) <= 255:
            raise SSLError('%s protocols must be 1 to 255 in length' % extension)
        listed.append(len(name))
        listed.extend(name)
    return listed


def create_default_context(purpose=Purpose.SERVER_AUTH, cafile=None, capath=None, cadata=None):
    """A context for a client, which verifies certificate and name of the server, or for a server (CLIENT_AUTH)."""
    if not isinstance(purpose, _ASN1Object):
        raise TypeError(purpose)
    context = SSLContext(PROTOCOL_TLS)
    if purpose == Purpose.SERVER_AUTH:
        context.verify_mode = CERT_REQUIRED
        context.check_hostname = True
    elif purpose == Purpose.CLIENT_AUTH:
        context.set_ciphers(_RESTRICTED_SERVER_CIPHERS)
    _trust(context, purpose, cafile, capath, cadata)
    return context


def _create_unverified_context(protocol=PROTOCOL_TLS, cert_reqs=None, check_hostname=False,
                               purpose=Purpose.SERVER_AUTH, certfile=None, keyfile=None, cafile=None, capath=None,
                               cadata=None):
    """A context that verifies what it is told to, at first nothing: that of the library's modules but for https."""
    if not isinstance(purpose, _ASN1Object):
        raise TypeError(purpose)
    context = SSLContext(protocol)
    if cert_reqs is not None:
        context.verify_mode = cert_reqs
    context.check_hostname = check_hostname
    if keyfile and not certfile:
        raise ValueError('certfile must be specified')
    if certfile:
        context.load_cert_chain(certfile, keyfile)
    _trust(context, purpose, cafile, capath, cadata)
    return context


def _trust(context, purpose, cafile, capath, cadata):
    if cafile or capath or cadata:
        context.load_verify_locations(cafile, capath, cadata)
    elif context.verify_mode != CERT_NONE:
        context.load_default_certs(purpose)


_create_stdlib_context = _create_unverified_context
_https_verify_envvar = 'PYTHONHTTPSVERIFY'


def _get_https_context_factory():
    """Who makes the contexts of https (PEP 493)."""
    if not sys.flags.ignore_environment and os.environ.get(_https_verify_envvar) == '0':
        return _create_unverified_context
    return create_default_context


_create_default_https_context = _get_https_context_factory()


def _https_verify_certificates(enable=True):
    """Whether httplib and urllib2 verify servers where a program says nothing."""
    global _create_default_https_context
    _create_default_https_context = create_default_context if enable else _create_unverified_context


# ------------------------------------------------------------ sockets

class SSLSocket(socket):
    """A socket whose bytes are TLS's. Its own are those of the socket it was made from, which stays usable."""

    def __init__(self, sock=None, keyfile=None, certfile=None, server_side=False, cert_reqs=CERT_NONE,
                 ssl_version=PROTOCOL_TLS, ca_certs=None, do_handshake_on_connect=True, family=AF_INET,
                 type=SOCK_STREAM, proto=0, fileno=None, suppress_ragged_eofs=True, npn_protocols=None, ciphers=None,
                 server_hostname=None, _context=None):
        self._makefile_refs = 0
        if _context:
            self._context = _context
        else:
            self._context = self._own_context(keyfile, certfile, server_side, cert_reqs, ssl_version, ca_certs,
                                              npn_protocols, ciphers)
        if sock.getsockopt(SOL_SOCKET, SO_TYPE) != SOCK_STREAM:
            raise NotImplementedError('only stream sockets are supported')
        if server_side and server_hostname:
            raise ValueError('server_hostname can only be specified in client mode')
        if self._context.check_hostname and not server_hostname:
            raise ValueError('check_hostname requires server_hostname')
        self.server_side = server_side
        self.server_hostname = server_hostname
        self.do_handshake_on_connect = do_handshake_on_connect
        self.suppress_ragged_eofs = suppress_ragged_eofs
        self._closed = False
        self._sslobj = None
        self._take_over(sock)
        try:
            self._begin()
        except BaseException as e:
            self._end(True)
            # The peer of a plain socket may still be told why. Not that of a connection with another's certificate,
            # which programs drop: CPython's closes when the last reference has gone.
            if self._give_back() and not isinstance(e, CertificateError):
                self._sock._reuse()
            socket.close(self)
            raise

    def _own_context(self, keyfile, certfile, server_side, cert_reqs, ssl_version, ca_certs, npn_protocols, ciphers):
        """The context of the function wrap_socket's arguments, which the socket then shows, too."""
        if not certfile and (server_side or keyfile):
            raise ValueError('certfile must be specified' + (' for server-side operations' if server_side else ''))
        context = SSLContext(ssl_version)
        context.verify_mode = cert_reqs
        if ca_certs:
            context.load_verify_locations(ca_certs)
        if certfile:
            keyfile = keyfile or certfile
            context.load_cert_chain(certfile, keyfile)
        if npn_protocols:
            context.set_npn_protocols(npn_protocols)
        if ciphers:
            context.set_ciphers(ciphers)
        self.keyfile = keyfile
        self.certfile = certfile
        self.cert_reqs = cert_reqs
        self.ssl_version = ssl_version
        self.ca_certs = ca_certs
        self.ciphers = ciphers
        return context

    def _take_over(self, sock):
        """Holds the real socket in place of the socket that this is made from.

        CPython counts references: where a program drops that socket, which most do, the end of this
        one closes the descriptor. Here its hold passes over, and its close() leaves the descriptor
        open, until unwrap() or an error gives the hold back.
        """
        socket.__init__(self, _sock=sock._sock)
        self._made_from = None
        if isinstance(sock, socket) and not sock._lent and hasattr(sock._sock, '_drop'):
            sock._sock._drop()
            sock._lent = True
            self._made_from = _weakref(sock)

    def _give_back(self):
        """Lets the socket that this was made from close the descriptor, too; whether it is still there."""
        sock = self._made_from and self._made_from()
        if sock is None:
            return False
        sock._lent = self._made_from = None
        return True

    def _begin(self):
        """The first step on a socket that is connected already."""
        self._connected = self._is_connected()
        if not self._connected:
            return
        self._sslobj = self._context._wrap_socket(self._sock, self.server_side, self.server_hostname, ssl_sock=self)
        if self.do_handshake_on_connect:
            if self.gettimeout() == 0.0:
                raise ValueError('do_handshake_on_connect should not be specified for non-blocking sockets')
            self.do_handshake()

    def _end(self, open):
        """No more TLS; its memory goes back at once, if not `open` where the socket is closed."""
        tls, self._sslobj = self._sslobj, None
        if tls is not None:
            tls._free(open)

    def _is_connected(self):
        try:
            self.getpeername()
        except socket_error as e:
            if e.errno != errno.ENOTCONN:
                raise
            return False
        return True

    @property
    def context(self):
        """The SSLContext; a callback of set_servername_callback() may set another."""
        return self._context

    @context.setter
    def context(self, ctx):
        self._context = ctx
        self._sslobj.context = ctx

    def dup(self):
        """Raises NotImplementedError: two sockets cannot share a TLS connection."""
        raise NotImplementedError("Can't dup() %s instances" % self.__class__.__name__)

    def _checkClosed(self, msg=None):
        """Called by each method, for subclasses that want to raise."""

    def _check_connected(self):
        if not self._connected:
            self.getpeername()  # raises ENOTCONN, but not where a connect that did not wait has come to its end

    def _refuse_flags(self, flags, name):
        if flags:
            raise ValueError('non-zero flags not allowed in calls to %s() on %s' % (name, self.__class__))

    def _refuse_datagrams(self, name):
        if self._sslobj:
            raise ValueError('%s not allowed on instances of %s' % (name, self.__class__))

    # -------------------------------------------------------- data

    def read(self, len=1024, buffer=None):
        """At most len bytes, or their count where a buffer is filled; '' or 0 at the end."""
        self._checkClosed()
        if not self._sslobj:
            raise ValueError('Read on closed or unwrapped SSL socket.')
        try:
            return self._sslobj.read(len) if buffer is None else self._sslobj.read(len, buffer)
        except SSLEOFError:
            if not self.suppress_ragged_eofs:
                raise
            return '' if buffer is None else 0

    def write(self, data):
        """Sends data; the count of bytes, all of them where the socket waits."""
        self._checkClosed()
        if not self._sslobj:
            raise ValueError('Write on closed or unwrapped SSL socket.')
        return self._sslobj.write(data)

    def send(self, data, flags=0):
        """send(data) -> count: 0 where a socket that does not wait would have to."""
        self._checkClosed()
        if not self._sslobj:
            return self._sock.send(data, flags)
        self._refuse_flags(flags, 'send')
        try:
            return self._sslobj.write(data)
        except (SSLWantReadError, SSLWantWriteError):
            return 0

    def _send_now(self, data):
        """For a file that was dropped: what the kernel takes without waiting."""
        if self._sslobj:
            self._sslobj.write(data, False)

    def sendall(self, data, flags=0):
        """Sends all of data or raises; its length."""
        self._checkClosed()
        if not self._sslobj:
            return socket.sendall(self, data, flags)
        self._refuse_flags(flags, 'sendall')
        amount = len(data)
        count = 0
        while count < amount:
            try:
                count += self._sslobj.write(data[count:count + 65536])
            except SSLWantReadError:
                _select([self], [], [])
            except SSLWantWriteError:
                _select([], [self], [])
        return amount

    def sendto(self, data, flags_or_addr, addr=None):
        """As of the plain socket; ValueError once there is TLS."""
        self._checkClosed()
        self._refuse_datagrams('sendto')
        return self._sock.sendto(data, flags_or_addr, *([] if addr is None else [addr]))

    def recv(self, buflen=1024, flags=0):
        """At most buflen bytes, '' at the end."""
        self._checkClosed()
        if not self._sslobj:
            return self._sock.recv(buflen, flags)
        self._refuse_flags(flags, 'recv')
        return self.read(buflen)

    def recv_into(self, buffer, nbytes=None, flags=0):
        """As recv, into a writable buffer; the count."""
        self._checkClosed()
        if nbytes is None:
            nbytes = len(buffer) if buffer else 1024
        if not self._sslobj:
            return self._sock.recv_into(buffer, nbytes, flags)
        self._refuse_flags(flags, 'recv_into')
        return self.read(nbytes, buffer)

    def recvfrom(self, buflen=1024, flags=0):
        """As of the plain socket; ValueError once there is TLS."""
        self._checkClosed()
        self._refuse_datagrams('recvfrom')
        return self._sock.recvfrom(buflen, flags)

    def recvfrom_into(self, buffer, nbytes=None, flags=0):
        """As of the plain socket; ValueError once there is TLS."""
        self._checkClosed()
        self._refuse_datagrams('recvfrom_into')
        return self._sock.recvfrom_into(buffer, nbytes, flags)

    def pending(self):
        """How many bytes can be read though select() does not tell of them."""
        self._checkClosed()
        return self._sslobj.pending() if self._sslobj else 0

    def makefile(self, mode='r', bufsize=-1):
        """A file object for the connection, which closes when both it and this have been closed."""
        self._makefile_refs += 1
        return _fileobject(self, mode, bufsize, close=True)

    # -------------------------------------------------------- what was agreed on

    def getpeercert(self, binary_form=False):
        """The peer's certificate, a dict or in DER; None for none, an empty dict for one that was not verified."""
        self._checkClosed()
        self._check_connected()
        return self._sslobj.peer_certificate(binary_form)

    def selected_npn_protocol(self):
        """None: see HAS_NPN."""
        self._checkClosed()

    def selected_alpn_protocol(self):
        """The protocol agreed on, None for none."""
        self._checkClosed()
        return self._sslobj.selected_alpn_protocol() if self._sslobj else None

    def cipher(self):
        """(name, version, secret bits) of the cipher suite; None before the handshake."""
        self._checkClosed()
        return self._sslobj.cipher() if self._sslobj else None

    def compression(self):
        """None: nothing is compressed."""
        self._checkClosed()
        return self._sslobj.compression() if self._sslobj else None

    def get_channel_binding(self, cb_type='tls-unique'):
        """Raises ValueError: see CHANNEL_BINDING_TYPES."""
        raise ValueError('Unsupported channel binding type')

    def version(self):
        """'TLSv1.3' or the like; None before the handshake."""
        return self._sslobj.version() if self._sslobj is not None else None

    # -------------------------------------------------------- the connection

    def do_handshake(self, block=False):
        """Agrees with the peer on keys, and verifies its name where the context says so."""
        self._check_connected()
        timeout = self.gettimeout()
        try:
            if timeout == 0.0 and block:
                self.settimeout(None)
            self._sslobj.do_handshake()
        finally:
            self.settimeout(timeout)
        if self.context.check_hostname:
            if not self.server_hostname:
                raise ValueError('check_hostname needs server_hostname argument')
            match_hostname(self.getpeercert(), self.server_hostname)

    def connect(self, addr):
        """Connects, and does the handshake unless it was said not to."""
        self._real_connect(addr, False)

    def connect_ex(self, addr):
        """As connect; the errno of connecting is returned."""
        return self._real_connect(addr, True)

    def _real_connect(self, addr, connect_ex):
        if self.server_side:
            raise ValueError("can't connect in server-side mode")
        if self._connected:
            raise ValueError('attempt to connect already-connected SSLSocket!')
        self._sslobj = self.context._wrap_socket(self._sock, False, self.server_hostname, ssl_sock=self)
        try:
            error = (socket.connect_ex if connect_ex else socket.connect)(self, addr)
            if not error:
                self._connected = True
                if self.do_handshake_on_connect:
                    self.do_handshake()
            return error
        except (OSError, ValueError):
            self._sslobj = None
            raise

    def accept(self):
        """(socket, address) of the next connection, with TLS and by this one's settings."""
        accepted, address = socket.accept(self)
        try:
            return self.context.wrap_socket(accepted, server_side=True,
                                            do_handshake_on_connect=self.do_handshake_on_connect,
                                            suppress_ragged_eofs=self.suppress_ragged_eofs), address
        except BaseException:
            accepted.close()  # nobody else has it
            raise

    def unwrap(self):
        """Ends TLS with the peer's consent; the _socket.socket, which goes on without."""
        if not self._sslobj:
            raise ValueError('No SSL wrapper around ' + str(self))
        plain = self._sslobj.shutdown()
        self._end(True)
        self._give_back()
        return plain

    def shutdown(self, how):
        """Ends reading (0), writing (1) or both (2) of the connection, without a word to the peer's TLS."""
        self._checkClosed()
        self._sslobj = None
        socket.shutdown(self, how)

    def close(self):
        """Closes the connection with the last of the socket and its files."""
        if self._makefile_refs < 1:
            socket.close(self)
            self._end(False)
        else:
            self._makefile_refs -= 1


def wrap_socket(sock, keyfile=None, certfile=None, server_side=False, cert_reqs=CERT_NONE, ssl_version=PROTOCOL_TLS,
                ca_certs=None, do_handshake_on_connect=True, suppress_ragged_eofs=True, ciphers=None):
    """A socket with TLS on a socket, with a context of its own."""
    return SSLSocket(sock=sock, keyfile=keyfile, certfile=certfile, server_side=server_side, cert_reqs=cert_reqs,
                     ssl_version=ssl_version, ca_certs=ca_certs, do_handshake_on_connect=do_handshake_on_connect,
                     suppress_ragged_eofs=suppress_ragged_eofs, ciphers=ciphers)


def sslwrap_simple(sock, keyfile=None, certfile=None):
    """What socket.ssl() returns: a client's end with read and write, on a socket that is connected or will be."""
    sock = getattr(sock, '_sock', sock)
    context = SSLContext(PROTOCOL_TLS)
    if keyfile or certfile:
        context.load_cert_chain(certfile, keyfile)
    connection = context._wrap_socket(sock, server_side=False)
    try:
        sock.getpeername()
    except socket_error:
        return connection
    connection.do_handshake()
    return connection


# ------------------------------------------------------------ certificates as text

PEM_HEADER = '-----BEGIN CERTIFICATE-----'
PEM_FOOTER = '-----END CERTIFICATE-----'

_MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split()


def cert_time_to_seconds(cert_time):
    """Seconds since the epoch of a certificate's time, 'Jan  5 09:34:43 2018 GMT', whatever the locale."""
    from calendar import timegm
    from time import strptime
    rest = ' %d %H:%M:%S %Y GMT'
    month = cert_time[:3].lower()
    if month not in _MONTHS:
        raise ValueError('time data %r does not match format "%%b%s"' % (cert_time, rest))
    parsed = strptime(cert_time[3:], rest)
    return timegm((parsed[0], _MONTHS.index(month) + 1) + parsed[2:6])


def DER_cert_to_PEM_cert(der_cert_bytes):
    """A certificate's DER as PEM."""
    text = base64.b64encode(der_cert_bytes)
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    return '\n'.join([PEM_HEADER] + lines + [PEM_FOOTER, ''])


def PEM_cert_to_DER_cert(pem_cert_string):
    """A certificate's PEM, with nothing around it, as DER."""
    if not pem_cert_string.startswith(PEM_HEADER):
        raise ValueError('Invalid PEM encoding; must start with %s' % PEM_HEADER)
    stripped = pem_cert_string.strip()
    if not stripped.endswith(PEM_FOOTER):
        raise ValueError('Invalid PEM encoding; must end with %s' % PEM_FOOTER)
    return base64.decodestring(stripped[len(PEM_HEADER):-len(PEM_FOOTER)].encode('ascii'))


def get_server_certificate(addr, ssl_version=PROTOCOL_TLS, ca_certs=None):
    """The certificate of the server at (host, port) as PEM, verified by the certificates of a file if that is given."""
    context = _create_stdlib_context(ssl_version, cert_reqs=CERT_NONE if ca_certs is None else CERT_REQUIRED,
                                     cafile=ca_certs)
    with closing(create_connection(addr)) as sock:
        with closing(context.wrap_socket(sock)) as tls:
            return DER_cert_to_PEM_cert(tls.getpeercert(True))


def get_protocol_name(protocol_code):
    """The name of a PROTOCOL_ number."""
    return _PROTOCOL_NAMES.get(protocol_code, '<unknown>')
