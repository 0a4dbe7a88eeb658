"""The system's log: syslog(3), by messages to /dev/log. Jython has no such module.

    syslog.openlog('name', syslog.LOG_PID, syslog.LOG_DAEMON)
    syslog.syslog(syslog.LOG_WARNING, 'text')

Each interpreter has a connection of its own. As in C, a log that nobody reads is no error.
"""

import errno as _errno
import os as _os
import socket as _socket
import sys as _sys
import time as _time

LOG_EMERG, LOG_ALERT, LOG_CRIT, LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG = range(8)

LOG_PID, LOG_CONS, LOG_NDELAY, LOG_NOWAIT, LOG_PERROR = 1, 2, 8, 16, 32

LOG_KERN, LOG_USER, LOG_MAIL, LOG_DAEMON, LOG_AUTH, LOG_SYSLOG, LOG_LPR, LOG_NEWS, LOG_UUCP, LOG_CRON = range(0, 80, 8)
LOG_LOCAL0, LOG_LOCAL1, LOG_LOCAL2, LOG_LOCAL3, LOG_LOCAL4, LOG_LOCAL5, LOG_LOCAL6, LOG_LOCAL7 = range(128, 192, 8)

_PATH = '/dev/log'
_CONSOLE = '/dev/console'
_PRIORITY = 0x07
_FACILITY = 0x3f8
_MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split()


class _Function(object):
    """A function that does not become a method where a class has it as an attribute, as one of C does not."""

    def __init__(self, function):
        self._function = function
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__

    def __call__(self, *arguments, **keywords):
        return self._function(*arguments, **keywords)

    def __repr__(self):
        return '<built-in function %s>' % self.__name__


class _Log(object):
    """What openlog sets, and the connection."""

    opened = False
    ident = None
    options = 0
    facility = LOG_USER
    mask = 0xff
    connection = None
    stream = False

    def connect(self):
        for kind in _socket.SOCK_DGRAM, _socket.SOCK_STREAM:
            connection = _socket.socket(_socket.AF_UNIX, kind)
            try:
                connection.connect(_PATH)
            except _socket.error as failure:
                connection.close()
                if failure.errno != _errno.EPROTOTYPE:
                    return
            else:
                self.connection, self.stream = connection, kind == _socket.SOCK_STREAM
                return

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def send(self, text):
        """Whether somebody took it; a daemon that was started anew is connected to once more."""
        for _ in range(2):
            if self.connection is None:
                self.connect()
            if self.connection is None:
                return False
            try:
                self.connection.sendall(text + '\0' if self.stream else text)
                return True
            except _socket.error:
                self.close()
        return False


_log = _Log()


def _text(value, name):
    if not isinstance(value, basestring):
        raise TypeError('%s must be string, not %s' % (name, type(value).__name__))
    return str(value)


@_Function
def openlog(ident=None, logoption=0, facility=LOG_USER):
    """openlog([ident[, logoption[, facility]]])

    What stands before the messages (the program's name if it is not given), and the options of those to come."""
    if ident is None:
        ident = _os.path.basename(_sys.argv[0]) if getattr(_sys, 'argv', None) else ''
    _log.ident = _text(ident, 'ident')
    _log.options = int(logoption)
    if not int(facility) & ~_FACILITY:
        _log.facility = int(facility)
    _log.opened = True
    if _log.options & LOG_NDELAY and _log.connection is None:
        _log.connect()


@_Function
def syslog(*arguments):
    """syslog([priority=LOG_INFO,] message)

    Sends a message to the log."""
    if len(arguments) not in (1, 2):
        raise TypeError('syslog.syslog() takes 1 to 2 arguments (%d given)' % len(arguments))
    priority = int(arguments[0]) if len(arguments) == 2 else LOG_INFO
    message = _text(arguments[-1], 'message')
    if not _log.opened:
        openlog()
    priority &= _PRIORITY | _FACILITY
    if not 1 << (priority & _PRIORITY) & _log.mask:
        return
    if not priority & _FACILITY:
        priority |= _log.facility
    now = _time.localtime()
    number = '[%d]' % _os.getpid() if _log.options & LOG_PID else ''
    text = '%s%s: %s' % (_log.ident or 'python', number, message)
    if _log.options & LOG_PERROR:
        _os.write(2, text + '\n')
    when = '%s %2d %02d:%02d:%02d' % ((_MONTHS[now.tm_mon - 1], now.tm_mday) + now[3:6])
    if not _log.send('<%d>%s %s' % (priority, when, text)) and _log.options & LOG_CONS:
        _console(text)


def _console(text):
    try:
        console = _os.open(_CONSOLE, _os.O_WRONLY | _os.O_NOCTTY)
    except OSError:
        return
    try:
        _os.write(console, text + '\r\n')
    finally:
        _os.close(console)


@_Function
def closelog():
    """closelog()

    Closes the connection; the name and options are as at the start."""
    _log.close()
    _log.opened = False
    _log.ident, _log.options, _log.facility = None, 0, LOG_USER


@_Function
def setlogmask(mask):
    """setlogmask(mask) -> the one before

    Which priorities are sent, see LOG_MASK and LOG_UPTO; 0 changes nothing."""
    before = _log.mask
    if int(mask):
        _log.mask = int(mask)
    return before


@_Function
def LOG_MASK(priority):
    """LOG_MASK(priority) -> the mask of one priority"""
    return 1 << priority


@_Function
def LOG_UPTO(priority):
    """LOG_UPTO(priority) -> the mask of a priority and those above it"""
    return (1 << (priority + 1)) - 1
