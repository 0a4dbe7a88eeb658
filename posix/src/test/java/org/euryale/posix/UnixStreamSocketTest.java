package org.euryale.posix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.TestProcess.eventually;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** UNIX stream sockets without the C library. */
class UnixStreamSocketTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    @TempDir
    Path directory;

    private UnixAddress address(String name) {
        return UnixAddress.of(name, UnixAddress.bytes(directory.toString()));
    }

    private UnixStreamSocket socket() throws PosixException {
        return process.open(UnixStreamSocket.open(null));
    }

    private UnixStreamSocket bound(String name) throws PosixException {
        UnixStreamSocket socket = socket();
        socket.bind(address(name));
        return socket;
    }

    private UnixStreamSocket listener(String name, int backlog) throws PosixException {
        UnixStreamSocket socket = bound(name);
        socket.listen(backlog);
        return socket;
    }

    private UnixStreamSocket connected(String name) throws PosixException {
        UnixStreamSocket socket = socket();
        socket.connect(address(name));
        return socket;
    }

    private UnixStreamSocket accepted(UnixStreamSocket listener) throws PosixException {
        Socket socket = listener.accept();
        assertThat(socket).isNotNull();
        return (UnixStreamSocket) process.open(java.util.Objects.requireNonNull(socket));
    }

    private UnixStreamSocket.Pair pair() throws PosixException {
        UnixStreamSocket.Pair pair = UnixStreamSocket.pair(null);
        process.open(pair.one());
        process.open(pair.other());
        return pair;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }

    private static String read(Socket socket, int size) throws PosixException {
        ByteBuffer into = ByteBuffer.allocate(size);
        int count = socket.recv(into, 0);
        return count == OpenFile.WOULD_BLOCK ? "would block" : new String(into.array(), 0, count, ISO_8859_1);
    }

    private static int ready(OpenFile file) {
        return file.standing();
    }

    @Test
    void listeningIsARename() throws Exception {
        UnixStreamSocket socket = bound("s");
        Path file = directory.resolve("s");
        Object before = Files.getAttribute(file, "unix:ino");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(errnoOf(() -> socket().connect(address("s")))).isEqualTo(Errno.ECONNREFUSED);

        socket.listen(5);

        assertThat(Files.getAttribute(file, "unix:ino")).isNotEqualTo(before);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(names()).containsExactly("s");
        UnixStreamSocket client = connected("s");
        assertThat(accepted(socket).localAddress()).isEqualTo(address("s"));
        assertThat(client.remoteAddress()).isEqualTo(address("s"));
    }

    @Test
    void thePathIsNeverFreeBetweenBindAndListen() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        FutureTask<Errno> thief = new FutureTask<>(() -> {
            while (!done.get()) {
                try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                    Errno error = errnoOf(() -> {
                        try {
                            channel.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
                        } catch (IOException e) {
                            throw PosixException.of(e);
                        }
                    });
                    if (error != Errno.EADDRINUSE) {
                        return error;
                    }
                }
            }
            return Errno.EADDRINUSE;
        });
        UnixStreamSocket socket = bound("s");
        Thread thread = new Thread(thief);
        thread.start();

        socket.listen(1);
        done.set(true);

        assertThat(thief.get()).isEqualTo(Errno.EADDRINUSE);
        thread.join();
    }

    @Test
    void aFileThatIsGoneIsNotMadeAnew() throws Exception {
        UnixStreamSocket socket = bound("s");
        Files.delete(directory.resolve("s"));

        socket.listen(1);

        assertThat(names()).isEmpty();
        assertThat(socket.accept()).isNull();
    }

    @Test
    void aFileOfAnothersIsLeftAlone() throws Exception {
        UnixStreamSocket socket = bound("s");
        Files.delete(directory.resolve("s"));
        UnixStreamSocket other = listener("s", 1);

        socket.listen(1);

        connected("s");
        assertThat(socket.accept()).isNull();
        accepted(other);
    }

    @Test
    void aDirectoryThatMayNotBeWrittenRefusesToListen() throws Exception {
        UnixStreamSocket socket = bound("s");
        Path gone = directory.resolve("s");
        Files.delete(gone);
        Files.delete(directory);

        assertThat(errnoOf(() -> socket.listen(1))).isEqualTo(Errno.ENOENT);
        assertThat(errnoOf(socket::accept)).isEqualTo(Errno.EINVAL);
        Files.createDirectory(directory);
    }

    @Test
    void aConnectedSocketIsNotConnectedAgain() throws Exception {
        listener("s", 5);
        UnixStreamSocket client = connected("s");

        assertThat(errnoOf(() -> client.connect(address("s")))).isEqualTo(Errno.EISCONN);
        assertThat(errnoOf(() -> client.connect(address("none")))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void aFullBacklogIsEAGAINAndMayBeTriedAgain() throws Exception {
        UnixStreamSocket listener = listener("s", 1);
        connected("s");
        connected("s");
        UnixStreamSocket third = bound("third");

        assertThat(errnoOf(() -> third.connect(address("s")))).isEqualTo(Errno.EAGAIN);
        accepted(listener);
        third.connect(address("s"));

        accepted(listener);
        assertThat(accepted(listener).remoteAddress()).isEqualTo(UnixAddress.of(directory.resolve("third")));
    }

    @Test
    void whoWaitsForRoomIsWokenByClose() throws Exception {
        listener("s", 1);
        connected("s");
        connected("s");
        UnixStreamSocket third = socket();
        FutureTask<Errno> waits = new FutureTask<>(() -> errnoOf(() -> third.connectWaiting(address("s"))));
        Thread thread = new Thread(waits);
        thread.start();
        eventually()
                .until(() -> Stream.of(thread.getStackTrace())
                        .anyMatch(f -> f.getMethodName().equals("connect0")));

        process.close(third);

        assertThat(waits.get()).isEqualTo(Errno.EBADF);
        thread.join();
    }

    @Test
    void whoWaitsForRoomIsInterrupted() throws Exception {
        UnixStreamSocket listener = listener("s", 1);
        connected("s");
        connected("s");
        UnixStreamSocket third = socket();
        FutureTask<Errno> waits = new FutureTask<>(() -> errnoOf(() -> third.connectWaiting(address("s"))));
        Thread thread = new Thread(waits);
        thread.start();
        eventually()
                .until(() -> Stream.of(thread.getStackTrace())
                        .anyMatch(f -> f.getMethodName().equals("connect0")));

        thread.interrupt();

        assertThat(waits.get()).isEqualTo(Errno.EINTR);
        thread.join();
        accepted(listener);
        third.connect(address("s"));
    }

    @Test
    void withoutTheCLibraryOtherNamesAreInvalid() throws Exception {
        for (String name : List.of("\0abstract", "\u00ff\u00fe", "slash/")) {
            assertThat(errnoOf(() -> socket().bind(address(name)))).isEqualTo(Errno.EINVAL);
            assertThat(errnoOf(() -> socket().connect(address(name)))).isEqualTo(Errno.EINVAL);
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void aShutListenerAcceptsThoseWhoWaitAndNobodyElse() throws Exception {
        UnixStreamSocket listener = listener("s", 5);
        listener.nonBlocking(true);
        connected("s");

        listener.shutdown(true, false);

        assertThat(errnoOf(() -> socket().connect(address("s")))).isEqualTo(Errno.ECONNREFUSED);
        accepted(listener);
        assertThat(listener.accept()).isNull();
        listener.nonBlocking(false);
        assertThat(errnoOf(listener::accept)).isEqualTo(Errno.EINVAL);
    }

    @Test
    void aPairHasNoNamesAndLeavesNoFile() throws Exception {
        UnixStreamSocket.Pair pair = pair();

        assertThat(pair.one().localAddress()).isEqualTo(UnixAddress.UNNAMED);
        assertThat(pair.other().remoteAddress()).isEqualTo(UnixAddress.UNNAMED);
        pair.one().send(bytes("hello"), 0);
        assertThat(read(pair.other(), 9)).isEqualTo("hello");
    }

    @Test
    void peekedBytesCountAsRead() throws Exception {
        UnixStreamSocket.Pair pair = pair();
        pair.one().send(bytes("hello"), 0);
        assertThat(pair.other().recv(ByteBuffer.allocate(9), Socket.MSG_PEEK)).isEqualTo(5);

        process.close(pair.other());

        assertThat(read(pair.one(), 9)).isEmpty();
    }

    @Test
    void unreadBytesAreAReset() throws Exception {
        UnixStreamSocket.Pair pair = pair();
        pair.one().send(bytes("hello"), 0);

        process.close(pair.other());

        assertThat(errnoOf(() -> read(pair.one(), 9))).isEqualTo(Errno.ECONNRESET);
        assertThat(read(pair.one(), 9)).isEmpty();
        assertThat(ready(pair.one()) & Events.HUP).isNotZero();
    }

    @Test
    void shuttingTheReadingKeepsWhatHasCome() throws Exception {
        UnixStreamSocket.Pair pair = pair();
        pair.one().send(bytes("hello"), 0);

        pair.other().shutdown(true, false);

        assertThat(errnoOf(() -> pair.one().send(bytes("more"), 0))).isEqualTo(Errno.EPIPE);
        assertThat(read(pair.other(), 9)).isEqualTo("hello");
        assertThat(read(pair.other(), 9)).isEmpty();
        pair.other().send(bytes("back"), 0);
        assertThat(read(pair.one(), 9)).isEqualTo("back");

        UnixStreamSocket.Pair full = pair();
        ByteBuffer much = ByteBuffer.allocate(2 * ReadAhead.LIMIT);
        full.one().send(much, 0);
        full.other().shutdown(true, false);
        assertThat(errnoOf(() -> full.one().send(bytes("more"), 0))).isNull();
    }

    @Test
    void brokenPipesEndTheWritingAlone() throws Exception {
        UnixStreamSocket.Pair pair = pair();
        pair.other().shutdown(true, false);

        assertThat(errnoOf(() -> pair.one().send(bytes("x"), 0))).isEqualTo(Errno.EPIPE);

        assertThat(ready(pair.one()) & (Events.HUP | Events.IN)).isZero();
        assertThat(read(pair.one(), 9)).isEqualTo("would block");
        process.close(pair.other());
        assertThat(read(pair.one(), 9)).isEmpty();
        assertThat(ready(pair.one()) & Events.HUP).isNotZero();
    }

    @Test
    void optionsAreInherited() throws Exception {
        UnixStreamSocket listener = bound("s");
        listener.setOption(Option.SO_KEEPALIVE, 1);
        listener.setOption(Option.SO_SNDBUF, 10_000);
        listener.listen(1);
        connected("s");

        UnixStreamSocket server = accepted(listener);

        assertThat(server.option(Option.SO_KEEPALIVE)).isOne();
        assertThat(server.option(Option.SO_SNDBUF)).isEqualTo(20_000);
        assertThat(errnoOf(() -> server.setOption(Option.TCP_NODELAY, 1))).isEqualTo(Errno.EOPNOTSUPP);
    }
}
