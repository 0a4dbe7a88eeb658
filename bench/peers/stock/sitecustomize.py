"""What the released Jython needs to run Twisted's `twistd web`, and no more; it is imported at its start.

Each mend is made when the module that needs it has been imported.
"""

import sys


class Mends(object):
    """Imports a module as usual and then mends it."""

    def __init__(self):
        self.todo = {}

    def __call__(self, name):
        def decorator(mend):
            self.todo[name] = mend
            return mend
        return decorator

    def find_module(self, name, path=None):
        return self if name in self.todo else None

    def load_module(self, name):
        mend = self.todo.pop(name)
        __import__(name)
        mend(sys.modules[name])
        return sys.modules[name]


after = Mends()
sys.meta_path.insert(0, after)


@after('twisted.python.deprecate')
def submodules_of_proxies(deprecate):
    """Jython looks for submodules in instances of the type module alone; a package with a deprecated name is none."""
    import types
    from java.lang import Class
    from org.python.core import PyModule
    names = Class.getField(PyModule, '__dict__')
    theirs = deprecate._ModuleProxy

    class Proxy(types.ModuleType):
        def __init__(self, module):
            types.ModuleType.__init__(self, module.__name__)
            names.set(self, module.__dict__)
            state = deprecate._InternalState(self)
            state._module, state._deprecatedAttributes, state._lastWasPath = module, {}, False

    for name in '__repr__', '__setattr__', '__getattribute__':
        setattr(Proxy, name, theirs.__dict__[name])
    deprecate._ModuleProxy = Proxy


@after('xml.sax.drivers2.drv_javasax')
def lexical_handlers(driver):
    """Xerces wants a Java object; twisted.web.template sets a Python one, and is not used here."""
    set_property = driver.JavaSAXParser.setProperty

    def without(self, name, value):
        if not name.endswith('/lexical-handler'):
            set_property(self, name, value)
    driver.JavaSAXParser.setProperty = without


@after('twisted.python.modules')
def packages_from_the_cache(modules):
    """The file of a package that was imported before is __init__$py.class, by which Twisted finds no plug-ins."""
    def is_package(path):
        return path.basename().split('.')[0].split('$')[0] == '__init__'
    modules._isPackagePath = is_package
