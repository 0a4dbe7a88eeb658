package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;
import static org.euryale.posix.TestProcess.loopback;

import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a datagram channel cannot do, one test a fact; see {@link JdkLimitsTest}. */
@Timeout(60)
class JdkDatagramLimitsTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    private DatagramChannel channel() throws Exception {
        DatagramChannel channel = process.keep(DatagramChannel.open(INET.protocolFamily()));
        channel.bind(loopback(INET, 0));
        channel.configureBlocking(false);
        return channel;
    }

    private DatagramSocket socket() throws Exception {
        DatagramSocket socket = process.open(DatagramSocket.open(INET));
        socket.bind(loopback(INET, 0));
        return socket;
    }

    @Test
    void aConnectedChannelSendsToItsPeerAlone() throws Exception {
        DatagramChannel one = channel();
        one.connect(channel().getLocalAddress());
        DatagramChannel other = channel();

        assertThatThrownBy(() -> one.send(bytes("x"), other.getLocalAddress()))
                .isInstanceOf(AlreadyConnectedException.class);

        DatagramSocket socket = socket();
        socket.connect(socket().localAddress());
        DatagramSocket third = socket();
        assertThat(errnoOf(() -> socket.sendTo(bytes("x"), 0, third.localAddress())))
                .isEqualTo(Errno.EISCONN);
    }

    @Test
    void anEmptyWriteIsNoDatagram() throws Exception {
        DatagramChannel from = channel();
        DatagramChannel to = channel();
        from.connect(to.getLocalAddress());

        assertThat(from.write(ByteBuffer.allocate(0))).isZero();
        assertThat(from.send(ByteBuffer.allocate(0), to.getLocalAddress())).isZero();
        assertThat(to.receive(ByteBuffer.allocate(1)))
                .as("a datagram of 0 bytes is Linux's answer")
                .isNull();

        DatagramSocket socket = socket();
        socket.connect(socket().localAddress());
        assertThat(errnoOf(() -> socket.send(bytes(""), 0))).isEqualTo(Errno.EOPNOTSUPP);
    }

    @Test
    void connectingThrowsAwayWhatHasCome() throws Exception {
        DatagramChannel from = channel();
        DatagramChannel to = channel();
        from.send(bytes("early"), to.getLocalAddress());

        to.connect(from.getLocalAddress());

        assertThat(to.receive(ByteBuffer.allocate(9))).isNull();
    }

    @Test
    void anInterestInNothingHearsNoRefusal() throws Exception {
        DatagramSocket nobody = socket();
        DatagramSocket socket = socket();
        socket.connect(nobody.localAddress());
        process.close(nobody);
        socket.send(bytes("x"), 0); // the answer is there when this returns: loopback
        Poll poll = new Poll(process.table());
        int[] found = {0};

        poll.register(process.descriptor(socket), 0);
        poll.poll(0, (descriptor, events) -> found[0] = events);
        assertThat(found[0]).as("POLLERR is Linux's answer").isZero();
        poll.register(process.descriptor(socket), Events.IN);
        poll.poll(TestProcess.PATIENCE_NANOS, (descriptor, events) -> found[0] = events);
        assertThat(found[0]).isEqualTo(Events.ERR);
    }

    @Test
    void theInterfaceOfGroupsCannotBeTakenBack() throws Exception {
        DatagramChannel channel = channel();

        assertThatThrownBy(() -> channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anIPv6ChannelHasOneTimeToLive() throws Exception {
        DatagramChannel channel = process.keep(DatagramChannel.open(Family.INET6.protocolFamily()));

        assertThat(channel.supportedOptions().stream().map(option -> option.name()))
                .contains("IP_MULTICAST_TTL")
                .doesNotContain("IPV6_MULTICAST_HOPS", "IP_TTL", "IPV6_UNICAST_HOPS", "IPV6_V6ONLY", "IP_RECVERR");
    }
}
