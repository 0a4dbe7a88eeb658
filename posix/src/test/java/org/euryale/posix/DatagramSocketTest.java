package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.TestProcess.bytes;
import static org.euryale.posix.TestProcess.loopback;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class DatagramSocketTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    private DatagramSocket socket(Family family) throws Exception {
        DatagramSocket socket = process.open(DatagramSocket.open(family));
        socket.bind(loopback(family, 0));
        return socket;
    }

    private String receive(DatagramSocket socket, int size, int flags) throws Exception {
        process.await(socket, Events.IN);
        ByteBuffer into = ByteBuffer.allocate(size);
        socket.recv(into, flags);
        return StandardCharsets.ISO_8859_1.decode(into.flip()).toString();
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void datagramsGoBothWays(Family family) throws Exception {
        DatagramSocket one = socket(family);
        DatagramSocket two = socket(family);

        assertThat(one.sendTo(bytes("hello"), 0, two.localAddress())).isEqualTo(5);
        assertThat(receive(two, 9, 0)).isEqualTo("hello");
        two.connect(one.localAddress());
        assertThat(two.send(bytes("you"), 0)).isEqualTo(3);
        assertThat(receive(one, 9, 0)).isEqualTo("you");
    }

    @Test
    void nothingToReadWouldBlock() throws Exception {
        DatagramSocket socket = socket(INET);

        assertThat(socket.recv(ByteBuffer.allocate(1), 0)).isEqualTo(OpenFile.WOULD_BLOCK);
        assertThat(socket.recv(ByteBuffer.allocate(1), Socket.MSG_PEEK)).isEqualTo(OpenFile.WOULD_BLOCK);
        assertThat(socket.recvFrom(ByteBuffer.allocate(1), 0)).isNull();
    }

    @Test
    void whatDoesNotFitIsDropped() throws Exception {
        DatagramSocket one = socket(INET);
        DatagramSocket two = socket(INET);
        for (String text : new String[] {"first", "second", "third"}) {
            one.sendTo(bytes(text), 0, two.localAddress());
        }

        assertThat(receive(two, 2, Socket.MSG_PEEK)).isEqualTo("fi");
        assertThat(receive(two, 2, 0)).isEqualTo("fi");
        assertThat(receive(two, 9, 0)).isEqualTo("second");
        assertThat(receive(two, 2, 0)).isEqualTo("th");
        assertThat(two.recv(ByteBuffer.allocate(9), 0)).isEqualTo(OpenFile.WOULD_BLOCK);
    }

    @Test
    void whatCameBeforeConnectIsStillThere() throws Exception {
        DatagramSocket one = socket(INET);
        DatagramSocket two = socket(INET);
        one.sendTo(bytes("early"), 0, two.localAddress());

        two.connect(socket(INET).localAddress());

        assertThat(receive(two, 9, 0)).isEqualTo("early");
    }

    @Test
    void aRefusalIsToldOnce() throws Exception {
        DatagramSocket nobody = socket(INET);
        DatagramSocket socket = socket(INET);
        socket.connect(nobody.localAddress());
        process.close(nobody);
        socket.send(bytes("x"), 0);

        process.await(socket, Events.IN);
        assertThat(socket.takeError()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(socket.takeError()).isNull();
        assertThat(socket.recv(ByteBuffer.allocate(1), 0)).isEqualTo(OpenFile.WOULD_BLOCK);
    }

    @Test
    void itsErrorsAreThePlatforms() throws Exception {
        DatagramSocket socket = socket(INET);

        assertThat(errnoOf(() -> socket.bind(loopback(INET, 0)))).isEqualTo(Errno.EINVAL);
        assertThat(errnoOf(socket::remoteAddress)).isEqualTo(Errno.ENOTCONN);
        assertThat(errnoOf(() -> socket.send(bytes("x"), 0))).isEqualTo(Errno.EDESTADDRREQ);
        assertThat(errnoOf(() -> socket.send(bytes("x"), Socket.MSG_OOB))).isEqualTo(Errno.EOPNOTSUPP);
        assertThat(errnoOf(() -> socket.sendTo(ByteBuffer.allocate(65_508), 0, socket.localAddress())))
                .isEqualTo(Errno.EMSGSIZE);
        assertThat(errnoOf(() -> socket.listen(1))).isEqualTo(Errno.EOPNOTSUPP);
        assertThat(errnoOf(socket::accept)).isEqualTo(Errno.EOPNOTSUPP);
        assertThat(errnoOf(() -> socket.shutdown(true, true))).isEqualTo(Errno.ENOTCONN);
    }

    @Test
    void aClosedOneIsABadDescriptor() throws Exception {
        DatagramSocket socket = socket(INET);
        DatagramSocket other = socket(INET);
        process.close(socket);

        assertThat(errnoOf(() -> socket.recv(ByteBuffer.allocate(1), 0))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> socket.recv(ByteBuffer.allocate(1), Socket.MSG_PEEK)))
                .isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> socket.send(bytes("x"), 0))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> socket.sendTo(bytes("x"), 0, other.localAddress())))
                .isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> socket.connect(other.localAddress()))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(socket::localAddress)).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(socket::takeError)).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> socket.option(Option.SO_RCVBUF))).isEqualTo(Errno.EBADF);
    }
}
