"""What pyOpenSSL offers of OpenSSL's random numbers. The JVM's own need no seed."""

from socket import RAND_add as _add, RAND_status as _status


def add(buffer, entropy):
    """Stirs bytes into the random numbers; entropy says how many of them nobody could guess."""
    if not isinstance(buffer, bytes):
        raise TypeError('buffer must be a byte string')
    if not isinstance(entropy, int):
        raise TypeError('entropy must be an integer')
    _add(buffer, entropy)


def status():
    """1: there is always enough randomness."""
    return int(_status())
