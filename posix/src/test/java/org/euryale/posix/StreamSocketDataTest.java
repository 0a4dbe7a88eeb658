package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;

import java.nio.ByteBuffer;
import java.util.List;
import org.euryale.posix.TestProcess.Conversation;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StreamSocketDataTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void bytesGoBothWays(Family family) throws Exception {
        Conversation talk = process.conversation(family);

        assertThat(talk.socket().send(bytes("hello"), 0)).isEqualTo(5);
        assertThat(TestProcess.read(talk.peer(), 5)).isEqualTo("hello");
        talk.peer().write(bytes("there"));
        assertThat(process.receive(talk.socket(), 5)).isEqualTo("there");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void heapAndDirectBuffersServe(boolean direct) throws Exception {
        Conversation talk = process.conversation(INET);
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(8) : ByteBuffer.allocate(8);
        talk.peer().write(bytes("abc"));
        process.await(talk.socket(), Events.IN);

        assertThat(talk.socket().recv(buffer, 0)).isEqualTo(3);
        assertThat(talk.socket().send(buffer.flip(), 0)).isEqualTo(3);
        assertThat(TestProcess.read(talk.peer(), 3)).isEqualTo("abc");
    }

    @Test
    void nothingToReadWouldBlock() throws Exception {
        StreamSocket socket = process.conversation(INET).socket();

        assertThat(socket.recv(ByteBuffer.allocate(1), 0)).isEqualTo(OpenFile.WOULD_BLOCK);
        assertThat(socket.recv(ByteBuffer.allocate(1), StreamSocket.MSG_PEEK)).isEqualTo(OpenFile.WOULD_BLOCK);
    }

    @Test
    void recvTakesWhatFits() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("abcdef"));

        assertThat(process.receive(talk.socket(), 2)).isEqualTo("ab");
        assertThat(process.receive(talk.socket(), 4)).isEqualTo("cdef");
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void theEndOfFileStays(Family family) throws Exception {
        Conversation talk = process.conversation(family);
        talk.peer().write(bytes("x"));
        talk.peer().shutdownOutput();

        assertThat(process.receive(talk.socket(), 10)).isEqualTo("x");
        for (int i = 0; i < 5; i++) {
            assertThat(talk.socket().recv(ByteBuffer.allocate(10), 0)).isZero();
            assertThat(talk.socket().recv(ByteBuffer.allocate(10), StreamSocket.MSG_PEEK))
                    .isZero();
        }
        talk.socket().send(bytes("still"), 0);
        assertThat(TestProcess.read(talk.peer(), 5)).isEqualTo("still");
    }

    @Test
    void aFullPipeTakesAPartAndThenWouldBlock() throws Exception {
        Conversation talk = process.conversation(INET);
        ByteBuffer big = ByteBuffer.allocate(64 * 1024 * 1024);

        int part = talk.socket().send(big, 0);

        assertThat(part).isPositive().isLessThan(big.capacity()).isEqualTo(big.position());
        TestProcess.fill(talk.socket());
        assertThat(talk.socket().send(bytes("x"), 0)).isEqualTo(OpenFile.WOULD_BLOCK);
    }

    @Test
    void sendingNothingIsNothing() throws Exception {
        Conversation talk = process.conversation(INET);
        assertThat(talk.socket().send(bytes(""), 0)).isZero();
        TestProcess.fill(talk.socket());

        assertThat(talk.socket().send(bytes(""), 0)).isZero();
    }

    @Test
    void whatWasSentArrivesInOrderThroughAFullPipe() throws Exception {
        Conversation talk = process.conversation(INET);
        int total = 8 * 1024 * 1024;
        Running<Integer> reader = process.start(() -> {
            ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
            int next = 0;
            while (talk.peer().read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining() && buffer.get() == (byte) ((next * 31) >> 3)) {
                    next++;
                }
                assertThat(buffer.hasRemaining()).as("wrong at %s", next).isFalse();
                buffer.clear();
            }
            return next;
        });
        byte[] data = new byte[total];
        for (int i = 0; i < total; i++) {
            data[i] = (byte) ((i * 31) >> 3);
        }
        ByteBuffer from = ByteBuffer.wrap(data);
        while (from.hasRemaining()) {
            if (talk.socket().send(from, 0) == OpenFile.WOULD_BLOCK) {
                process.await(talk.socket(), Events.OUT);
            }
        }
        talk.socket().shutdown(false, true);

        assertThat(reader.result()).isEqualTo(total);
    }

    @Test
    void aResetIsToldOnceAndThenTheFileEnds() throws Exception {
        Conversation talk = process.conversation(INET);
        TestProcess.reset(talk.peer());
        process.await(talk.socket(), Events.IN);

        assertThat(errnoOf(() -> talk.socket().recv(ByteBuffer.allocate(1), 0))).isEqualTo(Errno.ECONNRESET);
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isZero();
        assertThat(errnoOf(() -> talk.socket().send(bytes("x"), 0))).isEqualTo(Errno.EPIPE);
        assertThat(talk.socket().takeError()).isNull();
        assertThat(errnoOf(talk.socket()::remoteAddress)).isEqualTo(Errno.ENOTCONN);
    }

    @Test
    void aResetIsToldBySendWhenThatIsFirst() throws Exception {
        Conversation talk = process.conversation(INET);
        TestProcess.reset(talk.peer());
        process.await(talk.socket(), Events.IN);

        assertThat(errnoOf(() -> talk.socket().send(bytes("x"), 0))).isEqualTo(Errno.ECONNRESET);
        assertThat(errnoOf(() -> talk.socket().send(bytes("x"), 0))).isEqualTo(Errno.EPIPE);
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isZero();
    }

    @Test
    void aResetIsToldBySoErrorWhenThatIsFirst() throws Exception {
        Conversation talk = process.conversation(INET);
        TestProcess.reset(talk.peer());
        process.await(talk.socket(), Events.IN);

        assertThat(talk.socket().takeError()).isEqualTo(Errno.ECONNRESET);
        assertThat(talk.socket().takeError()).isNull();
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isZero();
    }

    @Test
    void bytesBeforeAResetAreDelivered() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("before"));
        process.await(talk.socket(), Events.IN);
        TestProcess.reset(talk.peer());

        assertThat(process.receive(talk.socket(), 6)).isEqualTo("before");
        TestProcess.eventually()
                .until(() -> errnoOf(() -> talk.socket().recv(ByteBuffer.allocate(1), 0)) == Errno.ECONNRESET);
    }

    /** A server answers and closes while its client still sends: the client's send fails, the answer is there. */
    @Test
    void bytesBeforeAResetAreDeliveredAfterASendFailed() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("answer"));
        process.await(talk.socket(), Events.IN);
        TestProcess.reset(talk.peer());
        TestProcess.eventually().until(() -> errnoOf(() -> talk.socket().send(bytes("x"), 0)) == Errno.ECONNRESET);
        assertThat(errnoOf(() -> talk.socket().send(bytes("x"), 0))).isEqualTo(Errno.EPIPE);

        assertThat(process.receive(talk.socket(), 100)).isEqualTo("answer");
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isZero();
    }

    /** The same when the peer has said FIN before. */
    @Test
    void bytesBeforeAFinAreDeliveredAfterASendFailed() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("answer"));
        talk.peer().close();
        process.await(talk.socket(), Events.IN);
        TestProcess.eventually().until(() -> errnoOf(() -> talk.socket().send(bytes("x"), 0)) == Errno.EPIPE);

        assertThat(process.receive(talk.socket(), 100)).isEqualTo("answer");
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isZero();
    }

    @Test
    void lingerOfZeroResetsThePeer() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.socket().setOption(Option.SO_LINGER, 0);
        process.close(talk.socket());

        assertThat(readError(talk)).isEqualTo("Connection reset");
    }

    @Test
    void closingWithUnreadBytesResetsThePeer() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("unread"));
        process.await(talk.socket(), Events.IN);
        process.close(talk.socket());

        assertThat(readError(talk)).isEqualTo("Connection reset");
    }

    @Test
    void closingWithoutUnreadBytesEndsThePeersFile() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.socket().send(bytes("bye"), 0);
        process.close(talk.socket());

        assertThat(TestProcess.read(talk.peer(), 100)).isEqualTo("bye");
    }

    @Test
    void urgentDataIsRefused() throws Exception {
        StreamSocket socket = process.conversation(INET).socket();

        assertThat(errnoOf(() -> socket.send(bytes("!"), StreamSocket.MSG_OOB))).isEqualTo(Errno.EOPNOTSUPP);
        assertThat(errnoOf(() -> socket.recv(ByteBuffer.allocate(1), StreamSocket.MSG_OOB)))
                .isEqualTo(Errno.EOPNOTSUPP);
    }

    @Test
    void aClosedSocketIsEBADF() throws Exception {
        StreamSocket socket = process.conversation(INET).socket();
        process.close(socket);

        assertThat(errnoOf(() -> socket.recv(ByteBuffer.allocate(1), 0))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> socket.send(bytes("x"), 0))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(socket::remoteAddress)).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(socket::takeError)).isEqualTo(Errno.EBADF);
    }

    @Test
    void threadsThatReadOneSocketShareItsBytes() throws Exception {
        Conversation talk = process.conversation(INET);
        int total = 2 * 1024 * 1024;
        List<Running<Long>> readers = process.startTogether(3, () -> {
            ByteBuffer buffer = ByteBuffer.allocate(10_000);
            long sum = 0;
            int count;
            while ((count = talk.socket().recv(buffer.clear(), 0)) != 0) {
                if (count == OpenFile.WOULD_BLOCK) {
                    process.await(talk.socket(), Events.IN);
                } else {
                    sum += count;
                }
            }
            return sum;
        });
        ByteBuffer all = ByteBuffer.allocate(total);
        while (all.hasRemaining()) {
            talk.peer().write(all);
        }
        talk.peer().shutdownOutput();

        long sum = 0;
        for (Running<Long> reader : readers) {
            sum += reader.result();
        }
        assertThat(sum).isEqualTo(total);
    }

    private static String readError(Conversation talk) {
        try {
            return "read " + talk.peer().read(ByteBuffer.allocate(1));
        } catch (java.io.IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
