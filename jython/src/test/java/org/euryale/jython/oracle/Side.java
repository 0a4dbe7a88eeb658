package org.euryale.jython.oracle;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.Family;
import org.euryale.posix.Option;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * One of the two worlds with what has to be remembered of it so that what it says can be compared with the other:
 * ports differ, so an answer names the descriptor that has the port, and how many bytes fit between two sockets
 * differs, so bytes are counted and checked here.
 */
final class Side implements AutoCloseable {
    static final String DONE = "done";

    /** Said of a call that was not made, as the worlds may differ in it. */
    static final String LEFT_OUT = "left out";

    /** In place of a descriptor: one that is not open, and a port where nobody listens. */
    static final int NO_DESCRIPTOR = -1;

    /** tcpmux: never served on the machine that runs the tests. */
    private static final int CLOSED_PORT = 1;

    /** How long bytes on their way are waited for; they take microseconds. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int CHUNK = 64 * 1024;

    /** One end of a connection: what it has sent and received. */
    private static final class End {
        private final Family family;
        private final Set<Option> buffers = EnumSet.noneOf(Option.class);

        /** Options that a listener was given while somebody waited to be accepted. */
        private final Set<Option> late = EnumSet.noneOf(Option.class);

        private long sent;
        private long received;
        private @Nullable End peer;
        private boolean listening;
        private boolean connected;
        private boolean shut;
        private boolean shutReading;
        private boolean shutWriting;

        /** How much fits is the kernel's choice, so until all of it is received again nothing more is sent. */
        private boolean filled;

        private boolean everFilled;

        /** Whether the program chose to have an address, which then nobody else has in TIME_WAIT. */
        private boolean bound;

        End(Family family) {
            this.family = family;
        }

        /** The byte that this end sends at a position of its stream. */
        static byte at(long position) {
            return (byte) (position ^ position >>> 8 ^ position >>> 16);
        }
    }

    private final World world;

    /** By descriptor, null for one that is free or an epoll instance. */
    private final TreeMap<Integer, @Nullable End> ends = new TreeMap<>();

    /** Clients by their own port, until they are accepted. */
    private final Map<Integer, End> callers = new HashMap<>();

    private final Map<Integer, Integer> knownPorts = new HashMap<>();

    private SortedMap<Integer, Integer> found = new TreeMap<>();

    Side(World world) {
        this.world = world;
    }

    World world() {
        return world;
    }

    @Override
    public void close() {
        world.close();
    }

    // ---------------------------------------------------------------- descriptors

    /** Without Nagle's algorithm, or it would depend on the time of an acknowledgement when bytes arrive (RFC 896). */
    String opened(int descriptor, Family family) throws PosixException {
        world.setOption(descriptor, Option.TCP_NODELAY, 1);
        ends.put(descriptor, new End(family));
        knownPorts.remove(descriptor);
        return "descriptor " + descriptor;
    }

    String openedEpoll(int descriptor) {
        ends.put(descriptor, null);
        return "descriptor " + descriptor;
    }

    String dup(int descriptor) throws PosixException {
        int copy = world.dup(descriptor);
        ends.put(copy, ends.get(descriptor));
        knownPorts.remove(copy);
        return "descriptor " + copy;
    }

    String close(int descriptor) throws PosixException {
        world.close(descriptor);
        ends.remove(descriptor);
        return DONE;
    }

    boolean isIpv6(int descriptor) {
        End end = ends.get(descriptor);
        return end != null && end.family == Family.INET6;
    }

    // ---------------------------------------------------------------- addresses

    InetAddress loopback(int descriptor) {
        return Kind.address(isIpv6(descriptor) ? "::1" : "127.0.0.1");
    }

    InetAddress wildcard(int descriptor) {
        return Kind.address(isIpv6(descriptor) ? "::" : "0.0.0.0");
    }

    /** An address for documents (RFC 5737, RFC 3849), so of no machine. */
    InetAddress foreign(int descriptor) {
        return Kind.address(isIpv6(descriptor) ? "2001:db8::1" : "192.0.2.1");
    }

    /** The port of a descriptor, 0 where it has none. */
    private int port(int descriptor) {
        try {
            return world.localAddress(descriptor).getPort();
        } catch (PosixException e) {
            return 0;
        }
    }

    /** A port of the other family may be free or not, by chance. */
    int usedPort(int descriptor, int owner) {
        return isIpv6(descriptor) == isIpv6(owner) ? boundPort(owner) : 0;
    }

    String bind(int descriptor, InetAddress host, int port) throws PosixException {
        world.bind(descriptor, new InetSocketAddress(host, port));
        bound(descriptor);
        return DONE;
    }

