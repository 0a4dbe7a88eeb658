package org.euryale.jython;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.python.core.JythonInitializer;
import org.python.core.Py;
import org.python.core.PySystemState;
import org.python.core.adapter.ExtensiblePyObjectAdapter;

/**
 * Offers Euryale's modules to every interpreter that is made after it. Jython finds it as a service, so a jar on the
 * class path is enough. Builtin modules come before those of {@code Lib} and are made anew in each interpreter.
 *
 * <p>Jython calls one initializer only, the first that it finds in the thread's context class loader, then in its own
 * (PySystemState.initialize). So this one calls those behind it. One that comes first and wants Euryale calls {@code new
 * Initializer().initialize(...)} where it would call {@code PySystemState.doInitialize(...)}.
 */
public final class Initializer implements JythonInitializer {
    private static final String SERVICE = "META-INF/services/" + JythonInitializer.class.getName();

    /** Environment variable and property that leave Jython's own sockets in place with the value {@code stock}. */
    private static final String SWITCH = "EURYALE_SOCKETS";

    private static final String SWITCH_PROPERTY = "euryale.sockets";

    /** While those behind this one are called: one of them may call this one. Jython holds a lock all the while. */
    private static boolean underWay;

    /** Whether every interpreter of this Jython has Euryale's modules. */
    private static volatile boolean everywhere;

    @Override
    public void initialize(
            Properties preProperties,
            Properties postProperties,
            String[] argv,
            ClassLoader classLoader,
            ExtensiblePyObjectAdapter adapter) {
        if (underWay) {
            PySystemState.doInitialize(preProperties, postProperties, argv, classLoader, adapter);
            return;
        }
        underWay = true;
        try {
            for (JythonInitializer other : behind()) {
                other.initialize(preProperties, postProperties, argv, classLoader, adapter);
            }
        } finally {
            underWay = false;
        }
        // Unless one of them has done it: then this gives what that has made.
        PySystemState state = PySystemState.doInitialize(preProperties, postProperties, argv, classLoader, adapter);
        place(state);
        if (!isSwitchedOff() && isBesideJython()) {
            Modules.offer();
            FileObjects.install();
            everywhere = true;
        }
        Interrupts.begun();
    }

    static boolean isEverywhere() {
        return everywhere;
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

    /**
     * Whether Jython finds our classes by name. It does not where it was loaded above us, by a container for all its
     * applications say: what one of them offered would fail to load, or would be this one's, in all the others.
     */
    private static boolean isBesideJython() {
        boolean beside = false;
        try {
            ClassLoader jythons = PySystemState.class.getClassLoader();
            beside = Class.forName(Initializer.class.getName(), false, jythons) == Initializer.class;
        } catch (ClassNotFoundException e) {
            // As said.
        }
        if (!beside) {
            System.getLogger("org.euryale")
                    .log(
                            System.Logger.Level.INFO,
                            "Jython is in a class loader above Euryale's: only interpreters that"
                                    + " Euryale.install(state) is called for have Euryale's sockets");
        }
        return beside;
    }

    /** The initializers of other jars that Jython would have called had we not come first. */
    private static List<JythonInitializer> behind() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context != null && context.getResource(SERVICE) != null
                ? context
                : PySystemState.class.getClassLoader();
        List<JythonInitializer> behind = new ArrayList<>();
        try {
            List<String> names = new ArrayList<>();
            for (URL file : Collections.list(loader.getResources(SERVICE))) {
                String name = firstLine(file);
                if (name != null && !names.contains(name)) {
                    names.add(name);
                }
            }
            for (String name : names.subList(names.indexOf(Initializer.class.getName()) + 1, names.size())) {
                behind.add((JythonInitializer)
                        loader.loadClass(name).getDeclaredConstructor().newInstance());
            }
        } catch (IOException | ReflectiveOperationException | ClassCastException e) {
            System.getLogger("org.euryale")
                    .log(System.Logger.Level.WARNING, "another JythonInitializer is left out", e);
        }
        return behind;
    }

    /** As PySystemState.initialize reads such a file. */
    private static @Nullable String firstLine(URL file) throws IOException {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(file.openStream(), StandardCharsets.UTF_8))) {
            return reader.readLine();
        }
    }
}
