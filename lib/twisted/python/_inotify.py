"""inotify(7) for twisted.internet.inotify, which Twisted has by ctypes: its descriptors are the kernel's, not os.read's."""

from org.euryale.jython import KernelFunctions as _kernel

if not _kernel.available():
    raise ImportError('inotify is a call of the C library')

__all__ = ['INotifyError', 'init', 'add', 'remove']


class INotifyError(Exception):
    """What inotify(7) has refused."""


def init():
    """A new descriptor to read events from."""
    try:
        return _kernel.inotify()
    except OSError:
        raise INotifyError('INotify initialization error.')


def add(fd, path, mask):
    """Watches a FilePath for the events of a mask; the number of the watch."""
    try:
        return _kernel.inotifyAdd(fd, path.asBytesMode().path, mask if mask < 1 << 31 else mask - (1 << 32))
    except OSError:
        raise INotifyError("Failed to add watch on '%r' - (%r)" % (path, -1))


def remove(fd, wd):
    """Ends a watch. One that is over already, with the file that was watched, is no error."""
    try:
        _kernel.inotifyRemove(fd, wd)
    except OSError:
        pass
