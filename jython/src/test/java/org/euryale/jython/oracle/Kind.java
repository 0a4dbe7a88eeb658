package org.euryale.jython.oracle;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.euryale.posix.Epoll;
import org.euryale.posix.Errno;
import org.euryale.posix.Events;
import org.euryale.posix.Family;
import org.euryale.posix.Option;
import org.euryale.posix.PosixException;

/** The kinds of call that a sequence is made of: how often each is drawn, and how it is made. */
enum Kind {
    SOCKET_4(3, Operand.NONE, (side, s) -> side.opened(side.world().socket(Family.INET), Family.INET)),
    SOCKET_6(3, Operand.NONE, (side, s) -> side.opened(side.world().socket(Family.INET6), Family.INET6)),
    DUP(2, Operand.SOCKET, (side, s) -> side.dup(s.on())),
    CLOSE(4, Operand.SOCKET, (side, s) -> side.close(s.on())),
    ABORT(3, Operand.SOCKET, (side, s) -> {
        side.world().setOption(s.on(), Option.SO_LINGER, 0);
        return side.close(s.on());
    }),

    BIND_LOOPBACK(3, Operand.SOCKET, (side, s) -> side.bind(s.on(), side.loopback(s.on()), 0)),
    BIND_WILDCARD(1, Operand.SOCKET, (side, s) -> side.bind(s.on(), side.wildcard(s.on()), 0)),
    BIND_USED_PORT(
            2, Operand.TWO, (side, s) -> side.bind(s.on(), side.loopback(s.on()), side.usedPort(s.on(), s.with()))),
    BIND_FOREIGN_ADDRESS(1, Operand.SOCKET, (side, s) -> side.bind(s.on(), side.foreign(s.on()), 0)),
    BIND_OTHER_FAMILY(1, Operand.SOCKET, (side, s) -> side.bind(s.on(), address("::1"), 0), true),
    LISTEN(3, Operand.SOCKET, (side, s) -> side.listen(s.on(), 1 + s.value())),
    ACCEPT(6, Operand.LISTENER, (side, s) -> side.accept(s.on())),

    CONNECT(5, Operand.SOCKET_AND_LISTENER, (side, s) -> side.connect(s.on(), side.loopback(s.on()), s.with())),
    CONNECT_TO_ANYTHING(2, Operand.TWO, (side, s) -> side.connect(s.on(), side.loopback(s.on()), s.with())),
    CONNECT_TO_WILDCARD(
            1, Operand.SOCKET_AND_LISTENER, (side, s) -> side.connect(s.on(), side.wildcard(s.on()), s.with())),
    CONNECT_REFUSED(3, Operand.SOCKET, (side, s) -> side.connect(s.on(), side.loopback(s.on()), Side.NO_DESCRIPTOR)),
    CONNECT_OTHER_FAMILY(
            1, Operand.SOCKET, (side, s) -> side.connect(s.on(), address("::1"), Side.NO_DESCRIPTOR), true),

    SEND_NOTHING(1, Operand.CONNECTION, (side, s) -> side.send(s.on(), 0)),
    SEND_FEW(8, Operand.CONNECTION, (side, s) -> side.send(s.on(), 1 + s.value() % 9)),
    SEND_SOME(3, Operand.CONNECTION, (side, s) -> side.send(s.on(), 1000 + s.value())),
    SEND_MANY(2, Operand.CONNECTION, (side, s) -> side.send(s.on(), 20_000)),
    FILL(1, Operand.CONNECTION, (side, s) -> side.fill(s.on())),
    RECV_NOTHING(1, Operand.CONNECTION, (side, s) -> side.recv(s.on(), 0, false)),
    RECV_FEW(8, Operand.CONNECTION, (side, s) -> side.recv(s.on(), 1 + s.value() % 9, false)),
    RECV_SOME(4, Operand.CONNECTION, (side, s) -> side.recv(s.on(), 1500, false)),
    RECV_MANY(3, Operand.CONNECTION, (side, s) -> side.recv(s.on(), 30_000, false)),
    PEEK_FEW(4, Operand.CONNECTION, (side, s) -> side.recv(s.on(), 1 + s.value() % 9, true)),
    PEEK_SOME(2, Operand.CONNECTION, (side, s) -> side.recv(s.on(), 1500, true)),
    PEEK_NOTHING(1, Operand.CONNECTION, (side, s) -> side.recv(s.on(), 0, true)),
    DRAIN(1, Operand.CONNECTION, (side, s) -> side.drain(s.on())),

    SHUT_READ(3, Operand.SOCKET, (side, s) -> side.shutdown(s.on(), true, false)),
    SHUT_WRITE(5, Operand.SOCKET, (side, s) -> side.shutdown(s.on(), false, true)),
    SHUT_BOTH(2, Operand.SOCKET, (side, s) -> side.shutdown(s.on(), true, true)),

