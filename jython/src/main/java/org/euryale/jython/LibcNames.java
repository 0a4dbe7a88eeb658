package org.euryale.jython;

import java.lang.ref.Reference;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import org.euryale.posix.AddressInfo;
import org.euryale.posix.HostEntry;
import org.euryale.posix.NameException;
import org.euryale.posix.NameService;
import org.euryale.posix.Names;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * The C library's look-ups, through the jnr-ffi that is inside Jython's jar: what CPython calls, so its order, names
 * and errors, and nothing of the JDK's cache. Layouts of structures are Linux's with pointers of 8 bytes.
 */
final class LibcNames implements NameService {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int POINTER = 8;

    // struct addrinfo
    private static final int ADDRINFO = 48;
    private static final int AI_FLAGS = 0;
    private static final int AI_FAMILY = 4;
    private static final int AI_SOCKTYPE = 8;
    private static final int AI_PROTOCOL = 12;
    private static final int AI_ADDR = 24;
    private static final int AI_CANONNAME = 32;
    private static final int AI_NEXT = 40;

    // struct sockaddr_in, struct sockaddr_in6; the second has room for the first
    private static final int SOCKADDR_IN = 16;
    private static final int SOCKADDR_IN6 = 28;
    private static final int SIN_PORT = 2;
    private static final int SIN_ADDR = 4;
    private static final int SIN6_FLOWINFO = 4;
    private static final int SIN6_ADDR = 8;
    private static final int SIN6_SCOPE_ID = 24;

    // struct hostent, struct servent, struct protoent
    private static final int ENTRY = 32;
    private static final int NAME = 0;
    private static final int H_ALIASES = 8;
    private static final int H_ADDRTYPE = 16;
    private static final int H_LENGTH = 20;
    private static final int H_ADDR_LIST = 24;
    private static final int S_PORT = 16; // and p_proto

    /** CPython's, for what an entry points to (socketmodule.c). */
    private static final int ROOM = 16383;

    private static final int NI_MAXHOST = 1025;
    private static final int NI_MAXSERV = 32;

    /** Whether the C library can be called, and is one whose structures are known. */
    static boolean isThere() {
        return Libc.isThere() && jnr.ffi.Runtime.getSystemRuntime().addressSize() == POINTER;
    }

    private static Pointer memory(int size) {
        return Memory.allocateDirect(jnr.ffi.Runtime.getSystemRuntime(), size, true);
    }

    private static byte @Nullable [] bytesOrNull(@Nullable String text) {
        return text == null ? null : Libc.terminated(text);
    }

    private static @Nullable String textOrNull(@Nullable Pointer at) {
        return at == null ? null : text(at);
    }

