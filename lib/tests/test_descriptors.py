"""One table of descriptors for sockets, pipes, files and streams: what programs may do with them, and do wrong.

Each answer is CPython 2.7.18's on Linux, where these tests pass as well.
"""

import array
import asyncore
import errno
import fcntl
import io
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import tty
import unittest

FIONREAD = 0x541B


class DescriptorsTestCase(unittest.TestCase):

    def setUp(self):
        descriptor, self.name = tempfile.mkstemp()
        os.close(descriptor)
        self.addCleanup(os.unlink, self.name)

    def pipe(self):
        ends = os.pipe()
        for end in ends:
            self.addCleanup(self.close, end)
        return ends

    def close(self, descriptor):
        try:
            os.close(descriptor)
        except OSError:
            pass

    def pair(self):
        listener = socket.socket()
        listener.bind(('127.0.0.1', 0))
        listener.listen(1)
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
        for opened in listener, ours, theirs:
            self.addCleanup(opened.close)
        return ours, theirs

    def fails(self, number, kind, call, *arguments):
        with self.assertRaises(kind) as raised:
            call(*arguments)
        self.assertEqual(errno.errorcode[number], errno.errorcode[raised.exception.args[0]])


class FilesTest(DescriptorsTestCase):

    def test_what_cannot_be_opened_says_why(self):
        class Own(file):
            pass

        folder = tempfile.mkdtemp()
        self.addCleanup(os.rmdir, folder)
        for how in open, file, Own, io.open, io.FileIO:
            for number, name, mode in [
                    (errno.ENOENT, '/none/x', 'w'), (errno.ENOENT, '/none/x', 'r'), (errno.ENOENT, '/none/x', 'r+'),
                    (errno.ENOENT, '', 'r'), (errno.ENOENT, '', 'w'), (errno.EISDIR, folder, 'r'),
                    (errno.EISDIR, folder, 'a'), (errno.ENOTDIR, self.name + '/x', 'w'),
                    (errno.ENOTDIR, self.name + '/x', 'r'), (errno.ENAMETOOLONG, folder + '/' + 'n' * 300, 'w')]:
                with self.assertRaises(IOError) as raised:
                    how(name, mode)
                self.assertEqual((errno.errorcode[number], os.strerror(number), name), (
                    errno.errorcode[raised.exception.errno], raised.exception.strerror, raised.exception.filename))

    def test_a_device_is_opened_for_both(self):
        for how in open, file:
            with how(os.devnull, 'r+') as f:
                f.write('x')
                f.flush()
                self.assertEqual('', f.read())
                self.assertEqual((os.devnull, 'r+'), (f.name, f.mode))
        with io.open(os.devnull, 'r+b', buffering=0) as f:
            self.assertEqual(1, f.write(b'x'))
            self.assertEqual(os.devnull, f.name)

    def test_a_descriptor_closed_under_a_file(self):
        with open(self.name, 'w') as f:
            f.write('text')
        f = open(self.name)
        os.close(f.fileno())
        self.fails(errno.EBADF, IOError, f.read)
        self.fails(errno.EBADF, IOError, f.close)
        self.assertTrue(f.closed)
        for kind in io.open, io.FileIO:
            f = kind(self.name, 'rb')
            os.close(f.fileno())
            self.fails(errno.EBADF, IOError, f.read)
            self.fails(errno.EBADF, IOError, f.close)
        f = open(self.name, 'w')
        os.close(f.fileno())
        f.write('x')
        self.fails(errno.EBADF, IOError, f.flush)
        self.assertRaises(IOError, f.close)

    def test_a_descriptor_closed_under_a_socket(self):
        _, theirs = self.pair()
        os.close(theirs.fileno())
        self.fails(errno.EBADF, socket.error, theirs.recv, 1)
        self.fails(errno.EBADF, socket.error, theirs.getsockname)
        theirs.close()

    def test_numbers_that_are_none(self):
        for call in os.close, os.dup, os.fstat, os.fdopen:
            for number in -1, 99999, 1 << 20:
                self.fails(errno.EBADF, OSError, call, number)
            self.assertRaises(OverflowError, call, 1 << 31)
            self.assertRaises(TypeError, call, 'x')
        self.assertFalse(os.isatty(-1))
        self.fails(errno.EBADF, OSError, os.read, -1, 1)
        self.fails(errno.EBADF, OSError, os.write, 99999, 'x')
        self.fails(errno.EBADF, OSError, os.dup2, 99999, 5)
        self.assertRaises(ValueError, os.fsync, -1)
        self.assertRaises(ValueError, io.open, -1)
        self.assertRaises(ValueError, select.select, [-1], [], [], 0)

    def test_files_share_a_descriptors_position(self):
        with open(self.name, 'w+') as f:
            descriptor = f.fileno()
            self.assertIn('=%d mode' % descriptor, repr(io.FileIO(descriptor, 'w', closefd=False)))
            with io.open(descriptor, 'wb', closefd=False) as again:
                again.write(b'abc')
            self.assertEqual(3, os.lseek(descriptor, 0, os.SEEK_CUR))
            with os.fdopen(os.dup(descriptor), 'r') as third:
                third.seek(1)
                self.assertEqual('bc', third.read())
        self.fails(errno.EBADF, OSError, os.fstat, descriptor)

    def test_files_of_every_kind(self):
        descriptor, name = tempfile.mkstemp()
        self.addCleanup(os.unlink, name)
        for f in os.fdopen(descriptor, 'w+'), os.tmpfile(), tempfile.TemporaryFile(), io.open(self.name, 'w+b', 0):
            with f:
                os.write(f.fileno(), b'text')
                os.lseek(f.fileno(), 0, os.SEEK_SET)
                self.assertEqual('text', f.read())
                self.assertEqual(4, os.fstat(f.fileno()).st_size)
                os.ftruncate(f.fileno(), 2)
                os.fsync(f.fileno())
                self.assertEqual(2, os.fstat(f.fileno()).st_size)
                os.fchmod(f.fileno(), 0o600)
                self.assertEqual(0o600, os.fstat(f.fileno()).st_mode & 0o777)

    def test_sockets_as_descriptors(self):
        ours, theirs = self.pair()
        copy = os.dup(theirs.fileno())
        theirs.close()
        ours.sendall('hello')
        self.assertEqual('hello', os.read(copy, 10))
        f = os.fdopen(copy, 'r+', 0)
        f.write('back')
        self.assertEqual('back', ours.recv(10))
        ours.close()
        self.assertEqual('', f.read())
        f.close()
        self.fails(errno.EBADF, OSError, os.close, copy)

    def test_the_lowest_number_and_closerange(self):
        r, w = self.pipe()
        copies = [os.dup(r) for _ in range(4)]
        self.assertEqual(sorted(copies), copies)
        os.closerange(copies[0], copies[-1] + 1)
        self.assertEqual(copies[0], os.dup(r))
        os.close(copies[0])
        self.assertEqual(77, os.dup2(w, 77) or 77)
        os.write(77, 'x')
        self.assertEqual('x', os.read(r, 10))
        os.close(77)


