"""requests and urllib3 against CPython 3's ssl, verification on: its arguments are whom to trust, a client's
certificate with its key, a server's, and the loopback port.

They go by ssl, and by OpenSSL where urllib3.contrib.pyopenssl is injected.
"""

import errno
import json
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

import requests
import urllib3

try:
    from OpenSSL import SSL, crypto
    from urllib3.contrib import pyopenssl
except ImportError:
    if sys.platform.startswith('java'):
        raise
    pyopenssl = None

PORT = int(sys.argv.pop())
SERVER = sys.argv.pop()
CLIENT = sys.argv.pop()
AUTHORITY = sys.argv.pop()
URL = 'https://localhost:%d/' % PORT


class Case(unittest.TestCase):

    def session(self, verify=AUTHORITY):
        session = requests.Session()
        session.trust_env = False
        session.verify = verify
        self.addCleanup(session.close)
        return session

    def pool(self, **settings):
        settings = dict({'cert_reqs': 'CERT_REQUIRED', 'ca_certs': AUTHORITY, 'retries': False, 'timeout': 30}, **settings)
        pool = urllib3.PoolManager(**settings)
        self.addCleanup(pool.clear)
        return pool

    def each_version(self):
        for version in 'TLSv1.2', 'TLSv1.3':
            context = urllib3.util.ssl_.create_urllib3_context()
            # OpenSSL speaks nothing above a version that is left out.
            context.options |= ssl.OP_NO_TLSv1 | ssl.OP_NO_TLSv1_1
            context.options |= ssl.OP_NO_TLSv1_3 if version == 'TLSv1.2' else ssl.OP_NO_TLSv1_2
            self.assertEqual(version + ' nobody', self.pool(ssl_context=context).request('GET', URL).data)

    def server(self, talk):
        """The URL of a server that talks with one client, on a plain socket that is closed then."""
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind(('127.0.0.1', 0))
        listener.listen(1)
        listener.settimeout(30)

        def serve():
            peer = listener.accept()[0]
            peer.settimeout(30)
            try:
                talk(peer)
            finally:
                peer.close()

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        return 'https://localhost:%d/' % listener.getsockname()[1]


class RequestsTest(Case):

    # What the error says of a certificate that is not trusted.
    untrusted = 'CERTIFICATE_VERIFY_FAILED'

    def test_pages_on_one_connection(self):
        session = self.session()
        for _ in range(20):
            answer = session.get(URL, timeout=30)
            self.assertEqual((200, 'TLSv1.3 nobody'), (answer.status_code, answer.text))
        pool, = session.get_adapter(URL).poolmanager.pools._container.values()
        self.assertEqual(1, pool.num_connections)

    def test_a_certificate_of_ours(self):
        answer = self.session().get(URL, cert=CLIENT, timeout=30)
        self.assertEqual("TLSv1.3 ['us']", answer.text)

    def test_an_address(self):
        self.assertEqual('TLSv1.3 nobody', self.session().get(URL.replace('localhost', '127.0.0.1'), timeout=30).text)

    def test_much(self):
        session = self.session()
        self.assertEqual('3000000', session.post(URL, data='x' * 3000000, timeout=60).text)
        self.assertTrue(session.get(URL + 'large', timeout=60).content == 'x' * 5000000)
        with session.get(URL + 'large', stream=True, timeout=60) as answer:
            self.assertEqual(5000000, sum(len(part) for part in answer.iter_content(8192)))

    def test_a_page_until_the_end(self):
        session = self.session()
        for _ in range(3):
            self.assertTrue(session.get(URL + 'end', timeout=30).content == 'x' * 100000)

    def test_who_is_not_trusted(self):
        with self.assertRaises(requests.exceptions.SSLError) as caught:
            self.session(verify=True).get(URL, timeout=30)
        self.assertIn(self.untrusted, str(caught.exception))

    def test_threads(self):
        session, answers = self.session(), []

        def ask():
            for _ in range(5):
                answers.append(session.get(URL, timeout=60).text)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(['TLSv1.3 nobody'] * 40, answers)


class Urllib3Test(Case):

    def test_it_is_ssl(self):
        self.assertFalse(urllib3.util.IS_PYOPENSSL)
        self.assertTrue(urllib3.util.HAS_SNI)

    def test_the_end_says_nothing(self):
        program = 'import urllib3; pool = urllib3.PoolManager().connection_from_host("localhost"); print(pool.host)'
        said = subprocess.check_output([sys.executable, '-c', program], stderr=subprocess.STDOUT)
        self.assertEqual('localhost', said.strip())

    def test_versions(self):
        self.each_version()

    def test_another_name(self):
        pool = self.pool(assert_hostname='elsewhere.example.com')
        with self.assertRaises(urllib3.exceptions.SSLError) as caught:
            pool.request('GET', URL)
        self.assertIn("doesn't match", str(caught.exception))

    def test_a_fingerprint(self):
        wrong = self.pool(assert_fingerprint='00' * 32)
        self.assertRaises(urllib3.exceptions.SSLError, wrong.request, 'GET', URL)

    def test_a_peer_that_speaks_no_tls(self):
        def answer(peer):
            peer.recv(1000)
            peer.sendall('HTTP/1.0 400 Bad Request\r\n\r\n')

        with self.assertRaises(urllib3.exceptions.SSLError) as caught:
            self.pool().request('GET', self.server(answer))
        self.assertIn('WRONG_VERSION_NUMBER', str(caught.exception))