    private static String text(Pointer at) {
        byte[] bytes = new byte[at.indexOf(0, (byte) 0)];
        at.get(0, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        int end = 0;
        while (bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    }

    // ---------------------------------------------------------------- getaddrinfo, getnameinfo

    @Override
    public List<AddressInfo> addresses(
            @Nullable String host, @Nullable String service, int family, int type, int protocol, int flags)
            throws NameException, PosixException {
        Pointer hints = memory(ADDRINFO);
        hints.putInt(AI_FLAGS, flags);
        hints.putInt(AI_FAMILY, family);
        hints.putInt(AI_SOCKTYPE, type);
        hints.putInt(AI_PROTOCOL, protocol);
        Pointer result = memory(POINTER);
        Libc libc = Libc.bound();
        try {
            int error = libc.getaddrinfo(bytesOrNull(host), bytesOrNull(service), hints, result);
            if (error != 0) {
                throw failed(error);
            }
        } finally {
            Reference.reachabilityFence(hints); // C has its address alone, while it waits for servers
        }
        Pointer first = result.getPointer(0);
        try {
            List<AddressInfo> found = new ArrayList<>();
            for (Pointer info = first; info != null; info = info.getPointer(AI_NEXT)) {
                found.add(info(info));
            }
            return found;
        } finally {
            libc.freeaddrinfo(first);
        }
    }

    private static AddressInfo info(Pointer info) {
        Pointer address = info.getPointer(AI_ADDR);
        int family = info.getInt(AI_FAMILY);
        boolean six = family == AF_INET6;
        byte[] bytes = new byte[six ? 16 : 4];
        address.get(six ? SIN6_ADDR : SIN_ADDR, bytes, 0, bytes.length);
        return new AddressInfo(
                family,
                info.getInt(AI_SOCKTYPE),
                info.getInt(AI_PROTOCOL),
                textOrNull(info.getPointer(AI_CANONNAME)),
                Names.address(bytes),
                (address.getByte(SIN_PORT) & 0xff) << 8 | (address.getByte(SIN_PORT + 1) & 0xff),
                six ? address.getInt(SIN6_SCOPE_ID) : 0);
    }

    /** The error of getaddrinfo or getnameinfo, at once after the call: EAI_SYSTEM has its reason in errno. */
    private static NameException failed(int error) throws PosixException {
        if (error == NameException.EAI_SYSTEM) {
            throw new PosixException(Platform.errno(Libc.errno()));
        }
        return NameException.ofAddress(error);
    }

    @Override
    public NameInfo name(InetAddress address, int port, int flow, int scope, int flags)
            throws NameException, PosixException {
        byte[] bytes = address.getAddress();
        boolean six = bytes.length == 16;
        Pointer sockaddr = memory(SOCKADDR_IN6);
        sockaddr.putShort(0, (short) (six ? AF_INET6 : AF_INET));
        sockaddr.putByte(SIN_PORT, (byte) (port >> 8));
        sockaddr.putByte(SIN_PORT + 1, (byte) port);
        sockaddr.put(six ? SIN6_ADDR : SIN_ADDR, bytes, 0, bytes.length);
        if (six) {
            sockaddr.put(SIN6_FLOWINFO, ByteBuffer.allocate(4).putInt(flow).array(), 0, 4);
            sockaddr.putInt(SIN6_SCOPE_ID, scope);
        }
        byte[] host = new byte[NI_MAXHOST];
        byte[] service = new byte[NI_MAXSERV];
        try {
            int length = six ? SOCKADDR_IN6 : SOCKADDR_IN;
            int error = Libc.bound().getnameinfo(sockaddr, length, host, host.length, service, service.length, flags);
            if (error != 0) {
                throw failed(error);
            }
        } finally {
            Reference.reachabilityFence(sockaddr); // as above
        }
        return new NameInfo(text(host), text(service));
    }

    // ---------------------------------------------------------------- entries

    /**
     * One piece of memory for all that a call leaves: the entry, a pointer to it or null, a number, and what the entry
     * points to. C has the address alone: who calls keeps the object until it has read everything.
     */
    private static final class Room {
        private static final int RESULT = ENTRY;
        private static final int NUMBER = RESULT + POINTER;
        private static final int BUFFER = NUMBER + POINTER;

        private final Pointer memory = memory(BUFFER + ROOM);

        Pointer entry() {
            return memory;
        }

        Pointer result() {
            return memory.slice(RESULT);
        }

        Pointer number() {
            return memory.slice(NUMBER);
        }

        Pointer buffer() {
            return memory.slice(BUFFER);
        }

        boolean isEmpty() {
            return memory.getPointer(RESULT) == null;
        }
    }

    @Override
    public HostEntry hostByName(String name) throws NameException {
        Room room = new Room();
        try {
            Libc.bound()
                    .gethostbyname_r(
                            Libc.terminated(name), room.entry(), room.buffer(), ROOM, room.result(), room.number());
            return host(room);
        } finally {
            Reference.reachabilityFence(room);
        }
    }

    @Override
    public HostEntry hostByAddress(InetAddress address) throws NameException {
        byte[] bytes = address.getAddress();
        int family = bytes.length == 16 ? AF_INET6 : AF_INET;
        Room room = new Room();
        try {
            Libc.bound()
                    .gethostbyaddr_r(
                            bytes,
                            bytes.length,
                            family,
                            room.entry(),
                            room.buffer(),
                            ROOM,
                            room.result(),
                            room.number());
            return host(room);
        } finally {
            Reference.reachabilityFence(room);
        }
    }

    /**
     * The entry that a call left, at once after it. The number of a failure is in h_errno, as CPython has it: the one
     * that the call itself hands out is 0 for some (an IPv4 text that glibc refuses).
     */
    private static HostEntry host(Room room) throws NameException {
        if (room.isEmpty()) {
            throw NameException.ofHost(Libc.bound().__h_errno_location().getInt(0));
        }
        Pointer entry = room.entry();
        List<String> aliases = new ArrayList<>();
        for (Pointer alias : list(entry.getPointer(H_ALIASES))) {
            aliases.add(text(alias));
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (Pointer at : list(entry.getPointer(H_ADDR_LIST))) {
            byte[] bytes = new byte[entry.getInt(H_LENGTH)];
            at.get(0, bytes, 0, bytes.length);
            addresses.add(Names.address(bytes));
        }
        return new HostEntry(entry.getInt(H_ADDRTYPE), text(entry.getPointer(NAME)), aliases, addresses);
    }

    private static List<Pointer> list(@Nullable Pointer array) {
        List<Pointer> list = new ArrayList<>();
        if (array != null) {
            Pointer next = array.getPointer(0);
            for (int i = 1; next != null; i++) {
                list.add(next);
                next = array.getPointer((long) i * POINTER);
            }
        }
        return list;
    }

    @Override
    public int servicePort(String name, @Nullable String protocol) {
        Room room = new Room();
        try {
            Libc.bound()
                    .getservbyname_r(
                            Libc.terminated(name),
                            bytesOrNull(protocol),
                            room.entry(),
                            room.buffer(),
                            ROOM,
                            room.result());
            return room.isEmpty() ? -1 : swapped(room.entry().getInt(S_PORT));
        } finally {
            Reference.reachabilityFence(room);
        }
    }

    @Override
    public @Nullable String serviceName(int port, @Nullable String protocol) {
        Room room = new Room();
        try {
            Libc.bound()
                    .getservbyport_r(
                            swapped(port), bytesOrNull(protocol), room.entry(), room.buffer(), ROOM, room.result());
            return room.isEmpty() ? null : text(room.entry().getPointer(NAME));
        } finally {
            Reference.reachabilityFence(room);
        }
    }

    /** A port to and from network order, in the int that servent has for it. */
    private static int swapped(int port) {
        boolean big = java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.BIG_ENDIAN;
        return big ? port & 0xffff : Short.reverseBytes((short) port) & 0xffff;
    }

    @Override
    public int protocol(String name) {
        Room room = new Room();
        try {
            Libc.bound().getprotobyname_r(Libc.terminated(name), room.entry(), room.buffer(), ROOM, room.result());
            return room.isEmpty() ? -1 : room.entry().getInt(S_PORT);
        } finally {
            Reference.reachabilityFence(room);
        }
    }
}
