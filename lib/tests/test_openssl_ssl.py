"""OpenSSL.SSL over memory and on sockets.

    ./euryale -m unittest discover -s lib/tests -p test_openssl_ssl.py
    python2.7 -m unittest discover -s lib/tests -p test_openssl_ssl.py

The same expectations hold there, with pyOpenSSL 21.0.0.
"""

import os
import select
import socket
import sys
import threading
import unittest
from contextlib import closing

import certificates
from OpenSSL import SSL, crypto

LIMIT = 20
RECORD = 16384
PIECE = 8192
ROUNDS = 20
JAVA = sys.platform.startswith('java')


def server_context(certificate=None):
    context = SSL.Context(SSL.SSLv23_METHOD)
    certificate = certificate or certificates.pair()
    context.use_certificate_chain_file(certificate)
    context.use_privatekey_file(certificate)
    context.check_privatekey()
    return context


def leased(connection):
    """How many buffers connections of its context hold."""
    if not JAVA:
        return 0
    from java.lang import Class
    field = Class.getDeclaredField(Class.forName('org.euryale.jython.PyOpenSslContext'), 'tls')
    field.setAccessible(True)
    return field.get(connection.get_context()).pool().leased()


def client_context(callback=None, trusts=None):
    context = SSL.Context(SSL.SSLv23_METHOD)
    context.load_verify_locations(trusts or certificates.authority())
    context.set_verify(SSL.VERIFY_PEER, callback or (lambda connection, certificate, error, depth, ok: ok))
    return context


def ends(client, server, name=None):
    """A client's and a server's connection over memory."""
    client, server = SSL.Connection(client, None), SSL.Connection(server, None)
    client.set_connect_state()
    server.set_accept_state()
    if name:
        client.set_tlsext_host_name(name)
    return client, server


def pass_on(source, target):
    """Whether one end had bytes for the other."""
    try:
        target.bio_write(source.bio_read(65536))
    except SSL.WantReadError:
        return False
    return True


def shake(client, server):
    """Both ends' handshakes; an end's error is raised."""
    for _ in range(ROUNDS):
        done = 0
        for one, other in ((client, server), (server, client)):
            try:
                one.do_handshake()
                done += 1
            except SSL.WantReadError:
                pass
            pass_on(one, other)
        if done == 2:
            break
    else:
        raise AssertionError('no end of the handshake')
    for end in client, server:  # what follows a handshake in TLS 1.3
        try:
            end.recv(1)
        except SSL.WantReadError:
            pass


def connected(client=None, server=None, name=None):
    pair = ends(client or client_context(), server or server_context(), name)
    shake(*pair)
    return pair


