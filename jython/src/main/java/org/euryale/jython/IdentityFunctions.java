package org.euryale.jython;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToIntFunction;
import org.python.core.Py;
import org.python.core.PyObject;

/**
 * What the module {@code posix} says of the process's user and group. {@code site} asks for all four at every start, and
 * nothing else that it does needs the C library: so until that is bound, {@code /proc/self/status} tells (proc(5)).
 */
final class IdentityFunctions {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int REAL = 1;
    private static final int EFFECTIVE = 2;

    private IdentityFunctions() {}

    static void into(PyObject dict) {
        if (Files.isReadable(STATUS)) {
            define(dict, "getuid", "real user", "Uid:", REAL, Libc::getuid);
            define(dict, "geteuid", "effective user", "Uid:", EFFECTIVE, Libc::geteuid);
            define(dict, "getgid", "real group", "Gid:", REAL, Libc::getgid);
            define(dict, "getegid", "effective group", "Gid:", EFFECTIVE, Libc::getegid);
        }
    }

    private static void define(
            PyObject dict, String name, String what, String line, int column, ToIntFunction<Libc> call) {
        SocketModule.define(
                dict,
                new Signature(name, 0, 0),
                name + "() -> int\n\nThe number of this process's " + what + ".",
                a -> Py.newInteger(Platform.isBound() ? call.applyAsInt(Libc.bound()) : told(line, column)));
    }

    private static int told(String line, int column) {
        try {
            for (String told : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
                if (told.startsWith(line)) {
                    return Integer.parseUnsignedInt(told.split("\t", -1)[column]);
                }
            }
        } catch (IOException e) {
            throw Py.IOError(e);
        }
        throw Py.SystemError(STATUS + " has no " + line);
    }
}
