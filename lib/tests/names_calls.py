"""Prints what some three thousand calls about names and addresses give; test_names.py compares interpreters.

Run where no server answers: it asks for names that do not exist. The order of the calls does not matter.
"""

import socket
import sys

AF = (socket.AF_UNSPEC, socket.AF_INET, socket.AF_INET6)
NUMERIC = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV

HOSTS = [
    # what test_names.py puts into /etc/hosts
    'many.example', 'alias2', 'v6alias', 'six.example', 'six', 'four', '2001:db8::7', '192.0.2.8', '192.0.2.10',
    'localhost', 'ip6-localhost', 'LOCALHOST', 'localhost.',
    # texts of addresses, and what is nearly one
    None, '', '127.0.0.1', '0', '::1', '::', '::ffff:1.2.3.4', '1.2.3', '0x7f.1', '127.1', '010.1.2.3', ' 1.2.3.4',
    '1.2.3.4 ', '1.2.3.4 x', '1.2.3.4x', '+1.2.3.4', '256.1.1.1', '1.2.3.4.5', '0177.0.0.1', '1.2.3.04', '[::1]',
    '<broadcast>',
    # scopes
    'fe80::1', 'fe80::1%lo', 'fe80::1%1', 'fe80::1%nosuch', 'fe80::1%99', 'fe80::1%', '::1%lo', '::1%1', '::1%5',
    'ff02::1%lo', 'fe80::1%0', 'fe80::1%-1', 'fe80::1%4294967296', 'fe80::1%1x', '::1%nosuch', '2001:db8::1%lo',
    # names that nobody has
    'unknown.invalid', 'x' * 64, 'x' * 300, 'x' * 2000, '.', '..', 'a..b', 'a b', 'a_b', '-', '*', ':', '%', '\xe4',
    '\xff\xfe', '127.0.0.1\0junk', '\0', 'local\0host',
    # unicode
    u'localhost', u'127.0.0.1', u'::1', u'', u'x' * 64, u'a..b', u'.', u'local\0host', u'\u3002',
    u'127\u30020\u30020\u30021', u'lo\xadcalhost', u'LOCALHOST', u'\xe4\u0378', u'fe80::1%lo', u'xn--',
    u'a' * 63 + u'.', u'\uff11.2.3.4', u'a\u0300..', u'xn--\xe4',
    # no names
    0, 1.5, [], (), bytearray('localhost')]

SERVICES = [
    'http', 'https', 'domain', 'ssh', 'HTTP', 'http ', '', '0', '80', '080', ' 80', '80 ', '+80', '-1', '0x50',
    '65535', '65536', '99999999999999999999', 'nosuch', '\0', 'ht\0tp', '80\0', 'tftp', 'syslog', 'exec', 'www', 0, 80,
    -1, 65535, 65536, 70000, True, None, 1.5, u'http', u'80', u'', [], bytearray('80')]

PROTOCOLS = ['tcp', 'udp', 'icmp', 'ipv6-icmp', 'TCP', 'ip', 'hopopt', 'nosuch', '6', u'tcp', 'ipv6', 'IPv6', '',
             'tcp\0', None, 6]

TEXTS = ['127.0.0.1', '0', '', '1', '1.2', '0x7f.1', '1.2.3.4 ', '1.2.3.4 x', ' 1.2.3.4', '256.0.0.1', '::1', '::',
         '::1%lo', '1.2.3.4\0', u'127.0.0.1', u'\xe4', None, 1, 1.5, [], bytearray('1.2.3.4'), '\xe4',
         '255.255.255.255', '0377.1', '08.1', '1.2.3.256']

PACKED = ['', 'abc', 'abcd', 'abcde', '\0' * 16, '\0' * 15, 'x' * 16, 'x' * 17, u'abcd', u'\xe4bcd', u'x' * 16, None, 1,
          [], bytearray('abcd')]

