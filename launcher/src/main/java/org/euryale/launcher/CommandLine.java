package org.euryale.launcher;

import org.jspecify.annotations.Nullable;

/**
 * What has to be known of python's command line before Jython reads it.
 *
 * @param program the file or directory to run; null for {@code -c}, {@code -m}, standard input and the prompt
 * @param at where {@code program} is among the arguments; their number if it is null
 * @param ignoresEnvironment whether {@code -E} was given
 * @param unknown the first option that there is not, null if all are known
 */
record CommandLine(
        @Nullable String program,
        int at,
        boolean ignoresEnvironment,
        @Nullable Character unknown) {
    /** As {@code org.python.util.jython} has them; those that take a value in the second. */
    private static final String OPTIONS = "3bBdEhiORsStuUvVx?XJ";

    private static final String WITH_VALUE = "QWD";

    static CommandLine of(String[] arguments) {
        boolean ignoresEnvironment = false;
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (!argument.startsWith("-")) {
                return new CommandLine(argument, i, ignoresEnvironment, null);
            }
            if (argument.equals("-") || argument.startsWith("--") || argument.equals("-jar")) {
                return new CommandLine(null, arguments.length, ignoresEnvironment, null);
            }
            for (int at = 1; at < argument.length(); at++) {
                char option = argument.charAt(at);
                if (option == 'c' || option == 'm') { // the rest is the program's
                    return new CommandLine(null, arguments.length, ignoresEnvironment, null);
                }
                if (WITH_VALUE.indexOf(option) >= 0) {
                    if (at == argument.length() - 1) {
                        i++; // its value is the next argument
                    }
                    break;
                }
                if (OPTIONS.indexOf(option) < 0) {
                    return new CommandLine(null, arguments.length, ignoresEnvironment, option);
                }
                ignoresEnvironment |= option == 'E';
            }
        }
        return new CommandLine(null, arguments.length, ignoresEnvironment, null);
    }
}
