"""What makes a start fast changes nothing but the time.

    python3 -m unittest discover -s launcher/tests -p test_start.py
"""

import os
import shutil
import stat
import subprocess
import tempfile
import unittest

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECONDS = 120

MODULE = """
import re
from collections import namedtuple

Pair = namedtuple('Pair', 'one two')
made = {}
exec compile('def twice(n):\\n    return 2.0 * n / 4\\n', '<made>', 'exec') in made
exec u'def name():\\n    return u"\\xe9"\\n' in made
total = eval('1 + 2')
exec compile('from __future__ import division\\nhalf = 7 / 2', '<later>', 'exec') in made
word = re.compile(r'(?P<first>\\w+)\\s+(?P<second>[^\\d\\s]+)(x)?', re.I | re.M)
text = re.compile(u'(?P<n>\\xe9+)|[a-f]', re.U)
try:
    exec 'def ('
except SyntaxError as e:
    error = e
"""

PROGRAM = """
import sys, traceback
sys.path.insert(0, sys.argv[1])
import kept
print kept.Pair(1, two=2), kept.total, kept.made['half'], kept.made['twice'](6), repr(kept.made['name']())
print kept.made['twice'].__code__.co_filename, kept.made['twice'].__code__.co_flags, kept.error.lineno
for pattern, line in (kept.word, 'One two'), (kept.text, u'x\\xe9\\xe9'):
    found = pattern.search(line)
    print pattern.flags, pattern.groups, sorted(pattern.groupindex.items()), repr(pattern.pattern), found.groupdict(), found.lastgroup
try:
    kept.made['twice'](None)
except TypeError:
    print traceback.format_exc().splitlines()[-2:]
"""


class ImportCacheTest(unittest.TestCase):
    """What imports compile is kept from one start to the next."""

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        self.cache = os.path.join(self.directory, 'cache')
        self.kept = os.path.join(self.cache, 'euryale', 'code')
        for name, text in ('kept.py', MODULE), ('program.py', PROGRAM):
            with open(os.path.join(self.directory, name), 'w') as f:
                f.write(text)

    def run_it(self, *options, **env):
        process = subprocess.run(
            [os.path.join(CHECKOUT, 'euryale'), *options, os.path.join(self.directory, 'program.py'), self.directory],
            env={**os.environ, 'XDG_CACHE_HOME': self.cache, **env}, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS)
        self.assertEqual(0, process.returncode, process.stdout)
        return process.stdout

    def files(self):
        return {name: os.path.getmtime(os.path.join(self.kept, name)) for name in os.listdir(self.kept)}

    def change(self, magic, old, new):
        """Changes the one kept file that begins so and has the old text."""
        changed = 0
        for name in os.listdir(self.kept):
            with open(os.path.join(self.kept, name), 'r+b') as f:
                content = f.read()
                if content.startswith(magic) and old in content:
                    changed += 1
                    f.seek(0)
                    f.write(content.replace(old, new))
        self.assertEqual(1, changed)

    def test_the_next_start_takes_what_was_kept(self):
        first = self.run_it()
        self.assertIn("Pair(one=1, two=2) 3 3.5 3.0 u'\\xe9'\n", first)
        self.assertIn("{'second': 'two', 'first': 'One'}", first)
        self.assertEqual(0o700, stat.S_IMODE(os.stat(self.kept).st_mode))
        files = self.files()
        self.assertGreater(len(files), 5)
        self.assertEqual(first, self.run_it())
        self.assertEqual(files, self.files())
        self.change(b'\xca\xfe\xba\xbe', b'\xc3\xa9', b'\xc3\xa8')   # a class file's u'\xe9'
        self.change(b'', b'\0\6second', b'\0\6twoth ')                  # a pattern's group
        changed = self.run_it()
        self.assertIn("u'\\xe8'\n", changed)
        self.assertIn("'twoth ': 'two'", changed)

    def test_damaged(self):
        first = self.run_it()
        for name in self.files():
            path = os.path.join(self.kept, name)
            size = os.path.getsize(path)
            with open(path, 'wb') as f:
                f.write(b'\x7f' * size)
        self.assertEqual(first, self.run_it())
        for length in 0, 10:
            files = self.files()
            for name in files:
                os.truncate(os.path.join(self.kept, name), length)
            self.assertEqual(first, self.run_it())
            self.assertEqual(set(files), set(self.files()))
            self.assertGreater(min(os.path.getsize(os.path.join(self.kept, name)) for name in files), length)

    def test_nobody_else_can_put_something_there(self):
        first = self.run_it()
        self.change(b'', b'\0\6second', b'\0\6twoth ')
        for directory in self.kept, os.path.dirname(self.kept):
            mode = stat.S_IMODE(os.stat(directory).st_mode)
            for shared in 0o770, 0o777:
                os.chmod(directory, shared)
                self.assertEqual(first, self.run_it())
            os.chmod(directory, mode)
        self.assertIn("'twoth ': 'two'", self.run_it())

    def test_warnings_may_be_errors(self):
        self.run_it()
        self.assertIn('Pair(one=1, two=2)', self.run_it('-W', 'error::SyntaxWarning'))

    def test_nothing_is_written(self):
        first = self.run_it('-B')
        self.assertFalse(os.path.exists(self.kept))
        os.makedirs(os.path.dirname(self.kept), exist_ok=True)
        with open(self.kept, 'w'):  # even root cannot make a directory of it
            pass
        self.assertEqual(first, self.run_it())
        self.assertEqual(0, os.path.getsize(self.kept))

    def test_a_program_that_runs_keeps_nothing(self):
        self.run_it()
        files = self.files()
        with open(os.path.join(self.directory, 'program.py'), 'a') as f:
            f.write("exec 'secret = 42'\nre = __import__('re')\nprint eval('secret'), re.match('[4-6]+', '42') is not None\n")
        self.assertTrue(self.run_it().endswith('42 True\n'))
        self.assertEqual(files, self.files())


