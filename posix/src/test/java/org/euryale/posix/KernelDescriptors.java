package org.euryale.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many descriptors of the kinds that sockets and selectors use this JVM has open in the kernel (proc(5)). */
record KernelDescriptors(int sockets, int epolls, int eventfds) {
    private static final Path OWN = Path.of("/proc/self/fd");

    static KernelDescriptors now() {
        int sockets = 0;
        int epolls = 0;
        int eventfds = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(OWN)) {
            for (Path entry : entries) {
                String target = target(entry);
                if (target.startsWith("socket:")) {
                    sockets++;
                } else if (target.equals("anon_inode:[eventpoll]")) {
                    epolls++;
                } else if (target.equals("anon_inode:[eventfd]")) {
                    eventfds++;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new KernelDescriptors(sockets, epolls, eventfds);
    }

    int total() {
        return sockets + epolls + eventfds;
    }

    private static String target(Path entry) {
        try {
            return Files.readSymbolicLink(entry).toString();
        } catch (IOException e) {
            return ""; // closed between the listing and now: the one that the listing itself uses
        }
    }
}
