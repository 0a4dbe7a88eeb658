"""Console scripts by their bare names: euryale twistd, euryale trial ..."""

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
import urllib.request

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EURYALE = os.environ.get('EURYALE', os.path.join(CHECKOUT, 'euryale'))
SECONDS = 60

TAC = '''
from twisted.application import internet, service
from twisted.web import server, static
application = service.Application('files')
site = server.Site(static.File('.'))
internet.TCPServer(PORT, site, interface='127.0.0.1').setServiceParent(application)
'''
# What takes a turn of the reactor to stop, as services do that end their connections.
STOP = '''
from twisted.internet import defer, reactor
from twisted.python import log
def stop():
    log.msg('stopping')
    stopped = defer.Deferred()
    reactor.callLater(0.1, stopped.callback, None)
    return stopped.addCallback(lambda _: log.msg('stopped'))
'''
SERVICE = '''
class Slow(service.Service):
    def stopService(self):
        service.Service.stopService(self)
        return stop()
Slow().setServiceParent(application)
'''
PROGRAM = '''
import sys
from twisted.web import server, static
log.startLogging(sys.stderr)
reactor.addSystemEventTrigger('before', 'shutdown', stop)
reactor.listenTCP(0, server.Site(static.File('.')), interface='127.0.0.1')
reactor.run()
print 'afterwards'
'''
TESTS = '''
from twisted.internet import reactor, task
from twisted.trial import unittest
class WaitTest(unittest.TestCase):
    def test_wait(self):
        return task.deferLater(reactor, 0.01, self.assertEqual, 'same', 'same')
    def test_bad(self):
        return task.deferLater(reactor, 0.01, self.assertEqual, 'one', 'other')
'''