class OverMemory(unittest.TestCase):

    def test_a_message(self):
        client, server = connected()
        self.assertEqual(client.send('hello'), 5)
        pass_on(client, server)
        self.assertEqual(server.recv(2), 'he')
        self.assertEqual(server.pending(), 3)
        self.assertEqual(server.recv(10, socket.MSG_PEEK), 'llo')
        self.assertEqual(server.recv(10), 'llo')
        self.assertEqual(server.pending(), 0)
        self.assertRaises(SSL.WantReadError, server.recv, 1)
        self.assertTrue(server.want_read())

    def test_a_record_is_the_most_that_is_sent_at_once(self):
        client, server = connected()
        sent = client.send('x' * 100000)
        self.assertTrue(RECORD - 64 < sent <= RECORD)  # how many it holds is the JDK's choice
        pass_on(client, server)
        self.assertEqual(server.recv(65536), 'x' * sent)
        self.assertEqual(client.sendall('x' * 100000), 100000)
        while pass_on(client, server):
            pass
        left = 100000
        while left:
            got = server.recv(65536)
            self.assertEqual(got, 'x' * len(got))
            self.assertTrue(0 < len(got) <= RECORD)
            left -= len(got)

    def test_kinds_of_bytes(self):
        client, server = connected()
        for data in 'str', bytearray('bytearray'), memoryview('memoryview'), buffer('buffer'):
            self.assertEqual(client.send(data), len(data))
            pass_on(client, server)
            self.assertEqual(server.recv(20), str(bytearray(data)))
        self.assertRaises(TypeError, client.send, 1)
        into = bytearray(10)
        client.send('0123456789')
        pass_on(client, server)
        self.assertEqual(server.recv_into(into, 4), 4)
        self.assertEqual(server.recv_into(into), 6)
        self.assertEqual(str(into[:6]), '456789')

    def test_the_end(self):
        client, server = connected()
        self.assertIs(client.shutdown(), False)
        self.assertEqual(client.get_shutdown(), SSL.SENT_SHUTDOWN)
        self.assertRaises(SSL.WantReadError, client.shutdown)
        pass_on(client, server)
        self.assertRaises(SSL.ZeroReturnError, server.recv, 1)
        self.assertEqual(server.get_shutdown(), SSL.RECEIVED_SHUTDOWN)
        self.assertIs(server.shutdown(), True)
        pass_on(server, client)
        self.assertIs(client.shutdown(), True)
        self.assertEqual(client.get_shutdown(), SSL.SENT_SHUTDOWN | SSL.RECEIVED_SHUTDOWN)
        with self.assertRaises(SSL.Error) as caught:
            client.send('late')
        self.assertEqual(caught.exception.args[0], [('SSL routines', 'ssl_write_internal', 'protocol is shutdown')])

    def test_the_end_without_notice(self):
        client, server = connected()
        server.bio_shutdown()
        with self.assertRaises(SSL.SysCallError) as caught:
            server.recv(1)
        self.assertEqual(caught.exception.args, (-1, 'Unexpected EOF'))

    def test_an_end_has_to_be_chosen(self):
        connection = SSL.Connection(client_context(), None)
        for call, said in ((connection.do_handshake, ('SSL_do_handshake', 'connection type not set')),
                           (lambda: connection.send('x'), ('ssl_write_internal', 'uninitialized')),
                           (lambda: connection.recv(1), ('ssl_read_internal', 'uninitialized')),
                           (connection.shutdown, ('SSL_shutdown', 'uninitialized'))):
            with self.assertRaises(SSL.Error) as caught:
                call()
            self.assertEqual(caught.exception.args[0], [('SSL routines',) + said])

    def test_what_is_no_tls(self):
        client, server = ends(client_context(), server_context())
        for said, reason in ('GET / HTTP/1.0\r\n\r\n', 'http request'), ('\0' * 50, 'wrong version number'):
            server = ends(client_context(), server_context())[1]
            server.bio_write(said)
            with self.assertRaises(SSL.Error) as caught:
                server.do_handshake()
            self.assertEqual(caught.exception.args[0], [('SSL routines', 'ssl3_get_record', reason)])

    def test_what_was_agreed_on(self):
        client, server = connected(name='localhost')
        self.assertEqual(client.get_cipher_name(), server.get_cipher_name())
        self.assertIn(client.get_cipher_name(), client.get_cipher_list())
        self.assertEqual(client.get_protocol_version_name(), u'TLSv1.3')
        self.assertEqual(client.get_protocol_version(), SSL.TLS1_3_VERSION)
        self.assertEqual(client.get_cipher_version(), u'TLSv1.3')
        self.assertIn(client.get_cipher_bits(), (128, 256))
        self.assertEqual(server.get_servername(), 'localhost')
        self.assertEqual(client.get_peer_certificate().get_subject().CN, 'localhost')
        self.assertEqual(server.get_certificate().get_subject().CN, 'localhost')
        self.assertIsNone(server.get_peer_certificate())
        self.assertEqual([c.get_subject().CN for c in client.get_peer_cert_chain()], ['localhost'])
        self.assertEqual([c.get_subject().CN for c in client.get_verified_chain()], ['localhost', 'ca'])
        self.assertEqual(client.client_random(), server.client_random())
        self.assertEqual(client.server_random(), server.server_random())
        self.assertEqual(len(client.client_random()), 32)

    def test_versions(self):
        server = server_context()
        server.set_max_proto_version(SSL.TLS1_2_VERSION)
        client, server = connected(server=server)
        self.assertEqual(client.get_protocol_version_name(), u'TLSv1.2')
        self.assertEqual(client.client_random(), server.client_random())
        self.assertEqual(client.server_random(), server.server_random())
        only = client_context()
        only.set_min_proto_version(SSL.TLS1_3_VERSION)
        client, server = ends(only, server.get_context())
        self.assertRaises(SSL.Error, shake, client, server)


