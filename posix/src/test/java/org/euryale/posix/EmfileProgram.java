package org.euryale.posix;

import static org.euryale.posix.Failures.errnoOf;

import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs out of descriptors, in a JVM of its own with a low limit (see {@link EmfileTest}), and prints what each call
 * says. It does everything twice: the first time with descriptors to spare, so that no class is loaded when there is
 * none left.
 */
final class EmfileProgram {
    private static final long PATIENCE = 20_000_000_000L;
    private static final Poller.Sink NOBODY = (watch, events) -> {};

    private final DescriptorTable table = new DescriptorTable();
    private final Deque<Integer> hoard = new ArrayDeque<>();
    private final PrintStream out;

    private EmfileProgram(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        KernelDescriptors.now();
        new EmfileProgram(new PrintStream(PrintStream.nullOutputStream())).run(3);
        new EmfileProgram(System.out).run(Integer.MAX_VALUE);
    }

    private void run(int most) throws Exception {
        KernelDescriptors before = KernelDescriptors.now();
        StreamSocket listener = listener();
        StreamSocket bound = open();
        bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        StreamSocket client = open();
        StreamSocket refused = open();
        Poller poller = new Poller(true);
        poller.add(listener, -1, Events.IN);
        poller.add(refused, -1, Events.OUT);
        poller.await(0, 10, NOBODY);
        InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

        // What a thread keeps for itself is made here: the buffer that reads and writes of the JDK go through.
        talk(listener);

        Errno error = hoard(most);
        say("socket", error);
        say("size of the table is kept", errnoOf(() -> table.dup(hoard.getFirst())) == null);

        say("connect", errnoOf(() -> client.connect(listener.localAddress())));
        say("listener is readable", poller.await(PATIENCE, 1, NOBODY));
        say("accept", errnoOf(listener::accept));
        say("accept again", errnoOf(listener::accept));
        say("listener is still readable", poller.await(PATIENCE, 1, NOBODY));

        say("refused connect", errnoOf(() -> refused.connect(nobody)));
        untilReady(poller, refused);
        say("its error", refused.takeError());
        say("told again", errnoOf(() -> refused.connect(nobody)));
        say("connect once more", errnoOf(() -> refused.connect(listener.localAddress())));

        say("listen", errnoOf(() -> bound.listen(1)));
        Poller another = new Poller(false);
        say("another poller", errnoOf(() -> another.await(0, 1, NOBODY)));
        say("select", errnoOf(() -> Select.select(table, new int[0], new int[0], new int[0], 0)));

        release(4);
        say("accept with room", errnoOf(() -> table.add(Objects.requireNonNull(listener.accept()))));
        say("listen with room", errnoOf(() -> bound.listen(1)));
        while (!hoard.isEmpty()) {
            table.close(hoard.pop());
        }
        say("another poller with room", errnoOf(() -> another.await(0, 1, NOBODY)));
        say("select with room", errnoOf(() -> Select.select(table, new int[0], new int[0], new int[0], 0)));
        talk(listener);
        another.close();
        poller.close();
        table.close();
        say("kernel descriptors as before", KernelDescriptors.now().equals(before));
    }

    private void say(String what, @Nullable Object result) {
        out.println(what + ": " + result);
    }

    private StreamSocket open() throws PosixException {
        StreamSocket socket = StreamSocket.open(Family.INET);
        table.add(socket);
        return socket;
    }

    private StreamSocket listener() throws PosixException {
        StreamSocket listener = open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener.listen(10);
        return listener;
    }

    private @Nullable Errno hoard(int most) {
        Errno error = null;
        for (int i = 0; i < most && error == null; i++) {
            error = errnoOf(() -> hoard.push(table.add(StreamSocket.open(Family.INET))));
        }
        return error;
    }

    private void release(int count) throws PosixException {
        for (int i = 0; i < count; i++) {
            Integer descriptor = hoard.poll();
            if (descriptor != null) {
                table.close(descriptor);
            }
        }
    }

    /** A connection, a byte, and its end. */
    private void talk(StreamSocket listener) throws PosixException {
        StreamSocket client = open();
        say("connecting", errnoOf(() -> client.connect(listener.localAddress())));
        table.pollers().await(client, Events.OUT, PATIENCE);
        StreamSocket accepted;
        do {
            table.pollers().await(listener, Events.IN, PATIENCE);
            accepted = Objects.requireNonNull(listener.accept());
            table.add(accepted);
        } while (!accepted.remoteAddress().equals(client.localAddress()));
        ByteBuffer one = ByteBuffer.allocate(1);
        client.send(one, 0);
        table.pollers().await(accepted, Events.IN, PATIENCE);
        say("a byte arrives", accepted.recv(one.clear(), 0));
    }

    private static void untilReady(Poller poller, StreamSocket socket) throws PosixException {
        boolean[] found = {false};
        while (!found[0]) {
            poller.await(
                    PATIENCE, 10, (watch, events) -> found[0] |= watch.file().equals(socket));
        }
    }
}
