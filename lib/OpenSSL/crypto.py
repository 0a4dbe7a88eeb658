"""Certificates, requests, revocation lists and keys: pyOpenSSL's OpenSSL.crypto, on Java's and Bouncy Castle's.

All names and their behaviour are those of pyOpenSSL 21.0.0 with OpenSSL 1.1.1
(https://www.pyopenssl.org/en/21.0.0/api/crypto.html). What stands behind an object (_x509, _pkey ...) is one of
org.euryale.openssl, where pyOpenSSL has a pointer.
"""

import calendar
import datetime
import re
import warnings

from OpenSSL._util import (JavaClass as _JavaClass, UNSPECIFIED as _UNSPECIFIED, byte_string as _byte_string,
                           called as _called, native as _native, path_string as _path_string,
                           text_to_bytes_and_warn as _text_to_bytes_and_warn)
from java.math import BigInteger as _BigInteger
from java.nio.file import Paths as _Paths
from org.euryale.tls import TrustStore as _TrustStore

__all__ = ['FILETYPE_PEM', 'FILETYPE_ASN1', 'FILETYPE_TEXT', 'TYPE_RSA', 'TYPE_DSA', 'Error', 'PKey',
           'get_elliptic_curves', 'get_elliptic_curve', 'X509Name', 'X509Extension', 'X509Req', 'X509',
           'X509StoreFlags', 'X509Store', 'X509StoreContextError', 'X509StoreContext', 'load_certificate',
           'dump_certificate', 'dump_publickey', 'dump_privatekey', 'Revoked', 'CRL', 'PKCS7', 'PKCS12',
           'NetscapeSPKI', 'load_publickey', 'load_privatekey', 'dump_certificate_request',
           'load_certificate_request', 'sign', 'verify', 'dump_crl', 'load_crl', 'load_pkcs7_data', 'load_pkcs12']

_Asn1Time = _JavaClass('Asn1Time')
_Certificate = _JavaClass('Certificate')
_Curves = _JavaClass('Curves')
_Digest = _JavaClass('Digest')
_ExtensionText = _JavaClass('ExtensionText')
_ExtensionValue = _JavaClass('ExtensionValue')
_Key = _JavaClass('Key')
_KeyFile = _JavaClass('KeyFile')
_Name = _JavaClass('Name')
_PathVerifier = _JavaClass('PathVerifier')
_PemText = _JavaClass('PemText')
_Pkcs12 = _JavaClass('Pkcs12')
_Pkcs7 = _JavaClass('Pkcs7')
_Request = _JavaClass('Request')
_RevocationList = _JavaClass('RevocationList')
_Revoked = _JavaClass('Revoked')
_SignedKey = _JavaClass('SignedKey')
_Texts = _JavaClass('Texts')
_TrustFile = _JavaClass('TrustFile')

FILETYPE_PEM = 1
FILETYPE_ASN1 = 2
FILETYPE_TEXT = 2 ** 16 - 1

TYPE_RSA = 6
TYPE_DSA = 116
TYPE_DH = 28
TYPE_EC = 408


class Error(Exception):
    """An operation failed. Its argument is a list of triples: library, function, reason."""


def _call(function, *arguments):
    return _called(Error, function, *arguments)


def _bytes(array):
    """A str of a Java array."""
    return array.tostring()


def _digest(name):
    found = _Digest.named(_byte_string(name))
    if found is None:
        raise ValueError('No such digest method')
    return found


def _ascii(buffer):
    return buffer.encode('ascii') if isinstance(buffer, unicode) else buffer


def _written_time(when):
    if not isinstance(when, bytes):
        raise TypeError('when must be a byte string')
    time = _Asn1Time.of(when)
    if time is None:
        raise ValueError('Invalid string')
    return time


def _read_time(time):
    return None if time is None else _bytes(time.general())


# ------------------------------------------------------------ keys

class PKey(object):
    """A key pair, or a public key alone."""

    _only_public = False
    _initialized = True

    def __init__(self):
        self._pkey = None
        self._initialized = False

    @classmethod
    def _of_key(cls, key):
        made = cls.__new__(cls)
        made._pkey = key
        made._only_public = key.privateKey() is None
        return made

    @classmethod
    def _of(cls, private, public):
        """A pair of Java's; either may be None."""
        return cls._of_key(_call(_Key.of, private, public))

    def _private(self):
        """Java's private key; None where there is none."""
        return None if self._pkey is None else self._pkey.privateKey()

    def _public(self):
        """Java's public key; None where there is none."""
        return None if self._pkey is None else self._pkey.publicKey()

    def to_cryptography_key(self):
        """Raises ImportError: the package cryptography is written in C."""
        import cryptography.hazmat.backends  # noqa: the error is cryptography's own
        raise ImportError('cryptography')

    @classmethod
    def from_cryptography_key(cls, crypto_key):
        """Raises TypeError: there are no keys of the package cryptography, which is written in C."""
        raise TypeError('Unsupported key type')

    def generate_key(self, type, bits):
        """Makes this a new pair: TYPE_RSA or TYPE_DSA, its modulus of so many bits."""
        if not isinstance(type, int):
            raise TypeError('type must be an integer')
        if not isinstance(bits, int):
            raise TypeError('bits must be an integer')
        if type == TYPE_RSA:
            if bits <= 0:
                raise ValueError('Invalid number of bits')
            key = _call(_Key.generate, 'RSA', bits)
        elif type == TYPE_DSA:
            key = _call(_Key.generate, 'DSA', bits)
        else:
            raise Error('No such key type')
        self._pkey = key
        self._initialized = True

    def check(self):
        """True when the numbers of an RSA pair belong together, else Error; TypeError for other keys."""
        if self._only_public:
            raise TypeError('public key only')
        if self.type() != TYPE_RSA:
            raise TypeError('key type unsupported')
        _call(self._pkey.check)
        return True

    def type(self):
        """TYPE_RSA, TYPE_DSA, TYPE_EC, TYPE_DH or another of OpenSSL's numbers; 0 before there is a key."""
        return 0 if self._pkey is None else self._pkey.type()

    def bits(self):
        """How long the key is, by what counts for its kind."""
        return 0 if self._pkey is None else self._pkey.bits()


