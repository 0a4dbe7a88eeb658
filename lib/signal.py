"""Signals as CPython has them: handlers run on the main thread, between two lines of the program.

The main thread is the one the launcher runs the program on; where Jython is embedded it is the
thread that first sets a handler. Waits on sockets, select, poll, epoll and time.sleep end for a
handler as they do on CPython; Java code that waits by itself does not. The JVM keeps SIGQUIT and a
few others for itself (RuntimeError). Of the interval timers there is ITIMER_REAL.
"""

import errno as _errno

from org.euryale.jython import Interrupts as _Interrupts
from org.euryale.jython import SignalFunctions as _SignalFunctions

SIG_DFL = 0
SIG_IGN = 1
NSIG = 65

SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1 = range(1, 11)
SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM = range(11, 16)
SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGXCPU, SIGXFSZ = range(17, 26)
SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGPWR, SIGSYS = range(26, 32)
SIGIOT, SIGCLD, SIGPOLL = SIGABRT, SIGCHLD, SIGIO
SIGRTMIN, SIGRTMAX = 34, 64

ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF = range(3)

_functions = _SignalFunctions()


class ItimerError(IOError):
    """An interval timer that there is not."""

    __module__ = 'signal'


def default_int_handler(signum, frame):
    """Raises KeyboardInterrupt: what SIGINT does unless it is told otherwise."""
    raise KeyboardInterrupt


# What each signal does now. CPython ignores these two at start.
_actions = {SIGINT: default_int_handler, SIGPIPE: SIG_IGN, SIGXFSZ: SIG_IGN}


def _check(signum):
    if not 1 <= signum < NSIG:
        raise ValueError('signal number out of range')


def signal(signum, action):
    """Sets what a signal does: SIG_DFL, SIG_IGN or a function of (signum, frame); returns what it did.

    Main thread only (ValueError)."""
    if not _functions.isMain():
        raise ValueError('signal only works in main thread')
    _check(signum)
    if action not in (SIG_DFL, SIG_IGN) and not callable(action):
        raise TypeError('signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object')
    if signum in (SIGKILL, SIGSTOP):
        raise RuntimeError(_errno.EINVAL, 'Invalid argument')
    before = getsignal(signum)
    if callable(action):
        _functions.install(signum, action, SIG_DFL)
    else:
        _functions.install(signum, None, action)
    _actions[signum] = action
    return before


def getsignal(signum):
    """What a signal does now."""
    _check(signum)
    return _actions.get(signum, SIG_DFL)


def siginterrupt(signum, flag):
    """Whether the signal ends system calls. Here it always does: Java cannot restart a wait."""
    _check(signum)


def set_wakeup_fd(fd):
    """Writes a zero byte to this descriptor at each signal; -1 for none. The one before.

    Main thread only; it has to be open (ValueError)."""
    if not _functions.isMain():
        raise ValueError('set_wakeup_fd only works in main thread')
    if fd != -1 and not _functions.isOpen(fd):
        raise ValueError('invalid fd')
    return _functions.wakeup(fd)


def pause():
    """Waits for a signal."""
    _Interrupts.pause()


def alarm(seconds):
    """Sends SIGALRM after so many seconds (0: never); how many were left of the one before."""
    if not isinstance(seconds, (int, long)):
        raise TypeError('an integer is required')
    left = _functions.remaining()
    _functions.timer(seconds, 0)
    return int(left + 0.999)


def setitimer(which, seconds, interval=0.0):
    """Starts (or with 0 ends) an interval timer; (seconds, interval) of the one before."""
    before = getitimer(which)
    if seconds < 0 or interval < 0:
        raise ItimerError(_errno.EINVAL, 'Invalid argument')
    _functions.timer(float(seconds), float(interval))
    return before


def getitimer(which):
    """(seconds until it is due, interval) of an interval timer."""
    if which != ITIMER_REAL:
        raise ItimerError(_errno.EINVAL, 'Invalid argument')
    return _functions.remaining(), _functions.interval()
