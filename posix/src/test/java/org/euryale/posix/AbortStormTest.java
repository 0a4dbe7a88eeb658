package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Family.INET;

import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.euryale.posix.TestProcess.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class AbortStormTest {
    private static final int STORM = 10_000;

    @RegisterExtension
    final TestProcess process = new TestProcess();

    private int served;

    /** A server meets clients that connect and vanish with a RST, and is afterwards as it was before. */
    @Test
    void tenThousandConnectsAndAbortsLeaveEverythingAsBefore() throws Exception {
        StreamSocket listener = process.listener(INET);
        InetSocketAddress address = listener.localAddress();
        Epoll epoll = process.open(new Epoll());
        epoll.add(process.descriptor(listener), listener, Events.IN);
        epoll.await(0, 1, (d, e) -> {});
        int tableBefore = process.table().size();
        int kernelBefore = KernelDescriptors.now().total();
        Running<Integer> clients = process.start(() -> {
            int done = 0;
            for (; done < STORM; done++) {
                try (SocketChannel client = SocketChannel.open(address)) {
                    client.setOption(StandardSocketOptions.SO_LINGER, 0);
                }
            }
            return done;
        });

        while (served < STORM) {
            epoll.await(TestProcess.PATIENCE_NANOS, 100, (descriptor, events) -> {
                if (descriptor == process.descriptor(listener)) {
                    accept(listener, epoll);
                } else {
                    hangUp(descriptor);
                }
            });
        }

        assertThat(clients.result()).isEqualTo(STORM);
        TestProcess.eventually().untilAsserted(() -> {
            epoll.await(0, 1000, (descriptor, events) -> hangUp(descriptor));
            assertThat(process.table().size()).isEqualTo(tableBefore);
        });
        assertThat(KernelDescriptors.now().total()).isEqualTo(kernelBefore);
        process.peer(address);
        assertThat(process.accept(listener)).isNotNull();
    }

    private void accept(StreamSocket listener, Epoll epoll) {
        assertThat(Failures.errnoOf(() -> {
                    StreamSocket accepted;
                    while ((accepted = listener.accept()) != null) {
                        int descriptor = process.table().add(accepted);
                        epoll.add(descriptor, accepted, Events.IN);
                        served++;
                    }
                }))
                .isNull();
    }

    private void hangUp(int descriptor) {
        assertThat(Failures.errnoOf(() -> process.table().close(descriptor))).isNull();
    }
}
