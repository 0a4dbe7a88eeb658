"""The names of cryptography that pyOpenSSL's tests import. They do nothing: a test that uses one fails."""

__version__ = 'a stand-in'
