"""TLS between sockets of one process, and with peers that mean no good.

    ./euryale -m unittest discover -s lib/tests -p test_ssl.py
    python2.7 -m unittest discover -s lib/tests -p test_ssl.py

The same expectations hold there, but for an OpenSSL 3: it tells an end without close_notify otherwise.
"""

import errno
import os
import select
import socket
import ssl
import struct
import threading
import time
import unittest
from contextlib import closing

import certificates

LIMIT = 20


def context(certificate=None, trusts=None, mode=ssl.CERT_NONE):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS)
    made.verify_mode = mode
    if certificate:
        made.load_cert_chain(certificate)
    if trusts:
        made.load_verify_locations(trusts)
    return made


def server_context(**more):
    return context(certificates.pair(), **more)


def client_context(check_hostname=False):
    made = context(trusts=certificates.authority(), mode=ssl.CERT_REQUIRED)
    made.check_hostname = check_hostname
    return made


class Thread(threading.Thread):
    """A thread whose result, or exception, is join()'s."""

    def __init__(self, function, *arguments):
        threading.Thread.__init__(self)
        self.daemon = True
        self.call = function, arguments
        self.start()

    def run(self):
        self.result = self.error = None
        try:
            self.result = self.call[0](*self.call[1])
        except Exception as e:
            self.error = e

    def join(self):
        threading.Thread.join(self, LIMIT)
        assert not self.is_alive()
        self.call = None
        if self.error is not None:
            raise self.error
        return self.result


class Case(unittest.TestCase):

    def plain(self, kept=True):
        """(client, server): two ends of a TCP connection, which are closed after the test if they are to be kept."""
        listener = socket.socket()
        listener.bind(('127.0.0.1', 0))
        listener.listen(1)
        client = socket.create_connection(listener.getsockname(), LIMIT)
        server = listener.accept()[0]
        server.settimeout(LIMIT)
        listener.close()
        if kept:
            for end in client, server:
                self.addCleanup(end.close)
        return client, server

    def pair(self, client=None, server=None, **names):
        """(client, server): two ends of a TLS connection."""
        plain_client, plain_server = self.plain(kept=False)
        accepting = Thread((server or server_context()).wrap_socket, plain_server, True)
        ours = (client or client_context()).wrap_socket(plain_client, **names)
        theirs = accepting.join()
        for end in ours, theirs:
            self.addCleanup(end.close)
        return ours, theirs

    def refused(self, side, data):
        """What an end says to such data in place of its peer's hello."""
        client, server = self.plain()
        victim, peer = (client, server) if side == 'client' else (server, client)
        peer.sendall(data)
        peer.shutdown(socket.SHUT_WR)
        made = server_context() if side == 'server' else client_context()
        return self.raises(ssl.SSLError, made.wrap_socket, victim, server_side=side == 'server')

    def raises(self, kind, function, *arguments, **named):
        with self.assertRaises(kind) as caught:
            function(*arguments, **named)
        return caught.exception

    def failure(self, client, server=None, **names):
        """What a client says, and what its server."""
        plain_client, plain_server = self.plain()

        def serve():
            with closing((server or server_context()).wrap_socket(plain_server, server_side=True)) as accepted:
                return accepted.recv(10)

        serving = Thread(serve)
        try:
            with closing(client.wrap_socket(plain_client, **names)) as connected:
                connected.sendall('x')
                connected.recv(1)
            mine = None
        except Exception as e:
            mine = e
        plain_client.close()
        try:
            serving.join()
            theirs = None
        except Exception as e:
            theirs = e
        return mine, theirs


