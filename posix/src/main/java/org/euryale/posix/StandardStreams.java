package org.euryale.posix;

import org.jspecify.annotations.Nullable;

/**
 * The kernel's own descriptors 0, 1 and 2, where the program is the whole process: they follow what the program does to
 * its numbers 0, 1 and 2, so that a peer on a pipe hears of {@code close(1)}, and what the JVM itself writes there goes
 * where {@code dup2} says. Their files in the table are on copies of the kernel's, see {@link #copy}.
 *
 * <p>Never closed are the kernel's numbers: the JVM would give one to the next file it opens, and print into that. They
 * are {@code /dev/null} then. The same stands for a socket of java.nio, whose kernel descriptor changes with its channel.
 */
public final class StandardStreams {
    private static final int COUNT = 3;

    private final Kernel kernel;
    private final int nowhere;

    /** Where the kernel has no descriptor left: EMFILE. */
    public StandardStreams(Kernel kernel) throws PosixException {
        this.kernel = kernel;
        nowhere = kernel.open("/dev/null", OpenFlags.O_RDWR, 0);
    }

    /** A descriptor of the kernel's for what a standard stream is at the start; EBADF, EMFILE. */
    public int copy(int descriptor) throws PosixException {
        return kernel.copy(descriptor, COUNT);
    }

    /** The program's descriptor names {@code file} from now on, null for none. Called with the table's monitor. */
    void follow(int descriptor, @Nullable OpenFile file) {
        if (descriptor >= COUNT) {
            return;
        }
        try {
            boolean kept = file instanceof KernelFile
                    || file instanceof KernelSocket
                    || file instanceof RegularFile
                    || file instanceof PipeEnd;
            kernel.copyTo(file != null && kept ? file.kernelNumber(kernel) : nowhere, descriptor);
        } catch (PosixException e) {
            return; // the file was closed by another thread, which is about to say so itself
        }
    }

    /** The table has ended; the kernel's descriptors stay as they are. */
    void close() {
        try {
            kernel.close(nowhere);
        } catch (PosixException e) {
            return; // close(2): the descriptor is gone in any case
        }
    }
}
