package org.euryale.jython.oracle;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.euryale.jython.CallableLibc;
import org.euryale.posix.DatagramSocket;
import org.euryale.posix.DescriptorTable;
import org.euryale.posix.Epoll;
import org.euryale.posix.Errno;
import org.euryale.posix.Family;
import org.euryale.posix.KernelSocket;
import org.euryale.posix.OpenFile;
import org.euryale.posix.Option;
import org.euryale.posix.PipeEnd;
import org.euryale.posix.Poll;
import org.euryale.posix.PosixException;
import org.euryale.posix.Select;
import org.euryale.posix.Socket;
import org.euryale.posix.StreamSocket;
import org.euryale.posix.UnixStreamSocket;
import org.jspecify.annotations.Nullable;

/** The sockets under test. */
final class PosixWorld implements World {
    /** 0 to 2 are the standard streams. */
    private static final int FIRST = 3;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final DescriptorTable table = new DescriptorTable();

    /** Used by turns with a new one, so that both the standing list and the list made for one call are tried. */
    private final Poll standing = new Poll(table);

    private SortedMap<Integer, Integer> stands = new TreeMap<>();
    private boolean anew;

    /** For sockets that are none of java.nio's. */
    private @Nullable CallableLibc libc;

    private OpenFile file(int descriptor) throws PosixException {
        return table.file(FIRST + descriptor);
    }

    private Socket socketAt(int descriptor) throws PosixException {
        if (file(descriptor) instanceof Socket socket) {
            return socket;
        }
        throw new PosixException(Errno.ENOTSOCK);
    }

    @Override
    public int socket(Family family) throws PosixException {
        return table.add(StreamSocket.open(family)) - FIRST;
    }

    @Override
    public void pair(Ends ends) throws PosixException {
        switch (ends) {
            case UNIX_STREAMS -> {
                UnixStreamSocket.Pair pair = UnixStreamSocket.pair(null);
                table.add(pair.one());
                table.add(pair.other());
            }
            case UNIX_DATAGRAMS -> add(KernelSocket.pair(libc().sockets(), KernelSocket.SOCK_DGRAM, 0));
            case UNIX_PACKETS -> add(KernelSocket.pair(libc().sockets(), KernelSocket.SOCK_SEQPACKET, 0));
            case PIPE -> {
                PipeEnd.Ends pipe = PipeEnd.open();
                table.add(pipe.read());
                table.add(pipe.write());
            }
            case UDP -> {
                DatagramSocket[] both = {DatagramSocket.open(Family.INET), DatagramSocket.open(Family.INET)};
                for (DatagramSocket socket : both) {
                    table.add(socket);
                    socket.bind(new InetSocketAddress(Kind.address("127.0.0.1"), 0));
                }
                both[0].connect(both[1].localAddress());
                both[1].connect(both[0].localAddress());
            }
        }
        for (int i = 0; i < 2; i++) {
            file(i).nonBlocking(true);
        }
    }

    private void add(KernelSocket.Pair pair) throws PosixException {
        table.add(pair.one());
        table.add(pair.other());
    }

    private CallableLibc libc() {
        if (libc == null) {
            libc = CallableLibc.open();
        }
        return libc;
    }

    @Override
    public byte[] read(int descriptor, int limit) throws PosixException {
        byte[] into = new byte[limit];
        return Arrays.copyOf(into, count(file(descriptor).read(ByteBuffer.wrap(into))));
    }

    @Override
    public int write(int descriptor, byte[] data) throws PosixException {
        return count(file(descriptor).write(ByteBuffer.wrap(data)));
    }

    @Override
    public void bind(int descriptor, InetSocketAddress address) throws PosixException {
        socketAt(descriptor).bind(address);
    }

    @Override
    public void listen(int descriptor, int backlog) throws PosixException {
        socketAt(descriptor).listen(backlog);
    }

    @Override
    public Accepted accept(int descriptor) throws PosixException {
        Socket accepted = socketAt(descriptor).accept();
        if (accepted == null) {
            throw new PosixException(Errno.EAGAIN);
        }
        int number = table.add(accepted) - FIRST;
        return new Accepted(number, (InetSocketAddress) accepted.acceptedFrom());
    }

    @Override
    public void connect(int descriptor, InetSocketAddress address) throws PosixException {
        socketAt(descriptor).connect(address);
    }

    @Override
    public int send(int descriptor, byte[] data) throws PosixException {
        return count(socketAt(descriptor).send(ByteBuffer.wrap(data), 0));
    }

    @Override
    public byte[] recv(int descriptor, int limit, boolean peek) throws PosixException {
        byte[] into = new byte[limit];
        int count = count(socketAt(descriptor).recv(ByteBuffer.wrap(into), peek ? StreamSocket.MSG_PEEK : 0));
        return Arrays.copyOf(into, count);
    }

    private static int count(int result) throws PosixException {
        if (result == OpenFile.WOULD_BLOCK) {
            throw new PosixException(Errno.EAGAIN);
        }
        return result;
    }

    @Override
    public void shutdown(int descriptor, boolean reading, boolean writing) throws PosixException {
        socketAt(descriptor).shutdown(reading, writing);
    }

