"""Runs each Twisted example with the interpreter in $EURYALE (default: ./euryale); other people's clients talk to it.

    python3 -m unittest discover -s examples -p test_twisted.py
    EURYALE_LONG=yes python3 -m unittest discover -s examples -p test_twisted.py       (web pages in Chromium as well)

Twisted and autobahn are installed from PyPI once, to the cache of conformance/twisted/run. The clients are nc, telnet,
curl, dig and, for pages, Chromium by way of Playwright; certificates are made by openssl.
"""

import base64
import contextlib
import hashlib
import os
import re
import signal
import socket
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import unittest
import zlib

from test_examples import HERE, INTERPRETER, SECONDS

ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, 'conformance', 'driver'))
sys.path.append(os.path.join(ROOT, 'lib', 'tests'))
import packages  # noqa: E402 - of this project, not from a site
import certificates  # noqa: E402 - the same

CLIENTS = {'nc': 'netcat-openbsd', 'telnet': 'inetutils-telnet', 'curl': 'curl', 'dig': 'bind9-dnsutils',
           'openssl': 'openssl'}
CHROMIUM = '/usr/bin/chromium'


def setUpModule():
    missing = [package for name, package in CLIENTS.items() if shutil.which(name) is None]
    if missing:
        raise AssertionError('clients are missing; on Debian: apt-get install ' + ' '.join(missing))
    compiler = [os.path.join(ROOT, 'euryale')]
    requirements = [('conformance', 'twisted', 'requirements.txt'), ('examples', 'requirements.txt')]
    platform = subprocess.check_output([INTERPRETER, '-c', 'import sys; print(sys.platform)'], text=True)
    if not platform.startswith('java'):
        requirements.append(('examples', 'requirements-cpython.txt'))
    sites = [packages.folder(os.path.join(ROOT, *path), compiler) for path in requirements]
    Server.environment = {**os.environ, 'PYTHONPATH': os.pathsep.join(map(str, sites))}


class Server(unittest.TestCase):
    program = None      # the file, in subclasses
    arguments = ()
    lines = 1           # it prints, each with an address at its end
    environment = None  # that finds the packages

    def setUp(self):
        self.server = self.start(self.program, *self.arguments)
        self.ports = [self.port(self.server) for _ in range(self.lines)]

    def start(self, program, *arguments):
        server = subprocess.Popen([INTERPRETER, os.path.join(HERE, program), *arguments],
                                  stdout=subprocess.PIPE, text=True, env=self.environment,
                                  # A shell that starts the tests in the background leaves SIGINT ignored.
                                  preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(self.stop, server)
        return server

    def port(self, server):
        line = server.stdout.readline()
        self.assertRegex(line, r'^(listening|\w+) on 127\.0\.0\.1:\d+$')
        return int(line.rpartition(':')[2])

    def stop(self, server):
        if server.poll() is None:
            server.kill()
        server.wait()
        server.stdout.close()

    def run_client(self, *command, status=0, **options):
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, **options)
        self.assertEqual(done.returncode, status, (command, done.stdout, done.stderr))
        return done.stdout

    @contextlib.contextmanager
    def chromium(self, *flags):
        """A page of a browser of its own."""
        try:
            from playwright.sync_api import sync_playwright
        except ImportError:
            self.fail('Playwright is missing: python3 -m pip install playwright')
        self.assertTrue(os.path.exists(CHROMIUM), 'on Debian: apt-get install chromium')
        with sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=CHROMIUM,
                args=['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
                      '--disable-background-networking', '--disable-component-update', '--disable-sync', *flags])
            try:
                yield browser.new_page()
            finally:
                browser.close()


# Of a test that is one of the long ones.
with_chromium = unittest.skipUnless(os.environ.get('EURYALE_LONG'), 'needs Chromium and Playwright: ./euryale test --all')


