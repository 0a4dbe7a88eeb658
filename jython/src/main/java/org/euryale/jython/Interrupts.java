package org.euryale.jython;

/** Where a wait that a signal ended runs the program's handlers. */
public final class Interrupts {
    private Interrupts() {}

    /** Runs what is pending; what a handler raises is thrown. */
    public static void check() {}
}
