"""Datagrams, as CPython 2.7 has them on Linux.

    ./euryale -m unittest discover -s lib/tests
    python2.7 -m unittest discover -s lib/tests      (the same expectations hold there)
"""

import errno
import platform
import select
import socket
import struct
import threading
import time
import unittest

IS_JYTHON = platform.python_implementation() == 'Jython'
LOOPBACK = {socket.AF_INET: '127.0.0.1', socket.AF_INET6: '::1'}


class Udp(unittest.TestCase):

    def socket(self, family=socket.AF_INET, bound=True):
        sock = socket.socket(family, socket.SOCK_DGRAM)
        self.addCleanup(sock.close)
        if bound:
            sock.bind((LOOPBACK[family], 0))
        return sock

    def fails(self, number, call, *arguments):
        with self.assertRaises(socket.error) as raised:
            call(*arguments)
        self.assertEqual(number, raised.exception.errno, raised.exception)

    def refused(self):
        """A socket whose datagram to its peer came back: nobody listens there."""
        nobody = self.socket()
        sock = self.socket()
        sock.connect(nobody.getsockname())
        nobody.close()
        sock.send('x')
        return sock


class DataTest(Udp):

    def test_there_and_back(self):
        for family in socket.AF_INET, socket.AF_INET6:
            one, two = self.socket(family), self.socket(family)
            self.assertEqual(5, one.sendto('hello', two.getsockname()))
            self.assertEqual(('hello', one.getsockname()), two.recvfrom(100))
            self.assertEqual(3, two.sendto('you', 0, one.getsockname()))
            self.assertEqual('you', one.recv(100))

    def test_the_rest_of_a_datagram_is_dropped(self):
        one, two = self.socket(), self.socket()
        for size in 2, 0, 5:
            one.sendto('hello', two.getsockname())
            self.assertEqual('hello'[:size], two.recvfrom(size)[0])
        two.settimeout(0)
        self.fails(errno.EAGAIN, two.recv, 10)

    def test_empty_datagrams(self):
        one, two = self.socket(), self.socket()
        self.assertEqual(0, one.sendto('', two.getsockname()))
        self.assertEqual(('', one.getsockname()), two.recvfrom(10))

    def test_large_datagrams(self):
        one, two = self.socket(), self.socket()
        data = ''.join(chr(i % 256) for i in range(65507))
        self.assertEqual(len(data), one.sendto(data, two.getsockname()))
        self.assertEqual(data, two.recv(100000))
        for size in 65508, 70000, 1 << 20:
            self.fails(errno.EMSGSIZE, one.sendto, 'x' * size, two.getsockname())
        one.connect(two.getsockname())
        self.fails(errno.EMSGSIZE, one.send, 'x' * 65508)
        self.fails(errno.EMSGSIZE, one.sendall, 'x' * 70000)

    def test_into_a_buffer(self):
        one, two = self.socket(), self.socket()
        one.sendto('hello', two.getsockname())
        room = bytearray(10)
        self.assertEqual((5, one.getsockname()), two.recvfrom_into(room))
        self.assertEqual('hello', str(room[:5]))
        one.sendto('hello', two.getsockname())
        self.assertEqual(3, two.recv_into(room, 3))

    def test_peek(self):
        one, two = self.socket(), self.socket()
        one.sendto('first', two.getsockname())
        one.sendto('second', two.getsockname())
        self.assertEqual('fir', two.recv(3, socket.MSG_PEEK))
        self.assertEqual([two.fileno()], select.select([two.fileno()], [], [], 0)[0])
        self.assertEqual(('first', one.getsockname()), two.recvfrom(10, socket.MSG_PEEK))
        self.assertEqual(['first', 'second'], [two.recv(10), two.recv(10)])
        two.setblocking(False)
        self.fails(errno.EAGAIN, two.recv, 10, socket.MSG_PEEK)

    def test_blocks_and_times_out(self):
        one, two = self.socket(), self.socket()
        two.settimeout(0.05)
        self.assertRaises(socket.timeout, two.recvfrom, 10)
        two.settimeout(60)
        timer = threading.Timer(0.05, one.sendto, ('x', two.getsockname()))
        timer.start()
        self.assertEqual('x', two.recvfrom(10)[0])
        timer.join()
        two.setblocking(False)
        self.fails(errno.EAGAIN, two.recvfrom, 10)

    def test_close_ends_a_wait(self):
        if not IS_JYTHON:
            return  # recvfrom(2) waits on after close(2)
        sock = self.socket()
        raised = []

        def wait():
            try:
                sock.recvfrom(10)
            except socket.error as e:
                raised.append(e.errno)
        thread = threading.Thread(target=wait)
        thread.start()
        while thread.isAlive() and not raised:
            sock.close()
            thread.join(0.01)
        self.assertEqual([errno.EBADF], raised)


