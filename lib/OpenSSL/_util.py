"""What OpenSSL.SSL, OpenSSL.crypto and programs that reach behind them share."""

import sys
import warnings

from java.lang import Class as _Class, Throwable as _Throwable
from org.euryale.openssl import CryptoException as _CryptoException

_LOADER = _Class.getClassLoader(_CryptoException)


class JavaClass(object):
    """A class of org.euryale.openssl, which is loaded when it is first used.

    Programs import OpenSSL whether they use it or not, Twisted's among them, and the JVM then reads Bouncy Castle's
    classes, and first the signatures of their jar: a twelfth of a start of twistd's.
    """

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        value = getattr(self._loaded(), attribute)
        setattr(self, attribute, value)
        return value

    def __call__(self, *arguments):
        return self._loaded()(*arguments)

    def _loaded(self):
        # Not by an import, whose lock another thread may hold for as long as the program runs.
        return _Class.forName('org.euryale.openssl.' + self._name, True, _LOADER)


# A default that says whether an optional argument was given.
UNSPECIFIED = object()


class _Library(object):
    """What has none of OpenSSL's functions, in the place of pyOpenSSL's binding of them."""


# Programs ask these for a function (hasattr) before they use it.
lib = _Library()
ffi = _Library()
ffi.NULL = None

_TEXT_WARNING = 'unicode for {0} is no longer accepted, use bytes'


def called(error, function, *arguments):
    """What a function of Java's returns; what it throws is raised as error, with a list as OpenSSL's queue has it."""
    try:
        return function(*arguments)
    except _CryptoException as e:
        entries = [(str(entry.library()), str(entry.function()), str(entry.reason())) for entry in e.entries()]
    except _Throwable as e:  # nothing of its text: it may quote a key
        entries = [('', '', str(e.getClass().getSimpleName()))]
    raise error(entries)


def native(s):
    """A str of bytes or of text (in UTF-8)."""
    if isinstance(s, unicode):
        return s.encode('utf-8')
    if not isinstance(s, bytes):
        raise TypeError('%r is neither bytes nor unicode' % s)
    return s


def path_string(s):
    """A path in bytes."""
    if isinstance(s, unicode):
        return s.encode(sys.getfilesystemencoding() or 'utf-8')
    if not isinstance(s, bytes):
        raise TypeError('Path must be represented as bytes or unicode string')
    return s


def byte_string(s):
    """The same: a name is bytes."""
    return s


def text_to_bytes_and_warn(label, obj):
    """Bytes; of text its UTF-8, with a warning that bytes were wanted."""
    if isinstance(obj, unicode):
        warnings.warn(_TEXT_WARNING.format(label), category=DeprecationWarning, stacklevel=3)
        return obj.encode('utf-8')
    return obj


class lib(object):
    """In place of cryptography's binding to OpenSSL, which some programs hand around: there is none."""
