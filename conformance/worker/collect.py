"""Which tests a module of CPython's test package has, and the module made ready to run them.

The module's own test_main() is called with run_unittest replaced by a collector: the classes are then exactly those
that regrtest would run, and what test_main() prepares is prepared.
"""

import sys
import unittest

# Modules that regrtest hides behind the resource `network` although most of their tests stay on loopback.
NETWORK_MODULES = frozenset(['test_imaplib', 'test_socketserver', 'test_timeout'])


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
    module = getattr(__import__('test.' + module_name), module_name)
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
