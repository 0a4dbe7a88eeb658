"""A module is not found below a package that an object stands for in sys.modules.

Twisted puts a proxy into sys.modules for each module with a deprecated attribute (twisted itself,
twisted.python, twisted.protocols). Jython's import looks for submodules in PyModule.impAttr; any other
object is only asked for an attribute, so that "import twisted.internet" is an ImportError. Here the
proxy is a module, which shares the dictionary of the module it stands for.

"from package import name" looks whether there is such a name before it takes it, and on CPython asks for __path__ in
front of that, by which the proxy knows to be silent then. Jython does not; here it is known by the stack.

Evidence: import sys, twisted; sys.modules['twisted'] is no module; import twisted.internet.
"""

import types

from org.euryale.jython import ModuleFunctions


def is_faulty(deprecate):
    return not issubclass(deprecate._ModuleProxy, types.ModuleType)


def repair(deprecate):
    plain = deprecate._ModuleProxy

    class _ModuleProxy(types.ModuleType):
        __doc__ = plain.__doc__
        __slots__ = ('_module', '_deprecatedAttributes', '_lastWasPath')  # not among the module's names

        def __init__(self, module):
            types.ModuleType.__init__(self, module.__name__)
            ModuleFunctions.share(module, self)
            plain.__init__.im_func(self, module)

        __repr__ = plain.__dict__['__repr__']
        __setattr__ = plain.__dict__['__setattr__']
        __getattribute__ = plain.__dict__['__getattribute__']

    deprecate._ModuleProxy = _ModuleProxy

    def get(self):
        """The attribute's value, with a warning that it is deprecated."""
        value = getattr(self.module, self.__name__)
        if not ModuleFunctions.isLookedFor():
            text = '%s: %s' % (deprecate._getDeprecationWarningString(self.fqpn, self.version), self.message)
            deprecate.warn(text, DeprecationWarning, stacklevel=3)  # of who asked the proxy
        return value

    deprecate._DeprecatedAttribute.get = get
