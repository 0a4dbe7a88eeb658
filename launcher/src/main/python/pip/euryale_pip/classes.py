"""Modules are compiled when they are installed, and what that makes is recorded, so that uninstalling removes it.

pip's own way to compile looks for x.pyc; Jython writes x$py.class.
"""

import csv
import os
import py_compile

from java.util.concurrent import Callable, Executors
from org.python.core import Py

# Tests are compiled when they are first run. They are recorded as well: pip passes over what is not there.
LATER = ('test', 'tests')


def compile_recorded(record, root):
    """Compiles the modules that a RECORD lists, whose paths are relative to root, and adds their classes to it."""
    with open(record, 'rb') as f:
        rows = [row for row in csv.reader(f) if row]
    listed = set(row[0] for row in rows)
    sources = [row[0] for row in rows if row[0].endswith('.py')]
    made = [source[:-len('.py')] + '$py.class' for source in sources]
    with open(record, 'ab') as f:
        csv.writer(f, lineterminator='\n').writerows([name, '', ''] for name in made if name not in listed)
    compile_all(os.path.join(root, source) for source in sources
                if not set(LATER) & set(source.split('/')[:-1]))


class Compilation(Callable):

    def __init__(self, path, state):
        self.path, self.state = path, state

    def call(self):
        Py.setSystemState(self.state)
        try:
            py_compile.compile(self.path, doraise=True)
        except (Exception, Py.JavaError if hasattr(Py, 'JavaError') else Exception):
            pass  # meant for Python 3, or too large for a class: python says so when it is imported


def compile_all(paths):
    """Compiles these files, on two threads."""
    paths = list(paths)
    if not paths:
        return
    state = Py.getSystemState()
    threads = Executors.newFixedThreadPool(2)
    try:
        threads.invokeAll([Compilation(path, state) for path in paths])
    finally:
        threads.shutdown()
