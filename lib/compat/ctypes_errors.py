"""ctypes tells of a library that is not there by a RuntimeError, and of a function that is not in it by a NameError.

Whoever looks whether there is one asks for an OSError and an AttributeError, as CPython raises, and looks no further.

Evidence: ctypes.CDLL('libnothing.so'); hasattr(ctypes.CDLL(None), 'nothing').
"""


def repair(ctypes):
    CDLL = ctypes.CDLL
    load, function = CDLL.__init__.im_func, CDLL.__getitem__.im_func

    def __init__(self, name, *mode, **more):
        try:
            load(self, name, *mode, **more)
        except RuntimeError:
            raise OSError('%s: cannot be loaded' % name)
        self._name = name

    def __getitem__(self, name):
        try:
            return function(self, name)
        except NameError:
            raise AttributeError('%s: undefined symbol: %s' % (self._name, name))

    CDLL.__init__, CDLL.__getitem__ = __init__, __getitem__
