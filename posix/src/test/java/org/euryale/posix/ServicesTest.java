package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicesTest {
    @TempDir
    Path etc = Path.of("");

    private Path services() throws IOException {
        return Files.writeString(etc.resolve("services"), """
                # a comment
                discard\t9/tcp\t\tsink null
                discard 9/udp sink   # and another
                www     80/tcp http  # the first name counts
                odd     nothing
                odder   80x/tcp
                half    81
                only
                caf\u00e9  4711/tcp
                """, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private Path protocols() throws IOException {
        return Files.writeString(etc.resolve("protocols"), """
                ip      0       IP      # internet protocol
                tcp     6       TCP     # transmission control protocol
                broken  x       BROKEN
                """);
    }

    @Test
    void aServiceHasItsPort() throws Exception {
        assertThat(Services.port(services(), "www", "tcp")).isEqualTo(80);
        assertThat(Services.port(services(), "www", null)).isEqualTo(80);
        assertThat(Services.port(services(), "caf\u00e9", "tcp")).isEqualTo(4711);
    }

    @Test
    void anAliasIsAsGoodAsAName() throws Exception {
        assertThat(Services.port(services(), "http", "tcp")).isEqualTo(80);
        assertThat(Services.port(services(), "null", "tcp")).isEqualTo(9);
        assertThat(Services.port(services(), "null", "udp")).isEqualTo(-1);
    }

    @Test
    void aServiceOfAnotherProtocolIsNone() throws Exception {
        assertThat(Services.port(services(), "www", "udp")).isEqualTo(-1);
        assertThat(Services.name(services(), 80, "udp")).isNull();
    }

    @Test
    void aPortHasItsFirstName() throws Exception {
        assertThat(Services.name(services(), 80, "tcp")).isEqualTo("www");
        assertThat(Services.name(services(), 9, null)).isEqualTo("discard");
        assertThat(Services.name(services(), 8, "tcp")).isNull();
    }

    @Test
    void linesThatMakeNoSenseAreNotLookedAt() throws Exception {
        for (String name : new String[] {"odd", "odder", "half", "only", "#", "comment", ""}) {
            assertThat(Services.port(services(), name, null)).as(name).isEqualTo(-1);
        }
        assertThat(Services.protocol(protocols(), "broken")).isEqualTo(-1);
    }

    @Test
    void aProtocolHasItsNumber() throws Exception {
        assertThat(Services.protocol(protocols(), "tcp")).isEqualTo(6);
        assertThat(Services.protocol(protocols(), "TCP")).isEqualTo(6);
        assertThat(Services.protocol(protocols(), "ip")).isZero();
        assertThat(Services.protocol(protocols(), "Tcp")).isEqualTo(-1);
    }

    @Test
    void withoutTheFilesNothingHasAName() {
        Path missing = etc.resolve("missing");

        assertThat(Services.port(missing, "www", null)).isEqualTo(-1);
        assertThat(Services.name(missing, 80, null)).isNull();
        assertThat(Services.protocol(missing, "tcp")).isEqualTo(-1);
    }

    @Test
    void theMachinesOwnFilesAreRead() {
        assertThat(Services.port("no-such-service-anywhere", null)).isEqualTo(-1);
        assertThat(Services.name(0, "tcp")).isNull();
        assertThat(Services.protocol("no-such-protocol")).isEqualTo(-1);
        assertThat(Services.port("http", "tcp")).isEqualTo(Files.exists(Path.of("/etc/services")) ? 80 : -1);
    }
}
