"""What Twisted's tests, and treq's, make certificates with: the names of cryptography that they use, on OpenSSL.crypto.

cryptography is written in C. Neither uses it itself; Twisted's test_sslverify does, and treq's local_httpbin.
"""

__version__ = 'a stand-in'