class TalkTest(Case):

    def test_both_ways(self):
        client, server = self.pair()
        client.sendall('hello')
        self.assertEqual('hello', server.recv(100))
        self.assertEqual(5, server.write('world'))
        self.assertEqual(('wo', 3), (client.read(2), client.pending()))
        self.assertEqual('rld', client.recv(100))

    def test_what_was_agreed_on(self):
        client, server = self.pair()
        self.assertIn(client.version(), ('TLSv1.2', 'TLSv1.3'))
        self.assertEqual((client.version(), client.cipher()), (server.version(), server.cipher()))
        self.assertEqual((None, None, None), (client.selected_alpn_protocol(), client.compression(),
                                              client.selected_npn_protocol()))
        shown = client.getpeercert()
        self.assertEqual((('organizationName', 'Euryale tests'),), shown['subject'][0])
        self.assertEqual((('DNS', 'localhost'), ('DNS', '*.example.org'), ('IP Address', '127.0.0.1')),
                         shown['subjectAltName'])
        with open(certificates.pair()) as f:
            pem = f.read()
        pem = pem[pem.index('-----BEGIN C'):pem.index('-----BEGIN P')]
        self.assertEqual(ssl.PEM_cert_to_DER_cert(pem), client.getpeercert(True))
        self.assertEqual(None, server.getpeercert())

    def test_versions(self):
        for number, name in (ssl.PROTOCOL_TLSv1_2, 'TLSv1.2'), (ssl.PROTOCOL_TLS, 'TLSv1.3'):
            one = ssl.SSLContext(number)
            one.load_cert_chain(certificates.pair(key='ec'))
            client, server = self.pair(client=ssl.SSLContext(number), server=one)
            self.assertEqual(name, client.version())

    def test_large(self):
        client, server = self.pair()
        data = os.urandom(3000000)
        sending = Thread(client.sendall, data)
        got = []
        while sum(map(len, got)) < len(data):
            got.append(server.recv(100000))
        self.assertEqual(len(data), sending.join())
        self.assertTrue(data == ''.join(got))

    def test_two_threads_on_one_end(self):
        client, server = self.pair()
        echoing = Thread(lambda: [server.sendall(server.recv(1000)) for _ in range(50)])
        reading = Thread(lambda: [client.recv(1000) for _ in range(50)])
        for number in range(50):
            client.sendall('%03d' % number)
            time.sleep(0)
        client.sendall('the last')
        echoing.join()
        self.assertTrue(''.join(reading.join()).startswith('000001002'))

    def test_file(self):
        client, server = self.pair()
        server.sendall('ready')
        client.recv(10)  # and TLS 1.3's tickets before it: a socket that is closed with unread bytes resets
        with closing(client.makefile('w')) as f:
            f.write('one\ntwo\n')
        client.close()
        lines = server.makefile()
        self.assertEqual(['one\n', 'two\n'], list(lines))

    def test_into_a_buffer(self):
        client, server = self.pair()
        server.sendall('0123456789')
        room = bytearray(4)
        self.assertEqual((4, '0123'), (client.recv_into(room), str(room)))
        self.assertEqual((2, '4523'), (client.recv_into(room, 2), str(room)))
        self.assertEqual((4, '6789'), (client.read(4, room), str(room)))

    def test_what_tls_has_not(self):
        client, server = self.pair()
        for name, arguments in ('recv', (1, socket.MSG_PEEK)), ('send', ('x', 1)), ('sendall', ('x', 1)), (
                'sendto', ('x', None)), ('recvfrom', (1,)), ('recvfrom_into', (bytearray(1),)):
            self.assertIn(name, str(self.raises(ValueError, getattr(client, name), *arguments)))
        self.raises(NotImplementedError, client.dup)
        self.raises(ValueError, client.get_channel_binding, 'other')

    def test_alpn(self):
        offering, choosing = client_context(), server_context()
        offering.set_alpn_protocols(['http/1.1', 'h2'])
        choosing.set_alpn_protocols(['h2', 'http/1.1'])
        client, server = self.pair(offering, choosing)
        self.assertEqual(('h2', 'h2'), (client.selected_alpn_protocol(), server.selected_alpn_protocol()))

    def test_select_tells_of_the_next_record(self):
        client, server = self.pair()
        server.sendall('a' * 40000)
        left = 40000
        while left:
            self.assertEqual([client], select.select([client], [], [], LIMIT)[0])
            left -= len(client.read(1))
            while client.pending():
                left -= len(client.read(100000))


