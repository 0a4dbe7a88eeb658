"""Socket options as C structs, in the byte order of the struct module; holds on CPython 2.7, too."""

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


if __name__ == '__main__':
    unittest.main()
