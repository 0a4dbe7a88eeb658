package org.euryale.tls;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The suites of OpenSSL by each of their names. The table ({@code ciphers.tsv}) is made by {@code build/cipher_table.py}
 * from the openssl command. Any thread may call anything.
 */
public final class CipherTable {
    private static final String RESOURCE = "ciphers.tsv";

    private static final List<CipherSuite> SUITES = load();
    private static final Map<String, CipherSuite> BY_NAME = byName(SUITES);

    private CipherTable() {}

    /** All suites, in the order in which OpenSSL takes them when nobody asks for another. */
    public static List<CipherSuite> suites() {
        return SUITES;
    }

    /**
     * The suite of a name: OpenSSL's, IANA's, or the JDK's (which begins with {@code SSL_} for suites that are older than
     * TLS); null when OpenSSL has no such suite.
     */
    public static @Nullable CipherSuite find(String name) {
        CipherSuite suite = BY_NAME.get(name);
        return suite == null && name.startsWith("SSL_") ? BY_NAME.get("TLS_" + name.substring(4)) : suite;
    }

    private static Map<String, CipherSuite> byName(List<CipherSuite> suites) {
        Map<String, CipherSuite> names = new HashMap<>();
        for (CipherSuite suite : suites) {
            names.put(suite.standardName(), suite);
            names.put(suite.name(), suite);
        }
        return Map.copyOf(names);
    }

    private static List<CipherSuite> load() {
        List<CipherSuite> suites = new ArrayList<>();
        try (InputStream table = Objects.requireNonNull(CipherTable.class.getResourceAsStream(RESOURCE), RESOURCE);
                BufferedReader lines = new BufferedReader(new InputStreamReader(table, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] field = line.split("\t", -1);
                    Set<String> words = field[5].isEmpty() ? Set.of() : Set.of(field[5].split(" "));
                    suites.add(new CipherSuite(
                            Integer.parseInt(field[0], 16),
                            field[1],
                            field[2],
                            field[3],
                            Integer.parseInt(field[4]),
                            words));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(suites);
    }
}
