package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Family.INET;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.euryale.posix.TestProcess.Conversation;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TCP's own window is the backpressure: what a program does not read stays in the kernel and with the sender. */
@Timeout(60)
class BackpressureTest {
    private static final long SENT = 300L * 1024 * 1024;
    private static final long MEBIBYTE = 1024 * 1024;

    @RegisterExtension
    final TestProcess process = new TestProcess();

    /** What the program does while it does not read. */
    enum Idleness {
        NOTHING,
        WAITS_FOR_HANG_UP,
        SELECTS_EXCEPTIONS,
        PEEKS
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatSendsToWhoDoesNotReadStalls(Idleness idleness) throws Exception {
        Conversation talk = process.conversation(INET);
        long before = memory();
        AtomicLong sent = new AtomicLong();
        Running<Long> sender = sender(talk, sent);

        stalls(talk.socket(), idleness, sent);

        assertThat(sent).hasValueLessThan(SENT / 2);
        assertThat(memory() - before).as("bytes of heap and direct memory").isLessThan(MEBIBYTE);
        process.close(talk.socket());
        assertThat(sender.result()).as("the sender was cut off").isLessThan(SENT);
    }

    @Test
    void nothingIsLostWhenTheReaderComesBack() throws Exception {
        Conversation talk = process.conversation(INET);
        AtomicLong sent = new AtomicLong();
        Running<Long> sender = sender(talk, sent);
        stalls(talk.socket(), Idleness.WAITS_FOR_HANG_UP, sent);

        ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
        long received = 0;
        int count;
        while ((count = talk.socket().recv(buffer.clear(), 0)) != 0) {
            if (count == OpenFile.WOULD_BLOCK) {
                process.await(talk.socket(), Events.IN);
            } else {
                received += count;
            }
        }

        assertThat(received).isEqualTo(SENT);
        assertThat(sender.result()).isEqualTo(SENT);
    }

    /** Sends all it has, unless it is cut off; how much it sent. */
    private Running<Long> sender(Conversation talk, AtomicLong sent) {
        return process.start(() -> {
            ByteBuffer chunk = ByteBuffer.allocateDirect(256 * 1024);
            try {
                while (sent.get() < SENT) {
                    chunk.clear().limit((int) Math.min(chunk.capacity(), SENT - sent.get()));
                    sent.addAndGet(talk.peer().write(chunk));
                }
                talk.peer().shutdownOutput();
            } catch (java.io.IOException e) {
                return sent.get();
            }
            return sent.get();
        });
    }

    /** Returns when nothing more has been sent in fifty looks, during which the program is idle in its way. */
    private void stalls(StreamSocket socket, Idleness idleness, AtomicLong sent) throws Exception {
        StreamSocket silent = process.listener(INET);
        long last = -1;
        ByteBuffer peeked = ByteBuffer.allocate(1000);
        for (int same = 0; same < 50; ) {
            long now = sent.get();
            same = now == last && now > 0 ? same + 1 : 0;
            last = now;
            switch (idleness) {
                case NOTHING, PEEKS ->
                    assertThat(process.table().pollers().await(silent, Events.IN, 2_000_000))
                            .isFalse();
                case WAITS_FOR_HANG_UP -> {
                    Poll poll = new Poll(process.table());
                    poll.register(process.descriptor(socket), 0);
                    assertThat(poll.poll(2_000_000, (d, e) -> {})).isZero();
                }
                case SELECTS_EXCEPTIONS -> {
                    int[] one = {process.descriptor(socket)};
                    assertThat(Select.select(process.table(), new int[0], new int[0], one, 2_000_000))
                            .isZero();
                }
            }
            if (idleness == Idleness.PEEKS) {
                socket.recv(peeked.clear(), StreamSocket.MSG_PEEK);
            }
        }
    }

    /** Heap and direct memory in use after a collection; the least of a few looks. */
    private static long memory() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
                used += pool.getMemoryUsed();
            }
            least = Math.min(least, used);
        }
        return least;
    }
}