class LimitTest(unittest.TestCase):

    """RLIMIT_NOFILE, in a process of its own, since that has one limit."""

    PROGRAM = '''
import errno, fcntl, os, resource, select, socket, sys, tempfile
listener = socket.socket()
listener.bind(('127.0.0.1', 0))
listener.listen(5)
client = socket.create_connection(listener.getsockname())
made = os.path.join(tempfile.mkdtemp(), 'made')
resource.setrlimit(resource.RLIMIT_NOFILE, (512, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))

def refused(call, *arguments):
    try:
        call(*arguments)
    except EnvironmentError as e:
        return errno.errorcode[e.errno]

copies = []
while not copies or copies[-1] < 511:
    copies.append(os.dup(0))
calls = [(os.dup, 0), (socket.socket,), (socket.socketpair,), (os.pipe,), (os.openpty,), (listener.accept,),
         (os.open, made, os.O_CREAT | os.O_WRONLY), (open, made, 'w'), (select.epoll,), (fcntl.fcntl, 0, fcntl.F_DUPFD, 3),
         (fcntl.fcntl, 0, fcntl.F_DUPFD, 512), (os.dup2, 0, 512)]
print([refused(*call) for call in calls])
print(os.path.exists(made))

# The connection was left in the backlog: with one number free it is there.
os.close(copies.pop())
accepted, _ = listener.accept()
accepted.send('x')
print([client.recv(1), accepted.fileno(), refused(os.dup, 0)])
accepted.close()
print(refused(os.pipe))
resource.setrlimit(resource.RLIMIT_NOFILE, (600, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
print(max(os.pipe()))
for copy in copies:
    os.close(copy)
os.rmdir(os.path.dirname(made))
'''

    def test_every_call_that_makes_a_descriptor_says_EMFILE(self):
        self.assertEqual([
            str(['EMFILE'] * 10 + ['EINVAL', 'EBADF']), 'False', "['x', 511, 'EMFILE']", 'EMFILE', '512',
        ], subprocess.check_output([sys.executable, '-c', self.PROGRAM]).splitlines())


