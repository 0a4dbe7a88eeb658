package org.euryale.tls;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An object identifier by OpenSSL's names and number (OBJ_nid2obj(3)). The table ({@code objects.tsv}) is made by {@code
 * build/object_names.py}, and read when the first is asked for. Any thread may call anything.
 *
 * @param number OpenSSL's NID
 * @param shortName {@code CN}
 * @param longName {@code commonName}
 * @param oid {@code 2.5.4.3}; null for what OpenSSL numbers without an identifier (ciphers without one, say)
 */
public record ObjectName(
        int number,
        String shortName,
        String longName,
        @Nullable String oid) {
    /** Read when it is first used. */
    private static final class Table {
        static final Map<Integer, ObjectName> BY_NUMBER = new HashMap<>();
        static final Map<String, ObjectName> BY_OID = new HashMap<>();
        static final Map<String, ObjectName> BY_NAME = new HashMap<>();

        static {
            try (InputStream table =
                            Objects.requireNonNull(ObjectName.class.getResourceAsStream("objects.tsv"), "objects.tsv");
                    BufferedReader lines =
                            new BufferedReader(new InputStreamReader(table, StandardCharsets.US_ASCII))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.startsWith("#")) {
                        add(line.split("\t", -1));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Table() {}

        private static void add(String[] field) {
            ObjectName name = new ObjectName(
                    Integer.parseInt(field[0]), field[1], field[2], field[3].isEmpty() ? null : field[3]);
            BY_NUMBER.put(name.number, name);
            if (name.oid != null) {
                BY_OID.putIfAbsent(name.oid, name);
            }
            BY_NAME.putIfAbsent(name.longName, name);
            BY_NAME.put(name.shortName, name); // goes before another's long name (OBJ_txt2nid)
        }
    }

    /** The object of a dotted identifier; null when OpenSSL has no name for it. */
    public static @Nullable ObjectName ofOid(String oid) {
        return Table.BY_OID.get(oid);
    }

    /** The object of a short or long name, in their own case. */
    public static @Nullable ObjectName named(String name) {
        return Table.BY_NAME.get(name);
    }

    /** The object of OpenSSL's number. */
    public static @Nullable ObjectName numbered(int number) {
        return Table.BY_NUMBER.get(number);
    }

    /** What OBJ_obj2txt(3) writes for an identifier: its long name, or the identifier where there is none. */
    public static String text(String oid) {
        ObjectName known = ofOid(oid);
        return known == null ? oid : known.longName;
    }
}
