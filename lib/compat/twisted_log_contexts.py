"""Twisted's own loops call each file that is ready in a context of the log, by seven calls of Python, a seventh of an echo.

Here log.callWithContext is a function of Java that does the same. It shows no line in a traceback.

Evidence: bench/run twisted-epoll.
"""

import types

from org.euryale.jython import LogContexts


def is_faulty(log):
    return isinstance(log.callWithContext, types.FunctionType)


def repair(log):
    log.callWithContext = LogContexts.function(log)
