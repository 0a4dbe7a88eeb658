"""pyOpenSSL's OpenSSL.SSL (as of 21.0.0) on the JDK's TLS.

What runs for each message is Java (org.euryale.jython.PyOpenSslConnection); here are the setters of contexts and what is
asked of a connection now and then. docs/openssl.md tells what the JDK cannot do.
"""

import os as _os

import _openssl
from _openssl import *
from OpenSSL import crypto as _crypto
from OpenSSL._util import (UNSPECIFIED as _UNSPECIFIED, path_string as _path_string,
                           text_to_bytes_and_warn as _text_to_bytes_and_warn)

__all__ = [
    'OPENSSL_VERSION_NUMBER', 'SSLEAY_VERSION', 'SSLEAY_CFLAGS', 'SSLEAY_PLATFORM', 'SSLEAY_DIR', 'SSLEAY_BUILT_ON',
    'SENT_SHUTDOWN', 'RECEIVED_SHUTDOWN', 'SSLv2_METHOD', 'SSLv3_METHOD', 'SSLv23_METHOD', 'TLSv1_METHOD',
    'TLSv1_1_METHOD', 'TLSv1_2_METHOD', 'TLS_METHOD', 'TLS_SERVER_METHOD', 'TLS_CLIENT_METHOD', 'SSL3_VERSION',
    'TLS1_VERSION', 'TLS1_1_VERSION', 'TLS1_2_VERSION', 'TLS1_3_VERSION', 'OP_NO_SSLv2', 'OP_NO_SSLv3', 'OP_NO_TLSv1',
    'OP_NO_TLSv1_1', 'OP_NO_TLSv1_2', 'OP_NO_TLSv1_3', 'MODE_RELEASE_BUFFERS', 'OP_SINGLE_DH_USE',
    'OP_SINGLE_ECDH_USE', 'OP_EPHEMERAL_RSA', 'OP_MICROSOFT_SESS_ID_BUG', 'OP_NETSCAPE_CHALLENGE_BUG',
    'OP_NETSCAPE_REUSE_CIPHER_CHANGE_BUG', 'OP_SSLREF2_REUSE_CERT_TYPE_BUG', 'OP_MICROSOFT_BIG_SSLV3_BUFFER',
    'OP_MSIE_SSLV2_RSA_PADDING', 'OP_SSLEAY_080_CLIENT_DH_BUG', 'OP_TLS_D5_BUG', 'OP_TLS_BLOCK_PADDING_BUG',
    'OP_DONT_INSERT_EMPTY_FRAGMENTS', 'OP_CIPHER_SERVER_PREFERENCE', 'OP_TLS_ROLLBACK_BUG', 'OP_PKCS1_CHECK_1',
    'OP_PKCS1_CHECK_2', 'OP_NETSCAPE_CA_DN_BUG', 'OP_NETSCAPE_DEMO_CIPHER_CHANGE_BUG', 'OP_NO_COMPRESSION',
    'OP_NO_QUERY_MTU', 'OP_COOKIE_EXCHANGE', 'OP_NO_TICKET', 'OP_ALL', 'VERIFY_PEER', 'VERIFY_FAIL_IF_NO_PEER_CERT',
    'VERIFY_CLIENT_ONCE', 'VERIFY_NONE', 'SESS_CACHE_OFF', 'SESS_CACHE_CLIENT', 'SESS_CACHE_SERVER', 'SESS_CACHE_BOTH',
    'SESS_CACHE_NO_AUTO_CLEAR', 'SESS_CACHE_NO_INTERNAL_LOOKUP', 'SESS_CACHE_NO_INTERNAL_STORE',
    'SESS_CACHE_NO_INTERNAL', 'SSL_ST_CONNECT', 'SSL_ST_ACCEPT', 'SSL_ST_MASK', 'SSL_CB_LOOP', 'SSL_CB_EXIT',
    'SSL_CB_READ', 'SSL_CB_WRITE', 'SSL_CB_ALERT', 'SSL_CB_READ_ALERT', 'SSL_CB_WRITE_ALERT', 'SSL_CB_ACCEPT_LOOP',
    'SSL_CB_ACCEPT_EXIT', 'SSL_CB_CONNECT_LOOP', 'SSL_CB_CONNECT_EXIT', 'SSL_CB_HANDSHAKE_START',
    'SSL_CB_HANDSHAKE_DONE', 'Error', 'WantReadError', 'WantWriteError', 'WantX509LookupError', 'ZeroReturnError',
    'SysCallError', 'NO_OVERLAPPING_PROTOCOLS', 'SSLeay_version', 'Session', 'Context', 'Connection']

