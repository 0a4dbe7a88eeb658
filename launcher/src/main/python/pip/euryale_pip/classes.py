"""Modules are compiled when they are installed, and what that makes is recorded, so that uninstalling removes it.

pip's own way to compile looks for x.pyc; Jython writes x$py.class. To compile takes longer than all the rest of an
install: it is done by a thread of its own while pip goes on, and begins when a wheel has come or has been built.
"""

import csv
import os
import time

from java.io import ByteArrayInputStream, File
from java.lang import Thread, Throwable
from java.nio import ByteBuffer
from java.nio.file import Files, StandardCopyOption
from java.util.concurrent import Callable, Executors, ThreadFactory, TimeUnit
from java.util.zip import ZipFile
from org.python.core import Py, imp

# Tests are compiled when they are first run. They are recorded as well: pip passes over what is not there.
LATER = ('test', 'tests')

# Where modules go whose wheels are compiled before they are installed; None for commands that install nothing.
expected_root = None

_pool = None
_afterwards = []
_ahead = {}


class _Daemon(ThreadFactory):

    def newThread(self, task):
        thread = Thread(None, task, 'compiler', 16 << 20)  # Jython's compiler recurses
        thread.setDaemon(True)
        return thread


class _Task(Callable):

    def __init__(self, function, arguments, state):
        self.function, self.arguments, self.state = function, arguments, state

    def call(self):
        before = Py.getSystemState()
        Py.setSystemState(self.state)
        try:
            return self.function(*self.arguments)
        except (Exception, Throwable):
            return None  # meant for Python 3, or too large for a class: python says so when it is imported
        finally:
            Py.setSystemState(before)


def later(function, *arguments):
    """Calls function by the compiler's thread, after what it was given before; a Future of what it returns."""
    global _pool
    if _pool is None:
        _pool = Executors.newFixedThreadPool(1, _Daemon())
    return _pool.submit(_Task(function, arguments, Py.getSystemState()))


def afterwards(function):
    """Calls function when all is compiled."""
    _afterwards.append(function)


def catch_up():
    """Does, together with the compiler's thread, what that has been given; some of it may still be under way."""
    task = _pool.getQueue().poll()
    while task is not None:
        task.run()
        task = _pool.getQueue().poll()


def finish():
    """Does what is left to do, and returns when all is done."""
    global _pool
    if _pool is not None:
        _pool.shutdown()
        catch_up()
        _pool.awaitTermination(1, TimeUnit.DAYS)
        _pool = None
    _ahead.clear()
    while _afterwards:
        _afterwards.pop()()


def compiled_name(source):
    """The name of a module's class file."""
    return source[:-len('.py')] + '$py.class'


def is_now(source):
    """Whether a module of a distribution, by its path there, is compiled when it is installed."""
    return source.endswith('.py') and not set(LATER) & set(source.split('/')[:-1])


def module_name(path, exists):
    """The full name of a module by its path, where packages have an __init__.py: what its class is called."""
    directory, name = os.path.split(path[:-len('.py')])
    if name == '__init__':
        directory, name = os.path.split(directory)
    while directory and exists(directory + '/__init__.py'):
        directory, parent = os.path.split(directory)
        name = parent + '.' + name
    return name


def compiled(name, source, path, modified):
    """The class of a module.

    :param source: an array of bytes
    :param path: its file, as tracebacks show it
    :param modified: when that was written, in milliseconds: python takes a class only with a file of that time
    """
    return imp.compileSource(name, ByteArrayInputStream(source), path, modified)


def write(path, content):
    """Writes a file that others see only once it is whole."""
    part = File(Py.fileSystemDecode(path + '.part')).toPath()
    Files.write(part, content)
    Files.move(part, File(Py.fileSystemDecode(path)).toPath(), StandardCopyOption.ATOMIC_MOVE)


def compile_file(path):
    """Compiles a module and writes its class beside it."""
    file = File(Py.fileSystemDecode(path))
    modified = file.lastModified()  # before it is read: if it changes in between, python does not take the class
    source = Files.readAllBytes(file.toPath())
    write(compiled_name(path), compiled(module_name(path, os.path.exists), source, path, modified))


def compile_recorded(record, root):
    """Compiles the modules that a RECORD lists, whose paths are relative to root, and adds their classes to it.

    It goes on in the compiler's thread if root is where things are expected, and is done otherwise.
    """
    sources = record_classes(record)
    if root != expected_root:
        tasks = [later(compile_file, os.path.join(root, source)) for source in sources]
        if tasks:
            catch_up()
        for task in tasks:
            task.get()
        return
    for source in sources:
        path = os.path.join(root, source)
        early = _ahead.pop(path, None)
        if early is None:
            later(compile_file, path)
        else:
            later(place, path, *early)


def record_classes(record):
    """Adds the classes of all modules of a RECORD to it; returns the modules that are to be compiled now."""
    with open(record, 'rb') as f:
        rows = [row for row in csv.reader(f) if row]
    listed = set(row[0] for row in rows)
    made = [compiled_name(row[0]) for row in rows if row[0].endswith('.py')]
    with open(record, 'ab') as f:
        csv.writer(f, lineterminator='\n').writerows([name, '', ''] for name in made if name not in listed)
    return [row[0] for row in rows if is_now(row[0])]


def compile_ahead(wheel):
    """Begins to compile a wheel's modules as if they were installed where things are expected."""
    if expected_root is None:
        return
    modified = int(time.time()) * 1000
    archive = ZipFile(Py.fileSystemDecode(wheel))
    try:
        entries = dict((str(entry.getName()), entry) for entry in archive.entries())
        for name in sorted(entries):
            path = os.path.join(expected_root, name)
            if is_now(name) and '.data/' not in name and path not in _ahead:
                source = archive.getInputStream(entries[name]).readAllBytes()
                _ahead[path] = (source, modified, later(
                    compiled, module_name(name, entries.__contains__), source, path, modified))
    finally:
        archive.close()


def place(path, source, modified, early):
    """Writes the class of a module that was compiled ahead, if that is what was installed."""
    file = File(Py.fileSystemDecode(path))
    result = early.get()
    if result is not None and ByteBuffer.wrap(Files.readAllBytes(file.toPath())).equals(ByteBuffer.wrap(source)):
        file.setLastModified(modified)
        write(compiled_name(path), result)
    else:
        compile_file(path)