class Directory(unittest.TestCase):
    """A working directory, and a prefix whose bin has scripts."""

    def setUp(self):
        self.base = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.base)
        self.directory = os.path.join(self.base, 'work')
        os.mkdir(self.directory)
        self.bin = os.path.join(self.base, 'data', 'euryale', 'bin')
        self.environment = {**os.environ, 'XDG_DATA_HOME': os.path.join(self.base, 'data')}

    def file(self, path, text):
        path = os.path.join(self.directory, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as f:
            f.write(text)
        return path

    def script(self, name, text, first='#!/usr/bin/env python\n'):
        return self.file(os.path.join(self.bin, name), first + text)

    def run_(self, *arguments, status=0, command=EURYALE):
        result = subprocess.run([command, *arguments], cwd=self.directory, env=self.environment, text=True,
                                stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
        self.assertEqual(status, result.returncode, result.stdout + result.stderr)
        return result

    def says(self, out, *arguments):
        self.assertEqual(out, self.run_(*arguments).stdout)

    def refused(self, text, *arguments):
        result = self.run_(*arguments, status=2)
        self.assertEqual(('', 'euryale: %s\n' % text), (result.stdout, result.stderr))


class ScriptTest(Directory):

    def test_found_where_pip_puts_them(self):
        path = self.script('greet', 'import sys; print sys.argv, __name__, sys.path[0]')
        said = "['%s', 'you', '-n'] __main__ %s\n" % (path, self.bin)
        self.says(said, 'greet', 'you', '-n')
        self.says(said, '-u', '-W', 'ignore', 'greet', 'you', '-n')

    def test_one_for_a_python_with_a_blank_in_its_path(self):
        self.script('greet', 'print 42', '#!/bin/sh\n\'\'\'exec\' "/a b/python" "$0" "$@"\n\' \'\'\'\n')
        self.says('42\n', 'greet')

    def test_a_file_here_comes_first(self):
        self.script('greet', 'print "script"')
        os.mkdir(os.path.join(self.directory, 'greet'))
        self.says('script\n', 'greet')          # a directory that is no program is none
        self.file('greet/__main__.py', 'print "directory"')
        self.says('directory\n', 'greet')
        shutil.rmtree(os.path.join(self.directory, 'greet'))
        self.file('greet', 'print "file"')
        self.says('file\n', 'greet')

    def test_commands_come_first(self):
        for name in 'doctor', 'pip', 'venv', 'test':
            self.script(name, 'print "script"')
        self.assertIn('usage: euryale venv', self.run_('venv', status=2).stderr)
        self.assertIn('takes --all', self.run_('test', '--what', status=2).stderr)

    def test_missing(self):
        self.refused("can't open file 'greet': [Errno 2] No such file or directory; "
                     "nor has pip installed a script of that name in " + self.bin, 'greet')
        self.script('greet', '')
        self.refused("can't open file './greet': [Errno 2] No such file or directory", './greet')

    def test_no_python(self):
        path = self.script('greet', 'echo', '#!/bin/sh\n')
        self.refused(path + ' is no Python program; run it by its path', 'greet')

    def test_of_a_venv(self):
        self.script('greet', 'print "outside"')
        venv = os.path.join(self.base, 'venv')
        self.run_('venv', venv)
        self.file(os.path.join(venv, 'bin', 'greet'), '#!python\nprint "inside"')
        for name in 'euryale', 'python':
            self.assertEqual('inside\n', self.run_('greet', command=os.path.join(venv, 'bin', name)).stdout)


class TwistedTest(Directory):
    """Twisted's own, from the site of conformance/twisted/run, which has its scripts in bin."""

    @classmethod
    def setUpClass(cls):
        run = os.path.join(CHECKOUT, 'conformance', 'twisted', 'run')
        cls.site = subprocess.run([run, '--site'], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def setUp(self):
        Directory.setUp(self)
        os.makedirs(os.path.dirname(self.bin))
        os.symlink(os.path.join(self.site, 'bin'), self.bin)
        self.environment['PYTHONPATH'] = self.site

    def serves(self, *arguments, number=signal.SIGINT):
        """Asks a server for a file of the working directory, and sends it a signal. Its exit status and its log."""
        self.file('index.txt', 'hello')
        # Without a buffer, in which lines would wait of which select knows nothing.
        process = subprocess.Popen([EURYALE, *arguments], cwd=self.directory, env=self.environment, bufsize=0,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        lines = []
        while not lines or 'Site starting on' not in lines[-1]:
            self.assertTrue(select.select([process.stdout], [], [], SECONDS)[0], lines)
            lines.append(process.stdout.readline().decode())
            self.assertTrue(lines[-1], lines)
        port = int(re.search(r'starting on (\d+)', lines[-1]).group(1))
        with urllib.request.urlopen('http://127.0.0.1:%d/index.txt' % port, timeout=SECONDS) as page:
            self.assertEqual(b'hello', page.read())
        process.send_signal(number)
        lines.append(process.communicate(timeout=SECONDS)[0].decode())
        return process.returncode, ''.join(lines)

    def test_twistd(self):
        status, log = self.serves('twistd', '-n', 'web', '--path', '.', '--listen', 'tcp:0:interface=127.0.0.1')
        self.assertEqual(-signal.SIGINT, status, log)   # Twisted ends itself by the signal that has ended it
        self.assertIn('Server Shut Down.', log)
        self.assertEqual(['index.txt'], os.listdir(self.directory))     # twistd.pid is gone

    def test_twist(self):
        status, log = self.serves('twist', 'web', '--path', '.', '--listen', 'tcp:0:interface=127.0.0.1')
        self.assertEqual(-signal.SIGINT, status, log)
        self.assertIn('Main loop terminated.', log)

    def tac(self, text):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        self.file('files.tac', text.replace('PORT', str(port)))

    def stopped(self, log, name, last):
        """Whether a signal has ended a server as Twisted does, with all that it has to stop."""
        said = [f'Received {name}, shutting down.', 'stopping', 'stopped', 'Main loop terminated.', last]
        self.assertEqual(said, [each for line in log.splitlines() for each in said if line.endswith('] ' + each)], log)

    def test_tac(self):
        self.tac(TAC)
        status, log = self.serves('twistd', '-ny', 'files.tac')
        self.assertEqual(-signal.SIGINT, status, log)

    def test_tac_is_terminated(self):
        self.tac(STOP + TAC + SERVICE)
        status, log = self.serves('twistd', '-ny', 'files.tac', number=signal.SIGTERM)
        self.assertEqual(-signal.SIGTERM, status, log)
        self.stopped(log, 'SIGTERM', 'Server Shut Down.')
        self.assertEqual(['files.tac', 'index.txt'], sorted(os.listdir(self.directory)))

    def test_a_program(self):
        for number in signal.SIGTERM, signal.SIGINT:
            with self.subTest(number.name):
                status, log = self.serves('run', self.file('server.py', STOP + PROGRAM), number=number)
                self.assertEqual(0, status, log)        # which is its own
                self.stopped(log, number.name, 'afterwards')

    def test_trial(self):
        self.file('shop/__init__.py', '')
        self.file('shop/test_wait.py', TESTS)
        self.environment['PYTHONPATH'] += os.pathsep + self.directory   # as for CPython's trial
        log = self.run_('trial', 'shop', status=1).stdout
        self.assertIn("FailTest: 'one' != 'other'", log)
        self.assertIn('FAILED (failures=1, successes=1)', log)
        self.assertIn('PASSED (successes=1)', self.run_('trial', 'shop.test_wait.WaitTest.test_wait').stdout)

    def test_daemon_is_refused(self):
        result = self.run_('twistd', 'web', '--path', '.', status=1)
        self.assertEqual(1, result.stderr.count('\n'), result.stderr)
        self.assertIn('a JVM cannot fork', result.stderr)
        self.assertEqual([], os.listdir(self.directory))


if __name__ == '__main__':
    unittest.main()
