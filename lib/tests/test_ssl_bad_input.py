"""Peers that break off, stop or lie in a handshake: the program gets CPython's exception, and nothing is left behind.

    ./euryale -m unittest discover -s lib/tests -p test_ssl_bad_input.py
    python2.7 -m unittest discover -s lib/tests -p test_ssl_bad_input.py

The same expectations hold there, but for an OpenSSL 3: it tells an end without close_notify otherwise.
"""

import errno
import os
import select
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import traceback
import unittest
from contextlib import closing

from breaks import hang_up, places, reset
import certificates
from test_ssl import Case, client_context, server_context
from test_ssl_fuzz import End

VERSIONS = ssl.PROTOCOL_TLSv1_2, ssl.PROTOCOL_TLS
SIDES = 'client', 'server'
# What an end without close_notify is.
EOF = ssl.SSLEOFError if ssl.OPENSSL_VERSION_INFO < (3,) else ssl.SSLError
LIMIT = 20


def contexts(version):
    """(client, server)"""
    client, server = ssl.SSLContext(version), ssl.SSLContext(version)
    client.load_verify_locations(certificates.authority())
    client.verify_mode = ssl.CERT_REQUIRED
    server.load_cert_chain(certificates.pair())
    return client, server


def descriptors():
    return len(os.listdir('/proc/self/fd'))


def leased(context):
    """How many buffers connections of a context hold."""
    if not sys.platform.startswith('java'):
        return 0
    from java.lang import Class
    field = Class.getDeclaredField(Class.forName('org.euryale.jython.PySslContext'), 'tls')
    field.setAccessible(True)
    return field.get(context).pool().leased()


class Wire(object):
    """A client and a server that shake hands and say hello, and between them two TCP connections, which the test breaks."""

    def __init__(self, contexts):
        (near, near_wire), (far, far_wire) = self.connected(), self.connected()
        self.ends = [End(contexts[0].wrap_socket(near, do_handshake_on_connect=False)),
                     End(contexts[1].wrap_socket(far, server_side=True, do_handshake_on_connect=False))]
        self.wire = [near_wire, far_wire]
        # What each end has sent and the other was given.
        self.passed = ['', '']

    @staticmethod
    def connected():
        with closing(socket.socket()) as listener:
            listener.bind(('127.0.0.1', 0))
            listener.listen(1)
            one = socket.create_connection(listener.getsockname())
            other = listener.accept()[0]
        for each in one, other:
            each.setblocking(False)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return one, other

    def carry(self, side=0, limit=1 << 20, breaks=None):
        """Until both ends are over. Of what `side` sends `limit` bytes are passed on, then the connections are broken."""
        broken = False
        for _ in range(2000):
            moved = any([end.turn() for end in self.ends])
            for source in 0, 1:
                moved = not broken and self.passes(source, limit if source == side else 1 << 20) or moved
            if breaks and not broken and len(self.passed[side]) >= limit:
                broken = moved = True
                for each in self.wire:
                    breaks(each)
            if all(end.over for end in self.ends):
                return broken
            if not moved:
                watched = [end.sock for end in self.ends if not end.over] + ([] if broken else self.wire)
                select.select(watched, [], [], 0.05)
        raise AssertionError('it goes on for ever')

    def passes(self, source, limit):
        try:
            data = self.wire[source].recv(limit - len(self.passed[source]))
        except socket.error as e:
            if e.errno != errno.EAGAIN:
                raise
            return False
        self.passed[source] += data
        self.wire[1 - source].sendall(data)
        return bool(data)

    def close(self):
        for each in self.wire + [end.sock for end in self.ends]:
            each.close()


