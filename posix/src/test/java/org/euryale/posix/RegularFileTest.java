package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.posix.Failures.errnoOf;
import static org.euryale.posix.OpenFlags.O_APPEND;
import static org.euryale.posix.OpenFlags.O_CREAT;
import static org.euryale.posix.OpenFlags.O_DIRECTORY;
import static org.euryale.posix.OpenFlags.O_EXCL;
import static org.euryale.posix.OpenFlags.O_NOFOLLOW;
import static org.euryale.posix.OpenFlags.O_RDONLY;
import static org.euryale.posix.OpenFlags.O_RDWR;
import static org.euryale.posix.OpenFlags.O_TRUNC;
import static org.euryale.posix.OpenFlags.O_WRONLY;
import static org.euryale.posix.TestProcess.bytes;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** open(2), read(2), lseek(2), fstat(2), fcntl(2). */
@Timeout(60)
class RegularFileTest {
    @RegisterExtension
    final TestProcess process = new TestProcess();

    @TempDir
    Path directory;

    private final DescriptorTable table = process.table();

    private int open(String name, int flags) throws PosixException {
        return table.add(RegularFile.open(directory.resolve(name), flags, 0640));
    }

    private RegularFile file(int descriptor) throws PosixException {
        return (RegularFile) table.file(descriptor);
    }

    private int made(String text) throws PosixException {
        int descriptor = open("made", O_RDWR | O_CREAT);
        file(descriptor).write(bytes(text));
        file(descriptor).seek(0, Whence.SET);
        return descriptor;
    }

    private String content(String name) throws Exception {
        return Files.readString(directory.resolve(name));
    }

