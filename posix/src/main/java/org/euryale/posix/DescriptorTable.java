package org.euryale.posix;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of one process: integers, the lowest free one first, each naming an {@link OpenFile}. In Euryale an
 * interpreter is a process, so each has a table of its own and a stale number never hits another's file. 0 to 2 are
 * the standard streams; they are handed out only when the program has closed them.
 *
 * <p>Any thread may call anything; {@link #file} takes no lock.
 */
public final class DescriptorTable implements AutoCloseable {
    private static final int FIRST = 3;

    /** More than any kernel gives a process (fs.nr_open). */
    private static final int LIMIT = 1 << 20;

    private volatile @Nullable OpenFile[] files = new OpenFile[64];
    private int lowestFree = FIRST;
    private int open;
    private boolean closed;

    /** RLIMIT_NOFILE: what every descriptor is below. */
    private volatile int limit = LIMIT;

    /** FD_CLOEXEC, which a descriptor has and an open file has not. */
    private final BitSet closeOnExec = new BitSet();

    private final Owners owners = new Owners();

    /** How many descriptors were closed because nobody had their owner any more. */
    private long forgotten;

    private @Nullable StandardStreams streams;

    private final PollerPool pollers = new PollerPool(this);

    /** Without standard streams: 0 to 2 are not open, and not handed out. */
    public DescriptorTable() {
        Shortage.register(this);
    }

    /** With these as 0, 1 and 2; null for one that is not open. */
    public DescriptorTable(@Nullable OpenFile input, @Nullable OpenFile output, @Nullable OpenFile error) {
        this();
        @Nullable OpenFile[] standard = {input, output, error};
        for (int i = 0; i < standard.length; i++) {
            OpenFile file = standard[i];
            if (file != null) {
                file.retainNew();
                files[i] = file;
                open++;
            }
        }
    }

    /** From now on the kernel's own 0, 1 and 2 follow this table's, until it ends. */
    public synchronized void streams(StandardStreams streams) {
        this.streams = streams;
    }

    private void follow(int descriptor, @Nullable OpenFile file) {
        StandardStreams following = streams;
        if (following != null) {
            following.follow(descriptor, file);
        }
    }

    /** The pollers that blocking calls, {@code select} and {@code poll} of this process lease. */
    public PollerPool pollers() {
        return pollers;
    }

    /** The open file behind a descriptor, or EBADF. */
    public OpenFile file(int descriptor) throws PosixException {
        OpenFile file = fileOrNull(descriptor);
        if (file == null) {
            throw new PosixException(Errno.EBADF);
        }
        return file;
    }

    /** The open file behind a descriptor, null where {@link #file} says EBADF. */
    public @Nullable OpenFile fileOrNull(int descriptor) {
        @Nullable OpenFile[] now = files;
        return descriptor < 0 || descriptor >= now.length ? null : now[descriptor];
    }

    /**
     * Sets the soft limit of descriptors (getrlimit(2), RLIMIT_NOFILE): calls that would make one as high or higher fail
     * from now on. Those that are open stay.
     */
    public void limit(long descriptors) {
        limit = (int) Math.max(0, Math.min(descriptors, LIMIT));
    }

    /**
     * EMFILE unless so many descriptors are free, for calls that Linux gives a number before they do anything: {@code
     * accept} leaves the connection where it is, {@code open} makes no file. What is dropped is looked for first.
     */
    public void requireRoom(int descriptors) throws PosixException {
        if (!hasRoom(descriptors)) {
            Shortage.retrying(() -> {
                if (!hasRoom(descriptors)) {
                    throw new PosixException(Errno.EMFILE);
                }
            });
        }
    }

    private synchronized boolean hasRoom(int descriptors) {
        int found = 0;
        for (int number = lowestFree; number < limit && found < descriptors; number++) {
            found += number >= files.length || files[number] == null ? 1 : 0;
        }
        return found == descriptors;
    }

    /**
     * Gives {@code file} the lowest free descriptor. Where that fails the file is closed, if this would have been its
     * only one: EMFILE at the limit, EBADF when the process has ended.
     */
    public int add(OpenFile file) throws PosixException {
        return add(file, null);
    }

    /**
     * Gives {@code file} the lowest free descriptor, which {@code owner} owns: once nobody has that any more, and the
     * collector has found it out, the descriptor is closed, unless it was before; see {@link #closeForgotten}.
     *
     * @param owner not the file, and nothing that the file refers to; null for none
     */
    public int add(OpenFile file, @Nullable Object owner) throws PosixException {
        closeForgotten();
        return added(file, 0, owner);
    }

    /** Both files' descriptors; where there are not two, both files are closed, as {@link #add} says. */
    public int[] addPair(OpenFile one, OpenFile other) throws PosixException {
        other.retain();
        try {
            int first = add(one);
            try {
                return new int[] {first, add(other)};
            } catch (PosixException e) {
                close(first);
                throw e;
            }
        } finally {
            other.drop();
        }
    }

    private int added(OpenFile file, int lowest, @Nullable Object owner) throws PosixException {
        file.retain();
        try {
            return Shortage.retried(() -> placed(file, lowest, owner));
        } catch (PosixException e) {
            file.drop();
            throw e;
        }
    }

    private synchronized int placed(OpenFile file, int lowest, @Nullable Object owner) throws PosixException {
        if (closed) {
            throw new PosixException(Errno.EBADF);
        }
        @Nullable OpenFile[] now = files;
        int descriptor = Math.max(lowestFree, lowest);
        while (descriptor < now.length && now[descriptor] != null) {
            descriptor++;
        }
        if (descriptor >= limit) {
            throw new PosixException(Errno.EMFILE);
        }
        if (descriptor >= now.length) {
            now = Arrays.copyOf(now, descriptor * 2);
        }
        now[descriptor] = file;
        files = now; // a volatile write after the element's, so that readers without the lock see it
        if (lowest <= lowestFree) {
            lowestFree = descriptor + 1;
        }
        open++;
        follow(descriptor, file);
        if (owner != null) {
            owners.own(descriptor, owner);
        }
        return descriptor;
    }

    /** Makes {@code owner} the owner of an open descriptor that has none; false where it has one, or is not open. */
    public synchronized boolean own(int descriptor, Object owner) {
        if (fileOrNull(descriptor) == null || owners.of(descriptor) != null) {
            return false;
        }
        owners.own(descriptor, owner);
        return true;
    }

    /** The descriptor is nobody's, and stays open, if it was {@code owner}'s. */
    public synchronized void disown(int descriptor, Object owner) {
        Ownership ownership = owners.of(descriptor);
        if (ownership != null && ownership.refersTo(owner)) {
            owners.disown(descriptor);
        }
    }

    /** Another descriptor for the same open file, as {@code dup(2)}; EMFILE. */
    public int dup(int descriptor) throws PosixException {
        return add(file(descriptor));
    }

    /**
     * Another descriptor for the same open file, at least {@code lowest} (fcntl(2), F_DUPFD); EINVAL where that is beyond
     * the limit, EMFILE where all up to it are in use.
     */
    public int dup(int descriptor, int lowest) throws PosixException {
        OpenFile file = file(descriptor);
        if (lowest < 0 || lowest >= limit) {
            throw new PosixException(Errno.EINVAL);
        }
        return added(file, lowest, null);
    }

    /**
     * Makes {@code target} name the file of {@code descriptor}, having closed what it named, as {@code dup2(2)}; EBADF
     * when the first is not open or the second is no number that a descriptor can have.
     */
    public void dup2(int descriptor, int target) throws PosixException {
        OpenFile file = file(descriptor);
        if (descriptor == target) {
            return;
        }
        if (target < 0 || target >= limit) {
            throw new PosixException(Errno.EBADF);
        }
        file.retain();
        OpenFile before;
        synchronized (this) {
            if (closed) {
                before = file;
            } else {
                @Nullable OpenFile[] now = files;
                if (target >= now.length) {
                    now = Arrays.copyOf(now, Math.max(target + 1, now.length * 2));
                }
                before = now[target];
                now[target] = file;
                closeOnExec.clear(target);
                files = now;
                open += before == null ? 1 : 0;
                follow(target, file);
            }
        }
        if (before != null) {
            before.descriptorClosed();
            before.drop();
        }
    }

    /** Frees the descriptor; closes the file with the last one and returns when no poller holds it any more. */
    public void close(int descriptor) throws PosixException {
        OpenFile file;
        synchronized (this) {
            file = free(descriptor);
        }
        release(file);
    }

    /**
     * The same if {@code owner} still owns the descriptor; EBADF if not: then it was closed, and may be another file's.
     */
    public void close(int descriptor, Object owner) throws PosixException {
        OpenFile file;
        synchronized (this) {
            Ownership ownership = owners.of(descriptor);
            if (ownership == null || !ownership.refersTo(owner)) {
                throw new PosixException(Errno.EBADF);
            }
            file = free(descriptor);
        }
        release(file);
    }

    private OpenFile free(int descriptor) throws PosixException {
        OpenFile file = file(descriptor);
        @Nullable OpenFile[] now = files;
        now[descriptor] = null;
        files = now;
        owners.disown(descriptor);
        closeOnExec.clear(descriptor);
        lowestFree = Math.min(lowestFree, descriptor);
        open--;
        follow(descriptor, null);
        return file;
    }

    private static void release(OpenFile file) {
        file.descriptorClosed();
        file.drop();
        Shortage.closed();
    }

    /**
     * Closes the descriptors whose owners the collector has found to be forgotten. Costs next to nothing when there are
     * none; done by itself where a descriptor is made, and by those who begin to wait. Not with a lock that a poller
     * may ask for.
     *
     * @return how many
     */
    public int closeForgotten() {
        int count = 0;
        for (Ownership left = owners.poll(); left != null; left = owners.poll()) {
            count += close(left) ? 1 : 0;
        }
        return count;
    }

    /** The same right after a collection, when not all of them are queued yet. */
    int closeCollected() {
        List<Ownership> collected;
        synchronized (this) {
            collected = owners.collected();
        }
        int count = 0;
        for (Ownership left : collected) {
            count += close(left) ? 1 : 0;
        }
        return count;
    }

    private boolean close(Ownership left) {
        OpenFile file;
        synchronized (this) {
            if (!left.equals(owners.of(left.descriptor))) {
                return false; // the number was closed, and perhaps given again, before this was found
            }
            try {
                file = free(left.descriptor);
            } catch (PosixException e) {
                return false; // the process has ended
            }
            forgotten++;
        }
        release(file);
        return true;
    }

    /** How many descriptors were closed, since the beginning, because nobody had their owner any more. */
    public synchronized long forgotten() {
        return forgotten;
    }

    /** FD_CLOEXEC of a descriptor; EBADF. */
    public synchronized boolean closeOnExec(int descriptor) throws PosixException {
        file(descriptor);
        return closeOnExec.get(descriptor);
    }

    /** Sets FD_CLOEXEC; EBADF. */
    public synchronized void closeOnExec(int descriptor, boolean on) throws PosixException {
        file(descriptor);
        closeOnExec.set(descriptor, on);
    }

    /** Higher than any descriptor in use. */
    public int capacity() {
        return files.length;
    }

    /** How many descriptors are in use. */
    public synchronized int size() {
        return open;
    }

    /** Ends the process: closes whatever is open; what is opened afterwards gets EBADF. */
    @Override
    public void close() {
        @Nullable OpenFile[] left;
        synchronized (this) {
            closed = true;
            left = files;
            files = new OpenFile[0];
            owners.clear();
            lowestFree = 0;
            open = 0;
            if (streams != null) {
                streams.close();
            }
        }
        for (OpenFile file : left) {
            if (file != null) {
                file.descriptorClosed();
                file.drop();
            }
        }
        pollers.close();
    }
}