def _required(pkey, message='pkey must be a PKey instance'):
    if not isinstance(pkey, PKey):
        raise TypeError(message)
    return pkey


def _signer(pkey, message='Key has only public part'):
    if pkey._only_public:
        raise ValueError(message)
    if not pkey._initialized:
        raise ValueError('Key is uninitialized')
    return pkey._pkey


def _public(pkey):
    if pkey._pkey is None:
        raise Error([('x509 certificate routines', 'X509_PUBKEY_set', 'unsupported algorithm')])
    return pkey._pkey


class _EllipticCurve(object):
    """A curve, by its name."""

    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return self is other if isinstance(other, _EllipticCurve) else NotImplemented

    def __ne__(self, other):
        return self is not other if isinstance(other, _EllipticCurve) else NotImplemented

    __hash__ = object.__hash__

    def __repr__(self):
        return '<Curve %r>' % (self.name,)


_curves = set()


def get_elliptic_curves():
    """The set of curves that keys may be on, each with its name in OpenSSL."""
    if not _curves:
        _curves.update(_EllipticCurve(unicode(name)) for name in _Curves.names())
    return _curves


def get_elliptic_curve(name):
    """The curve of a name; ValueError where there is none."""
    for curve in get_elliptic_curves():
        if curve.name == name:
            return curve
    raise ValueError('unknown curve name', name)


# ------------------------------------------------------------ names

class X509Name(object):
    """A distinguished name. Its attributes (CN, organizationName ...) are Python's: read, set, None when not there."""

    def __init__(self, name):
        object.__setattr__(self, '_name', _Name(name._name))

    @classmethod
    def _of_name(cls, name):
        made = cls.__new__(cls)
        object.__setattr__(made, '_name', name)
        return made

    @classmethod
    def _of_der(cls, der):
        """A name that is in DER."""
        return cls._of_name(_call(_Name.ofDer, der))

    def _der(self):
        """The name in DER."""
        return _bytes(self._name.der())

    def __setattr__(self, name, value):
        if name.startswith('_'):
            return super(X509Name, self).__setattr__(name, value)
        if type(name) is not str:
            raise TypeError("attribute name must be string, not '%.200s'" % (type(value).__name__,))
        kind = _Name.type(name)
        if kind is None:
            raise AttributeError('No such attribute')
        if isinstance(value, unicode):
            value = value.encode('utf-8')
        if not isinstance(value, bytes):
            raise TypeError('%r is neither bytes nor unicode' % (value,))
        _call(self._name.set, kind, value)

    def __getattr__(self, name):
        kind = None if name.startswith('_') else _Name.type(name)
        if kind is None:
            raise AttributeError("'%s' object has no attribute '%s'" % (type(self).__name__, name))
        return _call(self._name.value, kind)

    def _compare(self, other, holds):
        if not isinstance(other, X509Name):
            return NotImplemented
        return holds(self._name.compare(other._name))

    def __eq__(self, other):
        return self._compare(other, lambda order: order == 0)

    def __ne__(self, other):
        return self._compare(other, lambda order: order != 0)

    def __lt__(self, other):
        return self._compare(other, lambda order: order < 0)

    def __le__(self, other):
        return self._compare(other, lambda order: order <= 0)

    def __gt__(self, other):
        return self._compare(other, lambda order: order > 0)

    def __ge__(self, other):
        return self._compare(other, lambda order: order >= 0)

    __hash__ = object.__hash__

    def __repr__(self):
        return "<X509Name object '%s'>" % _bytes(self._name.line())

    def hash(self):
        """The number that hashed directories name their files by (openssl x509 -hash)."""
        return int(self._name.hash())

    def der(self):
        """The name in DER."""
        return self._der()

    def get_components(self):
        """A list of pairs: the short name of an attribute, and the bytes of its value."""
        parts = [_bytes(part) for part in self._name.components()]
        return zip(parts[::2], parts[1::2])


# ------------------------------------------------------------ certificates