class Verification(unittest.TestCase):

    def shaken(self, client, server=None):
        """What the client's handshake raised."""
        try:
            shake(*ends(client, server or server_context()))
        except SSL.Error as e:
            return e.args[0]

    def test_each_certificate_is_asked_for(self):
        asked = []

        def callback(connection, certificate, error, depth, ok):
            asked.append((certificate.get_subject().CN, error, depth, ok))
            return ok

        self.assertIsNone(self.shaken(client_context(callback)))
        self.assertEqual(asked, [('ca', 0, 1, 1), ('localhost', 0, 0, 1)])

    def test_one_that_nobody_trusts(self):
        asked = []

        def callback(connection, certificate, error, depth, ok):
            asked.append((error, depth, ok))
            return ok

        client = client_context(callback, trusts=certificates.authority('other'))
        self.assertEqual(self.shaken(client), [
            ('SSL routines', 'tls_process_server_certificate', 'certificate verify failed')])
        self.assertEqual(asked, [(20, 0, 0)])

    def test_a_callback_may_let_faults_pass(self):
        asked = []

        def callback(connection, certificate, error, depth, ok):
            asked.append((error, depth, ok))
            return True

        client = client_context(callback, trusts=certificates.authority('other'))
        self.assertIsNone(self.shaken(client))
        self.assertEqual(asked, [(20, 0, 0), (21, 0, 0), (0, 0, 1)])

    def test_a_callback_may_refuse_what_is_good(self):
        client = client_context(lambda connection, certificate, error, depth, ok: depth > 0)
        self.assertEqual(self.shaken(client), [
            ('SSL routines', 'tls_process_server_certificate', 'certificate verify failed')])

    def test_what_a_callback_raises_is_raised(self):
        def callback(connection, certificate, error, depth, ok):
            raise KeyError('own')

        self.assertRaises(KeyError, self.shaken, client_context(callback))

    def test_a_date(self):
        asked = []

        def callback(connection, certificate, error, depth, ok):
            asked.append((error, depth, ok))
            return True

        server = server_context(certificates.pair(days=-1))
        self.assertIsNone(self.shaken(client_context(callback), server))
        self.assertEqual(asked, [(0, 1, 1), (10, 0, 0), (0, 0, 1)])

    def test_a_client(self):
        server = server_context()
        server.load_verify_locations(certificates.authority())
        server.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)
        with open(certificates.authority()) as f:
            authority = crypto.load_certificate(crypto.FILETYPE_PEM, f.read())
        server.add_client_ca(authority)
        client = client_context()
        client.use_certificate_file(certificates.pair('client', name='me'))
        client.use_privatekey_file(certificates.pair('client', name='me'))
        client, server = connected(client, server)
        self.assertEqual(server.get_peer_certificate().get_subject().CN, 'me')
        self.assertEqual([name.CN for name in client.get_client_ca_list()], ['ca'])
        self.assertEqual([name.CN for name in server.get_client_ca_list()], ['ca'])

    def test_no_client(self):
        server = server_context()
        server.load_verify_locations(certificates.authority())
        server.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)
        self.assertEqual(self.shaken(client_context(), server), [
            ('SSL routines', 'tls_process_client_certificate', 'peer did not return a certificate')])


