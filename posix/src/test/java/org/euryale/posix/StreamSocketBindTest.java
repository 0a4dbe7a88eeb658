package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.Family.INET6;
import static org.euryale.posix.TestProcess.address;
import static org.euryale.posix.TestProcess.loopback;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.euryale.posix.TestProcess.Conversation;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class StreamSocketBindTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void anUnboundSocketHasTheWildcardAndNoPort(Family family) throws Exception {
        InetSocketAddress address = process.socket(family).localAddress();

        assertThat(Names.text(address.getAddress(), family)).isEqualTo(family == INET ? "0.0.0.0" : "::");
        assertThat(address.getPort()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void thePortIsRealAtOnce(Family family) throws Exception {
        StreamSocket socket = process.socket(family);
        socket.bind(loopback(family, 0));

        assertThat(socket.localAddress().getPort()).isPositive();
        assertThat(socket.localAddress().getAddress())
                .isEqualTo(loopback(family, 0).getAddress());
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void aPortThatIsBoundIsInUse(Family family) throws Exception {
        StreamSocket first = process.socket(family);
        first.bind(loopback(family, 0));
        StreamSocket second = process.socket(family);

        assertThat(errnoOf(() -> second.bind(first.localAddress()))).isEqualTo(Errno.EADDRINUSE);
        assertThat(errnoOf(() -> second.bind(loopback(family, 0)))).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void aPortThatIsListenedOnIsInUseEvenWithReuseAddress(Family family) throws Exception {
        StreamSocket listener = process.listener(family);
        StreamSocket second = process.socket(family);
        second.setOption(Option.SO_REUSEADDR, 1);

        assertThat(errnoOf(() -> second.bind(listener.localAddress()))).isEqualTo(Errno.EADDRINUSE);
    }

    @Test
    void withReuseAddressTwoMayHoldOnePortUntilOneListens() throws Exception {
        StreamSocket first = process.socket(INET);
        StreamSocket second = process.socket(INET);
        first.setOption(Option.SO_REUSEADDR, 1);
        second.setOption(Option.SO_REUSEADDR, 1);
        first.bind(loopback(INET, 0));
        second.bind(first.localAddress());

        first.listen(1);
        assertThat(errnoOf(() -> second.listen(1))).isEqualTo(Errno.EADDRINUSE);

        // The one that failed is as it was, and listens when the other has gone.
        assertThat(second.option(Option.SO_ACCEPTCONN)).isZero();
        process.close(first);
        assertThat(errnoOf(() -> second.listen(1))).isNull();
        process.peer(second.localAddress());
        process.accept(second);
    }

    @Test
    void bindingTwiceIsEINVAL() throws Exception {
        StreamSocket socket = process.socket(INET);
        socket.bind(loopback(INET, 0));

        assertThat(errnoOf(() -> socket.bind(loopback(INET, 0)))).isEqualTo(Errno.EINVAL);
    }

    @Test
    void bindingAConnectedSocketIsEINVAL() throws Exception {
        Conversation talk = process.conversation(INET);

        assertThat(errnoOf(() -> talk.socket().bind(loopback(INET, 0)))).isEqualTo(Errno.EINVAL);
    }

    @Test
    void anAddressOfAnotherMachineIsEADDRNOTAVAIL() throws Exception {
        InetAddress documentation = address("192.0.2.1"); // RFC 5737
        StreamSocket socket = process.socket(INET);

        assertThat(errnoOf(() -> socket.bind(new InetSocketAddress(documentation, 0))))
                .isEqualTo(Errno.EADDRNOTAVAIL);
    }

    @Test
    void anAddressOfTheOtherFamilyIsEAFNOSUPPORT() throws Exception {
        StreamSocket socket = process.socket(INET);

        assertThat(errnoOf(() -> socket.bind(loopback(INET6, 0)))).isEqualTo(Errno.EAFNOSUPPORT);
        assertThat(errnoOf(() -> socket.bind(loopback(INET, 0)))).isNull();
    }

    @Test
    void bindingAClosedSocketIsEBADF() throws Exception {
        StreamSocket socket = process.socket(INET);
        process.close(socket);

        assertThat(errnoOf(() -> socket.bind(loopback(INET, 0)))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(socket::localAddress)).isEqualTo(Errno.EBADF);
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void aPortIsFreeAtOnceWhenItsSocketIsClosed(Family family) throws Exception {
        StreamSocket first = process.socket(family);
        first.bind(loopback(family, 0));
        InetSocketAddress address = first.localAddress();
        for (int i = 0; i < 100; i++) {
            process.close(first);
            first = process.socket(family);
            first.bind(address);
        }
        assertThat(first.localAddress()).isEqualTo(address);
    }

    @Test
    void whereAConnectionLingersBindNeedsReuseAddress() throws Exception {
        StreamSocket listener = process.listener(INET);
        InetSocketAddress address = listener.localAddress();
        SocketChannel peer = process.peer(address);
        StreamSocket accepted = process.accept(listener);
        // Who closes first has the port in TIME_WAIT (tcp(7)).
        process.close(accepted);
        assertThat(TestProcess.read(peer, 1)).isEmpty();
        peer.close();
        process.close(listener);

        StreamSocket strict = process.socket(INET);
        assertThat(errnoOf(() -> strict.bind(address))).isEqualTo(Errno.EADDRINUSE);
        StreamSocket reusing = process.socket(INET);
        reusing.setOption(Option.SO_REUSEADDR, 1);
        assertThat(errnoOf(() -> reusing.bind(address))).isNull();
    }

    /** listen() swaps one channel for another on the same port; nobody may get in between. */
    @Test
    void thePortIsNeverFreeBetweenBindAndListen() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        for (int round = 0; round < 20; round++) {
            StreamSocket socket = process.socket(INET);
            socket.bind(loopback(INET, 0));
            InetSocketAddress address = socket.localAddress();
            over.set(false);
            Running<Boolean> thief = process.start(() -> {
                boolean stolen = false;
                while (!over.get()) {
                    stolen |= canBind(address);
                }
                return stolen;
            });
            socket.listen(1);
            process.peer(address);
            over.set(true);
            assertThat(thief.result()).as("another could bind").isFalse();
            process.close(socket);
        }
    }

    private static boolean canBind(InetSocketAddress address) {
        try (SocketChannel thief = SocketChannel.open()) {
            thief.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
