"""Jython's time, with a sleep() that lets signal handlers run on the main thread, and tzset()."""

from org.euryale.jython import Interrupts as _Interrupts
from org.python.modules.time import Time as _jython

for _name in dir(_jython):
    if not _name.startswith('__') and _name not in ('class', 'classDictInit', 'classDictPostInit'):
        globals()[_name] = getattr(_jython, _name)


def sleep(seconds):
    """Sleeps so many seconds; shorter when a signal handler ran meanwhile, as CPython 2.7."""
    if seconds < 0:
        raise IOError(22, 'Invalid argument')
    _Interrupts.sleep(long(seconds * 1e9))


def tzset():
    """Sets the time zone, which is the JVM's, to what os.environ['TZ'] says (POSIX, section 8.3)."""
    global timezone, altzone, daylight, tzname
    from euryale import timezones
    timezone, altzone, daylight, tzname = timezones.set()


del _name
