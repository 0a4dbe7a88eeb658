package org.euryale.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.euryale.jython.CoreMends;
import org.euryale.jython.Initializer;
import org.euryale.jython.Library;
import org.euryale.jython.Modules;
import org.euryale.jython.Repairs;
import org.euryale.jython.ResourceFunctions;
import org.jspecify.annotations.Nullable;
import org.python.core.PyException;
import org.python.core.PySystemState;
import org.python.core.imp;

/**
 * {@code euryale doctor}: looks at the JVM, the system and the installation, and prints a line a check: {@code ok}, {@code
 * warn} (it works, with less) or {@code fault} (it does not), with what to do about it.
 */
final class Doctor {
    /** Server programs want thousands; below this not even a small one is safe. */
    private static final long FEW_DESCRIPTORS = 4096;

    private static final int RLIMIT_NOFILE = 7; // Linux's number
    private static final int CROWDED = 80; // per cent of the descriptors

    private static final Path FILE_MAX = Path.of("/proc/sys/fs/file-max");
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");
    private static final Path MAPS = Path.of("/proc/self/maps");

    private final PrintStream out;
    private final Map<String, String> environment;
    private boolean faulty;

    Doctor(PrintStream out, Map<String, String> environment) {
        this.out = out;
        this.environment = environment;
    }

    /**
     * Does all checks.
     *
     * @param cache where Jython notes what is in jars
     * @return the exit status: 1 if there is a fault, else 0
     */
    int run(Path cache) {
        jdk(Runtime.version(), System.getProperty("java.vendor", "unknown"), System.getProperty("java.vm.name", ""));
        system(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        locale(System.getProperty("sun.jnu.encoding", ""));
        libc();
        limits();
        loopback("127.0.0.1", "fault", "programs that serve or connect on this machine need it");
        loopback("::1", "warn", "IPv6 is off on this machine: ignore this, or switch it on");
        sockets();
        core();
        archive();
        writable("cache", cache);
        writable("temporary", Path.of(System.getProperty("java.io.tmpdir", ".")));
        checkout();
        repairs();
        return faulty ? 1 : 0;
    }

    private void ok(String check, String text) {
        out.printf("%-5s  %-11s %s%n", "ok", check, text);
    }

    private void warn(String check, String text, String remedy) {
        out.printf("%-5s  %-11s %s; %s%n", "warn", check, text, remedy);
    }

    private void fault(String check, String text, String remedy) {
        faulty = true;
        out.printf("%-5s  %-11s %s; %s%n", "fault", check, text, remedy);
    }

    void jdk(Runtime.Version version, String vendor, String machine) {
        String text = "Java " + version + " of " + vendor + ", " + machine;
        if (version.feature() < 17) {
            fault("jdk", text, "17 or later is needed: apt-get install openjdk-17-jdk-headless, or set JAVA_HOME");
        } else if (version.pre().isPresent()) {
            warn("jdk", text + " is not a release", "set JAVA_HOME to one that is");
        } else if (!machine.contains("HotSpot") && !machine.contains("OpenJDK")) {
            warn("jdk", text, "Euryale is tested on OpenJDK's HotSpot; set JAVA_HOME to one if something is odd");
        } else {
            ok("jdk", text);
        }
    }

    void system(String name, String processor) {
        String text = name + " on " + processor;
        if (name.equals("Linux")) {
            ok("system", text);
        } else {
            warn("system", text, "Euryale is tested on Linux alone");
        }
    }

    void locale(String names) {
        String text = "file names are in " + names;
        if (names.toUpperCase(Locale.ROOT).replace("-", "").equals("UTF8")) {
            ok("locale", text);
        } else {
            warn("locale", text, "names with other characters cannot be opened: set LC_ALL=C.UTF-8");
        }
    }

    private void libc() {
        if (ResourceFunctions.available()) {
            ok("libc", "called through jnr-ffi");
        } else {
            warn(
                    "libc",
                    "cannot be called",
                    "stdin, pipes and devices are taken for always ready, resource limits are not "
                            + "known: a temporary directory that libraries may be run from (java.io.tmpdir) mends it");
        }
    }

    private void limits() {
        long[] limits = ResourceFunctions.available() ? ResourceFunctions.limits(RLIMIT_NOFILE) : null;
        if (limits == null) {
            warn("limits", "the limit of descriptors is not known", "see ulimit -n");
            return;
        }
        descriptors(limits[0], limits[1], number(FILE_MAX), count(OPEN_FILES));
    }

    /**
     * @param now the soft limit, which the JVM has raised to the hard one at its start unless told not to; -1 for none
     * @param all what the kernel gives all processes together, -1 if that is not known
     */
    void descriptors(long now, long hard, long all, long used) {
        String text = "%s descriptors (hard limit %s), of all processes %s"
                .formatted(limit(now), limit(hard), all < 0 ? "unknown" : Long.toString(all));
        if (now >= 0 && now < FEW_DESCRIPTORS) {
            warn("limits", text, "each connection takes one: ulimit -Hn, or LimitNOFILE= of systemd, gives more");
        } else if (all >= 0 && all < (now < 0 ? Long.MAX_VALUE : now)) {
            warn("limits", text, "sysctl fs.file-max is below the process's own limit: raise it");
        } else {
            ok("limits", text);
        }
        if (used < 0) {
            return;
        }
        String inUse = used + " in use by this process";
        if (now >= 0 && used * 100 > now * CROWDED) {
            warn("descriptors", inUse, "who started it left them open: close them, or raise the limit");
        } else {
            ok("descriptors", inUse);
        }
    }

    private static String limit(long value) {
        return value < 0 ? "unlimited" : Long.toString(value);
    }

    private void loopback(String address, String otherwise, String remedy) {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
            try (SocketChannel connection = SocketChannel.open(listener.getLocalAddress());
                    SocketChannel accepted = listener.accept()) {
                ok("loopback", address + " answers" + (connection.isOpen() && accepted.isOpen() ? "" : ", and closes"));
            }
        } catch (IOException | UnsupportedOperationException e) {
            String text = address + ": " + e.getMessage();
            if (otherwise.equals("fault")) {
                fault("loopback", text, remedy);
            } else {
                warn("loopback", text, remedy);
            }
        }
    }

