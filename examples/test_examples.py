"""Runs each example with the interpreter in $EURYALE (default: ./euryale) and talks to it.

    python3 -m unittest discover -s examples
    EURYALE=python2.7 python3 -m unittest discover -s examples
"""

import http.client
import os
import signal
import socket
import subprocess
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
INTERPRETER = os.environ.get('EURYALE', os.path.join(os.path.dirname(HERE), 'euryale'))
SECONDS = 60


class Example(unittest.TestCase):
    program = None  # the file, in subclasses

    def setUp(self):
        self.server = subprocess.Popen(
            [INTERPRETER, os.path.join(HERE, self.program), '--port', '0'],
            stdout=subprocess.PIPE, text=True,
            # A shell that starts the tests in the background leaves SIGINT ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        line = self.server.stdout.readline()
        self.assertRegex(line, r'^listening on 127\.0\.0\.1:\d+$')
        self.address = '127.0.0.1', int(line.rpartition(':')[2])

    def tearDown(self):
        if self.server.poll() is None:
            self.server.kill()
        self.server.wait()
        self.server.stdout.close()

    def connect(self):
        sock = socket.create_connection(self.address, SECONDS)
        self.addCleanup(sock.close)
        return sock

    def lines(self, sock):
        file = sock.makefile('rb')
        self.addCleanup(file.close)
        return file

    def ends(self, number):
        self.server.send_signal(number)
        self.assertEqual(self.server.wait(SECONDS), 0)


class EchoTest(Example):
    program = 'echo_asyncore.py'

    def test_what_is_sent_comes_back(self):
        sock = self.connect()
        data = os.urandom(1000000)
        sock.settimeout(SECONDS)
        received = b''
        sent = 0
        while len(received) < len(data):
            if sent < len(data):
                sent += sock.send(data[sent:sent + 50000])
            received += sock.recv(65536)
        self.assertEqual(received, data)

    def test_half_closed_connection_ends(self):
        sock = self.connect()
        sock.sendall(b'bye')
        self.assertEqual(sock.recv(3, socket.MSG_WAITALL), b'bye')
        sock.shutdown(socket.SHUT_WR)
        self.assertEqual(sock.recv(1), b'')

    def test_ends_on_ctrl_c(self):
        self.connect()
        self.ends(signal.SIGINT)

    def test_ends_on_term(self):
        self.connect()
        self.ends(signal.SIGTERM)


class ChatTest(Example):
    program = 'chat.py'

    def test_lines_go_to_the_others(self):
        one, two = self.connect(), self.connect()
        heard_by_one, heard_by_two = self.lines(one), self.lines(two)
        self.assertEqual(heard_by_one.readline(), b'your name?\n')
        one.sendall(b'one\n')
        self.assertEqual(heard_by_one.readline(), b'here: nobody\n')
        two.sendall(b'two\n')
        self.assertEqual(heard_by_two.readline(), b'your name?\n')
        self.assertEqual(heard_by_two.readline(), b'here: one\n')
        self.assertEqual(heard_by_one.readline(), b'two came\n')
        two.sendall(b'hello\nthere\n')
        self.assertEqual(heard_by_one.readline(), b'two: hello\n')
        self.assertEqual(heard_by_one.readline(), b'two: there\n')
        heard_by_two.close()
        two.close()
        self.assertEqual(heard_by_one.readline(), b'two left\n')


class HttpTest(Example):
    program = 'http_epoll.py'

    def test_requests_on_one_connection(self):
        connection = http.client.HTTPConnection(*self.address, timeout=SECONDS)
        self.addCleanup(connection.close)
        for path, status in (('/', 200), ('/no', 404), ('/', 200)):
            connection.request('GET', path)
            reply = connection.getresponse()
            body = reply.read()
            self.assertEqual(reply.status, status)
            self.assertEqual(body == b'Hello, World!', status == 200)
        connection.request('HEAD', '/')
        self.assertEqual(connection.getresponse().getheader('content-length'), '13')

    def test_pipelined_requests_are_answered_in_order(self):
        sock = self.connect()
        sock.sendall(b'GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nConnection: close\r\n\r\n')
        reply = self.lines(sock).read()
        self.assertLess(reply.index(b'200 OK'), reply.index(b'404 Not Found'))

    def test_garbage_is_refused(self):
        sock = self.connect()
        sock.sendall(b'nonsense\r\n\r\n')
        self.assertTrue(self.lines(sock).read().startswith(b'HTTP/1.1 400 '))

    def test_endless_header_is_refused(self):
        sock = self.connect()
        sock.sendall(b'x' * 70000)
        self.assertTrue(self.lines(sock).read().startswith(b'HTTP/1.1 431 '))
