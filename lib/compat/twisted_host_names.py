"""Twisted asks service_identity whose a certificate is, and warns where that is not installed: it knows common names alone then.

It asks when there is an `OpenSSL`, which is always there on Euryale: every program would be warned. Here the names are
compared as `ssl` does it, in place of a service_identity that cannot be imported, and for Twisted alone.

Evidence: without service_identity, `import twisted.internet.ssl` prints "You do not have a working installation of the
service_identity module".
"""

import sys
import types

NAMES = 'service_identity', 'service_identity.pyopenssl'


class VerificationError(Exception):
    """The certificate is not that of the host."""


def importing(name):
    try:
        import service_identity.pyopenssl
    except ImportError:
        stand_in = types.ModuleType('service_identity')
        stand_in.pyopenssl = stand_in
        stand_in.VerificationError = VerificationError
        stand_in.verify_hostname = verify_hostname
        stand_in.verify_ip_address = verify_ip_address
        sys.modules.update((module, stand_in) for module in NAMES)
        try:
            return __import__(name)
        finally:
            for module in NAMES:
                del sys.modules[module]
    return __import__(name)


def verify_hostname(connection, hostname):
    """VerificationError unless the certificate is that of a host (RFC 6125), by its DNS names or its common name."""
    import ssl
    try:
        ssl.match_hostname(shown(connection), hostname)
    except ssl.CertificateError as e:
        raise VerificationError(str(e))


def verify_ip_address(connection, address):
    """VerificationError unless the certificate names an IP address."""
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
