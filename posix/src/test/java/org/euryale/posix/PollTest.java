package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Events.HUP;
import static org.euryale.posix.Events.IN;
import static org.euryale.posix.Events.NVAL;
import static org.euryale.posix.Events.OUT;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.euryale.posix.TestProcess.Conversation;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class PollTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    private final Poll poll = new Poll(process.table());

    private Map<Integer, Integer> poll(Poll list, long nanos) throws PosixException {
        Map<Integer, Integer> found = new TreeMap<>();
        int count = list.poll(nanos, (descriptor, events) -> found.merge(descriptor, events, Integer::sum));
        assertThat(count).isEqualTo(found.size());
        return found;
    }

    private Map<Integer, Integer> poll() throws PosixException {
        return poll(poll, 0);
    }

    private int register(OpenFile file, int events) {
        int descriptor = process.descriptor(file);
        poll.register(descriptor, events);
        return descriptor;
    }

    private StreamSocket readable() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("ab"));
        process.await(talk.socket(), IN);
        return talk.socket();
    }

    // ---------------------------------------------------------------- the list

    @Test
    void anEmptyListWaitsForItsTimeout() throws Exception {
        long start = System.nanoTime();

        assertThat(poll(poll, 20_000_000)).isEmpty();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
    }

    @Test
    void registeringAgainReplacesWhatIsAsked() throws Exception {
        StreamSocket socket = readable();
        int descriptor = register(socket, IN);
        assertThat(poll()).containsOnly(Map.entry(descriptor, IN));

        register(socket, OUT);
        assertThat(poll()).containsOnly(Map.entry(descriptor, OUT));
        register(socket, 0);
        assertThat(poll()).isEmpty();
        assertThat(poll.isRegistered(descriptor)).isTrue();
    }

    @Test
    void unregisteringForgets() throws Exception {
        StreamSocket socket = readable();
        int descriptor = register(socket, IN);
        assertThat(poll()).hasSize(1);

        assertThat(poll.unregister(descriptor)).isTrue();
        assertThat(poll()).isEmpty();
        assertThat(poll.isRegistered(descriptor)).isFalse();
        assertThat(poll.unregister(descriptor)).isFalse();
        register(socket, IN);
        assertThat(poll()).hasSize(1);
    }

    @Test
    void itReportsAsLongAsItHolds() throws Exception {
        StreamSocket socket = readable();
        int descriptor = register(socket, IN);
        for (int i = 0; i < 3; i++) {
            assertThat(poll()).containsOnly(Map.entry(descriptor, IN));
        }

        assertThat(socket.recv(ByteBuffer.allocate(2), 0)).isEqualTo(2);
        assertThat(poll()).isEmpty();
    }

    // ---------------------------------------------------------------- descriptors, not files

    @Test
    void whatIsNotOpenIsNVAL() throws Exception {
        poll.register(77, IN);
        poll.register(-1, IN);
        poll.register(0, 0);

        assertThat(poll()).containsOnly(Map.entry(-1, NVAL), Map.entry(0, NVAL), Map.entry(77, NVAL));
        assertThat(poll(poll, -1)).as("does not wait then").hasSize(3);
    }

    @Test
    void aClosedDescriptorIsNVALUntilItIsForgotten() throws Exception {
        StreamSocket socket = readable();
        int descriptor = register(socket, IN);
        assertThat(poll()).containsOnly(Map.entry(descriptor, IN));
        process.close(socket);

        assertThat(poll()).containsOnly(Map.entry(descriptor, NVAL));
        assertThat(poll()).containsOnly(Map.entry(descriptor, NVAL));
        poll.unregister(descriptor);
        assertThat(poll()).isEmpty();
    }

    @Test
    void othersAreReportedBesideNVAL() throws Exception {
        StreamSocket socket = process.socket(INET);
        int descriptor = register(socket, IN);
        int ready = register(readable(), IN);
        process.close(socket);

        assertThat(poll(poll, -1)).containsOnly(Map.entry(descriptor, NVAL), Map.entry(ready, IN));
    }

    @Test
    void aNumberThatIsGivenAgainIsTheNewFile() throws Exception {
        StreamSocket first = readable();
        int descriptor = register(first, IN);
        assertThat(poll()).containsOnly(Map.entry(descriptor, IN));
        process.close(first);
        StreamSocket second = process.socket(INET);
        assertThat(process.descriptor(second)).isEqualTo(descriptor);

        assertThat(poll()).containsOnly(Map.entry(descriptor, HUP));
    }

    @Test
    void aNumberThatIsGivenAgainAfterNVALIsTheNewFile() throws Exception {
        StreamSocket first = readable();
        int descriptor = register(first, IN);
        process.close(first);
        assertThat(poll()).containsOnly(Map.entry(descriptor, NVAL));
        assertThat(process.descriptor(process.socket(INET))).isEqualTo(descriptor);

        assertThat(poll()).containsOnly(Map.entry(descriptor, HUP));
    }

    @Test
    void aClosedCopyOfAnOpenFileIsNVAL() throws Exception {
        StreamSocket socket = readable();
        int descriptor = register(socket, IN);
        int copy = process.table().dup(descriptor);
        poll.register(copy, IN);
        assertThat(poll()).containsOnly(Map.entry(descriptor, IN), Map.entry(copy, IN));

        process.table().close(copy);
        assertThat(poll()).containsOnly(Map.entry(descriptor, IN), Map.entry(copy, NVAL));
    }

    @Test
    void dupedDescriptorsAskEachForTheirOwn() throws Exception {
        StreamSocket socket = readable();
        int reading = register(socket, IN);
        int writing = process.table().dup(reading);
        poll.register(writing, OUT);

        assertThat(poll()).containsOnly(Map.entry(reading, IN), Map.entry(writing, OUT));
        poll.register(reading, 0);
        assertThat(poll()).containsOnly(Map.entry(writing, OUT));
        poll.unregister(writing);
        poll.register(reading, IN);
        assertThat(poll()).containsOnly(Map.entry(reading, IN));
    }

    @Test
    void anEpollCannotBePolled() throws Exception {
        int ready = register(readable(), IN);
        int descriptor = register(process.open(new Epoll()), IN);
        assertThat(errnoOf(this::poll)).isEqualTo(Errno.EPERM);

        poll.unregister(descriptor);
        assertThat(poll()).containsOnly(Map.entry(ready, IN));
    }

    /** Two lists take turns with the registrations of the process; a failed call must not leave one half told. */
    @Test
    void afterAFailedCallTheListIsWholeAgain() throws Exception {
        int first = register(readable(), IN);
        int epoll = register(process.open(new Epoll()), IN);
        int last = register(readable(), IN);
        Poll other = new Poll(process.table());
        other.register(first, OUT);
        for (int i = 0; i < 3; i++) {
            assertThat(errnoOf(this::poll)).isEqualTo(Errno.EPERM);
            assertThat(poll(other, 0)).containsOnly(Map.entry(first, OUT));
        }
        assertThat(errnoOf(this::poll)).isEqualTo(Errno.EPERM);

        poll.unregister(epoll);
        assertThat(poll()).containsOnly(Map.entry(first, IN), Map.entry(last, IN));
    }

    // ---------------------------------------------------------------- many lists

    @Test
    void listsDoNotDisturbEachOther() throws Exception {
        StreamSocket socket = readable();
        int descriptor = process.descriptor(socket);
        Poll[] lists = new Poll[20];
        for (int i = 0; i < lists.length; i++) {
            lists[i] = new Poll(process.table());
            lists[i].register(descriptor, i % 2 == 0 ? IN : OUT);
        }
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < lists.length; i++) {
                assertThat(poll(lists[i], 0)).containsOnly(Map.entry(descriptor, i % 2 == 0 ? IN : OUT));
            }
        }
    }

    @Test
    void aListForEachCallWorks() throws Exception {
        StreamSocket one = readable();
        StreamSocket two = readable();
        for (int i = 0; i < 50; i++) {
            Poll list = new Poll(process.table());
            StreamSocket asked = i % 3 == 0 ? one : two;
            list.register(process.descriptor(asked), IN);
            assertThat(poll(list, 0)).containsOnly(Map.entry(process.descriptor(asked), IN));
        }
        assertThat(KernelDescriptors.now().epolls()).as("selectors in use").isLessThan(12);
    }

    @Test
    void threadsPollListsOfTheirOwn() throws Exception {
        Conversation talk = process.conversation(INET);
        int descriptor = process.descriptor(talk.socket());
        var threads = process.startTogether(12, () -> {
            Poll list = new Poll(process.table());
            list.register(descriptor, IN);
            return poll(list, TestProcess.PATIENCE_NANOS);
        });
        for (Running<Map<Integer, Integer>> thread : threads) {
            thread.whenWaiting();
        }
        talk.peer().write(bytes("x"));

        for (Running<Map<Integer, Integer>> thread : threads) {
            assertThat(thread.result()).containsOnly(Map.entry(descriptor, IN));
        }
    }

    @Test
    void anInterruptIsEINTRAndTheListGoesOn() throws Exception {
        Conversation talk = process.conversation(INET);
        int descriptor = register(talk.socket(), IN);
        Running<Errno> waiting = process.start(() -> {
            Errno error = errnoOf(() -> poll(poll, -1));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            return java.util.Objects.requireNonNull(error);
        });
        waiting.whenWaiting().thread().interrupt();

        assertThat(waiting.result()).isEqualTo(Errno.EINTR);
        talk.peer().write(bytes("x"));
        assertThat(poll(poll, TestProcess.PATIENCE_NANOS)).containsOnly(Map.entry(descriptor, IN));
    }

    @Test
    void theEndOfTheProcessWakesThoseWhoPoll() throws Exception {
        register(process.conversation(INET).socket(), IN);
        Running<Errno> waiting = process.start(() -> java.util.Objects.requireNonNull(errnoOf(() -> poll(poll, -1))));
        waiting.whenWaiting();
        process.table().close();

        assertThat(waiting.result()).isEqualTo(Errno.EBADF);
    }
}
