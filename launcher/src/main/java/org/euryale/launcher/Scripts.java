package org.euryale.launcher;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Programs that are told by their bare name: console scripts, which pip writes to {@code bin} below {@code sys.prefix}.
 * A shell would find them by PATH, where that directory need not be.
 */
final class Scripts {
    /** No such program; the message is a line for the user. */
    static final class NotFound extends Exception {
        private static final long serialVersionUID = 1L;

        NotFound(String message) {
            super(message);
        }
    }

    private Scripts() {}

    /**
     * What python is to run: {@code program} itself if it is there (for a directory: one with a {@code __main__.py}),
     * as with python; else the script of that name.
     *
     * @param program as the command line has it
     * @param prefix where packages are; null if nowhere
     * @throws NotFound if there is neither, or the script is no Python
     */
    static String found(String program, @Nullable String prefix) throws NotFound {
        File file = new File(program); // a Path refuses some names in some locales
        boolean bare = !program.isEmpty() && program.indexOf(File.separatorChar) < 0;
        boolean runs = file.isDirectory() ? new File(file, "__main__.py").exists() : file.exists();
        if (runs || !bare || prefix == null) {
            return existing(file, program, "");
        }
        File script = new File(new File(prefix, "bin"), program);
        if (!script.isFile()) {
            return existing(file, program, "; nor has pip installed a script of that name in " + script.getParent());
        }
        if (!isPython(script)) {
            throw new NotFound(script + " is no Python program; run it by its path");
        }
        return script.getPath();
    }

    private static String existing(File file, String program, String more) throws NotFound {
        if (!file.exists()) {
            throw new NotFound("can't open file '" + program + "': [Errno 2] No such file or directory" + more);
        }
        return program;
    }

    /** Whether its first line names a python; one with a blank in its path stands in the second line (distlib). */
    private static boolean isPython(File script) {
        try (BufferedReader reader = new BufferedReader(new FileReader(script, StandardCharsets.ISO_8859_1))) {
            String first = reader.readLine();
            String second = reader.readLine();
            return first != null
                    && (!first.startsWith("#!")
                            || first.contains("python")
                            || first.contains("euryale")
                            || (second != null && second.startsWith("'''exec'")));
        } catch (IOException e) {
            return true; // python says what is wrong
        }
    }
}