class AddressTest(Udp):

    def test_bind(self):
        sock = self.socket()
        self.assertNotEqual(0, sock.getsockname()[1])
        self.fails(errno.EINVAL, sock.bind, ('127.0.0.1', 0))
        other = self.socket(bound=False)
        self.fails(errno.EADDRINUSE, other.bind, sock.getsockname())
        self.fails(errno.EADDRNOTAVAIL, other.bind, ('192.0.2.1', 0))
        other.bind(('', 0))
        self.assertEqual('0.0.0.0', other.getsockname()[0])

    def test_sending_binds(self):
        sock, other = self.socket(bound=False), self.socket()
        self.assertEqual(('0.0.0.0', 0), sock.getsockname())
        sock.sendto('x', other.getsockname())
        self.assertEqual(('0.0.0.0', other.recvfrom(1)[1][1]), sock.getsockname())

    def test_connect(self):
        one, two, other = self.socket(bound=False), self.socket(), self.socket()
        self.fails(errno.ENOTCONN, one.getpeername)
        self.fails(errno.EDESTADDRREQ, one.send, 'x')
        one.connect(two.getsockname())
        self.assertEqual(two.getsockname(), one.getpeername())
        self.assertEqual('127.0.0.1', one.getsockname()[0])
        self.assertEqual(1, one.send('x'))
        self.assertEqual(('x', one.getsockname()), two.recvfrom(10))
        other.sendto('not for you', one.getsockname())
        two.sendto('for you', one.getsockname())
        self.assertEqual(('for you', two.getsockname()), one.recvfrom(100))
        self.assertEqual(1, one.sendto('y', two.getsockname()))
        self.assertEqual('y', two.recv(10))
        self.assertEqual(0, one.connect_ex(other.getsockname()))
        self.assertEqual(other.getsockname(), one.getpeername())

    def test_what_came_before_connect_stays(self):
        one, two, other = self.socket(), self.socket(), self.socket()
        other.sendto('early', one.getsockname())
        other.sendto('bird', one.getsockname())
        one.connect(two.getsockname())
        self.assertEqual([('early', other.getsockname()), ('bird', other.getsockname())],
                         [one.recvfrom(10), one.recvfrom(10)])

    def test_the_wildcard_is_this_machine(self):
        one, two = self.socket(bound=False), self.socket()
        one.sendto('x', ('0.0.0.0', two.getsockname()[1]))
        self.assertEqual('x', two.recv(10))

    def test_broadcast_must_be_wanted(self):
        sock = self.socket(bound=False)
        self.fails(errno.EACCES, sock.sendto, 'x', ('255.255.255.255', 9))
        self.assertEqual(0, sock.getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.assertEqual(1, sock.getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST))

    def test_what_a_stream_does(self):
        sock = self.socket()
        self.fails(errno.EOPNOTSUPP, sock.listen, 1)
        self.fails(errno.EOPNOTSUPP, sock.accept)
        self.assertEqual(socket.SOCK_DGRAM, sock.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE))
        self.assertEqual(0, sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
        self.assertEqual(0, sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

    @unittest.skipUnless(IS_JYTHON, 'what java.nio cannot do')
    def test_refused_rather_than_lost(self):
        one, two, other = self.socket(), self.socket(), self.socket()
        one.connect(two.getsockname())
        self.fails(errno.EISCONN, one.sendto, 'x', other.getsockname())
        self.fails(errno.EOPNOTSUPP, one.send, '')


class MulticastTest(Udp):

    GROUP = '224.1.2.3'

    def member(self, struct_of_group):
        sock = self.socket(bound=False)
        sock.bind(('', 0))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct_of_group)
        return sock

    def test_members_hear(self):
        group = socket.inet_aton(self.GROUP)
        loopback = socket.inet_aton('127.0.0.1')
        for struct_of_group in group + loopback, group + loopback + struct.pack('i', 0), \
                group + socket.inet_aton('0.0.0.0') + struct.pack('i', 1):
            member = self.member(struct_of_group)
            sender = self.socket()
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
            self.assertEqual(loopback, sender.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, 4))
            sender.sendto('all', (self.GROUP, member.getsockname()[1]))
            member.settimeout(60)
            self.assertEqual(('all', sender.getsockname()), member.recvfrom(10))
            self.fails(errno.EADDRINUSE, member.setsockopt, socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                       struct_of_group)
            member.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, struct_of_group)
            self.fails(errno.EADDRNOTAVAIL, member.setsockopt, socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP,
                       struct_of_group)
            sender.sendto('nobody', (self.GROUP, member.getsockname()[1]))
            sender.sendto('you', ('127.0.0.1', member.getsockname()[1]))
            self.assertEqual('you', member.recv(10))

    def test_membership_on_ipv6(self):
        """Nothing is sent: a loopback interface has no route to IPv6 groups."""
        struct_of_group = socket.inet_pton(socket.AF_INET6, 'ff02::7:8') + struct.pack('I', 1)
        sock = self.socket(socket.AF_INET6)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, 1)
        self.assertEqual(1, sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF))
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, struct_of_group)
        self.fails(errno.EADDRINUSE, sock.setsockopt, socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, struct_of_group)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_LEAVE_GROUP, struct_of_group)
        self.fails(errno.EADDRNOTAVAIL, sock.setsockopt, socket.IPPROTO_IPV6, socket.IPV6_LEAVE_GROUP, struct_of_group)

    def test_ttl_and_loop(self):
        for family, level, names in (
                (socket.AF_INET, socket.IPPROTO_IP, (socket.IP_MULTICAST_TTL, socket.IP_MULTICAST_LOOP)),
                (socket.AF_INET6, socket.IPPROTO_IPV6, (socket.IPV6_MULTICAST_HOPS, socket.IPV6_MULTICAST_LOOP))):
            sock = self.socket(family)
            for name in names:
                self.assertEqual(1, sock.getsockopt(level, name))
                sock.setsockopt(level, name, 0)
                self.assertEqual(0, sock.getsockopt(level, name))
            sock.setsockopt(level, names[0], 7)
            self.assertEqual(7, sock.getsockopt(level, names[0]))
            self.fails(errno.EINVAL, sock.setsockopt, level, names[0], 256)
        sock = self.socket()
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, struct.pack('b', 9))
        self.assertEqual(chr(9), sock.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1))

    def test_bad_groups(self):
        sock = self.socket()
        for wrong, number in ('x', errno.EINVAL), ('\x7f\0\0\1' * 2, errno.EINVAL), \
                (socket.inet_aton(self.GROUP) + socket.inet_aton('192.0.2.1'), errno.ENODEV):
            self.fails(number, sock.setsockopt, socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, wrong)
        six = self.socket(socket.AF_INET6)
        self.fails(errno.ENODEV, six.setsockopt, socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                   socket.inet_pton(socket.AF_INET6, 'ff02::7:8') + struct.pack('I', 99999))


