package org.euryale.openssl;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERUTCTime;
import org.jspecify.annotations.Nullable;

/**
 * A time as a certificate has it: of one of ASN.1's two types, its text as it was written (ASN1_TIME_set(3)).
 *
 * @param text {@code 090325123658Z}, or with four digits for the year
 * @param generalized whether it is a GeneralizedTime and not a UTCTime
 */
public record Asn1Time(String text, boolean generalized) {
    private static final Pattern UTC = Pattern.compile("(\\d\\d)(\\d{8})(\\d\\d)?(Z|[+-]\\d{4})");
    private static final Pattern GENERALIZED = Pattern.compile("(\\d{4})(\\d{8})(\\d\\d)?(?:\\.\\d+)?(Z|[+-]\\d{4})?");
    private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT);
    private static final DateTimeFormatter LONG = DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'", Locale.ROOT);

    /** As ASN1_TIME_print(3) has it. */
    private static final DateTimeFormatter PRINTED =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss uuuu 'GMT'", Locale.ROOT);

    /** The first year that a UTCTime cannot have (RFC 5280, 4.1.2.5). */
    private static final int FIRST_GENERALIZED = 2050;

    /** The time of a text in one of both types; null when it is none (ASN1_TIME_set_string). */
    public static @Nullable Asn1Time of(byte[] written) {
        String text = new String(written, StandardCharsets.ISO_8859_1);
        for (boolean generalized : new boolean[] {false, true}) {
            Asn1Time time = new Asn1Time(text, generalized);
            if (time.instant() != null) {
                return time;
            }
        }
        return null;
    }

    /** A time, in the type that RFC 5280 wants for its year; parts of a second are cut. */
    public static Asn1Time at(long seconds) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
        boolean generalized = time.getYear() >= FIRST_GENERALIZED || time.getYear() < 1950;
        return new Asn1Time(time.format(generalized ? LONG : SHORT), generalized);
    }

    /** So many seconds from now (X509_gmtime_adj). */
    public static Asn1Time fromNow(long seconds) {
        return at(Instant.now().getEpochSecond() + seconds);
    }

    static Asn1Time of(ASN1Primitive time) throws CryptoException {
        if (time instanceof ASN1UTCTime utc) {
            return new Asn1Time(Octets.text(utc), false);
        }
        if (time instanceof ASN1GeneralizedTime general) {
            return new Asn1Time(Octets.text(general), true);
        }
        throw CryptoException.asn1("asn1_item_embed_d2i", "wrong tag");
    }

    ASN1Primitive encoded() {
        return generalized ? new DERGeneralizedTime(text) : new DERUTCTime(text);
    }

    /** When it is; null when the text is no time. */
    @Nullable
    Instant instant() {
        Matcher parts = (generalized ? GENERALIZED : UTC).matcher(text);
        if (!parts.matches()) {
            return null;
        }
        int year = Integer.parseInt(parts.group(1));
        String rest = parts.group(2);
        try {
            LocalDateTime time = LocalDateTime.of(
                    generalized ? year : year + (year < 50 ? 2000 : 1900),
                    Integer.parseInt(rest.substring(0, 2)),
                    Integer.parseInt(rest.substring(2, 4)),
                    Integer.parseInt(rest.substring(4, 6)),
                    Integer.parseInt(rest.substring(6, 8)),
                    parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3)));
            String zone = parts.group(4);
            ZoneOffset offset = zone == null || zone.equals("Z") ? ZoneOffset.UTC : ZoneOffset.of(zone);
            return time.toInstant(offset);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** As a GeneralizedTime's text: what was written, if it was one already. */
    public byte[] general() {
        Instant instant = instant();
        String general = generalized || instant == null
                ? text
                : instant.atOffset(ZoneOffset.UTC).format(LONG);
        return general.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** {@code Mar 25 12:36:58 2009 GMT}. */
    String printed() {
        Instant instant = instant();
        return instant == null
                ? "Bad time value"
                : instant.atOffset(ZoneOffset.UTC).format(PRINTED);
    }
}
