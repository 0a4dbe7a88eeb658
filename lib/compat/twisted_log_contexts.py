"""Twisted's own loops call each file that is ready in a context of the log, by seven calls of Python, a seventh of an echo's CPU.

Here log.callWithContext is a function of Java that does the same. It shows no line in a traceback.

Evidence: bench/run twisted-epoll.
"""

import types

from org.euryale.jython import LogContexts


def is_faulty(log):
    context = log.context
    return (isinstance(log.callWithContext, types.FunctionType)
            and type(context.theContextTracker) is context.ThreadedContextTracker)


def repair(log):
    log.callWithContext = LogContexts.function(log)