class EndTest(Case):

    def test_closed(self):
        client, server = self.pair()
        ending = Thread(server.unwrap)
        self.assertEqual(('', ''), (client.recv(1), client.recv(1)))
        client.unwrap()
        ending.join()

    def test_there_and_back(self):
        client, server = self.plain()
        wrapping = Thread(lambda: server_context().wrap_socket(server, server_side=True))
        secret = client_context().wrap_socket(client)
        other = wrapping.join()
        unwrapping = Thread(lambda: (other.unwrap(), server.sendall('plain again')))
        self.assertEqual('', secret.recv(10))
        self.assertEqual(client.fileno(), secret.unwrap().fileno())
        unwrapping.join()
        self.assertEqual('plain again', client.recv(100))
        self.raises(ValueError, secret.unwrap)

    def test_without_a_word(self):
        for suppress in True, False:
            client, server = self.plain()
            wrapping = Thread(lambda: server_context().wrap_socket(server, server_side=True))
            secret = client_context().wrap_socket(client, suppress_ragged_eofs=suppress)
            socket.socket.shutdown(wrapping.join(), socket.SHUT_RDWR)
            if suppress:
                self.assertEqual('', secret.recv(10))
            else:
                self.assertIn('EOF', str(self.raises(ssl.SSLEOFError, secret.recv, 10)))

    def test_reset(self):
        client, server = self.pair()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        server.close()
        error = self.raises(socket.error, client.recv, 10)
        self.assertEqual((errno.ECONNRESET, False), (error.errno, isinstance(error, ssl.SSLError)))

    def test_closed_by_another_thread(self):
        client, server = self.pair()
        reading = Thread(client.recv, 10)
        time.sleep(0.2)  # it reads before, after or when it is closed; it ends in each case
        client.close()
        self.assertRaises((socket.error, ValueError), reading.join)

    def test_the_descriptor_goes_with_the_last_socket(self):
        client, server = self.plain()
        wrapping = Thread(lambda: server_context().wrap_socket(server, server_side=True))
        secret = client_context().wrap_socket(client)
        other = wrapping.join()
        descriptor = secret.fileno()
        client.close()
        secret.sendall('still there')
        self.assertEqual('still there', other.recv(100))
        secret.close()
        self.assertEqual(errno.EBADF, self.raises(OSError, os.fstat, descriptor).errno)
        other.close()
        self.assertEqual(errno.EBADF, self.raises(OSError, os.fstat, descriptor).errno)

    def test_the_descriptor_goes_with_the_socket_that_took_its_place(self):
        client, server = self.plain(kept=False)
        descriptor = client.fileno()
        wrapping = Thread(lambda: server_context().wrap_socket(server, server_side=True))
        client = client_context().wrap_socket(client)
        wrapping.join().close()
        client.close()
        self.assertEqual(errno.EBADF, self.raises(OSError, os.fstat, descriptor).errno)

    def test_a_socket_outlives_a_handshake_that_fails(self):
        client, server = self.plain()
        server.sendall('this is no TLS')
        self.raises(ssl.SSLError, client_context().wrap_socket, client)
        self.assertTrue(client.getpeername())
        descriptor = client.fileno()
        client.close()
        self.assertEqual(errno.EBADF, self.raises(OSError, os.fstat, descriptor).errno)


