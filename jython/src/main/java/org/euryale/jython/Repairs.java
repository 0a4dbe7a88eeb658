package org.euryale.jython;

import static java.util.Map.entry;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyObject;
import org.python.core.PyStringMap;
import org.python.core.imp;

/**
 * Mends modules as they are imported: an importer on {@code sys.meta_path} (PEP 302) that imports such a module the
 * usual way and then calls the {@code repair} function of its files in {@code lib/compat}, one a fault. Those are old
 * modules of Jython's {@code Lib}, where a module of that name from elsewhere, a program's own for instance, is left as
 * it is, and modules of packages from PyPI that meet a fault of Jython's. A file whose {@code is_faulty} function says
 * no changes nothing. One whose module cannot have what it imports has a function {@code stand_ins}, which gives the modules,
 * by their names, that are in {@code sys.modules} while it is imported.
 *
 * <p>One in each interpreter, which comes with the first of Euryale's modules: with {@code errno}, which {@code os}
 * imports. Jython calls it with the interpreter's import lock held.
 */
public final class Repairs {
    /** The module of Jython's {@code Lib}, and the files of {@code lib/compat} that mend it. */
    private static final Map<String, List<String>> JYTHONS = Map.ofEntries(
            entry("_io", List.of("io_descriptors")),
            entry("asynchat", List.of("asynchat_eagain")),
            entry("asyncore", List.of("asyncore_files")),
            entry("BaseHTTPServer", List.of("basehttpserver_no_body")),
            entry("codeop", List.of("codeop_triple_quotes")),
            entry("crypt", List.of("crypt_str")),
            entry("ctypes", List.of("ctypes_errors")),
            entry("dis", List.of("dis_line_numbers")),
            entry("DocXMLRPCServer", List.of("docxmlrpcserver_title")),
            entry("encodings.idna", List.of("idna_labels")),
            entry("ftplib", List.of("ftplib_line_end", "ftplib_tls_context")),
            entry("grp", List.of("pwd_all")),
            entry("hashlib", List.of("hashlib_pbkdf2")),
            entry("hmac", List.of("hmac_compare_digest")),
            entry("imaplib", List.of("imaplib_line_limit")),
            entry("poplib", List.of("poplib_timestamp")),
            entry("pwd", List.of("pwd_all")),
            entry("SimpleHTTPServer", List.of("simplehttpserver_path")),
            entry("sre_compile", List.of("sre_compile_kept")),
            entry("subprocess", List.of("subprocess_descriptors", "subprocess_children")),
            entry("sysconfig", List.of("sysconfig_site")),
            entry("threading", List.of("threading_signals", "threading_exit", "threading_error")),
            entry("unicodedata", List.of("unicodedata_3_2")),
            entry("xml.parsers.expat", List.of("expat_pieces")),
            entry("xml.sax.drivers2.drv_javasax", List.of("sax_lexical_handler", "sax_default_prefix")),
            entry("zlib", List.of("zlib_formats")));

    /** The module of a package from PyPI, and the files of {@code lib/compat} that mend what it meets. */
    private static final Map<String, List<String>> OTHERS = Map.ofEntries(
            entry("autobahn.wamp.auth", List.of("autobahn_pbkdf2")),
            entry("automat._introspection", List.of("automat_code_objects")),
            entry("requests.help", List.of("urllib3_pyopenssl")),
            entry("twisted.application.runner._pidfile", List.of("twisted_pid_files")),
            entry("twisted.application.reactors", List.of("twisted_reactor_names")),
            entry("twisted.internet._producer_helpers", List.of("twisted_pull_producers")),
            entry("twisted.internet.default", List.of("twisted_default_reactor")),
            entry("twisted.internet._sslverify", List.of("twisted_host_names")),
            entry("twisted.internet.inotify", List.of("twisted_byte_order")),
            entry("twisted.internet.posixbase", List.of("twisted_processes")),
            entry("twisted.internet.test.test_tcp", List.of("twisted_link_local")),
            entry("twisted.internet.tcp", List.of("twisted_reserved_descriptor")),
            entry("twisted.pair.test.test_tuntap", List.of("twisted_byte_order")),
            entry("twisted.pair.testing", List.of("twisted_byte_order")),
            entry("twisted.pair.tuntap", List.of("twisted_byte_order")),
            entry("twisted.python.deprecate", List.of("twisted_proxied_modules")),
            entry("twisted.python.failure", List.of("twisted_thrown_failures")),
            entry("twisted.python.log", List.of("twisted_log_contexts")),
            entry("twisted.python.modules", List.of("twisted_cached_packages")),
            entry("twisted.python.runtime", List.of("twisted_known_platforms", "twisted_linux")),
            entry("twisted.scripts._twistd_unix", List.of("twisted_daemons")),
            entry("twisted.trial.runner", List.of("twisted_cached_packages")),
            entry("twisted.web.http", List.of("twisted_web_escape", "twisted_web_heads")),
            entry("twisted.web.server", List.of("twisted_web_content")),
            entry("twisted.web.static", List.of("twisted_web_files")),
            entry("twisted.words.xish.domish", List.of("twisted_xml_streams")),
            entry("urllib3.contrib.pyopenssl", List.of("urllib3_pyopenssl")),
            entry("zope.interface.declarations", List.of("zope_java_types", "zope_declared_types")));

