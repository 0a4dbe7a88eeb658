"""Jython's cPickle, whose arguments have names: pickle.dump(obj, file, protocol=2) is how programs write it.

Which functions and classes can be pickled is checked as CPython does, by PickledNames.
"""

from java.lang import Object as _Object
from org.python.modules import cPickle as _jython

for _name in dir(_jython):
    if not _name.startswith('__') and _name not in dir(_Object):
        globals()[_name] = getattr(_jython, _name)

__doc__ = _jython.__doc__
__version__ = _jython.__version__


def _number(protocol):
    return HIGHEST_PROTOCOL if protocol < 0 else protocol  # noqa: F821 - Jython's


def dump(obj, file, protocol=0):
    """Writes a pickle of obj to a file. Protocols are 0 to 2; a negative one is the highest."""
    _jython.dump(obj, file, _number(protocol))


def dumps(obj, protocol=0):
    """A pickle of obj, a str. Protocols are 0 to 2; a negative one is the highest."""
    return _jython.dumps(obj, _number(protocol))


def Pickler(file, protocol=0):
    """An object whose dump(obj) writes pickles to a file. Protocols are 0 to 2; a negative one is the highest."""
    return _jython.Pickler(file, _number(protocol))


del _name
