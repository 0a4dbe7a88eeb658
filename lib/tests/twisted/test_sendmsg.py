"""twisted.python._sendmsg: descriptors go from one socket to another.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import errno
import os
import resource
import select
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

from twisted.python._sendmsg import SCM_RIGHTS, getsockfam, recv1msg, send1msg

SO_PASSCRED = 16
MSG_CTRUNC = 8
CHILD = '''
import os, socket, struct, sys
from twisted.python._sendmsg import recv1msg
data, flags, [(level, kind, packed)] = recv1msg(0)
os.write(struct.unpack('i', packed)[0], data.upper())
'''


def rights(*descriptors):
    return [(socket.SOL_SOCKET, SCM_RIGHTS, struct.pack('%di' % len(descriptors), *descriptors))]


class MessageTest(unittest.TestCase):

    def setUp(self):
        self.one, self.other = socket.socketpair()
        self.addCleanup(self.one.close)
        self.addCleanup(self.other.close)

    def pass_over(self, *descriptors):
        self.assertEqual(1, send1msg(self.one.fileno(), 'x', 0, rights(*descriptors)))
        data, flags, [(level, kind, packed)] = recv1msg(self.other.fileno())
        self.assertEqual(('x', 0, socket.SOL_SOCKET, SCM_RIGHTS), (data, flags, level, kind))
        return struct.unpack('%di' % (len(packed) / 4), packed)

    def test_a_pipe_that_the_sender_closes(self):
        read, write = os.pipe()
        received, = self.pass_over(write)
        os.close(write)
        os.write(received, 'text')
        self.assertEqual('text', os.read(read, 10))
        poller = select.poll()
        poller.register(read, select.POLLIN)
        self.assertEqual([], poller.poll(0))
        os.close(received)
        self.assertEqual([(read, select.POLLHUP)], poller.poll(10000))
        self.assertEqual('', os.read(read, 10))
        os.close(read)

    def test_a_file(self):
        with tempfile.TemporaryFile() as file:
            file.write('text')
            file.flush()
            received, = self.pass_over(file.fileno())
            os.lseek(received, 0, os.SEEK_SET)
            self.assertEqual('text', os.read(received, 10))
            os.close(received)

    def test_a_socket_that_is_bound_and_one_that_is_connected(self):
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind(('127.0.0.1', 0))
        listener.listen(1)
        client = socket.create_connection(listener.getsockname())
        self.addCleanup(client.close)
        accepted = listener.accept()[0]
        numbers = self.pass_over(listener.fileno(), accepted.fileno())
        accepted.close()
        received = [socket.fromfd(number, socket.AF_INET, socket.SOCK_STREAM) for number in numbers]
        for number in numbers:
            os.close(number)
        for each in received:
            self.addCleanup(each.close)
        self.assertEqual(listener.getsockname(), received[0].getsockname())
        self.assertEqual(client.getsockname(), received[1].getpeername())
        client.sendall('to and')
        self.assertEqual('to and', received[1].recv(10))
        received[1].sendall('fro')
        self.assertEqual('fro', client.recv(10))
        another = socket.create_connection(listener.getsockname())
        self.addCleanup(another.close)
        taken = received[0].accept()[0]
        self.addCleanup(taken.close)
        self.assertEqual(another.getsockname(), taken.getpeername())

    def test_to_another_process(self):
        read, write = os.pipe()
        child = subprocess.Popen([sys.executable, '-c', CHILD], stdin=self.other.fileno())
        self.assertEqual(5, send1msg(self.one.fileno(), 'words', 0, rights(write)))
        os.close(write)
        self.assertEqual('WORDS', os.read(read, 10))
        self.assertEqual(0, child.wait())
        self.assertEqual('', os.read(read, 10))
        os.close(read)

    def test_who_looks_twice_before_reading_loses_nothing(self):
        read, write = os.pipe()
        send1msg(self.one.fileno(), 'x', 0, rights(read))
        for _ in range(3):
            self.assertEqual([self.other.fileno()], select.select([self.other.fileno()], [], [], 10)[0])
        data, flags, [(level, kind, packed)] = recv1msg(self.other.fileno())
        os.close(struct.unpack('i', packed)[0])
        os.close(read)
        os.close(write)

    def test_where_no_number_is_free_the_message_is_cut_short(self):
        send1msg(self.one.fileno(), 'x', 0, rights(0, 0, 0))
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        copies = []
        try:
            while True:
                copies.append(os.dup(0))        # which takes none of the kernel's
        except OSError as e:
            self.assertEqual(errno.EMFILE, e.errno)
        for _ in range(2):
            os.close(copies.pop())
        data, flags, [(level, kind, packed)] = recv1msg(self.other.fileno())
        for each in copies + list(struct.unpack('%di' % (len(packed) / 4), packed)):
            os.close(each)
        self.assertEqual(('x', MSG_CTRUNC, 2 * 4), (data, flags, len(packed)))

    def test_credentials(self):
        one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(one.close)
        self.addCleanup(other.close)
        other.setsockopt(socket.SOL_SOCKET, SO_PASSCRED, 1)
        send1msg(one.fileno(), 'x')
        data, flags, [(level, kind, packed)] = recv1msg(other.fileno())
        self.assertEqual((os.getpid(), os.getuid(), os.getgid()), struct.unpack('3i', packed))

    def test_large_messages(self):
        self.one.setblocking(False)
        sent = send1msg(self.one.fileno(), 'x' * (1 << 24))
        self.assertGreater(sent, 100000)
        self.assertEqual(sent, len(recv1msg(self.other.fileno(), 0, 1 << 24)[0]))

    def test_waiting(self):
        with self.assertRaises(socket.error) as caught:
            recv1msg(self.other.fileno(), socket.MSG_DONTWAIT)
        self.assertEqual(errno.EAGAIN, caught.exception.errno)
        self.other.setblocking(False)
        with self.assertRaises(socket.error) as caught:
            recv1msg(self.other.fileno())
        self.assertEqual(errno.EAGAIN, caught.exception.errno)

    def test_the_end(self):
        self.one.close()
        self.assertEqual(('', 0, []), recv1msg(self.other.fileno()))
        self.assertEqual(('', 0, []), recv1msg(self.other.fileno()))
        with self.assertRaises(socket.error) as caught:
            send1msg(self.other.fileno(), 'x')
        self.assertEqual(errno.EPIPE, caught.exception.errno)

    def test_datagrams(self):
        one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(one.close)
        self.addCleanup(other.close)
        read, write = os.pipe()
        send1msg(one.fileno(), 'first', 0, rights(read))
        send1msg(one.fileno(), 'second')
        data, flags, [(level, kind, packed)] = recv1msg(other.fileno())
        self.assertEqual('first', data)
        os.close(struct.unpack('i', packed)[0])
        self.assertEqual(('sec', 0x20, []), recv1msg(other.fileno(), 0, 3))
        os.close(read)
        os.close(write)

    def test_errors(self):
        with open(os.devnull) as file:
            for call in getsockfam, recv1msg, lambda number: send1msg(number, 'x'):
                with self.assertRaises(socket.error) as caught:
                    call(file.fileno())
                self.assertEqual(errno.ENOTSOCK, caught.exception.errno)
        with self.assertRaises(socket.error) as caught:
            send1msg(self.one.fileno(), 'x', 0, rights(999))
        self.assertEqual(errno.EBADF, caught.exception.errno)
        with self.assertRaises(socket.error) as caught:
            send1msg(self.one.fileno(), 'x', 0, rights(*range(3)) * 1000000)
        self.assertEqual(errno.ENOBUFS, caught.exception.errno)
        self.assertRaises(OverflowError, recv1msg, self.one.fileno(), 0, 10, 0x7fffffff)
        self.assertRaises(MemoryError, recv1msg, self.one.fileno(), 0, -1)

    def test_families(self):
        self.assertEqual(socket.AF_UNIX, getsockfam(self.one.fileno()))
        for family in socket.AF_INET, socket.AF_INET6, socket.AF_UNIX:
            each = socket.socket(family)
            self.addCleanup(each.close)
            self.assertEqual(family, getsockfam(each.fileno()))


if __name__ == '__main__':
    unittest.main()
