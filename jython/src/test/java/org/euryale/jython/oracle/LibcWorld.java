package org.euryale.jython.oracle;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.Option;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;

/*
 * The numbers are those of Linux's generic headers (asm-generic/socket.h, sys/epoll.h), the same on x86-64 and aarch64.
 *
 * The descriptors of the JVM itself come and go while a sequence runs, so the lowest free number would not be ours to
 * foretell. Each descriptor is moved to a base or the next free number above it (fcntl F_DUPFD), where nobody else is.
 */

/** The oracle: Linux itself, through its C library. */
final class LibcWorld implements World {
    private static final int FD_SETSIZE = 1024;

    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int F_DUPFD = 0;
    private static final int MSG_PEEK = 2;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SOL_SOCKET = 1;
    private static final int IPPROTO_TCP = 6;
    private static final int SO_LINGER = 13;
    private static final int SO_ERROR = 4;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLL_CTL_MOD = 3;

    private static final int ADDRESS_SIZE = 28;
    private static final int POLLFD_SIZE = 8;
    private static final int MANY = 64;

    /** struct epoll_event is packed on x86-64 only. */
    private static final int EVENT_SIZE = System.getProperty("os.arch", "").equals("amd64") ? 12 : 16;

    private static final int EVENT_DATA = EVENT_SIZE - 8;

    private static final Libc C = Libc.INSTANCE;

    private final int base;
    private final TreeSet<Integer> open = new TreeSet<>();
    private final Pointer memory = Memory.allocateDirect(Libc.RUNTIME, (long) MANY * EVENT_SIZE);
    private final Pointer readSet = Memory.allocateDirect(Libc.RUNTIME, FD_SETSIZE / 8);
    private final Pointer writeSet = Memory.allocateDirect(Libc.RUNTIME, FD_SETSIZE / 8);
    private final Pointer noTime = Memory.allocateDirect(Libc.RUNTIME, 16, true);

    /**
     * @param base the first of this world's descriptors, above the JVM's own and below FD_SETSIZE, which select(2)
     *     needs
     */
    LibcWorld(int base) {
        this.base = base;
    }

    private static int check(long result) throws PosixException {
        if (result < 0) {
            throw new PosixException(Errno.valueOf(Libc.errno()));
        }
        return (int) result;
    }

    /** Moves a new descriptor to where it is ours. */
    private int own(int fd) throws PosixException {
        check(fd);
        int moved = check(C.fcntl(fd, F_DUPFD, base));
        check(C.close(fd));
        open.add(moved);
        return moved - base;
    }

    private static byte[] pack(InetSocketAddress address) {
        byte[] host = address.getAddress().getAddress();
        ByteBuffer packed =
                ByteBuffer.allocate(host.length == 4 ? 16 : ADDRESS_SIZE).order(ByteOrder.nativeOrder());
        packed.putShort((short) (host.length == 4 ? AF_INET : AF_INET6));
        packed.order(ByteOrder.BIG_ENDIAN).putShort((short) address.getPort());
        if (host.length != 4) {
            packed.putInt(0); // the flow label
        }
        packed.put(host);
        return packed.array();
    }

