"""Twisted does not know that Jython's platform has POSIX's calls: its knownPlatforms says 'java' of 'java'.

os.name is what Jython says, and stays so. With 'java' Twisted gives up UNIX sockets, pipes as the
reactor's waker, its own file modes and more, all of which are there.

Evidence: twisted.python.runtime.platformType is 'java' and twisted.internet.posixbase has no UNIX sockets.
"""

import os


def is_faulty(runtime):
    return os.name == 'java' and os.sep == '/' and runtime.platformType == 'java'


def repair(runtime):
    posix = runtime.knownPlatforms['posix']
    runtime.knownPlatforms['java'] = posix
    runtime.Platform.type = runtime.platform.type = runtime.platformType = posix
