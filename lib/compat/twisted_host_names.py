"""Twisted asks service_identity whose a certificate is, and warns where that is not installed: it knows common names alone then.

It asks when there is an `OpenSSL`, which is always there on Euryale: every program would be warned. Here the names are
compared as `ssl` does it, in place of a service_identity that cannot be imported, and for Twisted alone. And one that is
installed is imported when the first certificate is compared: with its parser of certificates it is a tenth of the start
of a program that may never speak TLS.

Evidence: without service_identity, `import twisted.internet.ssl` prints "You do not have a working installation of the
service_identity module"; with it, `sys.modules` has `pyasn1`.
"""

import sys
import types

NAMES = 'service_identity', 'service_identity.pyopenssl'


class VerificationError(Exception):
    """The certificate is not that of the host. Also one of service_identity's errors, where that is installed."""


def stand_ins(name):
    if NAMES[1] in sys.modules:
        return {}
    stand_in = types.ModuleType('service_identity')
    stand_in.pyopenssl = stand_in
    stand_in.VerificationError = VerificationError
    stand_in.verify_hostname = verify_hostname
    stand_in.verify_ip_address = verify_ip_address
    return dict.fromkeys(NAMES, stand_in)


def verify_hostname(connection, hostname):
    """VerificationError unless the certificate is that of a host (RFC 6125)."""
    verify('verify_hostname', host_named, connection, hostname)


def verify_ip_address(connection, address):
    """VerificationError unless the certificate names an IP address."""
    verify('verify_ip_address', address_named, connection, address)


def verify(function, otherwise, connection, name):
    try:
        import service_identity.pyopenssl
    except ImportError:
        return otherwise(connection, name)
    try:
        return getattr(service_identity.pyopenssl, function, otherwise)(connection, name)
    except service_identity.VerificationError as theirs:
        raise as_twisteds(theirs), None, sys.exc_info()[2]


def as_twisteds(theirs):
    """The same error of service_identity's, which is also one of the class that Twisted shows."""
    kind = type(theirs)
    both = type(kind.__name__, (VerificationError, kind), {'__module__': kind.__module__})
    error = both.__new__(both)
    error.args = theirs.args
    error.__dict__.update(theirs.__dict__)
    return error


def host_named(connection, hostname):
    """As ssl compares them: by DNS names, or else by the common name."""
    import ssl
    try:
        ssl.match_hostname(shown(connection), hostname)
    except ssl.CertificateError as e:
        raise VerificationError(str(e))


def address_named(connection, address):
    """As ssl compares them."""
    wanted = packed(address)
    named = [value for kind, value in shown(connection).get('subjectAltName', ()) if kind == 'IP Address']
    if wanted not in [packed(value) for value in named]:
        raise VerificationError('the certificate is for %s, not for %s' % (', '.join(named) or 'no address', address))


def shown(connection):
    import _openssl
    from OpenSSL import crypto
    certificate = connection.get_peer_certificate()
    if certificate is None:
        raise VerificationError('the peer has no certificate')
    return _openssl.shown(crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate))


def packed(address):
    import socket
    return socket.inet_pton(socket.AF_INET6 if ':' in address else socket.AF_INET, str(address).strip())
