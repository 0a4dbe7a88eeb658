package org.euryale.openssl;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DERVisibleString;
import org.euryale.tls.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * A part of an extension's value as OpenSSL's configuration writes it (x509v3_config(5)): {@code name} or {@code name:value}.
 *
 * @param name what stands before the colon
 * @param value what stands behind it; null without a colon
 */
record Setting(String name, @Nullable String value) {
    /** An error of libcrypto's part for extensions. */
    static CryptoException fault(String function, String reason) {
        return new CryptoException("X509 V3 routines", function, reason);
    }

    /** The parts of a value, which commas divide (X509V3_parse_list). */
    static List<Setting> all(String text) throws CryptoException {
        List<Setting> all = new ArrayList<>();
        int end = text.length();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\r' || text.charAt(i) == '\n') {
                end = i;
                break;
            }
        }
        for (String part : text.substring(0, end).split(",", -1)) {
            int colon = part.indexOf(':');
            String name = (colon < 0 ? part : part.substring(0, colon)).strip();
            String value = colon < 0 ? null : part.substring(colon + 1).strip();
            if (name.isEmpty()) {
                throw fault("X509V3_parse_list", "invalid null name");
            }
            if (value != null && value.isEmpty()) {
                throw fault("X509V3_parse_list", "invalid null value");
            }
            all.add(new Setting(name, value));
        }
        return all;
    }

    /** Whether it has a name, perhaps with a number behind a dot, which tells several of a name apart. */
    boolean is(String wanted) {
        return name.equals(wanted) || name.startsWith(wanted + ".");
    }

    /** What it says of yes and no. */
    boolean truth() throws CryptoException {
        return switch (String.valueOf(value)) {
            case "TRUE", "true", "Y", "y", "YES", "yes" -> true;
            case "FALSE", "false", "N", "n", "NO", "no" -> false;
            default -> throw fault("X509V3_get_value_bool", "invalid boolean string");
        };
    }

    /** The number it says, in decimal or with {@code 0x}. */
    ASN1Integer number() throws CryptoException {
        return new ASN1Integer(number(value));
    }

    static BigInteger number(@Nullable String text) throws CryptoException {
        if (text == null) {
            throw fault("s2i_ASN1_INTEGER", "invalid null value");
        }
        try {
            boolean negative = text.startsWith("-");
            String digits = negative ? text.substring(1) : text;
            boolean hexadecimal = digits.toLowerCase(Locale.ROOT).startsWith("0x");
            BigInteger number = new BigInteger(hexadecimal ? digits.substring(2) : digits, hexadecimal ? 16 : 10);
            return negative ? number.negate() : number;
        } catch (NumberFormatException e) {
            throw fault("s2i_ASN1_INTEGER", "bn dec2bn error");
        }
    }

    /** The identifier that a text names or spells; null when it is neither (OBJ_txt2obj(3)). */
    static @Nullable String oid(String text) {
        ObjectName known = ObjectName.named(text);
        if (known != null) {
            return known.oid();
        }
        return ASN1ObjectIdentifier.tryFromID(text) == null ? null : text;
    }

    /** A value of the kinds that ASN1_generate_nconf(3) makes without a configuration file. */
    static ASN1Encodable generated(String text) throws CryptoException {
        int colon = text.indexOf(':');
        String kind = (colon < 0 ? text : text.substring(0, colon)).strip().toUpperCase(Locale.ROOT);
        String value = colon < 0 ? "" : text.substring(colon + 1);
        return switch (kind) {
            case "UTF8", "UTF8STRING" ->
                new DERUTF8String(new String(
                        value.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                        java.nio.charset.StandardCharsets.UTF_8));
            case "IA5", "IA5STRING" -> new DERIA5String(value);
            case "PRINTABLE", "PRINTABLESTRING" -> new DERPrintableString(value);
            case "VISIBLE", "VISIBLESTRING" -> new DERVisibleString(value);
            case "OCT", "OCTETSTRING" ->
                new DEROctetString(value.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            case "INT", "INTEGER" -> new ASN1Integer(number(value));
            case "BOOL", "BOOLEAN" -> ASN1Boolean.getInstance(new Setting("", value).truth());
            case "NULL" -> DERNull.INSTANCE;
            case "OID", "OBJECT" -> {
                String oid = oid(value);
                if (oid == null) {
                    throw CryptoException.asn1("asn1_str2type", "illegal object");
                }
                yield new ASN1ObjectIdentifier(oid);
            }
            default -> throw CryptoException.asn1("asn1_cb", "unknown tag");
        };
    }
}
