"""CPython's cProfile, which is written in C: a profiler of calls, with the names and the figures that it has there.

    python -m cProfile -s cumulative program.py
    profile = cProfile.Profile(); profile.enable(); ...; profile.disable(); profile.print_stats('cumulative')

It sees functions written in Python, on the thread that enabled it; what functions of Java take is their callers' time. It
is a function of Python itself that the interpreter calls at each call and return, so times of small functions are too
long. A profiler of the JVM's costs less and shows Python functions as well. getstats() is not there; pstats has all.
"""

import marshal as _marshal
import sys as _sys

from java.lang.System import nanoTime as _nanoTime

__all__ = ['run', 'runctx', 'help', 'Profile']


def run(statement, filename=None, sort=-1):
    """Runs a statement in __main__, and prints the profile, or writes it to a file for pstats."""
    import __main__
    return runctx(statement, vars(__main__), vars(__main__), filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    """Runs a statement in these names, and prints the profile, or writes it to a file for pstats."""
    profile = Profile()
    try:
        profile.runctx(statement, globals, locals)
    except SystemExit:
        pass
    if filename is not None:
        return profile.dump_stats(filename)
    return profile.print_stats(sort)


def help():
    """Where to read of it."""
    print 'Documentation for the profile/cProfile modules can be found '
    print "in the Python Library Reference, section 'The Python Profiler'."


def _seconds():
    return _nanoTime() * 1e-9


class _Function(object):
    """What is known of one function. Times are seconds."""

    __slots__ = ('calls', 'outermost', 'own', 'whole', 'callers', 'under_way')

    def __init__(self):
        self.calls = self.outermost = self.under_way = 0
        self.own = self.whole = 0.0
        self.callers = {}  # the same of the calls by each, without further callers

    def ended(self, own, whole):
        """A call has ended that took so long, without and with what it called."""
        self.under_way -= 1
        self.calls += 1
        self.own += own
        if self.under_way == 0:  # the time of a recursion is that of its first call
            self.outermost += 1
            self.whole += whole


def _of(functions, key):
    function = functions.get(key)
    if function is None:
        function = functions[key] = _Function()
    return function


class Profile(object):
    """A profile of the functions that run between enable() and disable(), on that thread.

    timer gives a number that grows, timeunit is how many seconds one of it is; without, seconds.
    """

    def __init__(self, timer=None, timeunit=0.0, subcalls=True, builtins=True):
        self._timer = timer or _seconds
        self._unit = timeunit or 1.0
        self._functions = {}
        self._stack = []  # of calls under way: function, beginning, time of what it called
        self.stats = {}

    def enable(self, subcalls=True, builtins=True):
        """From now on calls are counted."""
        _sys.setprofile(self._event)

    def disable(self):
        """Calls are not counted any more; those under way end here."""
        _sys.setprofile(None)
        while self._stack:
            self._return()

    def clear(self):
        """Forgets what was counted."""
        self._functions.clear()
        del self._stack[:]

    def _event(self, frame, event, argument):
        if event == 'call':
            code = frame.f_code
            key = code.co_filename, code.co_firstlineno, code.co_name
            function = _of(self._functions, key)
            function.under_way += 1
            if self._stack:
                _of(function.callers, self._stack[-1][0]).under_way += 1
            self._stack.append([key, self._timer(), 0.0])
        elif self._stack:  # a return, or an exception that leaves the function
            self._return()

    def _return(self):
        key, begin, called = self._stack.pop()
        whole = (self._timer() - begin) * self._unit
        function = self._functions[key]
        function.ended(whole - called, whole)
        if self._stack:
            self._stack[-1][2] += whole
            function.callers[self._stack[-1][0]].ended(whole - called, whole)

    def create_stats(self):
        """Ends it, and makes self.stats, as pstats reads them."""
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Makes self.stats of the calls that have ended."""
        self.stats = dict(
            (key, (f.outermost, f.calls, f.own, f.whole,
                   dict((caller, (by.calls, by.outermost, by.own, by.whole)) for caller, by in f.callers.items()
                        if by.calls)))
            for key, f in self._functions.items() if f.calls)

    def print_stats(self, sort=-1):
        """Prints what was counted; sort is a key of pstats."""
        import pstats
        pstats.Stats(self).strip_dirs().sort_stats(sort).print_stats()

    def dump_stats(self, file):
        """Writes what was counted to a file, for pstats."""
        self.create_stats()
        with open(file, 'wb') as out:
            _marshal.dump(self.stats, out)

    def run(self, cmd):
        """Runs a statement in __main__; the profile itself."""
        import __main__
        return self.runctx(cmd, vars(__main__), vars(__main__))

    def runctx(self, cmd, globals, locals):
        """Runs a statement in these names; the profile itself."""
        self.enable()
        try:
            exec cmd in globals, locals
        finally:
            self.disable()
        return self

    def runcall(self, func, *args, **kw):
        """Calls a function; its result."""
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()


def main():
    """The command line: [-o FILE] [-s KEY] PROGRAM [ARG...]."""
    import optparse
    import os
    parser = optparse.OptionParser(usage='cProfile.py [-o output_file_path] [-s sort] scriptfile [arg] ...')
    parser.allow_interspersed_args = False
    parser.add_option('-o', '--outfile', help='Save stats to <outfile>')
    parser.add_option('-s', '--sort', default=-1, help='Sort order when printing to stdout, based on pstats.Stats class')
    options, _sys.argv[:] = parser.parse_args()
    if not _sys.argv:
        parser.print_usage()
        return 2
    program = _sys.argv[0]
    _sys.path.insert(0, os.path.dirname(program))
    with open(program, 'rb') as file:
        code = compile(file.read(), program, 'exec')
    names = {'__file__': program, '__name__': '__main__', '__package__': None}
    runctx(code, names, names, options.outfile, options.sort)


if __name__ == '__main__':
    _sys.exit(main())
