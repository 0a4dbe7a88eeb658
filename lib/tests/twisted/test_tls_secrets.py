"""Keys and passwords of Twisted's TLS are told to nobody: not to its log, not in an exception, not to a trace.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted -p test_tls_secrets.py
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import certificates

PASSWORD = 'quite-secret-words'

# All that it logs, it says.
PROGRAM = '''
import sys
from OpenSSL import SSL, crypto
from twisted.internet import defer, endpoints, protocol, reactor, ssl
from twisted.python import log

certificate, key, password, authority = sys.argv[1:]
log.startLogging(sys.stdout, setStdout=False)


class Passworded(ssl.ContextFactory):

    def __init__(self, answer):
        self.answer, self.context = answer, None

    def getContext(self):
        if self.context is None:
            context = SSL.Context(SSL.TLS_METHOD)
            context.set_passwd_cb(lambda *_: self.answer())
            context.use_certificate_chain_file(certificate)
            context.use_privatekey_file(key)
            self.context = context
        return self.context


class Echo(protocol.Protocol):

    def dataReceived(self, data):
        log.msg('the server got', data)
        if data == 'fail':
            raise RuntimeError('as it was asked to')
        self.transport.write(data)

    def connectionLost(self, reason):
        log.err(reason, 'the server lost it')


class Client(protocol.Protocol):

    def __init__(self, said):
        self.said, self.lost = said, defer.Deferred()

    def connectionMade(self):
        self.transport.write(self.said)

    def dataReceived(self, data):
        log.msg('the client got', data)
        log.msg('%r %r' % (self.transport, getattr(self.transport, 'getHandle', int)()))
        self.transport.loseConnection()

    def connectionLost(self, reason):
        log.err(reason, 'the client lost it')
        self.lost.callback(None)


def wrong():
    return 'wrong-' + password


def raises():
    raise KeyError('of the callback')


@defer.inlineCallbacks
def main():
    with open(authority) as f:
        root = ssl.Certificate.loadPEM(f.read())
    trusting = ssl.optionsForClientTLS(u'www.example.org', ssl.trustRootFromCertificates([root]))
    doubting = ssl.optionsForClientTLS(u'www.example.org')
    with open(key) as f:
        pem = f.read()
    with open(certificate) as f:
        shown = crypto.load_certificate(crypto.FILETYPE_PEM, f.read())
    own = crypto.load_privatekey(crypto.FILETYPE_PEM, pem, password)
    options = ssl.CertificateOptions(privateKey=own, certificate=shown)
    for given in wrong(), password * 100, lambda *_: wrong(), lambda *_: raises():
        try:
            crypto.load_privatekey(crypto.FILETYPE_PEM, pem, given)
        except Exception:
            log.err(None, 'no key')
    for made in Passworded(lambda: password), options:
        port = reactor.listenSSL(0, protocol.Factory.forProtocol(Echo), made, interface='127.0.0.1')
        place = '127.0.0.1', port.getHost().port
        tcp = endpoints.TCP4ClientEndpoint(reactor, *place)
        for said, options_of_client in ('hello', trusting), ('hello', doubting), ('fail', trusting):
            client = Client(said)
            yield endpoints.connectProtocol(endpoints.wrapClientTLS(options_of_client, tcp), client)
            yield client.lost
        for said in 'GET / HTTP/1.0', chr(21) + chr(3) * 2 + chr(0) + chr(2) * 2 + chr(40):
            client = Client(said)
            yield endpoints.connectProtocol(tcp, client)
            client.transport.loseWriteConnection()
            yield client.lost
        yield port.stopListening()
    for answer in wrong, raises:
        try:
            reactor.listenSSL(0, protocol.Factory.forProtocol(Echo), Passworded(answer), interface='127.0.0.1')
        except Exception:
            log.err(None, 'no context')
    pair = ssl.KeyPair(own)
    log.msg('%r %s %r %r %r %r' % (pair, pair.inspect(), own, options, vars(options), options.getContext()))
    log.msg('done')

main().addErrback(log.err, 'the program failed').addBoth(lambda _: reactor.stop())
reactor.run()
'''


class SecretTest(unittest.TestCase):

    def said(self, *java):
        certificate = certificates.pair()
        child = subprocess.Popen(
            [sys.executable, '-c', PROGRAM, certificate, certificates.encrypted(certificate, PASSWORD), PASSWORD,
             certificates.authority()],
            env=dict(os.environ, EURYALE_JAVA_OPTS=' '.join(java)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = child.communicate()[0]
        self.assertEqual(0, child.returncode, said)
        self.assertNotIn('the program failed', said)
        self.assertIn('done', said.splitlines()[-2])  # the last line is that of the main loop
        return said

    def assert_keeps(self, text):
        for secret in certificates.secrets(PASSWORD):
            self.assertNotIn(secret, text)
        self.assertNotIn('PRIVATE KEY', text)

    def test_the_log_and_a_trace_have_none(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        trace = os.path.join(directory, 'trace')
        said = self.said('-Deuryale.trace=' + trace)
        for times, what in ((4, 'no key'), (2, 'no context'), (4, 'the server got'), (2, 'the client got hello'),
                            (2, 'as it was asked to'), (2, 'alert certificate unknown'), (2, 'certificate verify failed'),
                            (2, 'http request'), (2, 'of the callback')):
            self.assertGreaterEqual(said.count(what), times, what + ': ' + said)
        self.assertNotIn('buggy', said)
        self.assert_keeps(said)
        with open(trace) as f:
            text = f.read()
        self.assertIn('listen(', text)
        self.assert_keeps(text)


if __name__ == '__main__':
    unittest.main()
