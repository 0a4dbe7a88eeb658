"""Jython's gc, in which the collector can be told to pause, as far as a JVM's can: it is remembered.

A JVM collects when it has to, whoever asks it not to. CPython's disable() spares a program time, and nothing that a
correct one does depends on it; Jython's raises NotImplementedError, which ends the program. The same with the thresholds:
they are what was set, and the JVM's collector has its own. get_count() and get_objects() raise NotImplementedError, since
nobody knows.
"""

from org.python.modules import gc as _jython
from java.lang import Object as _Object

for _name in dir(_jython):
    if not _name.startswith('__') and _name not in dir(_Object):
        globals()[_name] = getattr(_jython, _name)

_is_enabled = True
_thresholds = (700, 10, 10)  # CPython's, in Modules/gcmodule.c


def enable():
    """isenabled() is True from now on."""
    global _is_enabled
    _is_enabled = True


def disable():
    """isenabled() is False from now on. The JVM's collector goes on."""
    global _is_enabled
    _is_enabled = False


def isenabled():
    """Whether disable() was not called last."""
    return _is_enabled


def set_threshold(threshold0, *more):
    """What get_threshold() gives from now on, one to three ints. The JVM's collector has its own."""
    global _thresholds
    if len(more) > 2:
        raise TypeError('set_threshold() takes at most 3 arguments (%d given)' % (1 + len(more)))
    given = (threshold0,) + more
    for threshold in given:
        if not isinstance(threshold, (int, long)):
            raise TypeError('an integer is required')
    _thresholds = given + _thresholds[len(given):]


def get_threshold():
    """The thresholds of CPython's three generations, or what set_threshold() was given."""
    return _thresholds


del _name
