"""Twisted on a released Jython that has the drop-in jar beside it: euryale.reactor by install() and by --reactor.

    mvn verify, and then: python3 -m unittest discover -s dropin/tests

Twisted is a copy in which nothing has been compiled: a stock Jython says of a module something else once it is cached.
"""

import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGET = os.path.join(CHECKOUT, 'dropin', 'target')
STANDALONE = os.path.join(TARGET, 'stock', 'jython-standalone.jar')
SECONDS = 300

ECHO = '''
import sys
from euryale import reactor
reactor.install()
from twisted.internet import protocol, reactor

class Echo(protocol.Protocol):
    def dataReceived(self, data):
        self.transport.write(data)

    def connectionLost(self, reason):
        reactor.stop()

port = reactor.listenTCP(0, protocol.Factory.forProtocol(Echo), interface='127.0.0.1')
print type(reactor).__module__, type(reactor).__name__
print port.getHost().port
sys.stdout.flush()
reactor.run()
print 'stopped'
'''

APPLICATION = '''
import sys
from twisted.application import internet, service
from twisted.internet import protocol

class Echo(protocol.Protocol):
    def dataReceived(self, data):
        self.transport.write(data)

class Server(internet.TCPServer):
    def startService(self):
        internet.TCPServer.startService(self)
        from twisted.internet import reactor
        sys.__stdout__.write('%s %s\\n%d\\n' % (type(reactor).__module__, type(reactor).__name__, self._port.getHost().port))
        sys.__stdout__.flush()

application = service.Application('echo')
Server(0, protocol.Factory.forProtocol(Echo), interface='127.0.0.1').setServiceParent(application)
'''


def site():
    """The folder with Twisted 20.3.0 and what it needs."""
    run = os.path.join(CHECKOUT, 'conformance', 'twisted', 'run')
    return subprocess.run([run, '--site'], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


class StockTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        jars = glob.glob(os.path.join(TARGET, 'euryale-dropin-*.jar')) + glob.glob(STANDALONE)
        if len(jars) != 2:
            raise AssertionError('not there, or not one of each: the drop-in jar and %s; mvn verify makes them' % STANDALONE)
        cls.class_path = os.pathsep.join(jars)
        cls.directory = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.site = os.path.join(cls.directory, 'site')
        shutil.copytree(site(), cls.site, ignore=shutil.ignore_patterns('*.class', '*.pyc', 'dropin.cache', 'test'))

    def command(self, *arguments):
        return ['java', '-XX:TieredStopAtLevel=1', '-Dpython.cachedir=' + os.path.join(self.directory, 'cache'), '-cp', self.class_path,
                'org.python.util.jython', *arguments]

    def settings(self):
        env = {name: value for name, value in os.environ.items() if not name.startswith('EURYALE_')}
        for name in 'PYTHONPATH', 'PYTHONDONTWRITEBYTECODE':
            env.pop(name, None)
        return {**env, 'JYTHONPATH': self.site}

    def started(self, *arguments):
        process = subprocess.Popen(self.command(*arguments), cwd=self.directory, env=self.settings(), text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        return process

    def said(self, *arguments):
        return subprocess.run(self.command(*arguments), cwd=self.directory, env=self.settings(), text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=SECONDS).stdout

    def written(self, name, text):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as file:
            file.write(text)
        return path

    def script(self, name):
        return os.path.join(self.site, 'bin', name)

    def line_of_port(self, process):
        """(the line before, the port): what the program prints once it listens. Whatever comes else is not it."""
        lines = ['']
        for line in process.stdout:
            lines.append(line.strip())
            if lines[-1].isdigit():
                return lines[-2], int(lines[-1])
        raise AssertionError('\n'.join(lines))

    def assert_echoes(self, port):
        text = b'what goes there comes back, ' * 10000
        with socket.create_connection(('127.0.0.1', port), SECONDS) as client, client.makefile('rb') as answers:
            client.sendall(text)
            self.assertEqual(text, answers.read(len(text)))

    def test_install(self):
        process = self.started(self.written('echo.py', ECHO))
        kind, port = self.line_of_port(process)
        self.assertEqual('euryale.reactor EuryaleReactor', kind)
        self.assert_echoes(port)
        self.assertEqual('stopped\n', process.stdout.read())
        self.assertEqual(0, process.wait(SECONDS))

    def test_twistd(self):
        self.written('app.tac', APPLICATION)
        process = self.started(self.script('twistd'), '--reactor', 'euryale', '--pidfile', '', '-noy', 'app.tac')
        kind, port = self.line_of_port(process)
        self.assertEqual('euryale.reactor EuryaleReactor', kind)
        self.assert_echoes(port)
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        self.assertIn('Server Shut Down', rest)

    def test_plugins_of_cached_packages(self):
        for run in 'compiled', 'cached':
            said = self.said(self.script('twistd'), '--reactor', 'euryale', '-n', 'web', '--help')
            self.assertNotIn('Unknown command', said, run)
            self.assertIn('This starts a webserver', said, run)
        self.assertTrue(os.path.exists(os.path.join(self.site, 'twisted', 'plugins', '__init__$py.class')))

    def test_tests_of_cached_packages(self):
        self.written('site/tested/__init__.py', '')
        self.written('site/tested/test_one.py', 'from twisted.trial import unittest\n\n'
                     'class OneTest(unittest.TestCase):\n    def test_one(self):\n        pass\n')
        for run in 'compiled', 'cached':
            said = self.said(self.script('trial'), 'tested')
            self.assertIn('PASSED (successes=1)', said, run)
        self.assertTrue(os.path.exists(os.path.join(self.site, 'tested', '__init__$py.class')))


if __name__ == '__main__':
    unittest.main()
