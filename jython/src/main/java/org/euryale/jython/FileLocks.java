package org.euryale.jython;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.euryale.posix.Errno;
import org.euryale.posix.PosixException;

/**
 * The kernel's own {@code flock(2)}, which other programs' locks of that kind meet; those of {@code java.nio} are of
 * fcntl(2). A lock is the open file's: a dup has it too, and it goes with the last descriptor.
 */
final class FileLocks {
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;

    private FileLocks() {}

    /** EAGAIN when another has it and LOCK_NB is set; EINTR when the thread is interrupted, and nothing is locked. */
    static void flock(int number, int operation) throws PosixException {
        int refused = call(number, operation | LOCK_NB);
        boolean waits = (operation & LOCK_NB) == 0 && refused != 0 && Platform.errno(refused) == Errno.EAGAIN;
        if (waits) {
            await(number, operation);
        } else if (refused != 0) {
            throw new PosixException(Platform.errno(refused));
        }
    }

    /** The number of the error, 0 for none. */
    private static int call(int number, int operation) {
        return Libc.bound().flock(number, operation) == 0 ? 0 : Libc.errno();
    }

    /** A wait in the kernel knows no interrupt, so a thread of its own waits. */
    private static void await(int number, int operation) throws PosixException {
        CompletableFuture<Integer> refused = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    int result = call(number, operation);
                    if (!refused.complete(result) && result == 0) {
                        call(number, LOCK_UN); // nobody waits for it any more
                    }
                },
                "euryale-flock");
        thread.setDaemon(true);
        thread.start();
        try {
            int result = refused.get();
            if (result != 0) {
                throw new PosixException(Platform.errno(result));
            }
        } catch (InterruptedException e) {
            if (refused.complete(0)) {
                throw new PosixException(Errno.EINTR);
            }
            Thread.currentThread().interrupt(); // it was granted first
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
