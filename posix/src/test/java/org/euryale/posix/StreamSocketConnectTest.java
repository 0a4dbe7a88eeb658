package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.Family.INET6;
import static org.euryale.posix.TestProcess.address;
import static org.euryale.posix.TestProcess.bytes;
import static org.euryale.posix.TestProcess.loopback;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class StreamSocketConnectTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void connectBeginsAndTheSocketBecomesWritable(Family family) throws Exception {
        StreamSocket listener = process.listener(family);
        StreamSocket client = process.socket(family);

        assertThat(errnoOf(() -> client.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);
        process.await(client, Events.OUT);

        assertThat(client.takeError()).isNull();
        assertThat(client.remoteAddress()).isEqualTo(listener.localAddress());
        assertThat(process.accept(listener).remoteAddress()).isEqualTo(client.localAddress());
    }

    @Test
    void connectingAgainTellsOfTheSuccessOnceAndThenEISCONN() throws Exception {
        StreamSocket listener = process.listener(INET);
        StreamSocket client = process.connect(listener.localAddress());

        assertThat(errnoOf(() -> client.connect(listener.localAddress()))).isNull();
        assertThat(errnoOf(() -> client.connect(listener.localAddress()))).isEqualTo(Errno.EISCONN);
    }

    @Test
    void anAcceptedSocketIsConnected() throws Exception {
        StreamSocket accepted = process.conversation(INET).socket();

        assertThat(errnoOf(() -> accepted.connect(loopback(INET, 1)))).isEqualTo(Errno.EISCONN);
    }

    @Test
    void whileItGoesOnItIsEALREADYAndWouldBlock() throws Exception {
        StreamSocket client = connecting(INET);

        assertThat(errnoOf(() -> client.connect(loopback(INET, 1)))).isEqualTo(Errno.EALREADY);
        assertThat(client.recv(ByteBuffer.allocate(1), 0)).isEqualTo(OpenFile.WOULD_BLOCK);
        assertThat(client.send(bytes("x"), 0)).isEqualTo(OpenFile.WOULD_BLOCK);
        assertThat(errnoOf(client::remoteAddress)).isEqualTo(Errno.ENOTCONN);
        assertThat(client.takeError()).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void aRefusalIsToldOnceBySoError(Family family) throws Exception {
        StreamSocket client = refused(family);

        assertThat(client.takeError()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(client.takeError()).isNull();
    }

    @Test
    void aRefusalIsToldByConnect() throws Exception {
        StreamSocket client = refused(INET);

        assertThat(errnoOf(() -> client.connect(loopback(INET, 1)))).isEqualTo(Errno.ECONNREFUSED);
        assertThat(client.takeError()).isNull();
    }

    @Test
    void aRefusalIsToldByRecvAndThenTheFileEnds() throws Exception {
        StreamSocket client = refused(INET);

        assertThat(errnoOf(() -> client.recv(ByteBuffer.allocate(1), 0))).isEqualTo(Errno.ECONNREFUSED);
        assertThat(client.recv(ByteBuffer.allocate(1), 0)).isZero();
    }

    @Test
    void aRefusalIsToldBySendAndThenThePipeIsBroken() throws Exception {
        StreamSocket client = refused(INET);

        assertThat(errnoOf(() -> client.send(bytes("x"), 0))).isEqualTo(Errno.ECONNREFUSED);
        assertThat(errnoOf(() -> client.send(bytes("x"), 0))).isEqualTo(Errno.EPIPE);
    }

    /** tcp(7) sockets that were refused may be connected again, which a SocketChannel may not. */
    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void afterARefusalItMayBeTriedAgain(Family family) throws Exception {
        StreamSocket client = refused(family);
        assertThat(errnoOf(() -> client.connect(loopback(family, 1)))).isEqualTo(Errno.ECONNREFUSED);

        talkTo(process.listener(family), client);
    }

    @Test
    void afterSoErrorWasReadConnectIsAborted() throws Exception {
        StreamSocket client = refused(INET);
        assertThat(client.takeError()).isEqualTo(Errno.ECONNREFUSED);

        assertThat(errnoOf(() -> client.connect(loopback(INET, 1)))).isEqualTo(Errno.ECONNABORTED);
        talkTo(process.listener(INET), client);
    }

    @Test
    void aRefusedSocketKeepsItsLocalAddressAndOptions() throws Exception {
        StreamSocket client = process.socket(INET);
        client.setOption(Option.TCP_NODELAY, 1);
        client.setOption(Option.TCP_KEEPIDLE, 77);
        InetSocketAddress local = TestProcess.bindToGivenPort(client);
        refuse(client);
        assertThat(errnoOf(() -> client.connect(loopback(INET, 1)))).isEqualTo(Errno.ECONNREFUSED);

        assertThat(client.localAddress()).isEqualTo(local);
        assertThat(client.option(Option.TCP_NODELAY)).isOne();
        assertThat(client.option(Option.TCP_KEEPIDLE)).isEqualTo(77);
        StreamSocket listener = process.listener(INET);
        talkTo(listener, client);
        assertThat(client.localAddress()).isEqualTo(local);
    }

    /** The JDK keeps a channel's port until every selector that knew it has run once more. */
    @Test
    void aRefusedSocketKeepsItsLocalAddressWhenPollersWatchIt() throws Exception {
        Epoll idle = process.open(new Epoll());
        Epoll busy = process.open(new Epoll());
        StreamSocket client = process.socket(INET);
        InetSocketAddress local = TestProcess.bindToGivenPort(client);
        idle.add(process.descriptor(client), client, Events.OUT);
        busy.add(process.descriptor(client), client, Events.OUT);
        StreamSocket pending = fullListener();
        InetSocketAddress address = pending.localAddress();
        assertThat(errnoOf(() -> client.connect(address))).isEqualTo(Errno.EINPROGRESS);
        idle.await(0, 1, (d, e) -> {});
        process.close(pending);

        assertThat(busy.await(TestProcess.PATIENCE_NANOS, 1, (d, e) -> {})).isOne();
        assertThat(client.takeError()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(errnoOf(() -> client.connect(address))).isEqualTo(Errno.ECONNABORTED);
        talkTo(process.listener(INET), client);
        assertThat(client.localAddress()).isEqualTo(local);
    }

    @Test
    void aRefusedSocketGivesUpAPortThatTheKernelChose() throws Exception {
        StreamSocket client = process.socket(INET);
        client.bind(loopback(INET, 0));
        InetSocketAddress local = client.localAddress();
        refuse(client);
        StreamSocket other = process.socket(INET);
        assertThat(errnoOf(() -> other.bind(local))).isNull();

        assertThat(errnoOf(() -> client.connect(local))).isEqualTo(Errno.ECONNREFUSED);
        talkTo(process.listener(INET), client);
        assertThat(client.localAddress().getAddress()).isEqualTo(local.getAddress());
        assertThat(client.localAddress()).isNotEqualTo(local);
    }

    @Test
    void aRefusedSocketMayBeBoundAgainIfTheKernelChoseItsPort() throws Exception {
        StreamSocket chosen = process.socket(INET);
        chosen.bind(loopback(INET, 0));
        refuse(chosen);
        InetSocketAddress next = TestProcess.bindToGivenPort(chosen);
        assertThat(chosen.localAddress()).isEqualTo(next);

        StreamSocket given = process.socket(INET);
        TestProcess.bindToGivenPort(given);
        refuse(given);
        assertThat(errnoOf(() -> given.bind(loopback(INET, 0)))).isEqualTo(Errno.EINVAL);
    }

    /** connect(2) to INADDR_ANY is connect to the machine itself. */
    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void theWildcardIsTheMachineItself(Family family) throws Exception {
        StreamSocket listener = process.listener(family);
        InetAddress wildcard = address(family == INET ? "0.0.0.0" : "::");

        StreamSocket client = process.connect(
                new InetSocketAddress(wildcard, listener.localAddress().getPort()));

        assertThat(client.remoteAddress()).isEqualTo(listener.localAddress());
    }

    @Test
    void anAddressOfTheOtherFamilyIsEAFNOSUPPORTAndHarmless() throws Exception {
        StreamSocket client = process.socket(INET);

        assertThat(errnoOf(() -> client.connect(loopback(INET6, 1)))).isEqualTo(Errno.EAFNOSUPPORT);
        talkTo(process.listener(INET), client);
    }

    @Test
    void anIPv6SocketConnectsToIPv4() throws Exception {
        StreamSocket listener = process.listener(INET);
        StreamSocket client = process.socket(INET6);
        assertThat(errnoOf(() -> client.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);
        process.await(client, Events.OUT);

        assertThat(Names.text(client.remoteAddress().getAddress(), client.family()))
                .isEqualTo("::ffff:127.0.0.1");
    }

    @Test
    void aBoundSocketConnectsFromItsAddress() throws Exception {
        StreamSocket listener = process.listener(INET);
        StreamSocket client = process.socket(INET);
        client.bind(loopback(INET, 0));
        InetSocketAddress local = client.localAddress();
        assertThat(errnoOf(() -> client.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);

        assertThat(process.accept(listener).remoteAddress()).isEqualTo(local);
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void aSocketBoundToTheWildcardHasARealAddressOnceConnected(Family family) throws Exception {
        StreamSocket listener = process.listener(family);
        StreamSocket client = process.socket(family);
        client.bind(new InetSocketAddress(address(family == INET ? "0.0.0.0" : "::"), 0));
        int port = client.localAddress().getPort();
        assertThat(errnoOf(() -> client.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);
        process.await(client, Events.OUT);

        assertThat(client.localAddress()).isEqualTo(loopback(family, port));
    }

    @Test
    void connectingAClosedSocketIsEBADF() throws Exception {
        StreamSocket client = process.socket(INET);
        process.close(client);

        assertThat(errnoOf(() -> client.connect(loopback(INET, 1)))).isEqualTo(Errno.EBADF);
    }

    @Test
    void whoNeverConnectedHasNoPeer() throws Exception {
        StreamSocket fresh = process.socket(INET);

        assertThat(errnoOf(fresh::remoteAddress)).isEqualTo(Errno.ENOTCONN);
        assertThat(errnoOf(() -> fresh.recv(ByteBuffer.allocate(1), 0))).isEqualTo(Errno.ENOTCONN);
        assertThat(errnoOf(() -> fresh.send(bytes("x"), 0))).isEqualTo(Errno.EPIPE);
        assertThat(fresh.takeError()).isNull();
    }

    @Test
    void aThousandRefusalsOfAWatchedSocketLeaveNoKernelDescriptor() throws Exception {
        Epoll epoll = process.open(new Epoll());
        StreamSocket client = process.socket(INET);
        epoll.add(process.descriptor(client), client, Events.OUT);
        InetSocketAddress nobody = nobody(INET);
        int before = 0;
        for (int i = 0; i < 1000; i++) {
            assertThat(errnoOf(() -> client.connect(nobody))).isEqualTo(Errno.EINPROGRESS);
            TestProcess.eventually().until(() -> epoll.await(0, 1, (d, e) -> {}) > 0);
            assertThat(errnoOf(() -> client.connect(nobody))).isEqualTo(Errno.ECONNREFUSED);
            before = i == 10 ? KernelDescriptors.now().total() : before;
        }

        assertThat(KernelDescriptors.now().total()).isEqualTo(before);
    }

    // ---------------------------------------------------------------- states

    /** A listener that lets nobody in any more, so that connects to it go on and on. */
    private StreamSocket fullListener() throws PosixException, IOException {
        StreamSocket listener = process.listener(INET, 1);
        process.peer(listener.localAddress());
        process.peer(listener.localAddress());
        return listener;
    }

    private StreamSocket connecting(Family family) throws PosixException, IOException {
        StreamSocket client = process.socket(family);
        InetSocketAddress address = fullListener().localAddress();
        assertThat(errnoOf(() -> client.connect(address))).isEqualTo(Errno.EINPROGRESS);
        return client;
    }

    /** An address where nobody listens. */
    private InetSocketAddress nobody(Family family) throws PosixException {
        StreamSocket listener = process.listener(family);
        InetSocketAddress address = listener.localAddress();
        process.close(listener);
        return address;
    }

    private void refuse(StreamSocket client) throws PosixException {
        InetSocketAddress nobody = nobody(client.family());
        assertThat(errnoOf(() -> client.connect(nobody))).isEqualTo(Errno.EINPROGRESS);
        process.await(client, Events.OUT);
    }

    private StreamSocket refused(Family family) throws PosixException {
        StreamSocket client = process.socket(family);
        refuse(client);
        return client;
    }

    private void talkTo(StreamSocket listener, StreamSocket client) throws PosixException {
        assertThat(errnoOf(() -> client.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);
        process.await(client, Events.OUT);
        assertThat(client.takeError()).isNull();
        StreamSocket accepted = process.accept(listener);
        client.send(bytes("hello"), 0);
        assertThat(process.receive(accepted, 5)).isEqualTo("hello");
        accepted.send(bytes("there"), 0);
        assertThat(process.receive(client, 5)).isEqualTo("there");
    }
}
