"""Starts programs by posix_spawn(3), as os.execvpe would: for subprocess and the Twisted reactor."""

import errno
import os

from org.euryale.jython import Children

available = Children.available


def _candidates(file, env):
    """The paths that execvp(3) tries for a program's name."""
    if os.path.dirname(file):
        return [file]
    path = (os.environ if env is None else env).get('PATH', os.defpath)
    return [os.path.join(directory or os.curdir, file) for directory in path.split(os.pathsep)]


def _variables(env):
    """The environment as NAME=value."""
    for name, value in (os.environ if env is None else env).items():
        if '=' in name:
            raise ValueError('illegal environment variable name')
        yield name + '=' + value


def start(file, args, cwd, env, files, signals=False, identity=None):
    """A child with the descriptors of a list as its 0, 1, 2 ... (-1 for one that it has not); its process number.

    With signals it ignores none that this process ignores; identity is [user, group] or [user, group, groups ...]."""
    return _start(Children.spawn, file, args, cwd, env, signals, identity, files)


def startOnTerminal(file, args, cwd, env, terminal, identity=None):
    """A child in a session of its own with a terminal, given by its file name, as 0, 1 and 2; its process number."""
    return _start(Children.spawnOnTerminal, file, args, cwd, env, True, identity, terminal)


def _start(spawn, file, args, cwd, env, signals, identity, files):
    environment = list(_variables(env))
    if cwd is not None:
        try:
            if not os.path.isdir(cwd):
                code = errno.ENOTDIR if os.path.exists(cwd) else errno.ENOENT
                raise OSError(code, os.strerror(code), cwd)
        except OSError as error:
            error.child_traceback = 'os.chdir(%r)\n%s' % (cwd, error)
            raise
    failure = None
    for path in _candidates(file, env):
        try:
            return spawn(path, args, environment, os.path.abspath(cwd or os.curdir), signals, identity, files)
        except OSError as error:
            # As execvp: the first reason that is not the file's absence is told.
            if failure is None or failure.errno in (errno.ENOENT, errno.ENOTDIR):
                failure = error
    failure.child_traceback = 'os.execvpe(%r, ...)\n%s' % (file, failure)
    raise failure