class BrokenTest(unittest.TestCase):
    """A connection that breaks off behind each record, in it and in its header, whoever has sent it."""

    def each_place(self, breaks, check):
        for version in VERSIONS:
            made = contexts(version)
            whole = Wire(made)
            whole.carry()
            self.assertEqual(['hello', 'hello'], [end.got for end in whole.ends])
            whole.close()
            before = descriptors()
            for side in 0, 1:
                for place in places(whole.passed[side]):
                    wire = Wire(made)
                    try:
                        self.assertTrue(wire.carry(side, place, breaks))
                        for end in wire.ends:
                            check(end, 'version %s, %d bytes of the %s' % (version, place, SIDES[side]))
                    finally:
                        wire.close()
            self.assertEqual(before, descriptors())
            self.assertEqual([0, 0], [leased(each) for each in made])

    def test_hung_up(self):
        def check(end, where):
            if end.does == end.shake:
                self.assertIsInstance(end.over, EOF, where)
            elif end.over != 'end':
                self.assertTrue(ssl.OPENSSL_VERSION_INFO >= (3,) and isinstance(end.over, EOF), where)

        self.each_place(hang_up, check)

    def test_reset(self):
        def check(end, where):
            if end.over != 'end' or end.got != 'hello':
                self.assertIs(socket.error, type(end.over), where)
                self.assertIn(end.over.errno, (errno.ECONNRESET, errno.EPIPE), where)

        self.each_place(reset, check)


class SilentTest(Case):
    """A peer that says nothing, or no more."""

    def test_a_handshake_has_its_time(self):
        hello = struct.pack('>BHH', 22, 0x301, 200) + '\1\0\0\xc4\3\3'
        for side in SIDES:
            for said in '', hello[:3], hello:
                client, server = self.plain()
                victim, peer = (client, server) if side == 'client' else (server, client)
                peer.sendall(said)
                victim.settimeout(0.1)
                made = server_context() if side == 'server' else client_context()
                error = self.raises(ssl.SSLError, made.wrap_socket, victim, server_side=side == 'server')
                self.assertIn('The handshake operation timed out', str(error))


class RecordTest(Case):
    """Records that nobody who speaks TLS sends."""

    def test_alerts(self):
        for number, reason in (
                (10, 'SSLV3_ALERT_UNEXPECTED_MESSAGE'), (20, 'SSLV3_ALERT_BAD_RECORD_MAC'),
                (22, 'TLSV1_ALERT_RECORD_OVERFLOW'), (40, 'SSLV3_ALERT_HANDSHAKE_FAILURE'),
                (42, 'SSLV3_ALERT_BAD_CERTIFICATE'), (43, 'SSLV3_ALERT_UNSUPPORTED_CERTIFICATE'),
                (44, 'SSLV3_ALERT_CERTIFICATE_REVOKED'), (45, 'SSLV3_ALERT_CERTIFICATE_EXPIRED'),
                (46, 'SSLV3_ALERT_CERTIFICATE_UNKNOWN'), (47, 'SSLV3_ALERT_ILLEGAL_PARAMETER'),
                (48, 'TLSV1_ALERT_UNKNOWN_CA'), (49, 'TLSV1_ALERT_ACCESS_DENIED'), (50, 'TLSV1_ALERT_DECODE_ERROR'),
                (51, 'TLSV1_ALERT_DECRYPT_ERROR'), (70, 'TLSV1_ALERT_PROTOCOL_VERSION'),
                (71, 'TLSV1_ALERT_INSUFFICIENT_SECURITY'), (80, 'TLSV1_ALERT_INTERNAL_ERROR'),
                (112, 'TLSV1_UNRECOGNIZED_NAME')):
            error = self.refused('client', struct.pack('>BHHBB', 21, 0x303, 2, 2, number))
            self.assertEqual(('SSL', reason), (error.library, error.reason))

    def test_what_is_no_alert(self):
        for data in ('\2', '\2\x28\0', '', '\2\xc8', '\x09\x28', '\1\x5a' * 100):
            for side in SIDES:
                self.refused(side, struct.pack('>BHH', 21, 0x303, len(data)) + data)
        for side in SIDES:
            self.refused(side, struct.pack('>BHHBB', 21, 0x303, 2, 1, 90) * 200)

    def test_kinds_of_records(self):
        for kind in 0, 20, 23, 24, 99, 128, 255:
            for side in SIDES:
                for data in '', '\1', 'x' * 16384:
                    self.refused(side, struct.pack('>BHH', kind, 0x303, len(data)) + data)

    def test_a_message_that_is_too_long(self):
        # 16 MB, of which as much comes as there are records: nobody is to wait for all of it.
        for side, kind in ('server', 1), ('client', 2):
            client, server = self.plain()
            victim, peer = (client, server) if side == 'client' else (server, client)
            victim.settimeout(LIMIT)
            record = struct.pack('>BHH', 22, 0x303, 16000)
            peer.sendall(record + struct.pack('>I', kind << 24 | 0xffffff) + 'x' * 15996)
            peer.sendall((record + 'x' * 16000) * 10)
            made = server_context() if side == 'server' else client_context()
            error = self.raises(ssl.SSLError, made.wrap_socket, victim, server_side=side == 'server')
            self.assertNotIn('timed out', str(error))

    def test_a_record_that_is_too_long_behind_the_handshake(self):
        for version in VERSIONS:
            client, server = self.pair(*contexts(version))
            server._sock.sendall(struct.pack('>BHH', 23, 0x303, 0x6000))
            error = self.raises(ssl.SSLError, client.recv, 10)
            self.assertIn(error.reason, ('ENCRYPTED_LENGTH_TOO_LONG', 'PACKET_LENGTH_TOO_LONG'))


