"""Twisted does not know Linux behind sys.platform, which here begins with 'java'.

It then compares paths of UNIX sockets by their names alone, and leaves abstract ones out of its tests.

Evidence: twisted.python.runtime.platform.isLinux() is False on Linux.
"""

from java.lang import System


def is_faulty(runtime):
    return System.getProperty('os.name') == 'Linux' and not runtime.platform.isLinux()


def repair(runtime):
    runtime.platform._platform = 'linux2'
