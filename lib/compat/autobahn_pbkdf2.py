"""autobahn 19.11 takes PBKDF2 from cryptography, which is written in C, and all of autobahn.twisted imports that.

hashlib has it as well. The names of cryptography's are there while autobahn.wamp.auth is imported, and for that alone.

Evidence: import autobahn.twisted.websocket is an ImportError, "No module named cryptography...".
Test: conformance/clients/talk_autobahn.py KeysTest.
"""

import hashlib
import types

KDF = 'cryptography.hazmat.primitives.kdf.pbkdf2'
HASHES = 'cryptography.hazmat.primitives.hashes'
BACKENDS = 'cryptography.hazmat.backends'


def stand_ins(name):
    try:
        __import__(KDF)
        return {}
    except ImportError:
        modules = {}
        for module in KDF, HASHES, BACKENDS:
            while module:
                modules[module] = types.ModuleType(module)
                module = module.rpartition('.')[0]
        # An import from a package takes attributes of it.
        modules[HASHES.rpartition('.')[0]].hashes = modules[HASHES]
        vars(modules[HASHES]).update((algorithm.upper(), algorithm) for algorithm in hashlib.algorithms)
        modules[KDF].PBKDF2HMAC = Derivation
        modules[BACKENDS].default_backend = lambda: None
        return modules


class Derivation(object):
    """PBKDF2 (RFC 8018) with HMAC and one of hashlib's algorithms."""

    def __init__(self, algorithm, length, salt, iterations, backend):
        self.parameters = algorithm, salt, iterations, length

    def derive(self, password):
        algorithm, salt, iterations, length = self.parameters
        return hashlib.pbkdf2_hmac(algorithm, password, salt, iterations, length)