    LOCAL_ADDRESS(2, Operand.SOCKET, (side, s) -> side.localAddress(s.on())),
    REMOTE_ADDRESS(3, Operand.SOCKET, (side, s) -> side.remoteAddress(s.on())),
    TAKE_ERROR(4, Operand.SOCKET, (side, s) -> String.valueOf(side.world().takeError(s.on()))),
    IS_LISTENING(1, Operand.SOCKET, get(Option.SO_ACCEPTCONN)),
    SET_REUSE_ADDRESS(1, Operand.SOCKET, set(Option.SO_REUSEADDR, 0, 1, 1)),
    GET_REUSE_ADDRESS(1, Operand.SOCKET, get(Option.SO_REUSEADDR)),
    SET_KEEP_ALIVE(1, Operand.SOCKET, set(Option.SO_KEEPALIVE, 0, 1, 7)),
    GET_KEEP_ALIVE(1, Operand.SOCKET, get(Option.SO_KEEPALIVE)),
    SET_NO_DELAY(1, Operand.SOCKET, set(Option.TCP_NODELAY, 0, 1, 1)),
    GET_NO_DELAY(1, Operand.SOCKET, get(Option.TCP_NODELAY)),
    SET_LINGER(1, Operand.SOCKET, set(Option.SO_LINGER, -1, 0, 0)),
    GET_LINGER(1, Operand.SOCKET, get(Option.SO_LINGER)),
    SET_SEND_BUFFER(
            1, Operand.SOCKET, (side, s) -> side.setBuffer(s.on(), Option.SO_SNDBUF, s.value() % 2 == 0 ? 1 : 100_000)),
    GET_SEND_BUFFER(1, Operand.SOCKET, (side, s) -> side.buffer(s.on(), Option.SO_SNDBUF)),
    SET_RECEIVE_BUFFER(1, Operand.SOCKET, (side, s) -> side.setBuffer(s.on(), Option.SO_RCVBUF, 100_000 + s.value())),
    GET_RECEIVE_BUFFER(1, Operand.SOCKET, (side, s) -> side.buffer(s.on(), Option.SO_RCVBUF)),
    SET_KEEP_IDLE(1, Operand.SOCKET, set(Option.TCP_KEEPIDLE, 10, 0, 40_000)),
    GET_KEEP_IDLE(1, Operand.SOCKET, get(Option.TCP_KEEPIDLE)),

    POLL_FOR_NOTHING(1, Operand.ALL, (side, s) -> side.pollAll(0, 0)),
    POLL_IN(1, Operand.ALL, (side, s) -> side.pollAll(Events.IN, 0)),
    POLL_OUT(1, Operand.ALL, (side, s) -> side.pollAll(Events.OUT, 0)),
    POLL_IN_OUT(1, Operand.ALL, (side, s) -> side.pollAll(Events.IN | Events.OUT, 0)),
    POLL_READ_HANG_UP(1, Operand.ALL, (side, s) -> side.pollAll(Events.RDHUP, 0)),
    POLL_WAIT(1, Operand.ALL, (side, s) -> side.pollAll(Events.IN | Events.RDHUP, 1)),
    SELECT_READ(1, Operand.ALL, (side, s) -> side.select(true, false)),
    SELECT_WRITE(1, Operand.ALL, (side, s) -> side.select(false, true)),
    SELECT_BOTH(1, Operand.ALL, (side, s) -> side.select(true, true)),

    EPOLL(1, Operand.NONE, (side, s) -> side.openedEpoll(side.world().epoll())),
    EPOLL_ADD(2, Operand.EPOLL, (side, s) -> side.epollAdd(s, 0)),
    EPOLL_ADD_ONE_SHOT(1, Operand.EPOLL, (side, s) -> side.epollAdd(s, Epoll.ONESHOT)),
    EPOLL_MODIFY(1, Operand.EPOLL, (side, s) -> side.epollModify(s, 0)),
    EPOLL_MODIFY_ONE_SHOT(1, Operand.EPOLL, (side, s) -> side.epollModify(s, Epoll.ONESHOT)),
    EPOLL_REMOVE(1, Operand.EPOLL, (side, s) -> {
        side.world().epollRemove(s.with(), s.on());
        return Side.DONE;
    }),
    EPOLL_WAIT(4, Operand.EPOLL, (side, s) -> side.epollWait(s.with()));

    /** What a call is made on. */
    enum Operand {
        NONE,
        SOCKET,
        LISTENER,
        CONNECTION,
        SOCKET_AND_LISTENER,
        TWO,
        EPOLL,
        ALL
    }

    /** Makes the call on one side; what it said. */
    private interface Body {
        String run(Side side, Step step) throws PosixException;
    }

    private final int weight;
    private final Operand operand;

    @SuppressWarnings("ImmutableEnumChecker") // lambdas that hold nothing
    private final Body body;

    private final boolean ipv4Only;

    Kind(int weight, Operand operand, Body body) {
        this(weight, operand, body, false);
    }

    Kind(int weight, Operand operand, Body body, boolean ipv4Only) {
        this.weight = weight;
        this.operand = operand;
        this.body = body;
        this.ipv4Only = ipv4Only;
    }

    /** How often it is drawn, compared with the others. */
    int weight() {
        return weight;
    }

    Operand operand() {
        return operand;
    }

    /** Makes the call on one side; what it said, or the name of its error. */
    String run(Side side, Step step) {
        try {
            if (ipv4Only && side.isIpv6(step.on())) {
                return Side.LEFT_OUT;
            }
            return body.run(side, step);
        } catch (PosixException e) {
            return e.errno().name();
        }
    }

    String describe(Step step) {
        String name = name().toLowerCase(java.util.Locale.ROOT);
        return switch (operand) {
            case NONE, ALL -> name;
            case SOCKET, CONNECTION, LISTENER -> name + "(" + step.on() + ") value " + step.value();
            case TWO, SOCKET_AND_LISTENER, EPOLL ->
                name + "(" + step.on() + ", " + step.with() + ") value " + step.value();
        };
    }

    private static Body get(Option option) {
        return (side, s) -> Integer.toString(side.world().option(s.on(), option));
    }

    private static Body set(Option option, int... values) {
        return (side, s) -> side.setOption(s.on(), option, values[s.value() % values.length]);
    }

    /** An address from its digits; no name is looked up. */
    static InetAddress address(String digits) {
        try {
            return InetAddress.getByName(digits);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    static InetSocketAddress at(InetAddress address, int port) {
        return new InetSocketAddress(address, port);
    }

    static boolean isWouldBlock(PosixException e) {
        return e.errno() == Errno.EAGAIN;
    }
}