    private void bound(int descriptor) {
        End end = ends.get(descriptor);
        if (end != null) {
            end.bound = true;
        }
    }

    String listen(int descriptor, int backlog) throws PosixException {
        End end = ends.get(descriptor);
        if (end != null && end.shut) {
            return LEFT_OUT; // what it accepts would be shut, too
        }
        world.listen(descriptor, backlog);
        bound(descriptor);
        if (end != null) {
            end.listening = true;
        }
        return DONE;
    }

    /** The port of a socket that was bound, 0 where it has none. One that connect chose may be in TIME_WAIT for others, too, by chance. */
    private int boundPort(int descriptor) {
        End end = ends.get(descriptor);
        return end != null && end.bound ? port(descriptor) : 0;
    }

    String connect(int descriptor, InetAddress host, int to) throws PosixException {
        int port = boundPort(to);
        End self = ends.get(descriptor);
        if (self != null && self.shut && !self.connected) {
            return LEFT_OUT; // a connection that is shut before it is made
        }
        try {
            world.connect(descriptor, new InetSocketAddress(host, port == 0 ? CLOSED_PORT : port));
        } catch (PosixException e) {
            switch (e.errno()) {
                case EINPROGRESS -> calls(descriptor);
                case ECONNREFUSED, ECONNRESET, ECONNABORTED, EPIPE -> ended(descriptor);
                default -> {}
            }
            throw e;
        }
        return DONE;
    }

    private void calls(int descriptor) {
        End end = ends.get(descriptor);
        if (end != null) {
            end.connected = true;
            callers.put(port(descriptor), end);
        }
    }

    /** The kernel has made it a fresh socket, tcp_disconnect. */
    private void ended(int descriptor) {
        End end = ends.get(descriptor);
        if (end != null) {
            end.connected = false;
            end.shut = false;
            end.shutReading = false;
            end.shutWriting = false;
        }
    }

    String accept(int descriptor) throws PosixException {
        World.Accepted accepted = world.accept(descriptor);
        End listener = ends.get(descriptor);
        End end = new End(listener == null ? Family.INET : listener.family);
        end.connected = true;
        End caller = callers.remove(accepted.peer().getPort());
        if (listener != null) {
            end.buffers.addAll(listener.buffers);
            end.late.addAll(listener.late);
        }
        if (caller != null) {
            end.peer = caller;
            caller.peer = end;
        }
        ends.put(accepted.descriptor(), end);
        knownPorts.remove(accepted.descriptor());
        return "descriptor " + accepted.descriptor() + " from " + host(accepted.peer())
                + (caller == null ? " gone" : "");
    }

    /** Ports are the kernel's choice: compared is whether there is one and whether it has changed. */
    String localAddress(int descriptor) throws PosixException {
        InetSocketAddress address = world.localAddress(descriptor);
        Integer known = knownPorts.put(descriptor, address.getPort());
        String port = address.getPort() == 0 ? "0" : known == null || known != address.getPort() ? "new" : "same";
        return host(address) + " port " + port;
    }

    String remoteAddress(int descriptor) throws PosixException {
        InetSocketAddress address = world.remoteAddress(descriptor);
        End end = ends.get(descriptor);
        String owner = "nobody's";
        for (Integer other : ends.keySet()) {
            if (end != null && end.peer != null && ends.get(other) == end.peer) {
                owner = world.localAddress(other).getPort() == address.getPort() ? "its peer's" : "another's";
                break;
            }
        }
        return host(address) + " port " + owner;
    }

    private static String host(InetSocketAddress address) {
        return address.getAddress().getHostAddress();
    }

    // ---------------------------------------------------------------- data

    String send(int descriptor, int size) throws PosixException {
        End end = ends.get(descriptor);
        if (end != null && end.filled) {
            return LEFT_OUT;
        }
        int count = world.send(descriptor, next(descriptor, size));
        sent(descriptor, count);
        return count + " of " + size + " bytes";
    }

    private byte[] next(int descriptor, int size) {
        byte[] data = new byte[size];
        End end = ends.get(descriptor);
        for (int i = 0; end != null && i < size; i++) {
            data[i] = End.at(end.sent + i);
        }
        return data;
    }

    /** Sends until the kernel takes no more. How much that is depends on its memory, so it is not compared. */
    String fill(int descriptor) throws PosixException {
        End filling = ends.get(descriptor);
        if (filling != null && (filling.peer == null || filling.peer.shutReading)) {
            return LEFT_OUT; // nobody reads it, or one who says end of file before it is drained
        }
        for (long total = 0; total < 64L * 1024 * 1024; ) {
            byte[] data = next(descriptor, CHUNK);
            int count;
            try {
                count = world.send(descriptor, data);
            } catch (PosixException e) {
                if (e.errno() == Errno.EAGAIN && total > 0) {
                    filled(descriptor);
                    return "full";
                }
                throw e;
            }
            total += count;
            sent(descriptor, count);
        }
        return "bottomless";
    }

