"""The half of the runner that the measured interpreter executes; Python 2.7 and 3.

    main.py probe                                         says what interpreter this is
    main.py run TESTS_DIR MODULE JOURNAL SECONDS TODO     runs the tests of test.MODULE and writes JOURNAL

TESTS_DIR holds the `test` package and nothing else.  TODO is a file that names the tests to run, one Class.method a
line; those that the module lacks are left out.  SECONDS is a test's time limit: the driver ends a worker whose test
takes longer, the worker only notes before where its main thread stands.
"""

import os
import sys
import traceback
import unittest

# Workers run side by side and share the test package: none may read what another is still writing.
sys.dont_write_bytecode = True

import collect
import verdicts
from journal import Journal
from watch import Watch


def probe():
    import platform
    fields = [platform.python_implementation(), '.'.join(map(str, sys.version_info[:3])),
              platform.java_ver()[0] if sys.platform.startswith('java') else '',
              'counted' if collect.can_count_threads() else 'uncounted']
    sys.stdout.write('\nprobe\t%s\n' % '\t'.join(fields))


def run(tests_dir, module_name, journal_path, limit, todo_path):
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [tests_dir] + [entry for entry in sys.path if entry and os.path.abspath(entry) != own]
    journal = Journal(journal_path)
    try:
        with open(todo_path) as todo:
            wanted = set(todo.read().split())
        tests = [(name, test) for name, test in collect.load(module_name) if name in wanted]
    except unittest.SkipTest as reason:
        journal.write('broken', 'the module refuses to run: %s' % reason)
        return
    except:  # noqa: E722 - on Jython a Java Throwable is no BaseException
        traceback.print_exc()
        journal.write('broken', verdicts.describe(sys.exc_info(), module_name))
        return
    for name, _ in tests:
        journal.write('has', name)
    watch = Watch(module_name, journal, limit)
    watch.start()
    results = verdicts.Verdicts(module_name)
    home = os.getcwd()
    for name, test in tests:
        journal.write('start', name)
        sys.__stderr__.write('---- %s.%s\n' % (module_name, name))
        watch.current = name
        verdict, detail = results.run(test)
        watch.current = None
        os.chdir(home)
        journal.write('result', name, verdict, detail)
    journal.write('end')
    sys.__stderr__.flush()
    # Without waiting for the threads that tests left behind.
    os._exit(0)


if __name__ == '__main__':
    arguments = sys.argv[1:]
    # Some tests look at sys.argv.
    sys.argv[1:] = []
    if arguments == ['probe']:
        probe()
    else:
        run(arguments[1], arguments[2], arguments[3], float(arguments[4]), arguments[5])
