"""requests and urllib3 against CPython 3's ssl, verification on: whom to trust, a certificate with its key, the loopback port."""

import socket
import ssl
import subprocess
import sys
import threading
import unittest

import requests
import urllib3

PORT = int(sys.argv.pop())
CLIENT = sys.argv.pop()
AUTHORITY = sys.argv.pop()
URL = 'https://localhost:%d/' % PORT


class RequestsTest(unittest.TestCase):

    def session(self, verify=AUTHORITY):
        session = requests.Session()
        session.trust_env = False
        session.verify = verify
        self.addCleanup(session.close)
        return session

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

    def test_who_is_not_trusted(self):
        with self.assertRaises(requests.exceptions.SSLError) as caught:
            self.session(verify=True).get(URL, timeout=30)
        self.assertIn('CERTIFICATE_VERIFY_FAILED', str(caught.exception))

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


class Urllib3Test(unittest.TestCase):

    def pool(self, **settings):
        pool = urllib3.PoolManager(cert_reqs='CERT_REQUIRED', ca_certs=AUTHORITY, retries=False, timeout=30, **settings)
        self.addCleanup(pool.clear)
        return pool

    def test_it_is_ssl(self):
        self.assertFalse(urllib3.util.IS_PYOPENSSL)
        self.assertTrue(urllib3.util.HAS_SNI)

    def test_the_end_says_nothing(self):
        program = 'import urllib3; pool = urllib3.PoolManager().connection_from_host("localhost"); print(pool.host)'
        said = subprocess.check_output([sys.executable, '-c', program], stderr=subprocess.STDOUT)
        self.assertEqual('localhost', said.strip())

    def test_versions(self):
        for version in 'TLSv1.2', 'TLSv1.3':
            context = urllib3.util.ssl_.create_urllib3_context()
            # OpenSSL speaks nothing above a version that is left out.
            context.options |= ssl.OP_NO_TLSv1 | ssl.OP_NO_TLSv1_1
            context.options |= ssl.OP_NO_TLSv1_3 if version == 'TLSv1.2' else ssl.OP_NO_TLSv1_2
            self.assertEqual(version + ' nobody', self.pool(ssl_context=context).request('GET', URL).data)

    def test_another_name(self):
        pool = self.pool(assert_hostname='elsewhere.example.com')
        with self.assertRaises(urllib3.exceptions.SSLError) as caught:
            pool.request('GET', URL)
        self.assertIn("doesn't match", str(caught.exception))

    def test_a_fingerprint(self):
        wrong = self.pool(assert_fingerprint='00' * 32)
        self.assertRaises(urllib3.exceptions.SSLError, wrong.request, 'GET', URL)

    def test_a_peer_that_speaks_no_tls(self):
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind(('127.0.0.1', 0))
        listener.listen(1)

        def answer():
            peer = listener.accept()[0]
            peer.recv(1000)
            peer.sendall('HTTP/1.0 400 Bad Request\r\n\r\n')
            peer.close()

        thread = threading.Thread(target=answer)
        thread.start()
        self.addCleanup(thread.join)
        with self.assertRaises(urllib3.exceptions.SSLError) as caught:
            self.pool().request('GET', 'https://localhost:%d/' % listener.getsockname()[1])
        self.assertIn('WRONG_VERSION_NUMBER', str(caught.exception))


if __name__ == '__main__':
    unittest.main()
