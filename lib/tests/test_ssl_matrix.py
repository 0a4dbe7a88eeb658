"""Handshakes with OpenSSL: each version by each kind of key, a client's certificate or none, each kind of socket.

    ./euryale -m unittest discover -s lib/tests -p test_ssl_matrix.py
    python2.7 -m unittest discover -s lib/tests -p test_ssl_matrix.py      (the same expectations hold there)
"""

import select
import socket
import ssl
import unittest
from contextlib import closing

import certificates
from test_ssl_peers import LIMIT, PeerCase, context

VERSIONS = ('TLSv1.2', '-tls1_2'), ('TLSv1.3', '-tls1_3')
KEYS = 'rsa', 'ec', 'ed25519'


def blocking(made, plain, **how):
    plain.settimeout(None)
    return made.wrap_socket(plain, **how)


def with_a_timeout(made, plain, **how):
    plain.settimeout(LIMIT)
    return made.wrap_socket(plain, **how)


def non_blocking(made, plain, **how):
    plain.settimeout(0)
    end = made.wrap_socket(plain, do_handshake_on_connect=False, **how)
    waiting(end, end.do_handshake)
    return end


WAYS = blocking, with_a_timeout, non_blocking


def waiting(end, call, *args):
    """What a call answers, made again when the socket is ready for it."""
    while True:
        try:
            return call(*args)
        except ssl.SSLWantReadError:
            ready = select.select([end], [], [], LIMIT)
        except ssl.SSLWantWriteError:
            ready = select.select([], [end], [], LIMIT)
        if ready == ([], [], []):
            raise AssertionError('not ready in %d s' % LIMIT)


def line(end):
    """A line that the peer sends, whatever records it comes in."""
    read = ''
    while not read.endswith('\n'):
        part = waiting(end, end.recv, 100)
        if not part:
            break
        read += part
    return read


class MatrixTest(PeerCase):

    def cells(self, talk):
        """Calls talk(version, key, mutual, way) for each cell; tells all that failed."""
        failed, count = [], 0
        for version in VERSIONS:
            for key in KEYS:
                for mutual in False, True:
                    for way in WAYS:
                        count += 1
                        try:
                            talk(version, key, mutual, way)
                        except Exception as e:
                            failed.append('%s %s mutual=%s %s: %r' % (version[0], key, mutual, way.__name__, e))
                        finally:
                            self.doCleanups()
        self.assertEqual([], failed)
        self.assertEqual(36, count)

    def test_as_a_client(self):
        def talk(version, key, mutual, way):
            server = self.start(certificates.s_server(key, version[1], mutual))
            port = certificates.port_of(server)
            client = context(certificates.pair('client', key, name='us') if mutual else None)
            client.check_hostname = True
            plain = socket.create_connection(('127.0.0.1', port), LIMIT)
            with closing(plain), closing(way(client, plain, server_hostname='localhost')) as end:
                self.assertEqual(version[0], end.version())
                self.assertEqual('localhost', dict(rdn[0] for rdn in end.getpeercert()['subject'])['commonName'])
                waiting(end, end.send, 'backwards\n')
                self.assertEqual('sdrawkcab\n', line(end))
            self.assertEqual(0, server.wait())
        self.cells(talk)

    def test_as_a_server(self):
        def talk(version, key, mutual, way):
            with closing(self.listener()) as listener:
                peer = self.start(certificates.s_client(key, version[1], mutual, listener.getsockname()[1]))
                plain = listener.accept()[0]
            server = context(certificates.pair(key=key))
            if not mutual:
                server.verify_mode = ssl.CERT_NONE
            with closing(plain), closing(way(server, plain, server_side=True)) as end:
                self.assertEqual(version[0], end.version())
                peer.stdin.write('from openssl\n')
                peer.stdin.flush()
                self.assertEqual('from openssl\n', line(end))
                if mutual:
                    self.assertIn((('commonName', 'them'),), end.getpeercert()['subject'])
                else:
                    self.assertIsNone(end.getpeercert())
                waiting(end, end.send, 'to openssl\n')
                said = peer.stdout.readline()
                while said and said != 'to openssl\n':
                    said = peer.stdout.readline()
                self.assertEqual('to openssl\n', said)
        self.cells(talk)


if __name__ == '__main__':
    unittest.main()
