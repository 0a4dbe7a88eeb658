package org.euryale.jython;

import java.io.File;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyModule;
import org.python.core.PyObject;
import org.python.core.PyRunnable;
import org.python.core.PyString;
import org.python.core.PySystemState;
import org.python.core.PyTuple;
import org.python.core.imp;
import org.python.modules.Setup;

/** The Python modules that Euryale has, by their names. */
public final class Modules {
    /** An interpreter that had Jython's own gets them in this order: each stands on those before it. */
    private static final Map<String, Class<? extends PyRunnable>> CLASSES = new LinkedHashMap<>();

    static {
        CLASSES.put("cPickle", PythonModule.PickleNames.class);
        CLASSES.put("gc", PythonModule.CollectorNames.class);
        CLASSES.put("errno", PythonModule.ErrnoNames.class);
        CLASSES.put("thread", PythonModule.ThreadNames.class);
        CLASSES.put("time", PythonModule.Time.class);
        if (File.separatorChar == '/') {
            CLASSES.put("posix", PythonModule.Posix.class);
            CLASSES.put("termios", PythonModule.Termios.class);
            CLASSES.put("spwd", PythonModule.Spwd.class);
        }
        CLASSES.put("_socket", SocketModule.class);
        CLASSES.put("select", SelectModule.class);
        CLASSES.put("socket", PythonModule.Socket.class);
        CLASSES.put("_ssl", SslModule.class);
        CLASSES.put("ssl", PythonModule.Ssl.class);
        CLASSES.put("_openssl", OpenSslModule.class);
        CLASSES.put("OpenSSL.SSL", PythonModule.OpenSslSsl.class);
        CLASSES.put("signal", PythonModule.Signals.class);
        CLASSES.put("fcntl", PythonModule.Fcntl.class);
        CLASSES.put("resource", PythonModule.Resource.class);
        CLASSES.put("stringprep", PythonModule.Stringprep.class);
        CLASSES.put("syslog", PythonModule.Syslog.class);
        CLASSES.put("twisted.python._inotify", PythonModule.Inotify.class);
        CLASSES.put("twisted.python._sendmsg", SendmsgModule.class);
        CLASSES.put("service_identity.cryptography", PythonModule.ServiceIdentity.class);
        CLASSES.put("OpenSSL", PythonModule.OpenSsl.class);
        CLASSES.put("OpenSSL._util", PythonModule.OpenSslShared.class);
        CLASSES.put("OpenSSL.crypto", PythonModule.OpenSslCrypto.class);
        CLASSES.put("OpenSSL.rand", PythonModule.OpenSslRand.class);
        CLASSES.put("OpenSSL.version", PythonModule.OpenSslVersion.class);
        CLASSES.put("euryale", PythonModule.Own.class);
        CLASSES.put("euryale.children", PythonModule.ChildrenNames.class);
        CLASSES.put("euryale.timezones", PythonModule.Timezones.class);
        CLASSES.put("euryale.process", PythonModule.Processes.class);
        CLASSES.put("euryale.tls", PythonModule.TwistedTls.class);
        CLASSES.put("euryale.reactor", PythonModule.TwistedReactor.class);
    }

    private Modules() {}

    static Set<String> names() {
        return CLASSES.keySet();
    }

    /**
     * The names of those that stand in for Jython's own (true), and of those that it lacks; Euryale's own API is in neither.
     *
     * @param library the directory of Jython's library
     */
    public static Map<Boolean, List<String>> inPlaceOfJythons(Path library) {
        Set<String> builtin = Arrays.stream(Setup.builtinModules)
                .map(module -> module.split(":", 2)[0])
                .collect(Collectors.toSet());
        return CLASSES.keySet().stream()
                .filter(name -> !name.equals("euryale") && !name.startsWith("euryale."))
                .collect(Collectors.partitioningBy(
                        name -> builtin.contains(name) || Files.exists(library.resolve(name + ".py"))));
    }

    /**
     * Makes them builtin modules of every interpreter of this Jython, but for those that somebody has put something else
     * in place of (by the property {@code python.modules.builtin}). That property would do here as well, were it not the
     * JVM's: a Jython in another class loader would read it, and have no errno.
     */
    static void offer() {
        try {
            Field field = PySystemState.class.getDeclaredField("builtinNames");
            field.setAccessible(true);
            @SuppressWarnings("unchecked")
            Map<String, String> builtins = (Map<String, String>) field.get(null);
            CLASSES.forEach((name, module) -> {
                String before = builtins.get(name);
                if (before == null || before.startsWith("org.python.modules.")) {
                    builtins.put(name, module.getName());
                }
            });
            PySystemState.builtin_module_names =
                    new PyTuple(builtins.keySet().stream().map(PyString::new).toArray(PyObject[]::new));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("not the Jython that Euryale is made for (2.7.4)", e);
        }
    }

    /** Runs a module into the entry of {@code sys.modules} that has its name; a new one if there is none. */
    static PyObject load(String name) {
        Class<? extends PyRunnable> module = CLASSES.get(name);
        if (module == null) {
            throw Py.ImportError("No module named " + name);
        }
        try {
            return imp.createFromCode(
                    name.intern(), module.getConstructor().newInstance().getMain());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(module + " has no public constructor without arguments", e);
        }
    }

    /** Whether a module was made here: it says so in place of a path. */
    static boolean isOurs(@Nullable PyObject module) {
        PyObject file = module instanceof PyModule ? module.__findattr__("__file__") : null;
        return file instanceof PyString path && path.getString().startsWith("<");
    }
}
