"""python's command line in an interpreter that children.run made."""

import sys


def main(given):
    """Runs what the arguments say, in the environment given."""
    import os
    os.environ = type(os.environ)(given['environment'])
    os._exit = sys.exit  # would end the JVM
    signals()
    from euryale_pip import children, mends
    children.refused = given['refused']
    mends.install(children.refused)
    flags, rest = options(given['arguments'])
    path(os, '' if 'E' in flags else os.environ.get('PYTHONPATH', ''))
    if 'S' not in flags:
        site('s' in flags or 'E' not in flags and os.environ.get('PYTHONNOUSERSITE'))
    import imp
    module = sys.modules['__main__'] = imp.new_module('__main__')
    module.__builtins__ = __import__('__builtin__')
    program(os, module, rest)


def signals():
    """Signals are the process's and go to its main thread; a child's handlers are only remembered."""
    import signal
    handlers = {}

    def set_handler(number, handler):
        before = signal.getsignal(number)
        handlers[number] = handler
        return before

    signal.signal = set_handler
    signal.getsignal = lambda number: handlers.get(number, signal.SIG_DFL)


def options(arguments):
    """(flags that matter, what follows python's own options)."""
    flags, at = set(), 0
    while at < len(arguments) and arguments[at].startswith('-') and arguments[at] != '-':
        word = arguments[at]
        for index in range(1, len(word)):
            letter = word[index]
            if letter in 'cm':
                value = [word[index + 1:]] if index + 1 < len(word) else []
                return flags, ['-' + letter] + value + arguments[at + 1:]
            if letter in 'QWD':
                at += index + 1 == len(word)
                break
            flags.add(letter)
        at += 1
    return flags, arguments[at:]


def path(os, own):
    """sys.path without what the environment of the JVM put there, and with what that of the child does."""
    from java.lang import System
    inherited = set((System.getProperty('python.path') or '').split(os.pathsep))
    sys.path[:] = [p for p in own.split(os.pathsep) if p] + [p for p in sys.path if p and p not in inherited]


def site(without_user_site):
    """Imports site, whose behaviour a static field of Jython decides."""
    from org.python.core import Options
    before = Options.no_user_site
    Options.no_user_site = bool(without_user_site) or before
    try:
        import site
    finally:
        Options.no_user_site = before


def program(os, module, rest):
    """Runs -c CODE, -m MODULE, a file, a directory or archive, or nothing (standard input is empty)."""
    scope = module.__dict__
    if not rest or rest[0] == '-':
        sys.argv[:] = rest or ['']
    elif rest[0] == '-c':
        sys.argv[:] = ['-c'] + rest[2:]
        sys.path.insert(0, '')
        exec compile(rest[1], '<string>', 'exec', 0, True) in scope
    elif rest[0] == '-m':
        import runpy
        sys.argv[:] = [rest[1]] + rest[2:]
        sys.path.insert(0, '')
        runpy._run_module_as_main(rest[1])
    else:
        sys.argv[:] = rest
        full = os.path.abspath(rest[0])
        import zipfile
        if os.path.isdir(full) or zipfile.is_zipfile(full):
            import runpy
            sys.path.insert(0, full)
            runpy._run_module_as_main('__main__', False)
        else:
            sys.path.insert(0, os.path.dirname(full))
            scope['__file__'] = rest[0]
            execfile(full, scope)