class X509Extension(object):
    """An extension of a certificate, a request or a revocation list."""

    def __init__(self, type_name, critical, value, subject=None, issuer=None):
        """Makes one of what OpenSSL's configuration says: X509Extension(b'keyUsage', True, b'cRLSign').

        subject and issuer are certificates, where the value takes something from them (hash, keyid ...).
        """
        for certificate, name in (issuer, 'issuer'), (subject, 'subject'):
            if certificate is not None and not isinstance(certificate, X509):
                raise TypeError('%s must be an X509 instance' % name)
        if not isinstance(type_name, bytes) or not isinstance(value, bytes):
            raise TypeError('the name of a type and a value are byte strings')
        self._extension = _call(_ExtensionValue.of, type_name, bool(critical), value,
                                None if subject is None else subject._x509,
                                None if issuer is None else issuer._x509)

    @classmethod
    def _of(cls, extension):
        made = cls.__new__(cls)
        made._extension = extension
        return made

    def __str__(self):
        return _bytes(_call(_ExtensionText.of, self._extension))

    def get_critical(self):
        """Whether who does not know it must refuse what has it."""
        return int(self._extension.critical())

    def get_short_name(self):
        """OpenSSL's short name of its type."""
        return str(self._extension.shortName())

    def get_data(self):
        """Its value in DER."""
        return _bytes(self._extension.data())


def _checked(extensions):
    checked = list(extensions)
    for extension in checked:
        if not isinstance(extension, X509Extension):
            raise ValueError('One of the elements is not an X509Extension')
    return checked


class X509Req(object):
    """A request for a certificate."""

    def __init__(self):
        self._req = _Request()
        self.set_version(0)

    @classmethod
    def _of_request(cls, request):
        made = cls.__new__(cls)
        made._req = request
        return made

    def to_cryptography(self):
        """Raises ImportError: the package cryptography is written in C."""
        from cryptography.x509 import load_der_x509_csr  # noqa: the error is cryptography's own
        raise ImportError('cryptography')

    @classmethod
    def from_cryptography(cls, crypto_req):
        """Raises TypeError: there are no requests of the package cryptography, which is written in C."""
        raise TypeError('Must be a certificate signing request')

    def set_pubkey(self, pkey):
        """Takes the public part of a key."""
        self._req.publicKey(_public(pkey))

    def get_pubkey(self):
        """The public key."""
        return PKey._of_key(_call(self._req.publicKey))

    def set_version(self, version):
        """Sets the version's number less one."""
        self._req.version(_BigInteger.valueOf(version))

    def get_version(self):
        """The version's number less one."""
        return int(self._req.version())

    def get_subject(self):
        """The subject's name; what is done to it is done to the request."""
        return X509Name._of_name(self._req.subject())

    def add_extensions(self, extensions):
        """Asks for extensions."""
        self._req.add([extension._extension for extension in _checked(extensions)])

    def get_extensions(self):
        """A list of the extensions that are asked for."""
        return [X509Extension._of(extension) for extension in _call(self._req.extensions)]

    def sign(self, pkey, digest):
        """Signs the request by a key and a digest's name."""
        key = _signer(pkey)
        _call(self._req.sign, key, _digest(digest))

    def verify(self, pkey):
        """True when the request is signed by a key; Error when it is not."""
        _required(pkey)
        if pkey._pkey is None or not _call(self._req.isSignedBy, pkey._pkey):
            raise Error([('rsa routines', 'int_rsa_verify', 'bad signature'),
                         ('asn1 encoding routines', 'ASN1_item_verify', 'EVP lib')])
        return True


