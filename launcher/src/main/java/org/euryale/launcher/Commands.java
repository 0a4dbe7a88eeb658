package org.euryale.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Euryale's own commands that are Python programs: directories beside the jar, in {@code commands/}. */
final class Commands {
    private Commands() {}

    /**
     * The arguments, with the program in the place of {@code pip}, {@code venv} or {@code -m pip}. A file of that name
     * is run by its path ({@code ./pip}).
     *
     * @param home the directory of the jar; null if there is none, and then no commands
     */
    static String[] expanded(String[] arguments, @Nullable String home) {
        if (home == null || arguments.length == 0) {
            return arguments;
        }
        boolean module = arguments.length > 1 && arguments[0].equals("-m") && arguments[1].equals("pip");
        String name = arguments[module ? 1 : 0];
        if (!name.equals("pip") && !name.equals("venv")) {
            return arguments;
        }
        Path program = Path.of(home, "commands", name);
        if (!Files.isDirectory(program)) {
            return arguments;
        }
        return Stream.concat(
                        Stream.of(program.toString()), Arrays.stream(arguments).skip(module ? 2 : 1))
                .toArray(String[]::new);
    }
}
