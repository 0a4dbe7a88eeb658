"""Flags and locks of descriptors, with CPython's names and Linux's numbers.

Locks are the kernel's (fcntl(2)), taken through java.nio; flock() takes one on the whole file. They
hold against other processes, and inside the JVM against every other open file.
"""

from org.euryale.jython import FcntlFunctions as _FcntlFunctions

_FcntlFunctions.into(globals())