class X509(object):
    """A certificate."""

    def __init__(self):
        self._x509 = _Certificate()

    @classmethod
    def _of_certificate(cls, certificate):
        made = cls.__new__(cls)
        made._x509 = certificate
        return made

    @staticmethod
    def _of(certificate):
        """The certificate that one of Java's is."""
        return X509._of_certificate(_call(_Certificate.of, certificate))

    def _certificate(self):
        """As one of Java's (java.security.cert.X509Certificate)."""
        return _call(self._x509.java)

    def to_cryptography(self):
        """Raises ImportError: the package cryptography is written in C."""
        from cryptography.x509 import load_der_x509_certificate  # noqa: the error is cryptography's own
        raise ImportError('cryptography')

    @classmethod
    def from_cryptography(cls, crypto_cert):
        """Raises TypeError: there are no certificates of the package cryptography, which is written in C."""
        raise TypeError('Must be a certificate')

    def set_version(self, version):
        """Sets the version's number less one: 2 for version 3."""
        if not isinstance(version, int):
            raise TypeError('version must be an integer')
        self._x509.version(long(version))

    def get_version(self):
        """The version's number less one."""
        return int(self._x509.version())

    def get_pubkey(self):
        """The public key."""
        return PKey._of_key(_call(self._x509.publicKey))

    def set_pubkey(self, pkey):
        """Takes the public part of a key."""
        self._x509.publicKey(_public(_required(pkey)))

    def sign(self, pkey, digest):
        """Signs the certificate by a key and a digest's name."""
        key = _signer(_required(pkey), 'Key only has public part')
        _call(self._x509.sign, key, _digest(digest))

    def get_signature_algorithm(self):
        """The long name of the algorithm that it is signed by; ValueError for none that is known."""
        name = self._x509.signatureAlgorithm()
        if name is None:
            raise ValueError('Undefined signature algorithm')
        return str(name)

    def digest(self, digest_name):
        """The digest of the certificate's DER, as AB:CD:..."""
        digest = _digest(digest_name)
        octets = _bytes(digest.of(_call(self._x509.der)))
        return ':'.join('%02X' % ord(octet) for octet in octets)

    def subject_name_hash(self):
        """The number that a hashed directory names its file by."""
        return long(self._x509.subject().hash())

    def set_serial_number(self, serial):
        """Sets the serial number."""
        if not isinstance(serial, (int, long)):
            raise TypeError('serial must be an integer')
        self._x509.serial(long(serial))

    def get_serial_number(self):
        """The serial number."""
        return int(self._x509.serial())

    def gmtime_adj_notAfter(self, amount):
        """Lets it end so many seconds from now."""
        if not isinstance(amount, int):
            raise TypeError('amount must be an integer')
        self._x509.notAfter(_Asn1Time.fromNow(amount))

    def gmtime_adj_notBefore(self, amount):
        """Lets it begin so many seconds from now."""
        if not isinstance(amount, int):
            raise TypeError('amount must be an integer')
        self._x509.notBefore(_Asn1Time.fromNow(amount))

    def has_expired(self):
        """Whether its end has passed."""
        end = _native(self.get_notAfter())
        return datetime.datetime.strptime(end, '%Y%m%d%H%M%SZ') < datetime.datetime.utcnow()

    def get_notBefore(self):
        """When it begins, as YYYYMMDDhhmmssZ; None while that is not set."""
        return _read_time(self._x509.notBefore())

    def set_notBefore(self, when):
        """Sets when it begins: YYYYMMDDhhmmssZ, YYYYMMDDhhmmss+hhmm or YYYYMMDDhhmmss-hhmm."""
        self._x509.notBefore(_written_time(when))

    def get_notAfter(self):
        """When it ends, as YYYYMMDDhhmmssZ; None while that is not set."""
        return _read_time(self._x509.notAfter())

    def set_notAfter(self, when):
        """Sets when it ends, in one of the forms of set_notBefore."""
        self._x509.notAfter(_written_time(when))

    def get_issuer(self):
        """The issuer's name; what is done to it is done to the certificate."""
        return X509Name._of_name(self._x509.issuer())

    def set_issuer(self, issuer):
        """Takes a copy of a name."""
        self._x509.issuer(_name(issuer))

    def get_subject(self):
        """The subject's name; what is done to it is done to the certificate."""
        return X509Name._of_name(self._x509.subject())

    def set_subject(self, subject):
        """Takes a copy of a name."""
        self._x509.subject(_name(subject))

    def get_extension_count(self):
        """How many extensions there are."""
        return self._x509.extensions().size()

    def add_extensions(self, extensions):
        """Puts extensions behind those that are there."""
        for extension in _checked(extensions):
            self._x509.add(extension._extension)

    def get_extension(self, index):
        """The extension at an index, counted from 0; IndexError where there is none."""
        if not isinstance(index, (int, long)):
            raise TypeError('an index is an integer')
        extensions = self._x509.extensions()
        if not 0 <= index < extensions.size():
            raise IndexError('extension index out of bounds')
        return X509Extension._of(extensions.get(index))


def _name(name):
    if not isinstance(name, X509Name):
        raise TypeError('name must be an X509Name')
    return name._name


# ------------------------------------------------------------ trust

class X509StoreFlags(object):
    """What X509Store.set_flags takes (X509_VERIFY_PARAM_set_flags(3))."""

    CRL_CHECK = 0x4
    CRL_CHECK_ALL = 0x8
    IGNORE_CRITICAL = 0x10
    X509_STRICT = 0x20
    ALLOW_PROXY_CERTS = 0x40
    POLICY_CHECK = 0x80
    EXPLICIT_POLICY = 0x100
    INHIBIT_MAP = 0x400
    NOTIFY_POLICY = 0x800
    CHECK_SS_SIGNATURE = 0x4000


class X509Store(object):
    """Certificates that are trusted, and lists of those that are revoked."""

    def __init__(self):
        self._store = _TrustStore()
        self._flags = 0
        self._time = None

    def _certificates(self):
        """The trusted certificates, as Java's."""
        return self._store.certificates()

    def _crls(self):
        """The revocation lists, as Java's."""
        return self._store.revocations()

    def add_cert(self, cert):
        """Trusts a certificate; one that is trusted already is no error."""
        if not isinstance(cert, X509):
            raise TypeError()
        self._store.add(cert._certificate())

    def add_crl(self, crl):
        """Keeps a revocation list, for X509StoreFlags.CRL_CHECK."""
        self._store.add(_call(crl._crl.java))

    def set_flags(self, flags):
        """Adds some of X509StoreFlags."""
        self._flags |= flags

    def set_time(self, vfy_time):
        """Verifies as of a time (a datetime in UTC) and not of now."""
        self._time = vfy_time

    def load_locations(self, cafile, capath=None):
        """Trusts the certificates of a PEM file, of a hashed directory, or both."""
        if cafile is None and capath is None:
            raise Error([])
        if cafile is not None:
            path = _path_string(cafile)
            try:
                with open(path, 'rb') as f:
                    pem = f.read()
            except EnvironmentError as e:
                raise Error([('system library', 'fopen', e.strerror), ('BIO routines', 'BIO_new_file', 'no such file'),
                             ('x509 certificate routines', 'X509_load_cert_crl_file', 'system lib')])
            _call(_TrustFile.read, self._store, pem)
        if capath is not None:
            self._store.addDirectory(_Paths.get(_path_string(capath).decode('utf-8')))


