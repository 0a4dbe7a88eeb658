/**
 * POSIX sockets and readiness on {@code java.nio}: descriptors, sockets, pollers. Plain Java, the JDK only.
 *
 * <p>{@link org.euryale.posix.DescriptorTable} is what a process has: integers that name {@link
 * org.euryale.posix.OpenFile}s. {@link org.euryale.posix.StreamSocket} is a TCP socket, {@link org.euryale.posix.DatagramSocket} one of
 * UDP, with Linux's behaviour. {@link
 * org.euryale.posix.Poller} waits for many files at once; {@link org.euryale.posix.PollSet} and {@link
 * org.euryale.posix.Epoll} are {@code select(2)}/{@code poll(2)} and {@code epoll(7)} over it.
 */
@NullMarked
package org.euryale.posix;

import org.jspecify.annotations.NullMarked;
