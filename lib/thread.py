"""Jython's threads, with _count(), by which CPython's tests and some servers watch for leaks."""

import sys as _sys

from java.lang import Object as _Object
from java.util.concurrent.atomic import AtomicInteger as _AtomicInteger

from org.euryale.jython import LockFunctions as _LockFunctions
from org.python.modules._threading import Lock as _Lock
from org.python.modules.thread import thread as _jython

for _name in dir(_jython):
    if not _name.startswith('__') and _name not in dir(_Object):
        globals()[_name] = getattr(_jython, _name)

_running = _AtomicInteger()


class error(Exception):
    """What goes wrong with threads and locks; Jython's is a str, which cannot be caught."""


error.__module__ = 'thread'

_LockFunctions.install()
LockType = _Lock


def allocate_lock():
    """A new lock, which is not locked."""
    return _Lock()


allocate = allocate_lock


def _count():
    """How many threads that Python began have not ended."""
    count = _running.get()
    threading = _sys.modules.get('threading')
    if threading is not None:  # its threads are Java's, not start_new_thread's
        count += sum(1 for t in threading.enumerate() if type(t) is threading.Thread
                     or isinstance(t, threading.Thread) and not isinstance(t, threading.JavaThread))
    return count


def start_new_thread(function, args, kwargs=None):
    """Begins a thread that calls function(*args, **kwargs); its identifier."""
    if not callable(function):
        raise TypeError('first arg must be callable')
    if not isinstance(args, tuple):
        raise TypeError('2nd arg must be a tuple')
    if kwargs is not None and not isinstance(kwargs, dict):
        raise TypeError('optional 3rd arg must be a dictionary')

    def run():
        try:
            function(*args, **(kwargs or {}))
        finally:
            _running.decrementAndGet()

    _running.incrementAndGet()
    try:
        return _jython.start_new_thread(run, ())
    except BaseException:
        _running.decrementAndGet()
        raise


start_new = start_new_thread

del _name
