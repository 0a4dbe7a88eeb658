package org.euryale.jython;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyObject;
import org.python.core.PyStringMap;
import org.python.core.PySystemState;
import org.python.core.imp;

/**
 * Mends the old modules of Jython's {@code Lib} as they are imported: an importer on {@code sys.meta_path} (PEP 302)
 * that imports such a module the usual way and then calls the {@code repair} function of its file in {@code
 * lib/compat}. A module of that name from elsewhere, a program's own for instance, is left as it is.
 *
 * <p>One in each interpreter, which comes with the first of Euryale's modules: with {@code errno}, which {@code os}
 * imports. Jython calls it with the interpreter's import lock held.
 */
public final class Repairs {
    /** The module, and the files of {@code lib/compat} that mend it. */
    private static final Map<String, List<String>> FILES = Map.of(
            "_io", List.of("io_descriptors"),
            "asynchat", List.of("asynchat_eagain"),
            "BaseHTTPServer", List.of("basehttpserver_no_body"),
            "DocXMLRPCServer", List.of("docxmlrpcserver_title"),
            "ftplib", List.of("ftplib_line_end"),
            "poplib", List.of("poplib_timestamp"),
            "SimpleHTTPServer", List.of("simplehttpserver_path"),
            "subprocess", List.of("subprocess_descriptors"),
            "threading", List.of("threading_signals", "threading_exit"));

    /** What is being imported the usual way right now. */
    private final Set<String> underWay = new HashSet<>();

    /** What was mended as it is now. */
    private final Map<PyObject, String> repaired = new WeakHashMap<>();

    private Repairs() {}

    /** Puts one into the calling thread's interpreter, unless it has one. */
    static Repairs install() {
        PySystemState state = Py.getSystemState();
        PyObject finders = state.meta_path;
        for (PyObject finder : finders.asIterable()) {
            if (finder.__tojava__(Repairs.class) instanceof Repairs known) {
                return known;
            }
        }
        Repairs repairs = new Repairs();
        finders.invoke("append", Py.java2py(repairs));
        return repairs;
    }

    /** The modules that are mended. */
    static Set<String> names() {
        return FILES.keySet();
    }

    /**
     * PEP 302: itself for a module that is imported and that it mends. None for one that is reloaded (that gets
     * Jython's own), or when no path is given: so ask those who only look for a module's code (pkgutil; {@code -m}).
     */
    public @Nullable Repairs find_module(String name, PyObject... path) {
        boolean mends = path.length > 0 && FILES.containsKey(name) && !underWay.contains(name);
        return mends && Py.getSystemState().modules.__finditem__(name) == null ? this : null;
    }

    /** PEP 302: imports the module and mends it. */
    public PyObject load_module(String name) {
        underWay.add(name);
        try {
            PyObject module = imp.importName(name, true);
            if (isJythons(module)) {
                repair(name, module);
            }
            return module;
        } finally {
            underWay.remove(name);
        }
    }

    /** Whether a module lies where Jython's {@code os} does. */
    static boolean isJythons(PyObject module) {
        PyObject os = Py.getSystemState().modules.__finditem__("os");
        PyObject file = module.__findattr__("__file__");
        PyObject reference = os == null ? null : os.__findattr__("__file__");
        return file != null && reference != null && Objects.equals(directory(file), directory(reference));
    }

    private static @Nullable Path directory(PyObject file) {
        return Path.of(file.toString()).getParent();
    }

    /** Mends a module, once. */
    void repair(String name, PyObject module) {
        if (repaired.putIfAbsent(module, name) != null) {
            return;
        }
        for (String file : FILES.getOrDefault(name, List.of())) {
            PyObject globals = new PyStringMap();
            Py.runCode(PythonModule.code("compat/" + file), globals, globals);
            globals.__getitem__(Py.newString("repair")).__call__(module);
        }
    }
}
