"""What the program drops without close() is closed: at once on CPython 2.7, after a collection on Jython.

    ./euryale -m unittest discover -s lib/tests
    python2.7 -m unittest discover -s lib/tests      (the same expectations hold there)
"""

import errno
import gc
import os
import platform
import select
import socket
import subprocess
import sys
import time
import unittest
import weakref

IS_JYTHON = platform.python_implementation() == 'Jython'
HERE = os.path.dirname(os.path.abspath(__file__))


def is_open(fd):
    try:
        os.fstat(fd)
        return True
    except OSError:
        return False


def settle():
    """Collects, and waits as a server does: what was found is closed then."""
    gc.collect()
    select.select([], [], [], 0.01)


class DroppedTest(unittest.TestCase):

    def setUp(self):
        # What is to be dropped is held by this list alone. A local variable that was deleted may still be seen by the
        # JVM's collector as long as its function runs.
        self.held = []

    def connect(self):
        """Holds one end of a connection; the other one."""
        listener = socket.socket()
        listener.bind(('127.0.0.1', 0))
        listener.listen(1)
        self.held.append(socket.create_connection(listener.getsockname(), 10))
        peer = listener.accept()[0]
        peer.settimeout(10)
        self.addCleanup(peer.close)
        listener.close()
        return peer

    def until(self, holds, what):
        deadline = time.time() + 20
        while not holds():
            self.assertLess(time.time(), deadline, what)
            settle()

    def until_closed(self, fd):
        self.until(lambda: not is_open(fd), 'descriptor %d is still open' % fd)

    def everything_from(self, peer):
        return ''.join(iter(lambda: peer.recv(10), ''))

    def test_the_peer_sees_the_end(self):
        peer = self.connect()
        peer.setblocking(False)
        del self.held[:]

        def ended():
            try:
                return peer.recv(10) == ''
            except socket.error as e:
                self.assertEqual(errno.EAGAIN, e.errno)
                return False

        self.until(ended, 'the peer still waits')

    def test_a_socket_that_is_held_is_left_alone(self):
        peer = self.connect()
        settle()
        settle()
        self.held[0].send('x')
        self.assertEqual('x', peer.recv(10))
        self.held[0].close()

    def test_bound_methods_and_files_hold_it(self):
        for part in lambda sock: sock.send, lambda sock: sock.makefile('w', 0).write:
            peer = self.connect()
            self.held[:] = [part(self.held[0])]
            settle()
            settle()
            self.held[0]('x')
            self.assertEqual('x', peer.recv(10))
            del self.held[:]

    def duplicate(self):
        copy = socket.fromfd(self.held[0].fileno(), socket.AF_INET, socket.SOCK_STREAM)
        number = os.dup(copy.fileno())
        fd = self.held[0].fileno()
        self.held[0].dup().send('w')  # shares the number
        self.held.append(copy)
        return fd, number

    def test_a_duplicate_holds_the_connection(self):
        peer = self.connect()
        fd, number = self.duplicate()
        del self.held[0]
        self.until_closed(fd)
        self.held[0].send('x')
        copy = self.held[0].fileno()
        del self.held[0]
        self.until_closed(copy)
        os.write(number, 'y')
        os.close(number)
        self.assertEqual('wxy', self.everything_from(peer))

    def test_an_epoll_too(self):
        self.held.append(select.epoll())
        fd = self.held[0].fileno()
        del self.held[:]
        self.until_closed(fd)

    def test_a_finalizer_still_has_its_socket(self):
        seen = []

        class Last(socket.socket):
            __slots__ = ['__dict__']

            def __del__(self):
                seen.append(self.fileno())
                self.sendall('bye')

        peer = self.connect()
        self.held[:] = [Last(_sock=self.held[0]._sock)]
        fd = self.held[0].fileno()
        del self.held[:]
        self.until_closed(fd)
        self.assertEqual([fd], seen)
        self.assertEqual('bye', self.everything_from(peer))

    @unittest.skipUnless(IS_JYTHON, 'CPython closes the number, whosoever it is by then')
    def test_a_number_that_was_given_again_is_left_alone(self):
        peer = self.connect()
        fd = self.held[0].fileno()
        os.close(fd)
        read, write = os.pipe()
        self.assertIn(fd, (read, write))
        self.held.append(weakref.ref(self.held[0]._sock))
        del self.held[0]
        self.until(lambda: self.held[0]() is None, 'the socket object was not collected')
        settle()
        os.write(write, 'x')
        self.assertEqual('x', os.read(read, 10))
        os.close(read)
        os.close(write)

    @unittest.skipUnless(IS_JYTHON, 'there a close() closes the number, whosoever it is by then')
    def test_a_close_that_comes_too_late_leaves_it_alone(self):
        self.connect()
        os.close(self.held[0].fileno())
        read, write = os.pipe()
        self.held[0].close()
        os.write(write, 'x')
        self.assertEqual('x', os.read(read, 10))
        os.close(read)
        os.close(write)

    def test_a_file_on_a_descriptor_is_written_out_and_closed(self):
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        self.held.append(os.fdopen(write, 'w'))
        self.held[0].write('in its buffer')
        del self.held[:]
        self.until_closed(write)
        self.assertEqual('in its buffer', os.read(read, 100))
        self.assertEqual('', os.read(read, 100))

    @unittest.skipUnless(IS_JYTHON, 'CPython closes the number, whosoever it is by then')
    def test_a_dropped_file_leaves_a_number_alone_that_was_given_again(self):
        for make in lambda: os.fdopen(os.open(os.devnull, os.O_RDONLY)), lambda: open(os.devnull):
            self.held.append(make())
            fd = self.held[0].fileno()
            os.close(fd)
            read, write = os.pipe()
            self.assertIn(fd, (read, write))
            self.held.append(weakref.ref(self.held[0]))
            del self.held[0]
            self.until(lambda: self.held[0]() is None, 'the file object was not collected')
            settle()
            os.write(write, 'x')
            self.assertEqual('x', os.read(read, 10))
            os.close(read)
            os.close(write)
            del self.held[:]

    @unittest.skipUnless(IS_JYTHON, 'the count is of the collector')
    def test_they_are_counted(self):
        from org.euryale.jython import PosixProcess
        before = PosixProcess.current().dropped()
        self.held.append(socket.socket())
        fd = self.held[0].fileno()
        del self.held[:]
        self.until_closed(fd)
        self.assertGreater(PosixProcess.current().dropped(), before)


