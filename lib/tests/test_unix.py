"""UNIX sockets: streams, datagrams, sequenced packets, paths, abstract names and pairs.

    ./euryale -m unittest discover -s lib/tests -p test_unix.py
    python2.7 -m unittest discover -s lib/tests -p test_unix.py      (the same expectations hold there)
"""

import errno
import os
import select
import shutil
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import threading
import unittest

UNIX = socket.AF_UNIX
SOCK_STREAM = socket.SOCK_STREAM
SO_PEERCRED = 17
IN, OUT, ERR, HUP = select.POLLIN, select.POLLOUT, select.POLLERR, select.POLLHUP
PATIENCE = 20


class UnixTest(unittest.TestCase):

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        self.name = self.path('s')

    def path(self, name):
        return os.path.join(self.directory, name)

    def socket(self, type=SOCK_STREAM):
        sock = socket.socket(UNIX, type)
        self.addCleanup(sock.close)
        return sock

    def bound(self, name=None, type=SOCK_STREAM):
        sock = self.socket(type)
        sock.bind(self.name if name is None else name)
        return sock

    def listener(self, name=None, backlog=5):
        sock = self.bound(name)
        sock.listen(backlog)
        return sock

    def connected(self, name=None):
        sock = self.socket()
        sock.connect(self.name if name is None else name)
        return sock

    def pair(self, *arguments):
        one, other = socket.socketpair(*arguments)
        self.addCleanup(one.close)
        self.addCleanup(other.close)
        return one, other

    def accept(self, listener):
        sock, address = listener.accept()
        self.addCleanup(sock.close)
        return sock, address

    def fails(self, number, function, *arguments):
        with self.assertRaises(socket.error) as caught:
            function(*arguments)
        self.assertEqual(caught.exception.args, (number, os.strerror(number)))

    def says(self, text, function, *arguments):
        with self.assertRaises(socket.error) as caught:
            function(*arguments)
        self.assertEqual(caught.exception.args, (text,))

    def ready(self, sock, events=IN | OUT):
        poll = select.poll()
        poll.register(sock, events)
        return dict(poll.poll(0)).get(sock.fileno(), 0)


