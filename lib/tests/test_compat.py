"""lib/compat mends Jython's own modules, nobody else's, and changes nothing but the fault.

That each fault is mended is shown by the CPython test that its file names, in the conformance run.
"""

import os
import random
import re
import shutil
import subprocess
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


class WhenTest(unittest.TestCase):
    """A file is run for its module alone, once that is imported, and does nothing where it finds no fault."""

    def said(self, code, *first):
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(first))
        return subprocess.check_output([sys.executable, '-c', code], env=environment, stderr=subprocess.STDOUT).split()

    def test_nothing_before_its_module(self):
        self.assertEqual(['False', 'True'], self.said("""if True:
            import sys
            from org.euryale.jython import Repairs
            tables = list(Repairs.files().items()) + list(Repairs.filesOfPackages().items())

            def differ():
                due = [file for name, files in tables if sys.modules.get(name) is not None for file in files]
                return sorted(set(due) ^ set(Repairs.applied()))

            print 'ftplib_line_end' in Repairs.applied()
            for name in [None] + list(Repairs.files()):
                if name is not None:
                    __import__(name)
                if differ():
                    print 'after', name, differ()
            print 'ftplib_line_end' in Repairs.applied()
        """))

    def made_up(self, name, text):
        """The files that see to a module of that name with this text, and what of it they change."""
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        folder = directory
        for package in name.split('.')[:-1]:
            folder = os.path.join(folder, package)
            os.mkdir(folder)
            open(os.path.join(folder, '__init__.py'), 'w').close()
        path = os.path.join(folder, name.split('.')[-1] + '.py')
        with open(path, 'w') as f:
            f.write(text)
        code = """if True:
            import sys
            from org.euryale.jython import Repairs
            before = set(Repairs.applied())
            __import__(%r)
            mended, plain = vars(sys.modules[%r]), {}
            execfile(%r, plain)
            new = sorted(set(Repairs.applied()) - before)
            print ','.join(new)
            for key in sorted(set(mended) | set(plain)):
                if not key.startswith('__') and mended.get(key) != plain.get(key):
                    print key
        """ % (name, name, path)
        said = self.said(code, directory)
        return said[0].split(','), said[1:]

    def test_without_the_fault_nothing_changes(self):
        name, files = 'twisted.application.runner._pidfile', ['twisted_pid_files']
        self.assertEqual((files, ['SYSTEM_NAME']), self.made_up(name, 'SYSTEM_NAME = "java"\nother = 1\n'))
        self.assertEqual((files, []), self.made_up(name, 'SYSTEM_NAME = "another"\nother = 1\n'))

    def test_files_of_packages_look_for_the_fault(self):
        """Those of Jython's Lib are for its own modules, which are known; a package may be another release."""
        from org.euryale.jython import Repairs
        sources = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'compat')
        for file in sorted(set(file for files in Repairs.filesOfPackages().values() for file in files)):
            with open(os.path.join(sources, file + '.py')) as f:
                names = set(re.findall(r'^def (is_faulty|stand_ins|repair)\(', f.read(), re.MULTILINE))
            self.assertTrue('is_faulty' in names if 'repair' in names else 'stand_ins' in names, file)


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
