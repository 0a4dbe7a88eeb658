package org.euryale.jython;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.euryale.posix.Errno;
import org.euryale.posix.Kernel;
import org.euryale.posix.OpenFlags;
import org.euryale.posix.PosixException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibcKernelTest {
    private final Kernel kernel = Objects.requireNonNull(LibcKernel.open());

    @TempDir
    Path directory;

    @Test
    void statxAndFstatTellTheSame() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "content");
        for (String path : new String[] {file.toString(), directory.toString(), "/dev/null", "/proc/self/status"}) {
            int descriptor = kernel.open(path, OpenFlags.O_RDONLY, 0);
            try {
                assertThat(kernel.status(descriptor)).as(path).isEqualTo(LibcKernel.olderStatus(descriptor));
            } finally {
                kernel.close(descriptor);
            }
        }
    }

    @Test
    void noDescriptorHasNoStatus() {
        for (int none : new int[] {-1, -100, 19_999}) {
            assertThatThrownBy(() -> kernel.status(none))
                    .isInstanceOfSatisfying(
                            PosixException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
        }
    }
}