class Callbacks(unittest.TestCase):

    def test_the_name_chooses_the_context(self):
        other = server_context(certificates.pair(name='other'))
        server = server_context()
        server.set_tlsext_servername_callback(
            lambda connection: connection.set_context(other) if connection.get_servername() == 'other' else None)
        client, _ = connected(server=server, name='other')
        self.assertEqual(client.get_peer_certificate().get_subject().CN, 'other')
        client, _ = connected(server=server, name='localhost')
        self.assertEqual(client.get_peer_certificate().get_subject().CN, 'localhost')

    def test_protocols(self):
        def chosen(callback):
            client, server = client_context(), server_context()
            client.set_alpn_protos(['h2', 'http/1.1'])
            server.set_alpn_select_callback(callback)
            client, server = connected(client, server)
            self.assertEqual(client.get_alpn_proto_negotiated(), server.get_alpn_proto_negotiated())
            return client.get_alpn_proto_negotiated()

        self.assertEqual(chosen(lambda connection, offered: offered[-1]), 'http/1.1')
        self.assertEqual(chosen(lambda connection, offered: SSL.NO_OVERLAPPING_PROTOCOLS), '')
        self.assertRaises(SSL.Error, chosen, lambda connection, offered: '')
        self.assertRaises(KeyError, chosen, lambda connection, offered: {}['x'])
        self.assertRaises(TypeError, chosen, lambda connection, offered: u'h2')

    def test_places_of_a_handshake(self):
        told = []
        client = client_context()

        def callback(connection, where, value):
            if where & (SSL.SSL_CB_HANDSHAKE_START | SSL.SSL_CB_HANDSHAKE_DONE):
                told.append((where, connection.get_peer_certificate() is not None))
            if where & SSL.SSL_CB_HANDSHAKE_START:
                connection.set_tlsext_host_name('told')

        client.set_info_callback(callback)
        _, server = connected(client)
        self.assertEqual(told[:2], [(SSL.SSL_CB_HANDSHAKE_START, False), (SSL.SSL_CB_HANDSHAKE_DONE, True)])
        self.assertEqual(server.get_servername(), 'told')

    def test_a_password(self):
        path = certificates.pair()
        encrypted = path + '.encrypted'
        with open(path) as f:
            key = crypto.load_privatekey(crypto.FILETYPE_PEM, f.read())
        with open(encrypted, 'w') as f:
            f.write(crypto.dump_privatekey(crypto.FILETYPE_PEM, key, 'aes-128-cbc', 'secret'))
        context = SSL.Context(SSL.TLSv1_2_METHOD)
        context.use_certificate_file(path)
        context.set_passwd_cb(lambda longest, verify, own: own, 'secret')
        context.use_privatekey_file(encrypted)
        context.check_privatekey()
        context.set_passwd_cb(lambda longest, verify, own: 'wrong')
        self.assertRaises(SSL.Error, context.use_privatekey_file, encrypted)


