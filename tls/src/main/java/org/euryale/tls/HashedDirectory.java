package org.euryale.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/**
 * A directory whose files are named by the hash of their certificate's subject, {@code 1d3472b9.0}, as {@code openssl rehash}
 * makes them. Files are read when they are asked for.
 */
record HashedDirectory(Path directory) {
    /** The kinds of string in a name (X.680's tags) that OpenSSL takes for text. The first is what they become. */
    private static final int UTF8_STRING = 0x0C;

    private static final Map<Integer, Charset> STRINGS = Map.of(
            UTF8_STRING,
            StandardCharsets.UTF_8,
            0x13,
            StandardCharsets.US_ASCII, // PrintableString
            0x14,
            StandardCharsets.ISO_8859_1, // T61String, as OpenSSL reads it
            0x16,
            StandardCharsets.US_ASCII, // IA5String
            0x1A,
            StandardCharsets.US_ASCII, // VisibleString
            0x1C,
            Charset.forName("UTF-32BE"), // UniversalString
            0x1E,
            StandardCharsets.UTF_16BE); // BMPString

    /** The certificates of a subject; a file that is not readable or is no certificate is passed over. */
    List<X509Certificate> named(X500Principal subject) {
        List<X509Certificate> found = new ArrayList<>();
        String hash = hash(subject);
        for (int i = 0; ; i++) {
            Path file = directory.resolve(hash + "." + i);
            if (!Files.exists(file)) {
                return found;
            }
            try {
                for (X509Certificate certificate : Certificates.read(Files.readAllBytes(file))) {
                    if (certificate.getSubjectX500Principal().equals(subject)) {
                        found.add(certificate);
                    }
                }
            } catch (IOException | PemException passedOver) { // the next one may do
            }
        }
    }

    /**
     * X509_NAME_hash(3): the first four bytes, little-endian, of SHA-1 over the name in canonical form, that is its text in
     * UTF-8 and lower case (ASCII's letters alone), its blanks made one, without the outer sequence.
     */
    static String hash(X500Principal name) {
        try {
            ByteArrayOutputStream canonical = new ByteArrayOutputStream();
            for (Der relative : Der.of(name.getEncoded()).parts()) {
                ByteArrayOutputStream values = new ByteArrayOutputStream();
                for (Der value : relative.parts()) {
                    values.writeBytes(Der.sequence(value.part(0), canonical(value.part(1)))
                            .encoded());
                }
                canonical.writeBytes(new Der(Der.SET, values.toByteArray()).encoded());
            }
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(canonical.toByteArray());
            return String.format("%02x%02x%02x%02x", digest[3], digest[2], digest[1], digest[0]);
        } catch (GeneralSecurityException | PemException e) {
            throw new IllegalStateException(e); // every JDK has SHA-1, and its names are DER
        }
    }

    private static Der canonical(Der value) {
        Charset charset = STRINGS.get(value.tag());
        if (charset == null) {
            return value;
        }
        StringBuilder text = new StringBuilder();
        for (char c : new String(value.content(), charset).toCharArray()) {
            boolean blank = c == ' ' || (c >= '\t' && c <= '\r');
            if (!blank) {
                text.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
            } else if (!text.isEmpty() && text.charAt(text.length() - 1) != ' ') {
                text.append(' ');
            }
        }
        return new Der(UTF8_STRING, text.toString().stripTrailing().getBytes(StandardCharsets.UTF_8));
    }
}
