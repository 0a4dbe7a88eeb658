package org.euryale.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.dropin.Jars.DROPIN;
import static org.euryale.dropin.Jars.STANDALONE;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/from-stock-jython.md tells to write and to type, as it is written. */
class DocumentIT {
    private static final Path DOCUMENT = Path.of("..", "docs", "from-stock-jython.md");

    @TempDir
    private Path directory;

    @Test
    void theExampleRunsByItsCommands() throws Exception {
        String text = Files.readString(DOCUMENT);
        Files.createSymbolicLink(directory.resolve("euryale-dropin.jar"), DROPIN);
        Files.createSymbolicLink(directory.resolve("jython-standalone.jar"), STANDALONE);
        Files.writeString(directory.resolve("Example.java"), found("(?s)```java\n(.*?)```", text));
        String commands = found("((?:    java.*\n)+)", text);
        String promised = found("prints `(.*?)` twice", text) + "\n";

        Process shell = new ProcessBuilder("sh", "-e")
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String path = "PATH=" + Path.of(System.getProperty("java.home"), "bin") + ":$PATH\n";
        try (var input = shell.outputWriter()) {
            input.write(path + commands);
        }
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output).isEqualTo(promised.repeat(2));
        assertThat(shell.waitFor()).isZero();
    }

    private static String found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }
}
