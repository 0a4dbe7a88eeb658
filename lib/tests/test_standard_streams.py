"""The standard streams are the kernel's own to a program: who closes one ends a pipe, also for a peer in another process.

Each test asks a program of its own; CPython 2.7 gives the same answers.
"""

import os
import subprocess
import sys
import tempfile
import unittest


def program(code, **streams):
    """A program that runs code."""
    return subprocess.Popen([sys.executable, '-c', code], close_fds=True, **streams)


class ClosingTest(unittest.TestCase):

    def test_a_peer_hears_of_the_end(self):
        for closing in ('os.close(1)', 'os.closerange(1, 2)', 'os.dup2(os.open(os.devnull, os.O_WRONLY), 1)',
                        'os.fdopen(1, "w").close()'):
            child = program('import os, sys; os.write(1, "said"); %s; sys.stdin.read()' % closing,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.assertEqual('said', child.stdout.read(), closing)  # to the end, while the child waits for us
            self.assertEqual(None, child.poll())
            child.stdin.close()
            self.assertEqual(0, child.wait())
            child.stdout.close()

    def test_a_writer_hears_that_nobody_reads(self):
        child = program('import os, time; os.close(0); os.write(1, "closed"); time.sleep(60)',
                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.assertEqual('closed', child.stdout.read(6))
            self.assertRaises((OSError, IOError), os.write, child.stdin.fileno(), 'x')
        finally:
            child.kill()
            child.wait()
            child.stdin.close()
            child.stdout.close()

    def test_another_descriptor_keeps_it_open(self):
        child = program('import os, sys; kept = os.dup(1); os.close(1); os.write(kept, "a"); sys.stdin.read(1);'
                        'os.dup2(kept, 1); os.close(kept); os.write(1, "b"); sys.stdin.read(1);'
                        'os.close(1); sys.stdin.read()', stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.assertEqual('a', child.stdout.read(1))
        os.write(child.stdin.fileno(), 'x')
        self.assertEqual('b', child.stdout.read(1))
        os.write(child.stdin.fileno(), 'x')
        self.assertEqual('', child.stdout.read())
        child.stdin.close()
        self.assertEqual(0, child.wait())
        child.stdout.close()

    def test_the_number_is_given_again(self):
        with tempfile.NamedTemporaryFile() as log:
            code = ('import os, subprocess; os.close(1); assert os.open(%r, os.O_WRONLY) == 1;'
                    'os.write(1, "own "); subprocess.call(["echo", "childs"])' % log.name)
            self.assertEqual('', program(code, stdout=subprocess.PIPE).communicate()[0])
            self.assertEqual('own childs\n', log.read())

    def test_writing_afterwards_is_an_error(self):
        child = program('import os, sys, errno\nos.close(1)\n'
                        'for write in lambda: os.write(1, "x"), lambda: (sys.stdout.write("x"), sys.stdout.flush()):\n'
                        '    try: write()\n'
                        '    except EnvironmentError as e: assert e.errno == errno.EBADF\n'
                        '    else: assert False\n'
                        'os._exit(7)', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(('', ''), child.communicate())
        self.assertEqual(7, child.returncode)

    def test_an_error_that_nobody_hears(self):
        child = program('import os; os.close(2); 1 / 0', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(('', ''), child.communicate())
        self.assertEqual(1, child.returncode)


class RedirectionTest(unittest.TestCase):

    def test_children_get_what_the_number_is(self):
        with tempfile.NamedTemporaryFile() as log:
            child = program('import os, subprocess; os.dup2(os.open(%r, os.O_WRONLY), 1);'
                            'os.write(1, "own "); subprocess.call(["echo", "childs"])' % log.name,
                            stdout=subprocess.PIPE)
            self.assertEqual('', child.communicate()[0])
            self.assertEqual('own childs\n', log.read())

    @unittest.skipUnless(sys.platform.startswith('java'), 'what the JVM writes by itself')
    def test_what_the_jvm_prints_goes_there_too(self):
        with tempfile.NamedTemporaryFile() as log:
            child = program('import os; os.dup2(os.open(%r, os.O_WRONLY), 2); from java.lang import System;'
                            'System.err.println("of java")' % log.name, stderr=subprocess.PIPE)
            self.assertEqual((None, ''), child.communicate())
            self.assertEqual('of java\n', log.read())

    @unittest.skipUnless(sys.platform.startswith('java'), 'several interpreters in one process')
    def test_another_interpreter_closes_its_own_number(self):
        child = program('from org.python.core import Py, PyStringMap, PySystemState\n'
                        'from org.python.util import PythonInterpreter\n'
                        'import os, sys\n'
                        'own = Py.getSystemState()\n'
                        'other = PythonInterpreter(PyStringMap(), PySystemState())\n'
                        'other.exec("import os; os.close(1)")\n'
                        'Py.setSystemState(own)\n'
                        'os.write(1, "still there")\n', stdout=subprocess.PIPE)
        self.assertEqual('still there', child.communicate()[0])
        self.assertEqual(0, child.returncode)


class StartedWithoutTest(unittest.TestCase):

    def test_a_stream_that_was_closed_before(self):
        for number in 0, 1, 2:
            with tempfile.NamedTemporaryFile() as log:
                code = ('import os\ntry: os.fstat(%d)\nexcept OSError as e: told = os.strerror(e.errno)\n'
                        'else: told = "open"\nopen(%r, "w").write(told)' % (number, log.name))
                self.assertEqual(0, subprocess.call(
                    ['sh', '-c', 'exec "$0" -c "$1" %s' % ('<&-', '>&-', '2>&-')[number], sys.executable, code]))
                self.assertEqual('Bad file descriptor', open(log.name).read())


if __name__ == '__main__':
    unittest.main()
