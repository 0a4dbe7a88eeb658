package org.euryale.posix;

/** How closely a waiter wants a readable file looked at: an error or the end looks like bytes to a selector. */
enum Precision {
    /** As {@code select(2)}, which tells no ERR from IN. */
    COARSE,

    /**
     * A program that is told IN reads, and the read tells it of a reset or the end without a system call more. One that
     * is told again without having read is told exactly.
     */
    WHEN_TOLD_AGAIN,

    /** At once, for who is told once only. */
    AT_ONCE
}
