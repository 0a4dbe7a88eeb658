"""TLS with other people's programs: the openssl command, curl, Python 3's ssl, the standard library's clients of https.

    ./euryale -m unittest discover -s lib/tests -p test_ssl_peers.py
    python2.7 -m unittest discover -s lib/tests -p test_ssl_peers.py      (the same expectations hold there)
"""

import BaseHTTPServer
import hashlib
import httplib
import Queue
import socket
import SocketServer
import ssl
import subprocess
import sys
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

# Six requests on one connection, and what they were answered, on Python 3.
WEB_CLIENT = '''
import hashlib, http.client, ssl, sys
version, certificate, authority, port = sys.argv[1:]
context = ssl.create_default_context(cafile=authority)
context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
if certificate:
    context.load_cert_chain(certificate)
connection = http.client.HTTPSConnection('localhost', int(port), context=context, timeout=30)
seen = set()
for number in range(6):
    data = b'x' * 200000 * number
    if data:
        connection.request('POST', '/', data)
    else:
        connection.request('GET', '/page')
    answer = connection.getresponse()
    text = answer.read().decode()
    seen.add(connection.sock.getsockname())
    print(answer.status, text if not data else text == hashlib.sha256(data).hexdigest())
print(len(seen), connection.sock.version())
try:
    connection.sock.unwrap()
except OSError:
    pass  # SocketServer only shuts the socket down
connection.close()
'''

# The server that Pages below makes, on Python 3.
WEB_SERVER = '''
import hashlib, http.server, ssl, sys
version, certificate, authority = sys.argv[1:]

class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        shown = self.connection.getpeercert()
        names = [value for part in (shown or {}).get('subject', ()) for name, value in part if name == 'commonName']
        self.answer('%s %s %s' % (self.path, self.connection.version(), ''.join(names)))

    def do_POST(self):
        self.answer(hashlib.sha256(self.rfile.read(int(self.headers['Content-Length']))).hexdigest())

    def answer(self, text):
        self.send_response(200)
        self.send_header('Content-Length', len(text))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        pass

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
context.load_cert_chain(certificate)
context.load_verify_locations(authority)
context.verify_mode = ssl.CERT_OPTIONAL
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Pages)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_port, flush=True)
server.serve_forever()
'''


def context(certificate=None):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS)
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(certificates.authority())
    if certificate:
        made.load_cert_chain(certificate)
    return made


class PeerCase(unittest.TestCase):

    # On Debian; what is missing is no reason to skip a test.
    packages = {'openssl': 'openssl', 'curl': 'curl', 'python3': 'python3'}

    def start(self, command):
        try:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except EnvironmentError as e:
            self.fail('%s: %s; on Debian: apt-get install %s' % (command[0], e, self.packages[command[0]]))
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


class Pages(BaseHTTPServer.BaseHTTPRequestHandler):
    """GET answers its path, the version spoken and the name in the client's certificate; POST the digest of what came."""

    protocol_version = 'HTTP/1.1'

    def setup(self):
        self.request.settimeout(LIMIT)
        self.request.do_handshake()
        BaseHTTPServer.BaseHTTPRequestHandler.setup(self)

    def do_GET(self):
        shown = self.connection.getpeercert()
        names = [value for part in (shown or {}).get('subject', ()) for name, value in part if name == 'commonName']
        self.answer('%s %s %s' % (self.path, self.connection.version(), ''.join(names)))

    def do_POST(self):
        self.answer(hashlib.sha256(self.rfile.read(int(self.headers['Content-Length']))).hexdigest())

    def answer(self, text):
        self.send_response(200)
        self.send_header('Content-Length', len(text))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


class Site(SocketServer.ThreadingMixIn, BaseHTTPServer.HTTPServer):
    """Serves Pages by ssl.wrap_socket() of its listening socket; each connection's thread shakes hands."""

    daemon_threads = True

    def __init__(self, **settings):
        BaseHTTPServer.HTTPServer.__init__(self, ('127.0.0.1', 0), Pages)
        self.faults = Queue.Queue()
        self.socket = ssl.wrap_socket(self.socket, certfile=certificates.pair(), server_side=True,
                                      ca_certs=certificates.authority(), do_handshake_on_connect=False, **settings)

    def handle_error(self, request, client_address):
        self.faults.put(sys.exc_info()[1])


class WebCase(PeerCase):

    def site(self, **settings):
        site = Site(**settings)
        thread = threading.Thread(target=site.serve_forever, args=(0.05,))
        thread.daemon = True
        thread.start()

        def end():
            site.shutdown()
            thread.join(LIMIT)
            site.server_close()

        self.addCleanup(end)
        return site


