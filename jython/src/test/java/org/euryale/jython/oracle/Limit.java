package org.euryale.jython.oracle;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.euryale.posix.Events;
import org.euryale.posix.Option;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK does not let us know, as far as a sequence can run into it: rows of docs/posix-on-nio.md. The two worlds
 * differ from there on, so a sequence ends where it meets one.
 */
enum Limit {
    HANG_UP_BEHIND("reset-behind-bytes", "reset-behind-eof", "hang-ups-alone"),
    NAME_WHILE_CONNECTING("name-while-connecting"),
    BIND_AFTER_THE_END("bind-after-the-end"),
    EPOLL_IN_EPOLL("epoll-in-poll"),
    TOLD_AS_IN("reset-told-as-in"),
    LATE_INHERITANCE("late-inheritance");

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> rows;

    Limit(String... rows) {
        this.rows = List.of(rows);
    }

    /** The anchors of its rows. */
    List<String> rows() {
        return rows;
    }

    /** The limit that explains two answers to one call, null for none. */
    static @Nullable Limit ofCall(Step step, String expected, String actual, Side oracle, Side subject) {
        return switch (step.kind()) {
            case LOCAL_ADDRESS ->
                actual.endsWith(" port 0") && !expected.endsWith(" port 0") ? NAME_WHILE_CONNECTING : null;
            case BIND_LOOPBACK, BIND_WILDCARD, BIND_USED_PORT, BIND_FOREIGN_ADDRESS ->
                actual.equals("EINVAL") && oracle.isOver(step.on()) ? BIND_AFTER_THE_END : null;
            case REMOTE_ADDRESS, SHUT_READ, SHUT_WRITE, SHUT_BOTH ->
                expected.equals("ENOTCONN") && oracle.isHungUpBehind(step.on()) ? HANG_UP_BEHIND : null;
            case CONNECT, CONNECT_REFUSED, CONNECT_OTHER_FAMILY, CONNECT_TO_ANYTHING, CONNECT_TO_WILDCARD ->
                actual.equals(Side.DONE) && subject.isHungUpBehind(step.on()) ? HANG_UP_BEHIND : null;
            case RECV_NOTHING, RECV_FEW, RECV_SOME, RECV_MANY, PEEK_NOTHING, PEEK_FEW, PEEK_SOME ->
                expected.equals("ECONNRESET") && actual.equals("0 bytes") && oracle.isHungUpBehind(step.on())
                        ? HANG_UP_BEHIND
                        : null;
            case DRAIN ->
                expected.equals("ECONNRESET") && actual.equals("end of file") && oracle.isHungUpBehind(step.on())
                        ? HANG_UP_BEHIND
                        : null;
            case SEND_NOTHING -> oracle.isHungUpBehind(step.on()) ? HANG_UP_BEHIND : null;
            case SEND_FEW, SEND_SOME, SEND_MANY, FILL ->
                expected.equals("ECONNRESET") && actual.equals("EPIPE") && oracle.isHungUpBehind(step.on())
                        ? HANG_UP_BEHIND
                        : null;
            case GET_NO_DELAY -> late(Option.TCP_NODELAY, step, oracle);
            case GET_REUSE_ADDRESS -> late(Option.SO_REUSEADDR, step, oracle);
            case GET_SEND_BUFFER -> late(Option.SO_SNDBUF, step, oracle);
            case GET_RECEIVE_BUFFER -> late(Option.SO_RCVBUF, step, oracle);
            case GET_KEEP_ALIVE -> late(Option.SO_KEEPALIVE, step, oracle);
            case GET_LINGER -> late(Option.SO_LINGER, step, oracle);
            case GET_KEEP_IDLE -> late(Option.TCP_KEEPIDLE, step, oracle);
            case TAKE_ERROR -> actual.equals("null") && oracle.isHungUpBehind(step.on()) ? HANG_UP_BEHIND : null;
            case EPOLL_ADD, EPOLL_ADD_ONE_SHOT, EPOLL_MODIFY, EPOLL_MODIFY_ONE_SHOT, EPOLL_REMOVE ->
                oracle.isEpoll(step.on()) ? EPOLL_IN_EPOLL : null;
            case POLL_FOR_NOTHING, POLL_IN, POLL_OUT, POLL_IN_OUT, POLL_READ_HANG_UP, POLL_WAIT, EPOLL_WAIT ->
                isToldAsIn(oracle.found(), subject.found())
                        ? TOLD_AS_IN
                        : ofReadiness(oracle.found(), subject.found(), oracle);
            default -> null;
        };
    }

    /** Whether each hang-up that is missing is that of a descriptor which is told to be readable. */
    private static boolean isToldAsIn(SortedMap<Integer, Integer> expected, SortedMap<Integer, Integer> actual) {
        int hangUps = Events.ERR | Events.HUP | Events.RDHUP;
        return expected.keySet().equals(actual.keySet())
                && expected.entrySet().stream().allMatch(entry -> {
                    int told = actual.getOrDefault(entry.getKey(), 0);
                    boolean same = entry.getValue() == told;
                    return same || ((told & Events.IN) != 0 && (told | hangUps) == (entry.getValue() | hangUps));
                });
    }

    private static @Nullable Limit late(Option option, Step step, Side oracle) {
        return oracle.isLate(step.on(), option) ? LATE_INHERITANCE : null;
    }

    /** The limit that explains two answers to poll, null for none. */
    static @Nullable Limit ofReadiness(
            SortedMap<Integer, Integer> expected, SortedMap<Integer, Integer> actual, Side oracle) {
        for (Map.Entry<Integer, Integer> entry : expected.entrySet()) {
            int descriptor = entry.getKey();
            int missing = entry.getValue() & ~actual.getOrDefault(descriptor, 0);
            boolean hangsUp = (missing & (Events.ERR | Events.HUP | Events.RDHUP)) != 0;
            if (missing != 0 && !(hangsUp && oracle.isHungUpBehind(descriptor))) {
                return null;
            }
        }
        for (Map.Entry<Integer, Integer> entry : actual.entrySet()) {
            if ((entry.getValue() & ~expected.getOrDefault(entry.getKey(), 0)) != 0) {
                return null;
            }
        }
        return HANG_UP_BEHIND;
    }
}
