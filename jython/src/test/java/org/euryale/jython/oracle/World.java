package org.euryale.jython.oracle;

import java.net.InetSocketAddress;
import java.util.SortedMap;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.Option;
import org.euryale.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of a process that has nothing but sockets and pipes, all non-blocking, and epoll instances. Descriptors
 * are counted from 0, the lowest free one first. One thread.
 */
interface World extends AutoCloseable {
    /** What accept(2) gives: a descriptor and the peer's name. */
    record Accepted(int descriptor, InetSocketAddress peer) {}

    /** What select(2) leaves of its lists. */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    record Selected(int[] readable, int[] writable) {}

    /** A TCP socket. */
    int socket(Family family) throws PosixException;

    /** Two descriptors that are connected with each other. */
    void pair(Ends ends) throws PosixException;

    /** As read(2): as many bytes as there are, at most {@code limit}; EAGAIN. */
    byte[] read(int descriptor, int limit) throws PosixException;

    /** As write(2): how many bytes were taken; EAGAIN. */
    int write(int descriptor, byte[] data) throws PosixException;

    void bind(int descriptor, InetSocketAddress address) throws PosixException;

    void listen(int descriptor, int backlog) throws PosixException;

    /** EAGAIN when nobody waits. */
    Accepted accept(int descriptor) throws PosixException;

    void connect(int descriptor, InetSocketAddress address) throws PosixException;

    /** How many bytes were taken; EAGAIN. */
    int send(int descriptor, byte[] data) throws PosixException;

    /** As many bytes as there are, at most {@code limit}; EAGAIN. */
    byte[] recv(int descriptor, int limit, boolean peek) throws PosixException;

    void shutdown(int descriptor, boolean reading, boolean writing) throws PosixException;

    int dup(int descriptor) throws PosixException;

    void close(int descriptor) throws PosixException;

    InetSocketAddress localAddress(int descriptor) throws PosixException;

    InetSocketAddress remoteAddress(int descriptor) throws PosixException;

    /** SO_LINGER is -1 for off. */
    int option(int descriptor, Option option) throws PosixException;

    void setOption(int descriptor, Option option, int value) throws PosixException;

    /** SO_ERROR, null for none. */
    @Nullable
    Errno takeError(int descriptor) throws PosixException;

    /**
     * Descriptors with the events asked of each, to those that are ready with what was found.
     *
     * @param millis 0 to look only
     */
    SortedMap<Integer, Integer> poll(SortedMap<Integer, Integer> asked, int millis) throws PosixException;

    Selected select(int[] read, int[] write) throws PosixException;

    int epoll() throws PosixException;

    void epollAdd(int epoll, int descriptor, int events) throws PosixException;

    void epollModify(int epoll, int descriptor, int events) throws PosixException;

    void epollRemove(int epoll, int descriptor) throws PosixException;

    /** What is ready now, by descriptor. */
    SortedMap<Integer, Integer> epollWait(int epoll) throws PosixException;

    /** Closes everything, with a RST where a connection is left, so that no port stays in TIME_WAIT. */
    @Override
    void close();
}