class OnSockets(unittest.TestCase):

    def sockets(self):
        with closing(socket.socket()) as listener:
            listener.bind(('127.0.0.1', 0))
            listener.listen(1)
            one = socket.create_connection(listener.getsockname(), LIMIT)
            other = listener.accept()[0]
        self.addCleanup(one.close)
        self.addCleanup(other.close)
        one.settimeout(None)
        return one, other

    def connections(self):
        one, other = self.sockets()
        client, server = SSL.Connection(client_context(), one), SSL.Connection(server_context(), other)
        client.set_connect_state()
        server.set_accept_state()
        thread = threading.Thread(target=server.do_handshake)
        thread.start()
        client.do_handshake()
        thread.join(LIMIT)
        return client, server

    def test_blocking(self):
        client, server = self.connections()
        client.sendall('hello')
        self.assertEqual(server.recv(20), 'hello')
        self.assertEqual(client.fileno(), client._socket.fileno())
        self.assertRaises(TypeError, client.bio_read, 1)
        self.assertRaises(TypeError, client.bio_write, 'x')
        client.shutdown()
        self.assertRaises(SSL.ZeroReturnError, server.recv, 1)

    def test_what_would_block(self):
        client, server = self.connections()
        client.setblocking(False)
        server.setblocking(False)
        try:
            self.assertRaises(SSL.WantReadError, client.recv, 1)
            self.assertRaises(SSL.WantReadError, client.recv, 1)
            data, sent = 'x' * PIECE, 0
            with self.assertRaises(SSL.WantWriteError):
                while sent < 100 * 1024 * 1024:
                    sent += client.send(data)
            received = 0
            while received < sent + PIECE:
                if sent is not None and select.select([], [client], [], 0)[1]:
                    try:
                        if client.send(data) == PIECE:
                            sent, total = None, sent + PIECE
                    except SSL.WantWriteError:
                        pass
                try:
                    received += len(server.recv(65536))
                except SSL.WantReadError:
                    select.select([server], [], [], LIMIT)
                if sent is None:
                    sent = total - PIECE
                    break
            while received < sent + PIECE:
                try:
                    received += len(server.recv(65536))
                except SSL.WantReadError:
                    self.assertTrue(select.select([server], [], [], LIMIT)[0])
            self.assertEqual(received, sent + PIECE)
        finally:
            client.setblocking(True)

    def test_an_end_without_notice(self):
        client, server = self.connections()
        server.send('x')  # and what a server of TLS 1.3 says after the handshake: unread, it would make the close a reset
        client.recv(1)
        client._socket.close()
        with self.assertRaises(SSL.SysCallError) as caught:
            server.recv(1)
        self.assertEqual(caught.exception.args, (-1, 'Unexpected EOF'))

    def crammed(self):
        """Two connections that do not wait; the server has sent until the kernel had part of a record."""
        client, server = self.connections()
        for end in client, server:
            end.setblocking(False)
        full = 0
        while full < 3:  # the kernel finds room for more while it grows its buffers
            try:
                server.send('x' * PIECE)
                full = 0
            except SSL.WantWriteError:
                full = 0 if select.select([], [server], [], 0.1)[1] else full + 1
        self.assertEqual(1 if JAVA else 0, leased(server))
        return client, server

    def test_what_was_not_read_goes_at_the_close(self):
        client, server = self.connections()
        server.sendall('hello')
        self.assertEqual('h', client.recv(1))
        self.assertEqual(1 if JAVA else 0, leased(client))
        client.close()
        self.assertEqual(0, leased(client))
        for call in lambda: client.send('x'), client.shutdown:
            with self.assertRaises(SSL.SysCallError) as caught:
                call()
            self.assertEqual((9, 'EBADF'), caught.exception.args)
        self.assertEqual('localhost', dict(client.get_peer_certificate().get_subject().get_components())['CN'])

    def test_what_was_not_sent_goes_at_the_close(self):
        client, server = self.crammed()
        server.close()
        self.assertEqual(0, leased(server))

    def test_what_was_not_sent_goes_when_the_socket_is_found_closed(self):
        client, server = self.crammed()
        server._socket.close()
        with self.assertRaises(SSL.SysCallError) as caught:
            server.send('x' * PIECE)
        self.assertEqual((9, 'EBADF'), caught.exception.args)
        self.assertEqual(0, leased(server))

    def test_a_file_of_the_socket_holds_the_connection_open(self):
        one, other = self.sockets()
        connection = SSL.Connection(client_context(), one)
        connection.set_connect_state()
        with closing(one.makefile()):
            connection.close()
            other.sendall('no TLS at all')
            with self.assertRaises(SSL.Error) as caught:
                connection.do_handshake()
            self.assertEqual('wrong version number', caught.exception.args[0][0][2])

    def test_a_failure_leaves_nothing(self):
        client, server = self.connections()
        server._socket.sendall('\x17\x03\x03\x40\x00' + 'x' * 0x4000)
        with self.assertRaises(SSL.Error):
            client.recv(1)
        self.assertEqual(0, leased(client))

    def test_the_beginning_of_a_record_goes_at_the_end(self):
        client, server = self.connections()
        server._socket.sendall('\x17\x03\x03\x40\x00' + 'x' * 10)
        server._socket.shutdown(socket.SHUT_WR)
        with self.assertRaises(SSL.SysCallError) as caught:
            client.recv(1)
        self.assertEqual((-1, 'Unexpected EOF'), caught.exception.args)
        self.assertEqual(0, leased(client))

    def test_what_comes_is_read_while_nothing_more_goes(self):
        client, server = self.crammed()
        self.assertRaises(SSL.WantReadError, server.recv, 1)
        client.send('hello')
        self.assertEqual('hello', server.recv(5))

    def test_the_last_words_wait_for_the_kernel(self):
        client, server = self.crammed()
        client.shutdown()
        with self.assertRaises(SSL.ZeroReturnError):
            server.recv(1)
        for _ in range(3):
            self.assertRaises(SSL.WantWriteError, server.shutdown)
        client.setblocking(True)
        reader = threading.Thread(target=self.drained, args=(client._socket,))
        reader.start()
        server.setblocking(True)
        self.assertTrue(server.shutdown())
        server._socket.shutdown(socket.SHUT_WR)
        reader.join(LIMIT)
        self.assertFalse(reader.isAlive())
        self.assertEqual(0, leased(server))

    @staticmethod
    def drained(sock):
        while sock.recv(65536):
            pass


