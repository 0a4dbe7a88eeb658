"""Child processes for the reactor: IReactorProcess without fork.

posix_spawn(3) starts the child, a thread waits for its end, and Twisted's own readers and writers serve our ends of its
pipes. Where the C library cannot be called the JDK starts children, who then have this process's user and descriptors
0, 1 and 2 alone.
"""

import errno
import grp
import os
import pwd
import select
import signal as _signal
import subprocess
import threading

from org.euryale.jython import Children

from twisted.internet import abstract, error, fdesc, process
from twisted.internet.main import CONNECTION_LOST
from twisted.python import log

from euryale import children

_AGAIN_S = 0.2
_STANDARD = {0: 'w', 1: 'r', 2: 'r'}
_OURS = ('r', 'w')
_FAILED = 1 << 8        # wait(2)'s status of a child that has exited with 1


def _identity(uid, gid):
    """User, group and groups of a child, as Twisted's switchUID has them after fork; None for those of this process."""
    if uid is None and gid is None:
        return None
    if not Children.changesUser():
        raise NotImplementedError('a child of a JVM has the user of the JVM, but on Linux, on x86-64 and aarch64')
    uid = os.geteuid() if uid is None else uid
    gid = os.getegid() if gid is None else gid
    if uid == os.getuid():
        return [uid, gid]
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        return [uid, gid, gid]
    groups = [gid] + [group.gr_gid for group in grp.getgrall() if name in group.gr_mem and group.gr_gid != gid]
    return [uid, gid] + groups


def _reason(executable, args, environment, failure):
    """What a child that fork has made says when it cannot become the program."""
    return 'Upon execvpe %s %s in environment id %d\n:%s\n' % (executable, args, id(environment), failure)


class _Child(object):
    """The end of a child that posix_spawn has started."""

    _waits = None

    def _begun(self):
        """Tells the protocol, if there is one, and waits for the end; of one that could not become the program it is now."""
        try:
            if self.proto is not None:
                self.proto.makeConnection(self)
        except:
            log.err()
        if self.pid is None:
            self.reactor.callFromThread(self._ended, _FAILED)
        else:
            self._await()

    def _await(self):
        """Looks for the child's end as soon as there is one, on the reactor's thread."""
        pid = self.pid

        def wait():
            # SIGCHLD may have come first: then the child has been reaped, and there is nobody of this number to wait for.
            # Where another child has been given it meanwhile, its end is looked at here and left to whoever started it.
            Children.await(pid)
            self.reactor.callFromThread(self.reapProcess)
        self._waits = pid
        process.reapProcessHandlers[pid] = self                 # which Twisted calls at SIGCHLD
        waiter = threading.Thread(target=wait, name='wait for child %d' % pid)
        waiter.setDaemon(True)
        waiter.start()

    def reapProcess(self):
        """Asks, without waiting, whether the child has ended."""
        if self.pid is None or self._waits is None:
            return
        try:
            ended = Children.ended(self.pid)
        except OSError as failure:
            if failure.errno != errno.ECHILD:
                raise
            ended = (0,)        # somebody else has waited, and the status is lost
        if ended:
            process.reapProcessHandlers.pop(self._waits, None)
            self._waits = None
            self._ended(ended[0])

    def _ended(self, status):
        self.processEnded(status)


class Process(_Child, process.Process):
    """A child process (IProcessTransport)."""

    def __init__(self, reactor, executable, args, environment, path, proto, uid=None, gid=None, childFDs=None):
        childFDs = _STANDARD if childFDs is None else childFDs
        identity = _identity(uid, gid)
        process._BaseProcess.__init__(self, proto)
        self.pipes = {}
        self.reactor = reactor
        self.status = -1
        self._begin(executable, args, environment, path, childFDs, identity)
        self._begun()

    def _begin(self, executable, args, environment, path, childFDs, identity):
        ours, theirs = {}, dict(childFDs)
        try:
            for number, target in childFDs.items():
                if target in _OURS:
                    read, write = Children.pipe()
                    ours[number], theirs[number] = (read, write) if target == 'r' else (write, read)
            files = [theirs.get(number, -1) for number in range(max([2] + list(theirs)) + 1)]
            try:
                self.pid = children.start(executable, args, path, environment, files, True, identity)
            except OSError as failure:
                if childFDs.get(2) in _OURS:
                    os.write(theirs[2], _reason(executable, args, environment, failure))
        except:
            for end in ours.values():
                os.close(end)
            raise
        finally:
            for number in ours:
                os.close(theirs[number])
        for number, end in ours.items():
            self._serve(number, end, childFDs[number])

    def _serve(self, number, descriptor, target):
        if target == 'r':
            self.pipes[number] = self.processReaderFactory(self.reactor, self, number, descriptor)
        else:
            self.pipes[number] = self.processWriterFactory(self.reactor, self, number, descriptor, forceReadHack=True)

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
            try:
                broken = poller.poll(0)
            except select.error as failure:
                if failure.args[0] != errno.EINTR:      # SIGCHLD, on Twisted's own reactors
                    raise
                broken = []
            if broken:
                self.reactor._disconnectSelectable(writer, CONNECTION_LOST, True)
            else:
                waiting = True
        if waiting:
            self.reactor.callLater(_AGAIN_S, self._look)


