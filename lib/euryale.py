"""Euryale, for an interpreter that ran before Euryale was there.

With the jar on the class path before Jython starts, every interpreter has Euryale's sockets. Where
Jython runs already, put the jar on sys.path (or on the class path) and call install().
"""

import sys as _sys

from org.euryale.jython import Euryale as _Euryale

# The submodules (euryale.reactor) are in the jar, as this is itself.
__path__ = ['<euryale>/euryale']


def install():
    """Puts Euryale's modules in place of Jython's own, also where those were imported before.

    Returns a list of what still is Jython's own, a text for each: names that modules of the program
    have copied (from socket import socket), classes made from them, open sockets in their globals.
    Unless it is empty it is written to standard error as well, in one line. Call it while no other
    thread of the program uses a socket. A second call does nothing more.
    """
    left = list(_Euryale.install())
    if left:
        _sys.stderr.write('euryale: %s\n' % _Euryale.line(left))
    return left
