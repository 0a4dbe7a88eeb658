"""Stands in for CPython's test.test_support where the tests come from a package that lacks it.

It offers the names that the suites of that package ask for, with the meaning that their tests rely on, and no more.
"""

import contextlib
import errno
import functools
import gc
import os
import platform
import socket
import sys
import time
import unittest
import warnings

try:
    import thread
except ImportError:
    import _thread as thread

HOST = '127.0.0.1'
HOSTv6 = '::1'
TESTFN = '@test_%d_tmp' % os.getpid()
# More than the buffers of a loopback connection hold.
SOCK_MAX_SIZE = 16 * 1024 * 1024 + 1

verbose = 0
use_resources = None


def _ipv6_works():
    if not socket.has_ipv6:
        return False
    try:
        with contextlib.closing(socket.socket(socket.AF_INET6, socket.SOCK_STREAM)) as sock:
            sock.bind((HOSTv6, 0))
    except (socket.error, socket.gaierror):
        return False
    return True


IPV6_ENABLED = _ipv6_works()


def record_original_stdout(stdout):
    """regrtest's; nothing here prints."""


def run_unittest(*classes):
    """The runner puts its collector in this place."""
    raise NotImplementedError('tests are run by the conformance runner')


run_doctest = run_unittest


def is_resource_enabled(resource):
    return use_resources is None or resource in use_resources


def requires(resource, message=None):
    if not is_resource_enabled(resource):
        raise unittest.SkipTest(message or "Use of the `%s' resource not enabled" % resource)


def cpython_only(test):
    return unittest.skipUnless(platform.python_implementation() == 'CPython', 'meant for CPython alone')(test)


def system_must_validate_cert(test):
    """For tests of the outside network, which are not run."""
    return test


@contextlib.contextmanager
def transient_internet(host, **ignored):
    """For tests of the outside network, which are not run."""
    yield


def import_module(name, deprecated=False):
    """The module, or the test is skipped."""
    try:
        with warnings.catch_warnings():
            if deprecated:
                warnings.simplefilter('ignore', DeprecationWarning)
            __import__(name)
    except ImportError as error:
        raise unittest.SkipTest(str(error))
    return sys.modules[name]


@contextlib.contextmanager
def check_py3k_warnings(*filters, **options):
    """The block may warn of what Python 3 lacks; other warnings stay as they are."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', DeprecationWarning)
        yield


@contextlib.contextmanager
def swap_attr(owner, name, value):
    missing = object()
    before = getattr(owner, name, missing)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if before is missing:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


class EnvironmentVarGuard(dict):
    """A dict that writes through to os.environ and, left as a context, puts back what it changed there."""

    def __init__(self):
        dict.__init__(self, os.environ)
        self._environ, self._before = os.environ, {}

    def __setitem__(self, name, value):
        self._before.setdefault(name, self._environ.get(name))
        dict.__setitem__(self, name, value)
        self._environ[name] = value

    set = __setitem__

    def __delitem__(self, name):
        self._before.setdefault(name, self._environ.get(name))
        dict.pop(self, name, None)
        self._environ.pop(name, None)

    unset = __delitem__

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        for name, value in self._before.items():
            if value is None:
                self._environ.pop(name, None)
            else:
                self._environ[name] = value
        os.environ = self._environ


def unlink(path):
    try:
        os.unlink(path)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise


def make_bad_fd():
    """A descriptor that was open and is no more."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    return descriptor


def bind_port(sock, host=HOST):
    """Binds to a free port of `host` and returns its number."""
    sock.bind((host, 0))
    return sock.getsockname()[1]


def find_unused_port(family=socket.AF_INET, socktype=socket.SOCK_STREAM):
    """A port that was free a moment ago."""
    with contextlib.closing(socket.socket(family, socktype)) as sock:
        return bind_port(sock)


def gc_collect():
    for _ in range(3):
        gc.collect()


def threading_setup():
    return (thread._count(),)


def threading_cleanup(before):
    """Gives threads up to a second to end, as CPython's does; a thread more is not an error there either."""
    end = time.time() + 1
    while thread._count() > before and time.time() < end:
        time.sleep(0.01)


def reap_threads(test):
    @functools.wraps(test)
    def reaped(*args):
        key = threading_setup()
        try:
            return test(*args)
        finally:
            threading_cleanup(*key)
    return reaped


def reap_children():
    """Waits for the children that tests forked and that have ended."""
    while hasattr(os, 'waitpid'):
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except OSError:
            break
