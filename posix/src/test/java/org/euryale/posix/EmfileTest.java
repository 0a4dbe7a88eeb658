package org.euryale.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** When descriptors run out: each call says EMFILE and does nothing else, and afterwards all goes on. */
@Timeout(60)
class EmfileTest {
    private static final int LIMIT = 100;

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the limit is set by sh's ulimit, and /proc is looked at")
    void everyCallSaysEMFILEAndGoesOnWhenThereIsRoom() throws Exception {
        assertThat(run())
                .containsExactly(
                        "connecting: EINPROGRESS",
                        "a byte arrives: 1",
                        "socket: EMFILE",
                        "size of the table is kept: true",
                        "connect: EINPROGRESS",
                        "listener is readable: 1",
                        "accept: EMFILE",
                        "accept again: EMFILE",
                        "listener is still readable: 1",
                        "refused connect: EINPROGRESS",
                        "its error: ECONNREFUSED",
                        "told again: ECONNABORTED",
                        "connect once more: EINPROGRESS",
                        "listen: EMFILE",
                        "another poller: EMFILE",
                        "select: EMFILE",
                        "accept with room: null",
                        "listen with room: null",
                        "another poller with room: null",
                        "select with room: null",
                        "connecting: EINPROGRESS",
                        "a byte arrives: 1",
                        "kernel descriptors as before: true");
    }

    /** What the program printed. The JVM opens little by itself with these flags. */
    private static List<String> run() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = location(StreamSocket.class) + ":" + location(EmfileProgram.class);
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n " + LIMIT + " && exec \"$@\"",
                        "sh",
                        java,
                        "-Xmx64m",
                        "-Xint",
                        "-XX:+UseSerialGC",
                        "-XX:-UseContainerSupport",
                        "-XX:-UsePerfData",
                        "-cp",
                        classes,
                        EmfileProgram.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output.lines().toList();
    }

    private static Path location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