class LaterTest(unittest.TestCase):
    """What is left for later, and is there then."""

    def is_loaded(self, classes, code):
        with tempfile.NamedTemporaryFile() as log:
            subprocess.run([os.path.join(CHECKOUT, 'euryale'), '-c', code], check=True, timeout=SECONDS,
                           env={**os.environ, 'EURYALE_JAVA_OPTS': '-Xlog:class+load:file=' + log.name})
            with open(log.name) as f:
                return any(classes in line for line in f)

    def test_bouncy_castle(self):
        """OpenSSL is imported by all of Twisted's programs; this jar is signed, and takes long to read."""
        ours = ' org.bouncycastle.'
        self.assertFalse(self.is_loaded(ours, 'from OpenSSL import SSL, crypto; SSL.Context(SSL.TLSv1_2_METHOD)'))
        self.assertTrue(self.is_loaded(ours, 'from OpenSSL import crypto; crypto.X509()'))

    def test_c_library(self):
        """Its binding is a class that is made when the program runs: jnr-posix's of two hundred functions, and our own."""
        posix, ours = ' jnr.posix.LinuxLibC$jnr$', ' org.euryale.jython.Libc$jnr$'
        self.assertFalse(self.is_loaded(ours, 'import asyncore, os'))
        opens = 'import asyncore, os; os.open(os.devnull, 0)'
        self.assertTrue(self.is_loaded(ours, opens))
        self.assertFalse(self.is_loaded(posix, opens))
        self.assertTrue(self.is_loaded(posix, 'import os; os.strerror(1), os._posix_impl.getpwuid(0)'))


class FramesTest(unittest.TestCase):
    """Classes of Python code are verified by their frames, also where handlers and loops change variables."""

    CODE = """
def function(items, default=None, *rest, **named):
    found = last = None
    for item in items:
        try:
            found = item[0]
            with open('/dev/null') as f:
                last = f.read()
        except (TypeError, KeyError) as e:
            found = str(e)
            continue
        except IndexError:
            pass
        else:
            last = [x for x in rest if x]
        finally:
            try:
                named = dict((k, v) for k, v in named.items())
            except ValueError:
                raise
    return lambda: (found, last, default)

def generator(n):
    try:
        while n:
            n -= 1
            try:
                yield n
            except GeneratorExit:
                n = None
                raise
    finally:
        n = 0
"""

    def test_frames(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        with open(os.path.join(directory, 'framed.py'), 'w') as f:
            f.write(self.CODE)
        log = os.path.join(directory, 'verified')
        said = subprocess.run(
            [os.path.join(CHECKOUT, 'euryale'), '-c',
             'import framed; print framed.function([[1], 2, [], "x"], 5, 6)(), list(framed.generator(3))'],
            cwd=directory, env={**os.environ, 'EURYALE_JAVA_OPTS': '-Xlog:verification=info:file=' + log},
            stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE, timeout=SECONDS).stdout
        self.assertEqual("('x', [6], 5) [2, 1, 0]\n", said)
        with open(log) as f:
            lines = f.readlines()
        self.assertTrue([line for line in lines if 'Verifying class framed$py' in line])
        self.assertEqual([], [line for line in lines if 'Fail over' in line])


if __name__ == '__main__':
    unittest.main()
