package org.euryale.jython;

import java.util.Map;
import org.python.core.Py;

/** Linux's numbers of the signals that programs handle (signal(7)). The JVM knows signals by name. */
final class SignalNames {
    static final int SIGINT = 2;
    private static final int SIGVTALRM = 26;
    private static final int SIGPROF = 27;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "HUP"),
            Map.entry(SIGINT, "INT"),
            Map.entry(3, "QUIT"),
            Map.entry(5, "TRAP"),
            Map.entry(6, "ABRT"),
            Map.entry(10, "USR1"),
            Map.entry(12, "USR2"),
            Map.entry(13, "PIPE"),
            Map.entry(14, "ALRM"),
            Map.entry(15, "TERM"),
            Map.entry(17, "CHLD"),
            Map.entry(18, "CONT"),
            Map.entry(20, "TSTP"),
            Map.entry(21, "TTIN"),
            Map.entry(22, "TTOU"),
            Map.entry(23, "URG"),
            Map.entry(24, "XCPU"),
            Map.entry(25, "XFSZ"),
            Map.entry(SIGVTALRM, "VTALRM"),
            Map.entry(SIGPROF, "PROF"),
            Map.entry(28, "WINCH"),
            Map.entry(29, "IO"),
            Map.entry(30, "PWR"),
            Map.entry(31, "SYS"));

    private SignalNames() {}

    static boolean isRaisable(int number) {
        return NAMES.containsKey(number);
    }

    static String name(int number) {
        String name = NAMES.get(number);
        if (name == null) {
            throw Py.RuntimeError("signal " + number + " has no name");
        }
        return name;
    }
}