# What an ALPN callback answers to go on without a protocol.
NO_OVERLAPPING_PROTOCOLS = object()

_integers = (int, long)

# The versions of each method; SSLv2 and SSLv3 exist in none.
_ANY = frozenset([TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION])
_METHODS = {SSLv23_METHOD: _ANY, TLS_METHOD: _ANY, TLS_SERVER_METHOD: _ANY, TLS_CLIENT_METHOD: _ANY,
            TLSv1_METHOD: frozenset([TLS1_VERSION]), TLSv1_1_METHOD: frozenset([TLS1_1_VERSION]),
            TLSv1_2_METHOD: frozenset([TLS1_2_VERSION])}
_FORBIDDING = {TLS1_VERSION: OP_NO_TLSv1, TLS1_1_VERSION: OP_NO_TLSv1_1, TLS1_2_VERSION: OP_NO_TLSv1_2,
               TLS1_3_VERSION: OP_NO_TLSv1_3}

# Of OpenSSL 1.1.1's SSL_CTX_new(3): OP_NO_COMPRESSION and OP_ENABLE_MIDDLEBOX_COMPAT, and what cryptography adds.
_FIRST_OPTIONS = 0x120004
_MODE_ENABLE_PARTIAL_WRITE = 0x1
_MODE_AUTO_RETRY = 0x4
_MODE_ASYNC = 0x100

# X509_V_FLAG_CRL_CHECK and X509_V_FLAG_CRL_CHECK_ALL.
_CRL_CHECK = 0x4
_CRL_CHECK_ALL = 0x8

# SSL_MAX_SID_CTX_LENGTH.
_LONGEST_SESSION_ID = 32
_SRTP_PROFILES = frozenset(['SRTP_AES128_CM_SHA1_80', 'SRTP_AES128_CM_SHA1_32', 'SRTP_AEAD_AES_128_GCM',
                            'SRTP_AEAD_AES_256_GCM'])


def SSLeay_version(type):
    """What there is in place of OpenSSL, by one of the SSLEAY_ constants."""
    return _openssl.version(type)


def _error(*triples):
    return Error(list(triples))


def _contents(name, function):
    """A file's bytes, or the errors of OpenSSL's function that reads it."""
    try:
        with open(_path_string(name), 'rb') as f:
            return f.read()
    except IOError as e:
        raise _error(('system library', 'fopen', _os.strerror(e.errno)), *function)


def _java_certificate(certificate):
    try:
        return certificate._certificate()
    except _crypto.Error as e:  # one that is not whole
        raise Error(e.args[0])


def _protocols(protos):
    """The names of protocols, at least one."""
    protos = list(protos)
    if not protos:
        raise _error(('common libcrypto routines', 'CRYPTO_memdup', 'malloc failure'),
                     ('SSL routines', 'SSL_CTX_set_alpn_protos', 'malloc failure'))
    return protos


def _require_integer(value, name):
    if not isinstance(value, _integers):
        raise TypeError(name + ' must be an integer')


def _require_callable(callback):
    if not callable(callback):
        raise TypeError('callback must be callable')


class Session(object):
    """What a handshake came to, for Connection.set_session() of a later one."""


