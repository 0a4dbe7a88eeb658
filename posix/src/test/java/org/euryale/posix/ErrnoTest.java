package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrnoTest {
    /** The texts of glibc's strerror(3) in the C locale. */
    @ParameterizedTest
    @CsvSource({
        "EACCES, Permission denied",
        "EADDRINUSE, Address already in use",
        "EADDRNOTAVAIL, Cannot assign requested address",
        "EAFNOSUPPORT, Address family not supported by protocol",
        "ECONNABORTED, Software caused connection abort",
        "ECONNREFUSED, Connection refused",
        "ECONNRESET, Connection reset by peer",
        "EHOSTUNREACH, No route to host",
        "EINVAL, Invalid argument",
        "EMFILE, Too many open files",
        "ENFILE, Too many open files in system",
        "ENETUNREACH, Network is unreachable",
        "ENOBUFS, No buffer space available",
        "ENOTCONN, Transport endpoint is not connected",
        "EPERM, Operation not permitted",
        "EPIPE, Broken pipe",
        "ETIMEDOUT, Connection timed out",
    })
    void theTextNamesTheError(Errno errno, String text) {
        assertThat(Errno.of(new SocketException(text))).isEqualTo(errno);
        assertThat(Errno.of(new ConnectException(text))).isEqualTo(errno);
    }

    @Test
    void theJdksOwnTextsAreKnown() {
        assertThat(Errno.of(new SocketException("Connection reset"))).isEqualTo(Errno.ECONNRESET);
        assertThat(Errno.of(new IOException("Accept failed: Too many open files")))
                .isEqualTo(Errno.EMFILE);
    }

    @Test
    void aClosedChannelIsEBADF() {
        assertThat(Errno.of(new ClosedChannelException())).isEqualTo(Errno.EBADF);
        assertThat(Errno.of(new AsynchronousCloseException())).isEqualTo(Errno.EBADF);
    }

    @Test
    void withoutAKnownTextTheClassTellsTheError() {
        assertThat(Errno.of(new BindException())).isEqualTo(Errno.EADDRINUSE);
        assertThat(Errno.of(new ConnectException("Verbindungsaufbau abgelehnt")))
                .isEqualTo(Errno.ECONNREFUSED);
        assertThat(Errno.of(new NoRouteToHostException())).isEqualTo(Errno.EHOSTUNREACH);
        assertThat(Errno.of(new SocketTimeoutException())).isEqualTo(Errno.ETIMEDOUT);
    }

    @Test
    void aTextInAnotherLanguageCanBeTaught() {
        IOException german = new SocketException("Datenübergabe unterbrochen (broken pipe), Lehrstück");
        Errno.learn(Errno.EPIPE, "Datenübergabe unterbrochen (broken pipe), Lehrstück");

        assertThat(Errno.of(german)).isEqualTo(Errno.EPIPE);
    }

    @Test
    void whatNobodyKnowsIsEIOAndAWarning() {
        List<String> warnings = new ArrayList<>();
        Logger logger = Logger.getLogger(Errno.class.getName());
        Handler listener = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                warnings.add(entry.getLevel() + " " + entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(listener);
        logger.setUseParentHandlers(false);
        try {
            assertThat(Errno.of(new IOException("Flux capacitor empty"))).isEqualTo(Errno.EIO);
            assertThat(Errno.of(new IOException())).isEqualTo(Errno.EIO);
        } finally {
            logger.setUseParentHandlers(true);
            logger.removeHandler(listener);
        }

        assertThat(warnings).hasSize(2);
        assertThat(warnings.get(0)).startsWith("WARNING").contains("Flux capacitor empty");
    }

    @Test
    void anExceptionNamesItsErrorAndCostsNoStackTrace() {
        PosixException exception = new PosixException(Errno.EAGAIN);

        assertThat(exception.errno()).isEqualTo(Errno.EAGAIN);
        assertThat(exception).hasMessage("EAGAIN");
        assertThat(exception.getStackTrace()).isEmpty();
    }
}
