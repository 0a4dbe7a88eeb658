package org.euryale.jython;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyObject;
import org.python.core.PyStringMap;
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
            "encodings.idna", List.of("idna_labels"),
            "ftplib", List.of("ftplib_line_end"),
            "poplib", List.of("poplib_timestamp"),
            "SimpleHTTPServer", List.of("simplehttpserver_path"),
            "subprocess", List.of("subprocess_descriptors"),
            "threading", List.of("threading_signals", "threading_exit"));

    /** What is being imported the usual way right now. */
    private final Set<String> underWay = new HashSet<>();

    /** The files whose repair was made. */
    private final Set<String> applied = new HashSet<>();

    private Repairs() {}

    /** The modules that are mended, in the order of their names, and the files of {@code lib/compat} that do it. */
    public static Map<String, List<String>> files() {
        return new TreeMap<>(FILES);
    }

    /** The files that were applied in the calling thread's interpreter so far. */
    public static Set<String> applied() {
        Repairs repairs = installed();
        return repairs == null ? Set.of() : Set.copyOf(repairs.applied);
    }

    /** Puts one into the calling thread's interpreter, unless it has one. */
    static void install() {
        if (installed() == null) {
            Py.getSystemState().meta_path.invoke("append", Py.java2py(new Repairs()));
        }
    }

    private static @Nullable Repairs installed() {
        for (PyObject finder : Py.getSystemState().meta_path.asIterable()) {
            if (finder.__tojava__(Repairs.class) instanceof Repairs repairs) {
                return repairs;
            }
        }
        return null;
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
            PyObject top = imp.importName(name, true);
            PyObject module = Py.getSystemState().modules.__finditem__(name); // where the name has dots, not the top
            if (module != null && isJythons(name, module)) {
                repair(name, module);
            }
            return module != null ? module : top;
        } finally {
            underWay.remove(name);
        }
    }

    /** Whether a module lies where Jython's {@code os} does, or in a package there. */
    private static boolean isJythons(String name, PyObject module) {
        PyObject os = Py.getSystemState().modules.__finditem__("os");
        PyObject file = module.__findattr__("__file__");
        PyObject reference = os == null ? null : os.__findattr__("__file__");
        if (file == null || reference == null) {
            return false;
        }
        Path directory = directory(file);
        for (int dot = name.indexOf('.'); dot >= 0 && directory != null; dot = name.indexOf('.', dot + 1)) {
            directory = directory.getParent();
        }
        return Objects.equals(directory, directory(reference));
    }

    private static @Nullable Path directory(PyObject file) {
        return Path.of(file.toString()).getParent();
    }

    private void repair(String name, PyObject module) {
        for (String file : FILES.getOrDefault(name, List.of())) {
            PyObject globals = new PyStringMap();
            Py.runCode(PythonModule.code("compat/" + file), globals, globals);
            globals.__getitem__(Py.newString("repair")).__call__(module);
            applied.add(file);
        }
    }
}