class X509StoreContextError(Exception):
    """A certificate is not to be trusted: a number, a depth and a text of OpenSSL's, and which certificate it is."""

    def __init__(self, message, certificate):
        super(X509StoreContextError, self).__init__(message)
        self.certificate = certificate


class X509StoreContext(object):
    """Verifies a certificate by a store; chain has certificates that may stand between, and are not trusted."""

    def __init__(self, store, certificate, chain=None):
        self._store = store
        self._cert = certificate
        self._chain = list(chain or ())
        for between in self._chain:
            if not isinstance(between, X509):
                raise TypeError('One of the elements is not an X509 instance')

    def set_store(self, store):
        """Verifies by another store."""
        self._store = store

    def _verified(self):
        time = self._store._time
        seconds = -1 if time is None else calendar.timegm(time.timetuple())
        result = _call(_PathVerifier.verify, self._store._store, self._cert._x509,
                       [between._x509 for between in self._chain], self._store._flags, seconds)
        if result.error():
            raise X509StoreContextError([result.error(), result.depth(), str(result.text())],
                                        X509._of_certificate(result.certificate()))
        return [X509._of_certificate(certificate) for certificate in result.chain()]

    def verify_certificate(self):
        """Raises X509StoreContextError unless the certificate is to be trusted."""
        self._verified()

    def get_verified_chain(self):
        """The chain from the certificate to one that is trusted; X509StoreContextError where there is none."""
        return self._verified()


# ------------------------------------------------------------ revocation lists

# What BN_hex2bn(3) reads.
_DIGITS = re.compile('-?[0-9A-Fa-f]+')


class Revoked(object):
    """An entry of a revocation list."""

    _crl_reasons = ['unspecified', 'keyCompromise', 'CACompromise', 'affiliationChanged', 'superseded',
                    'cessationOfOperation', 'certificateHold']

    def __init__(self):
        self._revoked = _Revoked()

    @classmethod
    def _of_revoked(cls, revoked):
        made = cls.__new__(cls)
        made._revoked = revoked
        return made

    def set_serial(self, hex_str):
        """Sets the serial number, in hexadecimal digits; what follows them counts for nothing (hex() ends in L)."""
        if not isinstance(hex_str, bytes):
            raise TypeError('a serial number is a byte string of hexadecimal digits')
        digits = _DIGITS.match(hex_str)
        if digits is None:
            raise ValueError('bad hex string')
        self._revoked.serial(long(digits.group(), 16))

    def get_serial(self):
        """The serial number, in pairs of hexadecimal digits."""
        return str(_Texts.hexadecimal(self._revoked.serial()))

    def set_reason(self, reason):
        """Sets why it was revoked: one of all_reasons(), or None."""
        if reason is None:
            self._revoked.reason(-1)
            return
        if not isinstance(reason, bytes):
            raise TypeError('reason must be None or a byte string')
        known = [r.lower() for r in self._crl_reasons]
        self._revoked.reason(known.index(reason.lower().replace(' ', '')))

    def get_reason(self):
        """Why it was revoked, in OpenSSL's words; None where it does not say."""
        reason = self._revoked.reason()
        return None if reason is None else str(reason)

    def all_reasons(self):
        """What set_reason takes."""
        return self._crl_reasons[:]

    def set_rev_date(self, when):
        """Sets when it was revoked, in one of the forms of X509.set_notBefore."""
        self._revoked.time(_written_time(when))

    def get_rev_date(self):
        """When it was revoked, as YYYYMMDDhhmmssZ; None while that is not set."""
        return _read_time(self._revoked.time())


