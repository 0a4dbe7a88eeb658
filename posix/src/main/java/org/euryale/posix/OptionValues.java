package org.euryale.posix;

import java.util.Arrays;

/** Values of a few options, in the order they were given. Small, as each connection has one. */
@SuppressWarnings("EnumOrdinal") // an index into OPTIONS that is kept nowhere
final class OptionValues {
    /** What to do with each. */
    interface Visitor {
        void visit(Option option, int value) throws PosixException;
    }

    private static final Option[] OPTIONS = Option.values();

    /** An option's ordinal, then its value, and so on. */
    private int[] pairs = new int[0];

    private int find(Option option) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i] == option.ordinal()) {
                return i;
            }
        }
        return -1;
    }

    boolean has(Option option) {
        return find(option) >= 0;
    }

    int value(Option option, int otherwise) {
        int at = find(option);
        return at < 0 ? otherwise : pairs[at + 1];
    }

    void put(Option option, int value) {
        int at = find(option);
        if (at < 0) {
            at = pairs.length;
            pairs = Arrays.copyOf(pairs, at + 2);
            pairs[at] = option.ordinal();
        }
        pairs[at + 1] = value;
    }

    void forEach(Visitor visitor) throws PosixException {
        for (int i = 0; i < pairs.length; i += 2) {
            visitor.visit(OPTIONS[pairs[i]], pairs[i + 1]);
        }
    }

    OptionValues copy() {
        OptionValues copy = new OptionValues();
        copy.pairs = pairs.clone();
        return copy;
    }
}
