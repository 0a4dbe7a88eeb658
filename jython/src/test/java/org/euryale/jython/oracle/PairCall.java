package org.euryale.jython.oracle;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.euryale.posix.Epoll;
import org.euryale.posix.Events;
import org.euryale.posix.Option;
import org.euryale.posix.PosixException;

/** The kinds of call that are made on a pair of ends, 0 and 1, beside which {@link #EPOLL} is an epoll instance. */
enum PairCall {
    WRITE_FEW(6, Ends.values(), (w, on, v) -> Integer.toString(w.write(on, bytes(1 + v % 9, v)))),
    WRITE_SOME(3, Ends.values(), (w, on, v) -> Integer.toString(w.write(on, bytes(1000 + v % 500, v)))),
    WRITE_NOTHING(1, allButUdp(), (w, on, v) -> Integer.toString(w.write(on, new byte[0]))),
    READ_FEW(6, Ends.values(), (w, on, v) -> shown(w.read(on, 1 + v % 9))),
    READ_SOME(4, Ends.values(), (w, on, v) -> shown(w.read(on, 1500))),
    READ_MANY(2, Ends.values(), (w, on, v) -> shown(w.read(on, 30_000))),
    SEND_FEW(4, sockets(), (w, on, v) -> Integer.toString(w.send(on, bytes(1 + v % 9, v)))),
    SEND_SOME(2, sockets(), (w, on, v) -> Integer.toString(w.send(on, bytes(1000 + v % 500, v)))),
    SEND_TOO_MUCH(1, Ends.UDP, (w, on, v) -> Integer.toString(w.send(on, bytes(66_000, v)))),
    SEND_BEYOND_THE_BUFFER(1, unixMessages(), (w, on, v) -> Integer.toString(w.send(on, bytes(450_000, v)))),
    RECV_FEW(4, sockets(), (w, on, v) -> shown(w.recv(on, 1 + v % 9, false))),
    RECV_SOME(3, sockets(), (w, on, v) -> shown(w.recv(on, 1500, false))),
    RECV_NOTHING(1, sockets(), (w, on, v) -> shown(w.recv(on, 0, false))),
    PEEK_FEW(3, sockets(), (w, on, v) -> shown(w.recv(on, 1 + v % 9, true))),
    PEEK_SOME(2, sockets(), (w, on, v) -> shown(w.recv(on, 1500, true))),
    SHUT_READ(2, sockets(), (w, on, v) -> done(() -> w.shutdown(on, true, false))),
    SHUT_WRITE(2, sockets(), (w, on, v) -> done(() -> w.shutdown(on, false, true))),
    SHUT_BOTH(1, sockets(), (w, on, v) -> done(() -> w.shutdown(on, true, true))),
    CLOSE(1, Ends.values(), (w, on, v) -> done(() -> w.close(on))),
    LISTEN(1, sockets(), (w, on, v) -> done(() -> w.listen(on, 1))),
    ACCEPT(1, sockets(), (w, on, v) -> Integer.toString(w.accept(on).descriptor())),
    LOCAL_ADDRESS(1, sockets(), (w, on, v) -> done(() -> w.localAddress(on))),
    REMOTE_ADDRESS(1, sockets(), (w, on, v) -> done(() -> w.remoteAddress(on))),
    TAKE_ERROR(2, sockets(), (w, on, v) -> String.valueOf(w.takeError(on))),
    IS_LISTENING(1, sockets(), (w, on, v) -> Integer.toString(w.option(on, Option.SO_ACCEPTCONN))),
    SET_REUSE_ADDRESS(1, sockets(), (w, on, v) -> done(() -> w.setOption(on, Option.SO_REUSEADDR, v % 2))),
    GET_REUSE_ADDRESS(1, sockets(), (w, on, v) -> Integer.toString(w.option(on, Option.SO_REUSEADDR))),
    SET_SEND_BUFFER(1, sockets(), (w, on, v) -> done(() -> w.setOption(on, Option.SO_SNDBUF, 100_000 + v % 100))),
    GET_SEND_BUFFER(1, sockets(), (w, on, v) -> Integer.toString(w.option(on, Option.SO_SNDBUF))),
    SELECT_READ(
            1,
            Ends.values(),
            (w, on, v) -> Arrays.toString(w.select(new int[] {on}, new int[0]).readable())),
    SELECT_WRITE(
            1,
            Ends.values(),
            (w, on, v) -> Arrays.toString(w.select(new int[0], new int[] {on}).writable())),
    POLL_FOR_NOTHING(1, Ends.values(), (w, on, v) -> poll(w, on, 0)),
    POLL_IN(2, Ends.values(), (w, on, v) -> poll(w, on, Events.IN)),
    POLL_OUT(2, Ends.values(), (w, on, v) -> poll(w, on, Events.OUT)),
    POLL_READ_HANG_UP(1, Ends.values(), (w, on, v) -> poll(w, on, Events.RDHUP)),
    EPOLL_ADD(2, Ends.values(), (w, on, v) -> done(() -> w.epollAdd(PairCall.EPOLL, on, wanted(v)))),
    EPOLL_ADD_ONE_SHOT(
            1, Ends.values(), (w, on, v) -> done(() -> w.epollAdd(PairCall.EPOLL, on, wanted(v) | Epoll.ONESHOT))),
    EPOLL_MODIFY(1, Ends.values(), (w, on, v) -> done(() -> w.epollModify(PairCall.EPOLL, on, wanted(v)))),
    EPOLL_REMOVE(1, Ends.values(), (w, on, v) -> done(() -> w.epollRemove(PairCall.EPOLL, on))),
    EPOLL_WAIT(3, Ends.values(), (w, on, v) -> Side.describe(w.epollWait(PairCall.EPOLL)));

