package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;
import static org.euryale.posix.TestProcess.loopback;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.assertj.core.api.Assertions;
import org.euryale.posix.TestProcess.Conversation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** shutdown(2), and the three bugs of Jython's tracker that began with Twisted in 2008. */
@Timeout(60)
class StreamSocketShutdownTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    // ---------------------------------------------------------------- bugs 1119, 1120, 1121

    /** "socket module has no attribute SO_ERROR": a reactor learns from it why a connect failed. */
    @Test
    void bug1119SoErrorTellsWhyAConnectFailed() throws Exception {
        StreamSocket listener = process.listener(INET);
        InetSocketAddress address = listener.localAddress();
        process.close(listener);
        StreamSocket client = process.socket(INET);
        assertThat(errnoOf(() -> client.connect(address))).isEqualTo(Errno.EINPROGRESS);
        process.await(client, Events.OUT);

        assertThat(client.takeError()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(client.takeError()).isNull();
    }

    /** "invalid socket shutdown gives AssertionError, should be 'transport endpoint not connected'". */
    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "true, true"})
    void bug1120ShutdownWithoutAConnectionIsENOTCONN(boolean reading, boolean writing) throws Exception {
        StreamSocket fresh = process.socket(INET);
        assertThat(errnoOf(() -> fresh.shutdown(reading, writing))).isEqualTo(Errno.ENOTCONN);

        StreamSocket bound = process.socket(INET);
        bound.bind(loopback(INET, 0));
        assertThat(errnoOf(() -> bound.shutdown(reading, writing))).isEqualTo(Errno.ENOTCONN);
    }

    /** "listening socket shutdown expects the wrong kind of socket": it is allowed. */
    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "true, true"})
    void bug1121ShutdownOfAListenerSucceeds(boolean reading, boolean writing) throws Exception {
        StreamSocket listener = process.listener(INET);

        assertThat(errnoOf(() -> listener.shutdown(reading, writing))).isNull();
    }

    // ---------------------------------------------------------------- listeners

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aListenerWhoseReadingIsShutListensNoMore(boolean writing) throws Exception {
        StreamSocket listener = process.listener(INET);
        InetSocketAddress address = listener.localAddress();
        listener.shutdown(true, writing);

        assertThat(errnoOf(listener::accept)).isEqualTo(Errno.EINVAL);
        assertThat(listener.option(Option.SO_ACCEPTCONN)).isZero();
        assertThat(errnoOf(() -> listener.shutdown(true, writing))).isEqualTo(Errno.ENOTCONN);
        Assertions.assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> process.peer(address));
    }

    @Test
    void aListenerWhoseReadingIsShutKeepsItsPortAndMayListenAgain() throws Exception {
        StreamSocket listener = process.socket(INET);
        InetSocketAddress address = TestProcess.bindToGivenPort(listener);
        listener.listen(5);
        listener.shutdown(true, false);
        assertThat(listener.localAddress()).isEqualTo(address);
        StreamSocket other = process.socket(INET);
        assertThat(errnoOf(() -> other.bind(address))).isEqualTo(Errno.EADDRINUSE);

        listener.listen(5);
        process.peer(address);
        process.accept(listener);
    }

    @Test
    void aListenerWhoseReadingIsShutGivesUpAPortThatTheKernelChose() throws Exception {
        StreamSocket listener = process.listener(INET);
        InetSocketAddress address = listener.localAddress();
        listener.shutdown(true, false);
        StreamSocket other = process.socket(INET);
        assertThat(errnoOf(() -> other.bind(address))).isNull();

        assertThat(errnoOf(() -> listener.bind(address))).isEqualTo(Errno.EADDRINUSE);
        listener.listen(5);
        process.peer(listener.localAddress());
        assertThat(process.accept(listener).localAddress().getAddress()).isEqualTo(address.getAddress());
    }

    /** A selector that knows the listener keeps its port in the JDK. */
    @Test
    void aListenerThatPollersWatchKeepsItsPortToo() throws Exception {
        StreamSocket listener = process.socket(INET);
        InetSocketAddress address = TestProcess.bindToGivenPort(listener);
        listener.listen(5);
        Epoll idle = process.open(new Epoll());
        Epoll waiting = process.open(new Epoll());
        idle.add(process.descriptor(listener), listener, Events.IN);
        waiting.add(process.descriptor(listener), listener, Events.IN);
        assertThat(idle.await(0, 1, (d, e) -> {})).isZero();
        TestProcess.Running<Integer> waiter = process.start(() -> waiting.await(-1, 1, (d, e) -> {}));
        waiter.whenWaiting();

        listener.shutdown(true, true);

        assertThat(listener.localAddress()).isEqualTo(address);
        assertThat(waiter.result()).as("the waiter is told of the hang-up").isOne();
        listener.listen(5);
        process.peer(address);
        process.accept(listener);
    }

    @Test
    void aListenerWhoseWritingIsShutGoesOnListening() throws Exception {
        StreamSocket listener = process.listener(INET);
        listener.shutdown(false, true);

        process.peer(listener.localAddress());
        process.accept(listener);
    }

    @Test
    void whoWaitsForAcceptIsResetWhenListeningEnds() throws Exception {
        StreamSocket listener = process.listener(INET);
        SocketChannel peer = process.peer(listener.localAddress());
        process.await(listener, Events.IN);
        listener.shutdown(true, false);

        Assertions.assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> peer.read(ByteBuffer.allocate(1)))
                .withMessageContaining("reset");
    }

    // ---------------------------------------------------------------- connections

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shuttingTheWritingSideEndsThePeersFileAndKeepsReading(Family family) throws Exception {
        Conversation talk = process.conversation(family);
        talk.socket().send(bytes("last"), 0);
        talk.socket().shutdown(false, true);

        assertThat(TestProcess.read(talk.peer(), 100)).isEqualTo("last");
        assertThat(errnoOf(() -> talk.socket().send(bytes("x"), 0))).isEqualTo(Errno.EPIPE);
        talk.peer().write(bytes("reply"));
        assertThat(process.receive(talk.socket(), 5)).isEqualTo("reply");
    }

    /** Linux sends nothing for SHUT_RD: what is there and what still comes is delivered, and in between is the end. */
    @Test
    void shuttingTheReadingSideStillDeliversWhatComes() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("one"));
        process.await(talk.socket(), Events.IN);
        talk.socket().shutdown(true, false);
        assertThat(process.receive(talk.socket(), 3)).isEqualTo("one");
        ByteBuffer into = ByteBuffer.allocate(8);
        assertThat(talk.socket().recv(into, 0)).isZero();

        talk.peer().write(bytes("two"));
        TestProcess.eventually().until(() -> talk.socket().recv(into, 0) == 3);
        assertThat(TestProcess.text(into)).isEqualTo("two");
        assertThat(talk.socket().recv(ByteBuffer.allocate(8), 0)).isZero();
        talk.socket().send(bytes("out"), 0);
        assertThat(TestProcess.read(talk.peer(), 3)).isEqualTo("out");
    }

    @Test
    void shuttingTwiceIsAllowedWhileThePeerIsThere() throws Exception {
        StreamSocket socket = process.conversation(INET).socket();
        for (int i = 0; i < 2; i++) {
            assertThat(errnoOf(() -> socket.shutdown(false, true))).isNull();
            assertThat(errnoOf(() -> socket.shutdown(true, false))).isNull();
            assertThat(errnoOf(() -> socket.shutdown(true, true))).isNull();
        }
    }

    @Test
    void onceBothSidesHaveShutThereIsNoConnection() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().close();
        process.await(talk.socket(), Events.IN);
        assertThat(errnoOf(() -> talk.socket().shutdown(false, true))).isNull();

        TestProcess.eventually().until(() -> errnoOf(talk.socket()::remoteAddress) == Errno.ENOTCONN);
        assertThat(errnoOf(() -> talk.socket().shutdown(true, true))).isEqualTo(Errno.ENOTCONN);
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isZero();
    }

    @Test
    void theEndOfAConnectionIsSeenBehindUnreadBytes() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("unread"));
        talk.peer().shutdownOutput();
        process.await(talk.socket(), Events.IN);
        talk.socket().shutdown(false, true);

        TestProcess.eventually().until(() -> errnoOf(talk.socket()::remoteAddress) == Errno.ENOTCONN);
        assertThat(process.receive(talk.socket(), 100)).isEqualTo("unread");
    }

    @Test
    void shuttingAConnectThatGoesOnGivesItUp() throws Exception {
        StreamSocket full = process.listener(INET, 1);
        process.peer(full.localAddress());
        process.peer(full.localAddress());
        StreamSocket client = process.socket(INET);
        InetSocketAddress local = TestProcess.bindToGivenPort(client);
        Epoll idle = process.open(new Epoll());
        assertThat(errnoOf(() -> client.connect(full.localAddress()))).isEqualTo(Errno.EINPROGRESS);
        idle.add(process.descriptor(client), client, Events.OUT);
        assertThat(idle.await(0, 1, (d, e) -> {})).isZero();

        assertThat(errnoOf(() -> client.shutdown(true, true))).isNull();

        assertThat(errnoOf(() -> client.send(bytes("x"), 0))).isEqualTo(Errno.EPIPE);
        StreamSocket listener = process.listener(INET);
        assertThat(errnoOf(() -> client.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);
        assertThat(process.accept(listener).remoteAddress()).isEqualTo(local);
    }

    @Test
    void shuttingAClosedSocketIsEBADF() throws Exception {
        StreamSocket socket = process.conversation(INET).socket();
        process.close(socket);

        assertThat(errnoOf(() -> socket.shutdown(true, true))).isEqualTo(Errno.EBADF);
    }

    // ---------------------------------------------------------------- what the peer sees

    /** FIN_WAIT in tcp_rcv_state_process: who reads no more says so, or the peer would stall with its window full. */
    @Test
    void whatComesAfterBothWaysWereShutIsAnsweredWithAReset() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.socket().shutdown(true, true);

        TestProcess.eventually().until(() -> {
            try {
                talk.peer().write(bytes("x"));
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }

    @Test
    void bytesThatCameBeforeBothWaysWereShutCanBeRead() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("before"));
        process.await(talk.socket(), Events.IN);
        talk.socket().shutdown(true, true);

        assertThat(process.receive(talk.socket(), 6)).isEqualTo("before");
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isZero();
    }

    /** tcp_close sends a reset when bytes are unread; those that were peeked are, though the kernel has them no more. */
    @Test
    void aConnectionClosedWithPeekedBytesIsReset() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("unread"));
        process.await(talk.socket(), Events.IN);
        assertThat(talk.socket().recv(ByteBuffer.allocate(6), StreamSocket.MSG_PEEK))
                .isEqualTo(6);
        process.close(talk.socket());

        Assertions.assertThatExceptionOfType(IOException.class).isThrownBy(() -> TestProcess.read(talk.peer(), 1));
    }
}
