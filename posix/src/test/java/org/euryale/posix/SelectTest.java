package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.euryale.posix.TestProcess.Conversation;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SelectTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    /** What a call has left of its three lists. */
    private record Selected(List<Integer> readable, List<Integer> writable, List<Integer> exceptional) {}

    private Selected select(int[] read, int[] write, int[] except, long nanos) throws PosixException {
        int[] reading = read.clone();
        int[] writing = write.clone();
        int[] excepting = except.clone();
        int count = Select.select(process.table(), reading, writing, excepting, nanos);
        Selected selected = new Selected(ready(reading), ready(writing), ready(excepting));
        assertThat(count)
                .isEqualTo(selected.readable().size()
                        + selected.writable().size()
                        + selected.exceptional().size());
        return selected;
    }

    private static List<Integer> ready(int[] list) {
        return Arrays.stream(list)
                .filter(descriptor -> descriptor != Select.NOT_READY)
                .boxed()
                .toList();
    }

    private static int[] none() {
        return new int[0];
    }

    private int[] of(OpenFile... files) {
        return Arrays.stream(files).mapToInt(process::descriptor).toArray();
    }

    private Conversation readable() throws Exception {
        Conversation talk = process.conversation(INET);
        talk.peer().write(bytes("ab"));
        process.await(talk.socket(), Events.IN);
        return talk;
    }

    @Test
    void readableAndWritableAreTold() throws Exception {
        StreamSocket idle = process.conversation(INET).socket();
        StreamSocket ready = readable().socket();
        int[] both = of(idle, ready);

        Selected lists = select(both, both, both, 0);

        assertThat(lists.readable()).containsExactly(process.descriptor(ready));
        assertThat(lists.writable()).containsExactly(process.descriptor(idle), process.descriptor(ready));
        assertThat(lists.exceptional()).isEmpty();
    }

    @Test
    void theOrderOfTheListsIsKeptAndDoublesAreTwice() throws Exception {
        StreamSocket one = readable().socket();
        StreamSocket two = readable().socket();

        assertThat(select(of(two, one, two), none(), none(), 0).readable())
                .containsExactly(process.descriptor(two), process.descriptor(one), process.descriptor(two));
    }

    @Test
    void whatIsNotAskedAgainIsNotTold() throws Exception {
        StreamSocket one = readable().socket();
        StreamSocket two = readable().socket();
        for (int i = 0; i < 3; i++) {
            assertThat(select(of(one, two), none(), none(), 0).readable()).hasSize(2);
            assertThat(select(of(two), none(), none(), 0).readable()).containsExactly(process.descriptor(two));
            Selected writing = select(none(), of(one), none(), 0);
            assertThat(writing.readable()).isEmpty();
            assertThat(writing.writable()).containsExactly(process.descriptor(one));
        }
    }

    @Test
    void emptyListsAreASleep() throws Exception {
        long start = System.nanoTime();

        assertThat(select(none(), none(), none(), 20_000_000).readable()).isEmpty();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
    }

    @Test
    void nothingReadyEndsWithTheTimeout() throws Exception {
        int[] idle = of(process.conversation(INET).socket());
        long start = System.nanoTime();

        assertThat(select(idle, none(), idle, 20_000_000).readable()).isEmpty();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 40, 5000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void whatIsNotOpenIsEBADFBeforeAnyWait(int descriptor) throws Exception {
        int good = process.descriptor(process.conversation(INET).socket());

        assertThat(errnoOf(() -> select(new int[] {good, descriptor}, none(), none(), -1)))
                .isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> select(none(), new int[] {descriptor, good}, none(), -1)))
                .isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> select(none(), none(), new int[] {descriptor}, -1)))
                .isEqualTo(Errno.EBADF);
        assertThat(select(new int[] {good}, new int[] {good}, none(), 0).writable())
                .containsExactly(good);
    }

    @Test
    void aClosedDescriptorIsEBADF() throws Exception {
        StreamSocket socket = readable().socket();
        int[] list = of(socket);
        assertThat(select(list, none(), none(), 0).readable()).hasSize(1);
        process.close(socket);

        assertThat(errnoOf(() -> select(list, none(), none(), 0))).isEqualTo(Errno.EBADF);
    }

    @Test
    void aNumberThatIsGivenAgainIsTheNewFile() throws Exception {
        StreamSocket first = readable().socket();
        int[] list = of(first);
        assertThat(select(list, none(), none(), 0).readable()).hasSize(1);
        process.close(first);
        StreamSocket second = process.listener(INET);
        assertThat(of(second)).isEqualTo(list);

        assertThat(select(list, none(), none(), 0).readable()).isEmpty();
        process.peer(second.localAddress());
        assertThat(select(list, none(), none(), TestProcess.PATIENCE_NANOS).readable())
                .hasSize(1);
    }

    @Test
    void dupedDescriptorsAreToldEach() throws Exception {
        StreamSocket socket = readable().socket();
        int first = process.descriptor(socket);
        int second = process.table().dup(first);

        Selected lists = select(new int[] {first, second}, new int[] {second}, none(), 0);
        assertThat(lists.readable()).containsExactly(first, second);
        assertThat(lists.writable()).containsExactly(second);
        lists = select(new int[] {first}, new int[] {second}, none(), 0);
        assertThat(lists.readable()).containsExactly(first);
        assertThat(lists.writable()).containsExactly(second);
    }

    /** A C program's fd_set ends at FD_SETSIZE, 1024; here a number is a number. */
    @Test
    void numbersBeyondFdSetSizeAreTold() throws Exception {
        StreamSocket socket = readable().socket();
        int[] many = new int[3000];
        many[0] = process.descriptor(socket);
        for (int i = 1; i < many.length; i++) {
            many[i] = process.table().dup(many[0]);
        }
        StreamSocket late = readable().socket();
        assertThat(process.descriptor(late)).isGreaterThan(3000);

        assertThat(select(many, none(), none(), 0).readable()).hasSize(3000);
        assertThat(select(of(late), of(late), none(), 0).writable()).containsExactly(process.descriptor(late));
    }

    @Test
    void moreThanAThousandSocketsAreWatchedAtOnce() throws Exception {
        int[] all = new int[1200];
        for (int i = 0; i < all.length; i++) {
            all[i] = process.descriptor(process.socket(INET));
        }

        assertThat(select(none(), all, none(), 0).writable()).hasSize(1200);
        Conversation talk = process.conversation(INET);
        int[] listened = of(talk.socket());
        assertThat(select(listened, none(), none(), 0).readable()).isEmpty();
        talk.peer().write(bytes("x"));
        assertThat(select(listened, none(), none(), TestProcess.PATIENCE_NANOS).readable())
                .hasSize(1);
    }

    @Test
    void anEpollCannotBeSelected() throws Exception {
        int[] epoll = of(process.open(new Epoll()));

        assertThat(errnoOf(() -> select(epoll, none(), none(), 0))).isEqualTo(Errno.EPERM);
    }

    @Test
    void anEndAndAResetAreReadable() throws Exception {
        Conversation ended = process.conversation(INET);
        ended.peer().shutdownOutput();
        Conversation reset = process.conversation(INET);
        TestProcess.reset(reset.peer());
        for (Conversation talk : List.of(ended, reset)) {
            int[] list = of(talk.socket());
            assertThat(select(list, none(), none(), TestProcess.PATIENCE_NANOS).readable())
                    .hasSize(1);
        }
    }

    /** No exceptional condition is ever told, but waiting for one must not burn a processor. */
    @Test
    void waitingForAnExceptionalConditionSleeps() throws Exception {
        int[] unread = of(readable().socket());
        assertThat(select(none(), none(), unread, 1).exceptional()).isEmpty();
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();

        assertThat(select(none(), none(), unread, 300_000_000).exceptional()).isEmpty();

        long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
        assertThat(used).as("CPU nanoseconds in a wait of 300 ms").isLessThan(30_000_000);
    }

    @Test
    void aChangeByTheKernelWakesTheWaiter() throws Exception {
        Conversation talk = process.conversation(INET);
        int[] list = of(talk.socket());
        Running<List<Integer>> waiting =
                process.start(() -> select(list, none(), none(), -1).readable());
        waiting.whenWaiting();
        talk.peer().write(bytes("x"));

        assertThat(waiting.result()).hasSize(1);
    }

    @Test
    void anInterruptIsEINTR() throws Exception {
        int[] list = of(process.conversation(INET).socket());
        Running<Errno> waiting =
                process.start(() -> Objects.requireNonNull(errnoOf(() -> select(list, none(), list, -1))));
        waiting.whenWaiting().thread().interrupt();

        assertThat(waiting.result()).isEqualTo(Errno.EINTR);
    }

    @Test
    void theEndOfTheProcessWakesThoseWhoSelect() throws Exception {
        int[] list = of(process.conversation(INET).socket());
        Running<Errno> waiting =
                process.start(() -> Objects.requireNonNull(errnoOf(() -> select(list, none(), none(), -1))));
        waiting.whenWaiting();
        process.table().close();

        assertThat(waiting.result()).isEqualTo(Errno.EBADF);
    }
}
