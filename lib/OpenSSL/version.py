"""Which pyOpenSSL this behaves as."""

__all__ = ['__author__', '__copyright__', '__email__', '__license__', '__summary__', '__title__', '__uri__', '__version__']

__version__ = '21.0.0'

__title__ = 'pyOpenSSL'
__uri__ = 'https://pyopenssl.org/'
__summary__ = 'The API of pyOpenSSL on the JVM, without OpenSSL'
__author__ = 'Euryale'
__email__ = ''
__license__ = 'Apache License, Version 2.0'
__copyright__ = ''
