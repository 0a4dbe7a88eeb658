"""One verdict a test: ok, fail, error or skip, with a line that says what happened and where."""

import os
import sys
import traceback
import unittest

from journal import one_line


def place(frames, module_name):
    """Where a stack ends, and the last line of the test module that it passes, if that is another."""
    if not frames:
        return '?'

    def name(frame):
        return '%s:%d %s' % (os.path.basename(frame[0]), frame[1], frame[2])
    inner = name(frames[-1])
    own = [frame for frame in frames if os.path.basename(frame[0]).startswith(module_name + '.')]
    if own and name(own[-1]) != inner:
        return '%s < %s' % (inner, name(own[-1]))
    return inner


def describe(error, module_name):
    """An exc_info triple as one line: class, text and place."""
    lines = [line for line in traceback.format_exception_only(error[0], error[1]) if line.strip()] or ['?']
    # A syntax error's lines begin with the source; every other exception's begin with the class.
    line = lines[-1] if error[0] is SyntaxError else lines[0]
    return '%s [%s]' % (one_line(line)[:300], place(traceback.extract_tb(error[2]), module_name))


class Verdicts(unittest.TestResult):
    """The result that one test after the other is run with; `verdict` is the current one's."""

    def __init__(self, module_name):
        unittest.TestResult.__init__(self)
        self.module_name = module_name
        self.verdict = None
        self._fixture = None
        self._class = None
        # unittest then keeps class and module fixtures from one run() to the next.
        self._testRunEntered = True

    def run(self, test):
        """Runs one TestCase and returns (verdict, detail).  Lets nothing escape."""
        if type(test) is not self._class:
            self._class, self._fixture = type(test), None
        self.verdict = None
        try:
            unittest.TestSuite([test]).run(self)
        except:  # noqa: E722 - SystemExit, KeyboardInterrupt, a Java Throwable on Jython
            self._escaped()
        if self.verdict is None:
            # The fixture of its class or module failed at an earlier test, and this one was not begun.
            self._set(*(self._fixture or ('error', 'no verdict')))
        return self.verdict

    def _escaped(self):
        traceback.print_exc()
        self.verdict = 'error', 'escaped the test: ' + describe(sys.exc_info(), self.module_name)

    def _set(self, verdict, detail=''):
        # The first stands: a test and its tearDown may both go wrong.
        if self.verdict is None:
            self.verdict = verdict, detail

    def addSuccess(self, test):
        self._set('ok')

    def addFailure(self, test, error):
        traceback.print_exception(*error)
        self._set('fail', describe(error, self.module_name))

    def addError(self, test, error):
        traceback.print_exception(*error)
        detail = describe(error, self.module_name)
        if not isinstance(test, unittest.TestCase):
            detail = '%s: %s' % (str(test).split(' ')[0], detail)
            self._fixture = 'error', detail
        self._set('error', detail)

    def addSkip(self, test, reason):
        if not isinstance(test, unittest.TestCase):
            self._fixture = 'skip', reason
        self._set('skip', reason)

    def addExpectedFailure(self, test, error):
        self._set('ok')

    def addUnexpectedSuccess(self, test):
        self._set('fail', 'unexpected success')
