"""urllib3.contrib.pyopenssl asks `cryptography`, which is written in C, for the names in a certificate alone.

Programs ask whether there is a `cryptography` before they use it, so it is there for the import of this module alone, and
holds nothing. The names are those that `ssl` tells. requests.help, which says what is installed, imports `cryptography`
once it has the module; as a program (`-m requests.help`) it is told that there is no such module, as without Euryale.

Evidence: import urllib3.contrib.pyopenssl is an ImportError, "No module named cryptography".
Test: conformance/clients/talk_https.py.
"""

import sys
import types

NAMES = ('cryptography', 'cryptography.hazmat', 'cryptography.hazmat.backends', 'cryptography.hazmat.backends.openssl',
         'cryptography.x509')


def stand_ins(name):
    try:
        import cryptography  # noqa: F401 - a program that has one of its own
        return {}
    except ImportError:
        # The frame of a program does not say what it is called; its module does.
        if name != 'requests.help' and getattr(sys.modules.get('__main__'), '__package__', None) == 'requests':
            raise
        stand_in = types.ModuleType('cryptography')
        for part in 'hazmat', 'backends', 'openssl', 'backend', 'x509':
            setattr(stand_in, part, stand_in)
        return dict.fromkeys(NAMES, stand_in)


def is_faulty(module):
    return is_stand_in(module.cryptography if module.__name__ == 'requests.help' else module.x509)


def repair(module):
    if module.__name__ == 'requests.help':
        module.cryptography = None
    else:
        del module.x509, module.openssl_backend
        module.get_subj_alt_name = get_subj_alt_name
        module._validate_dependencies_met = validate_dependencies_met


def is_stand_in(module):
    return module is not None and not hasattr(module, '__file__')


def validate_dependencies_met():
    """It is Euryale's OpenSSL, which depends on nothing."""


def get_subj_alt_name(peer_cert):
    """Pairs of 'DNS' and a name, then of 'IP Address' and a text, of a certificate of OpenSSL.crypto's."""
    import _openssl
    from OpenSSL import crypto
    shown = _openssl.shown(crypto.dump_certificate(crypto.FILETYPE_ASN1, peer_cert)).get('subjectAltName', ())
    names = [(kind, value) for kind, value in shown if kind == 'DNS']
    return names + [(kind, address(value)) for kind, value in shown if kind == 'IP Address']


def address(text):
    """As `ipaddress` writes it: `ssl` shows eight groups of an IPv6 address, and a line end."""
    import socket
    if ':' in text:
        return socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, text.strip()))
    return text
