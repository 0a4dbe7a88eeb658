"""Names and addresses, as CPython 2.7 has them on Linux.

    ./euryale -m unittest discover -s lib/tests
    python2.7 -m unittest discover -s lib/tests      (the same expectations hold there)

What needs an /etc/hosts and a resolver of its own runs in a mount namespace, with unshare(1): there names_calls.py is
compared with a CPython 2.7 ($EURYALE_CPYTHON27, python2.7, pyenv's).
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from reference import cpython

HERE = os.path.dirname(os.path.abspath(__file__))
TCP, UDP = socket.IPPROTO_TCP, socket.IPPROTO_UDP
STREAM, DGRAM, RAW = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW
INET, INET6 = socket.AF_INET, socket.AF_INET6

HOSTS = '''127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback
192.0.2.7 many.example many alias2
192.0.2.8 many.example
2001:db8::7 many.example v6alias
2001:db8::9 six.example six
192.0.2.10 four.example four
'''


class NamesTestCase(unittest.TestCase):

    def fails(self, error, arguments, call, *given):
        """The call raises exactly this class with these arguments."""
        with self.assertRaises(error) as raised:
            call(*given)
        self.assertIs(error, type(raised.exception))
        self.assertEqual(arguments, raised.exception.args)

    def no_name(self, *given):
        self.fails(socket.gaierror, (socket.EAI_NONAME, 'Name or service not known'), *given)


class NumericTest(NamesTestCase):
    """Addresses in text: nobody is asked."""

    def addresses(self, host, family=0):
        return [entry[4][0] for entry in socket.getaddrinfo(host, 80, family, STREAM)]

    def test_a_family_has_three_kinds(self):
        self.assertEqual([(INET, STREAM, TCP, '', ('127.0.0.1', 80)),
                          (INET, DGRAM, UDP, '', ('127.0.0.1', 80)),
                          (INET, RAW, 0, '', ('127.0.0.1', 80))], socket.getaddrinfo('127.0.0.1', 80))
        self.assertEqual([(INET6, DGRAM, UDP, '', ('::1', 53, 0, 0))],
                         socket.getaddrinfo('::1', 'domain', 0, 0, UDP)[:1])

    def test_ipv4_in_other_writings(self):
        self.assertEqual(['1.2.0.3'], self.addresses('1.2.3'))
        self.assertEqual(['127.0.0.1'], self.addresses('0x7f.1'))
        self.assertEqual(['0.0.0.0'], self.addresses('0'))
        self.assertEqual('10.1.2.3', socket.gethostbyname('010.1.2.3'))  # CPython reads decimal by itself ...
        self.assertEqual(['8.1.2.3'], self.addresses('010.1.2.3'))  # ... and the C library octal

    def test_a_mapped_address_stays_ipv6_unless_ipv4_is_asked_for(self):
        self.assertEqual(['::ffff:1.2.3.4'], self.addresses('::ffff:1.2.3.4'))
        self.assertEqual(['1.2.3.4'], self.addresses('::ffff:1.2.3.4', INET))
        self.assertEqual(['::ffff:127.0.0.1'], [entry[4][0] for entry in socket.getaddrinfo(
            '127.0.0.1', 80, INET6, STREAM, 0, socket.AI_V4MAPPED | socket.AI_NUMERICHOST)])

    def test_the_other_family(self):
        wrong = socket.gaierror, (socket.EAI_ADDRFAMILY, 'Address family for hostname not supported')
        self.fails(wrong[0], wrong[1], socket.getaddrinfo, '::1', 80, INET)
        self.fails(wrong[0], wrong[1], socket.getaddrinfo, '127.0.0.1', 80, INET6)
        self.fails(wrong[0], wrong[1], socket.gethostbyname, '::1')

    def test_scopes(self):
        self.assertEqual(('fe80::1%lo', 80, 0, 1), socket.getaddrinfo('fe80::1%lo', 80)[0][4])
        self.assertEqual(('fe80::1%lo', 80, 0, 1), socket.getaddrinfo('fe80::1%1', 80)[0][4])
        self.assertEqual(('fe80::1%99', 80, 0, 99), socket.getaddrinfo('fe80::1%99', 80)[0][4])
        self.assertEqual(('::1%1', 80, 0, 1), socket.getaddrinfo('::1%1', 80)[0][4])
        for host in 'fe80::1%nosuch', 'fe80::1%', '::1%lo', 'fe80::1%1x':
            self.no_name(socket.getaddrinfo, host, 80)

    def test_scopes_of_sockets(self):
        sock = socket.socket(INET6)
        self.addCleanup(sock.close)
        self.no_name(sock.bind, ('fe80::1%nosuch', 0))
        self.fails(socket.error, (22, 'Invalid argument'), sock.bind, ('fe80::1', 0))
        self.fails(socket.error, (99, 'Cannot assign requested address'), sock.bind, ('fe80::1', 0, 0, 1))
        self.assertRaises(socket.error, sock.bind, ('fe80::1', 0, 0, 4294967295))

    def test_only_numbers(self):
        self.no_name(socket.getaddrinfo, 'localhost', 80, 0, 0, 0, socket.AI_NUMERICHOST)
        self.no_name(socket.getaddrinfo, '127.0.0.1', 'http', 0, 0, 0, socket.AI_NUMERICSERV)

    def test_no_host(self):
        self.assertEqual(['::1', '127.0.0.1'], self.addresses(None))
        self.assertEqual(['0.0.0.0', '::'], [entry[4][0] for entry in socket.getaddrinfo(
            None, 80, 0, STREAM, 0, socket.AI_PASSIVE)])
        self.no_name(socket.getaddrinfo, None, None)
        self.no_name(socket.getaddrinfo, '', 80)

    def test_the_canonical_name_is_in_the_first_entry(self):
        self.assertEqual(['127.1', '', ''], [entry[3] for entry in socket.getaddrinfo(
            '127.1', 80, 0, 0, 0, socket.AI_CANONNAME)])

    def test_bad_hints(self):
        for arguments, error in [((99,), (socket.EAI_FAMILY, 'ai_family not supported')),
                                 ((0, 99), (socket.EAI_SOCKTYPE, 'ai_socktype not supported')),
                                 ((0, 0, 0, 0x10000), (socket.EAI_BADFLAGS, 'Bad value for ai_flags'))]:
            self.fails(socket.gaierror, error, socket.getaddrinfo, '127.0.0.1', 80, *arguments)

    def test_getnameinfo(self):
        numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
        self.assertEqual(('127.0.0.1', 'http'), socket.getnameinfo(('127.0.0.1', 80), socket.NI_NUMERICHOST))
        self.assertEqual(('fe80::1%lo', '80'), socket.getnameinfo(('fe80::1', 80, 0, 1), numeric))
        self.assertEqual(('2001:db8::1%5', '80'), socket.getnameinfo(('2001:db8::1', 80, 0, 5), numeric))
        self.fails(socket.error, ('IPv4 sockaddr must be 2 tuple',), socket.getnameinfo, ('127.0.0.1', 80, 0), numeric)
        self.fails(socket.gaierror, (socket.EAI_SERVICE, 'Servname not supported for ai_socktype'),
                   socket.getnameinfo, ('127.0.0.1', -1), numeric)


class ServiceTest(NamesTestCase):

    def test_services(self):
        self.assertEqual([80, 53, 53], [socket.getservbyname(*arguments) for arguments in [
            ('http',), ('domain', 'udp'), (u'domain', u'tcp')]])
        self.assertEqual(['http', 'shell', 'syslog'], [socket.getservbyport(*arguments) for arguments in [
            (80,), (514, 'tcp'), (514, 'udp')]])
        self.assertEqual([80], [entry[4][1] for entry in socket.getaddrinfo('127.0.0.1', 'www', 0, STREAM)])
        self.assertEqual([6, 17, 58], map(socket.getprotobyname, ['tcp', 'UDP', 'ipv6-icmp']))

    def test_what_nobody_serves(self):
        self.fails(socket.error, ('service/proto not found',), socket.getservbyname, 'nosuch')
        self.fails(socket.error, ('service/proto not found',), socket.getservbyname, 'http', 'sctp')
        self.fails(socket.error, ('port/proto not found',), socket.getservbyport, 65000)
        self.fails(socket.error, ('protocol not found',), socket.getprotobyname, 'nosuch')
        self.fails(OverflowError, ('getservbyport: port must be 0-65535.',), socket.getservbyport, 65536)
        self.fails(socket.gaierror, (socket.EAI_SERVICE, 'Servname not supported for ai_socktype'),
                   socket.getaddrinfo, '127.0.0.1', 'nosuch')

    def test_services_of_the_wrong_type(self):
        self.fails(TypeError, ('getservbyname() argument 2 must be string, not int',), socket.getservbyname, 'http', 6)
        self.fails(socket.error, ('getaddrinfo() argument 2 must be integer or string',),
                   socket.getaddrinfo, '127.0.0.1', u'http')
        self.fails(OverflowError, ('Python int too large to convert to C long',),
                   socket.getaddrinfo, '127.0.0.1', 1 << 64)


class IdnaTest(NamesTestCase):

    def test_labels(self):
        for name, encoded in [(u'localhost', 'localhost'), (u'LocalHost', 'LocalHost'),
                              (u'python\u3002org.', 'python.org.'),
                              (u'b\xfccher.example', 'xn--bcher-kva.example'), (u'lo\xadcalhost', 'localhost'),
                              (u'B\xdcCHER', 'xn--bcher-kva'), (u'\xe4\u0378', 'xn--4ca43k'),
                              (u'\uff11.2', '1.2'), (u'a' * 63, 'a' * 63), (u'', '')]:
            self.assertEqual(encoded, name.encode('idna'))

    def test_labels_that_cannot_be(self):
        for name in u'a..b', u'.', u'\u3002', u'a' * 64, u'\xe4' * 64, u'a..':
            self.fails(UnicodeError, ('label empty or too long',), name.encode, 'idna')
        self.fails(UnicodeError, ('Label starts with ACE prefix',), u'xn--\xe4'.encode, 'idna')

    def test_who_takes_idna(self):
        self.assertEqual('127.0.0.1', socket.getaddrinfo(u'127\u30020\u30020\u30021', 80)[0][4][0])
        sock = socket.socket()
        self.addCleanup(sock.close)
        sock.bind((u'127\u30020\u30020\u30021', 0))
        self.assertRaises(UnicodeEncodeError, socket.gethostbyname, u'127\u30020\u30020\u30021')
        self.fails(UnicodeError, ('label empty or too long',), sock.bind, (u'a..b', 0))

    def test_null_bytes(self):
        sock = socket.socket()
        self.addCleanup(sock.close)
        self.fails(TypeError, ('getsockaddrarg() argument 1 must be encoded string without null bytes, not str',),
                   sock.bind, ('127.0.0.1\0', 0))
        self.fails(TypeError, ('gethostbyname() argument 1 must be string without null bytes, not str',),
                   socket.gethostbyname, '127.0.0.1\0')
        self.assertEqual('127.0.0.1', socket.getaddrinfo('127.0.0.1\0x', 80)[0][4][0])  # as C ends its strings


class UnknownTest(NamesTestCase):
    """Names that the C library refuses by itself."""

    def test_no_names(self):
        for name in 'x' * 300, 'a..b', 'a b', '\xe4':
            for _ in range(2):
                self.no_name(socket.getaddrinfo, name, 80)
                self.no_name(socket.gethostbyname, name)

    def test_an_unknown_name_fails_alike_each_time(self):
        seen = set()
        for _ in range(3):
            for call in [lambda: socket.getaddrinfo('unknown.invalid', 80),
                         lambda: socket.gethostbyname('unknown.invalid')]:
                with self.assertRaises(socket.gaierror) as raised:
                    call()
                seen.add(raised.exception.args)
        self.assertEqual(1, len(seen))
        self.assertIn(seen.pop(), [(socket.EAI_NONAME, 'Name or service not known'),  # some server says so
                                   (socket.EAI_AGAIN, 'Temporary failure in name resolution')])  # no server answers

    def test_getfqdn_of_the_unknown_is_what_was_given(self):
        self.assertEqual('a..b', socket.getfqdn('a..b'))


class ResolverTest(NamesTestCase):
    """With an /etc/hosts of its own, and a resolver that is dead: nobody is behind the port."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp()
        cls.namespace = ['unshare', '-m'] if os.geteuid() == 0 else ['unshare', '-rm']
        for name, text in ('hosts', HOSTS), ('resolv.conf', 'nameserver 127.0.0.1\n'):
            with open(os.path.join(cls.directory, name), 'w') as f:
                f.write(text)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.directory)

    def run_there(self, interpreter, *arguments):
        """What the program prints and the seconds it took."""
        mounts = ' && '.join('mount --bind %s/%s /etc/%s' % (self.directory, name, name)
                             for name in ('hosts', 'resolv.conf'))
        try:
            if subprocess.call(self.namespace + ['sh', '-c', mounts]) != 0:
                self.skipTest('this machine gives no mount namespace')
        except OSError as e:
            self.skipTest('there is no unshare(1): %s' % e)
        begun = time.time()
        command = ['sh', '-c', mounts + ' && exec "$@"', 'sh', interpreter] + list(arguments)
        process = subprocess.Popen(self.namespace + command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = process.communicate()[0]
        self.assertEqual(0, process.returncode, output)
        return output.splitlines(), time.time() - begun

    def test_a_dead_resolver_is_told_at_once_and_alike_each_time(self):
        program = '''if 1:
            import socket, time
            begun = time.time()
            for _ in range(3):
                for call in [lambda: socket.getaddrinfo('unknown.invalid', 80),
                             lambda: socket.gethostbyname('unknown.invalid'),
                             lambda: socket.gethostbyname_ex('unknown.invalid'),
                             lambda: socket.gethostbyaddr('192.0.2.99'),
                             lambda: socket.getnameinfo(('192.0.2.99', 80), 0),
                             lambda: socket.socket().connect(('unknown.invalid', 80))]:
                    try:
                        call()
                    except socket.error as e:
                        print '%s %s' % (type(e).__name__, e.args)
            print time.time() - begun < 10
        '''
        lines = self.run_there(sys.executable, '-c', program)[0]
        again = "gaierror (-3, 'Temporary failure in name resolution')"
        herror = "herror (2, 'Host name lookup failure')"
        self.assertEqual([again, again, again, herror, again, again] * 3 + ['True'], lines)

    def test_hosts(self):
        program = '''if 1:
            import socket
            print [entry[4][0] for entry in socket.getaddrinfo('many.example', 80, 0, socket.SOCK_STREAM)]
            print socket.gethostbyname_ex('many')
            print socket.gethostbyaddr('2001:db8::7')
            print socket.gethostbyaddr('four')
            print socket.getnameinfo(('192.0.2.7', 80), 0)
            print socket.getfqdn('six')
            print socket.getaddrinfo('alias2', 80, 0, socket.SOCK_STREAM, 0, socket.AI_CANONNAME)
            print socket.getaddrinfo('localhost', 80, 0, socket.SOCK_STREAM)
        '''
        lines = self.run_there(sys.executable, '-c', program)[0]
        self.assertEqual([
            "['192.0.2.7', '192.0.2.8', '2001:db8::7']",
            "('many.example', ['many', 'alias2'], ['192.0.2.7'])",
            "('many.example', ['v6alias'], ['2001:db8::7'])",
            "('four.example', ['four'], ['192.0.2.10'])",
            "('many.example', 'http')",
            "six.example",
            "[(2, 1, 6, 'many.example', ('192.0.2.7', 80))]",
            "[(10, 1, 6, '', ('::1', 80, 0, 0)), (2, 1, 6, '', ('127.0.0.1', 80))]"], lines)

    def test_as_on_cpython(self):
        """Some three thousand calls of names_calls.py."""
        reference = cpython()
        calls = os.path.join(HERE, 'names_calls.py')
        expected = self.run_there(reference, calls)[0]
        self.assertGreater(len(expected), 2500)
        found = self.run_there(sys.executable, calls)[0]
        self.assertEqual(len(expected), len(found))
        self.assertEqual([], [pair for pair in zip(expected, found) if pair[0] != pair[1]][:20])


if __name__ == '__main__':
    unittest.main()