class Contexts(unittest.TestCase):

    def test_files(self):
        context = SSL.Context(SSL.SSLv23_METHOD)
        for call, said in (
                (context.use_certificate_file, 'SSL_CTX_use_certificate_file'),
                (context.use_certificate_chain_file, 'use_certificate_chain_file'),
                (context.use_privatekey_file, 'SSL_CTX_use_PrivateKey_file')):
            with self.assertRaises(SSL.Error) as caught:
                call('/not/there')
            self.assertEqual(caught.exception.args[0], [
                ('system library', 'fopen', 'No such file or directory'), ('BIO routines', 'file_ctrl', 'system lib'),
                ('SSL routines', said, 'system lib')])
            with self.assertRaises(SSL.Error) as caught:
                call(os.devnull)
            self.assertEqual(caught.exception.args[0], [
                ('PEM routines', 'get_name', 'no start line'), ('SSL routines', said, 'PEM lib')])

    def test_a_key_of_another(self):
        context = SSL.Context(SSL.SSLv23_METHOD)
        context.use_certificate_file(certificates.pair())
        with self.assertRaises(SSL.Error) as caught:
            context.use_privatekey_file(certificates.pair(name='other'))
            context.check_privatekey()
        self.assertEqual(caught.exception.args[0], [
            ('x509 certificate routines', 'X509_check_private_key', 'key values mismatch')])

    def test_ciphers(self):
        context = SSL.Context(SSL.SSLv23_METHOD)
        context.set_cipher_list('ECDHE-RSA-AES128-GCM-SHA256')
        names = SSL.Connection(context, None).get_cipher_list()
        self.assertEqual([name for name in names if not name.startswith('TLS_')], ['ECDHE-RSA-AES128-GCM-SHA256'])
        with self.assertRaises(SSL.Error) as caught:
            context.set_cipher_list('nothing')
        self.assertEqual(caught.exception.args[0], [
            ('SSL routines', 'SSL_CTX_set_cipher_list', 'no cipher match')])

    def test_names_until_19_0(self):
        self.assertIs(SSL.Connection, SSL.ConnectionType)
        self.assertIs(SSL.Context, SSL.ContextType)
        for name in 'PKey X509Name X509Extension X509Req X509 X509Store CRL PKCS7 PKCS12 NetscapeSPKI'.split():
            self.assertIs(getattr(crypto, name), getattr(crypto, name + 'Type'))

    def test_numbers(self):
        context = SSL.Context(SSL.SSLv23_METHOD)
        self.assertRaises(ValueError, SSL.Context, SSL.SSLv2_METHOD)
        self.assertRaises(TypeError, SSL.Context, 'x')
        before = context.set_options(0)
        self.assertEqual(context.set_options(SSL.OP_NO_TLSv1_3), before | SSL.OP_NO_TLSv1_3)
        self.assertEqual(context.get_timeout(), 7200)
        self.assertEqual(context.set_timeout(10), 7200)
        self.assertEqual(context.get_timeout(), 10)
        self.assertEqual(context.get_verify_depth(), -1)
        context.set_verify_depth(3)
        self.assertEqual(context.get_verify_depth(), 3)


if __name__ == '__main__':
    unittest.main()