class Context(_openssl.Context):
    """What connections have in common."""

    def __init__(self, method):
        _require_integer(method, 'method')
        if method not in _METHODS:
            raise ValueError('No such protocol')
        self._possible = _METHODS[method]
        self._least = self._most = 0
        self._options = _FIRST_OPTIONS
        self._mode = _MODE_AUTO_RETRY | _MODE_ENABLE_PARTIAL_WRITE
        self._key = self._certificate = None
        self._chain = []
        self._extra = []
        self._passphrase = None
        self._verify_mode = VERIFY_NONE
        self._depth = -1
        self._store = None
        self._stored = 0
        self._authorities = []
        self._timeout = 7200
        self._cache_mode = SESS_CACHE_SERVER
        self._app_data = None
        self._apply_versions()

    # ---------------------------------------------------------------- what may be spoken

    def _apply_versions(self):
        self._set_versions([v for v in self._possible if not self._options & _FORBIDDING[v] and v >= self._least
                            and (not self._most or v <= self._most)])

    def set_min_proto_version(self, version):
        """The first version that may be spoken; 0 for the first that there is."""
        self._least = self._known_version(version)
        self._apply_versions()

    def set_max_proto_version(self, version):
        """The last version that may be spoken; 0 for the last that there is."""
        self._most = self._known_version(version)
        self._apply_versions()

    def _known_version(self, version):
        _require_integer(version, 'version')
        if version and version != SSL3_VERSION and version not in _ANY:
            raise Error([])
        return version

    def set_options(self, options):
        """Sets options beside those that are set; returns them all."""
        _require_integer(options, 'options')
        self._options |= options
        self._apply_versions()
        self._set_server_preference(bool(self._options & OP_CIPHER_SERVER_PREFERENCE))
        return self._options

    def set_mode(self, mode):
        """Sets modes beside those that are set; returns them all. Buffers are always released, calls retried.

        With SSL_MODE_ASYNC (0x100) Twisted's TLS on Euryale's reactor has the long work of handshakes done in the reactor's
        thread pool, and with it callbacks for verification and ALPN.
        """
        _require_integer(mode, 'mode')
        self._mode |= mode
        self._set_async(self._mode & _MODE_ASYNC)
        return self._mode

    def set_cipher_list(self, cipher_list):
        """The cipher suites of TLS 1.2, as openssl-ciphers(1) tells them."""
        cipher_list = _text_to_bytes_and_warn('cipher_list', cipher_list)
        if not isinstance(cipher_list, bytes):
            raise TypeError('cipher_list must be a byte string.')
        self._set_ciphers(cipher_list)

    def load_tmp_dh(self, dhfile):
        """Reads Diffie-Hellman parameters, for their errors: the groups are the JDK's."""
        pem = _contents(dhfile, [('BIO routines', 'BIO_new_file', 'no such file')])
        if '-----BEGIN DH PARAMETERS-----' not in pem:
            raise _error(('PEM routines', 'get_name', 'no start line'),
                         ('SSL routines', 'ssl3_ctx_ctrl', 'passed a null parameter'))

    def set_tmp_ecdh(self, curve):
        """Takes a curve of OpenSSL.crypto's; which one a connection has is the JDK's choice."""
        if not isinstance(curve, _crypto._EllipticCurve):
            raise AttributeError("'%s' object has no attribute '_to_EC_KEY'" % type(curve).__name__)

    def set_tlsext_use_srtp(self, profiles):
        """NotImplementedError for profiles that OpenSSL knows: the JDK has no DTLS-SRTP."""
        if not isinstance(profiles, bytes):
            raise TypeError('profiles must be a byte string.')
        if not _SRTP_PROFILES.issuperset(profiles.split(':')):
            raise _error(('SSL routines', 'ssl_ctx_make_profiles', 'srtp unknown protection profile'))
        raise NotImplementedError('the JDK has no DTLS-SRTP')

    def set_alpn_protos(self, protos):
        """What a client offers by ALPN, best first."""
        self._set_protocols(_protocols(protos))

    def set_alpn_select_callback(self, callback):
        """callback(connection, offered) chooses a server's protocol, or answers NO_OVERLAPPING_PROTOCOLS."""

        def choose(connection, offered):
            chosen = callback(connection, offered)
            if chosen is NO_OVERLAPPING_PROTOCOLS:
                return None
            if not isinstance(chosen, bytes):
                raise TypeError('ALPN callback must return a bytestring or the special NO_OVERLAPPING_PROTOCOLS '
                                'sentinel value.')
            return chosen

        self._set_protocol_callback(choose)

    # ---------------------------------------------------------------- our certificate

    def _apply_credential(self):
        if self._key is not None and self._certificate is not None:
            self._set_credential(self._key, [self._certificate] + (self._extra or self._chain))

    def use_certificate_chain_file(self, certfile):
        """The certificate to show, and those that lead to a trusted one, from a PEM file."""
        function = 'use_certificate_chain_file'
        pem = _contents(certfile, [('BIO routines', 'file_ctrl', 'system lib'), ('SSL routines', function, 'system lib')])
        read = _openssl.certificates(pem, function)
        self._certificate, self._chain, self._extra = read[0], read[1:], []
        self._apply_credential()

    def use_certificate_file(self, certfile, filetype=_crypto.FILETYPE_PEM):
        """The certificate to show, from a file."""
        function = 'SSL_CTX_use_certificate_file'
        name = _path_string(certfile)
        _require_integer(filetype, 'filetype')
        data = _contents(name, [('BIO routines', 'file_ctrl', 'system lib'), ('SSL routines', function, 'system lib')])
        if filetype == _crypto.FILETYPE_PEM:
            self._certificate = _openssl.certificates(data, function)[0]
        elif filetype == _crypto.FILETYPE_ASN1:
            self._certificate = _openssl.certificate(data, function)
        else:
            raise _error(('SSL routines', function, 'bad ssl filetype'))
        self._apply_credential()

    def use_certificate(self, cert):
        """The certificate to show."""
        if not isinstance(cert, _crypto.X509):
            raise TypeError('cert must be an X509 instance')
        self._certificate = _java_certificate(cert)
        self._apply_credential()

    def add_extra_chain_cert(self, certobj):
        """One more of those that lead from ours to a trusted one."""
        if not isinstance(certobj, _crypto.X509):
            raise TypeError('certobj must be an X509 instance')
        self._extra.append(_java_certificate(certobj))
        self._apply_credential()

    def set_passwd_cb(self, callback, userdata=None):
        """callback(longest, verify, userdata) answers the password of an encrypted key file."""
        _require_callable(callback)

        def password(writing):
            answer = callback(1024, 0, userdata)
            if not isinstance(answer, bytes):
                raise ValueError('Bytes expected')
            return answer[:1024]

        self._passphrase = password

    def use_privatekey_file(self, keyfile, filetype=_UNSPECIFIED):
        """The certificate's key, from a file."""
        function = 'SSL_CTX_use_PrivateKey_file'
        name = _path_string(keyfile)
        if filetype is _UNSPECIFIED:
            filetype = _crypto.FILETYPE_PEM
        _require_integer(filetype, 'filetype')
        data = _contents(name, [('BIO routines', 'file_ctrl', 'system lib'), ('SSL routines', function, 'system lib')])
        if filetype not in (_crypto.FILETYPE_PEM, _crypto.FILETYPE_ASN1):
            raise _error(('SSL routines', function, 'bad ssl filetype'))
        pem = filetype == _crypto.FILETYPE_PEM
        try:
            key = _crypto.load_privatekey(filetype, data, self._passphrase if pem else None)
        except _crypto.Error as e:
            raise Error(e.args[0] + [('SSL routines', function, 'PEM lib' if pem else 'ASN1 lib')])
        self._use_key(key._private())

    def use_privatekey(self, pkey):
        """The certificate's key."""
        if not isinstance(pkey, _crypto.PKey):
            raise TypeError('pkey must be a PKey instance')
        self._use_key(pkey._private())

    def _use_key(self, key):
        self._key = key
        if self._certificate is not None:
            reason = self._check_credential(key, [self._certificate])
            if reason:  # as ssl_set_pkey() of OpenSSL's ssl_rsa.c: the certificate goes, the key stays
                self._certificate = None
                raise _error(('x509 certificate routines', 'X509_check_private_key', reason.lower().replace('_', ' ')))
        self._apply_credential()

    def check_privatekey(self):
        """Error unless the key is the certificate's."""
        function = 'SSL_CTX_check_private_key'
        if self._certificate is None:
            raise _error(('SSL routines', function, 'no certificate assigned'))
        if self._key is None:
            raise _error(('SSL routines', function, 'no private key assigned'))
        reason = self._check_credential(self._key, [self._certificate])
        if reason:
            raise _error(('x509 certificate routines', 'X509_check_private_key', reason.lower().replace('_', ' ')))

    # ---------------------------------------------------------------- the peer's certificate

    def load_verify_locations(self, cafile, capath=None):
        """Trusts certificates of a PEM file, of a directory of openssl rehash."""
        if cafile is None and capath is None:
            raise Error([])
        if cafile is not None:
            self._trust_pem(_contents(cafile, [
                ('BIO routines', 'BIO_new_file', 'no such file'),
                ('x509 certificate routines', 'X509_load_cert_crl_file', 'system lib')]))
        if capath is not None:
            self._trust_directory(_path_string(capath))

    def set_default_verify_paths(self):
        """Trusts what the system does; the JDK's certificates where the system has none."""
        self._trust_system(_os.environ.get('SSL_CERT_FILE'), _os.environ.get('SSL_CERT_DIR'))

    def get_cert_store(self):
        """What is trusted beside files and directories; certificates may be added until a handshake begins."""
        if self._store is None:
            self._store = _crypto.X509Store()
        return self._store

    def _apply_store(self):
        store = self._store
        if store is None:
            return
        certificates, lists = store._certificates(), store._crls()
        state = len(certificates), len(lists), store._flags, store._time
        if state == self._stored:
            return
        for certificate in certificates:
            self._trust(certificate)
        for revoked in lists:
            self._keep_crl(revoked)
        self._set_revocation(2 if store._flags & _CRL_CHECK_ALL else 1 if store._flags & _CRL_CHECK else 0)
        self._set_time(store._time)
        self._stored = state

    def set_verify(self, mode, callback=None):
        """Whether the peer's certificate is verified; callback(connection, certificate, error, depth, ok) is asked."""
        _require_integer(mode, 'mode')
        if callback is not None:
            _require_callable(callback)
        self._verify_mode = mode
        self._set_verification(0 if not mode & VERIFY_PEER else 2 if mode & VERIFY_FAIL_IF_NO_PEER_CERT else 1)
        self._set_verify_callback(None if callback is None else lambda connection, certificate, error, depth, ok:
                                  callback(connection, _crypto.X509._of(certificate), error, depth, ok))

    def get_verify_mode(self):
        return self._verify_mode

    def set_verify_depth(self, depth):
        """The most certificates between a peer's own and the trusted one."""
        _require_integer(depth, 'depth')
        self._depth = depth
        self._set_depth(100 if depth < 0 else depth)

    def get_verify_depth(self):
        return self._depth

    def set_client_ca_list(self, certificate_authorities):
        """The X509Names that a server tells its clients."""
        names = []
        for name in certificate_authorities:
            if not isinstance(name, _crypto.X509Name):
                raise TypeError('client CAs must be X509Name objects, not %s objects' % type(name).__name__)
            names.append(name._der())
        self._use_authorities(names)

    def add_client_ca(self, certificate_authority):
        """One more, by the subject of a certificate."""
        if not isinstance(certificate_authority, _crypto.X509):
            raise TypeError('certificate_authority must be an X509 instance')
        self._use_authorities(self._authorities + [certificate_authority.get_subject()._der()])

    def load_client_ca(self, cafile):
        """Tells clients the subjects of a PEM file's certificates."""
        pem = _contents(_text_to_bytes_and_warn('cafile', cafile), [('BIO routines', 'file_ctrl', 'system lib')])
        self._use_authorities([_crypto.X509._of(certificate).get_subject()._der()
                               for certificate in _openssl.certificates(pem, 'SSL_load_client_CA_file')])

    def _use_authorities(self, names):
        self._authorities = names
        self._set_authorities(names)

    # ---------------------------------------------------------------- sessions

    def set_session_id(self, buf):
        """Checked as OpenSSL does; sessions are the context's own in any case."""
        if len(_text_to_bytes_and_warn('buf', buf)) > _LONGEST_SESSION_ID:
            raise _error(('SSL routines', 'SSL_CTX_set_session_id_context', 'ssl session id context too long'))

    def set_session_cache_mode(self, mode):
        """Kept, and returns the one before; the JDK caches sessions as its properties say."""
        _require_integer(mode, 'mode')
        before, self._cache_mode = self._cache_mode, mode
        return before

    def get_session_cache_mode(self):
        return self._cache_mode

    def set_timeout(self, timeout):
        """Seconds for which a session may be resumed; returns those before."""
        _require_integer(timeout, 'timeout')
        before, self._timeout = self._timeout, timeout
        self._set_session_timeout(timeout)
        return before

    def get_timeout(self):
        return self._timeout

    # ---------------------------------------------------------------- callbacks and the program's own

    def set_info_callback(self, callback):
        """callback(connection, where, value) is told where a handshake is."""
        self._set_info_callback(callback)

    def set_keylog_callback(self, callback):
        """NotImplementedError: the JDK gives no keys away."""
        raise NotImplementedError('Key logging not available')

    def set_tlsext_servername_callback(self, callback):
        """callback(connection) may give a server's connection another context, by the name its client asks for."""
        self._set_server_name_callback(callback)

    def set_ocsp_server_callback(self, callback, data=None):
        """NotImplementedError: the JDK staples what it has fetched itself (jdk.tls.server.enableStatusRequestExtension)."""
        raise NotImplementedError('OCSP stapling is not available')

    def set_ocsp_client_callback(self, callback, data=None):
        """NotImplementedError, as for servers."""
        raise NotImplementedError('OCSP stapling is not available')

    def set_npn_advertise_callback(self, callback):
        """NotImplementedError, as in pyOpenSSL before 19.1 on an OpenSSL without NPN: nobody speaks it any more."""
        raise NotImplementedError('NPN not available')

    set_npn_select_callback = set_npn_advertise_callback

    def get_app_data(self):
        return self._app_data

    def set_app_data(self, data):
        self._app_data = data


