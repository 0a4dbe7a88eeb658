package org.euryale.posix;

import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;

/**
 * The options of a UNIX stream socket. The kernel has those of level SOL_SOCKET, of which most have no effect here: they
 * are kept, to be read back and inherited. Guarded by the socket.
 */
final class UnixOptions {
    /** Those that a channel takes to the kernel. */
    private ChannelOptions carried = new ChannelOptions(null);

    private OptionValues kept = new OptionValues();

    void set(NetworkChannel channel, Option option, int value) throws PosixException {
        switch (option) {
            case SO_SNDBUF, SO_RCVBUF, SO_LINGER -> carried.set(channel, option, value);
            case SO_REUSEADDR, SO_KEEPALIVE, SO_OOBINLINE, SO_BROADCAST -> kept.put(option, value == 0 ? 0 : 1);
            case SO_ERROR, SO_ACCEPTCONN -> throw new PosixException(Errno.ENOPROTOOPT);
            default -> throw new PosixException(Errno.EOPNOTSUPP);
        }
    }

    int get(NetworkChannel channel, Option option) throws PosixException {
        return switch (option) {
            case SO_SNDBUF, SO_RCVBUF, SO_LINGER -> carried.get(channel, option);
            case SO_REUSEADDR, SO_KEEPALIVE, SO_OOBINLINE, SO_BROADCAST -> kept.value(option, 0);
            case SO_REUSEPORT -> 0;
            default -> throw new PosixException(Errno.EOPNOTSUPP);
        };
    }

    void replay(SocketChannel channel) throws PosixException {
        carried.replay(channel);
    }

    void replay(KernelSocket socket) throws PosixException {
        carried.forEach(socket::setOption);
        kept.forEach(socket::setOption);
    }

    void beforeListening(SocketChannel first, NetworkChannel listening) throws PosixException {
        carried.beforeListening(first, listening);
        carried.replay(listening);
    }

    void notListening() {
        carried.notListening();
    }

    UnixOptions inherit(SocketChannel accepted) throws PosixException {
        UnixOptions child = new UnixOptions();
        child.carried = carried.inherit(accepted);
        child.kept = kept.copy();
        return child;
    }
}