class CertificateTest(Case):

    def bad(self, purpose):
        """What is wrong, and the file of a certificate with that."""
        yield 'expired', certificates.pair(purpose, days=-1)
        yield 'of another authority', certificates.pair(purpose, signed_by='another')
        yield 'self-signed', certificates.self_signed()

    def test_a_servers(self):
        for what, certificate in list(self.bad('server')) + [('a client\'s', certificates.pair('client'))]:
            for version in VERSIONS:
                client, server = ssl.SSLContext(version), ssl.SSLContext(version)
                client.load_verify_locations(certificates.authority())
                client.verify_mode = ssl.CERT_REQUIRED
                server.load_cert_chain(certificate)
                mine, theirs = self.failure(client, server)
                self.assertEqual(('SSL', 'CERTIFICATE_VERIFY_FAILED'), (mine.library, mine.reason), what)
                self.assertIs(ssl.SSLError, type(theirs), what)
                self.assertIn('ALERT', theirs.reason, what)
                self.assertEqual([0, 0], [leased(each) for each in (client, server)])

    def test_a_clients(self):
        for what, certificate in self.bad('client'):
            for version in VERSIONS:
                client, server = contexts(version)
                client.load_cert_chain(certificate)
                server.load_verify_locations(certificates.authority())
                server.verify_mode = ssl.CERT_REQUIRED
                mine, theirs = self.failure(client, server)
                self.assertEqual(('SSL', 'CERTIFICATE_VERIFY_FAILED'), (theirs.library, theirs.reason), what)
                self.assertIsInstance(mine, socket.error, what)

    def test_names(self):
        for version in VERSIONS:
            for name in 'example.org', 'www.example.org.elsewhere.test', '127.0.0.2', 'a.b.example.org':
                client, server = contexts(version)
                client.check_hostname = True
                mine, theirs = self.failure(client, server, server_hostname=name)
                self.assertIs(ssl.CertificateError, type(mine), name)
                self.assertIn("hostname '%s' doesn't match" % name, str(mine))


