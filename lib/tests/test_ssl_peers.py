"""TLS with other people's programs: the openssl command, Python 3's ssl, the standard library's clients of https.

    ./euryale -m unittest discover -s lib/tests -p test_ssl_peers.py
    python2.7 -m unittest discover -s lib/tests -p test_ssl_peers.py      (the same expectations hold there)
"""

import httplib
import socket
import ssl
import subprocess
import threading
import unittest
import urllib2
from contextlib import closing

import certificates

LIMIT = 30

# A server that answers each line in capitals, or a client that sends lines and shows the answers, on Python 3.
PEER = '''
import socket, ssl, sys
side, version, certificate, authority, port = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if side == 'server' else ssl.PROTOCOL_TLS_CLIENT)
context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
context.load_verify_locations(authority)
context.verify_mode = ssl.CERT_REQUIRED
if certificate:
    context.load_cert_chain(certificate)
if side == 'server':
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(1)
    print(listener.getsockname()[1], flush=True)
    with context.wrap_socket(listener.accept()[0], server_side=True) as end:
        end.settimeout(30)
        data = end.recv(100)
        while data:
            end.sendall(data.upper())
            data = end.recv(100)
        try:
            end.unwrap()
        except OSError:
            pass
else:
    plain = socket.create_connection(('127.0.0.1', int(port)), 30)
    with context.wrap_socket(plain, server_hostname='localhost') as end:
        end.sendall(b'from python 3')
        print(end.recv(100).decode(), end.version(), end.cipher()[0], flush=True)
        end.unwrap()
'''


def context(certificate=None):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS)
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(certificates.authority())
    if certificate:
        made.load_cert_chain(certificate)
    return made


class PeerCase(unittest.TestCase):

    def start(self, command):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        watch = threading.Timer(LIMIT, process.kill)
        watch.daemon = True
        watch.start()
        self.addCleanup(self.end, process, watch)
        return process

    @staticmethod
    def end(process, watch):
        if process.poll() is None:
            process.kill()
        process.communicate()
        watch.cancel()

    def listener(self):
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind(('127.0.0.1', 0))
        listener.listen(1)
        listener.settimeout(LIMIT)
        return listener


class Python3Test(PeerCase):

    def peer(self, side, version, certificate, port=0):
        return self.start(['python3', '-c', PEER, side, version, certificate, certificates.authority(), str(port)])

    def test_as_a_client(self):
        for version, name in ('TLSv1_2', 'TLSv1.2'), ('TLSv1_3', 'TLSv1.3'):
            for key in 'rsa', 'ec':
                peer = self.peer('server', version, certificates.pair(key=key))
                port = int(peer.stdout.readline())
                client = context(certificates.pair('client', key, name='us'))
                client.check_hostname = True
                with closing(socket.create_connection(('127.0.0.1', port), LIMIT)) as plain:
                    with closing(client.wrap_socket(plain, server_hostname='localhost')) as end:
                        self.assertEqual(name, end.version())
                        for text in 'some', 'more':
                            end.sendall(text)
                            self.assertEqual(text.upper(), end.recv(100))
                        self.assertEqual(plain.fileno(), end.unwrap().fileno())
                self.assertEqual(0, peer.wait())

    def test_as_a_server(self):
        for version, name in ('TLSv1_2', 'TLSv1.2'), ('TLSv1_3', 'TLSv1.3'):
            for key in 'rsa', 'ec':
                listener = self.listener()
                peer = self.peer('client', version, certificates.pair('client', key, name='them'),
                                 listener.getsockname()[1])
                server = context(certificates.pair(key=key))
                with closing(server.wrap_socket(listener.accept()[0], server_side=True)) as end:
                    self.assertEqual('from python 3', end.recv(100))
                    self.assertIn((('commonName', 'them'),), end.getpeercert()['subject'])
                    end.sendall('answer')
                    self.assertEqual('', end.recv(100))
                    end.unwrap()
                self.assertEqual(['answer', name], peer.stdout.read().split()[:2])


