"""Users, groups and the shadow password database. What is said here holds on CPython 2.7, too."""

import errno
import grp
import os
import pwd
import spwd
import subprocess
import sys
import tempfile
import unittest

IS_ROOT = os.geteuid() == 0


def ended(code):
    """What a child says that runs the code."""
    return subprocess.check_output([sys.executable, '-c', 'import os\n' + code]).strip()


class CredentialsTest(unittest.TestCase):

    def test_what_they_are_can_be_set(self):
        os.setuid(os.getuid())
        os.setgid(os.getgid())
        os.seteuid(os.geteuid())
        os.setegid(os.getegid())
        os.setreuid(-1, -1)
        os.setregid(-1, -1)
        self.assertIsInstance(os.getgroups(), list)

    def test_a_directory_that_there_is_not(self):
        with self.assertRaises(OSError) as raised:
            os.chroot('/there is none')
        self.assertIn(raised.exception.errno, (errno.ENOENT, errno.EPERM))

    def test_what_is_no_number_of_a_user_or_group(self):
        for name, what in ('setuid', 'user'), ('seteuid', 'user'), ('setgid', 'group'), ('setegid', 'group'):
            call = getattr(os, name)
            self.assertRaisesRegexp(TypeError, '^an integer is required$', call, 'x')
            self.assertRaisesRegexp(TypeError, '^integer argument expected, got float$', call, 0.0)
            self.assertRaisesRegexp(OverflowError, '^%s id is greater than maximum$' % what, call, 1 << 32)
            self.assertRaisesRegexp(OverflowError, '^%s id is less than minimum$' % what, call, -2)
        self.assertRaises(OverflowError, os.setreuid, -1, 1 << 32)
        self.assertRaises(OverflowError, os.setregid, 1 << 32, -1)
        self.assertRaises(OverflowError, os.initgroups, 'root', 1 << 32)
        self.assertRaisesRegexp(TypeError, '^setgroups argument must be a sequence$', os.setgroups, 3)
        self.assertRaisesRegexp(TypeError, '^groups must be integers$', os.setgroups, ['x'])
        self.assertRaises(OverflowError, os.setgroups, [1 << 32])

    @unittest.skipUnless(IS_ROOT, 'only root may become another')
    def test_another_user(self):
        self.assertEqual('65534 65534 True', ended(
            'os.setgroups([4, 24]); assert os.getgroups() == [4, 24]\n'
            'os.initgroups("root", 0); assert 0 in os.getgroups()\n'
            'os.setgid(65534); os.setuid(65534)\n'
            'try: os.setuid(0)\n'
            'except OSError as e: refused = e.errno == 1\n'
            'print("%d %d %s" % (os.getuid(), os.getegid(), refused))'))


    @unittest.skipUnless(IS_ROOT, 'only root may change the root directory')
    def test_identity_where_there_is_no_proc(self):
        empty = tempfile.mkdtemp()
        self.addCleanup(os.rmdir, empty)
        self.assertEqual('[0, 0] 0', ended(
            'os.chroot(%r)\nprint("%%s %%d" %% ([os.getuid(), os.getegid()], os.geteuid()))' % empty))


class DatabaseTest(unittest.TestCase):

    def test_all_entries_more_than_once(self):
        for module, name in (pwd, 'getpwall'), (grp, 'getgrall'):
            entries = getattr(module, name)()
            self.assertTrue(entries)
            self.assertEqual(entries, getattr(module, name)())

    def test_shadow(self):
        self.assertRaises(KeyError, spwd.getspnam, 'there is none')
        if IS_ROOT:
            entry = spwd.getspnam('root')
            self.assertEqual('root', entry.sp_nam)
            self.assertEqual(9, len(entry))
            self.assertEqual(entry, spwd.struct_spwd(tuple(entry)))
            self.assertIn(tuple(entry), [tuple(each) for each in spwd.getspall()])


if __name__ == '__main__':
    unittest.main()
