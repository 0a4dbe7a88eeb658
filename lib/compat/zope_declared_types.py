"""Two types that differ are compared by two exceptions, each with a Java stack trace, where one has a metaclass.

PyType's == looks for __cmp__ and __eq__ of the metaclass, and what is not found there is raised and caught. zope.interface
looks for two types among an argument's bases each time that something is declared, which Twisted does ten times for each
TLS connection: here without a comparison.

Evidence: timeit.timeit('C in mro', 'from zope.interface import Interface as C; mro = (int, str, dict)') is 20 us.
"""

import types


def is_faulty(declarations):
    return isinstance(declarations._normalizeargs, types.FunctionType)


def repair(declarations):
    single = declarations.InterfaceClass, declarations.Implements

    def _normalizeargs(sequence, output=None):
        if output is None:
            output = []
        if issubclass(sequence.__class__, single):
            output.append(sequence)
        else:
            for each in sequence:
                _normalizeargs(each, output)
        return output

    _normalizeargs.__doc__ = declarations._normalizeargs.__doc__
    declarations._normalizeargs = _normalizeargs
