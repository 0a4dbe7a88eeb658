"""Child processes for the reactor: IReactorProcess without fork.

subprocess starts the child, a thread waits for it, and Twisted's own readers and writers serve our
ends of its pipes. What cannot be done is refused with NotImplementedError: descriptors beyond 0, 1
and 2, another user, a pseudo-terminal.
"""

import os
import select
import signal as _signal
import subprocess
import threading

from org.euryale.jython import Children

from twisted.internet import error, process
from twisted.internet.main import CONNECTION_LOST
from twisted.python import log

# Where the C library cannot be called, the JDK starts children, by the name that the first argument has, and tells of
# a signal that has ended one by an exit status of 128 and the signal.
_BY_SIGNAL = 0x80
_DEADLY = frozenset(getattr(_signal, 'SIG' + name) for name in
                    'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL SEGV PIPE ALRM TERM USR1 USR2'.split())
_EXACT = Children.available()
_AGAIN_S = 0.2
_STANDARD = {0: 'w', 1: 'r', 2: 'r'}


class Process(process.Process):
    """A child process (IProcessTransport)."""

    def __init__(self, reactor, executable, args, environment, path, proto, uid=None, gid=None, childFDs=None):
        childFDs = _STANDARD if childFDs is None else childFDs
        if uid is not None or gid is not None:
            raise NotImplementedError('a child of a JVM has the user of the JVM')
        if not set(childFDs) <= set(_STANDARD):
            raise NotImplementedError('a child of a JVM gets no descriptors but 0, 1 and 2')
        process._BaseProcess.__init__(self, proto)
        self.pipes = {}
        self._reactor = reactor
        child = self._start(executable, args, environment, path, childFDs)
        self.status = -1
        try:
            if self.proto is not None:
                self.proto.makeConnection(self)
        except:
            log.err()
        waiter = threading.Thread(target=self._wait, args=(child,), name='wait for %s' % executable)
        waiter.setDaemon(True)
        waiter.start()

    def _start(self, executable, args, environment, path, childFDs):
        nothing = os.open(os.devnull, os.O_RDWR)
        streams = [childFDs.get(number, nothing) for number in sorted(_STANDARD)]
        streams = [subprocess.PIPE if stream in ('r', 'w') else stream for stream in streams]
        try:
            child = subprocess.Popen(list(args) if _EXACT else [executable] + list(args[1:]), bufsize=0,
                                     executable=executable if _EXACT else None, cwd=path, env=environment,
                                     stdin=streams[0], stdout=streams[1], stderr=streams[2])
        except OSError as e:
            self._failed('Upon execvpe %s %s:\n%s\n' % (executable, args, e), childFDs)
            return None
        finally:
            os.close(nothing)
        self.pid = child.pid if _EXACT else int(child._process.pid())
        self._files = child.stdin, child.stdout, child.stderr       # which own the descriptors
        for number, stream in enumerate(self._files):
            if stream is not None:
                self._serve(number, stream.fileno(), childFDs[number])
        return child

    def _failed(self, text, childFDs):
        """What the child does that fork has made: it says why on its standard error, and exits with 1."""
        for number, target in childFDs.items():
            if target not in ('r', 'w'):
                continue
            read, write = os.pipe()
            ours, theirs = (read, write) if target == 'r' else (write, read)
            if number == 2:
                os.write(theirs, text)
            os.close(theirs)
            self._serve(number, ours, target)

    def _serve(self, number, descriptor, target):
        if target == 'r':
            self.pipes[number] = self.processReaderFactory(self._reactor, self, number, descriptor)
        else:
            self.pipes[number] = self.processWriterFactory(self._reactor, self, number, descriptor, forceReadHack=True)

    def _wait(self, child):
        code = 1 if child is None else child.wait()
        number = -code if _EXACT else code - _BY_SIGNAL
        status = number if number in _DEADLY or _EXACT and number > 0 else (code & 0xff) << 8
        self._reactor.callFromThread(self._ended, status)

    def _ended(self, status):
        self.processEnded(status)
        self._look()

    def _look(self):
        """Finds the pipes to the child that nobody reads any more: no selector says so of one that only waits.

        Where the child has left its stdin to a process of its own, looks again from time to time."""
        waiting = False
        for writer in [each for each in self.pipes.values() if getattr(each, 'enableReadHack', False)]:
            poller = select.poll()
            poller.register(writer.fileno(), 0)
            if poller.poll(0):
                self._reactor._disconnectSelectable(writer, CONNECTION_LOST, True)
            else:
                waiting = True
        if waiting:
            self._reactor.callLater(_AGAIN_S, self._look)

    def reapProcess(self):
        """The JVM does it."""

    def _getReason(self, status):
        number, code = status & 0x7f, status >> 8
        if number:
            return error.ProcessTerminated(None, number, status)
        return error.ProcessTerminated(code, None, status) if code else error.ProcessDone(status)
