"""os.rename and os.symlink, also after os.chdir. What is said here holds on CPython 2.7, too."""

import errno
import os
import shutil
import tempfile
import unittest


class RenamingTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(directory)
        self.directory = os.getcwd()
        open('file', 'w').close()
        os.mkdir('full')
        open('full/file', 'w').close()

    def refused(self, number, call, *arguments):
        with self.assertRaises(OSError) as raised:
            call(*arguments)
        self.assertEqual(number, raised.exception.errno)
        self.assertEqual(os.strerror(number), raised.exception.strerror)

    def test_rename(self):
        os.rename('file', 'other')
        self.assertTrue(os.path.exists(os.path.join(self.directory, 'other')))
        os.rename('full/file', 'other')
        self.assertEqual([], os.listdir('full'))

    def test_names_beyond_ascii(self):
        os.rename('file', '\xc3\xa9')
        os.rename('\xc3\xa9', '\xc3\xa8')
        self.assertIn('\xc3\xa8', os.listdir('.'))

    def test_rename_refused(self):
        self.refused(errno.ENOENT, os.rename, 'none', 'other')
        self.refused(errno.ENOENT, os.rename, 'file', 'none/other')
        self.refused(errno.EISDIR, os.rename, 'file', 'full')
        os.mkdir('empty')
        self.refused(errno.ENOTEMPTY, os.rename, 'empty', 'full')
        self.refused(errno.ENOTDIR, os.rename, 'empty', 'file')

    def test_symlink(self):
        os.symlink('file', 'link')
        self.assertEqual('file', os.readlink(os.path.join(self.directory, 'link')))
        self.refused(errno.EEXIST, os.symlink, 'file', 'link')
        self.refused(errno.ENOENT, os.symlink, 'file', 'none/link')


if __name__ == '__main__':
    unittest.main()
