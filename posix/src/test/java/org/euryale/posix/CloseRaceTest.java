package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.euryale.posix.TestProcess.Conversation;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that close under each other, and what a close promises when it returns. */
@Timeout(60)
class CloseRaceTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    private final AtomicBoolean over = new AtomicBoolean();

    /** A thread that waits in the epoll again and again until it is closed. */
    private Running<Errno> looper(Epoll epoll) {
        return process.start(() -> {
            Errno error = null;
            while (error == null) {
                error = errnoOf(() -> epoll.await(-1, 10, (d, e) -> {}));
            }
            return error;
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void aListenersPortIsFreeWhenCloseReturns(Family family) throws Exception {
        Epoll idle = process.open(new Epoll());
        Epoll waiting = process.open(new Epoll());
        Running<Errno> looper = looper(waiting);
        InetSocketAddress address = null;
        for (int i = 0; i < 300; i++) {
            StreamSocket listener = StreamSocket.open(family);
            int descriptor = process.table().add(listener);
            listener.bind(address == null ? TestProcess.loopback(family, 0) : address);
            listener.listen(1);
            address = listener.localAddress();
            idle.add(descriptor, listener, Events.IN);
            waiting.add(descriptor, listener, Events.IN);
            if (i % 2 == 0) {
                idle.await(0, 1, (d, e) -> {});
            }
            process.table().close(descriptor);
        }
        process.close(waiting);

        assertThat(looper.result()).isEqualTo(Errno.EBADF);
    }

    @Test
    void thePeerSeesTheEndWhenCloseReturns() throws Exception {
        Epoll idle = process.open(new Epoll());
        for (int i = 0; i < 100; i++) {
            Conversation talk = process.conversation(INET);
            idle.add(process.descriptor(talk.socket()), talk.socket(), Events.IN);
            idle.await(0, 1, (d, e) -> {});
            process.close(talk.socket());
            assertThat(TestProcess.read(talk.peer(), 1)).isEmpty();
        }
    }

    @Test
    void closeReturnsWhileManyWait() throws Exception {
        List<Running<Errno>> loopers = new ArrayList<>();
        List<Epoll> epolls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            epolls.add(process.open(new Epoll()));
            loopers.add(looper(epolls.get(i)));
        }
        for (int i = 0; i < 100; i++) {
            Conversation talk = process.conversation(INET);
            for (Epoll epoll : epolls) {
                epoll.add(process.descriptor(talk.socket()), talk.socket(), Events.IN);
            }
            process.close(talk.socket());
            assertThat(TestProcess.read(talk.peer(), 1)).isEmpty();
        }
        for (int i = 0; i < 4; i++) {
            process.close(epolls.get(i));
            assertThat(loopers.get(i).result()).isEqualTo(Errno.EBADF);
        }
    }

    /** Register, modify and remove while another thread waits: no lost wake-up, no exception, no entry left. */
    @Test
    void anEpollIsChangedUnderItsWaiter() throws Exception {
        Epoll epoll = process.open(new Epoll());
        Running<Errno> looper = looper(epoll);
        List<Conversation> talks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            talks.add(process.conversation(INET));
        }
        List<Running<Integer>> changers = process.startTogether(3, () -> {
            Random random = new Random(Thread.currentThread().getName().hashCode());
            int failures = 0;
            for (int i = 0; i < 1000; i++) {
                StreamSocket socket = talks.get(random.nextInt(talks.size())).socket();
                int descriptor = process.descriptor(socket);
                int events = random.nextInt(8) | (random.nextBoolean() ? Epoll.ET : 0);
                Errno error = switch (random.nextInt(3)) {
                    case 0 -> errnoOf(() -> epoll.add(descriptor, socket, events));
                    case 1 -> errnoOf(() -> epoll.modify(descriptor, socket, events));
                    default -> errnoOf(() -> epoll.remove(descriptor, socket));
                };
                if (error != null) {
                    assertThat(error).isIn(Errno.EEXIST, Errno.ENOENT);
                    failures++;
                }
            }
            return failures;
        });
        for (Running<Integer> changer : changers) {
            assertThat(changer.result()).isLessThan(1000);
        }
        process.close(epoll);
        assertThat(looper.result()).isEqualTo(Errno.EBADF);
        for (Conversation talk : talks) {
            assertThat(java.util.Objects.requireNonNull(talk.socket().selectable())
                            .isRegistered())
                    .isFalse();
        }
    }

    /** One closes while others read, write, poll and ask: each call works or fails with EBADF or the end. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void callsUnderACloseFailCleanly(boolean reset) throws Exception {
        Set<Errno> expected = EnumSet.of(Errno.EBADF, Errno.EPIPE, Errno.ECONNRESET, Errno.ENOTCONN);
        for (int round = 0; round < 60; round++) {
            Conversation talk = process.conversation(INET);
            StreamSocket socket = talk.socket();
            int descriptor = process.descriptor(socket);
            List<Running<Boolean>> users = new ArrayList<>();
            users.add(process.start(() -> endsIn(expected, () -> socket.recv(ByteBuffer.allocate(100), 0))));
            users.add(process.start(() -> endsIn(expected, () -> socket.send(bytes("x"), 0))));
            users.add(process.start(() ->
                    endsIn(expected, () -> process.table().pollers().await(socket, Events.IN, 1_000_000))));
            users.add(process.start(() -> endsIn(expected, () -> {
                int[] one = {descriptor};
                Select.select(process.table(), one, new int[0], new int[0], 100_000);
                socket.option(Option.TCP_NODELAY);
            })));
            talk.peer().write(bytes("hello"));
            if (reset) {
                TestProcess.reset(talk.peer());
            }
            process.close(socket);
            for (Running<Boolean> user : users) {
                assertThat(user.result()).isTrue();
            }
        }
        assertThat(process.table().size()).isZero();
    }

    /** Repeats the call until it fails with EBADF; false when it fails otherwise than expected. */
    private static boolean endsIn(Set<Errno> expected, Failures.Call call) {
        for (; ; ) {
            Errno error = errnoOf(call);
            if (error == Errno.EBADF) {
                return true;
            }
            if (error != null && !expected.contains(error)) {
                return false;
            }
        }
    }

    @Test
    void threadsThatOpenWatchAndCloseLeaveNothing() throws Exception {
        StreamSocket listener = process.listener(INET);
        InetSocketAddress address = listener.localAddress();
        Epoll epoll = process.open(new Epoll());
        epoll.add(process.descriptor(listener), listener, Events.IN);
        Running<Integer> server = process.start(() -> {
            int served = 0;
            while (!over.get()) {
                epoll.await(10_000_000, 100, (d, e) -> {});
                StreamSocket accepted;
                while ((accepted = listener.accept()) != null) {
                    int descriptor = process.table().add(accepted);
                    epoll.add(descriptor, accepted, Events.IN | Epoll.ET);
                    accepted.send(bytes("."), 0);
                    process.table().close(descriptor);
                    served++;
                }
            }
            return served;
        });
        List<Running<Integer>> clients = process.startTogether(3, () -> {
            int done = 0;
            while (done < 150) {
                StreamSocket client = StreamSocket.open(INET);
                int descriptor = process.table().add(client);
                epoll.add(descriptor, client, Events.OUT);
                assertThat(errnoOf(() -> client.connect(address))).isEqualTo(Errno.EINPROGRESS);
                process.table().pollers().await(client, Events.IN, TestProcess.PATIENCE_NANOS);
                client.recv(ByteBuffer.allocate(1), 0);
                process.table().close(descriptor);
                done++;
            }
            return done;
        });
        for (Running<Integer> client : clients) {
            assertThat(client.result()).isEqualTo(150);
        }
        over.set(true);

        assertThat(server.result()).isEqualTo(450);
        assertThat(process.table().size()).isEqualTo(2);
    }

    @Test
    void theEndOfTheProcessUnderLoadLeavesNothing() throws Exception {
        for (int round = 0; round < 20; round++) {
            DescriptorTable table = new DescriptorTable();
            StreamSocket listener = StreamSocket.open(INET);
            table.add(listener);
            listener.bind(TestProcess.loopback(INET, 0));
            listener.listen(10);
            Poll list = new Poll(table);
            list.register(3, Events.IN);
            List<Running<Errno>> users = List.of(
                    process.start(() -> untilItFails(() -> table.close(table.dup(3)))),
                    process.start(() -> untilItFails(() -> list.poll(-1, (d, e) -> {}))),
                    process.start(() -> untilItFails(() -> table.pollers().await(listener, Events.IN, 1000))));
            users.get(1).whenWaiting();
            table.close();
            for (Running<Errno> user : users) {
                assertThat(user.result()).isEqualTo(Errno.EBADF);
            }
            assertThat(table.size()).isZero();
        }
    }

    private static Errno untilItFails(Failures.Call call) {
        Errno error = null;
        while (error == null) {
            error = errnoOf(call);
        }
        return error;
    }
}