class ShortageTest(unittest.TestCase):
    """In a process that has few descriptors."""

    def run_short(self, program):
        process = subprocess.Popen(['sh', '-c', 'ulimit -n 256 && exec "$@"', 'sh', sys.executable, '-c', program],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = process.communicate()[0]
        self.assertEqual(0, process.returncode, output)
        return output.split()

    def test_thirty_thousand_dropped_sockets(self):
        self.assertEqual(['done', 'xy'], self.run_short('''if 1:
            import socket
            for i in xrange(30000):
                socket.socket()
            print 'done'
            listener = socket.socket()
            listener.bind(('127.0.0.1', 0))
            listener.listen(5)
            one = socket.create_connection(listener.getsockname())
            two = listener.accept()[0]
            one.send('xy')
            print two.recv(2)
        '''))

    def test_dropped_connections_and_epolls(self):
        self.assertEqual(['done'], self.run_short('''if 1:
            import os, select, socket
            listener = socket.socket()
            listener.bind(('127.0.0.1', 0))
            listener.listen(5)
            for i in xrange(500):
                one = socket.create_connection(listener.getsockname(), 10)
                two = listener.accept()[0]
                two.send('x')
                one.recv(1)
                select.epoll()
                one.makefile()
                os.close(os.open(os.devnull, os.O_RDONLY))
                map(os.close, os.pipe())
            print 'done'
        '''))

    def test_unix_sockets(self):
        self.assertEqual(['done'], self.run_short('''if 1:
            import os, shutil, socket, tempfile
            directory = tempfile.mkdtemp()
            def new():
                return socket.socket(socket.AF_UNIX)
            listener, waiting, abstract, client = new(), new(), new(), new()
            listener.bind(directory + '/listener')
            listener.listen(5)
            waiting.bind(directory + '/waiting')
            client.connect(directory + '/listener')
            def fill():
                dropped = []
                while len(os.listdir('/proc/self/fd')) < 254: # with the one that looks
                    dropped.append(socket.socket())
            def at_the_limit(call, *arguments):
                fill()
                held = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]
                result = call(*arguments)
                map(os.close, held)
                return result
            accepted, _ = at_the_limit(listener.accept)
            at_the_limit(waiting.listen, 1)
            at_the_limit(abstract.bind, '\\0' + directory)
            shutil.rmtree(directory)
            print 'done'
        '''))

    def test_who_holds_all_is_told_so(self):
        self.assertEqual(['24', '24', 'True'], self.run_short('''if 1:
            import errno, socket
            held = []
            for _ in range(2):
                try:
                    while True:
                        held.append(socket.socket())
                except socket.error as e:
                    print e.errno
            for _ in range(8): # the JVM's compiler opens a file of its own for a moment, to see how much memory there is
                held.pop().close()
            held.append(socket.socket())
            print len(held) > 100
        '''))


if __name__ == '__main__':
    unittest.main()
