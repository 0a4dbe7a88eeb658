"""Starts programs in all the ways in which python is started, and ends them in all the ways.

    python3 -m unittest discover -s launcher/tests
    EURYALE=python2.7 python3 -m unittest discover -s launcher/tests      (what is python's holds there, too)
"""

import os
import shutil
import signal
import subprocess
import tempfile
import unittest
import unittest.mock

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OURS = os.path.join(CHECKOUT, 'euryale')
INTERPRETER = os.environ.get('EURYALE', OURS)
SECONDS = 60

ours_only = unittest.skipUnless(INTERPRETER == OURS, 'about Euryale itself')


def python(*arguments, stdin='', env=None, program=(INTERPRETER,)):
    """The result of a run; arguments as for python."""
    return subprocess.run([*program, *arguments], input=stdin, capture_output=True, text=True,
                          env={**os.environ, **(env or {})}, timeout=SECONDS)


class Directory(unittest.TestCase):

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)

    def file(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, 'w') as f:
            f.write(text)
        return path

    def says(self, result, out, code=0):
        self.assertEqual((out, code), (result.stdout, result.returncode), result.stderr)


class StartTest(Directory):

    SHOW = 'import sys; print __name__, sys.argv[1:], sys.stdin.read()'

    def test_file(self):
        path = self.file('show.py', self.SHOW + '; print sys.argv[0], sys.path[0]')
        self.says(python(path, '-x', 'a b', '', stdin='in'),
                  "__main__ ['-x', 'a b', ''] in\n%s %s\n" % (path, self.directory))

    @ours_only
    def test_run_file(self):
        self.says(python('run', self.file('show.py', self.SHOW), 'run', stdin='in'), "__main__ ['run'] in\n")

    @ours_only
    def test_run_without_a_file(self):
        result = python('run')
        self.says(result, '', 2)
        self.assertIn('run needs a file', result.stderr)

    def test_command(self):
        self.says(python('-c', self.SHOW, '-c', 'x', stdin='in'), "__main__ ['-c', 'x'] in\n")

    def test_module(self):
        self.file('shown.py', self.SHOW)
        self.says(python('-m', 'shown', 'x', stdin='in', env={'PYTHONPATH': self.directory}), "__main__ ['x'] in\n")

    def test_dash(self):
        self.says(python('-', 'x', stdin='import sys\nprint __name__, sys.argv\n'), "__main__ ['-', 'x']\n")

    def test_standard_input(self):
        self.says(python(stdin='print 6 * 7\n'), '42\n')

    def test_directory(self):
        self.file('__main__.py', self.SHOW)
        self.says(python(self.directory, 'x', stdin='in'), "__main__ ['x'] in\n")

    def test_missing_file(self):
        result = python(os.path.join(self.directory, 'missing.py'))
        self.says(result, '', 2)
        self.assertRegex(result.stderr, r"can't open file '.*missing.py': \[Errno 2\] No such file or directory")

    @ours_only
    def test_jar(self):
        jar = os.path.join(CHECKOUT, 'launcher', 'target', 'dist', 'euryale.jar')
        java = os.path.join(os.environ['JAVA_HOME'], 'bin', 'java') if os.environ.get('JAVA_HOME') else 'java'
        path = self.file('show.py', self.SHOW + '; import _socket; print "nio" in _socket.__doc__')
        self.says(python('run', path, 'x', stdin='in', program=(java, '-jar', jar)), "__main__ ['x'] in\nTrue\n")


