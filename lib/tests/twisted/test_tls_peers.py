"""Twisted's TLS on Euryale's reactor with other people's programs: OpenSSL in every combination, curl.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import os
import subprocess
import sys
import threading
import unittest

from twisted.internet import endpoints, ssl
from twisted.internet.protocol import ClientFactory, Factory, Protocol
from twisted.web import resource, server

from reactors import ReactorTest

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import certificates  # noqa: E402 - of lib/tests

LIMIT = 30
# A version's name, openssl's option for it, and Twisted's, whose lowerMaximumSecurityTo is the first that is not
# spoken.
VERSIONS = (
    ('TLSv1.2', '-tls1_2', {'raiseMinimumTo': ssl.TLSVersion.TLSv1_2,
                            'lowerMaximumSecurityTo': ssl.TLSVersion.TLSv1_3}),
    ('TLSv1.3', '-tls1_3', {'raiseMinimumTo': ssl.TLSVersion.TLSv1_3}))
KEYS = 'rsa', 'ec', 'ed25519'


def private(*args, **kwargs):
    with open(certificates.pair(*args, **kwargs)) as f:
        return ssl.PrivateCertificate.loadPEM(f.read())


def authority():
    with open(certificates.authority()) as f:
        return ssl.Certificate.loadPEM(f.read())


class Talk(Protocol):
    """Says a line, or answers one, and closes; notes what it has seen."""

    def __init__(self, says=None, answers=None):
        self.says, self.answers, self.got, self.lost = says, answers, '', None

    def connectionMade(self):
        if self.says:
            self.transport.write(self.says)

    def dataReceived(self, data):
        self.got += data
        if self.got.endswith('\n'):
            self.version = self.transport.getHandle().get_protocol_version_name()
            certificate = self.transport.getPeerCertificate()
            self.peer = certificate and certificate.get_subject().CN
            if self.answers:
                self.transport.write(self.answers)
            self.transport.loseConnection()

    def connectionLost(self, reason):
        self.lost = reason


class PeerCase(ReactorTest):

    limit = LIMIT

    def wait_for(self, deferred):
        got = []
        deferred.addBoth(got.append)
        self.until(lambda: got)
        return got[0]

    def start(self, command):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        watch = threading.Timer(LIMIT, process.kill)
        watch.daemon = True
        watch.start()

        def end():
            watch.cancel()
            if process.poll() is None:
                process.kill()
            process.communicate()

        self.addCleanup(end)
        return process


class MatrixTest(PeerCase):

    maxDiff = None

    def cells(self, talk):
        """Calls talk(version, key, mutual) for each cell; tells all that failed."""
        failed, count, kept = [], 0, self._cleanups
        for version in VERSIONS:
            for key in KEYS:
                for mutual in False, True:
                    count += 1
                    self._cleanups = []
                    try:
                        talk(version, key, mutual)
                    except Exception as e:
                        failed.append('%s %s mutual=%s: %r' % (version[0], key, mutual, e))
                    finally:
                        self.doCleanups()
        self._cleanups = kept
        self.assertEqual([], failed)
        self.assertEqual(12, count)
        self.assertEqual([], self.failures)

    def test_as_a_client(self):
        def talk(version, key, mutual):
            port = certificates.port_of(self.start(certificates.s_server(key, version[1], mutual)))
            # service_identity 18.1.0 cannot compare a name without a dot with the certificate's `*.example.org`.
            options = ssl.optionsForClientTLS(
                u'www.example.org', authority(), private('client', key, name='us') if mutual else None,
                extraCertificateOptions=dict(version[2]))  # which is changed
            client = Talk(says='backwards\n')
            self.reactor.connectSSL('127.0.0.1', port,
                                    ClientFactory.forProtocol(lambda: client), options)
            self.until(lambda: client.lost)
            self.assertEqual('sdrawkcab\n', client.got, client.lost)
            self.assertEqual((version[0], 'localhost'), (client.version, client.peer))
        self.cells(talk)

    def test_as_a_server(self):
        def talk(version, key, mutual):
            one = private(key=key)
            options = ssl.CertificateOptions(one.privateKey.original, one.original,
                                             trustRoot=authority() if mutual else None, **version[2])
            answering = Talk(answers='to openssl\n')
            port = self.reactor.listenSSL(0, Factory.forProtocol(lambda: answering), options, interface='127.0.0.1')
            self.addCleanup(lambda: self.wait_for(port.stopListening()))
            peer = self.start(certificates.s_client(key, version[1], mutual, port.getHost().port))
            peer.stdin.write('from openssl\n')
            peer.stdin.flush()
            self.until(lambda: answering.lost)
            self.assertEqual('from openssl\n', answering.got, answering.lost)
            self.assertEqual((version[0], 'them' if mutual else None), (answering.version, answering.peer))
            self.assertIn('to openssl\n', peer.stdout.read())
        self.cells(talk)


class CurlTest(PeerCase):
    """curl asks twisted.web on an ssl: endpoint."""

    def serve(self, key='rsa'):
        class Root(resource.Resource):
            isLeaf = True

            def render_GET(self, request):
                return b'a page over %s\n' % str(request.transport.getHandle().get_protocol_version_name())

            def render_POST(self, request):
                return '%d\n' % len(request.content.read())

        path = certificates.pair(key=key).replace(':', '\\:')
        endpoint = endpoints.serverFromString(
            self.reactor, 'ssl:0:privateKey=%s:certKey=%s:interface=127.0.0.1' % (path, path))
        port = self.wait_for(endpoint.listen(server.Site(Root(), reactor=self.reactor)))
        self.addCleanup(lambda: self.wait_for(port.stopListening()))
        return port.getHost().port

    def curl(self, port, *arguments):
        """curl's status, and what it printed."""
        process = self.start(['curl', '--silent', '--show-error', '--noproxy', '*', '--max-time', str(LIMIT)]
                             + list(arguments) + ['https://localhost:%d/' % port])
        self.until(lambda: process.poll() is not None)
        return process.returncode, process.stdout.read()

    def test_pages(self):
        for key in KEYS:
            port = self.serve(key)
            for flag, version in ('--tls-max', '1.2'), ('--tlsv1.3', None):
                flags = [flag] + [version] * bool(version) + ['--cacert', certificates.authority()]
                self.assertEqual((0, 'a page over TLSv%s\n' % (version or '1.3')), self.curl(port, *flags))
        self.assertEqual([], self.failures)

    def test_a_large_upload(self):
        port = self.serve()
        data = os.path.join(os.path.dirname(certificates.authority()), 'upload')
        with open(data, 'wb') as f:
            f.write('x' * 3000000)
        self.assertEqual((0, '3000000\n'), self.curl(port, '--cacert', certificates.authority(), '--data-binary',
                                                     '@' + data, '--header', 'Expect:'))

    def test_who_does_not_trust_turns_away(self):
        status, said = self.curl(self.serve())
        self.assertEqual(60, status, said)


if __name__ == '__main__':
    unittest.main()
