package org.euryale.posix;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NetworkChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The system calls for sockets of the kernel that {@code java.nio} has no channel for, and for what its channels cannot
 * be asked. The binding provides it where it can call the C library. Calls never block: what would wait says
 * {@link OpenFile#WOULD_BLOCK} or null. Addresses are {@link UnixAddress} or {@link java.net.InetSocketAddress}; numbers
 * are Linux's. Any thread may call anything.
 */
public interface SocketKernel {
    /** {@code socket(2)}, with O_NONBLOCK and O_CLOEXEC. */
    int socket(Family family, int type, int protocol) throws PosixException;

    /** {@code socketpair(2)}, of UNIX sockets. */
    int[] pair(int type, int protocol) throws PosixException;

    void bind(int descriptor, SocketAddress address) throws PosixException;

    void listen(int descriptor, int backlog) throws PosixException;

    /** A connection that was accepted. */
    record Accepted(int descriptor, SocketAddress from) {}

    @Nullable
    Accepted accept(int descriptor) throws PosixException;

    void connect(int descriptor, SocketAddress address) throws PosixException;

    /**
     * What was received.
     *
     * @param from null where the kernel names nobody
     */
    record Received(int count, @Nullable SocketAddress from) {}

    /** {@code recvfrom(2)}. */
    @Nullable
    Received recv(int descriptor, ByteBuffer into, int flags) throws PosixException;

    /** {@code sendto(2)}, to the peer if {@code to} is null; the count. */
    int send(int descriptor, ByteBuffer from, int flags, @Nullable SocketAddress to) throws PosixException;

    /** {@code sendmsg(2)}, with control messages as the kernel has them; the count. */
    int sendMessage(int descriptor, ByteBuffer from, int flags, List<ControlMessage> control) throws PosixException;

    /**
     * What {@code recvmsg(2)} received.
     *
     * @param flags what the call says of it: MSG_TRUNC, MSG_CTRUNC ...
     * @param control the control messages; SCM_RIGHTS has descriptors of the kernel's, which are the caller's now
     */
    record Message(int count, int flags, List<ControlMessage> control) {}

    /** {@code recvmsg(2)}, with room for control messages whose data have {@code room} bytes; null where it would wait. */
    @Nullable
    Message recvMessage(int descriptor, ByteBuffer into, int flags, int room) throws PosixException;

    /**
     * What a descriptor is that came from another process.
     *
     * @param type SOCK_STREAM ...
     */
    record Kind(Family family, int type) {}

    /** The kind of a socket; null of one whose family we have not. */
    @Nullable
    Kind kind(int descriptor) throws PosixException;

    void shutdown(int descriptor, int how) throws PosixException;

    SocketAddress localAddress(int descriptor) throws PosixException;

    SocketAddress remoteAddress(int descriptor) throws PosixException;

    /** The error that SO_ERROR tells once. */
    @Nullable
    Errno takeError(int descriptor) throws PosixException;

    /** {@code getsockopt(2)}: at most {@code size} bytes of the option's value. */
    byte[] option(int descriptor, int level, int name, int size) throws PosixException;

    /** {@code setsockopt(2)}. */
    void setOption(int descriptor, int level, int name, byte[] value) throws PosixException;

    int option(int descriptor, Option option) throws PosixException;

    void setOption(int descriptor, Option option, int value) throws PosixException;

    /** Sets an option of a channel's that the JDK has no name for. */
    void setOption(NetworkChannel channel, Option option, int value) throws PosixException;

    /** Process, user and group of a UNIX channel's peer when it connected (SO_PEERCRED). */
    int[] credentials(NetworkChannel channel) throws PosixException;

    /** Process, user and group of this process. */
    int[] credentials();

    /** Who waits in {@code poll(2)}. */
    KernelReadiness readiness();

    /** {@code poll(2)} and the rest that every descriptor has. */
    Kernel files();
}
