"""The standard library from compiled classes: to programs it is as if it were loaded from its sources."""

import imp
import inspect
import os
import pkgutil
import shutil
import subprocess
import sys
import tempfile
import threading
import traceback
import unittest

import colorsys
import json
import json.decoder
from java.lang import Class, Package
from org.python.core import PySystemState
from org.python.util import PythonInterpreter

LIB = os.path.dirname(os.__file__)


def compiled(module):
    """Whether a module's code is a class on the class path."""
    function = next(value for value in vars(module).values()
                    if inspect.isfunction(value) and value.__module__ == module.__name__)
    field = Class.getDeclaredField(Class.forName('org.python.core.PyTableCode'), 'funcs')
    field.setAccessible(True)
    return field.get(function.func_code).getClass().getName() == 'org.euryale.library.%s$py' % function.__module__


class LibraryTest(unittest.TestCase):

    def setUp(self):
        self.directory = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)

    def copy(self, text=None, change=lambda source: source):
        with open(os.path.join(LIB, 'colorsys.py')) as f:
            source = f.read()
        path = os.path.join(self.directory, 'colorsys.py')
        with open(path, 'w') as f:
            f.write(text or change(source))
        return path

    def imported(self, *first):
        """colorsys, imported anew with these directories first on sys.path."""
        before = sys.modules.pop('colorsys')
        path = sys.path[:]
        sys.path[:0] = first
        try:
            __import__('colorsys')
            return sys.modules['colorsys']
        finally:
            sys.path[:] = path
            sys.modules['colorsys'] = before

    def test_modules_come_from_classes(self):
        for module in os, json, json.decoder, colorsys, inspect:
            self.assertTrue(compiled(module), module)

    def test_file_is_the_source(self):
        self.assertEqual(os.path.join(LIB, 'colorsys.py'), colorsys.__file__)
        self.assertEqual(os.path.join(LIB, 'json', '__init__.py'), json.__file__)
        self.assertEqual([os.path.join(LIB, 'json')], json.__path__)
        self.assertEqual('json.decoder', json.decoder.__name__)
        self.assertFalse(hasattr(json, '__loader__'))
        self.assertEqual(colorsys.__file__, colorsys.rgb_to_hsv.func_code.co_filename)

    def test_source_is_found(self):
        self.assertTrue(inspect.getsource(colorsys.rgb_to_hsv).startswith('def rgb_to_hsv(r, g, b):\n'))
        self.assertEqual(colorsys.__file__, inspect.getsourcefile(colorsys))
        try:
            json.loads('{')
        except ValueError:
            text = traceback.format_exc()
        self.assertIn('File "%s", line ' % json.decoder.__file__, text)
        self.assertIn('    obj, end = self.raw_decode(', text)

    def test_looking_for_a_module(self):
        found, path, description = imp.find_module('colorsys')
        found.close()
        self.assertEqual((colorsys.__file__, ('.py', 'r', imp.PY_SOURCE)), (path, (description[0], 'r', description[2])))
        self.assertIsNotNone(pkgutil.get_loader('colorsys').get_code('colorsys'))
        self.assertIn('decoder', [name for _, name, _ in pkgutil.iter_modules(json.__path__)])
        self.assertIn('def dumps', pkgutil.get_data('json', '__init__.py'))

    def test_module_as_a_program(self):
        month = subprocess.check_output([sys.executable, '-m', 'calendar', '2020', '2'])
        self.assertIn('February 2020', month)

    def test_reload(self):
        colorsys.ONE_THIRD = 'changed'
        self.assertIs(colorsys, reload(colorsys))
        self.assertEqual(1.0 / 3.0, colorsys.ONE_THIRD)
        self.assertTrue(compiled(colorsys))

    def test_import_again(self):
        again = self.imported()
        self.assertIsNot(colorsys, again)
        self.assertEqual(colorsys.__file__, again.__file__)

    def test_a_programs_own_module_of_the_name(self):
        path = self.copy('mine = True\n')
        own = self.imported(self.directory)
        self.assertTrue(own.mine)
        self.assertEqual(path, own.__file__)

    def test_edited_source(self):
        self.copy(change=lambda source: source + '\nEDITED = True\n')
        self.assertTrue(self.imported(self.directory).EDITED)

    def test_source_edited_in_its_length(self):
        self.copy(change=lambda source: source.replace('ONE_THIRD = 1.0/3.0', 'ONE_THIRD = 1.0/4.0'))
        self.assertEqual(0.25, self.imported(self.directory).ONE_THIRD)

    def test_copy_elsewhere_is_itself(self):
        path = self.copy()
        copy = self.imported(self.directory)
        self.assertEqual([path, path], [copy.__file__, copy.rgb_to_hsv.func_code.co_filename])
        self.assertEqual(os.path.join(LIB, 'colorsys.py'), self.imported().rgb_to_hsv.func_code.co_filename)

    def test_importers_come_first(self):
        class Importer(object):
            def find_module(self, name, path=None):
                return self if name == 'colorsys' else None

            def load_module(self, name):
                module = sys.modules[name] = imp.new_module(name)
                module.__loader__ = self
                return module

        importer = Importer()
        sys.meta_path.append(importer)
        try:
            self.assertIs(importer, self.imported().__loader__)
        finally:
            sys.meta_path.remove(importer)

    def test_interpreters_have_modules_of_their_own(self):
        found = {}

        def other():
            """An interpreter takes the thread that it is made on."""
            interpreter = PythonInterpreter({}, PySystemState())
            getattr(interpreter, 'exec')('import json, colorsys; json.changed = True; colorsys.ONE_THIRD = 3\n'
                                         'where = json.__file__; dumped = json.dumps({"a": 1})')
            found.update((name, str(interpreter.get(name))) for name in ('where', 'dumped'))
            interpreter.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        self.assertEqual({'where': json.__file__, 'dumped': '{"a": 1}'}, found)
        self.assertFalse(hasattr(json, 'changed'))
        self.assertEqual(1.0 / 3.0, colorsys.ONE_THIRD)
        self.assertEqual('[1]', json.dumps([1]))

    def test_no_java_package_is_named_as_a_module(self):
        self.assertRaises(ImportError, __import__, 'json.no_such')
        self.assertFalse([p.getName() for p in Package.getPackages() if p.getName().startswith('json')])


