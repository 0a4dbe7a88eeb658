package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Events.ERR;
import static org.euryale.posix.Events.HUP;
import static org.euryale.posix.Events.IN;
import static org.euryale.posix.Events.OUT;
import static org.euryale.posix.Events.RDHUP;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.euryale.posix.TestProcess.Conversation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EpollTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    private final Epoll epoll = new Epoll();

    @BeforeEach
    void open() throws PosixException {
        process.open(epoll);
    }

    private Map<Integer, Integer> poll(long nanos, int limit) throws PosixException {
        Map<Integer, Integer> found = new TreeMap<>();
        int count = epoll.await(nanos, limit, (descriptor, events) -> found.merge(descriptor, events, Integer::sum));
        assertThat(count).isEqualTo(found.size());
        return found;
    }

    private Map<Integer, Integer> poll() throws PosixException {
        return poll(0, 100);
    }

    /** Polls until there is something. */
    private Map<Integer, Integer> polled() throws PosixException {
        return poll(TestProcess.PATIENCE_NANOS, 100);
    }

    private int add(OpenFile file, int events) throws PosixException {
        int descriptor = process.descriptor(file);
        epoll.add(descriptor, file, events);
        return descriptor;
    }

    private Conversation readable() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("ab"));
        process.await(talk.socket(), IN);
        return talk;
    }

    // ---------------------------------------------------------------- the list

    @Test
    void addingTwiceIsEEXIST() throws Exception {
        StreamSocket socket = process.socket(INET);
        int descriptor = add(socket, IN);

        assertThat(errnoOf(() -> epoll.add(descriptor, socket, OUT))).isEqualTo(Errno.EEXIST);
        assertThat(poll()).as("still asks as before").containsOnly(Map.entry(descriptor, HUP));
    }

    @Test
    void whatWasNotAddedIsENOENT() throws Exception {
        StreamSocket socket = process.socket(INET);
        int descriptor = process.descriptor(socket);

        assertThat(errnoOf(() -> epoll.modify(descriptor, socket, IN))).isEqualTo(Errno.ENOENT);
        assertThat(errnoOf(() -> epoll.remove(descriptor, socket))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void whatWasRemovedMayBeAddedAgain() throws Exception {
        StreamSocket socket = readable().socket();
        int descriptor = add(socket, IN);
        epoll.remove(descriptor, socket);

        assertThat(poll()).isEmpty();
        assertThat(errnoOf(() -> epoll.remove(descriptor, socket))).isEqualTo(Errno.ENOENT);
        add(socket, IN);
        assertThat(poll()).containsOnlyKeys(descriptor);
    }

    @Test
    void modifyAsksForSomethingElse() throws Exception {
        StreamSocket socket = readable().socket();
        int descriptor = add(socket, OUT);
        assertThat(poll()).containsOnly(Map.entry(descriptor, OUT));

        epoll.modify(descriptor, socket, IN);
        assertThat(poll()).containsOnly(Map.entry(descriptor, IN));
        epoll.modify(descriptor, socket, 0);
        assertThat(poll()).isEmpty();
    }

    @Test
    void aClosedDescriptorDisappears() throws Exception {
        StreamSocket socket = readable().socket();
        add(socket, IN);
        process.close(socket);

        assertThat(poll()).isEmpty();
    }

    @Test
    void aNumberThatIsGivenAgainIsAnotherFile() throws Exception {
        StreamSocket first = process.socket(INET);
        int descriptor = add(first, IN);
        process.close(first);
        StreamSocket second = process.socket(INET);
        assertThat(process.descriptor(second)).isEqualTo(descriptor);

        assertThat(errnoOf(() -> epoll.modify(descriptor, second, IN))).isEqualTo(Errno.ENOENT);
        add(second, OUT);
        assertThat(poll()).containsOnly(Map.entry(descriptor, OUT | HUP));
    }

    @Test
    void epollsCannotBeNested() throws Exception {
        Epoll inner = process.open(new Epoll());

        assertThat(errnoOf(() -> add(inner, IN))).isEqualTo(Errno.EINVAL);
        assertThat(errnoOf(() -> add(epoll, IN))).isEqualTo(Errno.EINVAL);
    }

    @Test
    void aClosedEpollIsEBADF() throws Exception {
        process.close(epoll);

        assertThat(errnoOf(this::poll)).isEqualTo(Errno.EBADF);
        StreamSocket socket = process.socket(INET);
        assertThat(errnoOf(() -> add(socket, IN))).isEqualTo(Errno.EBADF);
    }

    /** An epoll watches open files under descriptors: it reports until the last descriptor of a file is closed. */
    @Test
    void aFileStaysWhileAnyDescriptorIsOpen() throws Exception {
        StreamSocket socket = readable().socket();
        int descriptor = add(socket, IN);
        int copy = process.table().dup(descriptor);
        process.table().close(descriptor);

        assertThat(poll()).containsOnly(Map.entry(descriptor, IN));
        process.table().close(copy);
        assertThat(poll()).isEmpty();
    }

    @Test
    void dupedDescriptorsAreEntriesOfTheirOwn() throws Exception {
        Conversation talk = process.conversation(INET);
        int reading = add(talk.socket(), IN);
        int writing = process.table().dup(reading);
        epoll.add(writing, talk.socket(), OUT);
        assertThat(poll()).containsOnly(Map.entry(writing, OUT));

        talk.peer().write(bytes("x"));
        process.await(talk.socket(), IN);
        assertThat(poll()).containsOnly(Map.entry(reading, IN), Map.entry(writing, OUT));

        epoll.modify(writing, talk.socket(), 0);
        assertThat(poll()).containsOnly(Map.entry(reading, IN));
        epoll.modify(writing, talk.socket(), IN | OUT);
        assertThat(poll()).containsOnly(Map.entry(reading, IN), Map.entry(writing, IN | OUT));
        epoll.remove(reading, talk.socket());
        assertThat(poll()).containsOnly(Map.entry(writing, IN | OUT));
        add(talk.socket(), IN);
        assertThat(poll()).containsOnlyKeys(reading, writing);
        epoll.remove(writing, talk.socket());
        assertThat(poll()).containsOnly(Map.entry(reading, IN));
        epoll.remove(reading, talk.socket());
        assertThat(poll()).isEmpty();
    }

    @Test
    void dupedDescriptorsAllTellOfAReset() throws Exception {
        Conversation talk = process.conversation(INET);
        int first = add(talk.socket(), IN);
        int second = process.table().dup(first);
        epoll.add(second, talk.socket(), OUT);
        assertThat(poll()).containsOnlyKeys(second);
        TestProcess.reset(talk.peer());
        process.await(talk.socket(), IN);

        TestProcess.eventually()
                .untilAsserted(() -> assertThat(poll())
                        .containsOnly(Map.entry(first, IN | ERR | HUP), Map.entry(second, OUT | ERR | HUP)));
    }

    @Test
    void manyDescriptorsOfOneFileAreAllReported() throws Exception {
        Conversation talk = process.conversation(INET);
        int first = add(talk.socket(), IN);
        for (int i = 0; i < 20; i++) {
            epoll.add(process.table().dup(first), talk.socket(), IN);
        }
        assertThat(poll()).isEmpty();
        talk.peer().write(bytes("x"));
        process.await(talk.socket(), IN);

        assertThat(poll()).hasSize(21);
        process.close(talk.socket());
        assertThat(poll()).as("twenty are left").hasSize(21);
    }

    // ---------------------------------------------------------------- level, edge, one shot

    @Test
    void levelTriggeredReportsAsLongAsItHolds() throws Exception {
        Conversation talk = readable();
        int descriptor = add(talk.socket(), IN);

        for (int i = 0; i < 3; i++) {
            assertThat(poll()).containsOnly(Map.entry(descriptor, IN));
        }
        process.receive(talk.socket(), 1);
        assertThat(poll()).containsOnly(Map.entry(descriptor, IN));
        process.receive(talk.socket(), 1);
        assertThat(poll()).isEmpty();
    }

    @Test
    void edgeTriggeredReportsOnce() throws Exception {
        Conversation talk = readable();
        int descriptor = add(talk.socket(), IN | Epoll.ET);

        assertThat(poll()).containsOnly(Map.entry(descriptor, IN));
        assertThat(poll()).isEmpty();
        assertThat(poll()).isEmpty();
    }

    @Test
    void edgeTriggeredReportsWhatComesAfterItWasDrained() throws Exception {
        Conversation talk = readable();
        int descriptor = add(talk.socket(), IN | Epoll.ET);
        assertThat(poll()).containsOnlyKeys(descriptor);
        process.receive(talk.socket(), 2);
        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isEqualTo(OpenFile.WOULD_BLOCK);
        assertThat(poll()).isEmpty();

        for (int i = 0; i < 20; i++) {
            talk.peer().write(bytes("x"));
            assertThat(polled()).containsOnly(Map.entry(descriptor, IN));
            assertThat(talk.socket().recv(ByteBuffer.allocate(10), 0)).isOne();
        }
    }

    @Test
    void edgeTriggeredReportsBytesToWhoWasToldOfRoomAlone() throws Exception {
        Conversation talk = process.conversation(INET);
        int descriptor = add(talk.socket(), IN | OUT | Epoll.ET);
        assertThat(poll()).containsOnly(Map.entry(descriptor, OUT));
        assertThat(poll()).isEmpty();

        for (int i = 0; i < 5; i++) {
            talk.peer().write(bytes("x"));
            assertThat(polled()).as("all that holds").containsOnly(Map.entry(descriptor, IN | OUT));
            assertThat(poll()).isEmpty();
            assertThat(process.receive(talk.socket(), 1)).isEqualTo("x");
            assertThat(poll()).as("reading makes no room").isEmpty();
        }
    }

    @Test
    void edgeTriggeredReportsRoomAfterSendWouldBlock() throws Exception {
        Conversation talk = process.conversation(INET);
        int descriptor = add(talk.socket(), OUT | Epoll.ET);
        assertThat(poll()).containsOnly(Map.entry(descriptor, OUT));
        TestProcess.fill(talk.socket());
        assertThat(poll()).isEmpty();

        ByteBuffer drain = ByteBuffer.allocate(16 * 1024 * 1024);
        talk.peer().configureBlocking(false);
        TestProcess.eventually().until(() -> talk.peer().read(drain.clear()) >= 0 && !poll().isEmpty());
    }

    @Test
    void edgeTriggeredReportsAnAcceptedListenerAgain() throws Exception {
        StreamSocket listener = process.listener(INET);
        int descriptor = add(listener, IN | Epoll.ET);
        for (int i = 0; i < 5; i++) {
            process.peer(listener.localAddress());
            assertThat(polled()).containsOnly(Map.entry(descriptor, IN));
            assertThat(poll()).isEmpty();
            process.open(java.util.Objects.requireNonNull(listener.accept()));
            assertThat(listener.accept()).isNull();
        }
    }

    @Test
    void edgeTriggeredReportsAHangUpThatNobodyReads() throws Exception {
        Conversation talk = process.conversation(INET);
        int descriptor = add(talk.socket(), IN | RDHUP | Epoll.ET);
        assertThat(poll()).isEmpty();
        talk.peer().close();

        assertThat(polled()).containsOnly(Map.entry(descriptor, IN | RDHUP));
        assertThat(poll()).isEmpty();
    }

    @Test
    void modifyArmsAnEdgeAgain() throws Exception {
        StreamSocket socket = readable().socket();
        int descriptor = add(socket, IN | Epoll.ET);
        assertThat(poll()).containsOnlyKeys(descriptor);
        assertThat(poll()).isEmpty();

        epoll.modify(descriptor, socket, IN | Epoll.ET);
        assertThat(poll()).containsOnlyKeys(descriptor);
        epoll.modify(descriptor, socket, IN);
        assertThat(poll()).containsOnlyKeys(descriptor);
        assertThat(poll()).as("level-triggered by now").containsOnlyKeys(descriptor);
    }

    @Test
    void oneShotIsDisabledByItsReport() throws Exception {
        Conversation talk = readable();
        int descriptor = add(talk.socket(), IN | Epoll.ONESHOT);

        assertThat(poll()).containsOnly(Map.entry(descriptor, IN));
        assertThat(poll()).isEmpty();
        process.receive(talk.socket(), 1);
        assertThat(poll()).isEmpty();
        TestProcess.reset(talk.peer());
        process.await(talk.socket(), IN);
        assertThat(poll()).as("not even a reset is told").isEmpty();

        epoll.modify(descriptor, talk.socket(), OUT | Epoll.ONESHOT);
        TestProcess.eventually().until(() -> (poll().getOrDefault(descriptor, 0) & OUT) != 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {Epoll.ONESHOT, Epoll.ONESHOT | Epoll.ET})
    void usingTheFileDoesNotEnableAOneShot(int how) throws Exception {
        Conversation talk = readable();
        int descriptor = add(talk.socket(), IN | how);
        assertThat(poll()).containsOnlyKeys(descriptor);

        assertThat(talk.socket().recv(ByteBuffer.allocate(1), 0)).isOne();
        assertThat(poll()).isEmpty();
        epoll.modify(descriptor, talk.socket(), IN | how);
        assertThat(poll()).containsOnlyKeys(descriptor);
    }

    // ---------------------------------------------------------------- waiting

    @Test
    void nothingReadyEndsWithTheTimeout() throws Exception {
        add(process.conversation(INET).socket(), IN);
        long start = System.nanoTime();

        assertThat(poll(30_000_000, 1)).isEmpty();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
    }

    @Test
    void noMoreIsReportedThanAskedFor() throws Exception {
        for (int i = 0; i < 5; i++) {
            add(readable().socket(), IN);
        }

        assertThat(poll(0, 3)).hasSize(3);
        assertThat(poll(0, 1)).hasSize(1);
        assertThat(poll(0, 5)).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 7, 9})
    void everybodyHasHisTurnWithinTheLimit(int limit) throws Exception {
        Set<Integer> all = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            all.add(add(readable().socket(), IN));
        }
        all.add(add(process.socket(INET), IN)); // ready by its state, not by the kernel
        all.add(add(process.socket(INET), IN));

        Set<Integer> seen = new HashSet<>();
        for (int served = 0; served < 10; served += limit) {
            seen.addAll(poll(0, limit).keySet());
        }

        assertThat(seen).isEqualTo(all);
    }

    @Test
    void itCostsTwoKernelDescriptorsOnceItWaits() throws Exception {
        int before = KernelDescriptors.now().total();
        for (int i = 1; i <= 5; i++) {
            process.open(new Epoll()).await(0, 1, (d, e) -> {});
            assertThat(KernelDescriptors.now().total()).isEqualTo(before + 2 * i);
        }
    }

    @Test
    void tenThousandWatchedAreNoBurden() throws Exception {
        int first = process.descriptor(process.socket(INET));
        for (int i = 0; i < 10_000; i++) {
            OpenFile file = process.table().file(first);
            epoll.add(process.table().dup(first), file, Epoll.ONESHOT);
        }

        assertThat(poll(0, 20_000)).hasSize(10_000);
        assertThat(poll(0, 20_000)).isEmpty();
    }
}