class StreamTest(UnixTest):

    def test_a_peer_is_told_a_relative_path_as_it_was_given(self):
        listener = self.listener(os.path.relpath(self.name))
        client = self.bound(os.path.relpath(self.path('client')))
        client.connect(os.path.relpath(self.name))
        self.assertEqual(os.path.relpath(self.name), client.getpeername())
        server, address = self.accept(listener)
        self.assertEqual(os.path.relpath(self.path('client')), address)
        self.assertEqual(os.path.relpath(self.path('client')), server.getpeername())

    def test_names(self):
        sock = self.socket()
        self.assertEqual(sock.getsockname(), '')
        self.fails(errno.ENOTCONN, sock.getpeername)
        listener = self.listener()
        self.assertEqual(listener.getsockname(), self.name)
        client = self.connected()
        server, address = self.accept(listener)
        self.assertEqual(address, '')
        self.assertEqual((server.getsockname(), server.getpeername()), (self.name, ''))
        self.assertEqual((client.getsockname(), client.getpeername()), ('', self.name))
        self.assertEqual((server.family, server.type, server.proto), (UNIX, socket.SOCK_STREAM, 0))

    def test_name_of_a_bound_client(self):
        listener = self.listener()
        client = self.bound(self.path('client'))
        client.connect(self.name)
        server, address = self.accept(listener)
        self.assertEqual((address, server.getpeername()), (self.path('client'),) * 2)
        client.send('x')
        self.assertEqual(server.recvfrom(9), ('x', self.path('client')))
        server.send('y')
        self.assertEqual(client.recvfrom(9), ('y', self.name))

    def test_data_both_ways(self):
        listener = self.listener()
        client = self.connected()
        server, _ = self.accept(listener)
        client.sendall('x' * 100000)
        client.shutdown(socket.SHUT_WR)
        file = server.makefile()
        self.assertEqual(file.read(), 'x' * 100000)
        file.close()
        server.sendall('done')
        server.close()
        self.assertEqual(client.recv(9), 'done')
        self.assertEqual(client.recv(9), '')

    def test_before_listen(self):
        self.bound()
        client = self.socket()
        self.fails(errno.ECONNREFUSED, client.connect, self.name)
        self.assertEqual(self.ready(client), OUT | HUP)
        self.assertEqual(client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), 0)

    def test_a_refused_client_may_try_again(self):
        listener = self.bound()
        client = self.bound(self.path('client'))
        self.fails(errno.ECONNREFUSED, client.connect, self.name)
        listener.listen(1)
        client.connect(self.name)
        self.assertEqual(self.accept(listener)[1], self.path('client'))

    def test_stale_file(self):
        self.listener().close()
        self.assertTrue(stat.S_ISSOCK(os.stat(self.name).st_mode))
        self.fails(errno.ECONNREFUSED, self.socket().connect, self.name)
        self.fails(errno.EADDRINUSE, self.socket().bind, self.name)
        os.unlink(self.name)
        self.fails(errno.ENOENT, self.socket().connect, self.name)
        listener = self.listener()
        self.connected()
        self.accept(listener)

    def test_bind_twice(self):
        sock = self.bound()
        self.fails(errno.EINVAL, sock.bind, self.path('other'))
        self.fails(errno.EADDRINUSE, sock.bind, self.name)
        self.fails(errno.ENOENT, sock.bind, self.path('no/such'))
        self.assertEqual(os.listdir(self.directory), ['s'])

    def test_mode_of_the_file(self):
        before = os.umask(027)
        try:
            listener = self.bound()
        finally:
            os.umask(before)
        self.assertEqual(stat.S_IMODE(os.stat(self.name).st_mode), 0750)
        os.chmod(self.name, 0600)
        listener.listen(1)
        self.assertEqual(stat.S_IMODE(os.stat(self.name).st_mode), 0600)
        self.assertEqual(os.listdir(self.directory), ['s'])

    def test_listen_after_the_file_has_gone(self):
        sock = self.bound()
        os.unlink(self.name)
        sock.listen(1)
        self.assertEqual(os.listdir(self.directory), [])
        other = self.bound()
        other.listen(1)
        self.connected()
        self.assertEqual(self.ready(sock), 0)
        self.accept(other)

    def test_a_full_backlog(self):
        listener = self.listener(backlog=1)
        waiting = [self.connected(), self.connected()]
        client = self.socket()
        client.setblocking(False)
        self.fails(errno.EAGAIN, client.connect, self.name)
        self.assertEqual(client.connect_ex(self.name), errno.EAGAIN)
        self.assertEqual(self.ready(client), OUT | HUP)
        client.settimeout(PATIENCE)
        self.fails(errno.EAGAIN, client.connect, self.name)
        self.accept(listener)
        client.connect(self.name)
        self.assertEqual(len(waiting), 2)

    def test_a_blocking_connect_waits_for_room(self):
        listener = self.listener(backlog=1)
        for _ in range(2):
            self.connected()
        client = self.socket()
        done = []
        thread = threading.Thread(target=lambda: done.append(client.connect(self.name)))
        thread.start()
        for _ in range(3):
            self.accept(listener)
        thread.join(PATIENCE)
        self.assertEqual(done, [None])

    def test_a_signal_ends_a_blocking_connect(self):
        self.listener(backlog=1)
        for _ in range(2):
            self.connected()
        client = self.socket()
        before = signal.signal(signal.SIGALRM, lambda *_: None)
        try:
            signal.alarm(1)
            self.fails(errno.EINTR, client.connect, self.name)
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)

    def test_connect_twice(self):
        self.listener()
        self.fails(errno.EISCONN, self.connected().connect, self.name)

    def test_what_is_no_listener(self):
        plain = self.path('plain')
        open(plain, 'w').close()
        for number, target in ((errno.ECONNREFUSED, plain), (errno.ECONNREFUSED, self.directory),
                               (errno.ENOENT, self.path('none')), (errno.ENOTDIR, plain + '/x')):
            self.fails(number, self.socket().connect, target)
        self.bound(self.path('datagrams'), socket.SOCK_DGRAM)
        self.fails(errno.EPROTOTYPE, self.socket().connect, self.path('datagrams'))
        self.fails(errno.EADDRINUSE, self.socket().bind, plain)
        self.fails(errno.EADDRINUSE, self.socket().bind, self.directory)

    def test_a_fresh_socket(self):
        sock = self.socket()
        self.assertEqual(self.ready(sock), OUT | HUP)
        self.fails(errno.EINVAL, sock.recv, 1)
        self.fails(errno.ENOTCONN, sock.send, 'x')
        self.fails(errno.EINVAL, sock.listen, 1)
        self.fails(errno.EINVAL, sock.accept)
        sock.shutdown(socket.SHUT_RD)
        self.assertEqual(self.ready(sock), IN | OUT | HUP)
        self.fails(errno.EINVAL, sock.recv, 1)
        sock.shutdown(socket.SHUT_WR)
        self.fails(errno.ENOTCONN, sock.send, 'x')
        self.fails(errno.EINVAL, sock.shutdown, 3)

    def test_a_listener(self):
        listener = self.listener()
        self.assertEqual(self.ready(listener), 0)
        self.fails(errno.EINVAL, listener.recv, 1)
        self.fails(errno.ENOTCONN, listener.send, 'x')
        self.fails(errno.ENOTCONN, listener.getpeername)
        self.fails(errno.EINVAL, listener.connect, self.name)
        self.connected()
        self.assertEqual(self.ready(listener), IN)
        self.assertEqual(listener.getsockopt(socket.SOL_SOCKET, 30), 1)

    def test_a_listener_that_is_shut(self):
        listener = self.listener()
        self.connected()
        listener.shutdown(socket.SHUT_RD)
        self.fails(errno.ECONNREFUSED, self.socket().connect, self.name)
        listener.setblocking(False)
        self.accept(listener)
        self.fails(errno.EAGAIN, listener.accept)
        self.assertEqual(self.ready(listener), IN)

    def test_closed_with_what_nobody_accepted(self):
        listener = self.listener()
        client = self.connected()
        listener.close()
        self.fails(errno.ECONNRESET, client.recv, 1)
        self.assertEqual(client.recv(1), '')

    def test_closed_with_unread_bytes(self):
        one, other = self.pair()
        one.send('unread')
        other.close()
        self.assertEqual(self.ready(one, IN) & IN, IN)
        self.fails(errno.EPIPE, one.send, 'x')
        self.assertEqual(one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), errno.ECONNRESET)
        self.assertEqual(one.recv(1), '')
        self.fails(errno.EPIPE, one.send, 'x')

    def test_closed_after_bytes(self):
        one, other = self.pair()
        one.send('abc')
        one.close()
        self.fails(errno.EPIPE, other.send, 'x')
        self.assertEqual(other.recv(9), 'abc')
        self.assertEqual(other.recv(9), '')
        self.assertEqual(self.ready(other), IN | OUT | HUP)

    def test_half_close(self):
        one, other = self.pair()
        one.setblocking(False)
        other.setblocking(False)
        one.shutdown(socket.SHUT_WR)
        self.assertEqual(self.ready(other), IN | OUT)
        self.assertEqual(other.recv(1), '')
        self.fails(errno.EPIPE, one.send, 'x')
        other.send('back')
        self.assertEqual(one.recv(9), 'back')

    def test_shut_reading(self):
        one, other = self.pair()
        one.setblocking(False)
        other.setblocking(False)
        one.send('abc')
        other.shutdown(socket.SHUT_RD)
        self.assertEqual(self.ready(other), IN | OUT)
        self.fails(errno.EPIPE, one.send, 'x')
        self.assertEqual((other.recv(2), other.recv(9), other.recv(9)), ('ab', 'c', ''))
        self.fails(errno.EAGAIN, one.recv, 1)
        other.send('back')
        self.assertEqual(one.recv(9), 'back')

    def test_a_full_buffer(self):
        one, other = self.pair()
        one.setblocking(False)
        sent = 0
        with self.assertRaises(socket.error) as caught:
            while sent < 1 << 26:
                sent += one.send('x' * 65536)
        self.assertEqual(caught.exception.errno, errno.EAGAIN)
        self.assertEqual(self.ready(one), 0)
        received = 0
        while received < sent:
            received += len(other.recv(65536))
        self.assertEqual(self.ready(one), OUT)

    def test_sendto_on_a_stream(self):
        one, _ = self.pair()
        self.fails(errno.EISCONN, one.sendto, 'x', self.name)
        self.fails(errno.EOPNOTSUPP, self.socket().sendto, 'x', self.name)

    def test_select_and_epoll(self):
        listener = self.listener()
        epoll = select.epoll()
        self.addCleanup(epoll.close)
        epoll.register(listener, select.EPOLLIN)
        self.assertEqual(epoll.poll(0), [])
        client = self.connected()
        self.assertEqual(epoll.poll(PATIENCE), [(listener.fileno(), select.EPOLLIN)])
        server, _ = self.accept(listener)
        epoll.register(server, select.EPOLLIN | select.EPOLLOUT)
        self.assertEqual(epoll.poll(PATIENCE), [(server.fileno(), select.EPOLLOUT)])
        client.send('x')
        self.assertEqual(select.select([listener, server], [server], [], PATIENCE), ([server], [server], []))
        self.assertEqual(epoll.poll(PATIENCE), [(server.fileno(), select.EPOLLIN | select.EPOLLOUT)])

    def test_descriptors(self):
        one, other = self.pair()
        copy = one.dup()
        self.addCleanup(copy.close)
        again = socket.fromfd(one.fileno(), UNIX, socket.SOCK_STREAM)
        one.close()
        copy.close()
        self.assertEqual(os.write(again.fileno(), 'x'), 1)
        self.assertEqual(os.read(other.fileno(), 9), 'x')
        self.assertTrue(stat.S_ISSOCK(os.fstat(again.fileno()).st_mode))
        again.close()
        self.assertEqual(other.recv(1), '')

    def test_addresses_of_another_family(self):
        sock = socket.fromfd(self.socket().fileno(), socket.AF_INET, socket.SOCK_STREAM)
        self.addCleanup(sock.close)
        self.fails(errno.EINVAL, sock.connect, ('127.0.0.1', 1))
        tcp = socket.socket()
        self.addCleanup(tcp.close)
        sock = socket.fromfd(tcp.fileno(), UNIX, socket.SOCK_STREAM)
        self.addCleanup(sock.close)
        self.fails(errno.EAFNOSUPPORT, sock.connect, self.name)
        self.fails(errno.EAFNOSUPPORT, sock.bind, self.name)

    def test_the_other_end_s_process(self):
        mine = (os.getpid(), os.getuid(), os.getgid())

        def peer(sock):
            return struct.unpack('3i', sock.getsockopt(socket.SOL_SOCKET, SO_PEERCRED, 12))

        listener = self.listener()
        client = self.connected()
        server, _ = self.accept(listener)
        self.assertEqual([peer(s) for s in (listener, client, server)], [mine] * 3)
        self.assertEqual(peer(self.pair()[0]), mine)
        self.assertEqual(peer(self.socket()), (0, -1, -1))
        self.assertEqual(server.getsockopt(socket.SOL_SOCKET, SO_PEERCRED), mine[0])

    def test_options(self):
        sock, _ = self.pair()
        for name in (socket.SO_REUSEADDR, socket.SO_KEEPALIVE, socket.SO_BROADCAST, socket.SO_OOBINLINE):
            self.assertEqual(sock.getsockopt(socket.SOL_SOCKET, name), 0)
            sock.setsockopt(socket.SOL_SOCKET, name, 1)
            self.assertEqual(sock.getsockopt(socket.SOL_SOCKET, name), 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 10000)
        self.assertEqual(sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF), 20000)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 10000)
        self.assertEqual(sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF), 20000)
        self.assertEqual([sock.getsockopt(socket.SOL_SOCKET, n) for n in (socket.SO_TYPE, 38, 39)], [1, 0, 1])
        self.fails(errno.EOPNOTSUPP, sock.setsockopt, socket.SOL_SOCKET, 15, 1)
        self.fails(errno.EOPNOTSUPP, sock.setsockopt, socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.fails(errno.EOPNOTSUPP, sock.getsockopt, socket.IPPROTO_IP, socket.IP_TOS)


class PathTest(UnixTest):

    def test_relative_to_the_working_directory(self):
        before = os.getcwd()
        os.chdir(self.directory)
        try:
            listener = self.listener('relative')
            self.assertEqual(os.listdir('.'), ['relative'])
            client = self.connected('relative')
            self.assertEqual((listener.getsockname(), client.getpeername()), ('relative', 'relative'))
            self.accept(listener)
        finally:
            os.chdir(before)
        self.connected(self.path('relative'))
        self.accept(listener)

    def test_relative_in_a_deep_directory(self):
        deep = os.path.join(self.directory, *['d' * 40] * 4)
        os.makedirs(deep)
        before = os.getcwd()
        os.chdir(deep)
        try:
            listener = self.listener('s')
            client = self.connected('s')
            self.accept(listener)
            self.assertEqual(client.getpeername(), 's')
            self.assertEqual(os.listdir('.'), ['s'])
            datagrams = self.bound('d', socket.SOCK_DGRAM)
            self.socket(socket.SOCK_DGRAM).sendto('x', 'd')
            self.assertEqual(datagrams.recv(9), 'x')
        finally:
            os.chdir(before)

    def test_length(self):
        longest = self.directory + '/' + 'x' * (106 - len(self.directory))
        self.assertEqual(len(longest), 107)
        listener = self.listener(longest)
        self.assertEqual(self.connected(longest).getpeername(), longest)
        self.accept(listener)
        for call in (self.socket().bind, self.socket().connect):
            self.says('AF_UNIX path too long', call, longest + 'x')
            self.says('AF_UNIX path too long', call, 'x' * 5000)
        self.says('AF_UNIX path too long', self.socket().bind, '\0' + 'x' * 108)

    def test_a_path_ends_at_its_first_nul(self):
        sock = self.bound(self.name + '\0more')
        self.assertEqual(sock.getsockname(), self.name)
        self.assertEqual(os.listdir(self.directory), ['s'])

    def test_bytes_that_are_no_text(self):
        # Jython's os.remove does not find such a file either.
        self.addCleanup(subprocess.call, ['find', self.directory, '-type', 's', '-delete'])
        odd = self.path('\xff\xfe')
        listener = self.listener(odd)
        self.assertEqual(listener.getsockname(), odd)
        client = self.connected(odd)
        self.assertEqual(client.getpeername(), odd)
        server, _ = self.accept(listener)
        client.send('x')
        self.assertEqual(select.select([server], [], [], PATIENCE)[0], [server])
        self.assertEqual(server.recv(9), 'x')
        client.close()
        self.assertEqual(server.recv(9), '')

    def test_text_beyond_ascii(self):
        name = self.path('\xc3\xa9')
        listener = self.listener(name)
        self.assertEqual(listener.getsockname(), name)
        self.connected(name)
        self.accept(listener)

    def test_a_slash_at_the_end(self):
        self.fails(errno.ENOENT, self.socket().bind, self.name + '/')

    def test_what_is_no_path(self):
        for wrong in (1, None, ('a', 1), ['a']):
            with self.assertRaises(TypeError) as caught:
                self.socket().bind(wrong)
            self.assertEqual(str(caught.exception), 'argument must be string or read-only character buffer, not '
                             + ('None' if wrong is None else type(wrong).__name__))
        self.assertRaises(TypeError, self.socket().bind, bytearray('x'))
        self.assertRaises(UnicodeEncodeError, self.socket().bind, u'\xe9')
        self.fails(errno.EINVAL, self.socket().connect, '')
        sock = self.bound(unicode(self.name))
        self.assertEqual(sock.getsockname(), self.name)


class AbstractNameTest(UnixTest):

    def test_streams(self):
        name = '\0euryale test %d \0 \xff' % os.getpid()
        listener = self.listener(name)
        self.assertEqual(listener.getsockname(), name)
        self.fails(errno.EADDRINUSE, self.socket().bind, name)
        client = self.socket()
        poll = select.poll()
        poll.register(client, IN)
        client.connect(name)
        self.assertEqual(client.getpeername(), name)
        self.assertEqual(select.select([listener], [], [], PATIENCE)[0], [listener])
        server, address = self.accept(listener)
        self.assertEqual(address, '')
        server.send('x')
        self.assertEqual(poll.poll(PATIENCE * 1000), [(client.fileno(), IN)])
        self.assertEqual(client.recv(9), 'x')
        server.close()
        self.assertEqual(client.recv(9), '')
        self.assertEqual(client.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE), socket.SOCK_STREAM)
        listener.close()
        self.fails(errno.ECONNREFUSED, self.socket().connect, name)

    def test_a_name_of_the_kernel_s_choice(self):
        sock = self.bound('')
        name = sock.getsockname()
        self.assertEqual((name[0], len(name)), ('\0', 6))
        sock.listen(1)
        self.connected(name)
        self.accept(sock)

    def test_a_client_with_an_abstract_name(self):
        listener = self.listener()
        name = '\0euryale client %d' % os.getpid()
        client = self.bound(name)
        client.connect(self.name)
        self.assertEqual((client.getsockname(), client.getpeername()), (name, self.name))
        server, _ = self.accept(listener)
        server.send('x')
        self.assertEqual(client.recv(9), 'x')

    def test_nobody(self):
        self.fails(errno.ECONNREFUSED, self.socket().connect, '\0euryale nobody')