class ErrorTest(Udp):

    def test_refusal_is_told_once(self):
        sock = self.refused()
        sock.settimeout(60)
        self.fails(errno.ECONNREFUSED, sock.recv, 10)
        sock.setblocking(False)
        self.fails(errno.EAGAIN, sock.recv, 10)

    def test_refusal_is_told_by_so_error(self):
        sock = self.refused()
        end = time.time() + 60
        error = 0
        while not error and time.time() < end:
            error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.assertEqual(errno.ECONNREFUSED, error)
        self.assertEqual(0, sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

    def test_refusal_is_told_by_poll(self):
        sock = self.refused()
        poller = select.poll()
        poller.register(sock, select.POLLIN)
        self.assertEqual([(sock.fileno(), select.POLLERR)], poller.poll(60000))
        self.fails(errno.ECONNREFUSED, sock.send, 'x')

    def test_refusal_is_readable_to_select(self):
        sock = self.refused()
        self.assertEqual([sock], select.select([sock], [], [], 60)[0])

    def test_reading_that_is_shut(self):
        one, two = self.socket(), self.socket()
        one.connect(two.getsockname())
        one.shutdown(socket.SHUT_RD)
        self.assertEqual(('', '', 0), (one.recv(9), one.recvfrom(9)[0], one.recv_into(bytearray(9))))
        self.assertEqual(('', None), one.recvfrom(9))
        self.fails(errno.EAGAIN, one.recv, 9, socket.MSG_DONTWAIT)
        two.sendto('late', one.getsockname())
        self.assertEqual('late', one.recv(9))
        one.settimeout(0.05)
        self.assertRaises(socket.timeout, one.recv, 9)
        one.setblocking(False)
        self.fails(errno.EAGAIN, one.recvfrom, 9)
        self.assertEqual([one], select.select([one], [], [], 20)[0])

    def test_datagrams_that_are_too_large(self):
        one, two = self.socket(), self.socket()
        one.connect(two.getsockname())
        for size in 65508, 70000, 1 << 20:
            self.fails(errno.EMSGSIZE, one.send, 'x' * size)
            self.fails(errno.EMSGSIZE, two.sendto, 'x' * size, one.getsockname())
        self.assertEqual(65507, one.send('x' * 65507))
        self.assertEqual(65507, len(two.recv(1 << 20)))

    def test_shutdown(self):
        sock = self.socket()
        self.fails(errno.ENOTCONN, sock.shutdown, socket.SHUT_RDWR)
        one, two = self.socket(), self.socket()
        one.connect(two.getsockname())
        one.shutdown(socket.SHUT_WR)
        self.fails(errno.EPIPE, one.send, 'x')
        one.shutdown(socket.SHUT_RD)
        self.assertEqual('', one.recv(10))

    def test_closed(self):
        sock = self.socket()
        real = sock._sock
        sock.close()
        if IS_JYTHON:
            for call in (real.recvfrom, 10), (real.sendto, 'x', ('127.0.0.1', 9)), (real.connect, ('127.0.0.1', 9)):
                self.fails(errno.EBADF, *call)


class ReadinessTest(Udp):

    def test_poll_epoll_and_select(self):
        one, two = self.socket(), self.socket()
        poller, epoll = select.poll(), select.epoll()
        self.addCleanup(epoll.close)
        poller.register(two, select.POLLIN | select.POLLOUT)
        epoll.register(two, select.EPOLLIN)
        self.assertEqual([(two.fileno(), select.POLLOUT)], poller.poll(0))
        self.assertEqual([], epoll.poll(0))
        self.assertEqual(([], [two], []), select.select([two], [two], [two], 0))
        one.sendto('x', two.getsockname())
        self.assertEqual([(two.fileno(), select.EPOLLIN)], epoll.poll(60))
        self.assertEqual([(two.fileno(), select.POLLIN | select.POLLOUT)], poller.poll(60000))
        self.assertEqual(([two], [], []), select.select([two], [], [], 60))
        two.recv(10)
        self.assertEqual([], epoll.poll(0))

    def test_connected(self):
        one, two = self.socket(), self.socket()
        one.connect(two.getsockname())
        two.connect(one.getsockname())
        poller = select.poll()
        poller.register(two, select.POLLIN)
        for _ in range(3):
            one.send('a')
            one.send('b')
            for letter in 'ab':
                self.assertEqual([(two.fileno(), select.POLLIN)], poller.poll(60000))
                self.assertEqual([(two.fileno(), select.POLLIN)], poller.poll(60000))
                self.assertEqual(letter, two.recv(10))
            self.assertEqual([], poller.poll(0))

    def test_shut(self):
        one, two = self.socket(), self.socket()
        one.connect(two.getsockname())
        poller = select.poll()
        poller.register(one, select.POLLIN)
        one.shutdown(socket.SHUT_RD)
        self.assertEqual([(one.fileno(), select.POLLIN)], poller.poll(60000))
        one.shutdown(socket.SHUT_WR)
        self.assertEqual([(one.fileno(), select.POLLIN | select.POLLHUP)], poller.poll(60000))


if __name__ == '__main__':
    unittest.main()
