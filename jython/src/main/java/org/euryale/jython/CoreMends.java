package org.euryale.jython;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.python.core.PySystemState;

/** What is mended in the Java classes of the Jython that is run: the build of the prepared core notes it there. */
public final class CoreMends {
    private static final String NAMES = "/META-INF/euryale-mends";

    private CoreMends() {}

    /** The names of the mends, classes of {@code core/}, in their order; none on a core as it was released. */
    public static List<String> names() {
        try (InputStream file = PySystemState.class.getResourceAsStream(NAMES)) {
            return file == null
                    ? List.of()
                    : new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                            .lines()
                            .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(NAMES, e);
        }
    }
}
