package org.euryale.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SelectableChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file on a disk, or a directory, behind a {@link FileChannel}: always ready, so that {@code select(2)} and {@code
 * poll(2)} report it at once and {@code epoll(7)} refuses it (EPERM).
 *
 * <p>The JDK does not tell a channel's kernel descriptor, so what needs one is told of the file that has the name:
 * {@link #status} checks that it still is this one. Any thread may call anything.
 */
public final class RegularFile extends OpenFile {
    /** A lock that another open file of this JVM holds cannot be waited for in the kernel; its end is told here. */
    private static final Object UNLOCKED = new Object();

    private static final long LOOK_AGAIN_MILLIS = 100;

    private final FileChannel channel;
    private final @Nullable Path path;
    private final @Nullable FileStatus atOpen;
    private final int flags;

    /** Guarded by itself. */
    private final List<FileLock> locks = new ArrayList<>();

    /**
     * Takes over a channel.
     *
     * @param path its file's name, null where it has none
     * @param flags how it was opened, see {@link OpenFlags}
     */
    public RegularFile(FileChannel channel, @Nullable Path path, int flags) {
        this.channel = channel;
        this.path = path;
        this.flags = flags;
        FileStatus status = null;
        if (path != null) {
            try {
                status = FileStatus.of(path);
            } catch (PosixException e) {
                status = null; // unlinked already
            }
        }
        atOpen = status;
    }

    /**
     * {@code open(2)} with {@code flags} of {@link OpenFlags}; {@code mode} is for a file that is made, less the umask.
     * EEXIST, ENOENT, EACCES, EISDIR, ENOTDIR, ELOOP, ENAMETOOLONG, EMFILE ...
     */
    public static RegularFile open(Path path, int flags, int mode) throws PosixException {
        return Shortage.retried(() -> openNow(path, flags, mode));
    }

    private static RegularFile openNow(Path path, int flags, int mode) throws PosixException {
        int access = flags & OpenFlags.O_ACCMODE;
        boolean writes = access != OpenFlags.O_RDONLY;
        if (!writes && (flags & OpenFlags.O_CREAT) != 0) {
            create(path, flags, mode); // the JDK makes no file that is only to be read
        }
        if ((flags & OpenFlags.O_DIRECTORY) != 0 && FileStatus.of(path).type() != FileStatus.S_IFDIR) {
            throw new PosixException(Errno.ENOTDIR);
        }
        Set<OpenOption> options = new HashSet<>();
        if (access != OpenFlags.O_WRONLY) {
            options.add(StandardOpenOption.READ);
        }
        if (writes) {
            options.add(StandardOpenOption.WRITE);
            if ((flags & OpenFlags.O_CREAT) != 0) {
                boolean exclusive = (flags & OpenFlags.O_EXCL) != 0;
                options.add(exclusive ? StandardOpenOption.CREATE_NEW : StandardOpenOption.CREATE);
            }
            if ((flags & OpenFlags.O_TRUNC) != 0) {
                options.add(StandardOpenOption.TRUNCATE_EXISTING);
            }
            if (appendsInKernel(flags)) {
                options.remove(StandardOpenOption.WRITE);
                options.add(StandardOpenOption.APPEND);
            }
        }
        if ((flags & OpenFlags.O_SYNC) == OpenFlags.O_SYNC) {
            options.add(StandardOpenOption.SYNC);
        } else if ((flags & OpenFlags.O_DSYNC) != 0) {
            options.add(StandardOpenOption.DSYNC);
        }
        if ((flags & OpenFlags.O_NOFOLLOW) != 0) {
            options.add(LinkOption.NOFOLLOW_LINKS);
        }
        try {
            return new RegularFile(FileChannel.open(path, options, attributes(mode)), path, flags);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    private static void create(Path path, int flags, int mode) throws PosixException {
        try {
            Files.createFile(path, attributes(mode));
        } catch (java.nio.file.FileAlreadyExistsException e) {
            if ((flags & OpenFlags.O_EXCL) != 0) {
                throw new PosixException(Errno.EEXIST);
            }
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /** The JDK opens nothing for reading and appending; such a file looks for its end at each write. */
    private static boolean appendsInKernel(int flags) {
        return (flags & OpenFlags.O_APPEND) != 0 && (flags & OpenFlags.O_ACCMODE) == OpenFlags.O_WRONLY;
    }

    private static FileAttribute<?>[] attributes(int mode) {
        if (!java.nio.file.FileSystems.getDefault()
                .supportedFileAttributeViews()
                .contains("posix")) {
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values(); // from OWNER_READ, 0400, down to OTHERS_EXECUTE, 01
        for (int i = 0; i < all.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                permissions.add(all[i]);
            }
        }
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }

    @Override
    public int accessMode() {
        return flags & OpenFlags.O_ACCMODE;
    }

    @Override
    public boolean appends() {
        return (flags & OpenFlags.O_APPEND) != 0;
    }

    @Override
    public int read(ByteBuffer into) throws PosixException {
        try {
            return Math.max(0, channel.read(into));
        } catch (NonReadableChannelException e) {
            throw new PosixException(Errno.EBADF);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    @Override
    public int write(ByteBuffer from) throws PosixException {
        try {
            if ((flags & OpenFlags.O_APPEND) != 0 && !appendsInKernel(flags)) {
                synchronized (channel) {
                    channel.position(channel.size());
                    return channel.write(from);
                }
            }
            return channel.write(from);
        } catch (NonWritableChannelException e) {
            throw new PosixException(Errno.EBADF);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    @Override
    public long seek(long offset, Whence whence) throws PosixException {
        try {
            long position = switch (whence) {
                case SET -> offset;
                case CURRENT -> channel.position() + offset;
                case END -> channel.size() + offset;
            };
            if (position < 0) {
                throw new PosixException(Errno.EINVAL);
            }
            channel.position(position);
            return position;
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    @Override
    public void truncate(long length) throws PosixException {
        if (length < 0) {
            throw new PosixException(Errno.EINVAL);
        }
        try {
            long size = channel.size();
            if (length < size) {
                long position = channel.position(); // which the JDK moves, and ftruncate(2) does not
                channel.truncate(length);
                channel.position(position);
            } else if (length > size) {
                channel.write(ByteBuffer.allocate(1), length - 1);
            }
        } catch (NonWritableChannelException e) {
            throw new PosixException(Errno.EINVAL); // ftruncate(2): not open for writing
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    @Override
    public void sync(boolean metadata) throws PosixException {
        try {
            channel.force(metadata);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /** As {@code fstat(2)}; of a file whose name is gone, or another's by now, what held when it was opened. */
    @Override
    public FileStatus status() throws PosixException {
        if (path != null && atOpen != null) {
            try {
                FileStatus now = FileStatus.of(path);
                if (now.isSameFile(atOpen)) {
                    return now;
                }
            } catch (PosixException e) {
                // The name is gone; the file is not.
            }
        }
        try {
            long size = channel.size();
            FileStatus known = atOpen != null
                    ? atOpen
                    : FileStatus.nameless(FileStatus.S_IFREG | 0600, System.identityHashCode(channel));
            return known.unlinked(size);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /**
     * Locks a range (fcntl(2), F_SETLK) or all of the file (flock(2)), in place of the locks this open file has there.
     * Needs a file that is open for writing, a shared lock one for reading (EBADF).
     *
     * @param length 0 for all there is and will be
     * @param waits whether to wait for others to unlock; EINTR when the thread is interrupted
     * @throws PosixException EAGAIN when another holds it and {@code waits} is false
     */
    public void lock(long start, long length, boolean shared, boolean waits) throws PosixException {
        unlock(start, length);
        long size = length == 0 ? Long.MAX_VALUE - start : length;
        while (true) {
            try {
                FileLock lock = waits ? channel.lock(start, size, shared) : channel.tryLock(start, size, shared);
                if (lock == null) {
                    throw new PosixException(Errno.EAGAIN);
                }
                synchronized (locks) {
                    locks.add(lock);
                }
                return;
            } catch (OverlappingFileLockException e) {
                if (!waits) {
                    throw new PosixException(Errno.EAGAIN);
                }
                awaitUnlock();
            } catch (java.nio.channels.FileLockInterruptionException e) {
                throw new PosixException(Errno.EINTR);
            } catch (NonReadableChannelException | NonWritableChannelException e) {
                throw new PosixException(Errno.EBADF);
            } catch (IOException e) {
                throw PosixException.of(e);
            } catch (IllegalArgumentException e) {
                throw new PosixException(Errno.EINVAL);
            }
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is the caller's, which tries to lock
    private static void awaitUnlock() throws PosixException {
        synchronized (UNLOCKED) {
            try {
                UNLOCKED.wait(LOOK_AGAIN_MILLIS); // Java code that is not ours may hold it, and tells nobody
            } catch (InterruptedException e) {
                throw new PosixException(Errno.EINTR);
            }
        }
    }

    /** Whether another lock would keep {@link #lock} from a range (fcntl(2), F_GETLK). */
    public boolean isLockedByAnother(long start, long length, boolean shared) throws PosixException {
        long size = length == 0 ? Long.MAX_VALUE - start : length;
        try (FileLock probe = channel.tryLock(start, size, shared)) {
            return probe == null;
        } catch (OverlappingFileLockException e) {
            synchronized (locks) {
                return locks.stream().noneMatch(lock -> lock.overlaps(start, size));
            }
        } catch (NonReadableChannelException | NonWritableChannelException e) {
            throw new PosixException(Errno.EBADF);
        } catch (IOException e) {
            throw PosixException.of(e);
        }
    }

    /** Unlocks what is locked of a range; of a lock that reaches beyond it the rest is locked again. */
    public void unlock(long start, long length) throws PosixException {
        long end = length == 0 ? Long.MAX_VALUE : start + length;
        List<FileLock> hit = new ArrayList<>();
        synchronized (locks) {
            for (FileLock lock : locks) {
                if (lock.overlaps(start, end - start)) {
                    hit.add(lock);
                }
            }
            locks.removeAll(hit);
        }
        try {
            for (FileLock lock : hit) {
                lock.release();
                long lockEnd = lock.position() + lock.size();
                if (lock.position() < start) {
                    lock(lock.position(), start - lock.position(), lock.isShared(), false);
                }
                if (lockEnd > end) {
                    lock(end, lockEnd - end, lock.isShared(), false);
                }
            }
        } catch (IOException e) {
            throw PosixException.of(e);
        } finally {
            synchronized (UNLOCKED) {
                UNLOCKED.notifyAll();
            }
        }
    }

    @Override
    boolean pollable() {
        return false;
    }

    @Override
    @Nullable
    SelectableChannel selectable() {
        return null;
    }

    @Override
    FileChannel channel() {
        return channel;
    }

    @Override
    int interestOps(int events) {
        return 0;
    }

    @Override
    int standing() {
        return Events.IN | Events.OUT | Events.RDNORM | Events.WRNORM;
    }

    @Override
    int ready(int events, int readyOps, Precision precision) {
        return standing() & events;
    }

    @Override
    void release() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        synchronized (UNLOCKED) {
            UNLOCKED.notifyAll();
        }
    }
}
