package org.euryale.launcher;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import org.euryale.jython.Interrupts;
import org.jspecify.annotations.Nullable;
import org.python.core.Options;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyFile;
import org.python.core.PyObject;
import org.python.core.PySystemState;
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
                   euryale SCRIPT [ARG...]       a console script that pip installed: twistd, trial ...
                   euryale doctor                what may be wrong with this machine, and what to do about it
                   euryale pip ...               install packages (pip's own command line)
                   euryale venv DIR              a directory with a python and packages of its own
                   euryale test [--all]          build and test Euryale itself (in a checkout)

            Options are python's: -u unbuffered output, -S no site module, -E ignore PYTHON* variables,
            -B write no class files, -W ARG warnings, -i prompt afterwards, -v trace imports, -V version.
            Of python's variables it reads PYTHONPATH (JYTHONPATH goes before), PYTHONSTARTUP (JYTHONSTARTUP),
            PYTHONUNBUFFERED, PYTHONINSPECT, PYTHONWARNINGS and PYTHONIOENCODING.
            EURYALE_SOCKETS=stock     run on Jython's own sockets
            EURYALE_REACTOR=epoll     another default reactor for Twisted: epoll, poll, select or euryale
            EURYALE_JAVA_OPTS=...     more options for the JVM
            """;

    /** What {@code lib/compat/twisted_default_reactor.py} knows, and would say deep in Twisted's imports. */
    private static final List<String> REACTORS = List.of("epoll", "euryale", "poll", "select");

    private Main() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0 && (arguments[0].equals("-h") || arguments[0].equals("--help"))) {
            System.out.print(USAGE);
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("doctor")) {
            settings();
            System.exit(new Doctor(System.out, System.getenv()).run(Directories.cache()));
        }
        boolean run = arguments.length > 0 && arguments[0].equals("run");
        if (run && arguments.length == 1) {
            System.err.print("euryale: run needs a file\n" + USAGE);
            System.exit(2);
        }
        String[] forPython =
                Commands.expanded(run ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments, home());
        CommandLine line = CommandLine.of(forPython);
        if (line.unknown() != null) {
            System.err.print("Unknown option: -" + line.unknown() + "\n" + USAGE);
            System.exit(2);
        }
        settings();
        String program = line.program();
        if (program != null) {
            try {
                forPython[line.at()] = Scripts.found(program, System.getProperty("euryale.prefix"));
            } catch (Scripts.NotFound e) {
                System.err.println("euryale: " + e.getMessage());
                System.exit(2);
            }
        }
        if (!line.ignoresEnvironment()) {
            environment();
        }
        Interrupts.launch();
        jython.main(forPython); // exits by itself unless the program came to its end
        end();
    }

    /** What Jython does at sys.exit, but not where a program just ends: joins its threads, runs atexit's functions. */
    private static void end() {
        int status = 0;
        try {
            Interrupts.check(); // a signal that came with the last line
        } catch (PyException e) {
            Py.printException(e); // ends here for SystemExit
            status = 1;
        }
        PySystemState sys = Py.getSystemState();
        sys.callExitFunc();
        for (PyObject stream : new PyObject[] {sys.stdout, sys.stderr}) {
            if (stream instanceof PyFile file && !file.getClosed()) { // C's exit knows no others
                try {
                    file.flush();
                } catch (PyException e) {
                    Py.printException(e);
                }
            }
        }
        if (status != 0) {
            System.exit(status);
        }
    }

    /** What python's environment variables mean that Jython does not read. */
    private static void environment() {
        String path = System.getenv("JYTHONPATH");
        setDefault("python.path", path != null ? path : System.getenv("PYTHONPATH"));
        String startup = System.getenv("JYTHONSTARTUP");
        setDefault("python.startup", startup != null ? startup : System.getenv("PYTHONSTARTUP"));
        Options.unbuffered |=
                !System.getenv().getOrDefault("PYTHONUNBUFFERED", "").isEmpty();
    }

    private static void settings() {
        // The JDK remembers that a name failed, but not why: the second failure would lose its EAI number.
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        // The order of a host's addresses is the resolver's, as for C programs.
        setDefault("java.net.preferIPv6Addresses", "system");
        setDefault("python.home", home());
        setDefault("python.executable", System.getProperty("euryale.executable"));
        setDefault("euryale.reactor", reactor());
        setDefault("euryale.prefix", Directories.prefix());
        setDefault("euryale.code", Directories.code());
        setDefault("python.cachedir", Directories.cache().toString());
        // As in Jython's standalone jar: packages are found when they are asked for, not by a look into every jar.
        setDefault("python.cachedir.skip", "true");
    }

    private static String reactor() {
        String named = System.getenv().getOrDefault("EURYALE_REACTOR", "");
        if (named.isEmpty()) {
            return "euryale";
        }
        if (!REACTORS.contains(named)) {
            System.err.println("euryale: EURYALE_REACTOR is " + named + "; it can be " + String.join(", ", REACTORS));
            System.exit(2);
        }
        return named;
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
}
