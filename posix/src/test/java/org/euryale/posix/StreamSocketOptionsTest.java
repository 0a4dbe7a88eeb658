package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.Family.INET6;
import static org.euryale.posix.TestProcess.loopback;

import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.stream.Stream;
import org.euryale.posix.TestProcess.Conversation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class StreamSocketOptionsTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    /** An option, a value to set, and what is read back. */
    static Stream<Arguments> settable() {
        return Stream.of(INET, INET6)
                .flatMap(family -> Stream.of(
                        Arguments.of(family, Option.SO_REUSEADDR, 1, 1),
                        Arguments.of(family, Option.SO_REUSEPORT, 1, 1),
                        Arguments.of(family, Option.SO_KEEPALIVE, 1, 1),
                        Arguments.of(family, Option.SO_SNDBUF, 20_000, 40_000),
                        Arguments.of(family, Option.SO_RCVBUF, 20_000, 40_000),
                        Arguments.of(family, Option.SO_LINGER, 7, 7),
                        Arguments.of(family, Option.TCP_NODELAY, 1, 1),
                        Arguments.of(family, Option.TCP_KEEPIDLE, 77, 77),
                        Arguments.of(family, Option.TCP_KEEPINTVL, 7, 7),
                        Arguments.of(family, Option.TCP_KEEPCNT, 3, 3),
                        Arguments.of(family, Option.IP_TOS, 0x10, 0x10),
                        Arguments.of(family, Option.SO_OOBINLINE, 1, 1),
                        Arguments.of(family, Option.SO_BROADCAST, 1, 1)));
    }

    @ParameterizedTest
    @MethodSource("settable")
    void whatIsSetIsReadBack(Family family, Option option, int value, int readBack) throws Exception {
        StreamSocket socket = process.socket(family);
        assertThat(socket.option(option)).isNotEqualTo(readBack);
        socket.setOption(option, value);

        assertThat(socket.option(option)).isEqualTo(readBack);
    }

    @ParameterizedTest
    @MethodSource("settable")
    void whatIsSetBeforeListeningIsReadFromTheListenerAndTheAccepted(
            Family family, Option option, int value, int readBack) throws Exception {
        StreamSocket listener = process.socket(family);
        listener.setOption(option, value);
        listener.bind(loopback(family, 0));
        listener.listen(5);

        assertThat(listener.option(option)).isEqualTo(readBack);
        process.peer(listener.localAddress());
        assertThat(process.accept(listener).option(option)).isEqualTo(readBack);
    }

    /** A ServerSocketChannel has fewer options than a listening socket. */
    @ParameterizedTest
    @MethodSource("settable")
    void whatIsSetWhileListeningIsReadFromTheListenerAndTheAccepted(
            Family family, Option option, int value, int readBack) throws Exception {
        StreamSocket listener = process.listener(family);
        listener.setOption(option, value);

        assertThat(listener.option(option)).isEqualTo(readBack);
        process.peer(listener.localAddress());
        assertThat(process.accept(listener).option(option)).isEqualTo(readBack);
    }

    @ParameterizedTest
    @MethodSource("settable")
    void whatIsSetIsKeptWhenAListenerIsShut(Family family, Option option, int value, int readBack) throws Exception {
        StreamSocket listener = process.listener(family);
        listener.setOption(option, value);
        listener.shutdown(true, false);

        assertThat(listener.option(option)).isEqualTo(readBack);
    }

    @ParameterizedTest
    @EnumSource(
            value = Option.class,
            names = {"SO_ERROR", "SO_ACCEPTCONN", "IP_MULTICAST_TTL", "IP_MULTICAST_LOOP"},
            mode = EnumSource.Mode.EXCLUDE)
    void aListenerKnowsEveryOptionOfAFreshSocket(Option option) throws Exception {
        StreamSocket fresh = process.socket(INET);
        int before = fresh.option(option);
        fresh.bind(loopback(INET, 0));
        fresh.listen(1);

        assertThat(fresh.option(option)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "SO_REUSEADDR, 0",
        "SO_REUSEPORT, 0",
        "SO_KEEPALIVE, 0",
        "SO_LINGER, -1",
        "TCP_NODELAY, 0",
        "IP_TOS, 0",
        "SO_BROADCAST, 0",
        "SO_ACCEPTCONN, 0"
    })
    void aFreshSocketHasLinuxsDefaults(Option option, int value) throws Exception {
        assertThat(process.socket(INET).option(option)).isEqualTo(value);
        assertThat(process.conversation(INET).socket().option(option)).isEqualTo(value);
    }

    @ParameterizedTest
    @EnumSource(
            value = Option.class,
            names = {"SO_REUSEADDR", "SO_KEEPALIVE", "TCP_NODELAY", "SO_BROADCAST", "SO_REUSEPORT", "SO_OOBINLINE"})
    void anyNumberTurnsAFlagOnAndZeroOff(Option option) throws Exception {
        for (StreamSocket socket : List.of(process.socket(INET), process.listener(INET))) {
            socket.setOption(option, 42);
            assertThat(socket.option(option)).isOne();
            socket.setOption(option, -1);
            assertThat(socket.option(option)).isOne();
            socket.setOption(option, 0);
            assertThat(socket.option(option)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Option.class,
            names = {"SO_SNDBUF", "SO_RCVBUF"})
    void bufferSizesAreTheKernels(Option option) throws Exception {
        for (StreamSocket socket : List.of(process.socket(INET), process.listener(INET))) {
            assertThat(socket.option(option)).as("default").isPositive();
            socket.setOption(option, Integer.MAX_VALUE);
            int most = socket.option(option);
            socket.setOption(option, 1);
            int least = socket.option(option);
            socket.setOption(option, -1);

            assertThat(least).as("the least the kernel gives").isBetween(1000, 20_000);
            assertThat(most).as("the most it gives").isGreaterThan(least);
            assertThat(socket.option(option))
                    .as("a negative size is a huge one")
                    .isEqualTo(most);
        }
    }

    @Test
    void aReceiveBufferOfTheListenerIsInEffectWhenAConnectionComes() throws Exception {
        StreamSocket listener = process.socket(INET);
        listener.setOption(Option.SO_RCVBUF, 4096);
        listener.bind(loopback(INET, 0));
        listener.listen(1);
        SocketChannel peer = process.peer(listener.localAddress());
        peer.configureBlocking(false);
        process.accept(listener);

        java.nio.ByteBuffer data = java.nio.ByteBuffer.allocate(1 << 20);
        peer.setOption(StandardSocketOptions.SO_SNDBUF, 4096);
        long taken = 0;
        int count;
        while ((count = peer.write(data.clear())) > 0) {
            taken += count;
        }
        assertThat(taken).as("what fits into small buffers").isLessThan(1 << 20);
    }

    @ParameterizedTest
    @CsvSource({
        "TCP_KEEPIDLE, 0",
        "TCP_KEEPIDLE, -1",
        "TCP_KEEPIDLE, 40000",
        "TCP_KEEPINTVL, 0",
        "TCP_KEEPCNT, 0",
        "TCP_KEEPCNT, 200"
    })
    void valuesOutOfRangeAreEINVAL(Option option, int value) throws Exception {
        for (StreamSocket socket : List.of(process.socket(INET), process.listener(INET))) {
            int before = socket.option(option);

            assertThat(errnoOf(() -> socket.setOption(option, value))).isEqualTo(Errno.EINVAL);
            assertThat(socket.option(option)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Option.class,
            names = {"SO_ERROR", "SO_ACCEPTCONN"})
    void whatTheKernelKnowsCannotBeSet(Option option) throws Exception {
        StreamSocket socket = process.socket(INET);

        assertThat(errnoOf(() -> socket.setOption(option, 1))).isEqualTo(Errno.ENOPROTOOPT);
    }

    @Test
    void lingerCanBeTurnedOff() throws Exception {
        StreamSocket socket = process.socket(INET);
        socket.setOption(Option.SO_LINGER, 0);
        assertThat(socket.option(Option.SO_LINGER)).isZero();
        socket.setOption(Option.SO_LINGER, -1);

        assertThat(socket.option(Option.SO_LINGER)).isEqualTo(-1);
    }

    /** Underneath a listener always has it, see StreamSocket.listen. */
    @Test
    void reuseAddressIsWhatTheProgramSaid() throws Exception {
        StreamSocket listener = process.listener(INET);
        assertThat(listener.option(Option.SO_REUSEADDR)).isZero();
        process.peer(listener.localAddress());
        assertThat(process.accept(listener).option(Option.SO_REUSEADDR)).isZero();

        listener.setOption(Option.SO_REUSEADDR, 1);
        assertThat(listener.option(Option.SO_REUSEADDR)).isOne();
        listener.setOption(Option.SO_REUSEADDR, 0);
        assertThat(listener.option(Option.SO_REUSEADDR)).isZero();
    }

    @Test
    void withReusePortTwoListenOnOnePort() throws Exception {
        StreamSocket one = process.socket(INET);
        one.setOption(Option.SO_REUSEPORT, 1);
        one.bind(loopback(INET, 0));
        one.listen(5);
        StreamSocket two = process.socket(INET);
        two.setOption(Option.SO_REUSEPORT, 1);
        two.bind(one.localAddress());

        assertThat(errnoOf(() -> two.listen(5))).isNull();
    }

    @Test
    void optionsOfAConnectionAreItsOwn() throws Exception {
        StreamSocket listener = process.listener(INET);
        listener.setOption(Option.TCP_NODELAY, 1);
        process.peer(listener.localAddress());
        StreamSocket first = process.accept(listener);
        first.setOption(Option.TCP_NODELAY, 0);
        process.peer(listener.localAddress());
        StreamSocket second = process.accept(listener);

        assertThat(first.option(Option.TCP_NODELAY)).isZero();
        assertThat(second.option(Option.TCP_NODELAY)).isOne();
        assertThat(listener.option(Option.TCP_NODELAY)).isOne();
    }

    @ParameterizedTest
    @CsvSource({"0, x", "1, !x"})
    void anUrgentByteStaysInTheStreamIfThatIsWanted(int inline, String received) throws Exception {
        Conversation talk = process.conversation(INET);
        talk.socket().setOption(Option.SO_OOBINLINE, inline);
        talk.peer().socket().sendUrgentData('!');
        talk.peer().write(TestProcess.bytes("x"));
        talk.peer().shutdownOutput();

        assertThat(process.receive(talk.socket(), 10)).isEqualTo(received);
    }

    @ParameterizedTest
    @EnumSource
    void aClosedSocketHasNoOptions(Option option) throws Exception {
        Conversation talk = process.conversation(INET);
        process.close(talk.socket());

        assertThat(errnoOf(() -> talk.socket().option(option))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> talk.socket().setOption(option, 1))).isEqualTo(Errno.EBADF);
    }
}
