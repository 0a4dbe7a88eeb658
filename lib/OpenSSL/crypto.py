"""Certificates, requests, revocation lists and keys: pyOpenSSL's OpenSSL.crypto, on Java's and Bouncy Castle's.

All names and their behaviour are those of pyOpenSSL 21.0.0 with OpenSSL 1.1.1
(https://www.pyopenssl.org/en/21.0.0/api/crypto.html). What stands behind an object (_x509, _pkey ...) is one of
org.euryale.openssl, where pyOpenSSL has a pointer.
"""

import datetime

from OpenSSL._util import (byte_string as _byte_string, called as _called, native as _native,
                           path_string as _path_string)
from java.nio.file import Paths as _Paths
from org.euryale.openssl import (Asn1Time as _Asn1Time, Certificate as _Certificate, Digest as _Digest, Key as _Key,
                                 KeyFile as _KeyFile, Name as _Name, PemText as _PemText, TrustFile as _TrustFile)
from org.euryale.tls import TrustStore as _TrustStore

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

    @classmethod
    def _of(cls, extension):
        made = cls.__new__(cls)
        made._extension = extension
        return made

    def get_critical(self):
        """Whether who does not know it must refuse what has it."""
        return int(self._extension.critical())

    def get_short_name(self):
        """OpenSSL's short name of its type."""
        return str(self._extension.shortName())

    def get_data(self):
        """Its value in DER."""
        return _bytes(self._extension.data())


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
        if _required(pkey)._pkey is None:
            raise Error([('x509 certificate routines', 'X509_PUBKEY_set', 'unsupported algorithm')])
        self._x509.publicKey(pkey._pkey)

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
        for extension in extensions:
            if not isinstance(extension, X509Extension):
                raise ValueError('One of the elements is not an X509Extension')
            self._x509.add(extension._extension)

    def get_extension(self, index):
        """The extension at an index, counted from 0; IndexError where there is none."""
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


# ------------------------------------------------------------ files

_NEITHER = 'type argument must be FILETYPE_PEM or FILETYPE_ASN1'
_NONE = 'type argument must be FILETYPE_PEM, FILETYPE_ASN1, or FILETYPE_TEXT'
_CERTIFICATE_LABELS = 'CERTIFICATE|X509 CERTIFICATE|TRUSTED CERTIFICATE'


def load_certificate(type, buffer):
    """The certificate of a text: the first of FILETYPE_PEM, or FILETYPE_ASN1."""
    buffer = _ascii(buffer)
    if type == FILETYPE_PEM:
        buffer = _call(_PemText.first, buffer, _CERTIFICATE_LABELS)
    elif type != FILETYPE_ASN1:
        raise ValueError(_NEITHER)
    return X509._of_certificate(_call(_Certificate.ofDer, buffer))


def dump_certificate(type, cert):
    """A certificate as FILETYPE_PEM, FILETYPE_ASN1 or FILETYPE_TEXT."""
    if type == FILETYPE_PEM:
        return _bytes(_PemText.of('CERTIFICATE', _call(cert._x509.der)))
    if type == FILETYPE_ASN1:
        return _bytes(_call(cert._x509.der))
    raise ValueError(_NONE)


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
        raise Error([('digital envelope routines', 'EVP_PKEY2PKCS8', 'unsupported private key algorithm')])
    if type == FILETYPE_PEM:
        if cipher is None:
            return _bytes(_call(_KeyFile.pem, pkey._pkey))
        return _bytes(_call(_KeyFile.pem, pkey._pkey, cipher, _passphrase(passphrase, True)))
    if type == FILETYPE_ASN1:
        return _bytes(_call(_KeyFile.der, pkey._pkey))
    raise ValueError(_NONE)


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
