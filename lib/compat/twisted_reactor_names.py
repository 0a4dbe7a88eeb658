"""--reactor euryale: the reactor is in a jar, where twisted.plugin, which lists directories, finds none."""


def repair(reactors):
    found = reactors.getReactorTypes

    def getReactorTypes():
        for each in found():
            yield each
        yield reactors.Reactor('euryale', 'euryale.reactor', 'Loop, timers and TCP in Java.')

    getReactorTypes.__doc__ = found.__doc__
    reactors.getReactorTypes = getReactorTypes
