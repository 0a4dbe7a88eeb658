"""Twisted takes no module for a package that came from its cache: plug-ins, and trial's tests of a package, are gone then.

On a core as it was released the __file__ of such a package is `__init__$py.class`, and Twisted looks for `__init__` before the
last dot. It is told the source's name.

Evidence: twistd web, from the second run on, says "Unknown command: web".
"""

from org.euryale.jython import CoreMends

CACHED = '$py.class'


def is_faulty(module):
    return 'SourceFileName' not in CoreMends.names()


def repair(module):
    if module.__name__ == 'twisted.trial.runner':
        repair_trial(module)
    else:
        repair_modules(module)


def repair_modules(modules):
    of_source = modules._isPackagePath

    def _isPackagePath(fpath):
        return of_source(fpath) or fpath.basename() == '__init__' + CACHED

    modules._isPackagePath = _isPackagePath


def repair_trial(runner):
    of_source = runner.isPackage

    def isPackage(module):
        return of_source(module) or (isinstance(module, type(runner)) and
                                     runner.os.path.basename(module.__file__) == '__init__' + CACHED)

    isPackage.__doc__ = of_source.__doc__
    runner.isPackage = isPackage
