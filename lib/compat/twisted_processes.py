"""Twisted's reactors for POSIX start processes by fork, which a JVM has not.

They start them by posix_spawn here, as Euryale's reactor does, see lib/euryale/process.py.

Evidence: hasattr(os, 'fork') is False; reactor.spawnProcess raises NotImplementedError, "can't disable Java GC".
"""

import os


def is_faulty(posixbase):
    return posixbase.processEnabled and not hasattr(os, 'fork')


def repair(posixbase):

    def spawnProcess(self, processProtocol, executable, args=(), env={}, path=None, uid=None, gid=None, usePTY=0,
                     childFDs=None):
        """See IReactorProcess."""
        args, env = self._checkProcessArgs(args, env)
        from euryale.process import spawn
        return spawn(self, executable, args, env, path, processProtocol, uid, gid, usePTY, childFDs)

    posixbase.PosixReactorBase.spawnProcess = spawnProcess
