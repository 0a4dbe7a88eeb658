package org.euryale.jython;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.python.core.Py;
import org.python.core.PyObject;

/**
 * The integer constants of a module, from the resource {@code NAME.constants}. The values are Linux's on every
 * platform: what a program passes comes back to us, not to the kernel.
 */
final class Constants {
    private final Map<String, Long> values = new LinkedHashMap<>();

    Constants(String module) {
        try (InputStream in =
                        Objects.requireNonNull(Constants.class.getResourceAsStream(module + ".constants"), module);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int space = line.indexOf(' ');
                if (!line.startsWith("#") && space > 0) {
                    values.put(line.substring(0, space), Long.valueOf(line.substring(space + 1)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, Long> values() {
        return values;
    }

    void into(PyObject dict) {
        values.forEach((name, value) -> dict.__setitem__(name.intern(), number(value)));
    }

    private static PyObject number(long value) {
        return (int) value == value ? Py.newInteger((int) value) : Py.newLong(BigInteger.valueOf(value));
    }
}
