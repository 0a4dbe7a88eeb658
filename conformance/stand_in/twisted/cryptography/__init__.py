"""What Twisted's tests make certificates with: the names of cryptography that they use, on OpenSSL.crypto.

cryptography is written in C. Twisted itself does not use it, its test_sslverify does.
"""

__version__ = 'a stand-in'