class CRL(object):
    """A list of certificates that their issuer has revoked."""

    def __init__(self):
        self._crl = _RevocationList()

    @classmethod
    def _of_list(cls, crl):
        made = cls.__new__(cls)
        made._crl = crl
        return made

    def to_cryptography(self):
        """Raises ImportError: the package cryptography is written in C."""
        from cryptography.x509 import load_der_x509_crl  # noqa: the error is cryptography's own
        raise ImportError('cryptography')

    @classmethod
    def from_cryptography(cls, crypto_crl):
        """Raises TypeError: there are no lists of the package cryptography, which is written in C."""
        raise TypeError('Must be a certificate revocation list')

    def get_revoked(self):
        """The entries, copies, in a tuple; None where there is none."""
        revoked = tuple(Revoked._of_revoked(_Revoked(entry)) for entry in self._crl.revoked())
        return revoked or None

    def add_revoked(self, revoked):
        """Takes a copy of an entry."""
        self._crl.add(revoked._revoked)

    def get_issuer(self):
        """A copy of the issuer's name."""
        return X509Name._of_name(_Name(self._crl.issuer()))

    def set_version(self, version):
        """Sets the version's number less one: 1 for version 2."""
        self._crl.version(_BigInteger.valueOf(version))

    def set_lastUpdate(self, when):
        """Sets when it was made, in one of the forms of X509.set_notBefore."""
        self._crl.lastUpdate(_written_time(when))

    def set_nextUpdate(self, when):
        """Sets when the next one comes, in one of the forms of X509.set_notBefore.

        As in pyOpenSSL, a list that does not say it yet, which a new one does not, goes on saying
        nothing: export() sets both times.
        """
        time = _written_time(when)
        if self._crl.nextUpdate() is not None:
            self._crl.nextUpdate(time)

    def sign(self, issuer_cert, issuer_key, digest):
        """Signs the list by the key of its issuer and a digest's name."""
        found = _Digest.named(digest)
        if found is None:
            raise Error([])
        self._crl.issuer(issuer_cert._x509.subject())
        self._crl.sort()
        _call(self._crl.sign, issuer_key._pkey, found)

    def export(self, cert, key, type=FILETYPE_PEM, days=100, digest=_UNSPECIFIED):
        """Signs the list, to be good for so many days, and gives it as dump_crl does."""
        if not isinstance(cert, X509):
            raise TypeError('cert must be an X509 instance')
        if not isinstance(key, PKey):
            raise TypeError('key must be a PKey instance')
        if not isinstance(type, int):
            raise TypeError('type must be an integer')
        if digest is _UNSPECIFIED:
            raise TypeError('digest must be provided')
        found = _digest(digest)
        self._crl.lastUpdate(_Asn1Time.fromNow(0))
        self._crl.nextUpdate(_Asn1Time.fromNow(days * 24 * 60 * 60))
        self._crl.issuer(cert._x509.subject())
        if key._pkey is None:
            raise Error([('asn1 encoding routines', 'ASN1_item_sign_ex', 'digest and key type not supported')])
        _call(self._crl.sign, key._pkey, found)
        return dump_crl(type, self)


# ------------------------------------------------------------ PKCS#7, PKCS#12, signed keys

class PKCS7(object):
    """A message of PKCS#7, of which its kind alone is told."""

    def type_is_signed(self):
        """Whether it is signed data."""
        return self.get_type_name() == 'pkcs7-signedData'

    def type_is_enveloped(self):
        """Whether it is enveloped data."""
        return self.get_type_name() == 'pkcs7-envelopedData'

    def type_is_signedAndEnveloped(self):
        """Whether it is signed and enveloped data."""
        return self.get_type_name() == 'pkcs7-signedAndEnvelopedData'

    def type_is_data(self):
        """Whether it is plain data."""
        return self.get_type_name() == 'pkcs7-data'

    def get_type_name(self):
        """OpenSSL's short name of its kind."""
        return str(self._pkcs7.name())


class PKCS12(object):
    """A key, its certificate and others, for a file of PKCS#12."""

    def __init__(self):
        self._pkey = None
        self._cert = None
        self._cacerts = None
        self._friendlyname = None

    def get_certificate(self):
        """The certificate, or None."""
        return self._cert

    def set_certificate(self, cert):
        """Sets the certificate."""
        if not isinstance(cert, X509):
            raise TypeError('cert must be an X509 instance')
        self._cert = cert

    def get_privatekey(self):
        """The key, or None."""
        return self._pkey

    def set_privatekey(self, pkey):
        """Sets the key."""
        self._pkey = _required(pkey)

    def get_ca_certificates(self):
        """The other certificates in a tuple, or None."""
        if self._cacerts is not None:
            return tuple(self._cacerts)

    def set_ca_certificates(self, cacerts):
        """Sets the other certificates; None for none."""
        if cacerts is not None:
            cacerts = list(cacerts)
            for cert in cacerts:
                if not isinstance(cert, X509):
                    raise TypeError('iterable must only contain X509 instances')
        self._cacerts = cacerts

    def set_friendlyname(self, name):
        """Sets the name that goes with certificate and key: bytes, or None."""
        if not (name is None or isinstance(name, bytes)):
            raise TypeError('name must be a byte string or None (not %r)' % (name,))
        self._friendlyname = name

    def get_friendlyname(self):
        """The name that goes with certificate and key, or None."""
        return self._friendlyname

    def export(self, passphrase=None, iter=2048, maciter=1):
        """The whole in DER, encrypted by three-key DES; maciter is -1 for no MAC."""
        passphrase = _text_to_bytes_and_warn('passphrase', passphrase)
        if not (passphrase is None or isinstance(passphrase, bytes)):
            raise TypeError('passphrase must be a byte string')
        return _bytes(_call(_Pkcs12.written, None if self._pkey is None else self._pkey._pkey,
                            None if self._cert is None else self._cert._x509,
                            [cert._x509 for cert in self._cacerts or ()], self._friendlyname, passphrase, iter,
                            maciter))


