"""Euryale: POSIX sockets and a Twisted reactor for Jython."""

# Its submodules are in the jar, as it is itself.
__path__ = ['<euryale>/euryale']
