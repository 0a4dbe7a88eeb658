package org.euryale.jython;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.python.Version;
import org.python.core.CodeFlag;

/** The flags of code objects, for the prepared core ({@code FlagsOfCode}). Any thread may ask. */
public final class CodeFlags {
    private static final ConcurrentHashMap<Integer, EnumSet<CodeFlag>> KNOWN = new ConcurrentHashMap<>();

    private CodeFlags() {}

    /** A set of its own with the flags whose bits are set, and with those that all code has. */
    public static Set<CodeFlag> of(int bits) {
        return KNOWN.computeIfAbsent(bits, CodeFlags::parse).clone();
    }

    private static EnumSet<CodeFlag> parse(int bits) {
        EnumSet<CodeFlag> flags = EnumSet.copyOf(Version.getDefaultCodeFlags());
        for (CodeFlag flag : CodeFlag.values()) {
            if (flag.isFlagBitSetIn(bits)) {
                flags.add(flag);
            }
        }
        return flags;
    }
}
