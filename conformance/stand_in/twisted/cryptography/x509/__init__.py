import random

from OpenSSL import crypto
from OpenSSL.crypto import X509Extension


class NameAttribute(object):

    def __init__(self, oid, value):
        self.oid, self.value = oid, value


class Name(object):

    def __init__(self, attributes):
        self.attributes = attributes


class BasicConstraints(object):

    def __init__(self, ca, path_length):
        self.name = 'basicConstraints'
        self.text = 'CA:TRUE' if ca else 'CA:FALSE'
        if path_length is not None:
            self.text += ',pathlen:%d' % path_length


class DNSName(object):

    def __init__(self, value):
        self.text = 'DNS:' + value


class IPAddress(object):

    def __init__(self, value):
        self.text = 'IP:%s' % value


class SubjectAlternativeName(object):

    def __init__(self, names):
        self.name = 'subjectAltName'
        self.text = ','.join(name.text for name in names)


def random_serial_number():
    return random.getrandbits(159)


class Certificate(object):

    def __init__(self, certificate):
        self._certificate = certificate

    def public_bytes(self, encoding):
        return crypto.dump_certificate(encoding, self._certificate)


class CertificateBuilder(object):
    """Each setter answers the builder itself: the tests use none twice."""

    def __init__(self):
        self._certificate = crypto.X509()
        self._certificate.set_version(2)

    def subject_name(self, name):
        return self._named(self._certificate.get_subject(), name)

    def issuer_name(self, name):
        return self._named(self._certificate.get_issuer(), name)

    def _named(self, target, name):
        for attribute in name.attributes:
            setattr(target, attribute.oid, attribute.value)
        return self

    def not_valid_before(self, time):
        self._certificate.set_notBefore(time.strftime('%Y%m%d%H%M%SZ'))
        return self

    def not_valid_after(self, time):
        self._certificate.set_notAfter(time.strftime('%Y%m%d%H%M%SZ'))
        return self

    def serial_number(self, number):
        self._certificate.set_serial_number(number)
        return self

    def public_key(self, key):
        self._certificate.set_pubkey(key)
        return self

    def add_extension(self, extension, critical):
        self._certificate.add_extensions([X509Extension(extension.name, critical, extension.text.encode('ascii'))])
        return self

    def sign(self, private_key, algorithm, backend):
        self._certificate.sign(private_key.key, algorithm.name)
        return Certificate(self._certificate)


# By these treq's tests hand what they have made to pyOpenSSL, and ours takes nobody's.
crypto.PKey.from_cryptography_key = classmethod(lambda cls, made: made.key)
crypto.X509.from_cryptography = classmethod(lambda cls, made: made._certificate)
