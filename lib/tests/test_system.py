"""os beyond descriptors: process groups, limits, file systems, named pipes. Runs on CPython 2.7 too."""

import errno
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import unittest
import warnings


class SystemTest(unittest.TestCase):

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)

    def fails(self, number, call, *arguments):
        with self.assertRaises(OSError) as caught:
            call(*arguments)
        self.assertEqual(number, caught.exception.errno)
        return caught.exception

    def test_groups(self):
        self.assertEqual(os.getpgrp(), os.getpgid(0))
        self.assertEqual(os.getpgrp(), os.getpgid(os.getpid()))
        self.assertEqual(os.getsid(0), os.getsid(os.getpid()))
        for call in os.getpgid, os.getsid:
            self.fails(errno.ESRCH, call, 2 ** 22 + 1)
        self.fails(errno.ESRCH, os.killpg, 2 ** 22 + 1, 0)
        self.fails(errno.EINVAL, os.setpgid, 0, -1)
        for call in (lambda: os.getpgid('1'), lambda: os.nice(None), lambda: os.killpg(1, 'x')):
            self.assertRaises(TypeError, call)

    def test_a_group_is_signalled(self):
        child = subprocess.Popen(['setsid', 'sh', '-c', 'echo; exec cat'], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE)
        child.stdout.readline()
        os.killpg(os.getpgid(child.pid), 0)
        self.assertEqual(child.pid, os.getsid(child.pid))
        os.killpg(child.pid, signal.SIGTERM)
        self.assertEqual(-signal.SIGTERM, child.wait())

    def test_waits_that_tell_what_was_used(self):
        self.fails(errno.ECHILD, os.wait4, os.getpid(), os.WNOHANG)
        child = subprocess.Popen(['sh', '-c', 'exit 3'])
        pid, status, used = os.wait4(child.pid, 0)
        self.assertEqual((child.pid, 3), (pid, os.WEXITSTATUS(status)))
        self.assertEqual(16, len(used))
        self.assertGreater(used.ru_maxrss, 100)
        self.assertLess(used.ru_utime, 60)

    def test_niceness(self):
        self.assertEqual(os.nice(0), os.nice(0))
        self.assertIn(os.nice(0), range(-20, 20))

    def test_load(self):
        averages = os.getloadavg()
        self.assertEqual([float] * 3, map(type, averages))
        with open('/proc/loadavg') as f:
            self.assertAlmostEqual(float(f.read().split()[2]), averages[2], delta=2)

    def test_limits_of_the_system(self):
        self.assertEqual(os.sysconf('SC_PAGESIZE'), os.sysconf(os.sysconf_names['SC_PAGE_SIZE']))
        self.assertGreaterEqual(os.sysconf('SC_NPROCESSORS_ONLN'), 1)
        self.assertEqual(100, os.sysconf('SC_CLK_TCK'))
        self.assertEqual(-1, os.sysconf('SC_AIO_MAX'))
        self.fails(errno.EINVAL, os.sysconf, 99999)
        self.assertRaises(ValueError, os.sysconf, 'SC_NOTHING')
        self.assertRaises(TypeError, os.sysconf, None)

    def test_limits_of_a_file(self):
        self.assertEqual(255, os.pathconf('/', 'PC_NAME_MAX'))
        self.assertEqual(os.pathconf_names['PC_PATH_MAX'], 4)
        self.assertEqual('/no/such', self.fails(errno.ENOENT, os.pathconf, '/no/such', 'PC_NAME_MAX').filename)
        self.assertRaises(ValueError, os.pathconf, '/', 'PC_NOTHING')

    def test_file_systems(self):
        found = os.statvfs(self.directory)
        self.assertEqual(10, len(found))
        self.assertGreater(found.f_blocks, found.f_bfree - 1)
        self.assertEqual((found[1], found[-1]), (found.f_frsize, found.f_namemax))
        self.assertEqual(255, found.f_namemax)
        self.assertEqual(os.sysconf('SC_PAGESIZE'), found.f_frsize)
        self.assertTrue(repr(found).startswith('posix.statvfs_result(f_bsize='), repr(found))
        self.assertEqual(found, os.statvfs_result(list(found)))
        for wrong in [0] * 9, [0] * 11, 5:
            self.assertRaises(TypeError, os.statvfs_result, wrong)
        self.assertRaises(TypeError, setattr, found, 'f_bfree', 0)
        self.assertRaises(AttributeError, setattr, found, 'other', 0)
        with open(self.directory + '/file', 'w') as f:
            self.assertEqual(found.f_blocks, os.fstatvfs(f.fileno()).f_blocks)
            number = f.fileno()
        self.fails(errno.EBADF, os.fstatvfs, number)
        self.assertEqual('/no/such', self.fails(errno.ENOENT, os.statvfs, '/no/such').filename)
        self.assertRaises(TypeError, os.statvfs, None)

    def test_unused_names(self):
        self.addCleanup(os.environ.pop, 'TMPDIR', None)
        if 'TMPDIR' in os.environ:
            self.addCleanup(os.environ.__setitem__, 'TMPDIR', os.environ.pop('TMPDIR'))
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter('always')
            names = [os.tempnam(), os.tempnam(self.directory), os.tempnam(self.directory, 'abcdefg'), os.tmpnam(),
                     os.tempnam('/no/such')]
            os.environ['TMPDIR'] = self.directory
            names.append(os.tempnam('/'))
            self.assertRaises(TypeError, os.tempnam, 5)
            self.assertRaises(TypeError, os.tempnam, None, 5)
        parts = [os.path.split(name) for name in names]
        self.assertEqual(['/tmp', self.directory, self.directory, '/tmp', '/tmp', self.directory],
                         [directory for directory, name in parts])
        self.assertEqual(['file', 'file', 'abcde', 'file', 'file', 'file'], [name[:-6] for directory, name in parts])
        self.assertFalse(any(map(os.path.exists, names)))
        self.assertEqual([(RuntimeWarning, os.path.basename(__file__))] * 6,
                         [(each.category, os.path.basename(each.filename)) for each in seen])

    def test_named_pipes(self):
        before = os.getcwd()
        os.chdir(self.directory)
        self.addCleanup(os.chdir, before)
        os.mkfifo('fifo', 0600)
        self.assertEqual(0600, stat.S_IMODE(os.stat('fifo').st_mode))
        self.assertTrue(stat.S_ISFIFO(os.stat(os.path.join(self.directory, 'fifo')).st_mode))
        self.assertIsNone(self.fails(errno.EEXIST, os.mkfifo, 'fifo').filename)
        self.fails(errno.ENOENT, os.mkfifo, self.directory + '/no/such')
        reader = os.open('fifo', os.O_RDONLY | os.O_NONBLOCK)
        writer = os.open('fifo', os.O_WRONLY)
        os.write(writer, 'through')
        self.assertEqual('through', os.read(reader, 99))
        os.close(writer)
        os.close(reader)

    def test_numbers_of_devices(self):
        for major, minor in (0, 0), (8, 1), (4095, 255), (4096, 256), (259, 1048575):
            device = os.makedev(major, minor)
            self.assertEqual((major, minor), (os.major(device), os.minor(device)))
        self.assertEqual(2049, os.makedev(8, 1))


if __name__ == '__main__':
    unittest.main()
