"""autobahn 19.11 takes PBKDF2 from cryptography, which is written in C, and all of autobahn.twisted imports that.

hashlib has it as well. The names of cryptography's are there while autobahn.wamp.auth is imported, and for that alone.

Evidence: import autobahn.twisted.websocket is an ImportError, "No module named cryptography...".
Test: conformance/clients/talk_autobahn.py KeysTest.
"""

import hashlib
import sys
import types

KDF = 'cryptography.hazmat.primitives.kdf.pbkdf2'
HASHES = 'cryptography.hazmat.primitives.hashes'
BACKENDS = 'cryptography.hazmat.backends'


def importing(name):
    try:
        __import__(KDF)
    except ImportError:
        stand_ins = {}
        for module in KDF, HASHES, BACKENDS:
            while module:
                stand_ins[module] = types.ModuleType(module)
                module = module.rpartition('.')[0]
        # An import from a package takes attributes of it.
        stand_ins[HASHES.rpartition('.')[0]].hashes = stand_ins[HASHES]
        vars(stand_ins[HASHES]).update((algorithm.upper(), algorithm) for algorithm in hashlib.algorithms)
        stand_ins[KDF].PBKDF2HMAC = Derivation
        stand_ins[BACKENDS].default_backend = lambda: None
        sys.modules.update(stand_ins)
        try:
            return __import__(name)
        finally:
            for module in stand_ins:
                del sys.modules[module]
    return __import__(name)


class Derivation(object):
    """PBKDF2 (RFC 8018) with HMAC and one of hashlib's algorithms."""

    def __init__(self, algorithm, length, salt, iterations, backend):
        self.parameters = algorithm, salt, iterations, length

    def derive(self, password):
        algorithm, salt, iterations, length = self.parameters
        return hashlib.pbkdf2_hmac(algorithm, password, salt, iterations, length)
