package org.euryale.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.dropin.Jars.DROPIN;
import static org.euryale.dropin.Jars.STANDALONE;
import static org.euryale.dropin.Jars.classPath;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.euryale.dropin.Jars.Output;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Deuryale.trace}. */
class TraceIT {
    private static final String PROGRAM = """
            import os, select, socket
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(('127.0.0.1', 0)); listener.listen(5)
            client = socket.socket(); client.connect(listener.getsockname())
            server = listener.accept()[0]
            client.sendall('GET / ' + 'secret' * 50)
            select.select([server, listener], [], [], 5)
            poll = select.poll(); poll.register(server, select.POLLIN); poll.poll(1000)
            epoll = select.epoll(); epoll.register(server.fileno(), select.EPOLLIN | select.EPOLLET); epoll.poll(5)
            server.recv(65536); server.setblocking(0)
            try: server.recv(10, socket.MSG_PEEK)
            except socket.error: pass
            gone = listener.getsockname(); listener.close()
            other = socket.socket()
            try: other.connect(gone)
            except socket.error: pass
            datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); datagram.bind(('127.0.0.1', 0))
            datagram.sendto(chr(1) + '"', datagram.getsockname()); datagram.recvfrom(10)
            read, write = os.pipe(); os.write(write, 'x'); os.read(read, 5); os.close(read)
            try: os.read(99, 1)
            except OSError: pass
            """;

    /** In this order among others; PORT is any. */
    private static final String LINES = """
            socket(AF_INET, SOCK_STREAM, 0) = 3
            setsockopt(3, SOL_SOCKET, SO_REUSEADDR, 1) = 0
            bind(3, {127.0.0.1:PORT}) = 0
            listen(3, 5) = 0
            connect(4, {127.0.0.1:PORT}) = 0
            accept(3) = [5, {127.0.0.1:PORT}]
            sendall(4, "GET / secretsecretsecretsecretse"...) = 0
            select([5, 3], [], [], 5) = [[5], [], []]
            poll.register(5, POLLIN) = 0
            poll.poll(1000) = [{5, POLLIN}]
            epoll.register(6, 5, EPOLLIN|EPOLLET) = 0
            epoll.poll(6, 5) = [{5, EPOLLIN}]
            recv(5, "GET / secretsecretsecretsecretse"..., 65536) = 306
            recv(5, 10, MSG_PEEK) = -1 EAGAIN (Resource temporarily unavailable)
            close(3) = 0
            connect(3, {127.0.0.1:PORT}) = -1 ECONNREFUSED (Connection refused)
            sendto(7, "\\x01\\"", {127.0.0.1:PORT}) = 2
            recvfrom(7, "\\x01\\"", 10, {127.0.0.1:PORT}) = 2
            pipe() = [8, 9]
            write(9, "x") = 1
            read(8, "x", 5) = 1
            close(8) = 0
            read(99, 1) = -1 EBADF (Bad file descriptor)
            """;

    @TempDir
    private Path directory;

    @Test
    void aLineACallGoesToTheFile() throws Exception {
        Path file = directory.resolve("trace");
        assertThat(run("-Deuryale.trace=" + file)).isEqualTo(new Output("", "", 0));

        assertThat(calls(file)).containsSubsequence(LINES.split("\n"));
    }

    @Test
    void callsOfTheCLibraryAreInItToo() throws Exception {
        Path file = directory.resolve("trace");
        String program = """
                import os, subprocess, tempfile
                child = subprocess.Popen(['/bin/sh', '-c', 'exit 3'], env={'A': 'B'}, stdin=subprocess.PIPE)
                child.stdin.close()
                assert child.wait() == 3
                try: subprocess.call(['/no/such/program'], env={})
                except OSError: pass
                with tempfile.TemporaryFile() as f:
                    os.fchmod(f.fileno(), 0640)
                master, slave = os.openpty()
                name = os.ttyname(slave)
                try: os.ttyname(99)
                except OSError: pass
                import termios
                termios.tcdrain(slave); termios.tcflush(slave, termios.TCIFLUSH)
                """;
        assertThat(run(program, "-Deuryale.trace=" + file)).isEqualTo(new Output("", "", 0));

        List<String> calls = calls(file).stream()
                .map(call -> call.replaceAll("\\b(waitpid\\()\\d+|(vars \\*/, .* = )\\d+", "$1$2PID")
                        .replaceAll("/dev/pts/\\d+", "/dev/pts/N"))
                .toList();
        assertThat(calls).containsSubsequence("""
                pipe2(O_CLOEXEC) = [3, 4]
                posix_spawn("/bin/sh", ["/bin/sh", "-c", "exit 3"], /* 1 vars */, [3, 1, 2]) = PID
                waitpid(PID, WNOHANG) = [768]
                posix_spawn("/no/such/program", ["/no/such/program"], /* 0 vars */, [0, 1, 2]) = \
                -1 ENOENT (No such file or directory)
                fchmod(3, 0640) = 0
                openpty() = [3, 4]
                ttyname(4) = "/dev/pts/N"
                ttyname(99) = -1 EBADF (Bad file descriptor)
                tcdrain(4) = 0
                tcflush(4, 0) = 0
                """.split("\n"));
    }

    @Test
    void aDashIsStandardErrorAndWhatCannotBeWrittenIsSaid() throws Exception {
        assertThat(run("-Deuryale.trace=-").err()).contains("[main] pipe() = [8, 9]\n");
        Output output = run("-Deuryale.trace=" + directory.resolve("no/such/directory"));
        assertThat(output.status()).isZero();
        assertThat(output.err()).startsWith("euryale: no trace is written: ").containsOnlyOnce("\n");
    }

    private static List<String> calls(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).allMatch(line -> line.matches("\\d+\\.\\d{6} \\[(main|MainThread)] .*"));
        return lines.stream()
                .map(line ->
                        line.substring(line.indexOf("] ") + 2).replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:PORT"))
                .toList();
    }

    private Output run(String property) throws Exception {
        return run(PROGRAM, property);
    }

    private Output run(String text, String property) throws Exception {
        Path program = Files.writeString(directory.resolve("program.py"), text);
        return Jars.java(
                List.of(),
                property,
                "-cp",
                classPath(DROPIN, STANDALONE),
                "org.python.util.jython",
                program.toString());
    }
}
