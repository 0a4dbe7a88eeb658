"""hmac lacks compare_digest, which came with CPython 2.7.7.

Evidence: hmac.compare_digest.
"""

from java.security import MessageDigest


def is_faulty(hmac):
    return not hasattr(hmac, 'compare_digest')


def repair(hmac):

    def compare_digest(a, b):
        """Whether two texts, both unicode or both of bytes, are equal; how long it takes does not tell where they differ."""
        if isinstance(a, unicode) and isinstance(b, unicode):
            return MessageDigest.isEqual(a.encode('utf-8'), b.encode('utf-8'))
        return MessageDigest.isEqual(octets(a), octets(b))

    hmac.compare_digest = compare_digest


def octets(text):
    if not isinstance(text, (str, bytearray, buffer, memoryview)):
        raise TypeError("'%s' does not have the buffer interface" % type(text).__name__)
    return text.tobytes() if isinstance(text, memoryview) else str(text)