class VerifyTest(Case):

    def test_an_unknown_authority(self):
        mine, theirs = self.failure(context(trusts=certificates.authority('another'), mode=ssl.CERT_REQUIRED))
        self.assertEqual((1, 'SSL', 'CERTIFICATE_VERIFY_FAILED'), (mine.errno, mine.library, mine.reason))
        self.assertTrue(str(mine).startswith('[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'), str(mine))
        self.assertEqual(ssl.SSLError, type(theirs))
        self.assertIn('ALERT', theirs.reason)

    def test_names(self):
        checking = client_context(check_hostname=True)
        for name in 'localhost', 'www.example.org', u'localhost':
            client, server = self.pair(checking, server_hostname=name)
            client.close()
        mine, theirs = self.failure(checking, server_hostname='example.com')
        self.assertEqual(ssl.CertificateError, type(mine))
        self.assertIn("hostname 'example.com' doesn't match either of 'localhost', '*.example.org'", str(mine))
        self.raises(ValueError, checking.wrap_socket, self.plain()[0])

    def test_a_connection_with_another_name_is_closed(self):
        # In 1.2 nothing follows the handshake. In 1.3 tickets do, and Linux resets what is closed with bytes unread.
        checking = client_context(check_hostname=True)
        checking.options |= ssl.OP_NO_TLSv1_3
        client, server = self.plain(kept=False)
        serving = Thread(lambda: server_context().wrap_socket(server, server_side=True).recv(1))
        try:
            checking.wrap_socket(client, server_hostname='example.com')
        except ssl.CertificateError:
            client = None
        self.assertEqual('', serving.join())

    def test_a_client_without_a_certificate(self):
        asking = server_context(trusts=certificates.authority(), mode=ssl.CERT_REQUIRED)
        mine, theirs = self.failure(client_context(), asking)
        self.assertEqual('PEER_DID_NOT_RETURN_A_CERTIFICATE', theirs.reason)
        self.assertIsInstance(mine, socket.error)

    def test_a_client_with_one(self):
        asking = server_context(trusts=certificates.authority(), mode=ssl.CERT_REQUIRED)
        showing = client_context()
        showing.load_cert_chain(certificates.pair('client', name='somebody'))
        client, server = self.pair(showing, asking)
        client.sendall('x')
        server.recv(1)
        self.assertIn((('commonName', 'somebody'),), server.getpeercert()['subject'])

    def test_no_suite_in_common(self):
        one, other = ssl.SSLContext(ssl.PROTOCOL_TLSv1_2), ssl.SSLContext(ssl.PROTOCOL_TLSv1_2)
        one.set_ciphers('ECDHE-RSA-AES128-GCM-SHA256')
        other.set_ciphers('ECDHE-RSA-AES256-GCM-SHA384')
        other.load_cert_chain(certificates.pair())
        mine, theirs = self.failure(one, other)
        self.assertEqual(('SSLV3_ALERT_HANDSHAKE_FAILURE', 'NO_SHARED_CIPHER'), (mine.reason, theirs.reason))

    def test_another_context_by_name(self):
        first, second = server_context(), context(certificates.pair(name='second'))
        asked = []

        def choose(sock, name, given):
            asked.append((name, given is first))
            if name == 'second':
                sock.context = second
            elif name == 'nobody':
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

        first.set_servername_callback(choose)
        for name, shown in ('second', 'second'), ('first', 'localhost'), (None, 'localhost'):
            client, server = self.pair(server=first, server_hostname=name)
            self.assertEqual((('commonName', shown),), client.getpeercert()['subject'][1])
        self.assertEqual([('second', True), ('first', True), (None, True)], asked)
        mine, theirs = self.failure(client_context(), first, server_hostname='nobody')
        self.assertEqual('TLSV1_UNRECOGNIZED_NAME', mine.reason)


class PatienceTest(Case):
    """Peers that say nothing, or little by little."""

    def test_handshake(self):
        client, server = self.plain()
        client.settimeout(0.2)
        error = self.raises(ssl.SSLError, client_context().wrap_socket, client)
        self.assertIn('The handshake operation timed out', str(error))

    def test_read(self):
        client, server = self.pair()
        client.settimeout(0.2)
        self.assertIn('The read operation timed out', str(self.raises(ssl.SSLError, client.recv, 10)))

    def test_write(self):
        client, server = self.pair()
        client.settimeout(0.2)
        with self.assertRaises(ssl.SSLError) as caught:
            while True:
                client.sendall('x' * 100000)
        self.assertIn('The write operation timed out', str(caught.exception))

    def test_a_byte_at_a_time(self):
        client, server = self.plain()
        middle, other = self.plain()
        wrapping = Thread(lambda: server_context().wrap_socket(other, server_side=True))

        def carry(source, target):
            data = source.recv(1)
            while data:
                target.sendall(data)
                data = source.recv(1)
            source.close()
            target.close()

        Thread(carry, middle, server)
        Thread(carry, server, middle)
        secret = client_context().wrap_socket(client)
        accepted = wrapping.join()
        secret.sendall('slowly')
        got = accepted.recv(1)
        while len(got) < 6:
            got += accepted.recv(6)
        self.assertEqual('slowly', got)
        ending = Thread(secret.unwrap)
        self.assertEqual('', accepted.recv(6))
        accepted.unwrap()
        ending.join()


