package org.euryale.reactor;

/** Told that a file is ready. Called in the reactor's thread. */
@FunctionalInterface
public interface Ready {
    /**
     * The file is ready, or was when the reactor looked: what was called before may have changed that.
     *
     * @param events bits of {@link org.euryale.posix.Events}
     */
    void ready(int events);
}