class PTYProcess(_Child, process.PTYProcess):
    """A child process with a terminal (IProcessTransport)."""

    def __init__(self, reactor, executable, args, environment, path, proto, uid=None, gid=None, usePTY=None):
        identity = _identity(uid, gid)
        abstract.FileDescriptor.__init__(self, reactor)
        process._BaseProcess.__init__(self, proto)
        master, slave = usePTY[:2] if isinstance(usePTY, (tuple, list)) else os.openpty()
        try:
            self.pid = children.startOnTerminal(executable, args, path, environment, os.ttyname(slave), identity)
        except OSError as failure:
            os.write(slave, _reason(executable, args, environment, failure))
        except:
            if not isinstance(usePTY, (tuple, list)):
                os.close(master)
                os.close(slave)
            raise
        os.close(slave)
        fdesc.setNonBlocking(master)
        self.fd = master
        self.startReading()
        self.connected = 1
        self.status = -1
        self._begun()


# ---------------------------------------------------------------- without the C library

# The JDK starts children by the name that the first argument has, and tells of a signal that has ended one by an exit
# status of 128 and the signal.
_BY_SIGNAL = 0x80
_DEADLY = frozenset(getattr(_signal, 'SIG' + name) for name in
                    'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL SEGV PIPE ALRM TERM USR1 USR2'.split())


class _JdkProcess(Process):
    """A child process that the JDK starts."""

    def _begin(self, executable, args, environment, path, childFDs, identity):
        if identity is not None:
            raise NotImplementedError('a child that the JDK starts has the user of the JVM')
        if not set(childFDs) <= set(_STANDARD):
            raise NotImplementedError('without the C library a child gets no descriptors but 0, 1 and 2')
        nothing = os.open(os.devnull, os.O_RDWR)
        streams = [childFDs.get(number, nothing) for number in sorted(_STANDARD)]
        streams = [subprocess.PIPE if stream in _OURS else stream for stream in streams]
        try:
            self._child = subprocess.Popen([executable] + list(args[1:]), bufsize=0, cwd=path, env=environment,
                                           stdin=streams[0], stdout=streams[1], stderr=streams[2])
        except OSError as failure:
            self._failed(_reason(executable, args, environment, failure), childFDs)
            return
        finally:
            os.close(nothing)
        self.pid = int(self._child._process.pid())
        self._files = self._child.stdin, self._child.stdout, self._child.stderr       # which own the descriptors
        for number, stream in enumerate(self._files):
            if stream is not None:
                self._serve(number, stream.fileno(), childFDs[number])

    def _failed(self, text, childFDs):
        for number, target in childFDs.items():
            if target not in _OURS:
                continue
            read, write = os.pipe()
            ours, theirs = (read, write) if target == 'r' else (write, read)
            if number == 2:
                os.write(theirs, text)
            os.close(theirs)
            self._serve(number, ours, target)

    def _await(self):
        def wait():
            code = self._child.wait()
            number = code - _BY_SIGNAL
            self.reactor.callFromThread(self._ended, number if number in _DEADLY else (code & 0xff) << 8)
        waiter = threading.Thread(target=wait, name='wait for child %d' % self.pid)
        waiter.setDaemon(True)
        waiter.start()

    def reapProcess(self):
        """The JVM does it."""

    def _getReason(self, status):
        number, code = status & 0x7f, status >> 8
        if number:
            return error.ProcessTerminated(None, number, status)
        return error.ProcessTerminated(code, None, status) if code else error.ProcessDone(status)


def spawn(reactor, executable, args, environment, path, proto, uid, gid, usePTY, childFDs):
    """What spawnProcess gives."""
    if not usePTY:
        start = Process if children.available() else _JdkProcess
        return start(reactor, executable, args, environment, path, proto, uid, gid, childFDs)
    if childFDs is not None:
        raise ValueError('Using childFDs is not supported with usePTY=True.')
    if not children.available():
        raise NotImplementedError('a child with a terminal needs the C library')
    return PTYProcess(reactor, executable, args, environment, path, proto, uid, gid, usePTY)