    private static InetSocketAddress unpack(byte[] address) {
        ByteBuffer packed = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
        boolean four = packed.getShort() == AF_INET;
        int port = packed.order(ByteOrder.BIG_ENDIAN).getShort() & 0xffff;
        byte[] host = Arrays.copyOfRange(address, four ? 4 : 8, four ? 8 : 24);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(host), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public int socket(Family family) throws PosixException {
        return own(C.socket(family == Family.INET ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0));
    }

    @Override
    public void pair(Ends ends) throws PosixException {
        int[] both = new int[2];
        switch (ends) {
            case UNIX_STREAMS -> check(C.socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both));
            case UNIX_DATAGRAMS -> check(C.socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, both));
            case UNIX_PACKETS -> check(C.socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, both));
            case PIPE -> check(C.pipe2(both, SOCK_NONBLOCK)); // O_NONBLOCK has the same number
            case UDP -> {
                for (int i = 0; i < 2; i++) {
                    both[i] = check(C.socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
                    byte[] loopback = pack(new InetSocketAddress(Kind.address("127.0.0.1"), 0));
                    check(C.bind(both[i], loopback, loopback.length));
                }
                for (int i = 0; i < 2; i++) {
                    byte[] peer = new byte[ADDRESS_SIZE];
                    int[] length = {ADDRESS_SIZE};
                    check(C.getsockname(both[1 - i], peer, length));
                    check(C.connect(both[i], peer, length[0]));
                }
            }
        }
        own(both[0]);
        own(both[1]);
    }

    @Override
    public byte[] read(int descriptor, int limit) throws PosixException {
        byte[] into = new byte[limit];
        return Arrays.copyOf(into, check(C.read(base + descriptor, into, limit)));
    }

    @Override
    public int write(int descriptor, byte[] data) throws PosixException {
        return check(C.write(base + descriptor, data, data.length));
    }

    @Override
    public void bind(int descriptor, InetSocketAddress address) throws PosixException {
        byte[] packed = pack(address);
        check(C.bind(base + descriptor, packed, packed.length));
    }

    @Override
    public void listen(int descriptor, int backlog) throws PosixException {
        check(C.listen(base + descriptor, backlog));
    }

    @Override
    public Accepted accept(int descriptor) throws PosixException {
        byte[] address = new byte[ADDRESS_SIZE];
        int accepted = own(C.accept4(base + descriptor, address, new int[] {ADDRESS_SIZE}, SOCK_NONBLOCK));
        return new Accepted(accepted, unpack(address));
    }

    @Override
    public void connect(int descriptor, InetSocketAddress address) throws PosixException {
        byte[] packed = pack(address);
        check(C.connect(base + descriptor, packed, packed.length));
    }

    @Override
    public int send(int descriptor, byte[] data) throws PosixException {
        return check(C.send(base + descriptor, data, data.length, MSG_NOSIGNAL));
    }

    @Override
    public byte[] recv(int descriptor, int limit, boolean peek) throws PosixException {
        byte[] into = new byte[limit];
        int count = check(C.recv(base + descriptor, into, limit, peek ? MSG_PEEK : 0));
        return Arrays.copyOf(into, count);
    }

    @Override
    public void shutdown(int descriptor, boolean reading, boolean writing) throws PosixException {
        check(C.shutdown(base + descriptor, (reading ? 1 : 0) + (writing ? 2 : 0) - 1));
    }

    @Override
    public int dup(int descriptor) throws PosixException {
        int copy = check(C.fcntl(base + descriptor, F_DUPFD, base));
        open.add(copy);
        return copy - base;
    }

    @Override
    public void close(int descriptor) throws PosixException {
        open.remove(base + descriptor);
        check(C.close(base + descriptor));
    }

    @Override
    public InetSocketAddress localAddress(int descriptor) throws PosixException {
        byte[] address = new byte[ADDRESS_SIZE];
        check(C.getsockname(base + descriptor, address, new int[] {ADDRESS_SIZE}));
        return unpack(address);
    }

    @Override
    public InetSocketAddress remoteAddress(int descriptor) throws PosixException {
        byte[] address = new byte[ADDRESS_SIZE];
        check(C.getpeername(base + descriptor, address, new int[] {ADDRESS_SIZE}));
        return unpack(address);
    }

    private static int level(Option option) {
        return option.name().startsWith("TCP_") ? IPPROTO_TCP : SOL_SOCKET;
    }

    private static int number(Option option) {
        return switch (option) {
            case SO_REUSEADDR -> 2;
            case SO_BROADCAST -> 6;
            case SO_SNDBUF -> 7;
            case SO_RCVBUF -> 8;
            case SO_KEEPALIVE -> 9;
            case SO_LINGER -> SO_LINGER;
            case SO_REUSEPORT -> 15;
            case SO_ACCEPTCONN -> 30;
            case TCP_NODELAY -> 1;
            case TCP_KEEPIDLE -> 4;
            case TCP_KEEPINTVL -> 5;
            case TCP_KEEPCNT -> 6;
            default -> throw new IllegalArgumentException(option.name());
        };
    }

    @Override
    public int option(int descriptor, Option option) throws PosixException {
        int[] value = new int[2];
        check(C.getsockopt(base + descriptor, level(option), number(option), value, new int[] {8}));
        if (option == Option.SO_LINGER) {
            return value[0] != 0 ? value[1] : -1;
        }
        return value[0];
    }

    @Override
    public void setOption(int descriptor, Option option, int value) throws PosixException {
        int[] given = {value};
        if (option == Option.SO_LINGER) {
            given = new int[] {value < 0 ? 0 : 1, Math.max(0, value)};
        }
        check(C.setsockopt(base + descriptor, level(option), number(option), given, given.length * Integer.BYTES));
    }

    @Override
    public @Nullable Errno takeError(int descriptor) throws PosixException {
        int[] value = new int[1];
        check(C.getsockopt(base + descriptor, SOL_SOCKET, SO_ERROR, value, new int[] {Integer.BYTES}));
        return value[0] == 0
                ? null
                : Errno.valueOf(jnr.constants.platform.Errno.valueOf(value[0]).name());
    }

    @Override
    public SortedMap<Integer, Integer> poll(SortedMap<Integer, Integer> asked, int millis) throws PosixException {
        int at = 0;
        for (var entry : asked.entrySet()) {
            memory.putInt(at, base + entry.getKey());
            memory.putShort(at + 4, entry.getValue().shortValue());
            memory.putShort(at + 6, (short) 0);
            at += POLLFD_SIZE;
        }
        check(C.poll(memory, asked.size(), millis));
        SortedMap<Integer, Integer> found = new TreeMap<>();
        for (int i = 0; i < at; i += POLLFD_SIZE) {
            if (memory.getShort(i + 6) != 0) {
                found.put(memory.getInt(i) - base, memory.getShort(i + 6) & 0xffff);
            }
        }
        return found;
    }

    @Override
    public Selected select(int[] read, int[] write) throws PosixException {
        fill(readSet, read);
        fill(writeSet, write);
        check(C.select(FD_SETSIZE, readSet, writeSet, null, noTime));
        return new Selected(left(readSet, read), left(writeSet, write));
    }

    private void fill(Pointer set, int[] descriptors) {
        for (int i = 0; i < FD_SETSIZE / 8; i++) {
            set.putByte(i, (byte) 0);
        }
        for (int descriptor : descriptors) {
            int fd = base + descriptor;
            set.putByte(fd / 8, (byte) (set.getByte(fd / 8) | 1 << (fd % 8)));
        }
    }

    private int[] left(Pointer set, int[] descriptors) {
        return Arrays.stream(descriptors)
                .filter(d -> (set.getByte((base + d) / 8) & 1 << ((base + d) % 8)) != 0)
                .toArray();
    }

    @Override
    public int epoll() throws PosixException {
        return own(C.epoll_create1(0));
    }

    private void control(int epoll, int operation, int descriptor, int events) throws PosixException {
        memory.putInt(0, events);
        memory.putLong(EVENT_DATA, descriptor);
        check(C.epoll_ctl(base + epoll, operation, base + descriptor, memory));
    }

    @Override
    public void epollAdd(int epoll, int descriptor, int events) throws PosixException {
        control(epoll, EPOLL_CTL_ADD, descriptor, events);
    }

    @Override
    public void epollModify(int epoll, int descriptor, int events) throws PosixException {
        control(epoll, EPOLL_CTL_MOD, descriptor, events);
    }

    @Override
    public void epollRemove(int epoll, int descriptor) throws PosixException {
        control(epoll, EPOLL_CTL_DEL, descriptor, 0);
    }

    @Override
    public SortedMap<Integer, Integer> epollWait(int epoll) throws PosixException {
        int count = check(C.epoll_wait(base + epoll, memory, MANY, 0));
        SortedMap<Integer, Integer> found = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int events = memory.getInt((long) i * EVENT_SIZE);
            found.merge((int) memory.getLong((long) i * EVENT_SIZE + EVENT_DATA), events, (a, b) -> a | b);
        }
        return found;
    }

    @Override
    public void close() {
        for (int fd : open) {
            int[] abort = {1, 0};
            // Fails for an epoll instance, which has nothing to abort.
            int unused = C.setsockopt(fd, SOL_SOCKET, SO_LINGER, abort, abort.length * Integer.BYTES);
            if (C.close(fd) != 0) {
                throw new AssertionError("close(2) of " + fd + ": " + Libc.errno());
            }
        }
        open.clear();
    }
}