class SecretTest(unittest.TestCase):
    """Keys and passwords are told to nobody."""

    PASSWORD = 'quite-secret-words'

    def secrets(self):
        """Pieces of the password, and of the key in base64 and as it is."""
        with open(certificates.pair()) as f:
            lines = f.read().splitlines()
        key = lines[lines.index('-----BEGIN PRIVATE KEY-----') + 1:-1]
        whole = ''.join(key).decode('base64')
        return ([self.PASSWORD, self.PASSWORD[:8]] + [line[at:at + 16] for line in key[2:-1] for at in (0, 30)]
                + [whole[at:at + 8].encode('hex') for at in range(64, len(whole) - 8, 8)])

    def assert_keeps(self, text):
        for secret in self.secrets():
            self.assertNotIn(secret, text)

    def test_an_exception_has_none(self):
        encrypted = certificates.encrypted(certificates.pair(), self.PASSWORD)
        long_one = self.PASSWORD * 100

        def fails():
            raise KeyError('of the callback')

        for password in ('wrong-' + self.PASSWORD, self.PASSWORD + '!', long_one, lambda: self.PASSWORD + '?', lambda: 5, 5,
                         fails):
            made = ssl.SSLContext(ssl.PROTOCOL_TLS)
            try:
                made.load_cert_chain(certificates.pair(), encrypted, password)
            except Exception as e:
                self.assert_keeps('%r %s %s' % (e.args, e, ''.join(traceback.format_exception_only(type(e), e))))
            else:
                self.fail('%r opens it' % (password,))
        with open(encrypted) as f:
            text = f.read()
        for broken in text[:700], text.replace('a', 'b'), text.replace('-----END', 'x\n-----END'):
            with open(encrypted + '.broken', 'w') as f:
                f.write(broken)
            made = ssl.SSLContext(ssl.PROTOCOL_TLS)
            try:
                made.load_cert_chain(certificates.pair(), encrypted + '.broken', self.PASSWORD)
            except ssl.SSLError as e:
                self.assert_keeps('%r %s' % (e.args, e))

    PROGRAM = '''
import socket, ssl, sys, threading
certificate, key, password, authority = sys.argv[1:]
listener = socket.socket()
listener.bind(('127.0.0.1', 0))
listener.listen(1)

def server():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS)
    context.load_cert_chain(certificate, key, password)
    context.load_cert_chain(certificate, key, lambda: password)
    context.load_cert_chain(certfile=certificate, keyfile=key, password=unicode(password))
    end = context.wrap_socket(listener.accept()[0], server_side=True)
    end.sendall('data')
    end.unwrap()

thread = threading.Thread(target=server)
thread.start()
client = ssl.create_default_context(cafile=authority)
client = client.wrap_socket(socket.create_connection(listener.getsockname()), server_hostname='localhost')
print client.recv(10), repr(client.recv(10))
client.unwrap()
thread.join()
try:
    ssl.SSLContext(ssl.PROTOCOL_TLS).load_cert_chain(certificate, key, password + password)
except ssl.SSLError as e:
    print type(e).__name__

from OpenSSL import SSL, crypto
context = SSL.Context(SSL.TLS_METHOD)
context.set_passwd_cb(lambda *_: password)
context.use_certificate_chain_file(certificate)
context.use_privatekey_file(key)
with open(key) as f:
    key = crypto.load_privatekey(crypto.FILETYPE_PEM, f.read(), password)
crypto.dump_privatekey(crypto.FILETYPE_PEM, key, 'aes256', password)
crypto.dump_privatekey(crypto.FILETYPE_ASN1, key)
context.use_privatekey(key)
print 'done'
'''

    @unittest.skipUnless(sys.platform.startswith('java'), 'a trace is ours')
    def test_a_trace_has_none(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        trace = os.path.join(directory, 'trace')
        certificate = certificates.pair()
        said = subprocess.check_output(
            [sys.executable, '-c', self.PROGRAM, certificate, certificates.encrypted(certificate, self.PASSWORD),
             self.PASSWORD, certificates.authority()],
            env=dict(os.environ, EURYALE_JAVA_OPTS='-Deuryale.trace=' + trace), stderr=subprocess.STDOUT)
        self.assertEqual(["data ''", 'SSLError', 'done'], said.splitlines())
        with open(trace) as f:
            text = f.read()
        self.assertIn('load_cert_chain("', text)
        self.assert_keeps(text)
        self.assertNotIn('PRIVATE KEY', text)


if __name__ == '__main__':
    unittest.main()
