"""Which tests a module of CPython's test package has, and the module made ready to run them.

The module's own test_main() is called with run_unittest replaced by a collector: the classes are then exactly those
that regrtest would run, and what test_main() prepares is prepared.
"""

import os
import sys
import types
import unittest

# Modules that regrtest hides behind the resource `network` although most of their tests stay on loopback.
NETWORK_MODULES = frozenset(['test_imaplib', 'test_socketserver', 'test_timeout'])

# What a few tests of a module use and the whole module imports. Where the interpreter lacks it, a module that refuses
# every name stands in for it, so that those few tests fail and not the hundred beside them.
FOR_A_FEW = {'test_os': ('mmap',), 'test_subprocess': ('ctypes.util',)}


# A literal that the interpreter may be unable to compile, where one test has it: the name that takes its place is
# nowhere defined, so that this test fails with a NameError and the rest of the module is measured.
LITERALS = {'test_fileio': ("u'\\udc80.txt'", 'A_LONE_SURROGATE')}


def compiles(source):
    try:
        compile(source, '<literal>', 'eval')
        return True
    except (SyntaxError, UnicodeError):
        return False


def import_test(name):
    """test.NAME, without a literal of LITERALS that cannot be compiled."""
    literal, stand_in_name = LITERALS.get(name, ('0', ''))
    if compiles(literal):
        return getattr(__import__('test.' + name), name)
    path = os.path.join(os.path.dirname(__import__('test').__file__), name + '.py')
    with open(path) as text:
        source = text.read().replace(literal, stand_in_name)
    module = sys.modules['test.' + name] = types.ModuleType('test.' + name)
    module.__file__ = path
    exec(compile(source, path, 'exec', 0, True), module.__dict__)
    return module


class Absent(types.ModuleType):
    """A module that is not there: to use it is the ImportError that its import would have been."""

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)  # asked by the import itself
        raise ImportError('No module named %s' % self.__name__)


def stand_in(name):
    """Puts an Absent in the place of a module that cannot be imported."""
    try:
        __import__(name)
    except ImportError:
        parent, _, child = name.rpartition('.')
        sys.modules[name] = absent = Absent(name)
        if parent:
            setattr(__import__(parent), child, absent)


def can_count_threads():
    """Whether the interpreter has thread._count(), on which test_support's check for left threads stands."""
    try:
        import thread
    except ImportError:
        import _thread as thread
    return hasattr(thread, '_count')


def load(module_name):
    """The test cases of test.MODULE as a list of (Class.method, TestCase), each once, in the module's order.

    Raises what the import or test_main() raises; unittest.SkipTest where the module refuses to run.
    """
    from test import test_support
    test_support.verbose = 0
    test_support.use_resources = ['network'] if module_name in NETWORK_MODULES else []
    test_support.record_original_stdout(sys.stdout)
    given = []
    test_support.run_unittest = lambda *classes: given.extend(classes)
    test_support.run_doctest = lambda *args, **kwargs: (0, 0)
    if not can_count_threads():
        # Without it no module that uses sockets could be collected; only the search for left threads is lost.
        test_support.threading_setup = lambda: (1,)
        test_support.threading_cleanup = lambda *args: None
    for name in FOR_A_FEW.get(module_name, ()):
        stand_in(name)
    module = import_test(module_name)
    if hasattr(module, 'test_main'):
        module.test_main()
    else:
        given.append(module)
    return _flatten([_suite(item) for item in given])


def _suite(item):
    if isinstance(item, (unittest.TestSuite, unittest.TestCase)):
        return item
    if isinstance(item, str):
        item = sys.modules[item]
    if isinstance(item, type) and issubclass(item, unittest.TestCase):
        return unittest.defaultTestLoader.loadTestsFromTestCase(item)
    return unittest.defaultTestLoader.loadTestsFromModule(item)


def _flatten(items):
    tests, seen = [], set()
    waiting = list(items)
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, unittest.TestSuite):
            waiting[:0] = list(item)
            continue
        name = '%s.%s' % (type(item).__name__, item._testMethodName)
        if name not in seen:
            seen.add(name)
            tests.append((name, item))
    return tests