SOCKADDRS = [
    (), ('127.0.0.1',), ('127.0.0.1', 80, 0), ('127.0.0.1', 80, 0, 0), ('127.0.0.1', 80, 0, 0, 0), ('::1', 80, -1, 0),
    ('::1', 80, 0xfffff, 0), ('::1', 80, 0x100000, 0), ('::1', 80, 0, -1), ('::1', 80, 'x', 0), (None, 80), (1, 80),
    ('127.0.0.1', 'http'), ('127.0.0.1', None), ('127.0.0.1', 1.5), ('localhost', 80), ('', 80), ('<broadcast>', 80),
    ['127.0.0.1', 80], None, 'x', 5, (u'127.0.0.1', 80), ('127.0.0.1\0', 80), ('127.0.0.1', -1), ('127.0.0.1', 65536)]

# Not an IPv4 text: given an IPv6 socket, CPython 2.7 binds it to what is on its stack.
BOUND = [
    ('::1', 0, 0, 0), ('::1', 0, 0, 1), ('::1', 0, 5, 0), ('::1', 0, 0x100000, 0), ('::1', 0, -1, 0), ('::1', 0, 0, 99),
    ('fe80::1', 0, 0, 1), ('fe80::1', 0, 0, 99), ('::ffff:127.0.0.1', 0), ('localhost', 0, 0, 3), ('::1', 65536),
    ('::1', -1), ('::1', 'x'), ('::1', None), ('::1', 1.5), ('::1',), (), ('::1', 0, 0, 0, 0), ['::1', 0], None, 'x',
    ('::1', 0, 'x', 0), ('::1', 0, 0, 'x')]


def tell(name, arguments, call):
    try:
        result = repr(call(*arguments))
    except Exception as e:
        result = '%s.%s%r' % (type(e).__module__, type(e).__name__, e.args)
    print '%s%r: %s' % (name, arguments, result)


def call(name, *arguments):
    tell(name, arguments, getattr(socket, name))


def hosts():
    for host in HOSTS:
        call('getaddrinfo', host, 80)
        call('getaddrinfo', host, 80, 0, 0, 0, socket.AI_NUMERICHOST)
        call('getaddrinfo', host, 80, socket.AF_INET, socket.SOCK_STREAM)
        call('getaddrinfo', host, 80, socket.AF_INET6, socket.SOCK_STREAM)
        call('getaddrinfo', host, 80, 0, socket.SOCK_STREAM, 0, socket.AI_CANONNAME)
        call('getaddrinfo', host, None, 0, socket.SOCK_STREAM, 0, socket.AI_PASSIVE)
        for name in 'gethostbyname', 'gethostbyname_ex', 'gethostbyaddr', 'getfqdn':
            call(name, host)
        for sockaddr, flags in ((host, 80), 0), ((host, 80), NUMERIC), ((host, 80, 0, 1), NUMERIC):
            call('getnameinfo', sockaddr, flags)


def services():
    for service in SERVICES:
        call('getaddrinfo', 'localhost', service)
        for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW:
            call('getaddrinfo', '127.0.0.1', service, 0, kind)
        call('getaddrinfo', None, service, 0, 0, 0, socket.AI_NUMERICSERV)
        call('getaddrinfo', '127.0.0.1', service, 0, 0, socket.IPPROTO_UDP)
        for arguments in (), ('tcp',), ('udp',):
            call('getservbyname', service, *arguments)
            call('getservbyport', service, *arguments)
        call('getservbyname', 'http', service)
        call('getservbyport', 80, service)
        for flags in 0, socket.NI_DGRAM:
            call('getnameinfo', ('127.0.0.1', service), flags)
    for port in 514, 512, 513, 53, 69, 123, 1, 7, 9, 6000, 65000:
        call('getservbyport', port)
        for protocol in 'tcp', 'udp', 'sctp', '':
            call('getservbyport', port, protocol)
        for flags in 0, socket.NI_DGRAM:
            call('getnameinfo', ('127.0.0.1', port), flags)
    for protocol in PROTOCOLS:
        call('getprotobyname', protocol)


