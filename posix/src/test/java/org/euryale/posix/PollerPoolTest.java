package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.euryale.posix.TestProcess.Conversation;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a blocking call waits with. */
@Timeout(60)
class PollerPoolTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    private final PollerPool pool = process.table().pollers();

    private Running<Errno> blocked(StreamSocket socket) {
        Running<Errno> thread =
                process.start(() -> Objects.requireNonNull(errnoOf(() -> pool.await(socket, Events.IN, -1))));
        return thread.whenWaiting();
    }

    @Test
    void whatIsReadyIsNotWaitedFor() throws Exception {
        Conversation talk = process.conversation(INET);

        assertThat(pool.await(talk.socket(), Events.OUT, -1)).isTrue();
        assertThat(pool.await(talk.socket(), Events.OUT, 0)).isTrue();
    }

    @Test
    void theTimeIsOver() throws Exception {
        Conversation talk = process.conversation(INET);
        long start = System.nanoTime();

        assertThat(pool.await(talk.socket(), Events.IN, 10_000_000)).isFalse();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(10_000_000);
    }

    @Test
    void bytesEndTheWait() throws Exception {
        Conversation talk = process.conversation(INET);
        Running<Boolean> waiting = process.start(() -> pool.await(talk.socket(), Events.IN, -1));
        waiting.whenWaiting();
        talk.peer().write(bytes("x"));

        assertThat(waiting.result()).isTrue();
    }

    @Test
    void anInterruptIsEINTR() throws Exception {
        Running<Errno> waiting = blocked(process.conversation(INET).socket());
        waiting.thread().interrupt();

        assertThat(waiting.result()).isEqualTo(Errno.EINTR);
    }

    @Test
    void closingAConnectionWakesWhoIsBlockedInIt() throws Exception {
        Conversation talk = process.conversation(INET);
        Running<Errno> waiting = blocked(talk.socket());
        process.close(talk.socket());

        assertThat(waiting.result()).isEqualTo(Errno.EBADF);
    }

    @Test
    void closingAListenerWakesWhoIsBlockedInIt() throws Exception {
        StreamSocket listener = process.listener(INET);
        Running<Errno> one = blocked(listener);
        Running<Errno> two = blocked(listener);
        process.close(listener);

        assertThat(one.result()).isEqualTo(Errno.EBADF);
        assertThat(two.result()).isEqualTo(Errno.EBADF);
    }

    @Test
    void closingOneOfTwoDescriptorsWakesNobody() throws Exception {
        Conversation talk = process.conversation(INET);
        int copy = process.table().dup(process.descriptor(talk.socket()));
        Running<Boolean> waiting = process.start(() -> pool.await(talk.socket(), Events.IN, -1));
        waiting.whenWaiting();
        process.table().close(copy);
        talk.peer().write(bytes("x"));

        assertThat(waiting.result()).isTrue();
    }

    @Test
    void theEndOfTheProcessWakesEverybody() throws Exception {
        DescriptorTable another = new DescriptorTable();
        StreamSocket foreign = StreamSocket.open(INET);
        another.add(foreign);
        foreign.bind(TestProcess.loopback(INET, 0));
        foreign.listen(1);
        Running<Errno> ownFile = blocked(process.listener(INET));
        Running<Errno> sharedFile = blocked(foreign);
        process.table().close();

        assertThat(ownFile.result()).isEqualTo(Errno.EBADF);
        assertThat(sharedFile.result()).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> pool.await(foreign, Events.IN, -1))).isEqualTo(Errno.EBADF);
        another.close();
    }

    @Test
    void aClosedFileIsEBADFAndCostsNothing() throws Exception {
        StreamSocket socket = process.conversation(INET).socket();
        process.close(socket);
        StreamSocket open = process.conversation(INET).socket();
        int before = KernelDescriptors.now().total();
        for (int i = 0; i < 100; i++) {
            assertThat(pool.await(open, Events.OUT, -1)).isTrue();
            assertThat(errnoOf(() -> pool.await(socket, Events.IN, -1))).isEqualTo(Errno.EBADF);
        }

        assertThat(KernelDescriptors.now().total()).isEqualTo(before);
    }

    @Test
    void aRegistrationStandsUntilAnotherFileIsWaitedFor() throws Exception {
        StreamSocket one = process.conversation(INET).socket();
        StreamSocket two = process.conversation(INET).socket();
        for (int i = 0; i < 3; i++) {
            assertThat(pool.await(one, Events.OUT, -1)).isTrue();
            assertThat(pool.await(one, Events.IN, 0)).isFalse();
        }
        assertThat(isRegistered(one)).isTrue();

        assertThat(pool.await(two, Events.OUT, -1)).isTrue();
        assertThat(isRegistered(one)).isFalse();
        assertThat(isRegistered(two)).isTrue();
    }

    @Test
    void aFileWhoseRegistrationStandsIsClosedAtOnce() throws Exception {
        Conversation talk = process.conversation(INET);
        assertThat(pool.await(talk.socket(), Events.OUT, -1)).isTrue();
        int before = KernelDescriptors.now().total();
        process.close(talk.socket());

        assertThat(KernelDescriptors.now().total()).isEqualTo(before - 1);
        StreamSocket next = process.conversation(INET).socket();
        assertThat(pool.await(next, Events.OUT, -1)).isTrue();
    }

    @Test
    void theEndOfTheProcessLeavesNothingInFilesOfAnother() throws Exception {
        try (DescriptorTable another = new DescriptorTable()) {
            StreamSocket foreign = StreamSocket.open(INET);
            another.add(foreign);
            foreign.bind(TestProcess.loopback(INET, 0));
            foreign.listen(1);
            assertThat(pool.await(foreign, Events.IN, 0)).isFalse();
            assertThat(isRegistered(foreign)).isTrue();
            process.table().close();

            assertThat(isRegistered(foreign)).isFalse();
        }
    }

    private static boolean isRegistered(OpenFile file) {
        return Objects.requireNonNull(file.selectable()).isRegistered();
    }

    @Test
    void manyWhoBlockAtOnceLeaveOnlyAFewSelectors() throws Exception {
        Conversation talk = process.conversation(INET);
        List<Running<Boolean>> threads =
                process.startTogether(40, () -> pool.await(talk.socket(), Events.IN, TestProcess.PATIENCE_NANOS));
        for (Running<Boolean> thread : threads) {
            thread.whenWaiting();
        }
        int busy = KernelDescriptors.now().epolls();
        talk.peer().write(bytes("x"));
        for (Running<Boolean> thread : new ArrayList<>(threads)) {
            assertThat(thread.result()).isTrue();
        }

        assertThat(busy).isGreaterThanOrEqualTo(40);
        assertThat(KernelDescriptors.now().epolls()).isLessThanOrEqualTo(busy - 35);
    }
}
