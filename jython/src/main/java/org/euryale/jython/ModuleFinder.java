package org.euryale.jython;

import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyModule;
import org.python.core.PyObject;
import org.python.core.PySystemState;

/**
 * Offers Euryale's modules to one interpreter: an importer on {@code sys.meta_path} (PEP 302), which Jython asks before
 * it looks for builtin ones. For an interpreter that Jython made when Euryale was not there, or was in a class loader
 * that Jython does not see.
 */
public final class ModuleFinder {
    private static final String PACKAGE = "org.euryale.jython";

    private ModuleFinder() {}

    /** Puts one into the calling thread's interpreter, unless that finds the modules without. */
    static void install() {
        PySystemState state = Py.getSystemState();
        if (Initializer.isEverywhere()) {
            return;
        }
        for (PyObject finder : state.meta_path.asIterable()) {
            if (finder.__tojava__(ModuleFinder.class) instanceof ModuleFinder) {
                return;
            }
        }
        state.meta_path.insert(0, Py.java2py(new ModuleFinder()));
        if (Py.findClass(Euryale.class.getName()) != Euryale.class) {
            state.modules.__setitem__("org.euryale", new PyModule("org.euryale"));
            state.modules.__setitem__(PACKAGE, new Classes());
        }
    }

    /** PEP 302: itself for a module of ours. */
    public @Nullable ModuleFinder find_module(String name, PyObject... path) {
        return Modules.names().contains(name) ? this : null;
    }

    /** PEP 302: imports the module. */
    public PyObject load_module(String name) {
        PyObject known = Py.getSystemState().modules.__finditem__(name);
        return known != null ? known : Modules.load(name);
    }

    /** What {@code from org.euryale.jython import X} finds where Jython cannot find our classes by name. */
    private static final class Classes extends PyModule {
        private static final long serialVersionUID = 1L;

        Classes() {
            super(PACKAGE);
        }

        @Override
        public @Nullable PyObject __findattr_ex__(String name) {
            try {
                return Py.java2py(Class.forName(PACKAGE + "." + name));
            } catch (ClassNotFoundException e) {
                return super.__findattr_ex__(name);
            }
        }
    }
}
