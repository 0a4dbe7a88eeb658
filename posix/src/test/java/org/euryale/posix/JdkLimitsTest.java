package org.euryale.posix;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_READ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.Family.INET6;
import static org.euryale.posix.TestProcess.address;
import static org.euryale.posix.TestProcess.bytes;
import static org.euryale.posix.TestProcess.loopback;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.euryale.posix.TestProcess.Conversation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What java.nio cannot do, one test a fact. A test that fails says that the JDK has gained an ability: use it, and
 * strike the row from docs/posix-on-nio.md.
 */
@Timeout(60)
class JdkLimitsTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    // ---------------------------------------------------------------- calls that are not there

    /** No recv with flags, no peek, no descriptor number, no dup, no listen, no pending error, no FIONREAD. */
    @Test
    void aSocketChannelHasNoOtherCalls() {
        assertThat(calls(SocketChannel.class))
                .containsExactlyInAnyOrder(
                        "bind",
                        "connect",
                        "finishConnect",
                        "getLocalAddress",
                        "getRemoteAddress",
                        "isConnected",
                        "isConnectionPending",
                        "open",
                        "read",
                        "setOption",
                        "shutdownInput",
                        "shutdownOutput",
                        "socket",
                        "validOps",
                        "write");
        assertThat(calls(NetworkChannel.class))
                .containsExactlyInAnyOrder("bind", "getLocalAddress", "getOption", "setOption", "supportedOptions");
        assertThat(calls(SelectableChannel.class))
                .containsExactlyInAnyOrder(
                        "blockingLock",
                        "configureBlocking",
                        "isBlocking",
                        "isRegistered",
                        "keyFor",
                        "provider",
                        "register",
                        "validOps");
    }

    /** bind listens at once; nothing ends the listening but close; no other backlog. */
    @Test
    void aServerSocketChannelHasNoOtherCalls() throws Exception {
        assertThat(calls(ServerSocketChannel.class))
                .containsExactlyInAnyOrder(
                        "accept", "bind", "getLocalAddress", "open", "setOption", "socket", "validOps");
        ServerSocketChannel listener = listening();
        assertThatExceptionOfType(AlreadyBoundException.class)
                .isThrownBy(() -> listener.bind(listener.getLocalAddress(), 7));
    }

    @Test
    void aSelectorKnowsFourOperationsAndMilliseconds() {
        Set<String> operations = Arrays.stream(SelectionKey.class.getFields())
                .map(field -> field.getName())
                .collect(Collectors.toSet());
        assertThat(operations).containsExactlyInAnyOrder("OP_READ", "OP_WRITE", "OP_CONNECT", "OP_ACCEPT");

        Stream<Class<?>> parameters = Arrays.stream(Selector.class.getMethods())
                .filter(method -> method.getName().equals("select"))
                .flatMap(method -> Arrays.stream(method.getParameterTypes()));
        assertThat(parameters).containsOnly(long.class, java.util.function.Consumer.class);
    }

    @Test
    void aSelectorIsNoSelectableChannel() throws Exception {
        assertThat(SelectableChannel.class.isAssignableFrom(Selector.class)).isFalse();

        Epoll inner = process.open(new Epoll());
        Epoll outer = process.open(new Epoll());
        int descriptor = process.descriptor(inner);
        Poll poll = new Poll(process.table());
        poll.register(descriptor, Events.IN);
        assertThat(errnoOf(() -> outer.add(descriptor, inner, Events.IN))).isEqualTo(Errno.EINVAL);
        assertThat(errnoOf(() -> poll.poll(0, (d, e) -> {}))).isEqualTo(Errno.EPERM);
        assertThat(errnoOf(() -> Select.select(process.table(), new int[] {descriptor}, new int[0], new int[0], 0)))
                .isEqualTo(Errno.EPERM);
    }

    @Test
    void anExceptionHasNoErrorNumber() {
        assertThat(calls(SocketException.class)).isEmpty();
        assertThat(calls(IOException.class)).isEmpty();
    }

    /** Options of Linux that no channel has. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SO_TYPE",
                "SO_ERROR",
                "SO_ACCEPTCONN",
                "SO_DOMAIN",
                "SO_PROTOCOL",
                "SO_BROADCAST",
                "SO_DEBUG",
                "SO_DONTROUTE",
                "SO_RCVTIMEO",
                "SO_SNDTIMEO",
                "SO_RCVLOWAT",
                "SO_SNDLOWAT",
                "SO_BINDTODEVICE",
                "SO_PRIORITY",
                "SO_MARK",
                "TCP_CORK",
                "TCP_DEFER_ACCEPT",
                "TCP_INFO",
                "TCP_LINGER2",
                "TCP_MAXSEG",
                "TCP_SYNCNT",
                "TCP_USER_TIMEOUT",
                "TCP_WINDOW_CLAMP",
                "TCP_FASTOPEN",
                "TCP_CONGESTION",
                "IP_TTL",
                "IP_OPTIONS",
                "IP_RECVOPTS",
                "IP_RETOPTS",
                "IPV6_V6ONLY",
                "IPV6_UNICAST_HOPS",
                "IPV6_TCLASS",
                "IPV6_HOPLIMIT",
                "IPV6_RTHDR"
            })
    void anOptionIsAbsent(String name) throws Exception {
        for (StandardProtocolFamily family :
                new StandardProtocolFamily[] {StandardProtocolFamily.INET, StandardProtocolFamily.INET6}) {
            assertThat(names(process.keep(SocketChannel.open(family)).supportedOptions()))
                    .doesNotContain(name);
            assertThat(names(process.keep(ServerSocketChannel.open(family)).supportedOptions()))
                    .doesNotContain(name);
        }
    }

    /** Those that Euryale notes for a listener and gives to the sockets it accepts. */
    @ParameterizedTest
    @ValueSource(strings = {"SO_SNDBUF", "SO_KEEPALIVE", "SO_LINGER", "SO_OOBINLINE", "TCP_NODELAY", "IP_TOS"})
    void aListeningChannelLacksAnOption(String name) throws Exception {
        assertThat(names(process.keep(SocketChannel.open()).supportedOptions())).contains(name);
        assertThat(names(process.keep(ServerSocketChannel.open()).supportedOptions()))
                .doesNotContain(name);
    }

    /** SO_OOBINLINE is there, but under no public name. */
    @Test
    void urgentBytesInTheStreamHaveNoPublicOption() throws Exception {
        assertThat(names(process.keep(SocketChannel.open()).supportedOptions())).contains("SO_OOBINLINE");
        assertThat(Arrays.stream(StandardSocketOptions.class.getFields()).map(field -> field.getName()))
                .doesNotContain("SO_OOBINLINE");
    }

    // ---------------------------------------------------------------- channels

    @Test
    void aRefusedChannelIsClosed() throws Exception {
        SocketChannel client = process.keep(SocketChannel.open());
        client.configureBlocking(false);
        ServerSocketChannel listener = listening();
        InetSocketAddress nobody = (InetSocketAddress) listener.getLocalAddress();
        listener.close();
        client.connect(nobody);

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
            while (!client.finishConnect()) {
                Thread.onSpinWait();
            }
        });
        assertThat(client.isOpen()).isFalse();
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> client.connect(nobody));
    }

    /** The channel is closed, so its port is nobody's until the next connect takes it again; Linux keeps it. */
    @Test
    void aRefusedSocketDoesNotHoldItsPort() throws Exception {
        StreamSocket listener = process.listener(INET);
        InetSocketAddress nobody = listener.localAddress();
        process.close(listener);
        StreamSocket client = process.socket(INET);
        InetSocketAddress local = TestProcess.bindToGivenPort(client);
        assertThat(errnoOf(() -> client.connect(nobody))).isEqualTo(Errno.EINPROGRESS);
        process.await(client, Events.OUT);
        assertThat(errnoOf(() -> client.connect(nobody))).isEqualTo(Errno.ECONNREFUSED);
        StreamSocket other = process.socket(INET);

        assertThat(errnoOf(() -> other.bind(local)))
                .as("EADDRINUSE is Linux's answer")
                .isNull();
        assertThat(errnoOf(() -> client.connect(nobody))).isEqualTo(Errno.EADDRINUSE);
    }

    @Test
    void aChannelThatConnectsDoesNotTellItsLocalAddress() throws Exception {
        ServerSocketChannel full = process.keep(ServerSocketChannel.open()).bind(loopback(INET, 0), 1);
        InetSocketAddress address = (InetSocketAddress) full.getLocalAddress();
        process.peer(address);
        process.peer(address);
        SocketChannel client = process.keep(SocketChannel.open(StandardProtocolFamily.INET));
        client.configureBlocking(false);
        assertThat(client.connect(address)).isFalse();
        assertThat(client.getLocalAddress()).isNull();

        StreamSocket socket = process.socket(INET);
        assertThat(errnoOf(() -> socket.connect(address))).isEqualTo(Errno.EINPROGRESS);
        assertThat(socket.localAddress().getPort()).as("Linux tells the port").isZero();
    }

    @Test
    void aChannelIsBoundOnce() throws Exception {
        Conversation talk = process.conversation(INET);
        SocketChannel peer = talk.peer();
        talk.socket().setOption(Option.SO_LINGER, 0);
        process.close(talk.socket());
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> peer.read(ByteBuffer.allocate(1)));

        assertThatExceptionOfType(AlreadyBoundException.class)
                .as("Linux binds it anew")
                .isThrownBy(() -> peer.bind(loopback(INET, 0)));
    }

    @Test
    void aClosedChannelKeepsItsPortUntilItsSelectorRuns() throws Exception {
        ServerSocketChannel listener = listening();
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        listener.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            listener.register(selector, OP_ACCEPT);
            selector.selectNow();
            listener.close();
            ServerSocketChannel next = process.keep(ServerSocketChannel.open());
            assertThatExceptionOfType(BindException.class).isThrownBy(() -> next.bind(address));
            selector.selectNow();
            next.bind(address);
        }
    }

    @Test
    void shuttingTheInputThrowsUnreadBytesAway() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.socket().send(bytes("unread"), 0);
        talk.peer().configureBlocking(false);
        try (Selector selector = Selector.open()) {
            talk.peer().register(selector, OP_READ);
            assertThat(selector.select(TestProcess.PATIENCE.toMillis())).isOne();
        }
        talk.peer().shutdownInput();

        assertThat(talk.peer().read(ByteBuffer.allocate(10))).isEqualTo(-1);
    }

    @Test
    void writingAfterTheOutputWasShutIsNoBrokenPipe() throws Exception {
        SocketChannel peer = process.conversation(INET).peer();
        peer.shutdownOutput();

        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> peer.write(bytes("x")));
    }

    /** 50 wait where listen(0) lets one wait; Euryale asks for one, and the kernel lets one more in. */
    @Test
    void aBacklogOfZeroIsFifty() throws Exception {
        ServerSocketChannel raw = process.keep(ServerSocketChannel.open()).bind(loopback(INET, 0), 0);
        for (int i = 0; i < 10; i++) {
            process.peer((InetSocketAddress) raw.getLocalAddress());
        }
        StreamSocket listener = process.listener(INET, 0);
        process.peer(listener.localAddress());
        process.peer(listener.localAddress());
        StreamSocket third = process.socket(INET);
        assertThat(errnoOf(() -> third.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);

        assertThat(errnoOf(() -> third.connect(listener.localAddress()))).isEqualTo(Errno.EALREADY);
    }

    /** So listening again with another number keeps the first one. */
    @Test
    void theBacklogCannotBeChanged() throws Exception {
        StreamSocket listener = process.listener(INET, 1);
        listener.listen(100);
        process.peer(listener.localAddress());
        process.peer(listener.localAddress());
        StreamSocket third = process.socket(INET);
        assertThat(errnoOf(() -> third.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);

        assertThat(errnoOf(() -> third.connect(listener.localAddress())))
                .as("Linux lets a hundred wait")
                .isEqualTo(Errno.EALREADY);
    }

    @Test
    void anIPv6WildcardAlwaysTakesIPv4() throws Exception {
        StreamSocket six = process.socket(INET6);
        six.bind(new InetSocketAddress(address("::"), 0));
        six.listen(1);
        int port = six.localAddress().getPort();
        process.peer(loopback(INET, port));
        process.accept(six);
        StreamSocket four = process.socket(INET);
        InetAddress any = address("0.0.0.0");

        assertThat(errnoOf(() -> four.bind(new InetSocketAddress(any, port)))).isEqualTo(Errno.EADDRINUSE);
    }

    @Test
    void theBroadcastAddressIsNotBoundTo() throws Exception {
        // Linux binds to it; NET_Bind of the JDK refuses what ends as a network's broadcast address of 127/8 does.
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
            assertThatExceptionOfType(BindException.class)
                    .isThrownBy(() -> channel.bind(new InetSocketAddress("255.255.255.255", 0)));
        }
    }

    @Test
    void bufferSizesAreHalvedAndNegativeOnesRefused() throws Exception {
        SocketChannel channel = process.keep(SocketChannel.open());
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 20_000);
        assertThat(channel.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(20_000);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> channel.setOption(StandardSocketOptions.SO_RCVBUF, -1));

        StreamSocket socket = process.socket(INET);
        socket.setOption(Option.SO_RCVBUF, 20_000);
        assertThat(socket.option(Option.SO_RCVBUF)).isEqualTo(40_000);
    }

    @Test
    void aMappedAddressIsTurnedIntoIPv4() throws Exception {
        assertThat(address("::ffff:1.2.3.4").getAddress()).hasSize(4);
    }

    @Test
    void aSelectorCostsTwoDescriptors() throws Exception {
        int before = KernelDescriptors.now().total();
        try (Selector selector = Selector.open()) {
            assertThat(selector.isOpen()).isTrue();
            assertThat(KernelDescriptors.now().total()).isEqualTo(before + 2);
        }
    }

    // ---------------------------------------------------------------- looking

    private ServerSocketChannel listening() throws IOException {
        return process.keep(ServerSocketChannel.open()).bind(loopback(INET, 0));
    }

    /** The public methods a class declares itself. */
    private static Set<String> calls(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> java.lang.reflect.Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .collect(Collectors.toSet());
    }

    private static Set<String> names(Collection<? extends SocketOption<?>> options) {
        return options.stream().map(SocketOption::name).collect(Collectors.toSet());
    }
}