    private void filled(int descriptor) {
        End end = ends.get(descriptor);
        if (end != null) {
            end.filled = true;
            end.everFilled = true;
        }
    }

    private void sent(int descriptor, int count) {
        End end = ends.get(descriptor);
        if (end != null) {
            end.sent += count;
        }
    }

    String recv(int descriptor, int limit, boolean peek) throws PosixException {
        End from = ends.get(descriptor);
        if (from != null && from.peer != null && from.peer.everFilled) {
            return LEFT_OUT; // how much has come is the kernel's choice: its windows have been full
        }
        byte[] data = world.recv(descriptor, limit, peek);
        return data.length + " bytes" + check(descriptor, data, peek);
    }

    /** Whether the bytes are those that the peer sent, in order. */
    private String check(int descriptor, byte[] data, boolean peek) {
        End end = ends.get(descriptor);
        if (end == null) {
            return " from nowhere";
        }
        for (int i = 0; i < data.length; i++) {
            if (data[i] != End.at(end.received + i)) {
                return ", wrong at " + i;
            }
        }
        if (!peek) {
            end.received += data.length;
        }
        return "";
    }

    /** Receives all that the peer has sent, up to the end of file or an error; what comes after the last byte. */
    String drain(int descriptor) throws PosixException {
        String last = receiveAll(descriptor);
        End end = ends.get(descriptor);
        if (end != null && end.peer != null && end.received == end.peer.sent) {
            end.peer.filled = false;
        }
        return last;
    }

