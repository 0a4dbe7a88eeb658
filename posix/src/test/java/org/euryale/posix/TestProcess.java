package org.euryale.posix;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The process a test runs in: a descriptor table, sockets with peers that are plain {@code java.nio}, threads. After the
 * test everything is closed, and nothing may be left: no descriptor in the table, no socket or selector in the kernel,
 * no thread.
 */
final class TestProcess implements BeforeEachCallback, AfterEachCallback {
    /** How long anything may take that is expected to happen. Ample: a busy machine is no failure. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** {@link #PATIENCE} for the calls that take nanoseconds. */
    static final long PATIENCE_NANOS = PATIENCE.toNanos();

    static {
        // The JDK opens a socket of its own, once, with the first channel (the marker that close(2) is made safe with).
        try {
            SocketChannel.open().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final DescriptorTable table = new DescriptorTable();
    private final Map<OpenFile, Integer> descriptors = new HashMap<>();
    private final List<Channel> peers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private KernelDescriptors before = KernelDescriptors.now();

    @Override
    public void beforeEach(ExtensionContext context) {
        before = KernelDescriptors.now();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (Channel peer : peers) {
            peer.close();
        }
        table.close();
        for (Thread thread : threads) {
            thread.join(PATIENCE.toMillis());
            assertThat(thread.isAlive())
                    .as("%s still runs: %s", thread.getName(), List.of(thread.getStackTrace()))
                    .isFalse();
        }
        assertThat(table.size()).as("descriptors left open").isZero();
        eventually()
                .untilAsserted(() -> assertThat(KernelDescriptors.now())
                        .as("kernel descriptors left open")
                        .isEqualTo(before));
    }

    /** What happens in the kernel or in another thread is waited for with this. */
    static ConditionFactory eventually() {
        return Awaitility.with()
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .await()
                .atMost(PATIENCE);
    }

    static InetSocketAddress loopback(Family family, int port) {
        return new InetSocketAddress(address(family == Family.INET ? "127.0.0.1" : "::1"), port);
    }

    /** The address that a numeric text spells out. */
    static InetAddress address(String numeric) {
        try {
            return InetAddress.getAllByName(numeric)[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---------------------------------------------------------------- files

    DescriptorTable table() {
        return table;
    }

    /** Gives the file a descriptor. */
    synchronized <F extends OpenFile> F open(F file) throws PosixException {
        descriptors.put(file, table.add(file));
        return file;
    }

    synchronized int descriptor(OpenFile file) {
        return java.util.Objects.requireNonNull(descriptors.get(file));
    }

    void close(OpenFile file) throws PosixException {
        table.close(descriptor(file));
    }

    StreamSocket socket(Family family) throws PosixException {
        return open(StreamSocket.open(family));
    }

    /** Binds to a port of the test's own choice, outside the range that the kernel chooses from. */
    static InetSocketAddress bindToGivenPort(StreamSocket socket) throws PosixException {
        for (; ; ) {
            InetSocketAddress address =
                    loopback(socket.family(), ThreadLocalRandom.current().nextInt(20_000, 30_000));
            Errno error = Failures.errnoOf(() -> socket.bind(address));
            if (error == null) {
                return address;
            }
            assertThat(error).isEqualTo(Errno.EADDRINUSE);
        }
    }

    /** Listens on a port of the loopback address. */
    StreamSocket listener(Family family) throws PosixException {
        return listener(family, 1024);
    }

    StreamSocket listener(Family family, int backlog) throws PosixException {
        StreamSocket listener = socket(family);
        listener.bind(loopback(family, 0));
        listener.listen(backlog);
        return listener;
    }

    /** The next connection; waits for it. */
    StreamSocket accept(StreamSocket listener) throws PosixException {
        await(listener, Events.IN);
        StreamSocket accepted = listener.accept();
        assertThat(accepted).as("accepted").isNotNull();
        return open(java.util.Objects.requireNonNull(accepted));
    }

    /** Connects, and waits until that has come about. */
    StreamSocket connect(InetSocketAddress address) throws PosixException {
        Family family = address.getAddress().getAddress().length == 4 ? Family.INET : Family.INET6;
        StreamSocket client = socket(family);
        assertThat(Failures.errnoOf(() -> client.connect(address))).isEqualTo(Errno.EINPROGRESS);
        await(client, Events.OUT);
        assertThat(client.takeError()).as("SO_ERROR").isNull();
        return client;
    }

    /** A socket and the peer it is connected to. */
    record Conversation(StreamSocket socket, SocketChannel peer) {}

    /** An accepted socket, with the lowest free descriptor, and its peer. The listener is closed. */
    Conversation conversation(Family family) throws PosixException, IOException {
        try (DescriptorTable elsewhere = new DescriptorTable()) {
            StreamSocket listener = StreamSocket.open(family);
            elsewhere.add(listener);
            listener.bind(loopback(family, 0));
            listener.listen(1);
            SocketChannel peer = peer(listener.localAddress());
            return new Conversation(accept(listener), peer);
        }
    }

    // ---------------------------------------------------------------- peers

    /** A blocking client, closed when the test ends. */
    SocketChannel peer(InetSocketAddress address) throws IOException {
        return keep(SocketChannel.open(address));
    }

    synchronized <C extends Channel> C keep(C channel) {
        peers.add(channel);
        return channel;
    }

    /** Makes the peer vanish with a RST. */
    static void reset(SocketChannel peer) throws IOException {
        peer.setOption(java.net.StandardSocketOptions.SO_LINGER, 0);
        peer.close();
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static String text(ByteBuffer buffer) {
        return StandardCharsets.ISO_8859_1.decode(buffer.flip()).toString();
    }

    /** Reads {@code count} bytes from the peer's side, or what comes before its end of file. */
    static String read(SocketChannel peer, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining() && peer.read(buffer) >= 0) {
            assertThat(peer.isBlocking()).isTrue();
        }
        return text(buffer);
    }

    // ---------------------------------------------------------------- waiting

    /** Waits until one of the events holds. */
    void await(OpenFile file, int events) throws PosixException {
        assertThat(table.pollers().await(file, events, PATIENCE_NANOS))
                .as("became ready")
                .isTrue();
    }

    /** Receives {@code count} bytes, or what comes before the end of file; waits for them. */
    String receive(StreamSocket socket, int count) throws PosixException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            int read = socket.recv(buffer, 0);
            if (read == 0) {
                break;
            }
            if (read == OpenFile.WOULD_BLOCK) {
                await(socket, Events.IN);
            }
        }
        return text(buffer);
    }

    /** Sends until the kernel takes no more; how many bytes it took. */
    static long fill(StreamSocket socket) throws PosixException {
        ByteBuffer chunk = ByteBuffer.allocate(64 * 1024);
        long total = 0;
        for (; ; ) {
            chunk.clear();
            int count = socket.send(chunk, 0);
            if (count == OpenFile.WOULD_BLOCK) {
                return total;
            }
            total += count;
        }
    }

    // ---------------------------------------------------------------- threads

    /** What a thread that was started returns or throws. */
    static final class Running<T> {
        private final Thread thread;
        private final FutureTask<T> task;

        Running(Thread thread, FutureTask<T> task) {
            this.thread = thread;
            this.task = task;
        }

        Thread thread() {
            return thread;
        }

        /** Waits for its end. A thread that hangs fails the test with its stack. */
        T result() throws Exception {
            try {
                return task.get(PATIENCE.toSeconds(), SECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError(thread.getName() + " hangs: " + List.of(thread.getStackTrace()), e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw e;
            }
        }

        /** Returns when the thread sleeps in a selector. */
        Running<T> whenWaiting() {
            eventually().until(() -> isInSelector(thread));
            return this;
        }

        private static boolean isInSelector(Thread thread) {
            StackTraceElement[] stack = thread.getStackTrace();
            // EPoll.wait is the native call; elsewhere the top frame is the platform's own.
            return stack.length > 0
                    && stack[0].isNativeMethod()
                    && List.of(stack).stream()
                            .anyMatch(frame -> frame.getMethodName().equals("doSelect"));
        }
    }

    synchronized <T> Running<T> start(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "test-" + (threads.size() + 1));
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return new Running<>(thread, task);
    }

    /** Starts {@code count} threads that begin their work together. */
    <T> List<Running<T>> startTogether(int count, Callable<T> call) {
        CountDownLatch go = new CountDownLatch(1);
        List<Running<T>> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            started.add(start(() -> {
                go.await();
                return call.call();
            }));
        }
        go.countDown();
        return started;
    }
}