class NonBlockingTest(Case):

    def pump(self, step, end):
        """Calls step until it is done; what it says then."""
        deadline = time.time() + LIMIT
        while True:
            self.assertLess(time.time(), deadline)
            try:
                return step()
            except ssl.SSLWantReadError as e:
                self.assertEqual((ssl.SSL_ERROR_WANT_READ, 'The operation did not complete (read)'),
                                 (e.errno, e.strerror.split(' (_ssl')[0]))
                select.select([end], [], [], LIMIT)
            except ssl.SSLWantWriteError:
                select.select([], [end], [], LIMIT)

    def test_handshake_read_and_write(self):
        client, server = self.plain()
        self.raises(ValueError, self.non_blocking, client, True)
        secret = self.non_blocking(client, False)
        self.raises(ssl.SSLWantReadError, secret.do_handshake)
        wrapping = Thread(lambda: server_context().wrap_socket(server, server_side=True))
        self.pump(secret.do_handshake, secret)
        accepted = wrapping.join()
        self.raises(ssl.SSLWantReadError, secret.recv, 10)
        accepted.sendall('there')
        self.assertEqual('there', self.pump(lambda: secret.recv(10), secret))

    def non_blocking(self, sock, handshake):
        sock.setblocking(False)
        return client_context().wrap_socket(sock, do_handshake_on_connect=handshake)

    def test_a_large_write(self):
        client, server = self.pair()
        client.setblocking(False)
        data = os.urandom(20000000)
        sent = 0
        reading = None
        while sent < len(data):
            count = client.send(data[sent:sent + 500000])
            sent += count
            if not count:
                reading = reading or Thread(self.read_all, server, len(data))
                select.select([], [client], [], LIMIT)
        self.assertTrue(data == reading.join())

    def test_sendall_waits(self):
        client, server = self.pair()
        client.setblocking(False)
        data = os.urandom(3000000)
        reading = Thread(self.read_all, server, len(data))
        self.assertEqual(len(data), client.sendall(data))
        self.assertTrue(data == reading.join())

    def test_what_comes_is_read_while_nothing_more_goes(self):
        for timeout in 0, LIMIT:
            client, server = self.pair()
            client.setblocking(False)
            while client.send('x' * 16384):
                pass
            client.settimeout(timeout)
            server.sendall('hello')
            self.assertEqual('hello', self.pump(lambda: client.recv(10), client))

    @staticmethod
    def read_all(sock, size):
        got = []
        while sum(map(len, got)) < size:
            got.append(sock.recv(65536))
        return ''.join(got)

    def test_connect(self):
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind(('127.0.0.1', 0))
        listener.listen(1)
        accepting = Thread(lambda: server_context().wrap_socket(listener.accept()[0], server_side=True))
        client = client_context().wrap_socket(socket.socket(), do_handshake_on_connect=False)
        self.addCleanup(client.close)
        client.setblocking(False)
        self.assertIn(client.connect_ex(listener.getsockname()), (0, errno.EINPROGRESS))
        select.select([], [client], [], LIMIT)
        self.pump(client.do_handshake, client)
        accepting.join().close()


