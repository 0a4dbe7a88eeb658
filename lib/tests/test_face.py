"""The modules that programs import have the names of CPython 2.7's; no Java is needed to ask for them.

    python2.7 -m unittest discover -s lib/tests -p test_face.py      (the same expectations hold there)
"""

import select
import socket
import ssl
import subprocess
import unittest
import _socket

from reference import cpython

MODULES = {module.__name__: module for module in (_socket, select, socket, ssl)}
# What CPython's file left behind at its module's level: no name of its documents.
LEFT_OVER = {'MethodType', '_m', '_ssl', 'm', 'meth', 'p', 'partial', 're', 'textwrap', 'warnings',
             '_import_symbols', '_delegate_methods'}


class NamesTest(unittest.TestCase):

    def test_every_name(self):
        for name, module in MODULES.items():
            shown = subprocess.check_output([cpython(), '-c', 'import %s; print " ".join(dir(%s))' % (name, name)])
            self.assertGreater(len(shown.split()), 10)
            self.assertEqual(set(), set(shown.split()) - set(dir(module)) - LEFT_OVER, name)


class SubclassTest(unittest.TestCase):

    class Named(_socket.socket):

        def __init__(self, *arguments):
            super(SubclassTest.Named, self).__init__(*arguments)
            self.name = 'of mine'

        def __repr__(self):
            return '<socket %s>' % self.name

    def test_its_own_methods_hold(self):
        named = self.Named(socket.AF_INET, socket.SOCK_STREAM)
        self.assertEqual(('<socket of mine>', '<socket of mine>', {'name': 'of mine'}),
                         (repr(named), str(named), dict(vars(named))))
        self.assertEqual(socket.SOCK_STREAM, named.type)
        named.close()

    def test_arguments_of_its_own(self):
        class Datagrams(_socket.socket):
            def __init__(self, host, size=1):
                _socket.socket.__init__(self, socket.AF_INET, socket.SOCK_DGRAM)
                self.host, self.size = host, size

        own = Datagrams('here', size=3)
        self.assertEqual(('here', 3, socket.SOCK_DGRAM), (own.host, own.size, own.type))
        own.bind(('127.0.0.1', 0))
        own.close()

    def test_before_it_is_initialized(self):
        class Lazy(_socket.socket):
            def __init__(self):
                pass

        lazy = Lazy()
        self.assertEqual((-1, 0, 0, 0), (lazy.fileno(), lazy.family, lazy.type, lazy.proto))
        self.assertEqual('<socket object, fd=-1, family=0, type=0, protocol=0>', repr(lazy))
        self.assertRaisesRegexp(socket.error, 'Bad file descriptor', lazy.recv, 1)
        lazy.close()
        new = _socket.socket.__new__(_socket.socket, 1, 2, 3, 4, five=5)
        new.__init__(socket.AF_INET, socket.SOCK_DGRAM)
        self.assertEqual(socket.SOCK_DGRAM, new.type)
        self.assertGreater(new.fileno(), 2)
        new.close()

    def test_wrong_arguments(self):
        for arguments, keywords, text in (
                ((1, 2, 3, 4), {}, r'^socket\(\) takes at most 3 arguments \(4 given\)$'),
                (('x',), {}, '^an integer is required$'),
                ((), {'bad': 1}, "^'bad' is an invalid keyword argument for this function$")):
            self.assertRaisesRegexp(TypeError, text, _socket.socket, *arguments, **keywords)
        self.assertRaisesRegexp(TypeError, r'^_socket.socket.__new__\(\): not enough arguments$',
                                _socket.socket.__new__)
        self.assertRaisesRegexp(TypeError, r'X is not a type object \(int\)$', _socket.socket.__new__, 3)

    def test_without_methods(self):
        plain = _socket.socket()
        self.assertTrue(repr(plain).startswith('<socket object, fd='), repr(plain))
        self.assertEqual(repr(plain), str(plain))
        plain.close()


class TlsNamesTest(unittest.TestCase):

    def test_an_error_of_tls_is_an_error_of_sockets(self):
        self.assertTrue(issubclass(socket.sslerror, socket.error))
        self.assertFalse(issubclass(socket.timeout, socket.sslerror))

    def test_numbers(self):
        self.assertEqual((1, 2, 3, 8), (socket.SSL_ERROR_SSL, socket.SSL_ERROR_WANT_READ, socket.SSL_ERROR_WANT_WRITE,
                                        socket.SSL_ERROR_EOF))

    def test_random(self):
        self.assertEqual(1, socket.RAND_status())
        socket.RAND_add('some bytes', 0.5)
        self.assertRaises(TypeError, socket.RAND_add, 'some bytes', 'many')
        self.assertRaises(TypeError, socket.RAND_add, 1, 1)

    def test_ssl_is_what_its_module_is(self):
        self.assertTrue(socket.sslerror is ssl.SSLError)
        connected, other = socket.socketpair()
        other.close()
        self.assertRaises(socket.error, socket.ssl, connected)
        connected.close()


if __name__ == '__main__':
    unittest.main()