class DatagramTest(UnixTest):

    def test_names_and_senders(self):
        server = self.bound(type=socket.SOCK_DGRAM)
        client = self.socket(socket.SOCK_DGRAM)
        self.assertEqual(client.sendto('anonymous', self.name), 9)
        self.assertEqual(server.recvfrom(99), ('anonymous', None))
        client.bind(self.path('client'))
        client.sendto('named', self.name)
        self.assertEqual(server.recvfrom(2), ('na', self.path('client')))
        server.sendto('answer', self.path('client'))
        self.assertEqual(client.recv(99), 'answer')
        client.connect(self.name)
        self.assertEqual(client.getpeername(), self.name)
        client.send('')
        self.assertEqual(server.recvfrom(9), ('', self.path('client')))
        buffer = bytearray(9)
        client.send('into')
        self.assertEqual(server.recvfrom_into(buffer), (4, self.path('client')))
        self.assertEqual(buffer[:4], 'into')

    def test_errors(self):
        sock = self.socket(socket.SOCK_DGRAM)
        self.fails(errno.ENOTCONN, sock.send, 'x')
        self.fails(errno.ENOENT, sock.sendto, 'x', self.name)
        self.fails(errno.EOPNOTSUPP, sock.listen, 1)
        self.fails(errno.EOPNOTSUPP, sock.accept)
        self.bound(type=socket.SOCK_DGRAM).close()
        self.fails(errno.ECONNREFUSED, sock.sendto, 'x', self.name)
        sock.setblocking(False)
        self.fails(errno.EAGAIN, sock.recv, 1)
        sock.settimeout(0.05)
        self.assertRaises(socket.timeout, sock.recv, 1)

    def test_large_datagrams(self):
        one, other = self.pair(UNIX, socket.SOCK_DGRAM)
        one.send('x' * 150000)
        self.assertEqual(len(other.recv(200000)), 150000)
        one.send('x' * 150000)
        self.assertEqual(len(other.recvfrom(100000)[0]), 100000)
        self.fails(errno.EMSGSIZE, one.send, 'x' * 1000000)
        self.fails(errno.EMSGSIZE, one.send, 'x' * 10000000)

    def test_readiness(self):
        one, other = self.pair(UNIX, socket.SOCK_DGRAM)
        self.assertEqual((self.ready(one), self.ready(other)), (OUT, OUT))
        one.send('x')
        self.assertEqual(self.ready(other), IN | OUT)
        thread = threading.Timer(0.05, other.send, 'y')
        thread.start()
        self.assertEqual(select.select([one], [], [], PATIENCE)[0], [one])
        thread.join()
        self.assertEqual(one.recv(9), 'y')
        one.setblocking(False)
        with self.assertRaises(socket.error) as caught:
            while True:
                one.send('x')
        self.assertEqual(caught.exception.errno, errno.EAGAIN)
        self.assertEqual(self.ready(one), 0)
        other.recv(9)

    def test_what_came_is_seen_without_a_wait(self):
        left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        poll, epoll = select.poll(), select.epoll()
        self.addCleanup(epoll.close)
        poll.register(right, select.POLLIN)
        epoll.register(right, select.EPOLLIN)
        looks = [lambda: bool(select.select([right], [], [], 0)[0]), lambda: bool(poll.poll(0)), lambda: bool(epoll.poll(0))]
        for turn in range(300):
            left.send(b'x')
            self.assertTrue(looks[turn % 3](), turn)
            right.recv(1)
            self.assertEqual([False] * 3, [look() for look in looks])

    def test_shut_reading(self):
        one, other = self.pair(UNIX, socket.SOCK_DGRAM)
        one.shutdown(socket.SHUT_RD)
        self.assertEqual(one.recv(1), '')
        one.setblocking(False)
        self.fails(errno.EAGAIN, one.recv, 1)
        self.fails(errno.EPIPE, other.send, 'x')


