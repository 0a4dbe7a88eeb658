"""The half of the runner that the measured interpreter executes for tests that are pytest's; Python 2.7.

    pytest_main.py SUITE JOURNAL SECONDS TODO     runs the module tests.SUITE and writes JOURNAL

pytest and the package `tests` have to be importable.  TODO is a file that names the tests to run, one a line, as
"Class.test" or "Class.test[parameter]"; tests that are not there are left out, and an empty file stands for all.
SECONDS is a test's time limit, which the driver keeps.
"""

import ast
import os
import sys
import traceback

import verdicts
from journal import Journal, one_line
from watch import Watch


def name_of(item):
    """"Class.test[parameter]", without blanks, which part the driver's fields."""
    return ''.join('.'.join(item.nodeid.split('::')[1:]).replace('()', '').replace('..', '.').split())


class Refusal(object):
    """In place of a name that pyOpenSSL has for itself alone and the measured module has not."""

    def __init__(self, name):
        self._name = name

    def __call__(self, *arguments, **options):
        raise NotImplementedError(self._name)


def complete(path):
    """Lets the imports of the tests at `path` succeed: what fails is the test that uses such a name."""
    with open(path) as source:
        tree = ast.parse(source.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or '').split('.')[0] == 'OpenSSL':
            module = __import__(node.module, fromlist=['*'])
            for alias in node.names:
                private = '_' in (alias.name[0], node.module.rpartition('.')[2][0])
                if private and not hasattr(module, alias.name):
                    setattr(module, alias.name, Refusal(alias.name))


class Plugin(object):
    """Leaves out what is not wanted, and notes what pytest says of the rest."""

    def __init__(self, journal, wanted, watch):
        self._journal, self._wanted, self._watch = journal, wanted, watch
        self._said = None

    def pytest_collection_modifyitems(self, items):
        seen, kept = set(), []
        for item in items:
            name = name_of(item)
            if name not in seen and (not self._wanted or name in self._wanted):
                seen.add(name)
                kept.append(item)
        items[:] = kept
        for item in kept:
            self._journal.write('has', name_of(item))

    def pytest_collectreport(self, report):
        if report.failed:
            self._journal.write('broken', one_line(str(report.longrepr).splitlines()[-1]))

    def pytest_runtest_logstart(self, nodeid, location):
        self._said = None

    def pytest_runtest_setup(self, item):
        self._watch.current = name_of(item)
        self._journal.write('start', name_of(item))

    def pytest_runtest_makereport(self, item, call):
        if call.excinfo is None:
            if call.when == 'call' and self._said is None:
                self._said = 'ok', ''
        elif self._said is None or self._said[0] == 'ok':  # of a test and its end, what went wrong stands
            error = call.excinfo
            if error.typename == 'Skipped':
                self._said = 'skip', str(error.value)
            else:
                traceback.print_exception(error.type, error.value, error.tb, None, sys.__stderr__)
                verdict = 'fail' if call.when == 'call' and isinstance(error.value, AssertionError) else 'error'
                self._said = verdict, verdicts.describe((error.type, error.value, error.tb), 'test')
        if call.when == 'teardown':
            self._watch.current = None
            self._journal.write('result', name_of(item), *(self._said or ('error', 'no verdict')))


def main(suite, journal_path, limit, todo_path):
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if entry and os.path.abspath(entry) != own]
    journal = Journal(journal_path)
    with open(todo_path) as todo:
        wanted = set(todo.read().split())
    watch = Watch(suite, journal, limit)
    watch.start()
    end = os._exit
    try:
        import pytest
        path = os.path.join(os.path.dirname(os.path.abspath(__import__('tests').__file__)), suite + '.py')
        complete(path)
        # No conftest: pyOpenSSL's has a header that asks cryptography, and a fixture for test_ssl alone.
        arguments = ['-p', 'no:cacheprovider', '-p', 'no:flaky', '-c', os.devnull, '--rootdir', os.path.dirname(path),
                     '-q', '--tb=no', path]
        if suite != 'test_ssl':
            arguments.insert(0, '--noconftest')
        pytest.main(arguments, plugins=[Plugin(journal, wanted, watch)])
    except:  # noqa: E722 - a Java Throwable is no BaseException
        traceback.print_exc()
        journal.write('broken', verdicts.describe(sys.exc_info(), ''))
        return
    journal.write('end')
    sys.__stderr__.flush()
    # Without waiting for the threads that tests left behind.
    end(0)


if __name__ == '__main__':
    given = sys.argv[1:]
    sys.argv[1:] = []
    main(given[0], given[1], float(given[2]), given[3])
