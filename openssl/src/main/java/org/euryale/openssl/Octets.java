package org.euryale.openssl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Primitive;

/** Bytes of ASN.1 values. */
final class Octets {
    private static final char[] DIGITS = "0123456789ABCDEF".toCharArray();

    private Octets() {}

    /** A value in DER. */
    static byte[] der(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) { // memory alone is written to
            throw new UncheckedIOException(e);
        }
    }

    /** The value that bytes begin with; what follows it is nobody's (d2i functions leave it to their callers). */
    static ASN1Primitive value(byte[] der) throws CryptoException {
        try (ASN1InputStream input = new ASN1InputStream(der)) {
            ASN1Primitive value = input.readObject();
            if (value != null) {
                return value;
            }
            throw CryptoException.asn1("ASN1_get_object", "header too long");
        } catch (IOException e) {
            throw CryptoException.asn1("ASN1_get_object", "header too long");
        } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    /** What stands behind the tag and the length of a value; the tags needed are all of one octet. */
    static byte[] content(ASN1Encodable value) {
        byte[] der = der(value);
        int length = der[1] & 0xFF;
        int at = length < 0x80 ? 2 : 2 + (length & 0x7F);
        return Arrays.copyOfRange(der, at, der.length);
    }

    /** The content of a value of characters, a byte a character. */
    static String text(ASN1Encodable value) {
        return new String(content(value), StandardCharsets.ISO_8859_1);
    }

    /** The universal tag's number of a value. */
    static int tag(ASN1Encodable value) {
        return der(value)[0] & 0x1F;
    }

    /** Two upper-case digits a byte. */
    static String hex(byte[] bytes, String between) {
        StringBuilder text = new StringBuilder();
        for (byte octet : bytes) {
            if (!text.isEmpty()) {
                text.append(between);
            }
            text.append(DIGITS[(octet >> 4) & 0xF]).append(DIGITS[octet & 0xF]);
        }
        return text.toString();
    }
}
