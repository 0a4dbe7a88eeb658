package org.euryale.launcher;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.Arrays;
import org.euryale.jython.Interrupts;
import org.jspecify.annotations.Nullable;
import org.python.util.jython;

/**
 * Starts Jython as a {@code python} with Euryale's sockets. Its arguments are python's; {@code run} before a file is
 * there for those who like to say it. Options, exit codes and the prompt are Jython's own ({@code
 * org.python.util.jython}).
 */
public final class Main {
    private static final String USAGE = """
            usage: euryale run FILE [ARG...]     run a Python program
                   euryale [OPTION...] FILE | DIRECTORY | -c CODE | -m MODULE | - [ARG...]
                   euryale                       a prompt
                   euryale test [--all]          build and test Euryale itself (in a checkout)

            Options are python's: -u unbuffered output, -S no site module, -E ignore PYTHON* variables,
            -B write no class files, -W ARG warnings, -i prompt afterwards, -v trace imports, -V version.
            EURYALE_SOCKETS=stock     run on Jython's own sockets (needed for ssl and pip)
            EURYALE_JAVA_OPTS=...     more options for the JVM
            """;

    private Main() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0 && (arguments[0].equals("-h") || arguments[0].equals("--help"))) {
            System.out.print(USAGE);
            return;
        }
        boolean run = arguments.length > 0 && arguments[0].equals("run");
        if (run && arguments.length == 1) {
            System.err.print("euryale: run needs a file\n" + USAGE);
            System.exit(2);
        }
        String[] forPython = run ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments;
        String program = program(forPython);
        if (program != null && !Files.exists(Path.of(program))) {
            System.err.println("euryale: can't open file '" + program + "': [Errno 2] No such file or directory");
            System.exit(2);
        }
        settings();
        Interrupts.launch();
        jython.main(forPython);
    }

    /** The file that python's command line names, null for -c, -m, standard input and the prompt. */
    private static @Nullable String program(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (!argument.startsWith("-")) {
                return argument;
            }
            if (argument.equals("-") || argument.equals("--") || argument.matches("-[A-Za-z]*[cm].*|--.*")) {
                return null;
            }
            if (argument.matches("-[A-Za-z]*[WQD]")) {
                i++; // its value is the next argument
            }
        }
        return null;
    }

    private static void settings() {
        // The JDK remembers that a name failed, but not why: the second failure would lose its EAI number.
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        // The order of a host's addresses is the resolver's, as for C programs.
        setDefault("java.net.preferIPv6Addresses", "system");
        setDefault("python.home", home());
        setDefault("python.executable", System.getProperty("euryale.executable"));
        setDefault("python.cachedir", cache().toString());
    }

    private static void setDefault(String property, @Nullable String value) {
        if (value != null && System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** The directory of the jar, where Lib lies beside it; null when run from classes. */
    private static @Nullable String home() {
        try {
            Path jar = Path.of(Main.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path directory = jar.getParent();
            return directory != null && Files.isDirectory(directory.resolve("Lib")) ? directory.toString() : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Where Jython may note what is in the jars: the user's cache, or a temporary place if that cannot be written. */
    private static Path cache() {
        String configured = System.getenv("XDG_CACHE_HOME");
        String home = System.getenv().getOrDefault("HOME", System.getProperty("user.home", ""));
        Path base = configured == null || configured.isEmpty() ? Path.of(home, ".cache") : Path.of(configured);
        Path cache = base.resolve("euryale").resolve("packages");
        try {
            Files.createDirectories(cache);
            if (Files.isWritable(cache)) {
                return cache;
            }
        } catch (IOException e) {
            // A read-only home is no reason not to start.
        }
        return Path.of(System.getProperty("java.io.tmpdir", "."), "euryale-" + System.getProperty("user.name", ""));
    }
}