def hints():
    for family in AF + (1, 3, 99, -1, 16, 17, None, 'x', 1.5):
        for kind in 0, 1, 2, 3, 5, 99, -1:
            call('getaddrinfo', 'localhost', 80, family, kind)
        call('getaddrinfo', None, 80, family)
        call('getaddrinfo', '::1', 80, family)
    for kind in 0, 1, 2, 3, 4, 5, 6, 10, 99, -1, 1 | 0x800:
        for protocol in 0, 1, 6, 17, 58, 132, 136, 99, 255, 256, -1:
            call('getaddrinfo', '127.0.0.1', 80, 0, kind, protocol)
            call('getaddrinfo', '127.0.0.1', 'http', 0, kind, protocol)
            call('getaddrinfo', '::1', None, 0, kind, protocol)
    for flags in [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x18, 0x20, 0x21, 0x28, 0x38, 0x400, 0x401, 0x404, 0x40, 0x80, 0x100,
                  0x200, 0x800, 0x1000, 0x10000, -1]:
        for host in 'localhost', None, '127.0.0.1', '::1', '', '::ffff:127.0.0.1':
            for family in AF:
                call('getaddrinfo', host, 80, family, 1, 0, flags)
        call('getaddrinfo', 'localhost', 'http', 0, 1, 0, flags)
        call('getaddrinfo', None, None, 0, 1, 0, flags)
    for flags in range(64) + [64, 128, 256, -1]:
        for sockaddr in ('127.0.0.1', 80), ('::1', 22), ('::ffff:127.0.0.1', 80):
            call('getnameinfo', sockaddr, flags)
    for flags in 1, 3, 9:
        for sockaddr in ('fe80::1', 1, 0, 1), ('fe80::1', 1, 0, 99), ('2001:db8::1', 1, 0, 5), ('192.0.2.2', 65000):
            call('getnameinfo', sockaddr, flags)


def shapes():
    for arguments in [(), ('a',), (1, 2, 3, 4, 5, 6, 7), ('localhost', 80, 0, 'x'), ('localhost', 80, 0, 0, None),
                      ('localhost', 80, 0, 0, 0, 1.5)]:
        call('getaddrinfo', *arguments)
    for sockaddr in SOCKADDRS:
        call('getnameinfo', sockaddr, socket.NI_NUMERICHOST)
    for arguments in [(), (('127.0.0.1', 80),), (('127.0.0.1', 80), None), (('127.0.0.1', 80), 'x'),
                      (('127.0.0.1', 80), 1.5), (('127.0.0.1', 80), 0, 0)]:
        call('getnameinfo', *arguments)
    for name in ('gethostbyname', 'gethostbyname_ex', 'gethostbyaddr', 'gethostname', 'getservbyname', 'getservbyport',
                 'getprotobyname', 'inet_aton', 'inet_ntoa', 'inet_pton', 'inet_ntop'):
        for arguments in (), (1, 2, 3), ('a', 'b', 'c', 'd'):
            call(name, *arguments)
    call('gethostname')
    call('getfqdn')


def texts():
    for text in TEXTS:
        call('inet_aton', text)
        for family in 2, 10, 1, 0, 99, -1, None, 'x', 1.5:
            call('inet_pton', family, text)
    for packed in PACKED:
        call('inet_ntoa', packed)
        for family in 2, 10, 1, 99, None, 'x':
            call('inet_ntop', family, packed)


def bound(family, kind, address):
    def bind(given):
        sock = socket.socket(family, kind)
        try:
            sock.bind(given)
            name = sock.getsockname()
            return name[:1] + (name[1] > 0,) + name[2:]
        finally:
            sock.close()

    tell('bind %d %d' % (family, kind), (address,), bind)


def sockets():
    for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
        for host in HOSTS:
            if host != '<broadcast>':  # the JDK does not bind to it
                bound(socket.AF_INET, kind, (host, 0))
            if not isinstance(host, basestring) or ':' in host or host.isalpha() or host.endswith('.invalid'):
                bound(socket.AF_INET6, kind, (host, 0))
        for address in BOUND:
            bound(socket.AF_INET, kind, address)
            bound(socket.AF_INET6, kind, address)


if __name__ == '__main__':
    for part in hosts, services, hints, shapes, texts, sockets:
        part()
    sys.stdout.flush()
