"""--reactor euryale: twisted.plugin looks for reactors in directories, and ours lies in a jar.

Where the property euryale.reactor says what the default is, the default is described so, too (twisted_default_reactor.py).

Evidence: twistd --help-reactors lists none of a jar that has twisted/plugins.
"""

from java.lang import System
from twisted.plugin import getPlugins


def is_faulty(reactors):
    return reactors.getPlugins is getPlugins


def repair(reactors):
    found = reactors.getPlugins

    def getPlugins(*arguments):
        """IReactorInstaller plug-ins, and Euryale's reactor."""
        for each in found(*arguments):
            if each.moduleName == 'twisted.internet.default' and System.getProperty('euryale.reactor') is not None:
                yield reactors.Reactor(each.shortName, each.moduleName, 'What EURYALE_REACTOR names, euryale without it.')
            else:
                yield each
        yield reactors.Reactor('euryale', 'euryale.reactor', 'Loop, timers and TCP in Java.')

    reactors.getPlugins = getPlugins
