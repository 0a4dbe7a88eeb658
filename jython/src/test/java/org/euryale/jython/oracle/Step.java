package org.euryale.jython.oracle;

/**
 * One call of a sequence.
 *
 * @param on the descriptor it is made on
 * @param with another descriptor, where a call needs one
 * @param value the size, the backlog, the option's value
 */
record Step(Kind kind, int on, int with, int value) {
    @Override
    public String toString() {
        return kind.describe(this);
    }
}
