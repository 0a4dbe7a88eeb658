"""A static file server on twisted.web: directories, ranges, types, keep-alive.

    ./euryale run examples/twisted_files.py [DIRECTORY] [--host H] [--port N]
    curl http://127.0.0.1:8015/

The first line printed tells the address; port 0 takes any free one. Runs on CPython 2.7 as well.
"""

import optparse
import sys

from twisted.internet import reactor
from twisted.web.server import Site
from twisted.web.static import File


def main():
    parser = optparse.OptionParser('%prog [DIRECTORY] [options]')
    parser.add_option('--host', default='127.0.0.1')
    parser.add_option('--port', type='int', default=8015)
    options, directories = parser.parse_args()
    root = File(directories[0] if directories else '.')
    if not root.isdir():
        parser.error('%s is no directory' % root.path)
    address = reactor.listenTCP(options.port, Site(root), interface=options.host).getHost()
    print 'listening on %s:%d' % (address.host, address.port)
    sys.stdout.flush()
    reactor.run()


if __name__ == '__main__':
    main()
