"""Jython's gc, whose collect() has run the finalizers of what it found, and in which the collector can be told to pause.

A program calls collect() to have __del__ run now, or weak references cleared; in a JVM a thread of its own runs finalizers
some time after a collection. As for the pause, it is remembered: a JVM collects when it has to, whoever asks it not to.
CPython's disable() spares a program time, and nothing that a correct one does depends on it; Jython's raises
NotImplementedError, which ends the program. The same with the thresholds: they are what was set, and the JVM's collector
has its own. get_count() and get_objects() raise NotImplementedError, since nobody knows.
"""

from java.lang import Object as _Object
from java.lang import System as _System
from java.lang import Thread as _Thread
from java.lang.management import ManagementFactory as _ManagementFactory
from java.util.concurrent import CountDownLatch as _CountDownLatch
from java.util.concurrent import TimeUnit as _TimeUnit
from org.python.modules import gc as _jython

for _name in dir(_jython):
    if not _name.startswith('__') and _name not in dir(_Object):
        globals()[_name] = getattr(_jython, _name)

_is_enabled = True
_thresholds = (700, 10, 10)  # CPython's, in Modules/gcmodule.c

_PATIENCE = 1000  # milliseconds that collect() waits for finalizers, which may hang, at a time
_listens = []  # whether the JVM collects when it is asked to, once it is known


class _Marker(object):
    """Garbage that says when it was found."""

    def __init__(self, found):
        self._found = found

    def __del__(self):
        self._found.countDown()


def _collects():
    if not _listens:
        options = _ManagementFactory.getRuntimeMXBean().getInputArguments()
        _listens.append('-XX:+DisableExplicitGC' not in options)
    return _listens[0]


def collect(generation=2):
    """Collects all generations, and runs the finalizers of what is found.

    The result is 0: a JVM does not tell how many objects it found. Finalizers that take longer than a second are not waited
    for. Nothing is collected where the JVM has -XX:+DisableExplicitGC.
    """
    if generation not in (0, 1, 2):
        raise ValueError('invalid generation')
    if not _collects():
        return 0
    for _ in range(2):  # when the second marker is found, the finalizers of all that was queued before have ended
        found = _CountDownLatch(1)
        _Marker(found)
        _jython.collect()
        if not found.await(_PATIENCE, _TimeUnit.MILLISECONDS):
            break
        end = _System.nanoTime() + _PATIENCE * 1000000
        memory = _ManagementFactory.getMemoryMXBean()
        while memory.getObjectPendingFinalizationCount() and _System.nanoTime() < end:
            _Thread.sleep(1)
    return 0


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