class ReadyTest(DescriptorsTestCase):

    def test_a_regular_file(self):
        with open(self.name) as f:
            self.assertEqual(([f], [f], []), select.select([f], [f], []))
            poll = select.poll()
            poll.register(f)
            self.assertEqual([(f.fileno(), select.POLLIN | select.POLLOUT)], poll.poll())
            epoll = select.epoll()
            self.addCleanup(epoll.close)
            self.fails(errno.EPERM, IOError, epoll.register, f)

    def test_pipes_sockets_and_terminals_together(self):
        r, w = self.pipe()
        ours, theirs = self.pair()
        master, slave = os.openpty()
        for end in master, slave:
            self.addCleanup(self.close, end)
        tty.setraw(slave)
        everything = [r, theirs.fileno(), slave]
        epoll = select.epoll()
        self.addCleanup(epoll.close)
        poll = select.poll()
        for descriptor in everything:
            epoll.register(descriptor, select.EPOLLIN)
            poll.register(descriptor, select.POLLIN)
        for descriptor, make in zip(everything, (lambda: os.write(w, 'x'), lambda: ours.send('x'),
                                                 lambda: os.write(master, 'x'))):
            self.assertEqual([], select.select(everything, [], [], 0)[0])
            make()
            self.assertEqual([descriptor], select.select(everything, [], [])[0])
            self.assertEqual([(descriptor, select.POLLIN)], poll.poll())
            self.assertEqual([(descriptor, select.EPOLLIN)], epoll.poll())
            self.assertEqual('x', os.read(descriptor, 10))

    def test_a_full_pipe(self):
        r, w = self.pipe()
        fcntl.fcntl(w, fcntl.F_SETFL, os.O_NONBLOCK)
        with self.assertRaises(OSError) as raised:
            while True:
                os.write(w, 'x' * 4096)
        self.assertEqual(errno.EAGAIN, raised.exception.errno)
        self.assertEqual([], select.select([], [w], [], 0)[1])
        os.close(r)
        self.fails(errno.EPIPE, OSError, os.write, w, 'x')

    def test_an_interrupted_read_leaves_the_buffer_empty(self):
        r, w = self.pipe()
        f = os.fdopen(os.dup(r))
        self.addCleanup(f.close)

        class Alarm(Exception):
            pass

        def handler(number, frame):
            raise Alarm

        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, handler))
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        self.assertRaises(Alarm, f.readline)
        os.write(w, 'line\n')
        self.assertEqual('line\n', f.readline())

    def test_a_handler_that_reads_leaves_no_bytes_in_the_read_it_interrupts(self):
        r, w = self.pipe()
        f = os.fdopen(os.dup(r))
        self.addCleanup(f.close)
        other_r, other_w = self.pipe()
        heard = []

        def handler(number, frame):
            os.write(w, 'line\n')
            os.write(other_w, 'of the handler')
            heard.append(os.read(other_r, 100))

        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, handler))
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        self.assertEqual('line\n', f.readline())
        self.assertEqual(['of the handler'], heard)