class PairTest(UnixTest):

    def test_streams(self):
        one, other = self.pair()
        for sock in one, other:
            self.assertEqual((sock.getsockname(), sock.getpeername()), ('', ''))
            self.assertEqual((sock.family, sock.type, sock.proto), (UNIX, socket.SOCK_STREAM, 0))
        one.send('x')
        self.assertEqual(other.recvfrom(9), ('x', None))

    def test_sequenced_packets(self):
        one, other = self.pair(UNIX, socket.SOCK_SEQPACKET)
        one.send('abc')
        one.send('de')
        self.assertEqual((other.recv(2), other.recv(9)), ('ab', 'de'))
        one.close()
        self.assertEqual(other.recv(9), '')
        self.assertEqual(self.ready(other), IN | OUT | HUP)
        self.fails(errno.EPIPE, other.send, 'x')

    def test_what_cannot_be_a_pair(self):
        self.fails(errno.EOPNOTSUPP, socket.socketpair, socket.AF_INET)
        self.fails(errno.EAFNOSUPPORT, socket.socketpair, 99)
        self.fails(errno.EPROTONOSUPPORT, socket.socketpair, UNIX, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self.fails(errno.ESOCKTNOSUPPORT, socket.socketpair, UNIX, socket.SOCK_RDM)
        self.fails(errno.ESOCKTNOSUPPORT, socket.socket, UNIX, socket.SOCK_RDM)
        self.fails(errno.EPROTONOSUPPORT, socket.socket, UNIX, socket.SOCK_STREAM, socket.IPPROTO_TCP)

    def test_a_thread_that_waits(self):
        one, other = self.pair()
        got = []
        thread = threading.Thread(target=lambda: got.append(other.recv(9)))
        thread.start()
        one.send('x')
        thread.join(PATIENCE)
        self.assertEqual(got, ['x'])


if __name__ == '__main__':
    unittest.main()
