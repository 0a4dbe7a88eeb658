"""Flags and locks of descriptors, with CPython's names and Linux's numbers.

lockf() and the locks of fcntl() are the kernel's (fcntl(2)), taken through java.nio: they hold against
other processes, and inside the JVM against every other open file. flock() is flock(2); without the C
library it takes a lock of lockf() on the whole file.
"""

from org.euryale.jython import FcntlFunctions as _FcntlFunctions

_FcntlFunctions.into(globals())
