"""The class data archive: made at the first start on a JVM, used by the next ones, and never in the way.

    python3 -m unittest discover -s launcher/tests -p test_archive.py
"""

import os
import shutil
import subprocess
import tempfile
import unittest

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DIST = os.path.join('launcher', 'target', 'dist')
SECONDS = 300
PRINT = ('-c', 'import os, asyncore; print os.getpid() > 0, asyncore.__name__')
PRINTED = ('True asyncore\n', '', 0)


class ArchiveTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        """An installation of our own, without sources, so that nothing is built."""
        cls.directory = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        subprocess.run([os.path.join(CHECKOUT, 'euryale'), '-c', ''], check=True, timeout=SECONDS)
        cls.home = os.path.join(cls.directory, 'installed')
        os.makedirs(os.path.join(cls.home, 'build'))
        shutil.copy(os.path.join(CHECKOUT, 'euryale'), cls.home)
        shutil.copy(os.path.join(CHECKOUT, 'build', 'training.py'), os.path.join(cls.home, 'build'))
        cls.dist = os.path.join(cls.home, DIST)
        shutil.copytree(os.path.join(CHECKOUT, DIST), cls.dist, ignore=shutil.ignore_patterns('archive'))
        cls.archives = os.path.join(cls.dist, 'archive')
        cls.cache = os.path.join(cls.directory, 'cache')
        # Three first starts at once: one makes the archive, all run.
        started = [cls.begun(*PRINT) for _ in range(3)]
        cls.first = [process.communicate(timeout=SECONDS) + (process.returncode,) for process in started]

    def setUp(self):
        self.kept = self.archive()
        with open(self.kept, 'rb') as f:
            self.content = f.read()
        self.addCleanup(self.restore)

    def restore(self):
        for path in self.archives, self.cache:
            if os.path.isfile(path):
                os.remove(path)
        os.makedirs(self.cache, exist_ok=True)
        os.makedirs(self.archives, exist_ok=True)
        if os.path.exists(self.kept):
            os.remove(self.kept)
        with open(self.kept, 'wb') as f:
            f.write(self.content)
        with open(self.kept + '.size', 'w') as f:
            f.write('%d\n' % len(self.content))

    @classmethod
    def begun(cls, *arguments, **env):
        return subprocess.Popen([os.path.join(cls.home, 'euryale'), *arguments], text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={**os.environ, 'XDG_CACHE_HOME': cls.cache, **env})

    @classmethod
    def run_it(cls, *arguments, **env):
        process = cls.begun(*arguments, **env)
        return process.communicate(timeout=SECONDS) + (process.returncode,)

    @classmethod
    def archive(cls, directory=None):
        """The path of the only archive."""
        directory = directory or cls.archives
        names = [name for name in os.listdir(directory) if name != 'lock' and not name.endswith('.size')]
        assert len(names) == 1 and names[0].endswith('.jsa'), names
        return os.path.join(directory, names[0])

    def from_archive(self, **env):
        """How many of Jython's classes a start takes from the archive, and how many from their jar."""
        log = os.path.join(self.directory, 'classes')
        result = subprocess.run([os.path.join(self.home, 'euryale'), '-c', 'pass'], cwd=self.directory,
                                env={**os.environ, 'XDG_CACHE_HOME': self.cache,
                                     'EURYALE_JAVA_OPTS': '-Xlog:class+load:file=classes', **env}, timeout=SECONDS)
        self.assertEqual(0, result.returncode)
        with open(log) as f:
            ours = [line for line in f if '] org.python.' in line or '] org.euryale.' in line]
        os.remove(log)
        shared = sum('shared objects file' in line for line in ours)
        return shared, len(ours) - shared

    def test_first_starts_at_once(self):
        self.assertEqual([PRINTED] * 3, self.first)
        self.assertGreater(os.path.getsize(self.archive()), 1 << 20)

    def test_next_start_takes_its_classes_from_the_archive(self):
        shared, loaded = self.from_archive()
        self.assertGreater(shared, 1000)
        self.assertLess(loaded, 30)  # a lambda's or a proxy's class is made when it runs
        self.assertEqual(PRINTED, self.run_it(*PRINT))

    def test_switched_off(self):
        self.assertEqual(0, self.from_archive(EURYALE_ARCHIVE='off')[0])

    def test_damaged_archive_is_no_news(self):
        os.chmod(self.kept, 0o644)
        # The JVM dies of one that was cut short after it was made, for example by a copy that ended early.
        for damaged in b'x' * 100, b'', self.content[:len(self.content) // 2]:
            with open(self.kept, 'wb') as f:
                f.write(damaged)
            self.assertEqual(PRINTED, self.run_it(*PRINT))

    def test_other_flags_are_no_news(self):
        for flags in '-XX:-UseCompressedOops', '-Xshare:off':
            with self.subTest(flags):
                self.assertEqual(PRINTED, self.run_it(*PRINT, EURYALE_JAVA_OPTS=flags))

    def test_stale_archive_is_made_anew(self):
        jar = os.path.join(self.dist, 'euryale.jar')
        os.utime(self.kept, (1, 1))
        self.assertEqual(PRINTED, self.run_it(*PRINT))
        self.assertGreater(os.path.getmtime(self.archive()), os.path.getmtime(jar))
        self.assertGreater(os.path.getsize(self.archive()), 1 << 20)

    def test_where_nothing_can_be_written(self):
        shutil.rmtree(self.archives)
        shutil.rmtree(self.cache)
        for path in self.archives, self.cache:  # even root cannot make a directory of these
            with open(path, 'w'):
                pass
        self.assertEqual(PRINTED, self.run_it(*PRINT))
        self.assertEqual(0, os.path.getsize(self.archives))
        os.remove(self.cache)
        self.assertEqual(PRINTED, self.run_it(*PRINT))  # goes to the user's cache
        self.assertGreater(os.path.getsize(self.archive(os.path.join(self.cache, 'euryale', 'archive'))), 1 << 20)


if __name__ == '__main__':
    unittest.main()
