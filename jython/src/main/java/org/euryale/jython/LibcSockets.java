package org.euryale.jython;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.NetworkChannel;
import java.util.Arrays;
import java.util.List;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.euryale.posix.ControlMessage;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.Kernel;
import org.euryale.posix.KernelReadiness;
import org.euryale.posix.OpenFile;
import org.euryale.posix.Option;
import org.euryale.posix.PosixException;
import org.euryale.posix.SocketKernel;
import org.euryale.posix.UnixAddress;
import org.jspecify.annotations.Nullable;

/** The C library's sockets, through the jnr-ffi that is inside Jython's jar; the numbers are Linux's. */
final class LibcSockets implements SocketKernel {
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int O_PATH = 010000000;
    private static final int O_DIRECTORY = 0200000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_ERROR = 4;
    private static final int SO_PEERCRED = 17;
    private static final int SO_DOMAIN = 39;
    private static final int UCRED = 12;

    private final Kernel files;
    private final KernelReadiness readiness;

    LibcSockets(Kernel files, KernelReadiness readiness) {
        this.files = files;
        this.readiness = readiness;
    }

    @Override
    public Kernel files() {
        return files;
    }

    @Override
    public KernelReadiness readiness() {
        return readiness;
    }

    private static Errno failure() {
        return Platform.errno(Libc.errno());
    }

    private static int check(long result) throws PosixException {
        if (result < 0) {
            throw new PosixException(failure());
        }
        return (int) result;
    }

    /** AF_UNIX, AF_INET or AF_INET6. */
    static int number(Family family) {
        return switch (family) {
            case UNIX -> LibcAddress.AF_UNIX;
            case INET -> LibcAddress.AF_INET;
            case INET6 -> LibcAddress.AF_INET6;
        };
    }

