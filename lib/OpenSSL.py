"""pyOpenSSL's API (as of 21.0.0, the last for Python 2.7) on the JDK and Bouncy Castle: no OpenSSL is needed."""

__path__ = ['<euryale>/OpenSSL']  # the submodules are builtin, as this is itself

from OpenSSL import SSL, crypto
from OpenSSL.version import (__author__, __copyright__, __email__, __license__, __summary__, __title__, __uri__,
                             __version__)

__all__ = ['SSL', 'crypto', '__author__', '__copyright__', '__email__', '__license__', '__summary__', '__title__',
           '__uri__', '__version__']
