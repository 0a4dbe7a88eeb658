package org.euryale.jython;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.euryale.posix.Errno;
import org.jspecify.annotations.Nullable;
import org.python.core.PyObject;

/** The names of numbers that are passed to calls, for {@link Trace}. */
final class TraceNames {
    /** What the arguments of a call are, by the beginnings of their names; with a bar a set of flags. */
    private static final Map<String, List<String>> KINDS = Map.ofEntries(
            Map.entry("socket", List.of("AF_", "SOCK_")),
            Map.entry("fromfd", List.of("", "AF_", "SOCK_")),
            Map.entry("socketpair", List.of("AF_", "SOCK_")),
            Map.entry("recv", List.of("", "|MSG_")),
            Map.entry("recvfrom", List.of("", "|MSG_")),
            Map.entry("recv_into", List.of("", "", "|MSG_")),
            Map.entry("recvfrom_into", List.of("", "", "|MSG_")),
            Map.entry("send", List.of("", "|MSG_")),
            Map.entry("sendall", List.of("", "|MSG_")),
            Map.entry("shutdown", List.of("SHUT_")),
            Map.entry("getsockopt", List.of("SOL_", "OPTION")),
            Map.entry("setsockopt", List.of("SOL_", "OPTION")),
            Map.entry("epoll.register", List.of("", "|EPOLL")),
            Map.entry("epoll.modify", List.of("", "|EPOLL")),
            Map.entry("poll.register", List.of("", "|POLL")),
            Map.entry("poll.modify", List.of("", "|POLL")),
            Map.entry("fcntl", List.of("", "F_")),
            Map.entry("open", List.of("", "|O_")));

    /** By the level of an option, the beginnings of its names. */
    private static final Map<Integer, String> OPTIONS = Map.of(0, "IP_", 1, "SO_", 6, "TCP_", 41, "IPV6_");

    private final List<Map<String, Long>> values = List.of(
            new Constants("_socket").values(),
            new Constants("select").values(),
            new Constants("fcntl").values(),
            new Constants("posix").values());

    /** The name of an argument, null where a number is only a number. */
    @Nullable
    String argument(String call, int place, @Nullable PyObject[] arguments) {
        List<String> kinds = KINDS.get(call);
        PyObject argument = arguments[place];
        if (kinds == null || place >= kinds.size() || argument == null || !Values.isInteger(argument)) {
            return null;
        }
        int value = Values.bigInteger(argument).intValue(); // EPOLLET is beyond an int to Python
        String kind = kinds.get(place);
        PyObject level = arguments[0];
        if (kind.equals("OPTION")) {
            kind = level == null || !Values.isInteger(level)
                    ? ""
                    : OPTIONS.getOrDefault(Values.bigInteger(level).intValue(), "");
        }
        return kind.isEmpty() ? null : kind.startsWith("|") ? flags(kind.substring(1), value) : name(kind, value);
    }

    String events(String call, PyObject mask) {
        return flags(
                call.startsWith("epoll") ? "EPOLL" : "POLL",
                Values.bigInteger(mask).intValue());
    }

    static String errno(int number) {
        for (Errno known : Errno.values()) { // EAGAIN, where the platform has two names for it
            if (Platform.number(known) == number) {
                return known.name();
            }
        }
        for (jnr.constants.platform.Errno known : jnr.constants.platform.Errno.values()) {
            if (known.intValue() == number) {
                return known.name();
            }
        }
        return Integer.toString(number);
    }

    private @Nullable String name(String beginning, int value) {
        for (Map<String, Long> constants : values) {
            for (Map.Entry<String, Long> constant : constants.entrySet()) {
                if (constant.getKey().startsWith(beginning)
                        && constant.getValue().intValue() == value) {
                    return constant.getKey();
                }
            }
        }
        return null;
    }

    private String flags(String beginning, int value) {
        List<String> names = new ArrayList<>();
        int rest = value;
        for (int bit = Integer.MIN_VALUE; bit != 0 && rest != 0; bit >>>= 1) {
            String name = (rest & bit) == 0 ? null : name(beginning, bit);
            if (name != null) {
                names.add(0, name);
                rest &= ~bit;
            }
        }
        if (rest != 0 || names.isEmpty()) {
            names.add(rest == 0 ? "0" : "0x" + Integer.toHexString(rest));
        }
        return String.join("|", names);
    }
}
