"""twistd without --nodaemon forks itself into the background, and takes another process name by exec; a JVM does neither.

It got as far as writing to its log file before it failed. Here it says so first, and what to do; a wish for
another name is logged and the program goes on.

Evidence: hasattr(os, 'fork') and hasattr(os, 'execv') are False; twistd web --path . is an AttributeError.
"""

import os
import sys


def is_faulty(_twistd_unix):
    return not hasattr(os, 'fork')


def repair(_twistd_unix):
    runner = _twistd_unix.UnixApplicationRunner
    preApplication = runner.preApplication.im_func
    setupEnvironment = runner.setupEnvironment.im_func

    def preApplicationWithoutFork(self):
        """Refuses to be a daemon."""
        forks = type(self).setupEnvironment.im_func is setupEnvironment
        if forks and not (self.config['nodaemon'] or self.config['debug']):
            sys.exit('twistd: a JVM cannot fork into the background. Run it with -n (--nodaemon), under what '
                     'keeps services on your system, or with & in a shell')
        preApplication(self)

    def launchWithName(name):
        """Not available; logged."""
        if name and name != sys.argv[0]:
            _twistd_unix.log.msg('Not changing process name to %s: a JVM cannot exec' % name)

    runner.preApplication = preApplicationWithoutFork
    _twistd_unix.launchWithName = launchWithName