    @Test
    void creatingNeedsTheFlagAndTakesTheMode() throws Exception {
        assertThat(errnoOf(() -> open("new", O_RDWR))).isEqualTo(Errno.ENOENT);

        open("new", O_WRONLY | O_CREAT);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("new"))))
                .startsWith("rw-")
                .endsWith("---");
        assertThat(errnoOf(() -> open("new", O_WRONLY | O_CREAT | O_EXCL))).isEqualTo(Errno.EEXIST);
    }

    @Test
    void aFileIsCreatedForReadingToo() throws Exception {
        open("empty", O_RDONLY | O_CREAT);

        assertThat(content("empty")).isEmpty();
        assertThat(errnoOf(() -> open("empty", O_RDONLY | O_CREAT | O_EXCL))).isEqualTo(Errno.EEXIST);
    }

    @Test
    void truncatingAndAppending() throws Exception {
        Files.writeString(directory.resolve("log"), "old");
        int first = open("log", O_WRONLY | O_APPEND);
        int second = open("log", O_RDWR | O_APPEND);
        file(first).write(bytes("1"));
        file(second).write(bytes("2"));
        file(first).write(bytes("3"));
        assertThat(content("log")).isEqualTo("old123");

        open("log", O_WRONLY | O_TRUNC);
        assertThat(content("log")).isEmpty();
    }

    @Test
    void aDirectoryCanBeOpenedToBeSynced() throws Exception {
        int opened = table.add(RegularFile.open(directory, O_RDONLY | O_DIRECTORY, 0));

        file(opened).sync(true);

        assertThat(file(opened).status().type()).isEqualTo(FileStatus.S_IFDIR);
        assertThat(errnoOf(() -> file(opened).read(ByteBuffer.allocate(1)))).isEqualTo(Errno.EISDIR);
        assertThat(errnoOf(() -> RegularFile.open(directory, O_WRONLY, 0))).isEqualTo(Errno.EISDIR);
    }

    @Test
    void whatCannotBeOpenedSaysWhy() throws Exception {
        Files.writeString(directory.resolve("plain"), "");
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("plain"));
        Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));

        assertThat(errnoOf(() -> open("plain/below", O_RDONLY))).isEqualTo(Errno.ENOTDIR);
        assertThat(errnoOf(() -> open("plain", O_RDONLY | O_DIRECTORY))).isEqualTo(Errno.ENOTDIR);
        assertThat(errnoOf(() -> open("link", O_RDONLY | O_NOFOLLOW))).isEqualTo(Errno.ELOOP);
        assertThat(errnoOf(() -> open("loop", O_RDONLY))).isEqualTo(Errno.ELOOP);
        assertThat(errnoOf(() -> open("n".repeat(300), O_RDONLY))).isEqualTo(Errno.ENAMETOOLONG);
    }

    @Test
    void readingAndWritingKeepToTheAccessMode() throws Exception {
        int descriptor = made("abc");
        int reader = open("made", O_RDONLY);
        int writer = open("made", O_WRONLY);

        assertThat(errnoOf(() -> file(reader).write(bytes("x")))).isEqualTo(Errno.EBADF);
        assertThat(errnoOf(() -> file(writer).read(ByteBuffer.allocate(1)))).isEqualTo(Errno.EBADF);
        assertThat(file(descriptor).read(ByteBuffer.allocate(9))).isEqualTo(3);
        assertThat(file(descriptor).read(ByteBuffer.allocate(9))).isZero();
    }

    @Test
    void positionsBeyondTheEndAreAllowedAndNegativeOnesNot() throws Exception {
        int descriptor = made("abc");

        assertThat(file(descriptor).seek(10, Whence.SET)).isEqualTo(10);
        assertThat(file(descriptor).seek(-1, Whence.END)).isEqualTo(2);
        assertThat(file(descriptor).seek(-1, Whence.CURRENT)).isEqualTo(1);
        assertThat(errnoOf(() -> file(descriptor).seek(-1, Whence.SET))).isEqualTo(Errno.EINVAL);
    }

    @Test
    void truncatingLeavesThePosition() throws Exception {
        int descriptor = made("abcdef");
        file(descriptor).seek(5, Whence.SET);

        file(descriptor).truncate(2);
        assertThat(content("made")).isEqualTo("ab");
        assertThat(file(descriptor).seek(0, Whence.CURRENT)).isEqualTo(5);

        file(descriptor).truncate(4);
        assertThat(content("made")).isEqualTo("ab\0\0");
        int reader = open("made", O_RDONLY);
        assertThat(errnoOf(() -> file(reader).truncate(0))).isEqualTo(Errno.EINVAL);
    }

    @Test
    void theStatusIsOfTheFileAndNotOfItsName() throws Exception {
        int descriptor = made("abc");
        long inode = file(descriptor).status().inode();
        Files.move(directory.resolve("made"), directory.resolve("moved"));
        Files.writeString(directory.resolve("made"), "another");

        FileStatus status = file(descriptor).status();

        assertThat(status.inode()).isEqualTo(inode);
        assertThat(status.size()).isEqualTo(3);
    }

    @Test
    void aLockHoldsAgainstAnotherOpenFileUntilItIsClosed() throws Exception {
        int first = made("abc");
        int second = open("made", O_RDWR);
        file(first).lock(0, 2, false, false);

        assertThat(errnoOf(() -> file(second).lock(1, 1, false, false))).isEqualTo(Errno.EAGAIN);
        file(second).lock(2, 0, false, false);
        assertThat(file(second).isLockedByAnother(0, 1, true)).isTrue();

        table.close(first);
        file(second).lock(0, 0, false, false);
    }

    @Test
    void unlockingThePartOfALockLeavesTheRest() throws Exception {
        int first = made("abc");
        int second = open("made", O_RDWR);
        file(first).lock(0, 9, false, false);
        file(first).unlock(3, 3);

        file(second).lock(3, 3, false, false);
        assertThat(errnoOf(() -> file(second).lock(2, 1, false, false))).isEqualTo(Errno.EAGAIN);
        assertThat(errnoOf(() -> file(second).lock(6, 1, false, false))).isEqualTo(Errno.EAGAIN);
    }

    @Test
    void aWaitForALockEndsWithIt() throws Exception {
        int first = made("abc");
        int second = open("made", O_RDWR);
        file(first).lock(0, 0, false, false);
        TestProcess.Running<Boolean> waiting = process.start(() -> {
            file(second).lock(0, 0, false, true);
            return true;
        });
        TestProcess.eventually().until(() -> waiting.thread().getState() == Thread.State.TIMED_WAITING);

        file(first).unlock(0, 0);

        assertThat(waiting.result()).isTrue();
    }

    @Test
    void selectTakesItAndEpollDoesNot() throws Exception {
        int descriptor = made("abc");
        int[] read = {descriptor};

        assertThat(Select.select(table, read, new int[0], new int[0], -1)).isEqualTo(1);
        Epoll epoll = process.open(new Epoll());
        assertThat(errnoOf(() -> epoll.add(descriptor, file(descriptor), Events.IN)))
                .isEqualTo(Errno.EPERM);
    }
}