class Connection(_openssl.Connection):
    """One end of TLS, over memory (socket None) or on a socket. It belongs to one thread at a time."""

    def __init__(self, context, socket=None):
        if not isinstance(context, Context):
            raise TypeError('context must be a Context instance')
        self._context = context
        self._socket = socket
        self._app_data = None
        context._apply_store()
        self._begin(context, socket, -1 if socket is None else _descriptor(socket))

    def get_context(self):
        return self._context

    def set_context(self, context):
        """Takes another context, which decides all that is not decided yet."""
        if not isinstance(context, Context):
            raise TypeError('context must be a Context instance')
        context._apply_store()
        self._context = context
        self._switch(context)

    def get_servername(self):
        """The name that was asked for by SNI, None for none."""
        return self._server_name()

    def set_tlsext_host_name(self, name):
        """Asks for a name by SNI."""
        if not isinstance(name, bytes):
            raise TypeError('name must be a byte string')
        if '\0' in name:
            raise TypeError('name must not contain NUL byte')
        self._ask_for(name)

    def set_alpn_protos(self, protos):
        """What this client offers by ALPN, best first, in place of what its context does."""
        self._set_protocols(_protocols(protos))

    def get_app_data(self):
        return self._app_data

    def set_app_data(self, data):
        self._app_data = data

    # ---------------------------------------------------------------- the socket

    def connect(self, addr):
        """Connects the socket; this is the client."""
        self.set_connect_state()
        return self._socket.connect(addr)

    def connect_ex(self, addr):
        """The same, with an error's number for its exception."""
        connect_ex = self._socket.connect_ex
        self.set_connect_state()
        return connect_ex(addr)

    def accept(self):
        """Another's connection, and its address; the handshake is yet to be done."""
        client, addr = self._socket.accept()
        connection = Connection(self._context, client)
        connection.set_accept_state()
        return connection, addr

    def sock_shutdown(self, *args, **kwargs):
        return self._socket.shutdown(*args, **kwargs)

    def makefile(self, *args, **kwargs):
        """NotImplementedError, as pyOpenSSL's."""
        raise NotImplementedError('Cannot make file object of OpenSSL.SSL.Connection')

    # ---------------------------------------------------------------- what was agreed on

    def get_certificate(self):
        """The certificate that this end shows, None for none."""
        certificate = self._context._certificate
        return None if certificate is None else _crypto.X509._of(certificate)

    def get_peer_certificate(self):
        """The peer's certificate, None for none."""
        sent = self._peer_certificates()
        return _crypto.X509._of(sent[0]) if sent else None

    def get_peer_cert_chain(self):
        """What the peer sent, None for nothing; at a server without the client's own, as OpenSSL."""
        sent = self._peer_certificates()
        if not sent:
            return None
        return [_crypto.X509._of(certificate) for certificate in (sent if self._is_client() else sent[1:])]

    def get_verified_chain(self):
        """From the peer's certificate to the trusted one, None when none was verified."""
        path = self._verified_path()
        return path and [_crypto.X509._of(certificate) for certificate in path]

    def get_client_ca_list(self):
        """The names that a server has told, or, at a server, tells."""
        names = self._authorities() if self._is_client() else self._context._authorities
        return [_crypto.X509Name._of_der(name) for name in names]

    def get_cipher_list(self):
        """The names of the suites that this end offers, best first."""
        return list(self._context._cipher_names())

    def get_cipher_name(self):
        cipher = self._cipher()
        return cipher and cipher[0]

    def get_cipher_version(self):
        cipher = self._cipher()
        return cipher and cipher[1]

    def get_cipher_bits(self):
        cipher = self._cipher()
        return cipher and cipher[2]

    def get_protocol_version_name(self):
        """The version spoken; before it is agreed on, the last that there is."""
        return (self._version() or (u'TLSv1.3', TLS1_3_VERSION))[0]

    def get_protocol_version(self):
        return (self._version() or (u'TLSv1.3', TLS1_3_VERSION))[1]

    def master_key(self):
        """None before there is one; NotImplementedError then: the JDK does not tell it."""
        return self._untold('the JDK does not tell the master secret')

    def get_finished(self):
        """None before there is one; NotImplementedError then: the JDK does not tell Finished messages."""
        return self._untold('the JDK does not tell Finished messages')

    get_peer_finished = get_finished

    def _untold(self, why):
        if self._established():
            raise NotImplementedError(why)

    def export_keying_material(self, label, olen, context=None):
        """Keys of RFC 5705 for the program; NotImplementedError where the JDK has none (before 25)."""
        if not self._established():
            raise Error([])
        material = self._export(label, olen, context)
        if material is None:
            raise NotImplementedError('the JDK exports no keying material')
        return material

    def get_session(self):
        """The session, for set_session() of a later connection of this context; None before the handshake is done."""
        if not self._established():
            return None
        session = Session()
        session._key = self._session_key()
        return session

    def set_session(self, session):
        """Resumes a session; counts before the handshake, and where the context still has it."""
        if not isinstance(session, Session):
            raise TypeError('session must be a Session instance')
        key = getattr(session, '_key', None)
        if key is not None:
            self._session_key(key)

    def get_state_string(self):
        """Where the handshake is, in OpenSSL's words."""
        if self._established():
            return 'SSL negotiation finished successfully'
        return 'before SSL initialization'

    def renegotiate(self):
        """Error: no connection is renegotiated; TLS 1.3 has no such thing, and in 1.2 it is refused."""
        raise _error(('SSL routines', 'SSL_renegotiate', 'no renegotiation'))

    def renegotiate_pending(self):
        return False

    def total_renegotiations(self):
        return 0

    def get_next_proto_negotiated(self):
        """NotImplementedError, as Context.set_npn_advertise_callback()."""
        raise NotImplementedError('NPN not available')

    def request_ocsp(self):
        """NotImplementedError, as Context.set_ocsp_client_callback()."""
        raise NotImplementedError('OCSP stapling is not available')


def _descriptor(socket):
    """A socket's descriptor, of an int or what has a fileno()."""
    if not isinstance(socket, _integers):
        fileno = getattr(socket, 'fileno', None)
        if fileno is not None:
            socket = fileno()
    if not isinstance(socket, _integers):
        raise TypeError('argument must be an int, or have a fileno() method.')
    if socket < 0:
        raise ValueError('file descriptor cannot be a negative integer (%i)' % socket)
    return socket


# Names that pyOpenSSL had until 19.0.
ContextType, ConnectionType = Context, Connection
