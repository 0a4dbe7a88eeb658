"""lib/compat mends Jython's own modules, nobody else's, and changes nothing but the fault.

That each fault is mended is shown by the CPython test that its file names, in the conformance run.
"""

import os
import random
import shutil
import sys
import tempfile
import unittest

import asynchat
import ftplib


def fresh(name):
    """Imports a module as if for the first time."""
    before = sys.modules.pop(name)
    try:
        return __import__(name)
    finally:
        sys.modules[name] = before


class RepairTest(unittest.TestCase):

    def test_an_imported_module_is_mended(self):
        self.assertRaises(ValueError, ftplib.FTP().putline, 'NOOP\r\nQUIT')

    def test_a_second_import_is_mended_once(self):
        again = fresh('ftplib')
        self.assertIsNot(again, ftplib)
        self.assertRaises(ValueError, again.FTP().putline, 'NOOP\r\nQUIT')

    def test_a_programs_own_module_is_left_alone(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        with open(os.path.join(directory, 'ftplib.py'), 'w') as f:
            f.write('class FTP:\n    def putline(self, line):\n        return line\n')
        sys.path.insert(0, directory)
        self.addCleanup(sys.path.remove, directory)
        self.assertEqual('NOOP\r\nQUIT', fresh('ftplib').FTP().putline('NOOP\r\nQUIT'))

    def test_a_module_that_cannot_be_imported_can_be_tried_again(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        with open(os.path.join(directory, 'poplib.py'), 'w') as f:
            f.write('raise ImportError("broken")\n')
        sys.modules.pop('poplib', None)
        sys.path.insert(0, directory)
        try:
            self.assertRaises(ImportError, __import__, 'poplib')
        finally:
            sys.path.remove(directory)
        self.assertTrue(__import__('poplib').POP3.timestamp.match('+OK ready <1@host>'))


class SysconfigTest(unittest.TestCase):

    def test_paths_are_those_of_site_and_distutils(self):
        import distutils.sysconfig
        import site
        import sysconfig
        self.assertEqual(os.path.dirname(os.__file__), sysconfig.get_path('stdlib'))
        for name in 'purelib', 'platlib':
            self.assertEqual(distutils.sysconfig.get_python_lib(), sysconfig.get_path(name))
        self.assertIn(sysconfig.get_path('purelib'), site.getsitepackages())


def chat(module):
    """An async_chat of the module that takes its input from a list and notes what it is told."""

    class Chat(module.async_chat):

        def __init__(self, chunks, terminators):
            module.async_chat.__init__(self)
            self.chunks = list(chunks)
            self.terminators = list(terminators)
            self.told = []
            self.found_terminator()

        def recv(self, size):
            return self.chunks.pop(0)

        def collect_incoming_data(self, data):
            self.told.append(data)

        def found_terminator(self):
            self.told.append('|')
            self.set_terminator(self.terminators.pop(0) if self.terminators else None)

    return Chat


class AsynchatTest(unittest.TestCase):

    def test_reads_as_before(self):
        mended = chat(asynchat)
        sys.modules['asynchat'] = jythons = fresh('asynchat')
        try:
            jythons = chat(reload(jythons))  # a module that is reloaded is Jython's
        finally:
            sys.modules['asynchat'] = asynchat
        for kind, path in (mended, 'compat'), (jythons, 'Lib'):
            self.assertIn(path, kind.handle_read.im_func.func_code.co_filename)
        for seed in range(500):
            chance = random.Random(seed)
            chunks = [''.join(chance.choice('ab\r\n') for _ in range(chance.randint(0, 12)))
                      for _ in range(10)]
            terminators = [chance.choice(['\r\n', '\n', '\r\n\r\n', 'ab', 1, 3, 7L, 20, '', 0, None])
                           for _ in range(12)]
            told = []
            for kind in mended, jythons:
                conversation = kind(chunks, terminators)
                while conversation.chunks:
                    conversation.handle_read()
                told.append((conversation.told, conversation.ac_in_buffer, conversation.terminator))
            self.assertEqual(told[1], told[0], 'seed %d' % seed)


if __name__ == '__main__':
    unittest.main()