class Client:
    """A program that talks, line by line; its output is read as it comes."""

    def __init__(self, test, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.heard = b''
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        test.addCleanup(self.end)

    def read(self):
        for piece in iter(lambda: os.read(self.process.stdout.fileno(), 65536), b''):
            with self.news:
                self.heard += piece
                self.news.notify()

    def say(self, text):
        self.process.stdin.write(text.encode() + b'\n')
        self.process.stdin.flush()

    def hears(self, text):
        with self.news:
            if not self.news.wait_for(lambda: text.encode() in self.heard, SECONDS):
                raise AssertionError('%r is not in %r' % (text, self.heard))

    def end(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdin.close()
        self.process.stdout.close()


class ChatTest(Server):
    program = 'twisted_chat.py'
    arguments = ('--tcp', '0', '--telnet', '0', '--http', '0')
    lines = 3

    def guest(self, name, *command):
        client = Client(self, *command)
        client.hears('your name?')
        client.say(name)
        return client

    def test_a_line_reaches_the_guests_of_every_kind(self):
        tcp, telnet, _ = map(str, self.ports)
        ann = self.guest('ann', 'nc', '127.0.0.1', tcp)
        bob = self.guest('bob', 'telnet', '127.0.0.1', telnet)
        ann.hears('bob is here')
        ann.say('grüß dich')
        bob.hears('ann: grüß dich')
        bob.say('and you')
        ann.hears('bob: and you')
        bob.end()
        ann.hears('bob has left')

    @with_chromium
    def test_the_page_takes_part(self):
        tcp, _, http = map(str, self.ports)
        ann = self.guest('ann', 'nc', '127.0.0.1', tcp)
        with self.chromium() as page:
            page.goto('http://127.0.0.1:%s/' % http)
            page.get_by_text('your name?').wait_for()
            page.get_by_label('Your line').fill('cleo')
            page.get_by_role('button', name='Say').click()
            ann.hears('cleo is here')
            ann.say('hello, page')
            page.get_by_text('ann: hello, page').wait_for()
            page.get_by_label('Your line').fill('<b>hi</b>')
            page.get_by_role('button', name='Say').click()
            ann.hears('cleo: <b>hi</b>')
        ann.hears('cleo has left')

    def test_ends_on_ctrl_c(self):
        self.guest('ann', 'nc', '127.0.0.1', str(self.ports[0]))    # from here on the reactor runs
        self.server.send_signal(signal.SIGINT)
        self.assertEqual(self.server.wait(SECONDS), 0)


class FilesTest(Server):
    program = 'twisted_files.py'
    arguments = ('--port', '0', HERE)

    def curl(self, path, *options):
        return self.run_client('curl', '-sS', *options, 'http://127.0.0.1:%d%s' % (self.ports[0], path))

    def test_a_file_a_range_and_a_listing(self):
        with open(__file__, 'rb') as this:
            text = this.read()
        self.assertEqual(self.curl('/test_twisted.py'), text)
        self.assertEqual(self.curl('/test_twisted.py', '-r', '10-29'), text[10:30])
        self.assertIn(b'twisted_files.py', self.curl('/'))
        self.assertEqual(self.curl('/none', '-o', os.devnull, '-w', '%{http_code}'), b'404')

    def test_one_connection_serves_several(self):
        url = 'http://127.0.0.1:%d/twisted_files.py' % self.ports[0]
        done = self.run_client('curl', '-sS', '-w', '%{num_connects}\n', '-o', os.devnull, url, '-o', os.devnull, url)
        self.assertEqual(done.split(), [b'1', b'0'])

    def test_what_lies_outside_is_not_served(self):
        self.assertEqual(
            self.curl('/../README.md', '--path-as-is', '-o', os.devnull, '-w', '%{http_code}'), b'404')


PAGE = """<!DOCTYPE html>
<title>several</title>
<link rel="stylesheet" href="style.css">
<script src="script.js" defer></script>
%s
<p id="told">nothing</p>
"""
SCRIPT = """
fetch('data.bin').then(answer => answer.arrayBuffer()).then(data => crypto.subtle.digest('SHA-256', data)).then(digest => {
    document.getElementById('told').textContent =
        Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('');
});
"""


def picture(width):
    """A black PNG, one pixel high."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, 1, 8, 0, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(bytes(1 + width))) + chunk(b'IEND', b''))


class FilesOverTlsTest(Server):
    program = 'twisted_files.py'
    pictures = 12

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.data = os.urandom(1500000)
        files = {'index.html': (PAGE % '\n'.join('<img src="%d.png">' % number for number in range(self.pictures))).encode(),
                 'style.css': b'p { color: rgb(1, 2, 3) }', 'script.js': SCRIPT.encode(), 'data.bin': self.data}
        files.update(('%d.png' % number, picture(number + 1)) for number in range(self.pictures))
        for name, text in files.items():
            with open(os.path.join(directory.name, name), 'wb') as file:
                file.write(text)
        self.certificate = certificates.pair()
        self.arguments = ('--port', '0', '--certificate', self.certificate, directory.name)
        super().setUp()
        self.url = 'https://localhost:%d/' % self.ports[0]

    def curl(self, *arguments, **options):
        trusting = '--cacert', certificates.authority(), '--noproxy', '*'
        return self.run_client('curl', '-sS', *trusting, *arguments, **options)

    def test_a_file_and_a_range_by_each_version(self):
        for flags in ('--tls-max', '1.2'), ('--tlsv1.3',):
            self.assertEqual(self.curl(self.url + 'data.bin', *flags), self.data)
            self.assertEqual(self.curl(self.url + 'data.bin', '-r', '100-70000', *flags), self.data[100:70001])

    def test_one_connection_serves_several(self):
        done = self.curl('-w', '%{num_connects} %{ssl_verify_result}\n', '-o', os.devnull, self.url, '-o', os.devnull,
                         self.url + 'style.css')
        self.assertEqual(done.splitlines(), [b'1 0', b'0 0'])

    def test_whom_nobody_trusts(self):
        self.run_client('curl', '-sS', '--noproxy', '*', self.url, status=60)
        self.curl('--resolve', 'elsewhere.test:%d:127.0.0.1' % self.ports[0],
                  'https://elsewhere.test:%d/' % self.ports[0], status=60)

    @with_chromium
    def test_a_page_with_what_belongs_to_it(self):
        # Chromium asks no authority about a certificate with this key, and takes no other.
        public = self.run_client('openssl', 'x509', '-in', self.certificate, '-pubkey', '-noout')
        der = self.run_client('openssl', 'pkey', '-pubin', '-outform', 'der', input=public)
        spki = base64.b64encode(hashlib.sha256(der).digest()).decode()
        answers = []
        with self.chromium('--ignore-certificate-errors-spki-list=' + spki) as page:
            page.on('response', lambda answer: answers.append(answer))
            for _ in range(2):
                page.goto(self.url)
                page.get_by_text(hashlib.sha256(self.data).hexdigest()).wait_for()
                page.wait_for_load_state('load')
                self.assertEqual(page.evaluate('Array.from(document.images, image => image.naturalWidth)'),
                                 list(range(1, self.pictures + 1)))
                self.assertEqual(page.evaluate("getComputedStyle(document.getElementById('told')).color"), 'rgb(1, 2, 3)')
            asked = {answer.url[len(self.url):] for answer in answers}
            self.assertEqual({'', 'style.css', 'script.js', 'data.bin'} | {'%d.png' % n for n in range(self.pictures)},
                             asked - {'favicon.ico'})
            self.assertEqual({'TLS 1.3'}, {answer.security_details()['protocol'] for answer in answers})
        with self.chromium() as page:
            with self.assertRaisesRegex(Exception, 'ERR_CERT_AUTHORITY_INVALID'):
                page.goto(self.url)


class ProxyTest(Server):
    program = 'twisted_files.py'
    arguments = ('--port', '0', HERE)

    def setUp(self):
        super().setUp()
        self.proxy = self.port(self.start('twisted_proxy.py', '127.0.0.1', str(self.ports[0]), '--port', '0'))

    def test_a_file_comes_through(self):
        with open(__file__, 'rb') as this:
            text = this.read()
        self.assertEqual(self.run_client('curl', '-sS', 'http://127.0.0.1:%d/test_twisted.py' % self.proxy), text)


class ProxyBackpressureTest(Server):
    """The target is ours, so that it can be one that does not read."""

    program = 'twisted_proxy.py'

    def setUp(self):
        self.target = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(self.target.close)
        self.arguments = ('127.0.0.1', str(self.target.getsockname()[1]), '--port', '0')
        super().setUp()

    def pair(self):
        client = socket.create_connection(('127.0.0.1', self.ports[0]), SECONDS)
        self.addCleanup(client.close)
        server = self.target.accept()[0]
        self.addCleanup(server.close)
        server.settimeout(SECONDS)
        return client, server

    def test_who_does_not_read_holds_the_sender_back(self):
        client, server = self.pair()
        client.settimeout(2)
        piece, sent = b'x' * 65536, 0
        with self.assertRaises(socket.timeout):
            while sent < 300e6:
                sent += client.send(piece)
        server.shutdown(socket.SHUT_WR)
        client.shutdown(socket.SHUT_WR)
        received = sum(map(len, iter(lambda: server.recv(1 << 20), b'')))
        self.assertEqual(received, sent)

    def test_an_end_of_file_is_passed_on_and_the_other_way_stays_open(self):
        client, server = self.pair()
        server.sendall(b'last words')
        server.shutdown(socket.SHUT_WR)
        self.assertEqual(client.recv(100, socket.MSG_WAITALL), b'last words')
        client.sendall(b'more')
        client.close()
        self.assertEqual(server.recv(100, socket.MSG_WAITALL), b'more')

    def test_a_refusal_is_a_reset(self):
        self.target.close()
        client = socket.create_connection(('127.0.0.1', self.ports[0]), SECONDS)
        self.addCleanup(client.close)
        with self.assertRaises(ConnectionResetError):
            client.recv(1)


class MailTest(Server):
    program = 'twisted_smtp.py'

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.arguments = ('--port', '0', '--directory', self.directory.name)
        super().setUp()

    def test_a_letter_is_kept(self):
        letter = b'From: a@example\r\nSubject: lines\r\n\r\nfirst\r\n.second\r\n'
        self.run_client('curl', '-sS', 'smtp://127.0.0.1:%d' % self.ports[0], '--mail-from', 'a@example',
                        '--mail-rcpt', 'b@example', '-T', '-', input=letter)
        self.assertRegex(self.server.stdout.readline(), r'^1: to b@example, \d+ bytes$')
        with open(os.path.join(self.directory.name, '1.eml'), 'rb') as kept:
            text = kept.read()
        self.assertTrue(text.startswith(b'Received: from '), text)
        self.assertTrue(text.endswith(letter.replace(b'\r\n', b'\n')), text)


class DnsTest(Server):
    program = 'twisted_dns.py'
    arguments = ('--port', '0')

    def dig(self, *question):
        return self.run_client('dig', '@127.0.0.1', '-p', str(self.ports[0]), '+tries=1', *question).decode()

    def test_over_udp(self):
        self.assertEqual(self.dig('+short', 'www.example', 'A'), '192.0.2.1\n')
        self.assertEqual(self.dig('+short', 'www.example', 'AAAA'), '2001:db8::1\n')
        self.assertEqual(self.dig('+short', 'example', 'MX'), '10 mail.example.\n')

    def test_over_tcp(self):
        self.assertEqual(self.dig('+short', '+tcp', 'example', 'TXT'), '"a zone of its own"\n')

    def test_what_it_does_not_know(self):
        self.assertIsNotNone(re.search(r'status: NXDOMAIN', self.dig('none.example', 'A')))


if __name__ == '__main__':
    unittest.main()