class FunctionsTest(unittest.TestCase):

    def test_functions_of_os_are_no_methods(self):
        class Has(object):
            entropy = os.urandom
            listing = os.listdir
            number = os.getpid
        self.assertEqual(5, len(Has().entropy(5)))
        self.assertEqual(os.listdir('.'), Has().listing('.'))
        self.assertEqual(os.getpid(), Has().number())
        self.assertTrue(inspect.isbuiltin(os.urandom))
        self.assertEqual('urandom', os.urandom.__name__)
        self.assertTrue(os.urandom.__doc__)
        for wrong in (), (1, 2), ('1',), (None,):
            self.assertRaises(TypeError, os.urandom, *wrong)


class StartTest(unittest.TestCase):
    """What a start leaves for later, and that it is there then."""

    def said(self, code):
        return subprocess.check_output([sys.executable, '-c', code]).strip()

    def test_identity_is_the_same_before_and_after(self):
        self.assertEqual('True', self.said(
            'import os\nof = lambda: [os.getuid(), os.geteuid(), os.getgid(), os.getegid()]\n'
            'before = of(); os.open(os.devnull, 0); print before == of()'))
        self.assertEqual([os.getuid(), os.getgid()],
                         [int(subprocess.check_output(['id', option])) for option in ('-u', '-g')])

    def test_binding_is_shown_when_it_is_asked(self):
        self.assertEqual('root root', self.said(
            'import pwd, os; print pwd.getpwuid(0).pw_name, os._posix_impl.getpwuid(0).loginName'))

    def test_locales_are_found(self):
        environment = dict(os.environ, EURYALE_JAVA_OPTS='-Dpython.locale.control=settable')
        code = 'import locale; print locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")'
        self.assertEqual('de_DE.UTF-8', subprocess.check_output([sys.executable, '-c', code], env=environment).strip())


if __name__ == '__main__':
    unittest.main()
