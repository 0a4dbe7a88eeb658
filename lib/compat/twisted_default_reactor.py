"""Twisted's default reactor knows nothing of Euryale's, and takes select where it does not know the platform.

Under the launcher the default is euryale.reactor; in a JVM of somebody else's a program installs it
(euryale.reactor.install()), or asks for it by name (twistd --reactor euryale).
"""

from java.lang import System


def is_faulty(default):
    return System.getProperty('euryale.executable') is not None


def repair(default):
    def install():
        from euryale import reactor
        reactor.install()

    default.install = install
