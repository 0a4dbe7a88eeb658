"""Bad input: each call gives CPython 2.7's exception, and leaves the descriptor table as it was.

    ./euryale -m unittest discover -s lib/tests
    python2.7 -m unittest discover -s lib/tests      (the same expectations hold there)
"""

import errno
import os
import select
import socket
import struct
import threading
import unittest

HOST = '127.0.0.1'
HUGE = 1 << 20


def lowest_free():
    """The descriptor that a new socket would get."""
    probe = socket.socket()
    try:
        return probe.fileno()
    finally:
        probe.close()


class BadInput(unittest.TestCase):

    def setUp(self):
        self.free = lowest_free()

    def tearDown(self):
        self.doCleanups()
        self.assertEqual(lowest_free(), self.free)

    def socket(self, *arguments):
        sock = socket.socket(*arguments)
        self.addCleanup(sock.close)
        return sock

    def listener(self):
        sock = self.socket()
        sock.bind((HOST, 0))
        sock.listen(5)
        return sock

    def pair(self):
        listener = self.listener()
        client = socket.create_connection(listener.getsockname())
        self.addCleanup(client.close)
        server, _ = listener.accept()
        self.addCleanup(server.close)
        return client, server

    def fails(self, number, function, *arguments):
        try:
            function(*arguments)
        except EnvironmentError as e:
            self.assertEqual((errno.errorcode.get(e.errno), e.strerror),
                             (errno.errorcode[number], os.strerror(number)))
        except select.error as e:
            self.assertEqual(e.args, (number, os.strerror(number)))
        else:
            self.fail('%s was not raised' % errno.errorcode[number])


class DescriptorsTest(BadInput):

    def test_closed_socket(self):
        sock = self.socket()
        sock.close()
        for call in (lambda: sock.recv(1), lambda: sock.send('x'), sock.accept, sock.fileno,
                     lambda: sock.bind((HOST, 0)), sock.getsockname, lambda: sock.listen(1),
                     lambda: sock.shutdown(2), lambda: sock.setblocking(0), lambda: sock.sendall('x'),
                     lambda: sock.getsockopt(1, 4), sock.makefile().read):
            self.fails(errno.EBADF, call)
        sock.close()

    def test_closed_number(self):
        sock = self.socket()
        number = sock.fileno()
        sock.close()
        self.fails(errno.EBADF, select.select, [number], [], [], 0)
        poll = select.poll()
        poll.register(number)
        self.assertEqual(poll.poll(0), [(number, select.POLLNVAL)])
        epoll = select.epoll()
        self.addCleanup(epoll.close)
        number = epoll.fileno() + 1
        self.fails(errno.EBADF, epoll.register, number)
        self.fails(errno.EBADF, socket.fromfd, number, socket.AF_INET, socket.SOCK_STREAM)

    def test_huge_number(self):
        self.assertEqual(self.polled(HUGE), [(HUGE, select.POLLNVAL)])
        self.fails(errno.EBADF, socket.fromfd, HUGE, socket.AF_INET, socket.SOCK_STREAM)

    def polled(self, number):
        poll = select.poll()
        poll.register(number)
        return poll.poll(0)

    def test_negative_number(self):
        for call in (lambda: select.select([-1], [], [], 0), lambda: select.poll().register(-1)):
            self.assertRaises(ValueError, call)
        self.fails(errno.EBADF, socket.fromfd, -1, socket.AF_INET, socket.SOCK_STREAM)

    def test_what_is_no_descriptor(self):
        class Text(object):
            def fileno(self):
                return 'three'

        class Raises(object):
            def fileno(self):
                raise KeyError('no descriptor today')

        for thing in ('3', None, 3.0, [], Text()):
            self.assertRaises(TypeError, select.select, [thing], [], [], 0)
            self.assertRaises(TypeError, select.poll().register, thing)
        self.assertRaises(KeyError, select.select, [Raises()], [], [], 0)
        self.assertRaises(TypeError, select.select, 3, [], [], 0)
        self.assertRaises(TypeError, select.select, [], [])

    def test_epoll_of_itself_and_twice(self):
        epoll = select.epoll()
        self.addCleanup(epoll.close)
        sock = self.socket()
        epoll.register(sock)
        self.fails(errno.EEXIST, epoll.register, sock)
        epoll.unregister(sock)
        self.fails(errno.ENOENT, epoll.unregister, sock)
        self.fails(errno.ENOENT, epoll.modify, sock, select.EPOLLIN)
        self.fails(errno.EINVAL, epoll.register, epoll.fileno())

    def test_closed_epoll(self):
        epoll = select.epoll()
        epoll.close()
        self.assertTrue(epoll.closed)
        for call in (epoll.fileno, epoll.poll, lambda: epoll.register(0), lambda: epoll.modify(0, 0)):
            self.assertRaises(ValueError, call)


