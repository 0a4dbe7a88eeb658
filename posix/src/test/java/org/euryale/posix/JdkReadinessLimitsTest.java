package org.euryale.posix;

import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.euryale.posix.TestProcess.Conversation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a selector cannot tell, one test a fact; see {@link JdkLimitsTest}. */
@Timeout(60)
class JdkReadinessLimitsTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    @Test
    void anUrgentByteIsNeitherReceivedNorAnEvent() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().socket().sendUrgentData('!');
        talk.peer().write(bytes("x"));
        Poll poll = new Poll(process.table());
        poll.register(process.descriptor(talk.socket()), Events.IN | Events.PRI | Events.RDBAND);
        int[] found = {0};
        poll.poll(TestProcess.PATIENCE_NANOS, (descriptor, events) -> found[0] = events);

        assertThat(found[0]).as("POLLPRI is Linux's answer").isEqualTo(Events.IN);
        assertThat(process.receive(talk.socket(), 1)).isEqualTo("x");
    }

    @Test
    void aResetIsToldAsReadableFirst() throws Exception {
        Conversation talk = process.conversation(INET);
        Poll poll = new Poll(process.table());
        poll.register(process.descriptor(talk.socket()), Events.IN);
        TestProcess.reset(talk.peer());
        int[] found = {0};

        poll.poll(TestProcess.PATIENCE_NANOS, (descriptor, events) -> found[0] = events);
        assertThat(found[0]).as("ERR and HUP, too, is Linux's answer").isEqualTo(Events.IN);
        poll.poll(TestProcess.PATIENCE_NANOS, (descriptor, events) -> found[0] = events);
        assertThat(found[0]).isEqualTo(Events.IN | Events.ERR | Events.HUP);
        assertThat(errnoOf(() -> talk.socket().recv(ByteBuffer.allocate(1), 0))).isEqualTo(Errno.ECONNRESET);
    }

    @Test
    void aResetIsToldExactlyToWhoIsToldOnce() throws Exception {
        for (int flag : new int[] {Epoll.ET, Epoll.ONESHOT, Events.RDHUP}) {
            Conversation talk = process.conversation(INET);
            Epoll epoll = process.open(new Epoll());
            epoll.add(process.descriptor(talk.socket()), talk.socket(), Events.IN | flag);
            TestProcess.reset(talk.peer());
            int[] found = {0};

            assertThat(epoll.await(TestProcess.PATIENCE_NANOS, 1, (descriptor, events) -> found[0] = events))
                    .isOne();
            assertThat(found[0] & ~Events.RDHUP).isEqualTo(Events.IN | Events.ERR | Events.HUP);
        }
    }

    /** Linux says ERR, HUP and RDHUP beside IN; the selector's "readable" is the same as for bytes. */
    @Test
    void aResetBehindUnreadBytesLooksLikeBytes() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("unread"));
        process.await(talk.socket(), Events.IN);
        assertThat(readyOps(talk.socket())).isEqualTo(OP_READ | OP_WRITE);
        TestProcess.reset(talk.peer());
        TestProcess.eventually().until(() -> errnoOf(() -> talk.socket().send(bytes("x"), 0)) != null);

        assertThat(readyOps(talk.socket())).isEqualTo(OP_READ | OP_WRITE);
    }

    /** So the hang-up is told when the bytes are read; who asks only for hang-ups is told at once, within 64 KiB. */
    @Test
    void aResetBehindUnreadBytesIsToldWhenTheyAreRead() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("unread"));
        process.await(talk.socket(), Events.IN);
        TestProcess.reset(talk.peer());
        assertThat(events(talk.socket(), Events.IN)).isEqualTo(Events.IN);

        TestProcess.eventually().until(() -> events(talk.socket(), 0) == (Events.ERR | Events.HUP));
        assertThat(process.receive(talk.socket(), 6)).isEqualTo("unread");
    }

    @Test
    void aHangUpBehindMoreThanTheLimitIsNotTold() throws Exception {
        Conversation talk = process.conversation(INET);
        ByteBuffer many = ByteBuffer.allocate(ReadAhead.LIMIT + 1);
        while (many.hasRemaining()) {
            talk.peer().write(many);
        }
        talk.socket().shutdown(false, true);
        assertThat(TestProcess.read(talk.peer(), 1)).isEmpty();
        talk.peer().shutdownOutput();
        TestProcess.eventually()
                .until(() -> talk.socket().recv(ByteBuffer.allocate(many.capacity()), StreamSocket.MSG_PEEK)
                        == ReadAhead.LIMIT);
        assertThat(events(talk.socket(), 0)).as("HUP is Linux's answer").isZero();

        process.receive(talk.socket(), 2);
        TestProcess.eventually().until(() -> events(talk.socket(), 0) == Events.HUP);
    }

    /** Linux says ERR and HUP; read(2) says 0 for ever, and nothing else of java.nio tells of the reset. */
    @Test
    void aResetBehindTheEndOfFileIsNotSeen() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().shutdownOutput();
        process.await(talk.socket(), Events.IN);
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isZero();
        int before = readyOps(talk.socket());
        TestProcess.reset(talk.peer());

        assertThat(readyOps(talk.socket())).isEqualTo(before);
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isZero();
        assertThat(events(talk.socket(), Events.IN)).isEqualTo(Events.IN);
        TestProcess.eventually().until(() -> errnoOf(() -> talk.socket().send(bytes("x"), 0)) == Errno.EPIPE);
        assertThat(events(talk.socket(), Events.IN)).isEqualTo(Events.IN | Events.HUP);
    }

    @Test
    void anInterestInNothingHearsNoReset() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().configureBlocking(false);
        try (Selector selector = Selector.open()) {
            SelectionKey key = talk.peer().register(selector, 0);
            talk.socket().setOption(Option.SO_LINGER, 0);
            process.close(talk.socket());
            assertThat(selector.select(20)).isZero();
            key.interestOps(OP_READ);
            assertThat(selector.select(TestProcess.PATIENCE.toMillis())).isOne();
        }
    }

    /** An edge is made of level-triggered readiness: only using the file makes the next one (EPOLLET says more). */
    @Test
    void aSelectorIsLevelTriggered() throws Exception {
        Conversation talk = process.conversation(INET);
        Epoll epoll = process.open(new Epoll());
        epoll.add(process.descriptor(talk.socket()), talk.socket(), Events.IN | Epoll.ET);
        talk.peer().write(bytes("x"));
        assertThat(epoll.await(TestProcess.PATIENCE_NANOS, 1, (d, e) -> {})).isOne();
        assertThat(readyOps(talk.socket())).isEqualTo(OP_READ | OP_WRITE);
        assertThat(readyOps(talk.socket())).isEqualTo(OP_READ | OP_WRITE);

        talk.peer().write(bytes("y"));
        assertThat(epoll.await(20_000_000, 1, (d, e) -> {}))
                .as("Linux reports the new byte")
                .isZero();
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isOne();
        assertThat(epoll.await(0, 1, (d, e) -> {}))
                .as("Linux reports nothing, as nothing has come")
                .isOne();
    }

    @Test
    void aWaitOfMicrosecondsTakesAMillisecond() throws Exception {
        long[] waits = new long[11];
        for (int i = 0; i < waits.length; i++) {
            long start = System.nanoTime();
            assertThat(new Poll(process.table()).poll(50_000, (d, e) -> {})).isZero();
            waits[i] = System.nanoTime() - start;
        }
        Arrays.sort(waits);
        assertThat(waits[0]).isGreaterThanOrEqualTo(50_000);
        // The median: a wake-up that is left over, of a file that was closed meanwhile, may cut one short.
        assertThat(waits[waits.length / 2]).isGreaterThanOrEqualTo(1_000_000);
    }

    /** One key for a channel: dup()ed descriptors share it. */
    @Test
    void aSelectorHasOneKeyForAChannel() throws Exception {
        SocketChannel channel = process.conversation(INET).peer();
        channel.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            SelectionKey first = channel.register(selector, OP_READ);
            assertThat(channel.register(selector, OP_WRITE)).isSameAs(first);
            assertThat(first.interestOps()).isEqualTo(OP_WRITE);
        }
    }

    // ---------------------------------------------------------------- looking

    /** What a selector of its own says of the socket's channel at once. */
    private static int readyOps(StreamSocket socket) throws IOException {
        SelectableChannel channel = java.util.Objects.requireNonNull(socket.selectable());
        try (Selector selector = Selector.open()) {
            SelectionKey key = channel.register(selector, channel.validOps() & ~OP_CONNECT);
            selector.selectNow();
            return key.readyOps();
        }
    }

    private int events(StreamSocket socket, int asked) throws PosixException {
        Poll poll = new Poll(process.table());
        poll.register(process.descriptor(socket), asked);
        int[] found = {0};
        poll.poll(0, (descriptor, events) -> found[0] = events);
        return found[0];
    }
}
