"""A server on twisted.web: / is a short page, /file a file of 1 MiB."""
import atexit
import os
import shutil
import sys
import tempfile

from twisted.internet import reactor
from twisted.web import resource, server, static


class Hello(resource.Resource):

    def getChild(self, name, request):
        return self if not name else resource.Resource.getChild(self, name, request)

    def render_GET(self, request):
        request.setHeader(b'content-type', b'text/plain')
        return b'Hello, World!'


folder = tempfile.mkdtemp()
atexit.register(shutil.rmtree, folder)
with open(os.path.join(folder, 'file'), 'wb') as f:
    f.write(bytes(bytearray(i * 7 % 251 for i in range(1 << 20))))
root = Hello()
root.putChild(b'file', static.File(os.path.join(folder, 'file')))
port = reactor.listenTCP(0, server.Site(root), backlog=4096, interface='127.0.0.1')
sys.stdout.write('PORT %d PID %d\n' % (port.getHost().port, os.getpid()))
sys.stdout.flush()
reactor.run()
