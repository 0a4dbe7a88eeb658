"""crypt.crypt returns an array of bytes that ends with a NUL, not a str, and takes None.

Evidence: crypt.crypt('a', 'ab'); twisted.cred.test.test_strcred.
"""


def is_faulty(crypt):
    return not isinstance(crypt.crypt('', 'ab'), str)


def repair(crypt):
    hashed = crypt.crypt

    def crypt_of(word, salt):
        """The hash of a word with DES, as crypt(3) gives it for that salt; None if it is none."""
        for argument in word, salt:
            if not isinstance(argument, str):
                raise TypeError('must be string, not %s' % type(argument).__name__)
        value = hashed(word, salt)
        return None if value is None else value.tostring().rstrip('\0')

    crypt_of.__name__ = 'crypt'
    crypt.crypt = crypt_of
