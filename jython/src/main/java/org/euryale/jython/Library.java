package org.euryale.jython;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyCode;
import org.python.core.PyObject;
import org.python.core.PyRunnable;
import org.python.core.imp;

/**
 * The standard library as classes on the class path, which the build of the prepared core makes from Jython's own
 * compiled modules. The prepared core asks here once it has found a module's source: if the source is, byte for byte, the
 * one that the class was compiled from, the class is run in place of reading and defining a file of compiled code. The
 * JVM can then have it in its class data archive, and all interpreters share it.
 *
 * <p>A module that was loaded so is as one loaded from its source: {@code __file__} is the source's name.
 */
public final class Library {
    private static final String PACKAGE = "org.euryale.library.";
    private static final String INDEX = "/org/euryale/library/index";

    /** What {@code -v} shows. */
    private static final Logger IMPORTS = Logger.getLogger("org.python.import");

    private record Source(long crc, long size) {}

    private static final Map<String, Source> SOURCES = index();

    /** The file that each class was used for; a class knows one only. */
    private static final Map<String, String> PLACES = new ConcurrentHashMap<>();

    private Library() {}

    private static Map<String, Source> index() {
        Map<String, Source> sources = new HashMap<>();
        try (InputStream file = Library.class.getResourceAsStream(INDEX)) {
            if (file != null) {
                BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    int crc = line.indexOf(' ');
                    int size = line.indexOf(' ', crc + 1);
                    sources.put(
                            line.substring(0, crc),
                            new Source(
                                    Long.parseLong(line, crc + 1, size, 16),
                                    Long.parseLong(line, size + 1, line.length(), 10)));
                }
            }
        } catch (IOException e) {
            sources.clear(); // Jython's own way is there as ever
        }
        return sources;
    }

    /** Whether there is a library on the class path. */
    public static boolean isPresent() {
        return !SOURCES.isEmpty();
    }

    /**
     * Runs the class of a module, for the prepared core. The caller holds the interpreter's import lock.
     *
     * @param module its full name
     * @param shown the name of its source, as {@code __file__} and tracebacks show it
     * @param file its source
     * @return the module, null if there is no class for this source
     */
    public static @Nullable PyObject load(String module, String shown, File file) {
        Source source = SOURCES.get(module);
        if (source == null || !shown.equals(PLACES.computeIfAbsent(module, m -> shown)) || !isUnchanged(file, source)) {
            return null;
        }
        IMPORTS.log(Level.CONFIG, "import {0} # compiled from {1}", new Object[] {module, shown});
        return imp.createFromCode(module, code(PACKAGE + module + "$py", shown), shown);
    }

    private static boolean isUnchanged(File file, Source source) {
        if (file.length() != source.size) {
            return false;
        }
        try {
            CRC32 crc = new CRC32();
            crc.update(Files.readAllBytes(file.toPath()));
            return crc.getValue() == source.crc;
        } catch (IOException e) {
            return false;
        }
    }

    /** The code of a compiled module, whose class must be on the class path; ImportError if it is not. */
    static PyCode code(String className, String file) {
        try {
            Class<?> compiled = Class.forName(className);
            return ((PyRunnable) compiled.getConstructor(String.class).newInstance(file)).getMain();
        } catch (ReflectiveOperationException e) {
            throw Py.ImportError("Euryale's class " + className + " is not in its jar: " + e);
        }
    }
}