class ArgumentsTest(BadInput):

    def test_numbers(self):
        sock = self.socket()
        for wrong in ('x', None, [], 1.5):
            self.assertRaises(TypeError, sock.recv, wrong)
            self.assertRaises(TypeError, socket.socket, wrong)
        self.assertRaises(TypeError, sock.listen, 'x')
        self.assertRaises(ValueError, sock.recv, -1)
        self.assertRaises(OverflowError, sock.listen, 1 << 40)
        self.assertRaises(TypeError, sock.setsockopt, 1, 2, 1 << 40)
        self.assertRaises(TypeError, sock.recv)
        self.assertRaises(TypeError, sock.recv, 1, 2, 3)

    def test_numbers_beyond_an_int(self):
        sock = self.socket()
        for huge in 1 << 31, 1 << 32, 1 << 64, -(1 << 40):
            for call in sock.listen, sock.shutdown, sock.recv, socket.socket, socket.fromfd, select.poll().poll:
                arguments = (huge, socket.AF_INET, socket.SOCK_STREAM) if call is socket.fromfd else (huge,)
                self.assertRaises(OverflowError, call, *arguments)
        for mask in 1 << 16, 1 << 40:
            poller = select.poll()
            poller.register(sock)
            self.assertRaises(OverflowError, poller.register, sock, mask)
            self.assertRaises(OverflowError, poller.modify, sock, mask)
        sock.setblocking(False)
        sock.setblocking(1 << 32)
        self.assertIsNone(sock.gettimeout())
        sock.setblocking(0.5)
        self.assertEqual(0.0, sock.gettimeout())
        self.assertRaises(OverflowError, sock.setblocking, 1 << 64)

    def says(self, text, call, *arguments):
        with self.assertRaises(Exception) as raised:
            call(*arguments)
        self.assertIn(text, str(raised.exception))

    def test_texts(self):
        sock = self.socket()
        epoll = select.epoll()
        epoll.close()
        for name in 'send', 'sendall':
            self.says(name + '() argument 1 must be string or buffer, not int', getattr(sock, name), 5)
        self.says('sendto() argument 1 must be string or buffer, not None', sock.sendto, None, (HOST, 1))
        self.says('setsockopt() argument 3 must be string or read-only buffer, not float', sock.setsockopt, 1, 2, 1.5)
        self.says('inet_ntoa() argument 1 must be string or read-only buffer, not int', socket.inet_ntoa, 5)
        self.says('packed IP wrong length for inet_ntoa', socket.inet_ntoa, 'abc')
        self.says('AF_INET address must be tuple, not NoneType', sock.bind, None)
        self.says('arguments 1-3 must be sequences', select.select, 1, [], [])
        self.says('select expected at least 3 arguments, got 2', select.select, [], [])
        self.says('poll expected at most 1 arguments, got 2', select.poll().poll, 1, 2)
        self.says('argument must be an int, or have a fileno() method', select.select, ['x'], [], [])
        self.says('I/O operation on closed epoll fd', epoll.poll)
        self.says('sizehint must be greater zero, got -2', select.epoll, -2)
        self.says('function takes at most 4 arguments (5 given)', socket.getnameinfo, (HOST, 80, 0, 0, 0), 3)
        self.says('timed out', self.timed_out)
        self.says('Protocol not supported', socket.socket, socket.AF_INET, socket.SOCK_RAW)

    def timed_out(self):
        sock = self.socket()
        sock.bind((HOST, 0))
        sock.listen(1)
        sock.settimeout(0.001)
        sock.accept()

    def test_timeouts(self):
        sock = self.socket()
        self.assertRaises(ValueError, sock.settimeout, -1)
        self.assertRaises(TypeError, sock.settimeout, 'x')
        self.assertRaises(ValueError, socket.setdefaulttimeout, -0.5)
        self.assertRaises(TypeError, select.select, [], [], [], 'x')
        self.assertRaises(TypeError, select.poll().poll, 'x')
        self.fails(errno.EINVAL, select.select, [], [], [], -1)
        epoll = select.epoll()
        self.addCleanup(epoll.close)
        self.assertRaises(ValueError, epoll.poll, 0, -2)
        self.assertRaises(ValueError, epoll.poll, 0, 0)

    def test_addresses(self):
        sock = self.socket()
        for wrong in (None, 7, 'host', [HOST, 1], (HOST,), (HOST, 1, 2), (7, 1), (HOST, 'x')):
            self.assertRaises(TypeError, sock.bind, wrong)
            self.assertRaises(TypeError, sock.connect, wrong)
        self.assertRaises(TypeError, sock.connect, ('a\0b', 1))
        for port in (-1, 65536):
            self.assertRaises(OverflowError, sock.bind, (HOST, port))
        self.assertRaises(OverflowError, sock.connect, (HOST, 1 << 40))
        # IDNA has no place for it (RFC 3454, C.4). Lone surrogates are nothing that Jython can make.
        self.assertRaises(UnicodeError, sock.connect, (u'\U0010ffff.example', 1))
        self.assertRaises(UnicodeError, sock.connect, (u'a' * 64 + u'.example', 1))
        self.assertRaises(socket.gaierror, sock.connect, ('::1', 1))

    def test_foreign_addresses(self):
        self.fails(errno.EADDRNOTAVAIL, self.socket().bind, ('192.0.2.1', 0))
        listener = self.listener()
        self.fails(errno.EADDRINUSE, self.socket().bind, listener.getsockname())

    def test_data(self):
        client, _ = self.pair()
        for wrong in (None, 7, [], object()):
            self.assertRaises(TypeError, client.send, wrong)
            self.assertRaises(TypeError, client.sendall, wrong)
        self.assertRaises(UnicodeError, client.send, u'\xe9')
        for wrong in ('read only', None, 7):
            self.assertRaises(TypeError, client.recv_into, wrong)
        self.assertRaises(ValueError, client.recv_into, bytearray(2), 3)
        self.assertRaises(ValueError, client.recv_into, bytearray(2), -1)

    def test_options(self):
        sock = self.socket()
        self.fails(errno.ENOPROTOOPT, sock.getsockopt, socket.SOL_SOCKET, 12345)
        self.fails(errno.ENOPROTOOPT, sock.setsockopt, socket.SOL_SOCKET, socket.SO_ERROR, 1)
        self.fails(errno.EINVAL, sock.setsockopt, socket.SOL_SOCKET, socket.SO_LINGER, 1)
        self.assertRaises(socket.error, sock.getsockopt, socket.SOL_SOCKET, socket.SO_ERROR, 1025)
        self.assertRaises(TypeError, sock.setsockopt, socket.SOL_SOCKET, socket.SO_REUSEADDR, None)

    def test_families_and_types(self):
        self.fails(errno.EAFNOSUPPORT, socket.socket, 12345)
        self.fails(errno.EINVAL, socket.socket, socket.AF_INET, 12345)
        self.fails(errno.EPROTONOSUPPORT, socket.socket, socket.AF_INET, socket.SOCK_STREAM, 17)

    def test_wrong_state(self):
        self.fails(errno.ENOTCONN, self.socket().recv, 1)
        self.fails(errno.EPIPE, self.socket().send, 'x')
        self.fails(errno.ENOTCONN, self.socket().shutdown, 2)
        self.fails(errno.ENOTCONN, self.socket().getpeername)
        self.fails(errno.EINVAL, self.socket().accept)
        client, server = self.pair()
        self.fails(errno.EISCONN, client.connect, (HOST, 1))
        self.fails(errno.EINVAL, client.listen, 1)
        self.fails(errno.EINVAL, server.bind, (HOST, 0))
        self.fails(errno.EINVAL, client.shutdown, 7)


