"""hashlib lacks what came with CPython 2.7.8 and 2.7.9: pbkdf2_hmac, algorithms_guaranteed, algorithms_available.

Evidence: hashlib.pbkdf2_hmac.
"""

from javax.crypto import Mac
from javax.crypto.spec import SecretKeySpec


def is_faulty(hashlib):
    return not hasattr(hashlib, 'pbkdf2_hmac')


def repair(hashlib):

    def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
        """The key that PBKDF2 of PKCS #5 2.0 (RFC 8018) derives from a password, with HMAC.

        dklen is its length in bytes, that of the digest if None.
        """
        if not isinstance(hash_name, str):
            raise TypeError(hash_name)
        name = hash_name.lower()
        if name not in hashlib.algorithms:
            raise ValueError('unsupported hash type ' + hash_name)
        if iterations < 1:
            raise ValueError(iterations)
        length = hashlib.new(name).digest_size
        if dklen is None:
            dklen = length
        if dklen < 1:
            raise ValueError(dklen)
        mac = Mac.getInstance('Hmac' + name)
        # A key is filled up with zeros; Java takes none that is empty.
        mac.init(SecretKeySpec(octets(password) or '\0', 'RAW'))
        key, block = [], 0
        while len(key) * length < dklen:
            block += 1
            mac.update(octets(salt))
            key.append(digested(mac, '%c%c%c%c' % tuple(block >> bits & 0xff for bits in (24, 16, 8, 0)), iterations, length))
        return ''.join(key)[:dklen]

    hashlib.pbkdf2_hmac = pbkdf2_hmac
    hashlib.algorithms_guaranteed = set(hashlib.algorithms)
    hashlib.algorithms_available = set(hashlib.algorithms)
    hashlib.__all__ += ('algorithms_guaranteed', 'algorithms_available', 'pbkdf2_hmac')


def digested(mac, text, iterations, length):
    """The digest of a text, with that of the digest, and so on, all by exclusive or."""
    last = mac.doFinal(text)
    result = number(last)
    for _ in xrange(iterations - 1):
        last = mac.doFinal(last)
        result ^= number(last)
    return ('%0*x' % (2 * length, result)).decode('hex')


def number(digest):
    return int(digest.tostring().encode('hex'), 16)


def octets(text):
    if isinstance(text, unicode):
        return text.encode('ascii')
    if isinstance(text, memoryview):
        return text.tobytes()
    if isinstance(text, (str, bytearray, buffer)):
        return str(text)
    raise TypeError('must be string or buffer, not %s' % type(text).__name__)
