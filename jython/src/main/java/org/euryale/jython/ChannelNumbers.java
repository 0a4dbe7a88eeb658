package org.euryale.jython;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.NetworkChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.euryale.posix.Errno;
import org.euryale.posix.PosixException;

/**
 * Which descriptor of the kernel a channel has. The JDK does not tell, so the channel's socket is made known: an option
 * that has no effect yet is set through the channel to values drawn by lot, and the descriptor on which the kernel reads
 * all of them back is the channel's.
 */
final class ChannelNumbers {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_LINGER = 13;

    /** Another socket agrees by chance with 1 in 2 to the power of these. */
    private static final int BITS = 48;

    private static final int LINGER_BITS = 12;

    private ChannelNumbers() {}

    /** The number; EBADF when the channel is closed meanwhile. */
    static int of(NetworkChannel channel) throws PosixException {
        try {
            boolean internet = channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEADDR);
            return internet
                    ? find(channel, StandardSocketOptions.SO_REUSEADDR)
                    : find(channel, StandardSocketOptions.SO_LINGER);
        } catch (IOException e) {
            throw new PosixException(Errno.EBADF);
        }
    }

    private static <T> int find(NetworkChannel channel, SocketOption<T> option) throws IOException, PosixException {
        boolean linger = option.equals(StandardSocketOptions.SO_LINGER);
        T before = channel.getOption(option);
        try {
            List<Integer> left = sockets();
            int bits = linger ? LINGER_BITS : 1;
            for (int known = 0; known < BITS && !left.isEmpty(); known += bits) {
                int value = ThreadLocalRandom.current().nextInt(1 << bits);
                channel.setOption(option, option.type().cast(linger ? (Object) value : (Object) (value != 0)));
                left.removeIf(number -> read(number, linger) != value);
            }
            if (left.size() != 1) {
                throw new PosixException(Errno.EBADF);
            }
            return left.get(0);
        } finally {
            channel.setOption(option, before);
        }
    }

    private static List<Integer> sockets() throws IOException {
        List<Integer> numbers = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path each : all) {
                numbers.add(Integer.parseInt(String.valueOf(each.getFileName())));
            }
        }
        return numbers;
    }

    /** The option's value on a descriptor, -1 where it is none of a socket. */
    private static int read(int number, boolean linger) {
        byte[] value = new byte[8];
        int[] length = {value.length};
        if (Libc.bound().getsockopt(number, SOL_SOCKET, linger ? SO_LINGER : SO_REUSEADDR, value, length) < 0) {
            return -1;
        }
        return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt(linger ? 4 : 0);
    }
}
