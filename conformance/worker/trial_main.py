"""The half of the runner that the measured interpreter executes for tests that trial runs; Python 2.7.

    trial_main.py REACTOR PACKAGE JOURNAL SECONDS TODO     runs tests below PACKAGE and writes JOURNAL

Twisted has to be importable.  REACTOR is select, poll, epoll or euryale.  TODO is a file that names the tests to run,
one a line, as trial names them but without "PACKAGE." in front; tests that are not there are left out, and an empty
file stands for all.  SECONDS is a test's time limit: trial's own comes a little before it, so that a test whose
Deferred never fires costs no process.
"""

import gc
import os
import stat
import sys
import traceback
import unittest

import verdicts
from journal import Journal
from watch import Watch

# Of a test's time limit, what trial's own is.
SHARE_OF_TRIAL = 0.7


def modules(package):
    """The names of the test modules below a package, which are found as files: nothing is imported for it."""
    base = os.path.dirname(__import__(package.partition('.')[0]).__path__[0])
    top = os.path.join(base, *package.split('.'))
    for directory, subdirectories, files in os.walk(top):
        subdirectories.sort()
        if '__init__.py' not in files:
            continue
        for name in sorted(files):
            if name.startswith('test_') and name.endswith('.py'):
                yield os.path.relpath(os.path.join(directory, name[:-3]), base).replace(os.sep, '.')


def collect(package, wanted):
    """(name, test) of each test below a package that is wanted, each once, and what could not be imported."""
    from twisted.trial.runner import TestLoader
    tests, seen, broken, left = [], set(), [], set(wanted)
    known = list(modules(package))
    named = [module for module in known
             if not wanted or any((package + '.' + test).startswith(module + '.') for test in wanted)]
    # A module may give tests that are named for another; so those that nobody seems to want are looked at last.
    for module in named + [module for module in known if module not in named]:
        if wanted and not left:
            break
        try:
            __import__(module)
            waiting = [TestLoader().loadModule(sys.modules[module])]
        except:  # noqa: E722 - on Jython a Java Throwable is no BaseException
            traceback.print_exc()
            broken.append((module, verdicts.describe(sys.exc_info(), module.rpartition('.')[2])))
            continue
        while waiting:
            item = waiting.pop(0)
            if isinstance(item, unittest.TestSuite):
                waiting[:0] = list(item)
                continue
            name = item.id()
            if name.startswith(package + '.') and name not in seen:
                seen.add(name)
                name = name[len(package) + 1:]
                if not wanted or name in left:
                    left.discard(name)
                    tests.append((name, item))
    return tests, broken


def result_class():
    from twisted.python.failure import Failure
    from twisted.trial.reporter import TestResult

    class Result(TestResult):
        """The verdict of one test.  Of what a test and its tearDown say the first stands, but for a success."""

        verdict = None

        def _set(self, verdict, detail=''):
            if self.verdict is None or self.verdict[0] == 'ok':
                self.verdict = verdict, detail

        def addSuccess(self, test):
            self._set('ok')

        def addFailure(self, test, error):
            self._raised('fail', test, error)

        def addError(self, test, error):
            self._raised('error', test, error)

        def _raised(self, verdict, test, error):
            if not isinstance(error, Failure):
                error = Failure(error[1], error[0], error[2])
            error.printTraceback(sys.__stderr__)
            where = ['%s:%d %s' % (os.path.basename(frame[1]), frame[2], frame[0]) for frame in error.frames[-1:]]
            text = error.getErrorMessage() or '?'
            if not isinstance(error.value, AssertionError):
                text = '%s: %s' % (error.type.__name__, text)
            self._set(verdict, '%s [%s]' % (text[:300], ''.join(where)))

        def addSkip(self, test, reason):
            self._set('skip', str(reason))

        def addExpectedFailure(self, test, error, todo=None):
            self._set('ok')

        def addUnexpectedSuccess(self, test, todo=None):
            self._set('ok')

    return Result


def run_one(test, result):
    try:
        test(result)
    except:  # noqa: E722 - SystemExit, KeyboardInterrupt, a Java Throwable on Jython
        traceback.print_exc()
        return 'error', 'escaped the test: ' + verdicts.describe(sys.exc_info(), '')
    return result.verdict or ('error', 'no verdict')


def settle():
    """Lets the collector end what a test has dropped: what a dropped Deferred logs then is not the next test's."""
    gc.collect()
    try:
        from java.lang import System
    except ImportError:
        return
    for _ in range(2):  # the JVM's thread that queues what is to be finalized may lag behind one collection
        System.gc()
        System.runFinalization()


def main(reactor, package, journal_path, limit, todo_path):
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if entry and os.path.abspath(entry) != own]
    journal = Journal(journal_path)
    try:
        with open(todo_path) as todo:
            wanted = set(todo.read().split())
        from twisted.trial import util
        module = 'euryale.reactor' if reactor == 'euryale' else 'twisted.internet.%sreactor' % reactor
        __import__(module, fromlist=['install']).install()
        if reactor == 'euryale':
            # Tests of reactors are made for each that Twisted knows; here for ours.
            from twisted.internet.test.reactormixins import ReactorBuilder
            ReactorBuilder._reactors = ['euryale.reactor.EuryaleReactor']
        util.DEFAULT_TIMEOUT_DURATION = limit * SHARE_OF_TRIAL
        tests, broken = collect(package, wanted)
        result = result_class()
    except:  # noqa: E722
        traceback.print_exc()
        journal.write('broken', verdicts.describe(sys.exc_info(), ''))
        return
    for module, detail in broken:
        journal.write('unimportable', module[len(package) + 1:], detail)
    for name, _ in tests:
        journal.write('has', name)
    watch = Watch('', journal, limit)
    watch.start()
    home, stderr, end = os.getcwd(), sys.__stderr__, os._exit
    null = stat.S_IMODE(os.stat(os.devnull).st_mode)
    for name, test in tests:
        journal.write('start', name)
        stderr.write('---- %s.%s\n' % (package, name))
        watch.current = name
        verdict, detail = run_one(test, result())
        watch.current = None
        if verdict != 'ok':
            settle()
        os.chdir(home)
        if stat.S_IMODE(os.stat(os.devnull).st_mode) != null:
            # test_logfile's test_specialFile gives the machine's null device mode 0555, where root runs it.
            os.chmod(os.devnull, null)
        journal.write('result', name, verdict, detail)
    journal.write('end')
    stderr.flush()
    # Without waiting for the threads that tests left behind.
    end(0)


if __name__ == '__main__':
    arguments = sys.argv[1:]
    # Some tests look at sys.argv.
    sys.argv[1:] = []
    main(arguments[0], arguments[1], arguments[2], float(arguments[3]), arguments[4])
