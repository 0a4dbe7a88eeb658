package org.euryale.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of ports and protocols, from {@code /etc/services} and {@code /etc/protocols} (services(5), protocols(5)).
 * Where a file is missing nothing has a name, as in C. Any thread.
 */
public final class Services {
    private static final Path SERVICES = Path.of("/etc/services");
    private static final Path PROTOCOLS = Path.of("/etc/protocols");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}/.+");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");

    private Services() {}

    /** The port of a service by name or alias; of any protocol when that is null; -1 when there is none. */
    public static int port(String name, @Nullable String protocol) {
        return port(SERVICES, name, protocol);
    }

    static int port(Path file, String name, @Nullable String protocol) {
        for (String[] fields : lines(file, PORT)) {
            String[] port = fields[1].split("/", 2);
            if (isNamed(fields, name) && (protocol == null || port[1].equals(protocol))) {
                return Integer.parseInt(port[0]);
            }
        }
        return -1;
    }

    /** The first name of a port, null when it has none. */
    public static @Nullable String name(int port, @Nullable String protocol) {
        return name(SERVICES, port, protocol);
    }

    static @Nullable String name(Path file, int port, @Nullable String protocol) {
        for (String[] fields : lines(file, PORT)) {
            if (protocol == null ? fields[1].startsWith(port + "/") : fields[1].equals(port + "/" + protocol)) {
                return fields[0];
            }
        }
        return null;
    }

    /** The number of a protocol by name or alias, -1 when there is none. */
    public static int protocol(String name) {
        return protocol(PROTOCOLS, name);
    }

    static int protocol(Path file, String name) {
        for (String[] fields : lines(file, NUMBER)) {
            if (isNamed(fields, name)) {
                return Integer.parseInt(fields[1]);
            }
        }
        return -1;
    }

    private static boolean isNamed(String[] fields, String name) {
        for (int i = 0; i < fields.length; i++) {
            if (i != 1 && fields[i].equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The fields of the lines whose second field is a {@code number}; others are not looked at, as in C. */
    private static List<String[]> lines(Path file, Pattern number) {
        List<String[]> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split("#", 2)[0].trim().split("\\s+");
                if (fields.length >= 2 && number.matcher(fields[1]).matches()) {
                    lines.add(fields);
                }
            }
        } catch (IOException e) {
            return lines; // no file, no names
        }
        return lines;
    }
}