class ThreadsTest(BadInput):

    def test_a_close_wakes_the_one_that_waits(self):
        """Linux leaves it waiting; here it gets EBADF, as a close that nobody can see is no use."""
        client, server = self.pair()
        client.settimeout(60)
        begun = threading.Event()
        ended = []

        def wait():
            begun.set()
            try:
                ended.append(client.recv(1))
            except socket.error as e:
                ended.append(e.errno)

        thread = threading.Thread(target=wait)
        thread.start()
        begun.wait(60)
        # Whether recv has begun to wait or not: it must end, by EBADF in either case. CPython's
        # waits until the peer closes.
        client.close()
        if os.name != 'java':
            server.close()
        thread.join(60)
        self.assertFalse(thread.is_alive())
        self.assertIn(ended, ([errno.EBADF], [''])[:1 if os.name == 'java' else 2])

    def test_sockets_that_close_under_each_other(self):
        listener = self.listener()
        problems = []

        def work():
            try:
                for _ in range(50):
                    sock = socket.create_connection(listener.getsockname(), 60)
                    other = threading.Thread(target=sock.close)
                    other.start()
                    try:
                        sock.send('x')
                        select.select([sock], [], [], 0)
                    except (socket.error, select.error) as e:
                        if e.args[0] != errno.EBADF:
                            problems.append(e)
                    except ValueError as e:  # select of a closed one: fileno() is -1
                        pass
                    other.join()
            except Exception as e:
                problems.append(e)

        listener.settimeout(60)
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(200):
            listener.accept()[0].close()
        for thread in threads:
            thread.join(60)
        self.assertEqual(problems, [])


class Ended(BadInput):
    """Connections that have ended before the program looks at them."""

    def test_a_reset_connection_is_accepted_with_its_address(self):
        listener = self.socket()
        listener.bind((HOST, 0))
        listener.listen(1)
        client = socket.create_connection(listener.getsockname())
        name = client.getsockname()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        client.close()
        accepted, address = listener.accept()
        self.addCleanup(accepted.close)
        self.assertEqual(address, name)
        with self.assertRaises(socket.error) as caught:
            accepted.getpeername()
        self.assertEqual(caught.exception.errno, errno.ENOTCONN)


if __name__ == '__main__':
    unittest.main()