class OptionTest(Directory):

    def test_without_site(self):
        self.says(python('-S', '-c', 'import sys; print "site" in sys.modules'), 'False\n')

    def test_warnings_are_errors(self):
        result = python('-W', 'error', '-c', 'import warnings; warnings.warn("careful")')
        self.says(result, '', 1)
        self.assertTrue(result.stderr.endswith('UserWarning: careful\n'), result.stderr)

    def test_unknown_option(self):
        result = python('-uz', 'missing.py')
        self.says(result, '', 2)
        self.assertTrue(result.stderr.startswith('Unknown option: -z\n'), result.stderr)

    @ours_only
    def test_a_reactor_that_there_is_not(self):
        result = python('-c', 'print 1', env={'EURYALE_REACTOR': 'iocp'})
        self.says(result, '', 2)
        self.assertEqual('euryale: EURYALE_REACTOR is iocp; it can be epoll, euryale, poll, select\n', result.stderr)
        self.says(python('-c', 'print 1', env={'EURYALE_REACTOR': ''}), '1\n')

    def test_environment(self):
        show = 'import sys; print %r in sys.path' % self.directory
        environment = {'PYTHONPATH': self.directory + os.pathsep + '/nowhere'}
        self.says(python('-c', show, env=environment), 'True\n')
        self.says(python('-Wonce', '-W', 'error', '-SE', '-c', show, env=environment), 'False\n')

    def test_version(self):
        result = python('-V')
        self.assertEqual(0, result.returncode)
        self.assertRegex(result.stdout + result.stderr, r'^\w+ 2\.7\.\d+')

    def test_inspect(self):
        self.assertIn('42', python('-i', '-c', 'x = 6', stdin='print x * 7\n').stdout)

    def test_unbuffered(self):
        code = 'import sys; sys.stdout.write("now"); sys.stdin.read()'
        for options, environment in (['-u'], {}), ([], {'PYTHONUNBUFFERED': '1'}):
            with subprocess.Popen([INTERPRETER, *options, '-c', code], env={**os.environ, **environment},
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
                self.assertEqual(b'now', process.stdout.read(3))  # waits for ever if it is buffered
                process.stdin.close()
                self.assertEqual(0, process.wait(SECONDS))

    @ours_only
    def test_modules_are_cached_whatever_the_shell_says(self):
        self.file('cached.py', '')
        python('-c', 'import cached', env={'PYTHONPATH': self.directory, 'PYTHONDONTWRITEBYTECODE': '1'})
        self.assertIn('cached$py.class', os.listdir(self.directory))
        self.file('other.py', '')
        python('-B', '-c', 'import other', env={'PYTHONPATH': self.directory})
        self.assertNotIn('other$py.class', os.listdir(self.directory))

    @ours_only
    def test_stock_sockets(self):
        code = 'import _socket; print "nio" in _socket.__doc__'
        self.says(python('-c', code), 'True\n')
        self.says(python('-c', 'import _socket; print "nio" in str(_socket.__doc__)', env={'EURYALE_SOCKETS': 'stock'}),
                  'False\n')

    @ours_only
    def test_tls_is_ours(self):
        self.says(python('-c', 'import _ssl, ssl; print "JSSE" in ssl.OPENSSL_VERSION, ssl._ssl is _ssl'), 'True True\n')


class EndTest(Directory):

    def test_exit_codes(self):
        self.says(python('-c', 'import sys; sys.exit(3)'), '', 3)
        self.says(python('-c', 'raise SystemExit'), '', 0)
        result = python('-c', 'raise SystemExit("no more")')
        self.says(result, '', 1)
        self.assertEqual('no more\n', result.stderr)

    def test_exception(self):
        result = python('-c', 'print 1; 1 // 0')
        self.says(result, '1\n', 1)
        self.assertTrue(result.stderr.startswith('Traceback (most recent call last):\n'), result.stderr)
        self.assertTrue(result.stderr.rstrip().endswith('ZeroDivisionError: integer division or modulo by zero'),
                        result.stderr)

    def test_executable_starts_another(self):
        self.says(python('-c', 'import subprocess, sys\n'
                         'sys.exit(subprocess.call([sys.executable, "-c", "print 42; raise SystemExit(7)"]))'),
                  '42\n', 7)

    def test_exit_handlers_run(self):
        for end, code in ('', 0), ('sys.exit(3)', 3), ('1 // 0', 1):
            with self.subTest(end):
                self.says(python('-c', 'import atexit, sys\natexit.register(sys.stdout.write, "bye")\n' + end),
                          'bye', code)

    def test_threads_are_waited_for(self):
        self.says(python('-c', 'import atexit, sys, threading, time\n'
                         'def work():\n    time.sleep(0.3); sys.stdout.write("worked, ")\n'
                         'threading.Thread(target=work).start()\n'
                         'atexit.register(sys.stdout.write, "bye")'), 'worked, bye')


class SignalTest(Directory):

    WAITS = {
        'poll': 'import select; p = select.poll(); READY; p.poll()',
        'epoll': 'import select; p = select.epoll(); READY; p.poll()',
        'select': 'import select, socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(1); READY; '
                  'select.select([s], [], [])',
        'accept': 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(1); READY; s.accept()',
        'sleep': 'import time; READY; time.sleep(1000)',
        'event': 'import threading; READY; threading.Event().wait(1000)',
        'queue': 'import Queue; READY; Queue.Queue().get(timeout=1000)',
        'join': 'import threading; t = threading.Thread(target=threading.Event().wait); t.daemon = True; t.start(); '
                'READY; t.join(1000)',
        'computing': 'READY\nwhile True: pass',
    }
    READY = 'sys.stdout.write("ready\\n"); sys.stdout.flush()'

    def ended(self, code, number):
        """(exit status, standard error) of a program that was sent a signal when it said that it is ready."""
        process = subprocess.Popen(
            [INTERPRETER, '-c', 'import sys, signal\n' + code.replace('READY', self.READY)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            # A shell that starts the tests in the background leaves SIGINT ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(process.kill)
        self.assertEqual('ready\n', process.stdout.readline())
        process.send_signal(number)
        _, errors = process.communicate(timeout=SECONDS)
        return process.returncode, errors

    def test_interrupt_ends_a_wait(self):
        for name, code in self.WAITS.items():
            with self.subTest(name):
                status, errors = self.ended(code, signal.SIGINT)
                self.assertEqual(1, status)
                self.assertTrue(errors.startswith('Traceback'), errors)
                self.assertTrue(errors.rstrip().endswith('KeyboardInterrupt'), errors)

    def test_interrupt_is_an_exception(self):
        code = 'try:\n    %s\nexcept KeyboardInterrupt:\n    sys.exit(5)' % self.WAITS['poll']
        self.assertEqual((5, ''), self.ended(code, signal.SIGINT))

    def test_handler_runs_on_the_main_thread_and_ends_the_wait(self):
        for name in 'poll', 'accept':
            with self.subTest(name):
                code = ('import threading; main = threading.currentThread()\n'
                        'def handler(number, frame):\n'
                        '    sys.exit(6 if threading.currentThread() is main and number == 15 else 1)\n'
                        'signal.signal(signal.SIGTERM, handler)\n' + self.WAITS[name])
                self.assertEqual((6, ''), self.ended(code, signal.SIGTERM))

    @ours_only  # CPython 2.7 waits for ever if the signal comes while wait() holds the event's lock
    def test_handler_sets_the_event(self):
        self.says(python('-c', 'import os, signal, threading\n'
                         'event = threading.Event()\n'
                         'signal.signal(signal.SIGUSR1, lambda number, frame: event.set())\n'
                         'for count in range(300):\n'
                         '    os.kill(os.getpid(), signal.SIGUSR1)\n'
                         '    assert event.wait(1000)\n'
                         '    event.clear()\n'
                         'print "done"'), 'done\n')

    def test_handler_that_returns_leaves_the_files_open(self):
        """An interrupted Java thread closes the file that it is using."""
        path = os.path.join(self.directory, 'log')
        self.says(python('-c', 'import os, signal, sys, time\n'
                         'calls = []; written = 0; start = time.time()\n'
                         'signal.signal(signal.SIGUSR1, lambda number, frame: calls.append(number))\n'
                         'log = open(sys.argv[1], "wb", 0)\n'
                         'while len(calls) < 200:\n'
                         '    if time.time() > start + 30: sys.exit("too few signals: %%d" %% len(calls))\n'
                         '    os.kill(os.getpid(), signal.SIGUSR1)\n'
                         '    for _ in range(100): log.write("x"); log.write("y"); written += 2\n'
                         'print written == os.path.getsize(sys.argv[1])'.replace('%%', '%'), path), 'True\n')

    @ours_only
    def test_second_interrupt_ends_a_program_that_is_stuck_in_java(self):
        process = subprocess.Popen(
            [INTERPRETER, '-c', 'import sys, thread\n'
                                'from java.lang import Thread\n'
                                'main, lock = Thread.currentThread(), thread.allocate_lock()\n'
                                'def tell():\n'
                                '    while main.getState() != Thread.State.WAITING: Thread.sleep(1)\n'
                                '    %s\n'
                                'lock.acquire()\n'
                                'thread.start_new_thread(tell, ())\n'
                                'lock.acquire()' % self.READY], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(process.kill)
        self.assertEqual('ready\n', process.stdout.readline())
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(0.3)
            except subprocess.TimeoutExpired:
                pass
        self.assertEqual((130, 'KeyboardInterrupt\n'), (process.returncode, process.communicate(timeout=SECONDS)[1]))

    def test_terminate_ends_without_a_word(self):
        for number in signal.SIGTERM, signal.SIGHUP:
            for name in 'epoll', 'computing':
                with self.subTest((number, name)):
                    self.assertEqual((-number, ''), self.ended(self.WAITS[name], number))

    def test_terminate_by_default_again(self):
        code = 'signal.signal(signal.SIGTERM, handler)\nsignal.signal(signal.SIGTERM, signal.SIG_DFL)\n'
        self.assertEqual((-signal.SIGTERM, ''),
                         self.ended('def handler(*_): sys.exit(1)\n' + code + self.WAITS['sleep'], signal.SIGTERM))

    @ours_only
    def test_terminate_runs_the_hooks_of_the_jvm(self):
        code = ('from java.lang import Runtime, Thread\n'
                'class Hook(Thread):\n'
                '    def run(self): Thread.sleep(100); sys.stderr.write("hook")\n'
                'Runtime.getRuntime().addShutdownHook(Hook())\n')
        self.assertEqual((-signal.SIGTERM, 'hook'), self.ended(code + self.WAITS['sleep'], signal.SIGTERM))

    @ours_only
    def test_terminate_while_it_ends(self):
        """Its exit status is then its own."""
        code = ('from java.lang import Runtime, Thread\n'
                'class Hook(Thread):\n'
                '    def run(self): READY; Thread.sleep(500); sys.stderr.write("hook")\n'
                'Runtime.getRuntime().addShutdownHook(Hook())\n')
        self.assertEqual((9, 'hook'), self.ended(code + 'sys.exit(9)', signal.SIGTERM))

    @ours_only
    def test_a_jvm_without_signals(self):
        with unittest.mock.patch.dict(os.environ, EURYALE_JAVA_OPTS='-Xrs'):
            self.assertEqual((-signal.SIGTERM, ''), self.ended(self.WAITS['sleep'], signal.SIGTERM))

    def test_hangup_that_is_ignored(self):
        process = subprocess.Popen(
            [INTERPRETER, '-c', 'import sys\n%s\nprint sys.stdin.read()' % self.READY], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.addCleanup(process.kill)
        self.assertEqual('ready\n', process.stdout.readline())
        process.send_signal(signal.SIGHUP)
        self.assertEqual('lives\n', process.communicate('lives', timeout=SECONDS)[0])


@ours_only
class MissingTest(Directory):
    """What is missing is named in one line, with the command that brings it."""

    def without(self, *missing, java=None):
        """The launcher's result where PATH has everything but these programs."""
        for path in reversed(os.environ['PATH'].split(os.pathsep)):
            if os.path.isdir(path):
                for name in os.listdir(path):
                    link = os.path.join(self.directory, name)
                    if name not in missing and not os.path.lexists(link):
                        os.symlink(os.path.join(path, name), link)
        environment = {name: value for name, value in os.environ.items() if name != 'JAVA_HOME'}
        environment['PATH'] = self.directory
        return environment

    def fails(self, command, environment, *words):
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS)
        self.assertEqual(1, result.returncode)
        self.assertEqual(1, result.stderr.count('\n'), result.stderr)
        for word in ('euryale: ', *words):
            self.assertIn(word, result.stderr)

    def test_java(self):
        self.fails([OURS, '-c', 'pass'], self.without('java'), 'Java 17', 'apt-get install openjdk-17-jdk-headless')

    def test_old_java(self):
        environment = self.without('java')
        java = self.file('java', '#!/bin/sh\necho \'openjdk version "11.0.2" 2019-01-15\' >&2\n')
        os.chmod(java, 0o755)
        self.fails([OURS, '-c', 'pass'], environment, 'Java 17', 'is 11', 'apt-get install openjdk-17-jdk-headless')

    def test_maven(self):
        copy = os.path.join(self.directory, 'checkout')
        os.makedirs(os.path.join(copy, 'posix', 'src'))
        shutil.copy(OURS, copy)
        self.fails([os.path.join(copy, 'euryale'), '-c', 'pass'], self.without('mvn'), 'Maven', 'apt-get install maven')

    def test_what_the_tests_need(self):
        for name, package in ('mvn', 'maven'), ('cc', 'gcc'), ('dig', 'bind9-dnsutils'):
            with self.subTest(name):
                self.setUp()
                self.fails([OURS, 'test'], self.without(name), name, 'apt-get install ' + package)


if __name__ == '__main__':
    unittest.main()
