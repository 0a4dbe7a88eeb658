package org.euryale.jython;

import java.util.function.Consumer;
import org.python.core.CompilerFlags;
import org.python.core.Py;
import org.python.core.PyBaseCode;
import org.python.core.PyFrame;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.ThreadState;
import org.python.core.imp;

/**
 * The body of a module that is written in Java: Jython runs it into the module's fresh dictionary, once in each
 * interpreter, as it would the code of a Python module.
 */
final class ModuleCode extends PyBaseCode {
    private static final long serialVersionUID = 1L;

    private final transient Consumer<PyObject> body;

    /**
     * @param body fills the module's dictionary
     */
    ModuleCode(String name, Consumer<PyObject> body) {
        this.body = body;
        co_name = "<module>";
        co_filename = "<" + name + ">";
        co_varnames = new String[0];
        co_flags = new CompilerFlags();
        // imp.createFromCode warns of a module that does not know where it came from.
        imp.addModule(name).__setattr__("__file__", new PyString(co_filename));
    }

    @Override
    protected PyObject interpret(PyFrame frame, ThreadState state) {
        body.accept(frame.f_globals);
        return Py.None;
    }
}
