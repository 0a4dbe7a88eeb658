package org.euryale.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TimersTest {
    @RegisterExtension
    final TestHost host = new TestHost();

    private final List<String> called = new ArrayList<>();

    private Timer in(long nanos, String name) {
        return host.reactor.callAt(host.now() + nanos, () -> called.add(name));
    }

    @Test
    void dueOnesAreCalledInTheirOrder() throws Exception {
        in(30, "c");
        in(10, "a");
        in(20, "b");
        in(20, "b, set later");
        host.turn();
        assertThat(called).isEmpty();
        host.pass(20);
        host.turn();
        assertThat(called).containsExactly("a", "b", "b, set later");
        host.pass(10);
        host.turn();
        assertThat(called).endsWith("c");
    }

    @Test
    void aCancelledOneIsNotCalledEvenInTheTurnInWhichItIsDue() throws Exception {
        List<Timer> timers = new ArrayList<>();
        host.reactor.callAt(host.now(), () -> timers.get(0).cancel());
        timers.add(in(0, "cancelled"));
        assertThat(timers.get(0).isPending()).isTrue();
        host.turn();
        assertThat(called).isEmpty();
        assertThat(timers.get(0).isPending()).isFalse();
        timers.get(0).cancel();
        timers.get(0).move(host.now());
        host.turn();
        assertThat(called).isEmpty();
    }

    @Test
    void whatACallSetsIsTheNextTurns() throws Exception {
        host.reactor.callAt(host.now(), () -> in(0, "next"));
        host.turn();
        assertThat(called).isEmpty();
        assertThat(host.reactor.pendingCalls()).hasSize(1);
        host.turn();
        assertThat(called).containsExactly("next");
    }

    @Test
    void whatACallSetsCanBeCancelledAndMovedInTheSameTurn() throws Exception {
        host.reactor.callAt(host.now(), () -> {
            in(0, "cancelled").cancel();
            in(0, "moved").move(host.now() + 100);
        });
        host.turn();
        host.turn();
        assertThat(called).isEmpty();
        host.pass(100);
        host.turn();
        assertThat(called).containsExactly("moved");
    }

    @Test
    void movedOnesComeAtTheirNewTime() throws Exception {
        Timer later = in(10, "later");
        Timer sooner = in(100, "sooner");
        later.move(host.now() + 200);
        sooner.move(host.now() + 5);
        host.pass(10);
        host.turn();
        assertThat(called).containsExactly("sooner");
        host.pass(190);
        host.turn();
        assertThat(called).containsExactly("sooner", "later");
    }

    @Test
    void oneThatThrowsIsReportedAndTheOthersAreCalled() throws Exception {
        host.reactor.callAt(host.now(), () -> {
            throw new IllegalStateException("mine");
        });
        in(0, "other");
        host.turn();
        assertThat(host.takeThrown()).hasMessage("mine");
        assertThat(called).containsExactly("other");
    }

    /** A heap against a sorted list, with every operation at random places. */
    @Test
    void theHeapKeepsTheOrderWhateverIsDone() throws Exception {
        Random random = new Random(42);
        List<Timer> timers = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            Timer[] self = new Timer[1];
            self[0] = host.reactor.callAt(host.now() + random.nextInt(1000), () -> times.add(self[0].time()));
            timers.add(self[0]);
        }
        for (int i = 0; i < 3000; i++) {
            Timer timer = timers.get(random.nextInt(timers.size()));
            if (random.nextBoolean()) {
                timer.cancel();
            } else {
                timer.move(host.now() + random.nextInt(1000));
            }
        }
        List<Long> expected = timers.stream()
                .filter(Timer::isPending)
                .map(Timer::time)
                .sorted()
                .toList();
        assertThat(host.reactor.pendingCalls()).hasSameSizeAs(expected);
        for (int i = 0; i < 10; i++) {
            host.pass(100);
            host.turn();
        }
        assertThat(times).isEqualTo(expected).isNotEmpty();
        assertThat(host.reactor.pendingCalls()).isEmpty();
    }
}
