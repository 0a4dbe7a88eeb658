"""Children get descriptors, and tell by which signal they ended.

Jython's subprocess starts a java.lang.Process: threads copy between the child and the files it was
given, output is lost when the parent ends first, a signal is an exit status of 128 and its number, and
communicate() raises for a child that does not read. Here posix_spawn(3) gives the child the kernel's
descriptors, pipes are descriptors of the one table, and whoever waits calls waitpid(2), see
Children.java. The child has 0 to 2 and nothing else, as with close_fds; there is no preexec_fn.
Where the C library cannot do it, what Jython has stays.

os.system() and the close() of os.popen(), which stand on subprocess, give wait(2)'s status.

Evidence: test_subprocess POSIXProcessTestCase, test_popen, lib/tests/test_children.py.
"""

import errno
import os

GONE = (errno.EPIPE, errno.EINVAL)
CHUNK = 65536


def again(call, *arguments):
    """Calls until no signal's handler ended the call."""
    while True:
        try:
            return call(*arguments)
        except (OSError, IOError) as error:
            if error.errno != errno.EINTR:
                raise


def repair(module):
    from euryale import children
    if not children.available():
        return
    from org.euryale.jython import Children, IoFunctions
    import fcntl
    import select
    Popen, PIPE, STDOUT = module.Popen, module.PIPE, module.STDOUT

    def number(given):
        return given if isinstance(given, (int, long)) else given.fileno()

    stock = Popen.__init__

    def __init__(self, *arguments, **keywords):
        self._to_close = []  # what is left here when the child has started, or has not, is nobody's
        try:
            stock(self, *arguments, **keywords)
        finally:
            for end in self._to_close:
                os.close(end)

    __init__.__doc__ = stock.__doc__

    def _get_handles(self, stdin, stdout, stderr):
        """(child's stdin, ours, our stdout, the child's, our stderr, the child's); None: the parent's stream."""
        ours, childs = [None, None, None], [None, None, None]
        for stream, given in enumerate((stdin, stdout, stderr)):
            if given is None:
                continue
            if given == PIPE:
                read, write = Children.pipe()
                childs[stream], ours[stream] = (read, write) if stream == 0 else (write, read)
                self._to_close += [read, write]
            elif stream == 2 and given == STDOUT:
                childs[2] = 1 if childs[1] is None else childs[1]
            else:
                childs[stream] = number(given)
        return childs[0], ours[0], ours[1], childs[1], ours[2], childs[2]

    def _execute_child(self, args, executable, preexec_fn, close_fds, cwd, env, universal_newlines, startupinfo,
                       creationflags, shell, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, *given):
        if preexec_fn is not None:
            raise ValueError('preexec_fn is not supported on the Jython platform')
        args = [args] if isinstance(args, basestring) else list(args)
        if shell:
            args = ['/bin/sh', '-c'] + args
            if executable:
                args[0] = executable
        streams = [std if end is None else end for std, end in enumerate((p2cread, c2pwrite, errwrite))]
        self.pid = children.start(executable or args[0], args, cwd, env, streams)
        self._child_created = True
        for end in p2cwrite, c2pread, errread:
            if end is not None:
                self._to_close.remove(end)

    def _internal_poll(self, _deadstate=None):
        if self.returncode is None:
            try:
                ended = Children.ended(self.pid)
            except OSError as error:
                if _deadstate is not None:
                    self.returncode = _deadstate
                elif error.errno == errno.ECHILD:
                    self.returncode = 0  # somebody else has waited, and the status is lost
                return self.returncode
            if ended:
                self.returncode = code(ended[0])
        return self.returncode

    def code(status):
        return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def poll(self):
        """The exit status (negative: the signal's number) of a child that has ended, else None."""
        return self._internal_poll()

    def wait(self):
        """Waits for the child; its exit status, or the negative number of the signal that ended it."""
        while self._internal_poll() is None:
            Children.await(self.pid)
        return self.returncode

    def send_signal(self, sig):
        """Sends a signal to the child."""
        os.kill(self.pid, sig)

    def terminate(self):
        """Sends SIGTERM to the child."""
        self.send_signal(module.signal.SIGTERM)

    def kill(self):
        """Sends SIGKILL to the child."""
        self.send_signal(module.signal.SIGKILL)

    def communicate(self, input=None):
        """Sends input, reads both streams to their ends, waits; what was read as (stdout, stderr).

        A child that closes its stdin early is not an error."""
        chunks = {}
        for stream in self.stdout, self.stderr:
            if stream is not None:
                chunks[stream] = []
        left = buffer(input or '')
        if self.stdin is not None:
            try:
                self.stdin.flush()
            except IOError as error:
                if error.errno not in GONE:
                    raise
                left = ''
        writes = self.stdin is not None and len(left) > 0
        if writes:
            fcntl.fcntl(self.stdin, fcntl.F_SETFL, os.O_NONBLOCK)
        elif self.stdin is not None:
            close(self.stdin)
        reads = dict((stream.fileno(), stream) for stream in chunks)
        while reads or writes:
            readable, writable = ready(list(reads), [self.stdin.fileno()] if writes else [])
            for fd in readable:
                data = again(os.read, fd, CHUNK)
                chunks[reads[fd]].append(data)
                if not data:
                    reads.pop(fd).close()
            if writable:
                try:
                    left = buffer(left, again(os.write, writable[0], left[:CHUNK]))
                except OSError as error:
                    if error.errno not in GONE:
                        raise
                    left = ''
                if not left:
                    writes = False
                    close(self.stdin)
        results = []
        for stream in self.stdout, self.stderr:
            text = None if stream is None else ''.join(chunks[stream])
            results.append(self._translate_newlines(text) if text and self.universal_newlines else text)
        self.wait()
        return tuple(results)

    def close(stream):
        try:
            stream.close()
        except IOError as error:
            if error.errno not in GONE:
                raise

    def ready(reads, writes):
        """Those that can be read, or written, without waiting."""
        while True:
            try:
                if not module._has_poll:
                    return select.select(reads, writes, [])[:2]
                poller = select.poll()
                for fd in reads:
                    poller.register(fd, select.POLLIN | select.POLLPRI)
                for fd in writes:
                    poller.register(fd, select.POLLOUT)
                found = [fd for fd, _ in poller.poll()]
                return [fd for fd in reads if fd in found], [fd for fd in writes if fd in found]
            except select.error as error:
                if error.args[0] != errno.EINTR:
                    raise

    for function in (__init__, _get_handles, _execute_child, _internal_poll, poll, wait, send_signal, terminate, kill,
                     communicate):
        setattr(Popen, function.__name__, function)
    module.jython = False  # from here on Popen() takes descriptors, as on other POSIX systems
    module._has_poll = True

    def _os_system(command):
        """Runs a command in a shell; its status as wait(2) has it. SIGINT is the command's meanwhile."""
        child = Popen(command, shell=True)
        return status(child.wait())

    def status(returncode):
        return returncode << 8 if returncode >= 0 else -returncode

    def take_stream(self, stream, proc):
        self._stream = stream
        self._proc = proc
        for own in proc.stdin, proc.stdout:
            if own is not None:
                IoFunctions.disown(own)  # the stream has its descriptor now

    def close_and_wait(self):
        """Closes; the command's status as wait(2) has it, None for 0."""
        self._stream.close()
        return status(self._proc.wait()) or None

    module._os_system = _os_system
    os._wrap_close.__init__ = take_stream
    os._wrap_close.close = close_and_wait