class NetscapeSPKI(object):
    """A public key that its owner has signed."""

    def __init__(self):
        self._spki = _SignedKey()

    def sign(self, pkey, digest):
        """Signs it by a key and a digest's name."""
        key = _signer(pkey)
        _call(self._spki.sign, key, _digest(digest))

    def verify(self, key):
        """True when it is signed by a key; Error when it is not."""
        if key._pkey is None or not _call(self._spki.isSignedBy, key._pkey):
            raise Error([('rsa routines', 'int_rsa_verify', 'bad signature'),
                         ('asn1 encoding routines', 'ASN1_item_verify', 'EVP lib')])
        return True

    def b64_encode(self):
        """The whole in base64."""
        return _bytes(_call(self._spki.base64))

    def get_pubkey(self):
        """The public key."""
        return PKey._of_key(_call(self._spki.publicKey))

    def set_pubkey(self, pkey):
        """Takes the public part of a key."""
        self._spki.publicKey(_public(pkey))


# ------------------------------------------------------------ signatures

def sign(pkey, data, digest):
    """The signature of some bytes by a key and a digest's name."""
    data = _text_to_bytes_and_warn('data', data)
    found = _digest(digest)
    if pkey._pkey is None:
        raise Error([])
    return _bytes(_call(pkey._pkey.sign, data, found))


def verify(cert, signature, data, digest):
    """Raises Error unless a signature is that of some bytes by a certificate's key."""
    data = _text_to_bytes_and_warn('data', data)
    found = _digest(digest)
    if not _call(_call(cert._x509.publicKey).verify, signature, data, found):
        raise Error([('rsa routines', 'int_rsa_verify', 'bad signature')])


# ------------------------------------------------------------ files

_NEITHER = 'type argument must be FILETYPE_PEM or FILETYPE_ASN1'
_NONE = 'type argument must be FILETYPE_PEM, FILETYPE_ASN1, or FILETYPE_TEXT'
_CERTIFICATE_LABELS = 'CERTIFICATE|X509 CERTIFICATE|TRUSTED CERTIFICATE'


def _load(type, buffer, labels, read):
    buffer = _ascii(buffer)
    if type == FILETYPE_PEM:
        buffer = _call(_PemText.first, buffer, labels)
    elif type != FILETYPE_ASN1:
        raise ValueError(_NEITHER)
    return _call(read, buffer)


def _dump(type, label, what):
    if type == FILETYPE_PEM:
        return _bytes(_PemText.of(label, _call(what.der)))
    if type == FILETYPE_ASN1:
        return _bytes(_call(what.der))
    if type == FILETYPE_TEXT:
        return _bytes(_call(_Texts.of, what))
    raise ValueError(_NONE)


def load_certificate(type, buffer):
    """The certificate of a text: the first of FILETYPE_PEM, or FILETYPE_ASN1."""
    return X509._of_certificate(_load(type, buffer, _CERTIFICATE_LABELS, _Certificate.ofDer))


def dump_certificate(type, cert):
    """A certificate as FILETYPE_PEM, FILETYPE_ASN1 or FILETYPE_TEXT."""
    return _dump(type, 'CERTIFICATE', cert._x509)


def load_certificate_request(type, buffer):
    """The request of a text, FILETYPE_PEM or FILETYPE_ASN1."""
    labels = 'CERTIFICATE REQUEST|NEW CERTIFICATE REQUEST'
    return X509Req._of_request(_load(type, buffer, labels, _Request.ofDer))


def dump_certificate_request(type, req):
    """A request as FILETYPE_PEM, FILETYPE_ASN1 or FILETYPE_TEXT."""
    return _dump(type, 'CERTIFICATE REQUEST', req._req)


def load_crl(type, buffer):
    """The revocation list of a text, FILETYPE_PEM or FILETYPE_ASN1."""
    return CRL._of_list(_load(type, buffer, 'X509 CRL', _RevocationList.ofDer))


def dump_crl(type, crl):
    """A revocation list as FILETYPE_PEM, FILETYPE_ASN1 or FILETYPE_TEXT."""
    return _dump(type, 'X509 CRL', crl._crl)


def load_pkcs7_data(type, buffer):
    """The message of a text, FILETYPE_PEM or FILETYPE_ASN1. pyOpenSSL has done with it."""
    warnings.warn('PKCS#7 support in pyOpenSSL is deprecated. You should use the APIs in cryptography.',
                  DeprecationWarning, 2)
    made = PKCS7()
    made._pkcs7 = _load(type, buffer, 'PKCS7|CMS|PKCS #7 SIGNED DATA', _Pkcs7.ofDer)
    return made