@unittest.skipUnless(pyopenssl, 'this Python has no pyOpenSSL with cryptography')
class PyOpenSslTest(RequestsTest):

    untrusted = 'certificate verify failed'

    @classmethod
    def setUpClass(cls):
        pyopenssl.inject_into_urllib3()

    @classmethod
    def tearDownClass(cls):
        pyopenssl.extract_from_urllib3()

    def test_it_is_openssl(self):
        self.assertTrue(urllib3.util.IS_PYOPENSSL)
        pool = self.pool().connection_from_url(URL)
        pool.request('GET', '/')
        connection = pool.pool.get()
        self.assertIsInstance(connection.sock.connection, SSL.Connection)
        connection.close()

    def test_cryptography_is_for_urllib3_alone(self):
        if sys.platform.startswith('java'):
            self.assertRaises(ImportError, __import__, 'cryptography')
            self.assertFalse([name for name in sys.modules if name.startswith('cryptography') and sys.modules[name]])
            self.assertFalse(hasattr(pyopenssl, 'x509'))

    def test_what_requests_says_is_installed(self):
        imported = 'import json, requests.help; print(json.dumps(requests.help.info()))'
        for arguments in ['-m', 'requests.help'], ['-c', imported]:
            said = json.loads(subprocess.check_output([sys.executable] + arguments))
            self.assertEqual('1.26.20', said['urllib3']['version'])
            if sys.platform.startswith('java'):
                self.assertEqual(arguments[0] == '-c', said['using_pyopenssl'])
                self.assertEqual('', said['cryptography']['version'])

    def test_versions(self):
        self.each_version()

    def test_another_name(self):
        with self.assertRaises(urllib3.exceptions.SSLError) as caught:
            self.pool(assert_hostname='elsewhere.example.com').request('GET', URL)
        self.assertIn("doesn't match", str(caught.exception))
        self.assertEqual(200, self.pool(assert_hostname='www.example.org').request('GET', URL).status)

    def test_a_fingerprint(self):
        wrong = self.pool(assert_fingerprint='00' * 32)
        self.assertRaises(urllib3.exceptions.SSLError, wrong.request, 'GET', URL)

    def test_a_key_with_a_password(self):
        with open(CLIENT) as f:
            key = crypto.load_privatekey(crypto.FILETYPE_PEM, f.read())
        with tempfile.NamedTemporaryFile() as encrypted:
            encrypted.write(crypto.dump_privatekey(crypto.FILETYPE_PEM, key, 'aes256', 'open'))
            encrypted.flush()
            mutual = {'cert_file': CLIENT, 'key_file': encrypted.name}
            answer = self.pool(key_password='open', **mutual).request('GET', URL)
            self.assertEqual("TLSv1.3 ['us']", answer.data)
            self.assertRaises(urllib3.exceptions.SSLError, self.pool(**mutual).request, 'GET', URL)

    def test_a_peer_that_speaks_no_tls(self):
        def answer(peer):
            peer.recv(1000)
            peer.sendall('HTTP/1.0 400 Bad Request\r\n\r\n')

        with self.assertRaises(urllib3.exceptions.SSLError) as caught:
            self.pool().request('GET', self.server(answer))
        self.assertIn('wrong version number', str(caught.exception))

    def test_a_peer_that_says_nothing(self):
        # It reads until the client hangs up, which it does when the time is over.
        url = self.server(lambda peer: [None for _ in iter(lambda: peer.recv(1000), '')])
        self.assertRaises(urllib3.exceptions.ReadTimeoutError, self.pool(timeout=0.3).request, 'GET', url)

    def test_a_peer_that_does_not_answer(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS)
        context.load_cert_chain(SERVER)

        def serve(peer):
            wrapped = context.wrap_socket(peer, server_side=True)
            try:
                while wrapped.recv(1000):
                    pass
            except socket.error as e:
                if e.errno != errno.ECONNRESET:
                    raise
            wrapped.close()

        self.assertRaises(urllib3.exceptions.ReadTimeoutError, self.pool(timeout=0.5).request, 'GET', self.server(serve))

    def test_the_names_of_a_certificate(self):
        certificate = crypto.X509()
        self.assertEqual([], pyopenssl.get_subj_alt_name(self.signed(certificate)))
        certificate.add_extensions([crypto.X509Extension(
            'subjectAltName', False,
            'IP:::1, DNS:a.example, email:a@example, IP:192.0.2.1, DNS:*.b.example, URI:http://c/')])
        names = [('DNS', 'a.example'), ('DNS', '*.b.example'), ('IP Address', '::1'), ('IP Address', '192.0.2.1')]
        self.assertEqual(names, pyopenssl.get_subj_alt_name(self.signed(certificate)))

    @staticmethod
    def signed(certificate):
        key = crypto.PKey()
        key.generate_key(crypto.TYPE_RSA, 2048)
        certificate.set_version(2)
        certificate.set_serial_number(1)
        certificate.get_subject().CN = 'localhost'
        certificate.set_issuer(certificate.get_subject())
        certificate.gmtime_adj_notBefore(0)
        certificate.gmtime_adj_notAfter(3600)
        certificate.set_pubkey(key)
        certificate.sign(key, 'sha256')
        return certificate


if __name__ == '__main__':
    unittest.main()
