/**
 * A reactor: one thread that waits for many files and calls who is concerned. Plain Java on {@code org.euryale.posix}.
 *
 * <p>{@link org.euryale.reactor.Reactor} is the loop, with {@link org.euryale.reactor.Timer}s and calls from other
 * threads. {@link org.euryale.reactor.StreamTransport} is a TCP connection that gathers what is written to it, {@link
 * org.euryale.reactor.StreamPort} accepts connections, {@link org.euryale.reactor.FileWatch} tells of any other file.
 */
@NullMarked
package org.euryale.reactor;

import org.jspecify.annotations.NullMarked;
