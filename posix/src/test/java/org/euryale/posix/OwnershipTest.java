package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A descriptor whose owner is forgotten is closed, and never one that somebody else has by then. */
@Timeout(60)
class OwnershipTest {
    private final DescriptorTable table = new DescriptorTable();

    @AfterEach
    void end() {
        table.close();
    }

    private static DatagramSocket open() throws PosixException {
        return DatagramSocket.open(Family.INET);
    }

    /** Adds it for an owner that is forgotten by the time this returns. */
    private int dropped(OpenFile file) throws PosixException {
        return table.add(file, new Object());
    }

    /** System.gc() returns when the collection is over (HotSpot, without -XX:+DisableExplicitGC). */
    private int collect() {
        System.gc();
        return table.closeCollected();
    }

    @Test
    void aForgottenOwnersDescriptorIsClosed() throws Exception {
        OpenFile file = open();
        int descriptor = dropped(file);

        assertThat(collect()).isEqualTo(1);

        assertThat(file.isClosed()).isTrue();
        assertThat(table.fileOrNull(descriptor)).isNull();
        assertThat(table.forgotten()).isEqualTo(1);
    }

    @Test
    void makingADescriptorClosesWhatWasForgotten() throws Exception {
        OpenFile file = open();
        int descriptor = dropped(file);
        System.gc();

        int next = -1;
        while (next != descriptor) { // the JVM queues what it has found on a thread of its own
            if (next >= 0) {
                table.close(next);
            }
            next = table.add(open());
        }

        assertThat(file.isClosed()).isTrue();
    }

    @Test
    void waitingClosesWhatWasForgotten() throws Exception {
        OpenFile file = open();
        dropped(file);
        DatagramSocket waited = open();
        table.add(waited);
        System.gc();

        while (!file.isClosed()) {
            table.pollers().await(waited, Events.IN, 1_000_000);
        }

        assertThat(table.forgotten()).isEqualTo(1);
    }

    @Test
    void anOwnerThatIsThereKeepsItsDescriptor() throws Exception {
        Object owner = new Object();
        OpenFile file = open();
        table.add(file, owner);

        assertThat(collect()).isZero();

        assertThat(file.isClosed()).isFalse();
        assertThat(owner).isNotNull();
    }

    @Test
    void anotherDescriptorKeepsTheFileOpen() throws Exception {
        OpenFile file = open();
        int copy = table.dup(dropped(file));

        assertThat(collect()).isEqualTo(1);

        assertThat(file.isClosed()).isFalse();
        assertThat(table.file(copy)).isEqualTo(file);
    }

    @Test
    void aNumberThatWasGivenAgainIsLeftAlone() throws Exception {
        int descriptor = dropped(open());
        table.close(descriptor);
        OpenFile other = open();
        assertThat(table.add(other)).isEqualTo(descriptor);

        assertThat(collect()).isZero();

        assertThat(other.isClosed()).isFalse();
    }

    @Test
    void aNumberThatAnotherOwnsByNowIsLeftAlone() throws Exception {
        table.close(dropped(open()));
        Object owner = new Object();
        OpenFile other = open();
        int descriptor = table.add(other, owner);

        assertThat(collect()).isZero();

        table.close(descriptor, owner);
        assertThat(other.isClosed()).isTrue();
    }

    @Test
    void onlyTheOwnerCloses() throws Exception {
        Object owner = new Object();
        int descriptor = table.add(open(), owner);

        assertThat(errnoOf(() -> table.close(descriptor, new Object()))).isEqualTo(Errno.EBADF);
        table.close(descriptor);
        assertThat(errnoOf(() -> table.close(descriptor, owner))).isEqualTo(Errno.EBADF);
        table.add(open());
        assertThat(errnoOf(() -> table.close(descriptor, owner))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> table.close(-1, owner))).isEqualTo(Errno.EBADF);
    }

    @Test
    void aNumberHasOneOwner() throws Exception {
        Object owner = new Object();
        int descriptor = table.add(open());

        assertThat(table.own(descriptor, owner)).isTrue();
        assertThat(table.own(descriptor, new Object())).isFalse();
        assertThat(table.own(descriptor + 1, owner)).isFalse();
        assertThat(collect()).isZero();
    }

    @Test
    void dup2ChangesTheFileAndNotTheOwner() throws Exception {
        OpenFile other = open();
        int from = table.add(other);
        int descriptor = dropped(open());
        table.dup2(from, descriptor);
        table.close(from);

        assertThat(collect()).isEqualTo(1);

        assertThat(other.isClosed()).isTrue();
    }

    @Test
    void theEndOfTheProcessComesFirst() throws Exception {
        dropped(open());
        table.close();

        assertThat(collect()).isZero();
        assertThat(table.closeForgotten()).isZero();
    }

    /** Numbers that are dropped, closed and given again all at once; whoever holds a file finds it open. */
    @Test
    void nobodyLosesAFileToAForgottenOwner() throws Exception {
        List<@Nullable Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        long deadline = System.nanoTime() + 2_000_000_000L;
        for (int i = 0; i < 3; i++) {
            Thread thread = new Thread(() -> churn(deadline));
            thread.setUncaughtExceptionHandler((who, failure) -> {
                synchronized (failures) {
                    failures.add(failure);
                }
            });
            threads.add(thread);
            thread.start();
        }
        while (System.nanoTime() < deadline) {
            System.gc();
            table.closeCollected();
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(failures).isEmpty();
        assertThat(table.forgotten()).isPositive();
    }

    private void churn(long deadline) {
        try {
            while (System.nanoTime() < deadline) {
                dropped(open());
                if (ThreadLocalRandom.current().nextBoolean()) {
                    Object closedBehind = new Object();
                    int number = table.add(open(), closedBehind);
                    table.close(number); // as os.close
                    assertThat(closedBehind).isNotNull();
                }
                OpenFile mine = open();
                Object owner = new Object();
                int kept = table.add(mine, owner);
                table.closeForgotten();
                assertThat(Objects.requireNonNull(table.fileOrNull(kept))).isEqualTo(mine);
                assertThat(mine.isClosed()).isFalse();
                table.close(kept, owner);
            }
        } catch (PosixException e) {
            throw new IllegalStateException(e);
        }
    }
}
