"""Twisted's reactors for POSIX start processes by fork, which a JVM has not.

They say so here: they do not provide IReactorProcess, and spawnProcess tells why, where it would fail half way through
with another error and leave pipes open.

Evidence: hasattr(os, 'fork') is False; reactor.spawnProcess raises NotImplementedError, "can't disable Java GC".
"""

import os


def is_faulty(posixbase):
    return posixbase.processEnabled and not hasattr(os, 'fork')


def repair(posixbase):
    from zope.interface import classImplementsOnly, implementedBy
    from twisted.internet.interfaces import IReactorProcess

    reactor = posixbase.PosixReactorBase
    classImplementsOnly(reactor, *[each for each in implementedBy(reactor) if each is not IReactorProcess])
    posixbase.processEnabled = False

    def spawnProcess(self, *arguments, **keywords):
        """Not available: NotImplementedError."""
        raise NotImplementedError('spawnProcess of %s needs os.fork, which a JVM has not' % type(self).__name__)

    reactor.spawnProcess = spawnProcess
