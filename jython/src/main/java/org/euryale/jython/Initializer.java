package org.euryale.jython;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.python.core.JythonInitializer;
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
        MODULES.put("euryale", PythonModule.Own.class);
        MODULES.put("euryale.process", PythonModule.Processes.class);
        MODULES.put("euryale.reactor", PythonModule.TwistedReactor.class);
        if (java.io.File.separatorChar == '/') {
            MODULES.put("posix", PythonModule.Posix.class);
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
        PySystemState.doInitialize(preProperties, postProperties, argv, classLoader, adapter);
        if (!isSwitchedOff()) {
            FileObjects.install();
        }
        Interrupts.begun();
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
