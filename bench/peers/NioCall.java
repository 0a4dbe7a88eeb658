import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/**
 * One write and one read a message on raw channels, through direct buffers: what servers/call.py does, in Java. Prints
 * {@code READY PID p}, then reads commands, a line each, and answers with a line of JSON:
 *
 * <pre>
 *     pair SIZE SECS          both ends of a connection are this thread's, non-blocking
 *     ping SIZE SECS PORT     the other end is an echo server; the channel blocks
 * </pre>
 */
public final class NioCall {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private NioCall() {}

    public static void main(String[] args) throws IOException {
        System.out.println("READY PID " + ProcessHandle.current().pid());
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = commands.readLine()) != null; ) {
            String[] words = line.split(" ");
            int size = Integer.parseInt(words[1]);
            double seconds = Double.parseDouble(words[2]);
            System.out.println(
                    words[0].equals("pair") ? pair(size, seconds) : ping(size, seconds, Integer.parseInt(words[3])));
        }
    }

    private static String pair(int size, double seconds) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
                SocketChannel sender = connect(listener.getLocalAddress());
                SocketChannel receiver = listener.accept()) {
            receiver.setOption(StandardSocketOptions.TCP_NODELAY, true);
            receiver.configureBlocking(false);
            sender.configureBlocking(false);
            return measure(sender, receiver, size, seconds);
        }
    }

    private static String ping(int size, double seconds, int port) throws IOException {
        try (SocketChannel channel = connect(new InetSocketAddress(LOOPBACK, port))) {
            return measure(channel, channel, size, seconds);
        }
    }

    private static SocketChannel connect(SocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    private static String measure(SocketChannel sender, SocketChannel receiver, int size, double seconds)
            throws IOException {
        ByteBuffer out = ByteBuffer.allocateDirect(size);
        ByteBuffer in = ByteBuffer.allocateDirect(size);
        long messages = 0;
        long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
        long begin = System.nanoTime();
        long now = begin;
        while ((now - begin) / 1e9 < seconds) {
            exchange(sender, receiver, out, in, 100);
            messages += 100;
            now = System.nanoTime();
        }
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
        return String.format(
                Locale.ROOT,
                "{\"msgs\": %d, \"secs\": %.6f, \"allocated\": %d}",
                messages,
                (now - begin) / 1e9,
                bytes);
    }

    private static void exchange(SocketChannel sender, SocketChannel receiver, ByteBuffer out, ByteBuffer in, int count)
            throws IOException {
        for (int i = 0; i < count; i++) {
            out.clear();
            sender.write(out);
            if (out.hasRemaining()) {
                throw new IOException("the kernel took less than a message");
            }
            in.clear();
            while (in.hasRemaining()) {
                if (receiver.read(in) < 0) {
                    throw new EOFException("the other end closed the connection");
                }
            }
        }
    }
}
