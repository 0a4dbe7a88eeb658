package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.euryale.posix.TestProcess.Conversation;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PollerTest {
    private static final Poller.Sink NOBODY = (watch, events) -> {};

    @RegisterExtension
    final TestProcess process = new TestProcess();

    private final Poller poller = new Poller(true);

    @AfterEach
    void closePoller() {
        poller.close();
    }

    private int poll() throws PosixException {
        return poller.await(0, 100, NOBODY);
    }

    private Watch add(StreamSocket socket, int events) throws PosixException {
        return poller.add(socket, process.descriptor(socket), events);
    }

    /** A thread that waits in the poller without end; its result is what it was told. */
    private Running<List<Integer>> waiter() {
        Running<List<Integer>> waiter = process.start(() -> {
            List<Integer> found = new ArrayList<>();
            poller.await(-1, 100, (watch, events) -> found.add(events));
            return found;
        });
        return waiter.whenWaiting();
    }

    // ---------------------------------------------------------------- wakeUp

    @Test
    void wakeUpEndsTheWaitThatGoesOn() throws Exception {
        Running<List<Integer>> waiter = waiter();
        poller.wakeUp();
        assertThat(waiter.result()).isEmpty();
    }

    @Test
    void wakeUpEndsTheNextWaitAndOnlyThat() throws Exception {
        Conversation talk = process.conversation(INET);
        add(talk.socket(), Events.IN);
        poller.wakeUp();
        poller.wakeUp();
        assertThat(poller.await(TestProcess.PATIENCE_NANOS, 1, NOBODY)).isZero();
        talk.peer().write(bytes("x"));
        assertThat(poller.await(TestProcess.PATIENCE_NANOS, 1, NOBODY)).isEqualTo(1);
    }

    @Test
    void aWatchKeepsWhatIsAttached() throws Exception {
        Watch watch = add(process.conversation(INET).socket(), Events.IN);
        assertThat(watch.attachment()).isNull();
        watch.attach("mine");
        assertThat(watch.attachment()).isEqualTo("mine");
    }

    // ---------------------------------------------------------------- what wakes a waiter

    @Test
    void bytesWakeTheWaiter() throws Exception {
        Conversation talk = process.conversation(INET);
        add(talk.socket(), Events.IN);
        Running<List<Integer>> waiter = waiter();
        talk.peer().write(bytes("x"));

        assertThat(waiter.result()).containsExactly(Events.IN);
    }

    @Test
    void aNewWatchWakesTheWaiter() throws Exception {
        Conversation talk = process.conversation(INET);
        Running<List<Integer>> waiter = waiter();
        add(talk.socket(), Events.OUT);

        assertThat(waiter.result()).containsExactly(Events.OUT);
    }

    @Test
    void anotherWishWakesTheWaiter() throws Exception {
        Conversation talk = process.conversation(INET);
        Watch watch = add(talk.socket(), Events.IN);
        Running<List<Integer>> waiter = waiter();
        poller.modify(watch, Events.IN | Events.OUT);

        assertThat(waiter.result()).containsExactly(Events.OUT);
    }

    @Test
    void aParkedWatchAsksNothingUntilItIsModified() throws Exception {
        StreamSocket fresh = process.socket(INET);
        Watch watch = add(fresh, Watch.PARKED);
        assertThat(poll()).as("not even HUP").isZero();

        poller.modify(watch, 0);
        assertThat(poll()).isOne();
        poller.modify(watch, Watch.PARKED);
        assertThat(poll()).isZero();
    }

    @Test
    void ownShutdownWakesTheWaiter() throws Exception {
        Conversation talk = process.conversation(INET);
        add(talk.socket(), Events.IN);
        Running<List<Integer>> waiter = waiter();
        talk.socket().shutdown(true, true);

        assertThat(waiter.result()).containsExactly(Events.IN | Events.HUP);
    }

    @Test
    void listeningWakesTheWaiterWhenSomebodyConnects() throws Exception {
        StreamSocket socket = process.socket(INET);
        socket.bind(TestProcess.loopback(INET, 0));
        add(socket, Events.IN);
        assertThat(poll()).as("hung up before it listens").isOne();
        socket.listen(1);
        Running<List<Integer>> waiter = waiter();
        process.peer(socket.localAddress());

        assertThat(waiter.result()).containsExactly(Events.IN);
    }

    @Test
    void connectingWakesTheWaiterWhenItIsEstablished() throws Exception {
        StreamSocket listener = process.listener(INET);
        StreamSocket client = process.socket(INET);
        assertThat(errnoOf(() -> client.connect(listener.localAddress()))).isEqualTo(Errno.EINPROGRESS);
        add(client, Events.OUT);

        assertThat(waiter0().result()).containsExactly(Events.OUT);
    }

    /** A waiter that may have ended its wait already. */
    private Running<List<Integer>> waiter0() {
        return process.start(() -> {
            List<Integer> found = new ArrayList<>();
            poller.await(-1, 100, (watch, events) -> found.add(events));
            return found;
        });
    }

    @Test
    void closingThePollerWakesTheWaiter() throws Exception {
        add(process.conversation(INET).socket(), Events.IN);
        Running<Errno> waiter = process.start(() -> Objects.requireNonNull(errnoOf(() -> poller.await(-1, 1, NOBODY))));
        waiter.whenWaiting();
        poller.close();

        assertThat(waiter.result()).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(this::poll)).isEqualTo(Errno.EBADF);
    }

    /** No change may fall between the look at the changes and the sleep. */
    @Test
    void noChangeIsEverSleptThrough() throws Exception {
        Conversation talk = process.conversation(INET);
        Watch watch = add(talk.socket(), Watch.PARKED);
        int rounds = 3000;
        SynchronousQueue<Integer> reports = new SynchronousQueue<>();
        Running<Integer> waiter = process.start(() -> {
            for (int i = 0; i < rounds; i++) {
                poller.await(-1, 1, (w, events) -> poller.modify(w, Watch.PARKED));
                reports.put(i);
            }
            return rounds;
        });
        for (int i = 0; i < rounds; i++) {
            poller.modify(watch, Events.OUT);
            assertThat(reports.poll(TestProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(i);
        }

        assertThat(waiter.result()).isEqualTo(rounds);
    }

    // ---------------------------------------------------------------- time

    @ParameterizedTest
    @ValueSource(longs = {1, 1000, 999_999, 1_000_000, 1_000_001, 15_500_000})
    void aWaitIsNeverShorterThanAsked(long nanos) throws Exception {
        add(process.conversation(INET).socket(), Events.IN);
        long start = System.nanoTime();

        assertThat(poller.await(nanos, 1, NOBODY)).isZero();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
    }

    @Test
    void aWaitOfNothingOnlyLooks() throws Exception {
        Conversation talk = process.conversation(INET);
        add(talk.socket(), Events.IN);
        assertThat(poll()).isZero();
        talk.peer().write(bytes("x"));

        TestProcess.eventually().until(() -> poll() == 1);
    }

    @Test
    void theTimeIsOverWhileAnotherThreadWaits() throws Exception {
        add(process.conversation(INET).socket(), Events.IN);
        Running<Errno> waiter = process.start(() -> Objects.requireNonNull(errnoOf(() -> poller.await(-1, 1, NOBODY))));
        waiter.whenWaiting();
        long start = System.nanoTime();

        assertThat(poller.await(5_000_000, 1, NOBODY)).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000);
        assertThat(poll()).as("nor does a look wait").isZero();
        poller.close();
        assertThat(waiter.result()).isEqualTo(Errno.EBADF);
    }

    // ---------------------------------------------------------------- interrupts

    @Test
    void anInterruptIsEINTRAndIsTaken() throws Exception {
        add(process.conversation(INET).socket(), Events.IN);
        Running<Boolean> waiter = process.start(() -> {
            Errno error = errnoOf(() -> poller.await(-1, 1, NOBODY));
            return error == Errno.EINTR && !Thread.currentThread().isInterrupted();
        });
        waiter.whenWaiting().thread().interrupt();

        assertThat(waiter.result()).isTrue();
        assertThat(poll()).as("the poller goes on").isZero();
    }

    @Test
    void anInterruptThatCameBeforeIsNotSleptThrough() throws Exception {
        add(process.conversation(INET).socket(), Events.IN);
        Thread.currentThread().interrupt();

        assertThat(errnoOf(() -> poller.await(-1, 1, NOBODY))).isEqualTo(Errno.EINTR);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInterruptOfWhoWaitsForHisTurnIsEINTR() throws Exception {
        add(process.conversation(INET).socket(), Events.IN);
        Running<List<Integer>> first = waiter();
        Running<Errno> second = process.start(() -> Objects.requireNonNull(errnoOf(() -> poller.await(-1, 1, NOBODY))));
        TestProcess.eventually().until(() -> second.thread().getState() == Thread.State.WAITING);
        second.thread().interrupt();
        assertThat(second.result()).isEqualTo(Errno.EINTR);

        StreamSocket other = process.conversation(INET).socket();
        add(other, Events.OUT);
        assertThat(first.result()).containsExactly(Events.OUT);
    }

    // ---------------------------------------------------------------- removing

    @Test
    void aRemovedWatchIsNotReported() throws Exception {
        Watch watch = add(process.socket(INET), Events.OUT);
        assertThat(poll()).isOne();
        poller.remove(watch);

        assertThat(poll()).isZero();
    }

    @Test
    void removingLetsTheChannelGoAtOnce() throws Exception {
        StreamSocket listener = process.listener(INET);
        Watch watch = add(listener, Events.IN);
        assertThat(poll()).isZero();
        Objects.requireNonNull(listener.selectable());
        assertThat(listener.selectable().isRegistered()).isTrue();
        poller.remove(watch);

        assertThat(listener.selectable().isRegistered()).isFalse();
    }

    @Test
    void removingUnderAWaiterLetsTheChannelGoAtOnce() throws Exception {
        StreamSocket listener = process.listener(INET);
        Watch watch = add(listener, Events.IN);
        Running<List<Integer>> waiter = waiter();
        poller.remove(watch);

        assertThat(Objects.requireNonNull(listener.selectable()).isRegistered()).isFalse();
        add(process.conversation(INET).socket(), Events.OUT);
        assertThat(waiter.result()).as("the waiter goes on").containsExactly(Events.OUT);
    }

    @Test
    void aSinkMayRemoveAndClose() throws Exception {
        Conversation talk = process.conversation(INET);
        Watch watch = add(talk.socket(), Events.OUT);

        assertThat(poller.await(0, 1, (w, events) -> {
                    poller.remove(watch);
                    assertThat(errnoOf(() -> process.close(talk.socket()))).isNull();
                }))
                .isOne();
        assertThat(poll()).isZero();
        assertThat(TestProcess.read(talk.peer(), 1)).isEmpty();
    }

    @Test
    void closedFilesAndClosedPollersTakeNoWatch() throws Exception {
        StreamSocket socket = process.socket(INET);
        int descriptor = process.descriptor(socket);
        process.close(socket);
        assertThat(errnoOf(() -> poller.add(socket, descriptor, Events.IN))).isEqualTo(Errno.EBADF);

        poller.close();
        StreamSocket other = process.socket(INET);
        assertThat(errnoOf(() -> poller.add(other, 3, Events.IN))).isEqualTo(Errno.EBADF);
    }

    // ---------------------------------------------------------------- who is asked

    @Test
    void aFileMayBeInManyPollers() throws Exception {
        Conversation talk = process.conversation(INET);
        List<Poller> pollers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            pollers.add(new Poller(i % 2 == 0));
            pollers.get(i).add(talk.socket(), 3, Events.IN);
            assertThat(pollers.get(i).await(0, 1, NOBODY)).isZero();
        }
        talk.peer().write(bytes("x"));

        for (Poller each : pollers) {
            assertThat(each.await(TestProcess.PATIENCE_NANOS, 1, NOBODY)).isOne();
        }
        process.close(talk.socket());
        for (Poller each : pollers) {
            assertThat(each.await(0, 1, NOBODY)).isZero();
            each.close();
        }
    }

    @Test
    void aThousandIdleFilesAndOneBusyReportOne() throws Exception {
        for (int i = 0; i < 500; i++) {
            add(process.conversation(INET).socket(), Events.IN);
        }
        Conversation busy = process.conversation(INET);
        Watch watch = add(busy.socket(), Events.IN);
        busy.peer().write(bytes("x"));
        List<Watch> found = new ArrayList<>();
        poller.await(TestProcess.PATIENCE_NANOS, 1000, (w, events) -> found.add(w));

        assertThat(found).containsExactly(watch);
        assertThat(found.get(0).file()).isSameAs(busy.socket());
        assertThat(found.get(0).descriptor()).isEqualTo(process.descriptor(busy.socket()));
        assertThat(busy.socket().recv(ByteBuffer.allocate(1), 0)).isOne();
        assertThat(poll()).isZero();
    }
}