    /** What is being imported the usual way right now. */
    private final Set<String> underWay = new HashSet<>();

    /** The modules that were mended as they are now. */
    private final Map<PyObject, String> repaired = new WeakHashMap<>();

    /** The files that have seen to their module. */
    private final Set<String> applied = new HashSet<>();

    private Repairs() {}

    /** The modules of Jython's that are mended, in the order of their names, and the files of {@code lib/compat}. */
    public static Map<String, List<String>> files() {
        return new TreeMap<>(JYTHONS);
    }

    /** The same of packages from PyPI, which may be installed or not. */
    public static Map<String, List<String>> filesOfPackages() {
        return new TreeMap<>(OTHERS);
    }

    /** The files that have seen to their module in the calling thread's interpreter so far. */
    public static Set<String> applied() {
        Repairs repairs = installed();
        return repairs == null ? Set.of() : Set.copyOf(repairs.applied);
    }

    /** Puts one into the calling thread's interpreter, unless it has one. */
    static Repairs install() {
        Repairs known = installed();
        if (known != null) {
            return known;
        }
        Repairs repairs = new Repairs();
        Py.getSystemState().meta_path.invoke("append", Py.java2py(repairs));
        return repairs;
    }

    /** The modules that are mended. */
    static Set<String> names() {
        return JYTHONS.keySet();
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
        boolean mends =
                path.length > 0 && (JYTHONS.containsKey(name) || OTHERS.containsKey(name)) && !underWay.contains(name);
        return mends && Py.getSystemState().modules.__finditem__(name) == null ? this : null;
    }

    /** PEP 302: imports the module and mends it. */
    public PyObject load_module(String name) {
        underWay.add(name);
        try {
            Map<String, PyObject> files = filesFor(name);
            PyObject top = imported(name, files.values());
            PyObject module = Py.getSystemState().modules.__finditem__(name); // where the name has dots, not the top
            if (module != null && (OTHERS.containsKey(name) || isJythons(name, module))) {
                repair(name, module, files);
            }
            return module != null ? module : top;
        } finally {
            underWay.remove(name);
        }
    }

    /** Imports it beside modules that stand in for those it cannot have, and that are gone again afterwards. */
    private static PyObject imported(String name, Collection<PyObject> files) {
        PyObject modules = Py.getSystemState().modules;
        Map<PyObject, @Nullable PyObject> before = new HashMap<>();
        for (PyObject file : files) {
            PyObject standIns = file.__finditem__("stand_ins");
            if (standIns != null) {
                PyObject named = standIns.__call__(Py.newString(name));
                for (PyObject module : named.asIterable()) {
                    before.put(module, modules.__finditem__(module));
                    modules.__setitem__(module, named.__getitem__(module));
                }
            }
        }
        try {
            return imp.importName(name, true);
        } finally {
            before.forEach((module, own) -> {
                if (own == null) {
                    modules.__delitem__(module);
                } else {
                    modules.__setitem__(module, own);
                }
            });
        }
    }

    /** The names of each file that mends the module. */
    private static Map<String, PyObject> filesFor(String module) {
        Map<String, PyObject> files = new LinkedHashMap<>();
        for (String file : (OTHERS.containsKey(module) ? OTHERS : JYTHONS).getOrDefault(module, List.of())) {
            PyObject globals = new PyStringMap();
            Py.runCode(PythonModule.code("compat/" + file), globals, globals);
            files.put(file, globals);
        }
        return files;
    }

    /** Whether a module lies below the directory of Jython's {@code os}, where its name says it should. */
    static boolean isJythons(String name, PyObject module) {
        PyObject os = Py.getSystemState().modules.__finditem__("os");
        PyObject file = module.__findattr__("__file__");
        PyObject reference = os == null ? null : os.__findattr__("__file__");
        if (file == null || reference == null) {
            return false;
        }
        Path path = Path.of(file.toString());
        Path directory = path.getParent();
        if (directory != null && path.getFileName().toString().startsWith("__init__")) {
            directory = directory.getParent(); // a package
        }
        for (int dot = name.indexOf('.'); dot >= 0 && directory != null; dot = name.indexOf('.', dot + 1)) {
            directory = directory.getParent();
        }
        return Objects.equals(directory, Path.of(reference.toString()).getParent());
    }

    /** Mends a module that is there already, once. */
    void repair(String name, PyObject module) {
        repair(name, module, filesFor(name));
    }

    private void repair(String name, PyObject module, Map<String, PyObject> files) {
        if (repaired.putIfAbsent(module, name) != null) {
            return;
        }
        files.forEach((file, globals) -> {
            PyObject isFaulty = globals.__finditem__("is_faulty");
            PyObject repair = globals.__finditem__("repair");
            if (repair != null && (isFaulty == null || isFaulty.__call__(module).__nonzero__())) {
                repair.__call__(module);
            }
            applied.add(file);
        });
    }
}
