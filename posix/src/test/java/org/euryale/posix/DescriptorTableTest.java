package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DescriptorTableTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    private final DescriptorTable table = process.table();

    @Test
    void numbersBeginBehindTheStandardStreams() throws Exception {
        assertThat(table.add(StreamSocket.open(INET))).isEqualTo(3);
    }

    @Test
    void theLowestFreeNumberIsGivenFirst() throws Exception {
        for (int expected = 3; expected < 8; expected++) {
            assertThat(table.add(StreamSocket.open(INET))).isEqualTo(expected);
        }
        table.close(6);
        table.close(4);

        assertThat(table.add(StreamSocket.open(INET))).isEqualTo(4);
        assertThat(table.add(StreamSocket.open(INET))).isEqualTo(6);
        assertThat(table.add(StreamSocket.open(INET))).isEqualTo(8);
    }

    @Test
    void copiesTakeNothingFromTheKernel() throws Exception {
        int first = table.add(StreamSocket.open(INET));
        int before = KernelDescriptors.now().total();
        for (int i = 0; i < 100; i++) {
            table.dup(first);
        }

        assertThat(KernelDescriptors.now().total()).isEqualTo(before);
    }

    @Test
    void moreThanAThousandFitIn() throws Exception {
        int first = table.add(StreamSocket.open(INET));
        for (int i = 0; i < 3000; i++) {
            table.dup(first);
        }

        assertThat(table.size()).isEqualTo(3001);
        assertThat(table.file(3003)).isSameAs(table.file(first));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1, 2, 4, 63, 64, 1_000_000, Integer.MAX_VALUE})
    void whatIsNotOpenIsEBADF(int descriptor) throws Exception {
        table.add(StreamSocket.open(INET));

        assertThat(errnoOf(() -> table.file(descriptor))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> table.dup(descriptor))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> table.close(descriptor))).isEqualTo(Errno.EBADF);
        assertThat(table.fileOrNull(descriptor)).isNull();
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void aClosedDescriptorIsEBADF() throws Exception {
        int descriptor = table.add(StreamSocket.open(INET));
        table.close(descriptor);

        assertThat(errnoOf(() -> table.file(descriptor))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> table.close(descriptor))).isEqualTo(Errno.EBADF);
    }

    @Test
    void dupedDescriptorsShareTheirFile() throws Exception {
        int first = table.add(StreamSocket.open(INET));
        int second = table.dup(first);
        table.file(first).nonBlocking(true);

        assertThat(second).isNotEqualTo(first);
        assertThat(table.file(second).nonBlocking()).isTrue();
    }

    @Test
    void theFileIsClosedWithItsLastDescriptor() throws Exception {
        StreamSocket socket = StreamSocket.open(INET);
        int first = table.add(socket);
        int second = table.dup(first);

        table.close(first);
        assertThat(socket.isClosed()).isFalse();
        assertThat(errnoOf(() -> socket.bind(TestProcess.loopback(INET, 0)))).isNull();

        table.close(second);
        assertThat(socket.isClosed()).isTrue();
        assertThat(errnoOf(() -> socket.listen(1))).isEqualTo(Errno.EBADF);
    }

    @Test
    void aClosedFileTakesNoMoreDescriptors() throws Exception {
        StreamSocket socket = StreamSocket.open(INET);
        table.close(table.add(socket));

        assertThat(errnoOf(() -> table.add(socket))).isEqualTo(Errno.EBADF);
    }

    @Test
    void theEndOfTheProcessClosesWhatIsOpen() throws Exception {
        StreamSocket listener = process.listener(INET);
        Epoll epoll = process.open(new Epoll());
        epoll.add(process.descriptor(listener), listener, Events.IN);
        int port = listener.localAddress().getPort();

        table.close();

        assertThat(listener.isClosed()).isTrue();
        assertThat(epoll.isClosed()).isTrue();
        assertThat(table.size()).isZero();
        DescriptorTable next = new DescriptorTable();
        StreamSocket heir = StreamSocket.open(INET);
        next.add(heir);
        heir.bind(TestProcess.loopback(INET, port));
        next.close();
    }

    @Test
    void afterTheEndNothingCanBeOpened() throws Exception {
        StreamSocket late = StreamSocket.open(INET);
        table.close();

        assertThat(errnoOf(() -> table.add(late))).isEqualTo(Errno.EBADF);
        assertThat(late.isClosed()).isTrue();
    }

    @Test
    void oneProcessDoesNotSeeAnothersNumbers() throws Exception {
        DescriptorTable other = new DescriptorTable();
        int mine = table.add(StreamSocket.open(INET));

        assertThat(errnoOf(() -> other.close(mine))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> table.file(mine))).isNull();
        other.close();
    }

    @Test
    void threadsThatOpenAndCloseNeverShareANumber() throws Exception {
        Set<Integer> inUse = ConcurrentHashMap.newKeySet();
        int shared = table.add(StreamSocket.open(INET));

        List<Running<Boolean>> threads = process.startTogether(4, () -> {
            boolean exclusive = true;
            for (int i = 0; i < 5000; i++) {
                int mine = table.dup(shared);
                exclusive &= inUse.add(mine);
                exclusive &= table.file(mine).equals(table.file(shared));
                inUse.remove(mine);
                table.close(mine);
            }
            return exclusive;
        });

        for (Running<Boolean> thread : threads) {
            assertThat(thread.result()).isTrue();
        }
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.dup(shared)).isEqualTo(shared + 1);
    }

    @Test
    void aFileIsClosedOnceHoweverManyThreadsCloseIt() throws Exception {
        for (int round = 0; round < 200; round++) {
            StreamSocket socket = StreamSocket.open(INET);
            int descriptor = table.add(socket);
            List<Running<Boolean>> threads =
                    process.startTogether(2, () -> errnoOf(() -> table.close(descriptor)) == null);

            assertThat(threads.get(0).result()).isNotEqualTo(threads.get(1).result());
            assertThat(socket.isClosed()).isTrue();
            assertThat(errnoOf(() -> socket.recv(ByteBuffer.allocate(1), 0))).isEqualTo(Errno.EBADF);
        }
        assertThat(table.size()).isZero();
    }

    // ---------------------------------------------------------------- dup2, F_DUPFD, FD_CLOEXEC

    @Test
    void dup2ClosesWhatTheNumberNamed() throws Exception {
        int first = table.add(StreamSocket.open(INET));
        StreamSocket replaced = StreamSocket.open(INET);
        int second = table.add(replaced);

        table.dup2(first, second);

        assertThat(table.file(second)).isSameAs(table.file(first));
        assertThat(replaced.isClosed()).isTrue();
        table.close(first);
        assertThat(table.file(second).isClosed()).isFalse();
    }

    @Test
    void dup2TakesANumberFarBeyondAndOneThatIsItself() throws Exception {
        int first = table.add(StreamSocket.open(INET));

        table.dup2(first, 5000);
        table.dup2(first, first);

        assertThat(table.file(5000)).isSameAs(table.file(first));
        assertThat(table.dup(first)).isEqualTo(4);
        assertThat(errnoOf(() -> table.dup2(4999, 4))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> table.dup2(first, -1))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> table.dup2(first, Integer.MAX_VALUE))).isEqualTo(Errno.EBADF);
    }

    @Test
    void aDuplicateMayBeAskedToBeAtLeastANumber() throws Exception {
        int first = table.add(StreamSocket.open(INET));

        assertThat(table.dup(first, 700)).isEqualTo(700);
        assertThat(table.dup(first, 700)).isEqualTo(701);
        assertThat(table.dup(first)).isEqualTo(4);
        assertThat(errnoOf(() -> table.dup(first, -1))).isEqualTo(Errno.EINVAL);
    }

    @Test
    void closeOnExecIsOfTheNumberAndGoesWithIt() throws Exception {
        int first = table.add(StreamSocket.open(INET));
        table.closeOnExec(first, true);
        int copy = table.dup(first);

        assertThat(table.closeOnExec(first)).isTrue();
        assertThat(table.closeOnExec(copy)).isFalse();
        table.close(first);
        assertThat(errnoOf(() -> table.closeOnExec(first))).isEqualTo(Errno.EBADF);
        assertThat(table.closeOnExec(table.add(StreamSocket.open(INET)))).isFalse();
    }

    @Test
    void standardStreamsAreHandedOutWhenTheyAreClosed() throws Exception {
        PipeEnd.Ends ends = PipeEnd.open();
        try (DescriptorTable own = new DescriptorTable(ends.read(), ends.write(), null)) {
            assertThat(own.file(0)).isSameAs(ends.read());
            assertThat(errnoOf(() -> own.file(2))).isEqualTo(Errno.EBADF);
            assertThat(own.dup(1)).isEqualTo(3);
            own.close(0);
            assertThat(own.dup(1)).isZero();
        }
    }

    // ---------------------------------------------------------------- RLIMIT_NOFILE

    @Test
    void whatWouldBeAtTheLimitIsEMFILE() throws Exception {
        int first = table.add(StreamSocket.open(INET));
        table.limit(10);
        for (int expected = 4; expected < 10; expected++) {
            assertThat(table.dup(first)).isEqualTo(expected);
        }

        assertThat(errnoOf(() -> table.dup(first))).isEqualTo(Errno.EMFILE);
        assertThat(errnoOf(() -> table.dup(first, 5))).isEqualTo(Errno.EMFILE);
        assertThat(errnoOf(() -> table.dup(first, 10))).isEqualTo(Errno.EINVAL);
        assertThat(errnoOf(() -> table.dup2(first, 10))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> table.requireRoom(1))).isEqualTo(Errno.EMFILE);
        assertThat(table.size()).isEqualTo(7);

        table.close(8);
        assertThat(errnoOf(() -> table.requireRoom(1))).isNull();
        assertThat(errnoOf(() -> table.requireRoom(2))).isEqualTo(Errno.EMFILE);
        assertThat(table.dup(first)).isEqualTo(8);
        table.limit(11);
        assertThat(table.dup(first)).isEqualTo(10);
    }

    @Test
    void whatIsOpenBeyondALoweredLimitStays() throws Exception {
        int first = table.add(StreamSocket.open(INET));
        table.dup2(first, 70);
        table.limit(5);

        assertThat(table.file(70)).isSameAs(table.file(first));
        assertThat(errnoOf(() -> table.dup2(70, 70))).isNull();
        assertThat(errnoOf(() -> table.dup2(first, 70))).isEqualTo(Errno.EBADF);
    }

    @Test
    void aFileWithoutADescriptorIsClosedUnlessItHasAnother() throws Exception {
        StreamSocket shared = StreamSocket.open(INET);
        StreamSocket alone = StreamSocket.open(INET);
        int first = table.add(shared);
        table.limit(4);

        assertThat(errnoOf(() -> table.add(alone))).isEqualTo(Errno.EMFILE);
        assertThat(errnoOf(() -> table.dup(first))).isEqualTo(Errno.EMFILE);
        assertThat(alone.isClosed()).isTrue();
        assertThat(shared.isClosed()).isFalse();
    }

    @Test
    void twoFilesGetTheirDescriptorsOrNeitherDoes() throws Exception {
        table.limit(5);
        PipeEnd.Ends ends = PipeEnd.open();
        assertThat(table.addPair(ends.read(), ends.write())).containsExactly(3, 4);
        table.close(3);

        PipeEnd.Ends others = PipeEnd.open();
        assertThat(errnoOf(() -> table.addPair(others.read(), others.write()))).isEqualTo(Errno.EMFILE);

        assertThat(others.read().isClosed()).isTrue();
        assertThat(others.write().isClosed()).isTrue();
        assertThat(table.size()).isEqualTo(1);
    }
}
