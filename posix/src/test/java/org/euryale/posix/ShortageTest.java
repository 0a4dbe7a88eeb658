package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often the collector is run for those who find no descriptor. The clock is the test's. */
@Timeout(60)
class ShortageTest {
    private static final long SECOND = 1_000_000_000L;

    private final DescriptorTable table = new DescriptorTable();
    private final AtomicLong now = new AtomicLong();
    private int collections;
    private long cost;
    private final Shortage shortage = new Shortage(now::get, this::collect);

    ShortageTest() {
        shortage.add(table);
    }

    @AfterEach
    void end() {
        table.close();
    }

    private void collect() {
        collections++;
        now.addAndGet(cost);
        System.gc();
    }

    private void drop(int count) throws PosixException {
        for (int i = 0; i < count; i++) {
            table.add(DatagramSocket.open(Family.INET), new Object());
        }
    }

    @Test
    void whatWasDroppedIsClosed() throws Exception {
        drop(3);

        assertThat(shortage.relieve()).isTrue();

        assertThat(table.size()).isZero();
        assertThat(collections).isEqualTo(1);
    }

    @Test
    void aServerAtItsLimitCollectsOnceASecond() throws Exception {
        shortage.relieve();
        for (int i = 0; i < 9; i++) {
            now.addAndGet(SECOND / 10);
            assertThat(shortage.relieve()).isFalse();
        }
        assertThat(collections).isEqualTo(1);

        now.addAndGet(SECOND / 10);
        assertThat(shortage.relieve()).isTrue();
        assertThat(collections).isEqualTo(2);
    }

    @Test
    void whereCollectionsAreSlowTheyAreRarer() {
        cost = SECOND;
        shortage.relieve();
        now.addAndGet(19 * SECOND);
        assertThat(shortage.relieve()).isFalse();
        now.addAndGet(SECOND);
        assertThat(shortage.relieve()).isTrue();
    }

    @Test
    void aProgramThatDropsManyIsServedAtOnce() throws Exception {
        for (int i = 1; i <= 3; i++) {
            drop(40);
            assertThat(shortage.relieve()).isTrue();
            assertThat(collections).isEqualTo(i);
            assertThat(table.size()).isZero();
        }
    }

    @Test
    void otherErrorsAreNobodysShortage() {
        assertThat(Shortage.relieved(new PosixException(Errno.ECONNREFUSED))).isFalse();
    }
}
