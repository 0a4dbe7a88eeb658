"""In place of the half of service_identity 18.1.0 that is for `cryptography`, a package that cannot run on the JVM.

The other half, for pyOpenSSL, is what Twisted uses; it could not be imported without this one.
"""

__all__ = ['verify_certificate_hostname', 'verify_certificate_ip_address', 'extract_ids']


def verify_certificate_hostname(certificate, hostname):
    """ImportError: there are no certificates of `cryptography` here."""
    raise ImportError('No module named cryptography')


verify_certificate_ip_address = verify_certificate_hostname


def extract_ids(cert):
    """ImportError, as above."""
    raise ImportError('No module named cryptography')