class CurlTest(WebCase):
    """curl asks our server, verifying who it is."""

    versions = ('1.2', ['--tls-max', '1.2']), ('1.3', ['--tlsv1.3'])

    def curl(self, port, *arguments, **settings):
        """curl's status, and what it printed."""
        name = settings.get('name', 'localhost')
        paths = settings.get('paths', ['/page'])
        process = self.start(['curl', '--silent', '--show-error', '--noproxy', '*', '--max-time', str(LIMIT)]
                             + list(arguments) + ['https://%s:%d%s' % (name, port, path) for path in paths])
        said = process.stdout.read()
        return process.wait(), said

    def test_pages_on_one_connection(self):
        site = self.site()
        for version, flags in self.versions:
            paths = ['/%d' % number for number in range(6)]
            said = self.curl(site.server_port, '--cacert', certificates.authority(), '--write-out',
                             ' %{num_connects} %{ssl_verify_result}\n', paths=paths, *flags)
            self.assertEqual((0, ''.join('%s TLSv%s  %d 0\n' % (path, version, path == '/0') for path in paths)), said)
        self.assertTrue(site.faults.empty())

    def test_a_large_upload(self):
        site = self.site()
        data = ''.join(chr(number % 251) for number in range(1000000))
        path = certificates.authority() + '.upload'
        with open(path, 'wb') as f:
            f.write(data)
        for version, flags in self.versions:
            said = self.curl(site.server_port, '--cacert', certificates.authority(), '--data-binary', '@' + path,
                             '--header', 'Expect:', *flags)
            self.assertEqual((0, hashlib.sha256(data).hexdigest()), said)

    def test_a_clients_certificate(self):
        site = self.site(cert_reqs=ssl.CERT_REQUIRED)
        for version, flags in self.versions:
            trusting = ['--cacert', certificates.authority()] + flags
            shown = certificates.pair('client', name='them')
            self.assertEqual((0, '/page TLSv%s them' % version), self.curl(site.server_port, '--cert', shown, *trusting))
            self.assertTrue(site.faults.empty())
            # CURLE_SSL_CONNECT_ERROR; in TLS 1.3 the client's handshake is done by then: CURLE_RECV_ERROR, or CURLE_SEND_ERROR
            # where the alert has come before the request went out.
            self.assertIn(self.curl(site.server_port, *trusting)[0], (55, 56) if version == '1.3' else (35,))
            self.assertEqual('PEER_DID_NOT_RETURN_A_CERTIFICATE', site.faults.get(timeout=LIMIT).reason)

    def test_who_does_not_trust_turns_away(self):
        site = self.site()
        for version, flags in self.versions:
            self.assertEqual(60, self.curl(site.server_port, *flags)[0])
            elsewhere = ['--cacert', certificates.authority(), '--resolve', 'elsewhere.test:%d:127.0.0.1' % site.server_port]
            self.assertEqual(60, self.curl(site.server_port, name='elsewhere.test', *(elsewhere + flags))[0])
            self.assertEqual((0, '/page TLSv%s ' % version),
                             self.curl(site.server_port, '--cacert', certificates.authority(), name='127.0.0.1', *flags))


class Python3WebTest(WebCase):

    versions = ('TLSv1_2', 'TLSv1.2'), ('TLSv1_3', 'TLSv1.3')

    def test_as_a_server(self):
        site = self.site(cert_reqs=ssl.CERT_OPTIONAL)
        for version, name in self.versions:
            for certificate in '', certificates.pair('client', name='them'):
                peer = self.start(['python3', '-c', WEB_CLIENT, version, certificate, certificates.authority(),
                                   str(site.server_port)])
                self.assertEqual(['200 /page %s %s' % (name, 'them' if certificate else '')] + ['200 True'] * 5
                                 + ['1 ' + name], peer.stdout.read().splitlines())
        self.assertTrue(site.faults.empty())

    def test_as_a_client(self):
        for version, name in self.versions:
            peer = self.start(['python3', '-c', WEB_SERVER, version, certificates.pair(), certificates.authority()])
            url = 'https://localhost:%d/page' % int(peer.stdout.readline())
            verifying = ssl.create_default_context(cafile=certificates.authority())
            self.ask(urllib2.build_opener(urllib2.HTTPSHandler(context=verifying)), url, name, '')
            verifying.load_cert_chain(certificates.pair('client', name='us'))
            self.ask(urllib2.build_opener(urllib2.HTTPSHandler(context=verifying)), url, name, 'us')
            with self.assertRaises(urllib2.URLError) as caught:
                urllib2.urlopen(url, timeout=LIMIT, context=ssl.create_default_context())
            self.assertEqual('CERTIFICATE_VERIFY_FAILED', caught.exception.reason.reason)

    def ask(self, opener, url, version, us):
        for number in range(6):
            data = 'x' * 200000 * number or None
            with closing(opener.open(url, data, LIMIT)) as answer:
                expected = '/page %s %s' % (version, us) if data is None else hashlib.sha256(data).hexdigest()
                self.assertEqual(expected, answer.read())


if __name__ == '__main__':
    unittest.main()
