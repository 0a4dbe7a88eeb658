"""Servers of the standard library, started as their users start them, with the interpreter in $EURYALE.

    python3 -m unittest discover -s examples
"""

import http.client
import os
import re
import shutil
import smtplib
import signal
import socket
import subprocess
import tempfile
import unittest
import xmlrpc.client

HERE = os.path.dirname(os.path.abspath(__file__))
INTERPRETER = os.environ.get('EURYALE', os.path.join(os.path.dirname(HERE), 'euryale'))
SECONDS = 60


class StandardLibrary(unittest.TestCase):

    def start(self, *arguments):
        """A server in a directory of its own; it is ended with the test."""
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        process = subprocess.Popen([INTERPRETER, '-u', *arguments], cwd=self.directory, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))

        def end():
            process.send_signal(signal.SIGINT)
            process.wait(SECONDS)
            process.stdout.close()
        self.addCleanup(end)
        return process

    def port(self, process):
        """The port that a server says it has."""
        line = process.stdout.readline()
        self.assertRegex(line, r'\d+')
        return int(re.search(r'port (\d+)', line).group(1))

    def file(self, name, data):
        with open(os.path.join(self.directory, name), 'wb') as f:
            f.write(data)

    def serves_files(self, port, *more):
        data = os.urandom(1000000)
        self.file('a file.bin', data)
        connection = http.client.HTTPConnection('127.0.0.1', port, timeout=SECONDS)
        self.addCleanup(connection.close)
        for path, status, body in [('/a%20file.bin', 200, data), ('/missing', 404, None),
                                   ('/../../etc/hostname', 404, None), *more, ('/', 200, None)]:
            connection.request('GET', path)
            response = connection.getresponse()
            received = response.read()
            self.assertEqual((path, status), (path, response.status))
            if body is not None:
                self.assertEqual(str(len(body)), response.getheader('Content-Length'))
                self.assertEqual(body, received)
        self.assertIn(b'<a href="a%20file.bin">a file.bin</a>', received)

    def test_simple_http_server(self):
        self.serves_files(self.port(self.start('-m', 'SimpleHTTPServer', '0')))

    def test_simple_http_server_imported(self):
        server = self.start('-c', 'import SimpleHTTPServer; SimpleHTTPServer.test()', '0')
        self.serves_files(self.port(server), ('/a%20file.bin/', 404, None))

    def test_threading_socket_server(self):
        port = self.port(self.start('-c', r'''
import SocketServer
class Upper(SocketServer.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line.upper())
server = SocketServer.ThreadingTCPServer(('127.0.0.1', 0), Upper)
server.daemon_threads = True
print 'port', server.server_address[1]
server.serve_forever()
'''))
        connections = [socket.create_connection(('127.0.0.1', port), SECONDS) for _ in range(20)]
        files = [connection.makefile('rwb') for connection in connections]
        for connection, file in zip(connections, files):
            self.addCleanup(connection.close)
            self.addCleanup(file.close)
        for number, file in reversed(list(enumerate(files))):
            file.write(b'line %d\n' % number)
            file.flush()
        self.assertEqual([b'LINE %d\n' % number for number in range(20)], [file.readline() for file in files])

    def test_smtpd(self):
        server = self.start('-c', r'''
import asyncore, smtpd
server = smtpd.DebuggingServer(('127.0.0.1', 0), None)
print 'port', server.socket.getsockname()[1]
asyncore.loop()
''')
        with smtplib.SMTP('127.0.0.1', self.port(server), timeout=SECONDS) as client:
            client.sendmail('a@example.org', ['b@example.org'], 'Subject: hello\r\n\r\n.a dot first\r\n')
        lines = [server.stdout.readline() for _ in range(5)]
        self.assertIn('Subject: hello\n', lines)
        self.assertIn('.a dot first\n', lines)

    def test_xmlrpc_both_ways(self):
        server = self.start('-c', r'''
import SimpleXMLRPCServer, threading, xmlrpclib
server = SimpleXMLRPCServer.SimpleXMLRPCServer(('127.0.0.1', 0), logRequests=False, allow_none=True)
server.register_introspection_functions()
server.register_function(lambda *numbers: sum(numbers), 'total')
server.register_function(lambda value: value, 'same')
print 'port', server.server_address[1]
thread = threading.Thread(target=server.serve_forever)
thread.setDaemon(True)
thread.start()
print xmlrpclib.ServerProxy('http://127.0.0.1:%d' % server.server_address[1]).total(1, 2, 3)
thread.join(1000)
''')
        with xmlrpc.client.ServerProxy('http://127.0.0.1:%d' % self.port(server), allow_none=True) as proxy:
            self.assertEqual('6\n', server.stdout.readline())
            self.assertEqual(6, proxy.total(1, 2, 3))
            self.assertIn('total', proxy.system.listMethods())
            value = {'list': [1, 2.5, None, 'ä', True], 'bytes': xmlrpc.client.Binary(bytes(range(256)))}
            self.assertEqual(value, proxy.same(value))
            with self.assertRaises(xmlrpc.client.Fault):
                proxy.missing()


if __name__ == '__main__':
    unittest.main()