class OpenSslTest(PeerCase):

    def test_as_a_client(self):
        for version in '-tls1_2', '-tls1_3':
            server = self.start(['openssl', 's_server', '-accept', '127.0.0.1:0', '-cert', certificates.pair(),
                                 '-key', certificates.pair(), '-rev', '-naccept', '1', version])
            line = server.stdout.readline()
            while 'ACCEPT' not in line:
                self.assertTrue(line)
                line = server.stdout.readline()
            port = int(line.strip().rpartition(':')[2])
            with closing(context().wrap_socket(socket.socket())) as end:
                end.settimeout(LIMIT)
                end.connect(('127.0.0.1', port))
                end.sendall('backwards\n')
                self.assertEqual('sdrawkcab\n', end.makefile().readline())

    def test_as_a_server(self):
        for version in '-tls1_2', '-tls1_3':
            listener = self.listener()
            peer = self.start(['openssl', 's_client', '-connect', '127.0.0.1:%d' % listener.getsockname()[1], '-CAfile',
                               certificates.authority(), '-verify_return_error', '-verify_hostname', 'localhost',
                               '-quiet', version])
            server = ssl.SSLContext(ssl.PROTOCOL_TLS)
            server.load_cert_chain(certificates.pair())
            with closing(server.wrap_socket(listener.accept()[0], server_side=True)) as end:
                peer.stdin.write('from openssl\n')
                peer.stdin.flush()
                self.assertEqual('from openssl\n', end.makefile().readline())
                end.sendall('to openssl\n')
                line = peer.stdout.readline()
                while line and line != 'to openssl\n':
                    line = peer.stdout.readline()
                self.assertEqual('to openssl\n', line)


class HttpsTest(PeerCase):

    def serve(self, certificate):
        """Answers one request of https; the port."""
        listener = self.listener()
        made = ssl.SSLContext(ssl.PROTOCOL_TLS)
        made.load_cert_chain(certificate)

        def run():
            try:
                with closing(made.wrap_socket(listener.accept()[0], server_side=True)) as end:
                    file = end.makefile('rb')
                    while file.readline() not in ('\r\n', ''):
                        pass
                    end.sendall('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello')
                    file.close()
            except socket.error:
                pass  # a client that turns away

        thread = threading.Thread(target=run)
        thread.daemon = True
        thread.start()
        self.addCleanup(thread.join, LIMIT)
        return listener.getsockname()[1]

    def test_urllib2(self):
        url = 'https://localhost:%d/' % self.serve(certificates.pair())
        with closing(urllib2.urlopen(url, cafile=certificates.authority(), timeout=LIMIT)) as answer:
            self.assertEqual('hello', answer.read())

    def test_httplib(self):
        port = self.serve(certificates.pair())
        verifying = ssl.create_default_context(cafile=certificates.authority())
        connection = httplib.HTTPSConnection('localhost', port, context=verifying, timeout=LIMIT)
        connection.request('GET', '/')
        self.assertEqual('hello', connection.getresponse().read())
        connection.close()

    def test_verification_is_on(self):
        url = 'https://localhost:%d/' % self.serve(certificates.pair())
        with self.assertRaises(urllib2.URLError) as caught:
            urllib2.urlopen(url, timeout=LIMIT)
        self.assertEqual('CERTIFICATE_VERIFY_FAILED', caught.exception.reason.reason)

    def test_another_name(self):
        port = self.serve(certificates.pair(name='localhost'))
        verifying = ssl.create_default_context(cafile=certificates.authority())
        connection = httplib.HTTPSConnection('127.0.0.1', port, context=verifying, timeout=LIMIT)
        self.assertRaises(ssl.CertificateError, connection.request, 'GET', '/')
        connection.close()


if __name__ == '__main__':
    unittest.main()
