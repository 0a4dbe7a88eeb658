"""Twisted's PID files ask os.name whether a process can be asked after, which os.kill does on Jython as well.

Evidence: twist --pidfile: "isRunning is not implemented on java"; twisted.application.runner.test.test_pidfile.
"""

import os


def is_faulty(_pidfile):
    return _pidfile.SYSTEM_NAME == 'java' and os.sep == '/'


def repair(_pidfile):
    _pidfile.SYSTEM_NAME = 'posix'
