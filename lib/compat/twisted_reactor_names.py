"""--reactor euryale: twisted.plugin looks for reactors in directories, and ours lies in a jar.

Evidence: twistd --help-reactors lists none of a jar that has twisted/plugins.
"""

from twisted.plugin import getPlugins


def is_faulty(reactors):
    return reactors.getPlugins is getPlugins


def repair(reactors):
    found = reactors.getPlugins

    def getPlugins(*arguments):
        """IReactorInstaller plug-ins, and Euryale's reactor."""
        for each in found(*arguments):
            yield each
        yield reactors.Reactor('euryale', 'euryale.reactor', 'Loop, timers and TCP in Java.')

    reactors.getPlugins = getPlugins
