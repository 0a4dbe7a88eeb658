package org.euryale.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.euryale.posix.Errno;
import org.euryale.posix.PipeEnd;
import org.euryale.posix.PosixException;
import org.euryale.posix.StreamSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ReactorTest {
    @RegisterExtension
    final TestHost host = new TestHost();

    private final Reactor reactor = host.reactor;
    private final List<String> called = new ArrayList<>();

    @Test
    void haltEndsTheRunFromWithin() throws Exception {
        reactor.callSoon(() -> {
            called.add("halt");
            reactor.halt();
        });
        reactor.run();
        assertThat(called).containsExactly("halt");
    }

    @Test
    void callSoonWakesTheLoopFromAnotherThread() throws Exception {
        AtomicReference<Thread> in = new AtomicReference<>();
        CountDownLatch running = new CountDownLatch(1);
        reactor.callSoon(running::countDown);
        Thread other = new Thread(() -> {
            try {
                running.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            reactor.callSoon(() -> {
                in.set(Thread.currentThread());
                reactor.halt();
            });
        });
        other.start();
        reactor.run();
        other.join();
        assertThat(in.get()).isSameAs(Thread.currentThread());
    }

    @Test
    void callsFromManyThreadsAllComeInTheOrderOfEach() throws Exception {
        int threads = 4;
        int each = 2000;
        List<List<Integer>> seen = new ArrayList<>();
        int[] count = {0};
        for (int t = 0; t < threads; t++) {
            List<Integer> mine = new ArrayList<>();
            seen.add(mine);
            new Thread(() -> {
                        for (int i = 0; i < each; i++) {
                            int number = i;
                            reactor.callSoon(() -> {
                                mine.add(number);
                                if (++count[0] == threads * each) {
                                    reactor.halt();
                                }
                            });
                        }
                    })
                    .start();
        }
        reactor.run();
        for (List<Integer> mine : seen) {
            assertThat(mine).hasSize(each).isSorted();
        }
    }

    @Test
    void whatACallAsksForSoonIsTheNextTurns() throws Exception {
        reactor.callSoon(() -> reactor.callSoon(() -> called.add("next")));
        host.turn();
        assertThat(called).isEmpty();
        host.turn();
        assertThat(called).containsExactly("next");
    }

    @Test
    void whatACallThrowsIsReported() throws Exception {
        reactor.callSoon(() -> {
            throw new StackOverflowError();
        });
        reactor.callSoon(() -> called.add("other"));
        host.turn();
        assertThat(host.takeThrown()).isInstanceOf(StackOverflowError.class);
        assertThat(called).containsExactly("other");
    }

    @Test
    void anyFileIsWatched() throws Exception {
        PipeEnd.Ends pipe = PipeEnd.open();
        int read = host.descriptors.add(pipe.read());
        host.descriptors.add(pipe.write());
        FileWatch watch = new FileWatch(reactor, read, events -> called.add("readable"));
        watch.reading(true);
        host.turn();
        assertThat(called).isEmpty();
        pipe.write().write(java.nio.ByteBuffer.wrap(new byte[] {1}));
        host.until(() -> !called.isEmpty());
        int before = called.size();
        host.turn();
        assertThat(called).as("told again while it is").hasSizeGreaterThan(before);
        watch.reading(false);
        called.clear();
        host.turn();
        assertThat(called).isEmpty();
        assertThat(watch.isReading()).isFalse();
        watch.close();
    }

    @Test
    void acceptingGoesInBatches() throws Exception {
        StreamSocket listener = host.listener();
        int[] accepted = {0};
        StreamPort port = new StreamPort(reactor, listener, host.descriptorOf(listener), new StreamPort.Acceptor() {
            @Override
            public void accepted(StreamSocket socket, int descriptor) {
                accepted[0]++;
            }

            @Override
            public void exhausted(Errno errno) {
                throw new AssertionError(errno);
            }
        });
        int peers = 3 * StreamPort.BATCH;
        for (int i = 0; i < peers; i++) {
            host.peer(listener.localAddress());
        }
        port.resume();
        for (int batch = 1, expected = 1; expected < peers; batch = Math.min(2 * batch, StreamPort.BATCH)) {
            host.turn();
            assertThat(accepted[0]).isEqualTo(expected);
            expected = Math.min(peers, expected + Math.min(2 * batch, StreamPort.BATCH));
        }
        host.turn();
        assertThat(accepted[0]).isEqualTo(peers);
        port.pause();
        host.peer(listener.localAddress());
        host.turn();
        assertThat(accepted[0]).isEqualTo(peers);
        port.resume();
        host.until(() -> accepted[0] == peers + 1);
        port.close();
    }

    @Test
    void oneWhoseHandlerCannotBeMadeDoesNotEndTheAccepting() throws Exception {
        StreamSocket listener = host.listener();
        StreamPort port = new StreamPort(reactor, listener, host.descriptorOf(listener), new StreamPort.Acceptor() {
            @Override
            public void accepted(StreamSocket socket, int descriptor) {
                called.add("accepted");
                if (called.size() == 1) {
                    throw new IllegalStateException("mine");
                }
            }

            @Override
            public void exhausted(Errno errno) {
                throw new AssertionError(errno);
            }
        });
        port.resume();
        host.peer(listener.localAddress());
        host.peer(listener.localAddress());
        host.until(() -> called.size() == 2);
        assertThat(host.takeThrown()).hasMessage("mine");
    }

    @Test
    void aClosedDescriptorIsEbadf() {
        PosixException raised = org.junit.jupiter.api.Assertions.assertThrows(
                PosixException.class, () -> new FileWatch(reactor, 999, events -> {}));
        assertThat(raised.errno()).isEqualTo(Errno.EBADF);
    }
}
