package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Events.ERR;
import static org.euryale.posix.Events.HUP;
import static org.euryale.posix.Events.IN;
import static org.euryale.posix.Events.OUT;
import static org.euryale.posix.Events.RDHUP;
import static org.euryale.posix.Events.RDNORM;
import static org.euryale.posix.Events.WRNORM;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;
import static org.euryale.posix.TestProcess.loopback;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.euryale.posix.TestProcess.Conversation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What poll(2) and epoll(7) say of a socket in each of its states. The masks are Linux's, measured with poll(2). */
@Timeout(60)
@ParameterizedClass
@EnumSource
class ReadinessTest {
    private static final int ALL = IN | OUT | RDHUP;

    /** The two calls that tell one event from another. */
    enum Call {
        POLL,
        EPOLL
    }

    @RegisterExtension
    final TestProcess process = new TestProcess();

    private final Call call;

    ReadinessTest(Call call) {
        this.call = call;
    }

    // ---------------------------------------------------------------- without a connection

    @Test
    void aFreshSocketIsWritableAndHungUp() throws Exception {
        StreamSocket fresh = process.socket(INET);

        assertThat(events(fresh, ALL)).isEqualTo(OUT | HUP);
        assertThat(events(fresh, 0)).isEqualTo(HUP);
    }

    @Test
    void aBoundSocketIsWritableAndHungUp() throws Exception {
        StreamSocket bound = process.socket(INET);
        bound.bind(loopback(INET, 0));

        assertThat(events(bound, ALL)).isEqualTo(OUT | HUP);
    }

    @Test
    void aFreshSocketThatWasShutIsAtItsEnd() throws Exception {
        StreamSocket fresh = process.socket(INET);
        assertThat(errnoOf(() -> fresh.shutdown(true, true))).isEqualTo(Errno.ENOTCONN);

        assertThat(events(fresh, ALL)).isEqualTo(IN | OUT | HUP | RDHUP);
    }

    @Test
    void aListenerIsReadableWhileSomebodyWaits() throws Exception {
        StreamSocket listener = process.listener(INET);
        assertThat(events(listener, ALL)).isZero();

        process.peer(listener.localAddress());
        becomes(listener, ALL, IN);
        process.accept(listener);
        assertThat(events(listener, ALL)).isZero();
    }

    @Test
    void aListenerThatWasShutIsHungUp() throws Exception {
        StreamSocket listener = process.listener(INET);
        listener.shutdown(true, false);
        assertThat(events(listener, ALL)).isEqualTo(OUT | HUP);

        listener.listen(1);
        assertThat(events(listener, ALL)).isZero();
    }

    // ---------------------------------------------------------------- connecting

    @Test
    void aConnectThatGoesOnIsNothing() throws Exception {
        assertThat(events(connecting(), ALL)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void anEstablishedConnectionIsWritable(Family family) throws Exception {
        StreamSocket listener = process.listener(family);
        StreamSocket client = process.socket(family);
        assertThat(errnoOf(() -> client.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);

        becomes(client, ALL, OUT);
    }

    @Test
    void whoAsksOnlyToReadIsNotToldOfTheConnection() throws Exception {
        StreamSocket listener = process.listener(INET);
        StreamSocket client = process.socket(INET);
        assertThat(errnoOf(() -> client.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);
        process.accept(listener).send(bytes("x"), 0);

        becomes(client, IN, IN);
        assertThat(client.recv(ByteBuffer.allocate(1), 0)).isOne();
        assertThat(events(client, IN)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void aRefusedConnectionIsEverything(Family family) throws Exception {
        StreamSocket client = refused(family);

        becomes(client, ALL, IN | OUT | ERR | HUP | RDHUP);
        assertThat(events(client, 0)).isEqualTo(ERR | HUP);
        assertThat(client.takeError()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(events(client, ALL)).isEqualTo(IN | OUT | HUP | RDHUP);
        assertThat(errnoOf(() -> client.connect(loopback(family, 1)))).isEqualTo(Errno.ECONNABORTED);
    }

    // ---------------------------------------------------------------- connected

    @Test
    void anIdleConnectionIsWritable() throws Exception {
        Conversation talk = process.conversation(INET);

        assertThat(events(talk.socket(), ALL)).isEqualTo(OUT);
        assertThat(events(talk.socket(), IN)).isZero();
        assertThat(events(talk.socket(), 0)).isZero();
    }

    @Test
    void bytesAreReadable() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("x"));

        becomes(talk.socket(), ALL, IN | OUT);
        assertThat(events(talk.socket(), 0)).isZero();
        assertThat(events(talk.socket(), OUT)).isEqualTo(OUT);
        assertThat(process.receive(talk.socket(), 1)).isEqualTo("x");
        assertThat(events(talk.socket(), ALL)).isEqualTo(OUT);
    }

    @Test
    void theOlderNamesAreReportedToWhoAsksByThem() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("x"));

        becomes(talk.socket(), RDNORM | WRNORM, RDNORM | WRNORM);
        assertThat(events(talk.socket(), IN | RDNORM)).isEqualTo(IN | RDNORM);
    }

    @Test
    void aFullPipeIsNotWritable() throws Exception {
        Conversation talk = process.conversation(INET);
        TestProcess.fill(talk.socket());
        assertThat(events(talk.socket(), ALL)).isZero();

        ByteBuffer drain = ByteBuffer.allocate(16 * 1024 * 1024);
        talk.peer().configureBlocking(false);
        TestProcess.eventually().until(() -> talk.peer().read(drain.clear()) >= 0 && events(talk.socket(), OUT) == OUT);
    }

    @Test
    void aPeersFinIsReadable() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().shutdownOutput();

        becomes(talk.socket(), ALL, IN | OUT | RDHUP);
        assertThat(events(talk.socket(), IN)).isEqualTo(IN);
        assertThat(events(talk.socket(), RDHUP)).isEqualTo(RDHUP);
        assertThat(events(talk.socket(), 0)).isZero();
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isZero();
        assertThat(events(talk.socket(), ALL)).isEqualTo(IN | OUT | RDHUP);
    }

    @Test
    void aFinThatNobodyAskedForIsNotToldUntilBothSidesHaveShut() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().shutdownOutput();
        becomes(talk.socket(), RDHUP, RDHUP);
        talk.socket().shutdown(false, true);

        becomes(talk.socket(), 0, HUP);
    }

    @Test
    void bothSidesShutIsHungUp() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.socket().shutdown(false, true);
        assertThat(events(talk.socket(), ALL)).isEqualTo(OUT);
        talk.peer().shutdownOutput();

        becomes(talk.socket(), ALL, IN | OUT | HUP | RDHUP);
        becomes(talk.socket(), 0, HUP);
    }

