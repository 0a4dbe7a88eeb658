package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.StreamSocket.MSG_PEEK;
import static org.euryale.posix.TestProcess.bytes;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.euryale.posix.TestProcess.Conversation;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** MSG_PEEK, and the bytes that are taken early to see what follows them. */
@Timeout(60)
class ReadAheadTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    private String peek(StreamSocket socket, int size) throws PosixException {
        ByteBuffer buffer = ByteBuffer.allocate(size);
        process.await(socket, Events.IN);
        assertThat(socket.recv(buffer, MSG_PEEK)).isEqualTo(buffer.position());
        return TestProcess.text(buffer);
    }

    @Test
    void peekingLeavesTheBytes() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("abcdef"));

        assertThat(peek(talk.socket(), 2)).isEqualTo("ab");
        assertThat(peek(talk.socket(), 4)).isEqualTo("abcd");
        assertThat(peek(talk.socket(), 100)).isEqualTo("abcdef");
        assertThat(process.receive(talk.socket(), 3)).isEqualTo("abc");
        assertThat(peek(talk.socket(), 100)).isEqualTo("def");
        assertThat(process.receive(talk.socket(), 3)).isEqualTo("def");
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), MSG_PEEK)).isEqualTo(OpenFile.WOULD_BLOCK);
    }

    @Test
    void whatComesAfterThePeekFollowsInOrder() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("one"));
        assertThat(peek(talk.socket(), 10)).isEqualTo("one");
        talk.peer().write(bytes("two"));

        assertThat(process.receive(talk.socket(), 6)).isEqualTo("onetwo");
    }

    @Test
    void peekedBytesAreReadable() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("x"));
        peek(talk.socket(), 1);
        int descriptor = process.descriptor(talk.socket());
        int[] readable = {descriptor};

        assertThat(Select.select(process.table(), readable, new int[0], new int[0], 0))
                .isOne();
        process.receive(talk.socket(), 1);
        readable[0] = descriptor;
        assertThat(Select.select(process.table(), readable, new int[0], new int[0], 0))
                .isZero();
    }

    @Test
    void theEndBehindPeekedBytesComesAfterThem() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("last"));
        talk.peer().shutdownOutput();
        process.await(talk.socket(), Events.IN);
        assertThat(peek(talk.socket(), 100)).isEqualTo("last");

        assertThat(process.receive(talk.socket(), 100)).isEqualTo("last");
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), MSG_PEEK)).isZero();
    }

    @Test
    void theResetBehindPeekedBytesComesAfterThem() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("last"));
        assertThat(peek(talk.socket(), 100)).isEqualTo("last");
        TestProcess.reset(talk.peer());
        assertThat(peek(talk.socket(), 100)).isEqualTo("last");

        assertThat(process.receive(talk.socket(), 4)).isEqualTo("last");
        TestProcess.eventually()
                .until(() -> errnoOf(() -> talk.socket().recv(ByteBuffer.allocate(1), 0)) == Errno.ECONNRESET);
    }

    @Test
    void peekingAResetTellsOfIt() throws Exception {
        Conversation talk = process.conversation(INET);
        TestProcess.reset(talk.peer());
        process.await(talk.socket(), Events.IN);

        assertThat(errnoOf(() -> talk.socket().recv(ByteBuffer.allocate(1), MSG_PEEK)))
                .isEqualTo(Errno.ECONNRESET);
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), MSG_PEEK)).isZero();
    }

    /** More than the limit stays in the kernel, where TCP's window holds it back. */
    @Test
    void peekingSeesAtMostTheLimit() throws Exception {
        Conversation talk = process.conversation(INET);
        byte[] many = new byte[ReadAhead.LIMIT + 1000];
        ByteBuffer from = ByteBuffer.wrap(many);
        while (from.hasRemaining()) {
            talk.peer().write(from);
        }
        ByteBuffer into = ByteBuffer.allocate(many.length);
        TestProcess.eventually().until(() -> talk.socket().recv(into.clear(), MSG_PEEK) == ReadAhead.LIMIT);

        assertThat(process.receive(talk.socket(), many.length)).hasSize(many.length);
        assertThat(talk.socket().recv(into.clear(), 0)).isEqualTo(OpenFile.WOULD_BLOCK);
    }

    @Test
    void peekingNeverTakesBytesHoweverTheyArrive() throws Exception {
        Conversation talk = process.conversation(INET);
        int rounds = 5000;
        Running<Integer> echo = process.start(() -> {
            ByteBuffer one = ByteBuffer.allocate(1);
            for (int i = 0; i < rounds; i++) {
                one.clear().put((byte) i).flip();
                talk.peer().write(one);
                TestProcess.read(talk.peer(), 1);
            }
            return rounds;
        });
        ByteBuffer one = ByteBuffer.allocate(1);
        for (int i = 0; i < rounds; i++) {
            while (talk.socket().recv(one.clear(), MSG_PEEK) == OpenFile.WOULD_BLOCK) {
                Thread.onSpinWait();
            }
            assertThat(one.get(0)).isEqualTo((byte) i);
            assertThat(talk.socket().recv(one.clear(), 0))
                    .as("byte %s is still there", i)
                    .isOne();
            assertThat(one.get(0)).isEqualTo((byte) i);
            talk.socket().send(one.flip(), 0);
        }
        assertThat(echo.result()).isEqualTo(rounds);
    }

    @Test
    void threadsThatPeekAndReadSeeTheBytesInOrder() throws Exception {
        Conversation talk = process.conversation(INET);
        int total = 200_000;
        CountDownLatch peeking = new CountDownLatch(1);
        Running<Integer> peeker = process.start(() -> {
            ByteBuffer buffer = ByteBuffer.allocate(100);
            int peeks = 0;
            while (talk.socket().recv(buffer.clear(), MSG_PEEK) != 0) {
                peeks++;
                peeking.countDown();
            }
            return peeks;
        });
        Running<Integer> writer = process.start(() -> {
            peeking.await();
            ByteBuffer data = ByteBuffer.allocate(total);
            for (int i = 0; i < total; i++) {
                data.put((byte) (i / 3));
            }
            data.flip();
            while (data.hasRemaining()) {
                talk.peer().write(data.slice(data.position(), Math.min(500, data.remaining())));
                data.position(data.position() + Math.min(500, data.remaining()));
            }
            talk.peer().shutdownOutput();
            return total;
        });
        String all = process.receive(talk.socket(), total + 1);

        assertThat(writer.result()).isEqualTo(total);
        assertThat(all).hasSize(total);
        for (int i = 0; i < total; i++) {
            if ((byte) all.charAt(i) != (byte) (i / 3)) {
                throw new AssertionError("wrong at " + i);
            }
        }
        assertThat(peeker.result()).isPositive();
    }

    /**
     * A poller that looks for a reset takes bytes in; a thread that reads meanwhile must not overtake them. The others
     * keep the processors busy, so that the reader is stopped between any two of its steps.
     */
    @Test
    void whatAPollerTakesInIsNotOvertaken() throws Exception {
        Conversation talk = process.conversation(INET);
        int total = 1_500_000;
        AtomicBoolean over = new AtomicBoolean();
        process.startTogether(Runtime.getRuntime().availableProcessors(), () -> {
            while (!over.get()) {
                Thread.onSpinWait();
            }
            return total;
        });
        Running<Integer> poller = process.start(() -> {
            Epoll epoll = process.open(new Epoll());
            epoll.add(process.descriptor(talk.socket()), talk.socket(), 0);
            int[] found = {0};
            while (found[0] == 0) {
                epoll.await(TestProcess.PATIENCE_NANOS, 1, (d, events) -> found[0] = events);
            }
            return found[0];
        });
        Running<Integer> writer = process.start(() -> {
            ByteBuffer piece = ByteBuffer.allocate(5);
            for (int i = 0; i < total; i++) {
                piece.put((byte) i);
                if (!piece.hasRemaining()) {
                    talk.peer().write(piece.flip());
                    piece.clear();
                }
            }
            return total;
        });
        ByteBuffer into = ByteBuffer.allocate(7);
        for (int next = 0; next < total; ) {
            talk.socket().recv(into.clear(), 0); // without a wait, so that it meets the poller again and again
            into.flip();
            while (into.hasRemaining()) {
                if (into.get() != (byte) next) {
                    over.set(true);
                    throw new AssertionError("wrong at " + next);
                }
                next++;
            }
        }
        over.set(true);

        assertThat(writer.result()).isEqualTo(total);
        TestProcess.reset(talk.peer());
        assertThat(poller.result()).isEqualTo(Events.ERR | Events.HUP);
    }
}
