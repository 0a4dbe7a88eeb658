package org.euryale.jython;

import java.util.EnumMap;
import java.util.Map;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import org.euryale.posix.Errno;
import org.jspecify.annotations.Nullable;

/**
 * The platform's numbers and texts of errors: facts of the machine, the same for every interpreter. The numbers are
 * those of Jython's own {@code errno} module, which has them from the platform's headers (EAGAIN is 11 on Linux, 35 on
 * macOS).
 */
final class Platform {
    private static final Map<Errno, Integer> NUMBERS = new EnumMap<>(Errno.class);
    private static final Map<Errno, String> TEXTS = new EnumMap<>(Errno.class);

    static {
        for (Errno errno : Errno.values()) {
            jnr.constants.platform.Errno known = jnr.constants.platform.Errno.valueOf(errno.name());
            NUMBERS.put(errno, known.intValue());
            // Python 2 never calls setlocale, so its texts are those of the C locale, as the constants have them...
            TEXTS.put(errno, known.description());
        }
        // ... while the JDK's are in the language of the process.
        Errno.teacher(() -> NUMBERS.forEach((errno, number) -> Errno.learn(errno, Bound.LIBC.strerror(number))));
    }

    /** What of the C library only jnr-posix knows. To bind it takes some 150 ms, which many programs never need: so at the first call. */
    private static final class Bound {
        static final POSIX LIBC = POSIXFactory.getNativePOSIX();

        private Bound() {}
    }

    private static volatile boolean bound;

    /** Whether {@link Libc} was bound already: what can be read from /proc as well is then asked of it, which chroot(2) leaves there. */
    static boolean isBound() {
        return bound;
    }

    static void bound() {
        bound = true;
    }

    static boolean isLinux() {
        return System.getProperty("os.name", "").equals("Linux");
    }

    private Platform() {}

    static int number(Errno errno) {
        return NUMBERS.getOrDefault(errno, 0);
    }

    static String text(Errno errno) {
        return TEXTS.getOrDefault(errno, errno.name());
    }

    /** The name of a number that a system call left; EIO for one that {@link Errno} does not have. */
    static Errno errno(int number) {
        for (Map.Entry<Errno, Integer> known : NUMBERS.entrySet()) {
            if (known.getValue() == number) {
                return known.getKey();
            }
        }
        return Errno.EIO;
    }

    /** The C library, null where Jython runs without native access. */
    static @Nullable POSIX libc() {
        return Bound.LIBC.isNative() ? Bound.LIBC : null;
    }

    static String hostName() {
        return Bound.LIBC.gethostname();
    }
}
