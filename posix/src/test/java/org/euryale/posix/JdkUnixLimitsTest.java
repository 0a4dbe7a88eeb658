package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the JDK cannot do with UNIX sockets. A test that fails is an ability gained: see docs/posix-on-nio.md. */
class JdkUnixLimitsTest {
    private static final StandardProtocolFamily UNIX = StandardProtocolFamily.UNIX;

    @TempDir
    Path directory;

    private ServerSocketChannel listener(String name) throws Exception {
        ServerSocketChannel listener = ServerSocketChannel.open(UNIX);
        listener.bind(UnixDomainSocketAddress.of(directory.resolve(name)));
        return listener;
    }

    @Test
    void datagramsAreNotSupported() {
        assertThatThrownBy(() -> DatagramChannel.open(UNIX).close()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aDatagramChannelIsForUDPAlone() {
        assertThat(Arrays.stream(DatagramChannel.class.getMethods())
                        .filter(method -> method.getName().equals("open"))
                        .flatMap(method -> Arrays.stream(method.getParameterTypes())))
                .as("a protocol could be named")
                .allMatch(java.net.ProtocolFamily.class::equals);
    }

    @Test
    void anAbstractNameIsNoPath() {
        assertThatThrownBy(() -> UnixDomainSocketAddress.of("\0name")).isInstanceOf(InvalidPathException.class);
    }

    @Test
    void aPathHasAtMost106Bytes() throws Exception {
        String room = "x".repeat(106 - directory.toString().length() - 1);
        listener(room).close();

        assertThatThrownBy(() -> listener(room + "x").close()).hasMessage("Unix domain path too long");
    }

    @Test
    void aPeersNameIsWhatConnectWasGiven() throws Exception {
        Path roundabout = directory.resolve("../" + directory.getFileName() + "/s");
        try (ServerSocketChannel listener = listener("s");
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(roundabout))) {
            assertThat(listener.getLocalAddress()).isEqualTo(UnixDomainSocketAddress.of(directory.resolve("s")));
            assertThat(client.getRemoteAddress()).isEqualTo(UnixDomainSocketAddress.of(roundabout));
        }
    }

    @Test
    void aConnectedChannelCannotBeBound() throws Exception {
        try (ServerSocketChannel listener = listener("s");
                SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
            assertThatThrownBy(() -> client.bind(UnixDomainSocketAddress.of(directory.resolve("c"))))
                    .isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void aHangUpLooksLikeAnEndOfFile() throws Exception {
        try (ServerSocketChannel listener = listener("s");
                SocketChannel shuts = SocketChannel.open(listener.getLocalAddress());
                SocketChannel one = listener.accept();
                Selector selector = Selector.open()) {
            shuts.shutdownOutput();
            SocketChannel.open(listener.getLocalAddress()).close();
            SocketChannel other = listener.accept();
            for (SocketChannel each : new SocketChannel[] {one, other}) {
                each.configureBlocking(false);
                each.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
            selector.selectNow();

            assertThat(one.keyFor(selector).readyOps())
                    .isEqualTo(other.keyFor(selector).readyOps());
            other.close();
        }
    }

    @Test
    void credentialsAreNames() throws Exception {
        try (ServerSocketChannel listener = listener("s");
                SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
            UnixDomainPrincipal peer = client.getOption(ExtendedSocketOptions.SO_PEERCRED);

            assertThat(peer.getClass().getRecordComponents())
                    .extracting(java.lang.reflect.RecordComponent::getName)
                    .containsExactlyInAnyOrder("user", "group");
        }
    }

    @Test
    void aChannelHasFewOptions() throws Exception {
        try (SocketChannel client = SocketChannel.open(UNIX);
                ServerSocketChannel listener = ServerSocketChannel.open(UNIX)) {
            assertThat(client.supportedOptions())
                    .containsExactlyInAnyOrder(
                            StandardSocketOptions.SO_SNDBUF,
                            StandardSocketOptions.SO_RCVBUF,
                            StandardSocketOptions.SO_LINGER,
                            ExtendedSocketOptions.SO_PEERCRED);
            assertThat(listener.supportedOptions()).containsExactly(StandardSocketOptions.SO_RCVBUF);
        }
    }

    @Test
    void aFullBacklogIsAnExceptionAndTheEndOfTheChannel() throws Exception {
        Path path = directory.resolve("s");
        try (ServerSocketChannel listener = ServerSocketChannel.open(UNIX);
                SocketChannel first = SocketChannel.open(UNIX);
                SocketChannel second = SocketChannel.open(UNIX);
                SocketChannel third = SocketChannel.open(UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path), 1);
            first.connect(listener.getLocalAddress());
            second.connect(listener.getLocalAddress());
            third.configureBlocking(false);

            assertThatThrownBy(() -> third.connect(listener.getLocalAddress())).isInstanceOf(SocketException.class);
            assertThat(third.isOpen()).isFalse();
        }
    }
}