class FcntlTest(DescriptorsTestCase):

    def test_flags(self):
        r, w = self.pipe()
        self.assertEqual(os.O_WRONLY, fcntl.fcntl(w, fcntl.F_GETFL))
        fcntl.fcntl(r, fcntl.F_SETFL, os.O_NONBLOCK)
        self.fails(errno.EAGAIN, OSError, os.read, r, 1)
        self.assertEqual(os.O_NONBLOCK, fcntl.fcntl(os.dup(r), fcntl.F_GETFL))
        fcntl.ioctl(r, 0x5421, struct.pack('i', 0))
        self.assertEqual(os.O_RDONLY, fcntl.fcntl(r, fcntl.F_GETFL))
        fcntl.fcntl(r, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        self.assertEqual(fcntl.FD_CLOEXEC, fcntl.fcntl(r, fcntl.F_GETFD))
        copy = fcntl.fcntl(r, fcntl.F_DUPFD, 50)
        self.addCleanup(os.close, copy)
        self.assertTrue(copy >= 50)
        self.assertEqual(0, fcntl.fcntl(copy, fcntl.F_GETFD))

    def test_size_of_a_terminal(self):
        size = struct.pack('HHHH', 24, 80, 0, 0)
        terminal, end = os.openpty()
        self.addCleanup(os.close, terminal)
        self.addCleanup(os.close, end)
        self.assertEqual(size, fcntl.ioctl(end, termios.TIOCSWINSZ, size))
        self.assertEqual((24, 80, 0, 0), struct.unpack('HHHH', fcntl.ioctl(terminal, termios.TIOCGWINSZ, '\0' * 8)))
        read = array.array('H', [0] * 4)
        self.assertEqual(0, fcntl.ioctl(end, termios.TIOCGWINSZ, read))
        self.assertEqual([24, 80], list(read[:2]))
        self.assertEqual(size, fcntl.ioctl(end, termios.TIOCGWINSZ, array.array('c', '\1' * 8), False))

    def test_requests_to_the_kernel(self):
        SIOCGIFADDR = 0x8915
        for kind in socket.SOCK_DGRAM, socket.SOCK_STREAM:
            s = socket.socket(socket.AF_INET, kind)
            self.addCleanup(s.close)
            answer = fcntl.ioctl(s, SIOCGIFADDR, struct.pack('256s', 'lo'))
            self.assertEqual((256, '127.0.0.1'), (len(answer), socket.inet_ntoa(answer[20:24])))
            self.fails(errno.ENODEV, IOError, fcntl.ioctl, s, SIOCGIFADDR, struct.pack('256s', 'none'))
        r, w = self.pipe()
        with open(__file__) as f:
            for descriptor in r, s, f:
                self.fails(errno.ENOTTY, IOError, fcntl.ioctl, descriptor, termios.TIOCGWINSZ, '\0' * 8)
                self.fails(errno.ENOTTY, IOError, fcntl.ioctl, descriptor, 0x5499)
        self.assertRaises(ValueError, fcntl.ioctl, r, termios.TIOCGWINSZ, 'x' * 1025)

    def test_how_much_can_be_read(self):
        def readable(descriptor):
            return struct.unpack('i', fcntl.ioctl(descriptor, FIONREAD, struct.pack('i', 0)))[0]

        r, w = self.pipe()
        os.write(w, '12345')
        self.assertEqual(5, readable(r))
        count = array.array('i', [0])
        self.assertEqual(0, fcntl.ioctl(r, FIONREAD, count))
        self.assertEqual(5, count[0])
        ours, theirs = self.pair()
        ours.sendall('hello')
        self.assertEqual('h', theirs.recv(1, socket.MSG_PEEK))
        select.select([theirs], [], [])
        self.assertEqual(5, readable(theirs))

    def other(self, code):
        """What another process, a shell with flock(1) or CPython 3, says."""
        return subprocess.Popen(code, shell=True, stdout=subprocess.PIPE).communicate()[0].strip()

    def test_flock_is_that_of_other_programs(self):
        attempt = 'flock -n %%s %s true && echo free || echo held' % self.name
        with open(self.name, 'w') as f, open(self.name) as reader:
            self.assertEqual('free', self.other(attempt % '-x'))
            fcntl.flock(f, fcntl.LOCK_EX)
            self.assertEqual('held', self.other(attempt % '-s'))
            self.fails(errno.EAGAIN, IOError, fcntl.flock, reader, fcntl.LOCK_SH | fcntl.LOCK_NB)
            fcntl.flock(f, fcntl.LOCK_SH)
            fcntl.flock(reader, fcntl.LOCK_SH | fcntl.LOCK_NB)
            self.assertEqual('free', self.other(attempt % '-s'))
            self.assertEqual('held', self.other(attempt % '-x'))
            fcntl.flock(reader, fcntl.LOCK_UN)
        self.assertEqual('free', self.other(attempt % '-x'))

    def test_waiting_for_a_flock(self):
        holder = subprocess.Popen('exec 9>%s; flock -x 9; echo; read line' % self.name, shell=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        holder.stdout.readline()
        handler = signal.signal(signal.SIGALRM, lambda number, frame: holder.communicate('\n'))
        self.addCleanup(signal.signal, signal.SIGALRM, handler)
        with open(self.name, 'w') as f:
            self.fails(errno.EAGAIN, IOError, fcntl.flock, f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            try:
                fcntl.flock(f, fcntl.LOCK_EX)
            except IOError as e:  # the handler ran, as a call of C would be told
                self.assertEqual(errno.EINTR, e.errno)
                fcntl.flock(f, fcntl.LOCK_EX)

    def test_lockf_ranges_between_processes(self):
        attempt = ('python3 -c "import fcntl; f=open(\'%s\', \'r+\');' % self.name
                   + ' fcntl.lockf(f, fcntl.LOCK_EX|fcntl.LOCK_NB, %d, %d); print(\'free\')" 2>&1 | tail -1')
        with open(self.name, 'w') as f:
            fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 5)
            self.assertEqual('free', self.other(attempt % (5, 0)))
            self.assertIn('Resource temporarily unavailable', self.other(attempt % (5, 12)))
            fcntl.lockf(f, fcntl.LOCK_UN, 5, 5)
            self.assertEqual('free', self.other(attempt % (5, 5)))
            self.assertIn('Resource temporarily unavailable', self.other(attempt % (5, 10)))
        with open(self.name) as f:
            self.fails(errno.EBADF, IOError, fcntl.lockf, f, fcntl.LOCK_EX)
        self.assertRaises(ValueError, fcntl.lockf, 1, fcntl.LOCK_NB)


class TerminalTest(DescriptorsTestCase):

    def test_attributes(self):
        master, slave = os.openpty()
        for end in master, slave:
            self.addCleanup(os.close, end)
        self.assertTrue(os.isatty(slave))
        self.assertTrue(os.ttyname(slave).startswith('/dev/pts/'))
        before = termios.tcgetattr(slave)
        self.assertTrue(before[3] & termios.ICANON)
        self.assertEqual('\x03', before[6][termios.VINTR])
        tty.setraw(slave)
        raw = termios.tcgetattr(slave)
        self.assertFalse(raw[3] & termios.ICANON)
        self.assertEqual(1, raw[6][termios.VMIN])
        termios.tcsetattr(slave, termios.TCSANOW, before)
        self.assertEqual(before, termios.tcgetattr(slave))
        self.fails(errno.ENOTTY, termios.error, termios.tcgetattr, self.pipe()[0])
        self.assertRaises(TypeError, termios.tcsetattr, slave, termios.TCSANOW, before[:6])


class AsyncoreTest(DescriptorsTestCase):

    def test_a_pipe_in_a_loop(self):
        r, w = self.pipe()
        received = []

        class Reader(asyncore.file_dispatcher):
            def writable(self):
                return False

            def handle_read(self):
                data = self.recv(100)
                received.append(data)
                if not data:
                    self.close()

        channels = {}
        Reader(r, channels)
        os.close(r)
        os.write(w, 'one')
        asyncore.loop(1, map=channels, count=1)
        os.close(w)
        asyncore.loop(1, map=channels)
        self.assertEqual(['one', ''], received)


if __name__ == '__main__':
    unittest.main()
