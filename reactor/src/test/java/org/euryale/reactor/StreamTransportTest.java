package org.euryale.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.euryale.posix.PosixException;
import org.euryale.reactor.TestHost.Conversation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class StreamTransportTest {
    private static final String LARGE = "0123456789abcdef".repeat(512 * 1024); // 8 MiB, more than the kernel takes

    @RegisterExtension
    final TestHost host = new TestHost();

    private final StringBuilder atPeer = new StringBuilder();
    private boolean peerEnded;

    /** Turns until the peer has received so many bytes, and reads meanwhile. */
    private void untilPeerHas(SocketChannel peer, int count) throws PosixException {
        host.until(() -> {
            readAtPeer(peer);
            return atPeer.length() >= count;
        });
    }

    private void untilPeerEnds(SocketChannel peer) throws PosixException {
        host.until(() -> {
            readAtPeer(peer);
            return peerEnded;
        });
    }

    private void readAtPeer(SocketChannel peer) {
        try {
            String piece = TestHost.take(peer, 1 << 20);
            if (piece == null) {
                peerEnded = true;
            } else {
                atPeer.append(piece);
            }
        } catch (IOException e) {
            atPeer.append('<').append(e.getMessage()).append('>');
            peerEnded = true;
        }
    }

    @Test
    void whatComesIsToldAndWhatIsWrittenIsSent() throws Exception {
        Conversation talk = host.conversation(new Recorder() {
            @Override
            void received(String message) {
                super.received(message);
                transport().write(message.toUpperCase(java.util.Locale.ROOT));
            }
        });
        TestHost.send(talk.peer(), "hello");
        untilPeerHas(talk.peer(), 5);
        assertThat(atPeer.toString()).isEqualTo("HELLO");
        assertThat(talk.handler().told).containsExactly("drained");
    }

    @Test
    void whatOneCallWritesIsOnePiece() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        host.reactor.callSoon(() -> {
            for (String word : new String[] {"a", "bc", "", "def"}) {
                talk.transport().write(word);
            }
            assertThat(talk.transport().pending()).isEqualTo(6);
        });
        host.turn();
        assertThat(talk.transport().pending()).isZero();
        assertThat(talk.handler().told).as("one flush").containsExactly("drained");
        untilPeerHas(talk.peer(), 6);
        assertThat(atPeer.toString()).isEqualTo("abcdef");
    }

    @Test
    void whatTheKernelDoesNotTakeWaitsAndKeepsItsOrder() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        talk.transport().write(LARGE);
        talk.transport().write("end");
        host.turn();
        assertThat(talk.transport().pending()).isPositive();
        assertThat(talk.handler().told).as("above the mark, twice").containsExactly("full", "full");
        untilPeerHas(talk.peer(), LARGE.length() + 3);
        assertThat(atPeer.toString()).isEqualTo(LARGE + "end");
        assertThat(talk.handler().told).containsExactly("full", "full", "drained");
    }

    @Test
    void aFlushLeavesTheOthersTheirTurn() throws Exception {
        Conversation greedy = host.conversation(new Recorder() {
            @Override
            public boolean drained() {
                transport().write("x");
                return true;
            }
        });
        greedy.transport().write("x");
        host.turn();
        host.turn();
        assertThat(greedy.transport().pending())
                .as("is in hand for the next turn")
                .isEqualTo(1);
        greedy.transport().abort();
        host.turn();
    }

    @Test
    void loseSendsWhatWaits() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        talk.transport().write(LARGE);
        talk.transport().lose();
        untilPeerEnds(talk.peer());
        assertThat(atPeer.length()).isEqualTo(LARGE.length());
        assertThat(talk.handler().told).endsWith("lost DONE");
        assertThat(host.descriptors.size()).isZero();
    }

    @Test
    void whoLosesAConnectionReadsNoMore() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        talk.transport().write(LARGE);
        host.turn();
        talk.transport().lose();
        TestHost.send(talk.peer(), "too late");
        host.turn();
        host.turn();
        assertThat(talk.handler().told).doesNotContain("lost DONE");
        assertThat(talk.handler().text.toString()).isEmpty();
    }

    @Test
    void aConnectionThatIsLostIsNotToldSoInTheCallThatLosesIt() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        host.reactor.callSoon(() -> {
            talk.transport().lose();
            assertThat(talk.handler().told).isEmpty();
        });
        host.turn();
        assertThat(talk.handler().told).containsExactly("drained", "lost DONE");
        talk.transport().write("nobody gets it");
        talk.transport().lose();
        talk.transport().abort();
        host.turn();
        assertThat(talk.handler().told).containsExactly("drained", "lost DONE");
    }

    @Test
    void theProducerKeepsAConnectionThatIsToBeLost() throws Exception {
        boolean[] more = {true};
        Conversation talk = host.conversation(new Recorder() {
            @Override
            public boolean drained() {
                super.drained();
                return more[0];
            }
        });
        talk.transport().lose();
        host.turn();
        assertThat(talk.handler().told).containsExactly("drained");
        more[0] = false;
        talk.transport().startWriting();
        host.turn();
        assertThat(talk.handler().told).containsExactly("drained", "drained", "lost DONE");
    }

    @Test
    void thePeersEndIsTold() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        TestHost.send(talk.peer(), "bye");
        talk.peer().shutdownOutput();
        host.until(() -> talk.handler().told.contains("readEnded"));
        assertThat(talk.handler().text.toString()).isEqualTo("bye");
        assertThat(talk.transport().isReading()).isFalse();
        talk.transport().write("still here");
        untilPeerHas(talk.peer(), 10);
        talk.transport().lose();
        untilPeerEnds(talk.peer());
    }

    @Test
    void halfAConnectionGoesOnReading() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        talk.transport().write("last words");
        talk.transport().shutdownWrite();
        untilPeerEnds(talk.peer());
        assertThat(atPeer.toString()).isEqualTo("last words");
        assertThat(talk.handler().told).containsExactly("drained", "writeEnded");
        talk.transport().write("dropped");
        TestHost.send(talk.peer(), "answer");
        host.until(() -> talk.handler().text.length() == 6);
        assertThat(talk.transport().pending()).isZero();
    }

    @Test
    void aResetIsALoss() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        talk.peer().setOption(StandardSocketOptions.SO_LINGER, 0);
        talk.peer().close();
        host.until(() -> talk.handler().told.contains("lost LOST"));
        assertThat(host.descriptors.size()).isZero();
    }

    @Test
    void aResetWhileWritingIsALoss() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        talk.transport().pauseReading();
        talk.transport().write(LARGE);
        host.turn();
        talk.peer().setOption(StandardSocketOptions.SO_LINGER, 0);
        talk.peer().close();
        host.until(() -> talk.handler().told.contains("lost LOST"));
    }

    @Test
    void abortResets() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        talk.transport().write(LARGE);
        talk.transport().abort();
        talk.transport().abort();
        talk.transport().write("after it");
        talk.transport().lose();
        talk.transport().resumeReading();
        assertThat(talk.transport().pending()).isZero();
        assertThat(talk.handler().told).doesNotContain("lost ABORTED");
        host.turn();
        assertThat(talk.handler().told).contains("lost ABORTED");
        untilPeerEnds(talk.peer());
        assertThat(atPeer.toString()).contains("Connection reset");
    }

    @Test
    void aPausedTransportReadsNothing() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        talk.transport().pauseReading();
        TestHost.send(talk.peer(), "wait");
        host.turn();
        host.turn();
        assertThat(talk.handler().text.toString()).isEmpty();
        talk.transport().resumeReading();
        host.until(() -> talk.handler().text.length() == 4);
    }

    /** A peer that sends and never reads: what it is owed stays what it was when the producer was told to pause. */
    @Test
    void aPeerThatNeverReadsIsHeldBackByTcp() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        talk.transport().pauseReading();
        talk.peer().configureBlocking(false);
        ByteBuffer chunk = ByteBuffer.allocate(64 * 1024);
        int refused = 0;
        while (refused < 3) {
            chunk.clear();
            refused = talk.peer().write(chunk) == 0 ? refused + 1 : 0;
            host.turn();
        }
        assertThat(talk.handler().text.length()).isZero();
    }

    @Test
    void aHandlerThatThrowsEndsItsOwnConnectionOnly() throws Exception {
        Conversation bad = host.conversation(new Recorder() {
            @Override
            void received(String message) {
                throw new IllegalArgumentException(message);
            }
        });
        Conversation good = host.conversation(new Recorder());
        TestHost.send(bad.peer(), "boom");
        TestHost.send(good.peer(), "fine");
        host.until(
                () -> good.handler().text.length() == 4 && !bad.handler().told.isEmpty());
        assertThat(host.takeThrown()).hasMessage("boom");
        assertThat(bad.handler().told).containsExactly("lost RAISED");
        assertThat(good.handler().told).isEmpty();
    }

    @Test
    void aHandlerThatRecursesForEverEndsItsOwnConnection() throws Exception {
        Conversation bad = host.conversation(new Recorder() {
            @Override
            @SuppressWarnings("InfiniteRecursion") // what is tested
            void received(String message) {
                received(message + "x".repeat(10));
            }
        });
        TestHost.send(bad.peer(), "x");
        host.until(() -> !bad.handler().told.isEmpty());
        assertThat(host.takeThrown()).isInstanceOf(StackOverflowError.class);
        assertThat(bad.handler().told).containsExactly("lost RAISED");
    }

    @Test
    void anotherThreadsWritesAllArrive() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        int threads = 4;
        Thread[] writers = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            String word = String.valueOf((char) ('a' + t)).repeat(10);
            writers[t] = new Thread(() -> {
                for (int i = 0; i < 500; i++) {
                    talk.transport().write(word);
                }
            });
            writers[t].start();
        }
        untilPeerHas(talk.peer(), threads * 500 * 10);
        for (Thread writer : writers) {
            writer.join();
        }
        for (int i = 0; i < atPeer.length(); i += 10) {
            assertThat(atPeer.substring(i, i + 10).chars().distinct().count()).isEqualTo(1);
        }
    }

    /** The loop run from within a callback: what was found for others is told there, and nothing is told twice. */
    @Test
    void theLoopMayBeRunFromWithin() throws Exception {
        Recorder second = new Recorder();
        Conversation first = host.conversation(new Recorder() {
            @Override
            void received(String message) {
                super.received(message);
                try {
                    host.turn();
                } catch (PosixException e) {
                    throw new AssertionError(e);
                }
            }
        });
        Conversation other = host.conversation(second);
        TestHost.send(first.peer(), "1");
        TestHost.send(other.peer(), "2");
        host.until(() -> second.text.length() == 1 && first.handler().text.length() == 1);
        host.turn();
        assertThat(first.handler().text.toString()).isEqualTo("1");
        assertThat(second.text.toString()).isEqualTo("2");
    }

    @Test
    void closeTellsNobody() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        talk.transport().close(false);
        talk.transport().close(false);
        host.turn();
        assertThat(talk.handler().told).isEmpty();
        untilPeerEnds(talk.peer());
        assertThat(atPeer.toString()).isEmpty();
        assertThat(Objects.requireNonNull(talk.transport()).isOver()).isTrue();
    }

    @Test
    void aSharedSocketIsShutForAll() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        host.descriptors.dup(talk.transport().descriptor());
        talk.transport().close(false);
        untilPeerEnds(talk.peer());
        assertThat(host.descriptors.size()).isEqualTo(1);
    }
}
