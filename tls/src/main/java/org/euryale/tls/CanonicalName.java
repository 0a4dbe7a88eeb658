package org.euryale.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;

/**
 * A distinguished name in the form that OpenSSL compares and hashes (x509_name_canon of x_name.c): its text in UTF-8 and lower
 * case (ASCII's letters alone), its blanks made one, without the outer sequence. Any thread may call anything.
 */
public final class CanonicalName {
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

    private CanonicalName() {}

    /** The canonical form of a name in DER; of what is no name, its bytes. */
    public static byte[] of(byte[] name) {
        try {
            ByteArrayOutputStream canonical = new ByteArrayOutputStream();
            for (Der relative : Der.of(name).parts()) {
                ByteArrayOutputStream values = new ByteArrayOutputStream();
                for (Der value : relative.parts()) {
                    values.writeBytes(Der.sequence(value.part(0), canonical(value.part(1)))
                            .encoded());
                }
                canonical.writeBytes(new Der(Der.SET, values.toByteArray()).encoded());
            }
            return canonical.toByteArray();
        } catch (PemException e) {
            return name;
        }
    }

    /** X509_NAME_hash(3): the first four bytes, little-endian, of SHA-1 over the canonical form, in hexadecimal. */
    public static String hash(byte[] name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(of(name));
            return String.format("%02x%02x%02x%02x", digest[3], digest[2], digest[1], digest[0]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has SHA-1
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