    @Override
    public int dup(int descriptor) throws PosixException {
        return table.dup(FIRST + descriptor) - FIRST;
    }

    @Override
    public void close(int descriptor) throws PosixException {
        table.close(FIRST + descriptor);
    }

    @Override
    public InetSocketAddress localAddress(int descriptor) throws PosixException {
        return internet(socketAt(descriptor).localAddress());
    }

    @Override
    public InetSocketAddress remoteAddress(int descriptor) throws PosixException {
        return internet(socketAt(descriptor).remoteAddress());
    }

    /** UNIX sockets of a pair have no names; the other world unpacks theirs to this as well. */
    private static InetSocketAddress internet(SocketAddress address) {
        return address instanceof InetSocketAddress internet
                ? internet
                : new InetSocketAddress(Kind.address("0.0.0.0"), 0);
    }

    @Override
    public int option(int descriptor, Option option) throws PosixException {
        return socketAt(descriptor).option(option);
    }

    @Override
    public void setOption(int descriptor, Option option, int value) throws PosixException {
        socketAt(descriptor).setOption(option, value);
    }

    @Override
    public @Nullable Errno takeError(int descriptor) throws PosixException {
        return socketAt(descriptor).takeError();
    }

    @Override
    public SortedMap<Integer, Integer> poll(SortedMap<Integer, Integer> asked, int millis) throws PosixException {
        Poll poll = anew ? new Poll(table) : standing;
        if (!anew) {
            for (Integer descriptor : stands.keySet()) {
                if (!asked.containsKey(descriptor)) {
                    poll.unregister(FIRST + descriptor);
                }
            }
            stands = asked;
        }
        anew = !anew;
        asked.forEach((descriptor, events) -> poll.register(FIRST + descriptor, events));
        SortedMap<Integer, Integer> found = new TreeMap<>();
        int count = poll.poll(
                millis * NANOS_PER_MILLI,
                (descriptor, events) -> found.merge(descriptor - FIRST, events, (a, b) -> a | b));
        if (count != found.size()) {
            throw new AssertionError("poll counted " + count + " and told " + found);
        }
        return found;
    }

    @Override
    public Selected select(int[] read, int[] write) throws PosixException {
        int[] readable = shifted(read);
        int[] writable = shifted(write);
        int count = Select.select(table, readable, writable, new int[0], 0);
        Selected selected = new Selected(left(readable), left(writable));
        if (count != selected.readable().length + selected.writable().length) {
            throw new AssertionError("select counted " + count);
        }
        return selected;
    }

    private static int[] shifted(int[] descriptors) {
        return Arrays.stream(descriptors).map(d -> FIRST + d).toArray();
    }

    private static int[] left(int[] descriptors) {
        return Arrays.stream(descriptors)
                .filter(d -> d != Select.NOT_READY)
                .map(d -> d - FIRST)
                .toArray();
    }

    private Epoll epollAt(int descriptor) throws PosixException {
        if (file(descriptor) instanceof Epoll epoll) {
            return epoll;
        }
        throw new PosixException(Errno.EINVAL);
    }

    @Override
    public int epoll() throws PosixException {
        return table.add(new Epoll()) - FIRST;
    }

    @Override
    public void epollAdd(int epoll, int descriptor, int events) throws PosixException {
        OpenFile instance = file(epoll);
        OpenFile file = file(descriptor);
        if (instance == file) {
            throw new PosixException(Errno.EINVAL);
        }
        epollAt(epoll).add(FIRST + descriptor, file, events);
    }

    @Override
    public void epollModify(int epoll, int descriptor, int events) throws PosixException {
        file(epoll);
        OpenFile file = file(descriptor);
        epollAt(epoll).modify(FIRST + descriptor, file, events);
    }

    @Override
    public void epollRemove(int epoll, int descriptor) throws PosixException {
        file(epoll);
        OpenFile file = file(descriptor);
        epollAt(epoll).remove(FIRST + descriptor, file);
    }

    @Override
    public SortedMap<Integer, Integer> epollWait(int epoll) throws PosixException {
        SortedMap<Integer, Integer> found = new TreeMap<>();
        epollAt(epoll).await(0, 64, (descriptor, events) -> found.merge(descriptor - FIRST, events, (a, b) -> a | b));
        return found;
    }

    @Override
    public void close() {
        for (int descriptor = FIRST; table.size() > 0; descriptor++) {
            OpenFile file = table.fileOrNull(descriptor);
            if (file == null) {
                continue;
            }
            try {
                if (file instanceof StreamSocket socket) {
                    abort(socket);
                }
                table.close(descriptor);
            } catch (PosixException e) {
                throw new AssertionError("close of " + descriptor, e);
            }
        }
        table.close();
        if (libc != null) {
            libc.close();
        }
    }

    private static void abort(StreamSocket socket) {
        try {
            socket.setOption(Option.SO_LINGER, 0);
        } catch (PosixException e) {
            // A broken connection does not take the option, and leaves nothing behind either.
            return;
        }
    }
}
