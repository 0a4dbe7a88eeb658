package org.euryale.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.euryale.posix.Errno;
import org.euryale.posix.OpenFlags;
import org.euryale.posix.PosixException;
import org.euryale.posix.RegularFile;
import org.euryale.reactor.TestHost.Conversation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StreamTransportTest {
    private static final String LARGE = "0123456789abcdef".repeat(512 * 1024); // 8 MiB, more than the kernel takes

    @RegisterExtension
    final TestHost host = new TestHost();

    @TempDir
    Path directory = Path.of("");

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
    void whatWasReceivedIsSentFromWhereItStands() throws Exception {
        String kept = "WHAT THE PROGRAM HAS";
        Conversation talk = host.conversation(new Recorder() {
            @Override
            void received(String message) {
                super.received(message);
                if (!message.equals("others")) {
                    host.reactor.received(kept);
                }
                for (int i = text.indexOf("twice") < 0 ? 1 : 2; i > 0; i--) {
                    transport().write(kept);
                }
            }
        });
        TestHost.send(talk.peer(), "what the program has");
        untilPeerHas(talk.peer(), kept.length());
        assertThat(atPeer.toString()).as("the reactor's buffer").isEqualTo("what the program has");
        TestHost.send(talk.peer(), "others");
        untilPeerHas(talk.peer(), 2 * kept.length());
        assertThat(atPeer.toString()).as("another read came between").endsWith("has" + kept);
        TestHost.send(talk.peer(), "received, sent twice");
        untilPeerHas(talk.peer(), 4 * kept.length());
        assertThat(atPeer.toString()).as("not alone").endsWith(kept + kept + kept);
    }

    @Test
    void aPeerThatDoesNotReadGetsWhatWasPassedOn() throws Exception {
        Conversation to = host.conversation(new Recorder());
        Conversation from = host.conversation(new Recorder() {
            @Override
            void received(String message) {
                super.received(message);
                host.reactor.received(message);
                to.transport().write(message);
            }
        });
        from.peer().configureBlocking(false);
        ByteBuffer left = ByteBuffer.wrap(LARGE.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        host.until(() -> {
            try {
                from.peer().write(left);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return from.handler().text.length() == LARGE.length();
        });
        assertThat(to.transport().pending()).isPositive();
        untilPeerHas(to.peer(), LARGE.length());
        assertThat(atPeer.toString()).isEqualTo(LARGE);
    }

    /** A descriptor of a file with the text. */
    private int file(String text) throws Exception {
        Path path = Files.createTempFile(directory, "part", ".txt");
        Files.writeString(path, text);
        return host.descriptors.add(new RegularFile(FileChannel.open(path), path, OpenFlags.O_RDONLY));
    }

    @Test
    void partsOfFilesAreSentInTheirOrder() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        int large = file("<" + LARGE + ">");
        int small = file("0123456789");
        talk.transport().write("begin ");
        talk.transport().writeFile(large, 1, LARGE.length());
        talk.transport().writeFile(small, 3, 4);
        talk.transport().write(" and ");
        talk.transport().writeFile(small, 0, 1);
        host.descriptors.close(large); // the transport has its own
        host.turn();
        assertThat(talk.transport().pending()).isPositive();
        untilPeerHas(talk.peer(), LARGE.length() + 16);
        assertThat(atPeer.toString()).isEqualTo("begin " + LARGE + "3456 and 0");
        assertThat(talk.handler().told).endsWith("drained").contains("full");
        host.descriptors.close(small);
        talk.transport().abort();
        host.turn();
        assertThat(host.descriptors.size()).isZero();
    }

    @Test
    void aFileThatHasBecomeShorterEndsTheConnection() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        int file = file("0123");
        talk.transport().writeFile(file, 0, 5);
        host.descriptors.close(file);
        untilPeerEnds(talk.peer());
        assertThat(atPeer.toString()).isEqualTo("0123");
        assertThat(talk.handler().told).containsExactly("lost LOST");
        assertThat(host.descriptors.size()).isZero();
    }

    @Test
    void partsOfFilesThatNobodyTakesAreClosed() throws Exception {
        Conversation talk = host.conversation(new Recorder());
        int file = file(LARGE);
        talk.transport().writeFile(file, 0, LARGE.length());
        talk.transport().writeFile(file, 0, LARGE.length());
        host.turn();
        talk.transport().abort();
        host.turn();
        talk.transport().writeFile(file, 0, 1);
        host.descriptors.close(file);
        assertThat(host.descriptors.size()).isZero();
        assertThatThrownBy(() -> talk.transport().writeFile(file, 0, 1))
                .isInstanceOfSatisfying(
                        PosixException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
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

    /** What a peer sends meanwhile stays in the kernel, until that takes no more of it. */
    @Test
    void aPeerIsHeldBackWhileNobodyReads() throws Exception {
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
