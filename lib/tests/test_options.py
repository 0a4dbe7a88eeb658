"""Socket options as C structs, in the byte order of the struct module; holds on CPython 2.7, too."""

import errno
import os
import select
import socket
import struct
import unittest


class PackedOptionsTest(unittest.TestCase):

    def setUp(self):
        self.sock = socket.socket()
        self.addCleanup(self.sock.close)

    def test_linger(self):
        for on, seconds in (1, 5), (0, 7), (1, 0), (1, 1000):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', on, seconds))
            packed = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
            self.assertEqual(on, struct.unpack('ii', packed)[0])
            if on:
                self.assertEqual(seconds, struct.unpack('ii', packed)[1])

    def test_ints(self):
        for name, value in (socket.SO_KEEPALIVE, 1), (socket.SO_REUSEADDR, 1), (socket.SO_RCVBUF, 8192):
            self.sock.setsockopt(socket.SOL_SOCKET, name, struct.pack('i', value))
            number = self.sock.getsockopt(socket.SOL_SOCKET, name)
            self.assertIn(number, (value, 2 * value))
            packed = self.sock.getsockopt(socket.SOL_SOCKET, name, 4)
            self.assertEqual((number,), struct.unpack('i', packed))
        self.assertEqual(struct.pack('i', socket.SOCK_STREAM),
                         self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 100))

    def test_chars(self):
        self.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, chr(16))
        self.assertEqual(16, self.sock.getsockopt(socket.IPPROTO_IP, socket.IP_TOS))
        self.assertEqual(chr(16), self.sock.getsockopt(socket.IPPROTO_IP, socket.IP_TOS, 1))


class PortsTest(unittest.TestCase):
    """Who may have a port that another has: IPV6_V6ONLY and SO_REUSEPORT."""

    TYPES = socket.SOCK_STREAM, socket.SOCK_DGRAM
    V6ONLY = socket.IPPROTO_IPV6, socket.IPV6_V6ONLY
    REUSEPORT = socket.SOL_SOCKET, 15
    PATIENCE = 20

    def socket(self, type, family=socket.AF_INET, *options):
        sock = socket.socket(family, type)
        self.addCleanup(sock.close)
        for level, name in options:
            sock.setsockopt(level, name, 1)
        return sock

    def fails(self, number, call, *arguments):
        with self.assertRaises(socket.error) as raised:
            call(*arguments)
        self.assertEqual((number, os.strerror(number)), raised.exception.args)

    def test_both_wildcards_on_one_port(self):
        for type in self.TYPES:
            for first in (0, 1):
                both = [self.socket(type), self.socket(type, socket.AF_INET6, self.V6ONLY)]
                wildcards = ['0.0.0.0', '::']
                both[first].bind((wildcards[first], 0))
                port = both[first].getsockname()[1]
                both[not first].bind((wildcards[not first], port))
                four, six = both
                self.fails(errno.EINVAL, six.setsockopt, *self.V6ONLY + (0,))
                if type == socket.SOCK_STREAM:
                    self.talks(four, six, port)
                else:
                    self.hears(four, six, port)

    def talks(self, four, six, port):
        for listener in four, six:
            listener.listen(5)
        for listener, other, family, host in ((four, six, socket.AF_INET, '127.0.0.1'),
                                              (six, four, socket.AF_INET6, '::1')):
            client = self.socket(socket.SOCK_STREAM, family)
            client.connect((host, port))
            self.assertEqual([listener], select.select([four, six], [], [], self.PATIENCE)[0])
            connection, address = listener.accept()
            self.addCleanup(connection.close)
            self.assertEqual(host, address[0])
            if listener is six:
                self.assertEqual(1, connection.getsockopt(*self.V6ONLY))
        four.close()
        self.fails(errno.ECONNREFUSED, self.socket(socket.SOCK_STREAM).connect, ('127.0.0.1', port))
        self.socket(socket.SOCK_STREAM, socket.AF_INET6).connect(('::1', port))

    def hears(self, four, six, port):
        self.socket(socket.SOCK_DGRAM).sendto('four', ('127.0.0.1', port))
        self.socket(socket.SOCK_DGRAM, socket.AF_INET6).sendto('six', ('::1', port))
        self.assertEqual(('four', 'six'), (four.recv(9), six.recv(9)))

    def test_v6only_is_off_at_first(self):
        for type in self.TYPES:
            six = self.socket(type, socket.AF_INET6)
            self.assertEqual(0, six.getsockopt(*self.V6ONLY))
            four = self.socket(type)
            four.bind(('0.0.0.0', 0))
            if type == socket.SOCK_STREAM:
                four.listen(1)
            self.fails(errno.EADDRINUSE, six.bind, ('::', four.getsockname()[1]))
            six = self.socket(type, socket.AF_INET6, self.V6ONLY)
            self.assertEqual(1, six.getsockopt(*self.V6ONLY))
            six.setsockopt(*self.V6ONLY + (0,))
            self.assertEqual(0, six.getsockopt(*self.V6ONLY))
            self.fails(errno.EADDRINUSE, six.bind, ('::', four.getsockname()[1]))

    def test_v6only_refuses_ipv4(self):
        six = self.socket(socket.SOCK_STREAM, socket.AF_INET6, self.V6ONLY)
        six.bind(('::', 0))
        six.listen(1)
        self.fails(errno.ECONNREFUSED, self.socket(socket.SOCK_STREAM).connect, ('127.0.0.1', six.getsockname()[1]))
        four = self.socket(socket.SOCK_STREAM)
        self.fails(errno.ENOPROTOOPT, four.setsockopt, *self.V6ONLY + (1,))
        self.fails(errno.EOPNOTSUPP, four.getsockopt, *self.V6ONLY)

    def test_v6only_outlives_a_refusal(self):
        six = self.socket(socket.SOCK_STREAM, socket.AF_INET6, self.V6ONLY)
        self.fails(errno.ECONNREFUSED, six.connect, ('::1', 1))
        self.assertEqual(1, six.getsockopt(*self.V6ONLY))
        self.fails(errno.ENETUNREACH, six.connect, ('::ffff:127.0.0.1', 1))

    def test_reuseport(self):
        for type in self.TYPES:
            one = self.socket(type, socket.AF_INET, self.REUSEPORT)
            self.assertEqual(1, one.getsockopt(*self.REUSEPORT))
            one.bind(('127.0.0.1', 0))
            self.fails(errno.EADDRINUSE, self.socket(type).bind, one.getsockname())
            two = self.socket(type, socket.AF_INET, self.REUSEPORT)
            two.bind(one.getsockname())
            if type == socket.SOCK_STREAM:
                one.listen(1)
                two.listen(1)
                self.fails(errno.EADDRINUSE, self.socket(type).bind, one.getsockname())
            two.setsockopt(*self.REUSEPORT + (0,))
            self.assertEqual(0, two.getsockopt(*self.REUSEPORT))
            self.assertEqual(0, self.socket(type).getsockopt(*self.REUSEPORT))


if __name__ == '__main__':
    unittest.main()