class ListenerTest(Case):

    def test_accept(self):
        listener = socket.socket()
        listener.bind(('127.0.0.1', 0))
        listener.listen(5)
        listener = ssl.wrap_socket(listener, certfile=certificates.pair(), server_side=True)
        self.addCleanup(listener.close)
        accepting = Thread(listener.accept)
        client = ssl.wrap_socket(socket.socket(), ca_certs=certificates.authority(), cert_reqs=ssl.CERT_REQUIRED)
        self.addCleanup(client.close)
        client.connect(listener.getsockname())
        server, address = accepting.join()
        self.addCleanup(server.close)
        self.assertEqual(client.getsockname(), address)
        server.sendall('x')
        self.assertEqual('x', client.recv(1))
        self.raises(ValueError, client.connect, listener.getsockname())
        self.raises(ValueError, listener.connect, listener.getsockname())

    def test_a_client_that_is_none_is_closed(self):
        listener = socket.socket()
        listener.bind(('127.0.0.1', 0))
        listener.listen(5)
        listener = server_context().wrap_socket(listener, server_side=True)
        self.addCleanup(listener.close)
        client = socket.create_connection(listener.getsockname(), LIMIT)
        self.addCleanup(client.close)
        client.sendall('GET / HTTP/1.0\r\n\r\n')
        self.assertEqual('HTTP_REQUEST', self.raises(ssl.SSLError, listener.accept).reason)
        try:
            while client.recv(100):
                pass
        except socket.error as e:
            self.assertEqual(errno.ECONNRESET, e.errno)

    def test_certificate_of_a_server(self):
        listener = socket.socket()
        listener.bind(('127.0.0.1', 0))
        listener.listen(5)
        self.addCleanup(listener.close)
        accepting = Thread(lambda: server_context().wrap_socket(listener.accept()[0], server_side=True).close())
        pem = ssl.get_server_certificate(listener.getsockname(), ca_certs=certificates.authority())
        accepting.join()
        with open(certificates.pair()) as f:
            self.assertTrue(pem.strip() in f.read())


class GarbageTest(Case):
    """What comes in place of TLS."""

    def test_other_protocols(self):
        self.assertEqual('HTTP_REQUEST', self.refused('server', 'GET / HTTP/1.0\r\n\r\n').reason)
        self.assertEqual('WRONG_VERSION_NUMBER', self.refused('client', 'HTTP/1.0 400 Bad\r\n\r\n').reason)
        self.assertEqual('WRONG_VERSION_NUMBER', self.refused('client', '220 mail.example.org ESMTP\r\n').reason)

    def test_nothing(self):
        for side in 'client', 'server':
            self.assertEqual(ssl.SSLEOFError, type(self.refused(side, '')))

    def test_a_record_that_is_cut(self):
        whole = struct.pack('>BHH', 22, 0x301, 200) + '\1\0\0\xc4\3\3' + os.urandom(194)
        for side in 'client', 'server':
            for end in 1, 4, 5, 6, 100, 204:
                self.assertEqual(ssl.SSLEOFError, type(self.refused(side, whole[:end])), end)

    def test_a_record_that_is_too_long(self):
        for side in 'client', 'server':
            error = self.refused(side, struct.pack('>BHH', 22, 0x303, 60000) + 'x' * 100)
            self.assertEqual(ssl.SSLError, type(error))
            self.assertEqual('SSL', error.library)

    def test_in_the_middle(self):
        client, server = self.pair()
        server._sock.sendall('this is no record of TLS')
        error = self.raises(ssl.SSLError, client.recv, 10)
        self.assertEqual('WRONG_VERSION_NUMBER', error.reason)
        self.assertEqual(error.reason, self.raises(ssl.SSLError, client.send, 'x').reason)

    def test_a_record_that_was_changed(self):
        client, server = self.pair()
        server._sock.sendall(struct.pack('>BHH', 23, 0x303, 100) + 'x' * 100)
        error = self.raises(ssl.SSLError, client.recv, 10)
        self.assertEqual('DECRYPTION_FAILED_OR_BAD_RECORD_MAC', error.reason)


class KeyTest(unittest.TestCase):

    def test_nothing_of_a_key_is_told(self):
        with open(certificates.pair()) as f:
            lines = f.read().splitlines()
        made = ssl.SSLContext(ssl.PROTOCOL_TLS)
        broken = certificates.pair() + '.broken'
        at = lines.index('-----BEGIN PRIVATE KEY-----') + 2
        secret = lines[at]
        lines[at] = '*' + secret[1:]
        with open(broken, 'w') as f:
            f.write('\n'.join(lines))
        with self.assertRaises(ssl.SSLError) as caught:
            made.load_cert_chain(broken)
        self.assertNotIn(secret[1:20], '%r %s' % (caught.exception.args, caught.exception))


if __name__ == '__main__':
    unittest.main()
