package org.euryale.dropin;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The jars under test, and Java programs on them. */
final class Jars {
    private static final long SECONDS = 120;
    private static final Path STOCK = Path.of(System.getProperty("euryale.stock"));

    /** The one that the build makes. */
    static final Path DROPIN = Path.of(System.getProperty("euryale.dropin"));

    static final Path STANDALONE = STOCK.resolve("jython-standalone.jar");

    /** Jython without its libraries, and these beside it. */
    static final Path SLIM = STOCK.resolve("slim").resolve("*");

    private Jars() {}

    static URL[] urls(Path... paths) {
        return Stream.of(paths).map(Jars::url).toArray(URL[]::new);
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static String classPath(Path... paths) {
        return String.join(
                File.pathSeparator, Stream.of(paths).map(Path::toString).toList());
    }

    /**
     * What a JVM from 24 on says by itself, once for each of two abilities that jffi, which is inside Jython, and our
     * KernelNumbers use (JEP 472, JEP 498). The tests give it no flag, since a user of the jar needs none.
     */
    private static final Pattern WARNINGS = Pattern.compile("WARNING: (A restricted method|java\\.lang\\.System::load"
            + "|Use --enable-native-access|Restricted methods|A terminally deprecated method|sun\\.misc\\.Unsafe"
            + "|Please consider reporting).*\n\n?");

    /** What a Java program wrote, to standard output and then to standard error. */
    record Output(String out, String err, int status) {}

    /** Runs a JVM with these arguments to its end; variables of the environment are {@code NAME=value}. */
    static Output java(List<String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dpython.cachedir.skip=true"));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile("out", ".txt");
        Path err = Files.createTempFile("err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("EURYALE_SOCKETS");
        for (String variable : environment) {
            int equals = variable.indexOf('=');
            builder.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        Process process = builder.start();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("no end after " + SECONDS + " s: " + command + read(out) + read(err));
            }
            return new Output(read(out), withoutWarnings(read(err)), process.exitValue());
        } finally {
            process.destroyForcibly();
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static String withoutWarnings(String errors) {
        return Runtime.version().feature() < 24
                ? errors
                : WARNINGS.matcher(errors).replaceAll("");
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
