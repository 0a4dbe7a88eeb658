package org.euryale.jython;

import java.util.List;
import java.util.stream.Stream;
import jnr.ffi.Pointer;

/**
 * A program that SIGTERM or SIGHUP ends dies of that signal, as any process does, and whoever waits for it is told so: a
 * shell, a supervisor, {@code subprocess}. A JVM runs its shutdown hooks and exits with 128 and the number instead.
 *
 * <p>Here the hooks run, too, and then C's {@code exit(3)}, with which HotSpot ends, calls {@code raise(3)} with the exit
 * status, which is the signal's number. That is what {@code on_exit(3)} is for: the JVM is gone by then, and no Java can
 * run. A process whose signals the kernel does not deliver by default (the first of a container, which has number 1)
 * exits as a JVM does.
 */
final class Termination {
    private static final List<String> SIGNALS = List.of("TERM", "HUP");

    private Termination() {}

    /** For the launcher's program; signals that were ignored when it was started stay so ({@code nohup}). */
    static void install() {
        SIGNALS.forEach(name -> JvmSignals.install(name, JvmSignals.calling(number -> end(name, number))));
    }

    /** On a thread of the JVM's own for this signal; does not return, unless the JVM is ending already. */
    private static void end(String name, int number) {
        Thread ending = Thread.currentThread();
        if (ProcessHandle.current().pid() == 1 || !Libc.isThere()) {
            System.exit(128 + number);
        }
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> arm(ending, name)));
        } catch (IllegalStateException e) {
            return; // it is ending already
        }
        System.exit(number);
    }

    /** If it is our exit that runs the hooks and not another's, which came first and has a status of its own. */
    private static void arm(Thread ending, String name) {
        boolean ours = Stream.of(ending.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals("java.lang.ApplicationShutdownHooks"));
        if (ours) {
            Libc libc = Libc.bound();
            Pointer raise = libc.dlsym(null, Libc.terminated("raise"));
            JvmSignals.install(name, JvmSignals.DEFAULT);
            libc.on_exit(raise, null);
        }
    }
}