def load_pkcs12(buffer, passphrase=None):
    """What a file of PKCS#12 has. pyOpenSSL has done with it."""
    warnings.warn('PKCS#12 support in pyOpenSSL is deprecated. You should use the APIs in cryptography.',
                  DeprecationWarning, 2)
    passphrase = _text_to_bytes_and_warn('passphrase', passphrase)
    if not (passphrase is None or isinstance(passphrase, bytes)):
        raise TypeError('passphrase must be a byte string')
    read = _call(_Pkcs12.read, _ascii(buffer), passphrase)
    made = PKCS12()
    if read.key() is not None:
        made._pkey = PKey._of_key(read.key())
    if read.certificate() is not None:
        made._cert = X509._of_certificate(read.certificate())
        made._friendlyname = None if read.name() is None else _bytes(read.name())
    made._cacerts = [X509._of_certificate(cert) for cert in read.others()] or None
    return made


# PEM_BUFSIZE of OpenSSL.
_LONGEST_PASSPHRASE = 1024


def _check_passphrase(type, passphrase):
    if type != FILETYPE_PEM and passphrase is not None:
        raise ValueError('only FILETYPE_PEM key format supports encryption')
    if not (passphrase is None or isinstance(passphrase, bytes) or callable(passphrase)):
        raise TypeError('Last argument must be a byte string or a callable.')


def _passphrase(passphrase, writing):
    if callable(passphrase):
        passphrase = passphrase(writing)
    if not isinstance(passphrase, bytes):
        raise ValueError('Bytes expected')
    if len(passphrase) > _LONGEST_PASSPHRASE:
        raise ValueError('passphrase returned by callback is too long')
    return passphrase


def load_privatekey(type, buffer, passphrase=None):
    """The private key of a text, FILETYPE_PEM or FILETYPE_ASN1.

    The passphrase of an encrypted one is bytes, or a function that is called with False and gives them.
    """
    buffer = _ascii(buffer)
    _check_passphrase(type, passphrase)
    if type == FILETYPE_PEM:
        encrypted = passphrase is not None and _call(_KeyFile.isEncrypted, buffer)
        password = _passphrase(passphrase, False) if encrypted else None
        return PKey._of_key(_call(_KeyFile.readPrivate, buffer, password))
    if type == FILETYPE_ASN1:
        return PKey._of_key(_call(_KeyFile.ofDer, buffer))
    raise ValueError(_NEITHER)


def dump_privatekey(type, pkey, cipher=None, passphrase=None):
    """A private key as FILETYPE_PEM, FILETYPE_ASN1 or (RSA alone) FILETYPE_TEXT.

    In PEM it is encrypted where a cipher's name is given; the passphrase is bytes, or a function that
    is called with True and gives them.
    """
    _required(pkey, 'pkey must be a PKey')
    if cipher is not None:
        if passphrase is None:
            raise TypeError('if a value is given for cipher one must also be given for passphrase')
        if not _KeyFile.hasCipher(_byte_string(cipher)):
            raise ValueError('Invalid cipher name')
    _check_passphrase(type, passphrase)
    if type not in (FILETYPE_PEM, FILETYPE_ASN1, FILETYPE_TEXT):
        raise ValueError(_NONE)
    if pkey._pkey is None:
        if type == FILETYPE_TEXT:
            raise TypeError('Only RSA keys are supported for FILETYPE_TEXT')
        raise Error([('digital envelope routines', 'EVP_PKEY2PKCS8', 'unsupported private key algorithm')])
    if type == FILETYPE_PEM:
        if cipher is None:
            return _bytes(_call(_KeyFile.pem, pkey._pkey))
        return _bytes(_call(_KeyFile.pem, pkey._pkey, cipher, _passphrase(passphrase, True)))
    if type == FILETYPE_ASN1:
        return _bytes(_call(_KeyFile.der, pkey._pkey))
    text = _Texts.of(pkey._pkey)
    if text is None:
        raise TypeError('Only RSA keys are supported for FILETYPE_TEXT')
    return _bytes(text)


def load_publickey(type, buffer):
    """The public key of a text, FILETYPE_PEM or FILETYPE_ASN1."""
    buffer = _ascii(buffer)
    if type == FILETYPE_PEM:
        return PKey._of_key(_call(_KeyFile.readPublic, buffer))
    if type == FILETYPE_ASN1:
        return PKey._of_key(_call(_KeyFile.publicOfDer, buffer))
    raise ValueError(_NEITHER)


def dump_publickey(type, pkey):
    """The public part of a key as FILETYPE_PEM or FILETYPE_ASN1."""
    if type not in (FILETYPE_PEM, FILETYPE_ASN1):
        raise ValueError(_NEITHER)
    if pkey._pkey is None:
        raise Error([('x509 certificate routines', 'X509_PUBKEY_set', 'unsupported algorithm')])
    return _bytes(_KeyFile.publicPem(pkey._pkey) if type == FILETYPE_PEM else pkey._pkey.publicDer())


# Names that pyOpenSSL had until 19.0, which programs of that time import: Twisted's tests, for one.
PKeyType, X509NameType, X509ExtensionType, X509ReqType, X509Type = PKey, X509Name, X509Extension, X509Req, X509
X509StoreType, CRLType, PKCS7Type, PKCS12Type, NetscapeSPKIType = X509Store, CRL, PKCS7, PKCS12, NetscapeSPKI
