package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.Family.INET6;
import static org.euryale.posix.TestProcess.address;
import static org.euryale.posix.TestProcess.bytes;
import static org.euryale.posix.TestProcess.loopback;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.euryale.posix.TestProcess.Conversation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class StreamSocketListenTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void listeningKeepsTheAddress(Family family) throws Exception {
        StreamSocket socket = process.socket(family);
        socket.bind(loopback(family, 0));
        InetSocketAddress bound = socket.localAddress();
        assertThat(socket.option(Option.SO_ACCEPTCONN)).isZero();

        socket.listen(5);

        assertThat(socket.localAddress()).isEqualTo(bound);
        assertThat(socket.option(Option.SO_ACCEPTCONN)).isOne();
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void listeningUnboundGetsAPort(Family family) throws Exception {
        StreamSocket socket = process.socket(family);
        socket.listen(5);

        int port = socket.localAddress().getPort();
        assertThat(socket.localAddress().getAddress().isAnyLocalAddress()).isTrue();
        assertThat(port).isPositive();
        process.peer(loopback(family, port));
        process.accept(socket);
    }

    @Test
    void listeningAgainIsAllowed() throws Exception {
        StreamSocket listener = process.listener(INET);

        assertThat(errnoOf(() -> listener.listen(7))).isNull();
        process.peer(listener.localAddress());
        process.accept(listener);
    }

    @Test
    void whoHasConnectedOrIsClosedCannotListen() throws Exception {
        Conversation talk = process.conversation(INET);
        assertThat(errnoOf(() -> talk.socket().listen(1))).isEqualTo(Errno.EINVAL);

        process.close(talk.socket());
        assertThat(errnoOf(() -> talk.socket().listen(1))).isEqualTo(Errno.EBADF);
    }

    @Test
    void whoDoesNotListenCannotAccept() throws Exception {
        StreamSocket fresh = process.socket(INET);
        assertThat(errnoOf(fresh::accept)).isEqualTo(Errno.EINVAL);

        assertThat(errnoOf(process.conversation(INET).socket()::accept)).isEqualTo(Errno.EINVAL);

        process.close(fresh);
        assertThat(errnoOf(fresh::accept)).isEqualTo(Errno.EBADF);
    }

    @Test
    void acceptSaysNothingWhileNobodyCalls() throws Exception {
        assertThat(process.listener(INET).accept()).isNull();
    }

    @Test
    void aListenerNeitherSendsNorReceives() throws Exception {
        StreamSocket listener = process.listener(INET);

        assertThat(errnoOf(() -> listener.recv(ByteBuffer.allocate(1), 0))).isEqualTo(Errno.ENOTCONN);
        assertThat(errnoOf(() -> listener.send(bytes("x"), 0))).isEqualTo(Errno.EPIPE);
        assertThat(errnoOf(listener::remoteAddress)).isEqualTo(Errno.ENOTCONN);
        assertThat(errnoOf(() -> listener.connect(loopback(INET, 1)))).isEqualTo(Errno.EISCONN);
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void acceptedSocketsKnowBothAddresses(Family family) throws Exception {
        StreamSocket listener = process.listener(family);
        SocketChannel peer = process.peer(listener.localAddress());
        StreamSocket accepted = process.accept(listener);

        assertThat(accepted.localAddress()).isEqualTo(listener.localAddress());
        assertThat(accepted.remoteAddress()).isEqualTo(peer.getLocalAddress());
        assertThat(accepted.family()).isEqualTo(family);
    }

    @Test
    void anIPv6WildcardTakesIPv4AndTellsTheMappedAddress() throws Exception {
        StreamSocket listener = process.socket(INET6);
        listener.bind(new InetSocketAddress(address("::"), 0));
        listener.listen(1);
        process.peer(loopback(INET, listener.localAddress().getPort()));
        StreamSocket accepted = process.accept(listener);

        assertThat(Names.text(accepted.remoteAddress().getAddress(), accepted.family()))
                .isEqualTo("::ffff:127.0.0.1");
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void connectionsAreAcceptedInTheOrderOfTheirComing(Family family) throws Exception {
        StreamSocket listener = process.listener(family);
        List<Object> order = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            order.add(process.peer(listener.localAddress()).getLocalAddress());
        }
        List<Object> accepted = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            accepted.add(process.accept(listener).remoteAddress());
        }

        assertThat(accepted).isEqualTo(order);
    }

    /** The kernel lets one more in than the backlog says (listen(2), measured). */
    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void asManyMayWaitAsTheBacklogSays(Family family) throws Exception {
        StreamSocket listener = process.listener(family, 4);
        for (int i = 0; i < 5; i++) {
            process.peer(listener.localAddress());
        }
        StreamSocket tooMany = process.socket(family);
        assertThat(errnoOf(() -> tooMany.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);
        assertThat(errnoOf(() -> tooMany.connect(listener.localAddress()))).isEqualTo(Errno.EALREADY);

        for (int i = 0; i < 5; i++) {
            process.accept(listener);
        }
        assertThat(listener.accept()).isNull();
    }

    @Test
    void aListenerCostsOneKernelDescriptor() throws Exception {
        int before = KernelDescriptors.now().total();
        for (int i = 1; i <= 20; i++) {
            process.listener(INET);
            assertThat(KernelDescriptors.now().total()).isEqualTo(before + i);
        }
    }

    @Test
    void aConnectionCostsOneKernelDescriptor() throws Exception {
        StreamSocket listener = process.listener(INET);
        SocketChannel peer = process.peer(listener.localAddress());
        process.await(listener, Events.IN);
        int before = KernelDescriptors.now().total();

        process.accept(listener);

        assertThat(peer.isConnected()).isTrue();
        assertThat(KernelDescriptors.now().total()).isEqualTo(before + 1);
    }

    @Test
    void aThousandThatWaitForAcceptStallNobody() throws Exception {
        StreamSocket listener = process.listener(INET, 2048);
        SocketChannel peer = process.peer(listener.localAddress());
        StreamSocket socket = process.accept(listener);
        for (int i = 0; i < 1000; i++) {
            process.peer(listener.localAddress());
        }

        for (int i = 0; i < 10; i++) {
            peer.write(bytes("ping"));
            assertThat(process.receive(socket, 4)).isEqualTo("ping");
            socket.send(bytes("pong"), 0);
            assertThat(TestProcess.read(peer, 4)).isEqualTo("pong");
        }
        for (int i = 0; i < 1000; i++) {
            process.accept(listener);
        }
        assertThat(listener.accept()).isNull();
    }

    /** Linux hands out a connection that was reset while it waited, and tells of the reset on use. */
    @Test
    void aConnectionThatWasResetWhileItWaitedIsAcceptedAndReset() throws Exception {
        StreamSocket listener = process.listener(INET);
        SocketChannel peer = process.peer(listener.localAddress());
        TestProcess.reset(peer);
        StreamSocket accepted = process.accept(listener);

        process.await(accepted, Events.IN);
        assertThat(errnoOf(() -> accepted.recv(ByteBuffer.allocate(1), 0))).isEqualTo(Errno.ECONNRESET);
    }

    @Test
    void threadsThatAcceptTogetherGetEachConnectionOnce() throws Exception {
        StreamSocket listener = process.listener(INET);
        List<TestProcess.Running<Integer>> threads = process.startTogether(3, () -> {
            int count = 0;
            for (; ; ) {
                StreamSocket accepted = listener.accept();
                if (accepted == null) {
                    if (errnoOf(() -> process.table().pollers().await(listener, Events.IN, -1)) == Errno.EBADF) {
                        return count;
                    }
                } else {
                    process.open(accepted);
                    accepted.send(bytes("."), 0);
                    count++;
                }
            }
        });
        for (int i = 0; i < 60; i++) {
            assertThat(TestProcess.read(process.peer(listener.localAddress()), 1))
                    .isEqualTo(".");
        }
        for (TestProcess.Running<Integer> thread : threads) {
            thread.whenWaiting();
        }
        process.close(listener);

        int sum = 0;
        for (TestProcess.Running<Integer> thread : threads) {
            sum += thread.result();
        }
        assertThat(sum).isEqualTo(60);
    }
}
