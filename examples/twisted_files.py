"""A static file server on twisted.web: directories, ranges, types, keep-alive, TLS.

    ./euryale run examples/twisted_files.py [DIRECTORY] [--host H] [--port N] [--certificate FILE]
    curl http://127.0.0.1:8015/

    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=localhost \\
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1
    cat cert.pem key.pem > both.pem
    ./euryale run examples/twisted_files.py --certificate both.pem
    curl --cacert cert.pem https://localhost:8015/

The first line printed tells the address; port 0 takes any free one. Runs on CPython 2.7 as well.
"""

import optparse
import sys

from twisted.internet import reactor
from twisted.web.server import Site
from twisted.web.static import File


def listen(options, site):
    if not options.certificate:
        return reactor.listenTCP(options.port, site, interface=options.host)
    from twisted.internet.ssl import PrivateCertificate     # which needs OpenSSL, that CPython may lack
    with open(options.certificate) as f:
        shown = PrivateCertificate.loadPEM(f.read())
    return reactor.listenSSL(options.port, site, shown.options(), interface=options.host)


def main():
    parser = optparse.OptionParser('%prog [DIRECTORY] [options]')
    parser.add_option('--host', default='127.0.0.1')
    parser.add_option('--port', type='int', default=8015)
    parser.add_option('--certificate', metavar='FILE', help='a certificate and its key in PEM: serves HTTPS')
    options, directories = parser.parse_args()
    root = File(directories[0] if directories else '.')
    if not root.isdir():
        parser.error('%s is no directory' % root.path)
    address = listen(options, Site(root)).getHost()
    print 'listening on %s:%d' % (address.host, address.port)
    sys.stdout.flush()
    reactor.run()


if __name__ == '__main__':
    main()