    @Override
    public int socket(Family family, int type, int protocol) throws PosixException {
        return check(Libc.bound().socket(number(family), type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
    }

    @Override
    public int[] pair(int type, int protocol) throws PosixException {
        int[] ends = new int[2];
        check(Libc.bound().socketpair(LibcAddress.AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol, ends));
        return ends;
    }

    /** A call that is given an address. */
    private interface Use {
        long at(byte[] struct);
    }

    /** Makes a call on an address; a path that its directory makes too long is told by the directory's descriptor. */
    private long reach(SocketAddress address, Use use) throws PosixException {
        if (!(address instanceof UnixAddress unix) || unix.place().length() < UnixAddress.SUN_PATH || !unix.isPath()) {
            return check(use.at(LibcAddress.pack(address)));
        }
        int directory = files.open(unix.directory(), O_PATH | O_DIRECTORY, 0);
        try {
            UnixAddress shorter = UnixAddress.of("/proc/self/fd/" + directory + "/" + unix.base());
            return check(use.at(LibcAddress.pack(shorter)));
        } finally {
            files.close(directory);
        }
    }

    @Override
    public void bind(int descriptor, SocketAddress address) throws PosixException {
        reach(address, struct -> Libc.bound().bind(descriptor, struct, struct.length));
    }

    @Override
    public void listen(int descriptor, int backlog) throws PosixException {
        check(Libc.bound().listen(descriptor, backlog));
    }

    @Override
    public void connect(int descriptor, SocketAddress address) throws PosixException {
        reach(address, struct -> Libc.bound().connect(descriptor, struct, struct.length));
    }

    @Override
    public @Nullable Accepted accept(int descriptor) throws PosixException {
        byte[] struct = new byte[LibcAddress.SIZE];
        int[] length = {struct.length};
        int accepted = Libc.bound().accept4(descriptor, struct, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted < 0 && failure() == Errno.EAGAIN) {
            return null;
        }
        check(accepted);
        return new Accepted(accepted, addressOrUnnamed(struct, length[0]));
    }

    private static SocketAddress addressOrUnnamed(byte[] struct, int length) {
        SocketAddress address = LibcAddress.unpack(struct, length);
        return address == null ? UnixAddress.UNNAMED : address;
    }

    @Override
    public @Nullable Received recv(int descriptor, ByteBuffer into, int flags) throws PosixException {
        byte[] struct = new byte[LibcAddress.SIZE];
        int[] length = {struct.length};
        long count =
                Libc.bound().recvfrom(descriptor, rest(into), into.remaining(), flags | MSG_DONTWAIT, struct, length);
        if (count < 0 && failure() == Errno.EAGAIN) {
            return null;
        }
        into.position(into.position() + check(count));
        return new Received((int) count, LibcAddress.unpack(struct, length[0]));
    }

    @Override
    public int send(int descriptor, ByteBuffer from, int flags, @Nullable SocketAddress to) throws PosixException {
        Pointer rest = rest(from);
        int size = from.remaining();
        int given = flags | MSG_NOSIGNAL | MSG_DONTWAIT;
        try {
            long count = to == null
                    ? check(Libc.bound().sendto(descriptor, rest, size, given, null, 0))
                    : reach(to, s -> Libc.bound().sendto(descriptor, rest, size, given, s, s.length));
            from.position(from.position() + (int) count);
            return (int) count;
        } catch (PosixException e) {
            if (e.errno() == Errno.EAGAIN) {
                return OpenFile.WOULD_BLOCK;
            }
            throw e;
        }
    }

    @Override
    public int sendMessage(int descriptor, ByteBuffer from, int flags, List<ControlMessage> control)
            throws PosixException {
        LibcMessage message = LibcMessage.of(rest(from), from.remaining(), control);
        int given = flags | MSG_NOSIGNAL | MSG_DONTWAIT;
        long count = message.passTo(header -> Libc.bound().sendmsg(descriptor, header, given));
        if (count < 0 && failure() == Errno.EAGAIN) {
            return OpenFile.WOULD_BLOCK;
        }
        from.position(from.position() + check(count));
        return (int) count;
    }

    @Override
    public @Nullable Message recvMessage(int descriptor, ByteBuffer into, int flags, int room) throws PosixException {
        LibcMessage message = LibcMessage.withRoom(rest(into), into.remaining(), room);
        int given = flags | MSG_CMSG_CLOEXEC | MSG_DONTWAIT;
        long count = message.passTo(header -> Libc.bound().recvmsg(descriptor, header, given));
        if (count < 0 && failure() == Errno.EAGAIN) {
            return null;
        }
        into.position(into.position() + Math.min(into.remaining(), check(count)));
        return new Message((int) count, message.flags() & ~(MSG_CMSG_CLOEXEC & ~flags), message.control());
    }

    @Override
    public @Nullable Kind kind(int descriptor) throws PosixException {
        int domain = integer(option(descriptor, SOL_SOCKET, SO_DOMAIN, Integer.BYTES));
        int type = integer(option(descriptor, SOL_SOCKET, SO_TYPE, Integer.BYTES));
        for (Family family : Family.values()) {
            if (number(family) == domain) {
                return new Kind(family, type);
            }
        }
        return null;
    }

    /** What is left of a direct buffer. */
    private static Pointer rest(ByteBuffer buffer) {
        return Pointer.wrap(Runtime.getSystemRuntime(), buffer.slice());
    }

    @Override
    public void shutdown(int descriptor, int how) throws PosixException {
        check(Libc.bound().shutdown(descriptor, how));
    }

    @Override
    public SocketAddress localAddress(int descriptor) throws PosixException {
        byte[] struct = new byte[LibcAddress.SIZE];
        int[] length = {struct.length};
        check(Libc.bound().getsockname(descriptor, struct, length));
        return addressOrUnnamed(struct, length[0]);
    }

    @Override
    public SocketAddress remoteAddress(int descriptor) throws PosixException {
        byte[] struct = new byte[LibcAddress.SIZE];
        int[] length = {struct.length};
        check(Libc.bound().getpeername(descriptor, struct, length));
        return addressOrUnnamed(struct, length[0]);
    }

    // ---------------------------------------------------------------- options

    @Override
    public @Nullable Errno takeError(int descriptor) throws PosixException {
        int number = integer(option(descriptor, SOL_SOCKET, SO_ERROR, Integer.BYTES));
        return number == 0 ? null : Platform.errno(number);
    }

    @Override
    public byte[] option(int descriptor, int level, int name, int size) throws PosixException {
        byte[] value = new byte[size];
        int[] length = {size};
        check(Libc.bound().getsockopt(descriptor, level, name, value, length));
        return Arrays.copyOf(value, length[0]);
    }

    @Override
    public void setOption(int descriptor, int level, int name, byte[] value) throws PosixException {
        check(Libc.bound().setsockopt(descriptor, level, name, value, value.length));
    }

    @Override
    public int option(int descriptor, Option option) throws PosixException {
        long number = SocketOptions.number(option);
        if (option == Option.SO_LINGER) {
            int[] linger = integers(option(descriptor, (int) (number >> 32), (int) number, 2 * Integer.BYTES));
            return linger[0] == 0 ? -1 : linger[1];
        }
        return integer(option(descriptor, (int) (number >> 32), (int) number, Integer.BYTES));
    }

    @Override
    public void setOption(int descriptor, Option option, int value) throws PosixException {
        long number = SocketOptions.number(option);
        byte[] packed = option == Option.SO_LINGER ? packed(value < 0 ? 0 : 1, Math.max(0, value)) : packed(value);
        setOption(descriptor, (int) (number >> 32), (int) number, packed);
    }

    @Override
    public void setOption(NetworkChannel channel, Option option, int value) throws PosixException {
        setOption(number(channel), option, value);
    }

    private static int number(NetworkChannel channel) throws PosixException {
        int number = KernelNumbers.of(channel);
        if (number == KernelNumbers.UNKNOWN) {
            throw new PosixException(channel.isOpen() ? Errno.ENOPROTOOPT : Errno.EBADF);
        }
        return number;
    }

    @Override
    public int[] credentials(NetworkChannel channel) throws PosixException {
        return integers(option(number(channel), SOL_SOCKET, SO_PEERCRED, UCRED));
    }

    @Override
    public int[] credentials() {
        jnr.posix.POSIX libc = java.util.Objects.requireNonNull(Platform.libc());
        return new int[] {libc.getpid(), libc.geteuid(), libc.getegid()};
    }

    private static byte[] packed(int... values) {
        ByteBuffer packed = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.nativeOrder());
        for (int value : values) {
            packed.putInt(value);
        }
        return packed.array();
    }

    private static int[] integers(byte[] packed) {
        int[] values = new int[packed.length / Integer.BYTES];
        ByteBuffer.wrap(packed).order(ByteOrder.nativeOrder()).asIntBuffer().get(values);
        return values;
    }

    private static int integer(byte[] packed) {
        return integers(packed)[0];
    }
}