    private void sockets() {
        if (Initializer.isSwitchedOff()) {
            warn("sockets", "Jython's own", "for Euryale's unset EURYALE_SOCKETS and the property euryale.sockets");
        } else {
            ok("sockets", "Euryale's, on java.nio");
        }
    }

    private void core() {
        Path jar = Path.of(PySystemState.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        String name = String.valueOf(jar.getFileName());
        if (name.equals("jython-prepared.jar") && Library.isPresent()) {
            ok("core", "prepared, with the standard library compiled");
            ok("core", "mended: " + String.join(", ", CoreMends.names()));
        } else {
            warn(
                    "core",
                    "Jython as it is released, from " + jar,
                    "its own faults are there (docs/jython-faults.md) and it starts slower: start it by euryale, which builds "
                            + "the prepared core");
        }
    }

    /** What is Euryale's of the modules that programs import. */
    private void modules() {
        Map<Boolean, List<String>> names =
                Modules.inPlaceOfJythons(Path.of(System.getProperty("python.home", ""), "Lib"));
        names.forEach((inPlace, modules) -> ok(
                "modules", (inPlace ? "in place of Jython's: " : "that Jython lacks: ") + String.join(", ", modules)));
    }

    /** The launcher says where the archive is, or in a word why there is none. */
    private void archive() {
        String named = System.getProperty("euryale.archive", "");
        String what = "class data archive: ";
        if (isMapped(named)) {
            ok("archive", what + named);
        } else if (named.startsWith("/")) {
            warn(
                    "archive",
                    what + named + " does not fit this JVM and its options",
                    "delete it, and the next start makes another; with other collectors or -Xshare:off there is none");
        } else {
            warn(
                    "archive",
                    what + "none (" + (named.isEmpty() ? "not started by euryale" : named) + ")",
                    "a start takes about twice as long without");
        }
    }

    private static boolean isMapped(String archive) {
        try (Stream<String> maps = Files.lines(MAPS, StandardCharsets.ISO_8859_1)) {
            return !archive.isEmpty() && maps.anyMatch(line -> line.endsWith(archive));
        } catch (IOException e) {
            return false;
        }
    }

    private void writable(String what, Path directory) {
        if (Files.isDirectory(directory) && Files.isWritable(directory)) {
            ok(what, directory + " can be written");
        } else {
            warn(
                    what,
                    directory + " cannot be written",
                    "make it so, or name another (XDG_CACHE_HOME, java.io.tmpdir)");
        }
    }

    /** What only those need who build and test. */
    private void checkout() {
        String executable = System.getProperty("euryale.executable");
        Path home = executable == null ? null : Path.of(executable).getParent();
        if (home == null || !Files.isDirectory(home.resolve("posix").resolve("src"))) {
            return;
        }
        tool("mvn", "maven", "to build");
        tool("cc", "gcc", "to test and measure");
    }

    private void tool(String name, String debian, String purpose) {
        Path found = onPath(name);
        if (found != null) {
            ok("checkout", found + " is there, " + purpose);
        } else {
            warn("checkout", name + " is not on PATH", "it is needed " + purpose + ": apt-get install " + debian);
        }
    }

    private @Nullable Path onPath(String name) {
        return Arrays.stream(environment.getOrDefault("PATH", "").split(":", -1))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /** Imports what is to be mended of Jython's Lib, and looks whether it was; lists what is mended of packages. */
    private void repairs() {
        if (Initializer.isSwitchedOff()) {
            warn("repairs", "none: they come with Euryale's sockets", "unset EURYALE_SOCKETS");
            return;
        }
        PySystemState.initialize(System.getProperties(), null);
        if (!imported("os", "Jython's Lib is not at " + System.getProperty("python.home") + ": build again")) {
            return;
        }
        modules();
        Repairs.files().forEach((module, files) -> {
            if (!imported(module, "see euryale -c 'import " + module + "'")) {
                return;
            }
            if (Repairs.applied().containsAll(files)) {
                ok("repairs", module + ": " + String.join(", ", files));
            } else {
                warn("repairs", module + ": not applied", "it is not the one of Jython's Lib, see sys.path");
            }
        });
        Repairs.filesOfPackages()
                .forEach((module, files) ->
                        ok("repairs", module + ", where a program imports it: " + String.join(", ", files)));
    }

    private boolean imported(String module, String remedy) {
        try {
            imp.load(module);
            return true;
        } catch (PyException e) {
            fault("library", module + " cannot be imported: " + e.value, remedy);
            return false;
        }
    }

    private static long number(Path file) {
        try {
            return Long.parseLong(Files.readAllLines(file).get(0).strip());
        } catch (IOException | NumberFormatException e) {
            return -1; // 2^63-1 and beyond, or another system
        }
    }

    private static long count(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count() - 1; // one is the listing's own
        } catch (IOException e) {
            return -1;
        }
    }
}
