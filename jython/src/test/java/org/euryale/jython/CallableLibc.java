package org.euryale.jython;

import java.util.Objects;
import org.euryale.posix.Kernel;
import org.euryale.posix.KernelReadiness;
import org.euryale.posix.SocketKernel;

/** The C library as an interpreter has it, for tests of what stands on it. */
public record CallableLibc(SocketKernel sockets, KernelReadiness readiness) implements AutoCloseable {
    /** Fails where it cannot be called. */
    public static CallableLibc open() {
        Kernel kernel = Objects.requireNonNull(LibcKernel.open(), "the C library");
        KernelReadiness readiness = new KernelReadiness(kernel);
        return new CallableLibc(new LibcSockets(kernel, readiness), readiness);
    }

    @Override
    public void close() {
        readiness.close();
    }
}