    /** The descriptor of the epoll instance. */
    static final int EPOLL = 2;

    /** Makes the call; what it said. */
    private interface Body {
        String run(World world, int on, int value) throws PosixException;
    }

    private interface Deed {
        void run() throws PosixException;
    }

    private final int weight;

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final Set<Ends> ends;

    @SuppressWarnings("ImmutableEnumChecker") // lambdas that hold nothing
    private final Body body;

    PairCall(int weight, Ends[] ends, Body body) {
        this.weight = weight;
        this.ends = EnumSet.copyOf(Arrays.asList(ends));
        this.body = body;
    }

    PairCall(int weight, Ends only, Body body) {
        this(weight, new Ends[] {only}, body);
    }

    private static Ends[] sockets() {
        return new Ends[] {Ends.UDP, Ends.UNIX_STREAMS, Ends.UNIX_DATAGRAMS, Ends.UNIX_PACKETS};
    }

    /** Those whose messages are as long as their buffers let them be. */
    private static Ends[] unixMessages() {
        return new Ends[] {Ends.UNIX_DATAGRAMS, Ends.UNIX_PACKETS};
    }

    /** An empty datagram to a peer of UDP is a limit, see empty-datagram-to-peer. */
    private static Ends[] allButUdp() {
        return new Ends[] {Ends.UNIX_STREAMS, Ends.PIPE, Ends.UNIX_DATAGRAMS, Ends.UNIX_PACKETS};
    }

    /** How often it is drawn, compared with the others; 0 for ends that do not have it. */
    int weight(Ends kind) {
        return ends.contains(kind) ? weight : 0;
    }

    /** What the call said, or the name of its error. */
    String run(World world, int on, int value) {
        try {
            return body.run(world, on, value);
        } catch (PosixException e) {
            return e.errno().name();
        }
    }

    private static String done(Deed deed) throws PosixException {
        deed.run();
        return Side.DONE;
    }

    private static byte[] bytes(int size, int first) {
        byte[] data = new byte[size];
        for (int i = 0; i < size; i++) {
            data[i] = (byte) (first + i * 7);
        }
        return data;
    }

    private static String shown(byte[] data) {
        return data.length + " bytes " + Arrays.hashCode(data);
    }

    private static String poll(World world, int on, int events) throws PosixException {
        SortedMap<Integer, Integer> asked = new TreeMap<>();
        asked.put(on, events);
        return Side.describe(world.poll(asked, 0));
    }

    private static int wanted(int value) {
        int[] events = {Events.IN, Events.OUT, Events.IN | Events.OUT, Events.IN | Events.RDHUP};
        return events[value % events.length];
    }
}
