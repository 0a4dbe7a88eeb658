"""The module syslog, against a log of the test's own. Run by CPython too, it would write to the machine's."""

import os
import shutil
import socket
import syslog
import tempfile
import unittest


class SyslogTest(unittest.TestCase):

    kind = socket.SOCK_DGRAM

    def setUp(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        self.addCleanup(setattr, syslog, '_PATH', syslog._PATH)
        self.addCleanup(syslog.closelog)
        self.addCleanup(syslog.setlogmask, 0xff)
        syslog._PATH = os.path.join(directory, 'log')
        self.log = socket.socket(socket.AF_UNIX, self.kind)
        self.addCleanup(self.log.close)
        self.log.bind(syslog._PATH)
        self.log.settimeout(10)

    def received(self):
        return self.log.recv(1000)

    def test_a_message_has_priority_time_and_name(self):
        syslog.openlog('name', syslog.LOG_PID, syslog.LOG_DAEMON)
        syslog.syslog(syslog.LOG_WARNING, 'text %s')
        self.assertRegexpMatches(
            self.received(), r'^<28>[A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d name\[%d\]: text %%s$' % os.getpid())

    def test_a_facility_of_the_message_comes_before_that_of_the_log(self):
        syslog.openlog(facility=syslog.LOG_DAEMON, ident='name')
        syslog.syslog(syslog.LOG_ERR | syslog.LOG_CRON, 'text')
        self.assertTrue(self.received().startswith('<75>'))

    def test_without_openlog(self):
        syslog.syslog('text')
        self.assertRegexpMatches(self.received(), r'^<14>.* \S+: text$')

    def test_the_mask(self):
        self.assertEqual(0xff, syslog.setlogmask(syslog.LOG_UPTO(syslog.LOG_ERR)))
        self.assertEqual(0xf, syslog.setlogmask(0))
        syslog.syslog(syslog.LOG_WARNING, 'masked')
        syslog.syslog(syslog.LOG_ERR, 'seen')
        self.assertTrue(self.received().endswith('seen'))
        self.assertEqual(8, syslog.LOG_MASK(syslog.LOG_ERR))

    def test_a_log_that_is_started_anew(self):
        syslog.syslog('one')
        self.received()
        self.log.close()
        syslog.syslog('nobody hears this')
        os.unlink(syslog._PATH)
        self.log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.log.close)
        self.log.bind(syslog._PATH)
        self.log.settimeout(10)
        syslog.syslog('two')
        self.assertTrue(self.received().endswith('two'))

    def test_arguments(self):
        for wrong in (), ('a', 'b', 'c'), (1, 2), ('one', 'two'), (None,):
            self.assertRaises((TypeError, ValueError), syslog.syslog, *wrong)
        self.assertRaises(TypeError, syslog.openlog, 1)
        self.assertRaises(TypeError, syslog.openlog, 'name', 0, 0, 0)

    def test_it_is_no_method_of_a_class_that_has_it(self):
        class Observer(object):
            syslog = syslog.syslog
        Observer().syslog('text')
        self.assertTrue(self.received().endswith('text'))


class StreamTest(unittest.TestCase):

    def test_messages_end_with_a_nul(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        self.addCleanup(setattr, syslog, '_PATH', syslog._PATH)
        self.addCleanup(syslog.closelog)
        syslog._PATH = os.path.join(directory, 'log')
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(syslog._PATH)
        listener.listen(1)
        syslog.syslog('text')
        log = listener.accept()[0]
        self.addCleanup(log.close)
        log.settimeout(10)
        self.assertTrue(log.recv(1000).endswith('text\0'))


if __name__ == '__main__':
    unittest.main()
