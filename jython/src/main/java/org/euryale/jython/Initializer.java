package org.euryale.jython;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.python.core.JythonInitializer;
import org.python.core.Py;
import org.python.core.PySystemState;
import org.python.core.adapter.ExtensiblePyObjectAdapter;

/**
 * Offers Euryale's modules to every interpreter that is made after it. Jython finds it as a service, so a jar on the
 * class path is enough. Builtin modules come before those of {@code Lib} and are made anew in each interpreter.
 */
public final class Initializer implements JythonInitializer {
    private static final String BUILTIN = "python.modules.builtin";

    /** Environment variable and property that leave Jython's own sockets in place with the value {@code stock}. */
    private static final String SWITCH = "EURYALE_SOCKETS";

    private static final String SWITCH_PROPERTY = "euryale.sockets";

    private static final Map<String, Class<?>> MODULES = new LinkedHashMap<>();

    static {
        MODULES.put("_socket", SocketModule.class);
        MODULES.put("select", SelectModule.class);
        MODULES.put("socket", PythonModule.Socket.class);
        MODULES.put("ssl", PythonModule.Ssl.class);
        MODULES.put("errno", PythonModule.ErrnoNames.class);
        MODULES.put("thread", PythonModule.ThreadNames.class);
        MODULES.put("signal", PythonModule.Signals.class);
        MODULES.put("time", PythonModule.Time.class);
        MODULES.put("fcntl", PythonModule.Fcntl.class);
        MODULES.put("resource", PythonModule.Resource.class);
        if (java.io.File.separatorChar == '/') {
            MODULES.put("posix", PythonModule.Posix.class);
            MODULES.put("termios", PythonModule.Termios.class);
        }
    }

    @Override
    public void initialize(
            Properties preProperties,
            Properties postProperties,
            String[] argv,
            ClassLoader classLoader,
            ExtensiblePyObjectAdapter adapter) {
        if (!isSwitchedOff()) {
            postProperties.setProperty(BUILTIN, withOurs(postProperties.getProperty(BUILTIN)));
        }
        PySystemState state = PySystemState.doInitialize(preProperties, postProperties, argv, classLoader, adapter);
        place(state);
        if (!isSwitchedOff()) {
            FileObjects.install();
        }
        Interrupts.begun();
    }

    /** What the launcher said: sys.executable, and sys.prefix, where packages are (Jython's: its library's place). */
    private static void place(PySystemState state) {
        String executable = System.getProperty("euryale.executable");
        if (executable != null) {
            state.executable = Py.newString(executable); // Jython follows links; that of a venv says which venv it is
        }
        String prefix = System.getProperty("euryale.prefix");
        if (prefix == null || prefix.isEmpty()) {
            return;
        }
        if (Boolean.getBoolean("euryale.venv")) { // so packages see that they are in one (PEP 405)
            state.__setattr__("base_prefix", PySystemState.prefix);
            state.__setattr__("base_exec_prefix", PySystemState.prefix);
        }
        PySystemState.prefix = Py.newString(prefix);
        PySystemState.exec_prefix = PySystemState.prefix;
    }

    /** Whether Jython's own sockets are left in place. */
    public static boolean isSwitchedOff() {
        String property = System.getProperty(SWITCH_PROPERTY);
        return "stock".equals(property != null ? property : System.getenv(SWITCH));
    }

    private static String withOurs(@Nullable String others) {
        String ours = MODULES.entrySet().stream()
                .map(module -> module.getKey() + ":" + module.getValue().getName())
                .collect(Collectors.joining(","));
        return others == null || others.isEmpty() ? ours : ours + "," + others; // the last of one name wins
    }
}