    private String receiveAll(int descriptor) throws PosixException {
        long start = System.nanoTime();
        String wrong = "";
        for (; ; ) {
            try {
                byte[] data = world.recv(descriptor, CHUNK, false);
                wrong += check(descriptor, data, false);
                if (data.length == 0) {
                    return "end of file" + wrong;
                }
            } catch (PosixException e) {
                End end = ends.get(descriptor);
                End peer = end == null ? null : end.peer;
                if (e.errno() != Errno.EAGAIN || end == null || peer == null || end.received == peer.sent) {
                    return e.errno() + wrong;
                }
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    return (peer.sent - end.received) + " bytes are lost" + wrong;
                }
                world.poll(new TreeMap<>(Map.of(descriptor, Events.IN)), 1);
            }
        }
    }

    // ---------------------------------------------------------------- options

    String setOption(int descriptor, Option option, int value) throws PosixException {
        End end = ends.get(descriptor);
        boolean late = end != null && end.listening && !callers.isEmpty();
        if (late && option == Option.SO_LINGER) {
            return LEFT_OUT; // it would show when the connection is closed
        }
        world.setOption(descriptor, option, value);
        if (late && end != null) {
            end.late.add(option);
        }
        return DONE;
    }

    /** Whether the connection was waiting to be accepted when its listener was given the option. */
    boolean isLate(int descriptor, Option option) {
        End end = ends.get(descriptor);
        return end != null && end.late.contains(option);
    }

    String setBuffer(int descriptor, Option option, int size) throws PosixException {
        String done = setOption(descriptor, option, size);
        End end = ends.get(descriptor);
        if (end != null) {
            end.buffers.add(option);
        }
        return done;
    }

    /** The kernel sizes buffers by how fast data flow, until a program does. */
    String buffer(int descriptor, Option option) throws PosixException {
        int size = world.option(descriptor, option);
        End end = ends.get(descriptor);
        return end != null && end.buffers.contains(option) ? size + " bytes" : "the kernel's choice";
    }

    String shutdown(int descriptor, boolean reading, boolean writing) throws PosixException {
        End end = ends.get(descriptor);
        if (end != null && end.filled && end.shut) {
            return LEFT_OUT; // its FIN stands behind bytes that the peer has no room for
        }
        if (end != null) {
            end.shut = true;
            end.bound &= !end.listening; // then Linux gives the port up, but goes on telling it
            end.shutReading |= reading;
            end.shutWriting |= writing;
        }
        world.shutdown(descriptor, reading, writing);
        return DONE;
    }

    // ---------------------------------------------------------------- readiness

    String pollAll(int events, int millis) throws PosixException {
        return describe(readiness(events, millis));
    }

    /**
     * The readiness of every descriptor that is a socket, and of one that is not open.
     *
     * @param millis where it is not 0, for descriptors of which something is certain to come at once or not at all
     */
    SortedMap<Integer, Integer> readiness(int events, int millis) throws PosixException {
        SortedMap<Integer, Integer> asked = new TreeMap<>();
        int free = 0;
        for (Integer descriptor : ends.keySet()) {
            if (ends.get(descriptor) != null) {
                asked.put(descriptor, events);
            }
            free = descriptor + 1;
        }
        if (millis == 0) {
            asked.put(free, events);
        }
        found = world.poll(asked, millis);
        return found;
    }

    /** What the last wait found. */
    SortedMap<Integer, Integer> found() {
        return found;
    }

    /**
     * Hung up, but a reader meets bytes or an end of file before the reset or the FIN; or it was shut both ways, and then
     * nothing is read any more.
     */
    boolean isHungUpBehind(int descriptor) {
        try {
            Integer hangUp = world.poll(new TreeMap<>(Map.of(descriptor, Events.RDHUP)), 0)
                    .get(descriptor);
            End end = ends.get(descriptor);
            if (hangUp == null || end == null || (hangUp & Events.NVAL) != 0) {
                return false;
            }
            if (!end.shutReading || !end.shutWriting) {
                world.recv(descriptor, 1, true); // fails where the reset is what a reader meets
            }
            return true;
        } catch (PosixException e) {
            return false;
        }
    }

    /** A connection that ended with a reset, or with a FIN in each direction. */
    boolean isOver(int descriptor) {
        try {
            Integer found = world.poll(new TreeMap<>(Map.of(descriptor, 0)), 0).get(descriptor);
            End end = ends.get(descriptor);
            return found != null && (found & Events.HUP) != 0 && end != null && end.connected;
        } catch (PosixException e) {
            return false;
        }
    }

    /** Whether bytes are on their way of which the kernel chooses when they arrive, and so when there is room again. */
    boolean isFilled() {
        return ends.values().stream().anyMatch(end -> end != null && end.filled);
    }

    boolean isEpoll(int descriptor) {
        return ends.containsKey(descriptor) && ends.get(descriptor) == null;
    }

    String select(boolean reading, boolean writing) throws PosixException {
        List<Integer> sockets = new ArrayList<>();
        for (Integer descriptor : ends.keySet()) {
            if (ends.get(descriptor) != null) {
                sockets.add(descriptor);
            }
        }
        int[] all = sockets.stream().mapToInt(Integer::intValue).toArray();
        World.Selected selected = world.select(reading ? all : new int[0], writing ? all : new int[0]);
        return "readable " + java.util.Arrays.toString(selected.readable()) + " writable "
                + java.util.Arrays.toString(selected.writable());
    }

    private static final int[] EPOLL_EVENTS = {
        Events.IN, Events.OUT, Events.IN | Events.OUT, Events.IN | Events.RDHUP, 0, Events.RDHUP
    };

    String epollAdd(Step step, int flag) throws PosixException {
        world.epollAdd(step.with(), step.on(), EPOLL_EVENTS[step.value() % EPOLL_EVENTS.length] | flag);
        return DONE;
    }

    String epollModify(Step step, int flag) throws PosixException {
        world.epollModify(step.with(), step.on(), EPOLL_EVENTS[step.value() % EPOLL_EVENTS.length] | flag);
        return DONE;
    }

    String epollWait(int epoll) throws PosixException {
        found = world.epollWait(epoll);
        return describe(found);
    }

    private static final Map<Integer, String> NAMES = new TreeMap<>(Map.ofEntries(
            Map.entry(Events.IN, "IN"),
            Map.entry(Events.PRI, "PRI"),
            Map.entry(Events.OUT, "OUT"),
            Map.entry(Events.ERR, "ERR"),
            Map.entry(Events.HUP, "HUP"),
            Map.entry(Events.NVAL, "NVAL"),
            Map.entry(Events.RDNORM, "RDNORM"),
            Map.entry(Events.RDBAND, "RDBAND"),
            Map.entry(Events.WRNORM, "WRNORM"),
            Map.entry(Events.WRBAND, "WRBAND"),
            Map.entry(Events.RDHUP, "RDHUP")));

    static String describe(SortedMap<Integer, Integer> found) {
        StringBuilder text = new StringBuilder();
        found.forEach((descriptor, events) -> {
            text.append(text.isEmpty() ? "" : " ").append(descriptor).append(':');
            List<String> names = new ArrayList<>();
            NAMES.forEach((bit, name) -> {
                if ((events & bit) != 0) {
                    names.add(name);
                }
            });
            text.append(String.join("|", names));
        });
        return text.isEmpty() ? "nothing" : text.toString();
    }
}