    @ParameterizedTest
    @CsvSource({"true, false, 8197", "false, true, 4", "true, true, 8213"})
    void ownShutdownIsSeen(boolean reading, boolean writing, int mask) throws Exception {
        StreamSocket socket = process.conversation(INET).socket();
        socket.shutdown(reading, writing);

        assertThat(events(socket, ALL)).isEqualTo(mask);
    }

    @Test
    void aResetIsEverythingAndAnError() throws Exception {
        Conversation talk = process.conversation(INET);
        TestProcess.reset(talk.peer());

        becomes(talk.socket(), ALL, IN | OUT | ERR | HUP | RDHUP);
        assertThat(events(talk.socket(), 0)).isEqualTo(ERR | HUP);
        assertThat(talk.socket().takeError()).isEqualTo(Errno.ECONNRESET);
        assertThat(events(talk.socket(), ALL)).isEqualTo(IN | OUT | HUP | RDHUP);
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 24", "1, 25", "4, 28", "8192, 8216"})
    void aResetIsToldUnasked(int asked, int mask) throws Exception {
        Conversation talk = process.conversation(INET);
        TestProcess.reset(talk.peer());

        becomes(talk.socket(), asked, mask);
    }

    // ---------------------------------------------------------------- asking

    private int events(StreamSocket socket, int asked) throws PosixException {
        int[] found = {0};
        int descriptor = process.descriptor(socket);
        if (call == Call.POLL) {
            Poll poll = new Poll(process.table());
            poll.register(descriptor, asked);
            poll.poll(0, (d, events) -> found[0] |= events);
        } else {
            Epoll epoll = new Epoll();
            int number = process.table().add(epoll);
            epoll.add(descriptor, socket, asked);
            epoll.await(0, 10, (d, events) -> found[0] |= events);
            process.table().close(number);
        }
        return found[0];
    }

    private void becomes(StreamSocket socket, int asked, int expected) {
        TestProcess.eventually()
                .untilAsserted(() -> assertThat(events(socket, asked))
                        .as("events of those asked")
                        .isEqualTo(expected));
    }

    private StreamSocket connecting() throws PosixException, IOException {
        StreamSocket full = process.listener(INET, 1);
        process.peer(full.localAddress());
        process.peer(full.localAddress());
        StreamSocket client = process.socket(INET);
        assertThat(errnoOf(() -> client.connect(full.localAddress()))).isEqualTo(Errno.EINPROGRESS);
        return client;
    }

    private StreamSocket refused(Family family) throws PosixException {
        StreamSocket listener = process.listener(family);
        InetSocketAddress nobody = listener.localAddress();
        process.close(listener);
        StreamSocket client = process.socket(family);
        assertThat(errnoOf(() -> client.connect(nobody))).isEqualTo(Errno.EINPROGRESS);
        return client;
    }
}
