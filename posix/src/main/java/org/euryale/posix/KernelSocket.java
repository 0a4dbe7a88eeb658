package org.euryale.posix;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * A socket of the kernel's own, for what {@code java.nio} has no channel for: UNIX datagrams and sequenced packets,
 * abstract names, raw sockets. No selector takes it, so {@code poll(2)} is asked, see {@link KernelReadiness}: each costs
 * a system call for each wait that it takes part in.
 *
 * <p>Non-blocking: what would wait says {@link OpenFile#WOULD_BLOCK}, null or EINPROGRESS. Any thread may call anything.
 */
public final class KernelSocket extends Socket {
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_SEQPACKET = 5;

    private static final int EVENTS = Events.IN
            | Events.OUT
            | Events.PRI
            | Events.RDNORM
            | Events.WRNORM
            | Events.RDBAND
            | Events.WRBAND
            | Events.RDHUP;

    private final SocketKernel kernel;
    private final KernelReadiness readiness;
    private final Family family;
    private final int type;
    private final int number;

    /** The name that the program gave: the kernel may know another, which does not depend on a directory. */
    private @Nullable SocketAddress given;

    private @Nullable SocketAddress givenPeer;

    /** Who is asked for readiness in place of this one. */
    private OpenFile face = this;

    private volatile boolean readingShut;

    /** Whether the kernel's O_NONBLOCK, which is shared with whoever has the socket too, may be off. */
    private volatile boolean mayBlock;

    /** Whether it is closed with the last descriptor of ours. */
    private final boolean owned;

    private KernelSocket(SocketKernel kernel, Family family, int type, int number) {
        this(kernel, family, type, number, true);
    }

    private KernelSocket(SocketKernel kernel, Family family, int type, int number, boolean owned) {
        this.kernel = kernel;
        this.readiness = kernel.readiness();
        this.family = family;
        this.type = type;
        this.number = number;
        this.owned = owned;
    }

    /** A new socket; EMFILE, EPROTONOSUPPORT, EPERM ... */
    public static KernelSocket open(SocketKernel kernel, Family family, int type, int protocol) throws PosixException {
        return new KernelSocket(kernel, family, type, kernel.socket(family, type, protocol));
    }

    /** Two sockets that are connected with each other. */
    public record Pair(KernelSocket one, KernelSocket other) {}

    /** As {@code socketpair(2)}, of UNIX sockets. */
    public static Pair pair(SocketKernel kernel, int type, int protocol) throws PosixException {
        int[] numbers = kernel.pair(type, protocol);
        return new Pair(
                new KernelSocket(kernel, Family.UNIX, type, numbers[0]),
                new KernelSocket(kernel, Family.UNIX, type, numbers[1]));
    }

    /**
     * A socket that another process has passed to this one; null where it is none of ours, say AF_NETLINK.
     *
     * @param owned whether it is closed with the last descriptor of ours
     */
    public static @Nullable KernelSocket adopt(SocketKernel kernel, int number, boolean owned) throws PosixException {
        SocketKernel.Kind kind = kernel.kind(number);
        if (kind == null) {
            return null;
        }
        KernelSocket socket = new KernelSocket(kernel, kind.family(), kind.type(), number, owned);
        socket.mayBlock = true;
        return socket;
    }

    @Override
    public int kernelNumber(Kernel kernel) throws PosixException {
        return open();
    }

    @Override
    public int lend(Kernel kernel) throws PosixException {
        if (!nonBlocking()) {
            mayBlock = true;
            kernel.blocking(open()); // our own calls do not wait all the same, see SocketKernel
        }
        return open();
    }

    @Override
    public Family family() {
        return family;
    }

    /** Whether what is sent in one piece is received in one. */
    @Override
    public boolean keepsBoundaries() {
        return type != SOCK_STREAM;
    }

    @Override
    public boolean isReadingShut() {
        return readingShut;
    }

    /** Wakes those who wait for {@code other}, which this one works for. */
    void worksFor(OpenFile other) {
        face = other;
    }

    private int open() throws PosixException {
        if (face.isClosed()) {
            throw new PosixException(Errno.EBADF);
        }
        return number;
    }

    // ---------------------------------------------------------------- addresses

    @Override
    public synchronized void bind(SocketAddress address) throws PosixException {
        kernel.bind(open(), address);
        boolean named = !(address instanceof UnixAddress unix) || !unix.name().isEmpty();
        given = named ? address : null;
    }

    @Override
    public synchronized SocketAddress localAddress() throws PosixException {
        SocketAddress known = given;
        return known instanceof UnixAddress ? known : kernel.localAddress(open());
    }

    @Override
    public synchronized SocketAddress remoteAddress() throws PosixException {
        SocketAddress now = kernel.remoteAddress(open());
        SocketAddress known = givenPeer;
        return known instanceof UnixAddress unix && unix.isPath() ? known : now;
    }

    @Override
    public synchronized void connect(SocketAddress address) throws PosixException {
        used(Events.READ | Events.WRITE);
        try {
            kernel.connect(open(), address);
            givenPeer = address;
        } finally {
            face.changed();
        }
    }

    @Override
    public void listen(int backlog) throws PosixException {
        kernel.listen(open(), backlog);
        face.changed();
    }

    @Override
    public @Nullable KernelSocket accept() throws PosixException {
        used(Events.READ);
        boolean connects = type == SOCK_STREAM || type == SOCK_SEQPACKET;
        if (mayBlock && connects && kernel.files().poll(open(), Events.IN) == 0) {
            return null;
        }
        SocketKernel.Accepted accepted = kernel.accept(open());
        if (accepted == null) {
            return null;
        }
        KernelSocket socket = new KernelSocket(kernel, family, type, accepted.descriptor());
        socket.given = given;
        return socket;
    }

    // ---------------------------------------------------------------- data

    @Override
    public int recv(ByteBuffer into, int flags) throws PosixException {
        SocketKernel.Received received = recvFrom(into, flags);
        return received == null ? WOULD_BLOCK : received.count();
    }

    /** Reads what there is of a stream, or one datagram (the rest of which is dropped), and who sent it; null for none. */
    public SocketKernel.@Nullable Received recvFrom(ByteBuffer into, int flags) throws PosixException {
        used(Events.READ);
        return kernel.recv(open(), into, flags);
    }

    @Override
    public int send(ByteBuffer from, int flags) throws PosixException {
        return sendTo(from, flags, null);
    }

    /** Sends to {@code to}, or to the peer if that is null. */
    public int sendTo(ByteBuffer from, int flags, @Nullable SocketAddress to) throws PosixException {
        used(Events.WRITE);
        return kernel.send(open(), from, flags, to);
    }

    @Override
    public SocketKernel.@Nullable Message recvMessage(SocketKernel kernel, ByteBuffer into, int flags, int room)
            throws PosixException {
        used(Events.READ);
        return kernel.recvMessage(open(), into, flags, room);
    }

    @Override
    public void shutdown(boolean reading, boolean writing) throws PosixException {
        used(Events.READ | Events.WRITE);
        if (reading || writing) {
            kernel.shutdown(open(), !writing ? 0 : !reading ? 1 : 2);
            readingShut |= reading;
            face.changed();
        }
    }

    // ---------------------------------------------------------------- options

    @Override
    public void setOption(Option option, int value) throws PosixException {
        kernel.setOption(open(), option, value);
    }

    @Override
    public int option(Option option) throws PosixException {
        return kernel.option(open(), option);
    }

    /** {@code getsockopt(2)}: at most {@code size} bytes of the option's value. */
    public byte[] option(int level, int name, int size) throws PosixException {
        return kernel.option(open(), level, name, size);
    }

    /** {@code setsockopt(2)}. */
    public void setOption(int level, int name, byte[] value) throws PosixException {
        kernel.setOption(open(), level, name, value);
    }

    @Override
    public @Nullable Errno takeError() throws PosixException {
        Errno error = kernel.takeError(open());
        face.changed();
        return error;
    }

    // ---------------------------------------------------------------- readiness

    @Override
    boolean pollable() {
        return true;
    }

    @Override
    @Nullable
    SelectableChannel selectable() {
        return null;
    }

    @Override
    int interestOps(int events) {
        return 0;
    }

    /** Asked before each wait; what does not hold then is watched for, once, see {@link KernelReadiness}. */
    @Override
    int standing() {
        try {
            int found = kernel.files().poll(number, EVENTS);
            int missing = (Events.IN | Events.OUT | Events.RDHUP) & ~found;
            if (missing != 0 && !face.isClosed()) {
                readiness.watch(face, number, missing);
            }
            return found;
        } catch (PosixException e) {
            return Events.ERR;
        }
    }

    @Override
    int ready(int events, int readyOps, Precision precision) {
        return standing() & (events | Events.UNASKED);
    }

    @Override
    void release() {
        readiness.forget(face);
        if (!owned) {
            return;
        }
        try {
            kernel.files().close(number);
        } catch (PosixException e) {
            return; // close(2): the descriptor is gone in any case
        }
    }
}
