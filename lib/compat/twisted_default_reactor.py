"""Twisted's default reactor for a platform that it does not know is poll's; Euryale's own it has never heard of.

Under the launcher the default is what the property euryale.reactor says: euryale, or what EURYALE_REACTOR in the
environment names. Elsewhere, in a JVM of somebody else's, the default stays; a program there installs another
(euryale.reactor.install()), sets the property, or asks for one by name (twistd --reactor euryale).

Evidence: from twisted.internet import reactor; type(reactor).
"""

from java.lang import System

MODULES = {
    'euryale': 'euryale.reactor',
    'epoll': 'twisted.internet.epollreactor',
    'poll': 'twisted.internet.pollreactor',
    'select': 'twisted.internet.selectreactor',
}


def is_faulty(default):
    return System.getProperty('euryale.reactor') is not None


def repair(default):
    def install():
        """Installs the reactor that the property euryale.reactor names."""
        name = System.getProperty('euryale.reactor')
        if name not in MODULES:
            raise ValueError('euryale.reactor is %s; it can be %s' % (name, ', '.join(sorted(MODULES))))
        __import__(MODULES[name], None, None, ['install']).install()

    default.install = install
