"""A DNS server on twisted.names, over UDP and TCP: the zone `example.` and nothing else.

    ./euryale run examples/twisted_dns.py [--host H] [--port N]
    dig @127.0.0.1 -p 8053 www.example

The first line printed tells the address; port 0 takes any free one. Runs on CPython 2.7 as well.
"""

import optparse
import sys

from twisted.internet import error, reactor
from twisted.names import authority, dns, server

DAY = 86400


class Zone(authority.FileAuthority):
    """What a zone file would say, said in Python."""

    def loadFile(self, filename):
        start = dns.Record_SOA('ns.example', 'root.example', 1, DAY, DAY, DAY, DAY, ttl=DAY)
        self.soa = 'example', start
        self.records = {
            'example': [start, dns.Record_NS('ns.example', ttl=DAY), dns.Record_MX(10, 'mail.example', ttl=DAY),
                        dns.Record_TXT('a zone of its own', ttl=DAY)],
            'ns.example': [dns.Record_A('127.0.0.1', ttl=DAY)],
            'www.example': [dns.Record_A('192.0.2.1', ttl=DAY), dns.Record_AAAA('2001:db8::1', ttl=DAY)],
            'mail.example': [dns.Record_CNAME('www.example', ttl=DAY)],
        }


def listen(factory, port, host):
    """Takes one number for UDP and TCP; the number."""
    for attempt in range(10):
        tcp = reactor.listenTCP(port, factory, interface=host)
        number = tcp.getHost().port
        try:
            reactor.listenUDP(number, dns.DNSDatagramProtocol(factory), interface=host)
            return number
        except error.CannotListenError:
            tcp.stopListening()
            if port:
                raise
    raise SystemExit('no number is free for both UDP and TCP')


def main():
    parser = optparse.OptionParser()
    parser.add_option('--host', default='127.0.0.1')
    parser.add_option('--port', type='int', default=8053)
    options = parser.parse_args()[0]
    number = listen(server.DNSServerFactory(authorities=[Zone('')]), options.port, options.host)
    print 'listening on %s:%d' % (options.host, number)
    sys.stdout.flush()
    reactor.run()


if __name__ == '__main__':
    main()
