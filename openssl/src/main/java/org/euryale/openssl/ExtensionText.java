package org.euryale.openssl;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.euryale.tls.ObjectName;
import org.jspecify.annotations.Nullable;

/** What extensions say, as X509V3_EXT_print(3) writes it. */
public final class ExtensionText {
    /** The reasons of a revocation by their numbers; 7 is not used (RFC 5280, 5.3.1). */
    private static final List<String> REASONS = List.of(
            "Unspecified",
            "Key Compromise",
            "CA Compromise",
            "Affiliation Changed",
            "Superseded",
            "Cessation Of Operation",
            "Certificate Hold",
            "7",
            "Remove From CRL",
            "Privilege Withdrawn",
            "AA Compromise");

    /** A number of more bits is written in hexadecimal (bignum_to_string of v3_utl.c). */
    private static final int MOST_DECIMAL_BITS = 128;

    private ExtensionText() {}

    /** What str() of pyOpenSSL's shows: alternative names as they stand, all else as OpenSSL has it. */
    public static byte[] of(Extension extension) throws CryptoException {
        String text;
        if (extension.shortName().equals("subjectAltName")) {
            StringJoiner names = new StringJoiner(", ");
            for (ASN1TaggedObject name : names(extension)) {
                names.add(GeneralNames.printed(name, false));
            }
            text = names.toString();
        } else {
            text = printed(extension, 0);
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<ASN1TaggedObject> names(Extension extension) throws CryptoException {
        try {
            return GeneralNames.all(Octets.value(extension.data()));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
    }

    /** The text, its lines after so many blanks where OpenSSL has them so. */
    static String printed(Extension extension, int indent) {
        String blanks = " ".repeat(indent);
        try {
            String text = known(extension.shortName(), Octets.value(extension.data()), blanks);
            if (text != null) {
                return text;
            }
        } catch (CryptoException | IllegalArgumentException | IllegalStateException | ClassCastException e) {
            // as one that is not known
        }
        StringBuilder raw = new StringBuilder(blanks);
        for (byte octet : extension.data()) {
            boolean shown = (octet >= ' ' && octet <= '~') || octet == '\n' || octet == '\r';
            raw.append(shown ? (char) octet : '.');
        }
        return raw.toString();
    }

    private static @Nullable String known(String name, ASN1Primitive value, String blanks) throws CryptoException {
        return switch (name) {
            case "basicConstraints" -> blanks + basicConstraints(ASN1Sequence.getInstance(value));
            case "keyUsage" -> blanks + bits(ExtensionValue.KEY_USAGES, value);
            case "nsCertType" -> blanks + bits(ExtensionValue.CERTIFICATE_TYPES, value);
            case "extendedKeyUsage" -> blanks + identifiers(value);
            case "subjectKeyIdentifier" ->
                blanks + Octets.hex(ASN1OctetString.getInstance(value).getOctets(), ":");
            case "authorityKeyIdentifier" -> authority(ASN1Sequence.getInstance(value), blanks);
            case "subjectAltName", "issuerAltName" -> blanks + GeneralNames.line(GeneralNames.all(value));
            case "crlDistributionPoints", "freshestCRL" -> points(ASN1Sequence.getInstance(value), blanks);
            case "authorityInfoAccess", "subjectInfoAccess" -> access(ASN1Sequence.getInstance(value), blanks);
            case "certificatePolicies" -> policies(ASN1Sequence.getInstance(value), blanks);
            case "nameConstraints" -> constraints(ASN1Sequence.getInstance(value), blanks);
            case "tlsfeature" -> blanks + features(ASN1Sequence.getInstance(value));
            case "crlNumber", "deltaCRL", "inhibitAnyPolicy" ->
                blanks + number(ASN1Integer.getInstance(value).getValue());
            case "CRLReason" ->
                blanks + reason(ASN1Enumerated.getInstance(value).intValueExact());
            case "invalidityDate" -> blanks + Asn1Time.of(value).printed();
            case "noCheck" -> blanks;
            case "nsComment",
                    "nsBaseUrl",
                    "nsRevocationUrl",
                    "nsCaRevocationUrl",
                    "nsRenewalUrl",
                    "nsCaPolicyUrl",
                    "nsSslServerName" -> blanks + Octets.text(value);
            default -> null;
        };
    }

    private static String basicConstraints(ASN1Sequence parts) {
        boolean authority = false;
        String length = "";
        for (ASN1Encodable part : parts) {
            if (part instanceof ASN1Boolean is) {
                authority = is.isTrue();
            } else {
                length = ", pathlen:" + number(ASN1Integer.getInstance(part).getValue());
            }
        }
        return (authority ? "CA:TRUE" : "CA:FALSE") + length;
    }

    private static String bits(Map<String, String> names, ASN1Primitive value) {
        byte[] octets = ASN1BitString.getInstance(value).getBytes();
        StringJoiner set = new StringJoiner(", ");
        int bit = 0;
        for (String name : names.values()) {
            if (bit / 8 < octets.length && (octets[bit / 8] & (0x80 >> (bit % 8))) != 0) {
                set.add(name);
            }
            bit++;
        }
        return set.toString();
    }

    private static String identifiers(ASN1Primitive value) {
        StringJoiner names = new StringJoiner(", ");
        for (ASN1Encodable oid : ASN1Sequence.getInstance(value)) {
            names.add(ObjectName.text(ASN1ObjectIdentifier.getInstance(oid).getId()));
        }
        return names.toString();
    }

    private static String authority(ASN1Sequence parts, String blanks) throws CryptoException {
        StringBuilder lines = new StringBuilder();
        for (ASN1Encodable part : parts) {
            ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(part);
            switch (tagged.getTagNo()) {
                case 0 ->
                    lines.append(blanks)
                            .append("keyid:")
                            .append(Octets.hex(
                                    ASN1OctetString.getInstance(tagged, false).getOctets(), ":"))
                            .append('\n');
                case 1 -> {
                    for (ASN1TaggedObject name : GeneralNames.all(tagged)) {
                        lines.append(blanks)
                                .append(GeneralNames.printed(name, true))
                                .append('\n');
                    }
                }
                default ->
                    lines.append(blanks)
                            .append("serial:")
                            .append(Octets.hex(
                                    ASN1Integer.getInstance(tagged, false)
                                            .getValue()
                                            .toByteArray(),
                                    ":"))
                            .append('\n');
            }
        }
        return lines.toString();
    }

    private static void names(StringBuilder to, ASN1TaggedObject names, String blanks) throws CryptoException {
        for (ASN1TaggedObject name : GeneralNames.all(names)) {
            to.append(blanks)
                    .append("  ")
                    .append(GeneralNames.printed(name, false))
                    .append('\n');
        }
    }

    private static String points(ASN1Sequence points, String blanks) throws CryptoException {
        StringBuilder lines = new StringBuilder();
        for (ASN1Encodable point : points) {
            lines.append('\n');
            for (ASN1Encodable part : ASN1Sequence.getInstance(point)) {
                ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(part);
                switch (tagged.getTagNo()) {
                    case 0 -> {
                        ASN1TaggedObject choice = ASN1TaggedObject.getInstance(tagged.getExplicitBaseObject());
                        if (choice.getTagNo() == 0) {
                            lines.append(blanks).append("Full Name:\n");
                            names(lines, choice, blanks);
                        }
                    }
                    case 2 -> {
                        lines.append(blanks).append("CRL Issuer:\n");
                        names(lines, tagged, blanks);
                    }
                    default -> {}
                }
            }
        }
        return lines.toString();
    }

    private static String access(ASN1Sequence descriptions, String blanks) throws CryptoException {
        StringBuilder lines = new StringBuilder();
        for (ASN1Encodable description : descriptions) {
            ASN1Sequence parts = ASN1Sequence.getInstance(description);
            lines.append(blanks)
                    .append(ObjectName.text(ASN1ObjectIdentifier.getInstance(parts.getObjectAt(0))
                            .getId()))
                    .append(" - ")
                    .append(GeneralNames.printed(ASN1TaggedObject.getInstance(parts.getObjectAt(1)), true))
                    .append('\n');
        }
        return lines.toString();
    }

    private static String policies(ASN1Sequence policies, String blanks) {
        StringBuilder lines = new StringBuilder();
        for (ASN1Encodable policy : policies) {
            ASN1Sequence parts = ASN1Sequence.getInstance(policy);
            lines.append(blanks)
                    .append("Policy: ")
                    .append(ObjectName.text(ASN1ObjectIdentifier.getInstance(parts.getObjectAt(0))
                            .getId()))
                    .append('\n');
            if (parts.size() > 1) {
                for (ASN1Encodable qualifier : ASN1Sequence.getInstance(parts.getObjectAt(1))) {
                    qualifier(lines, ASN1Sequence.getInstance(qualifier), blanks + "  ");
                }
            }
        }
        return lines.toString();
    }

    private static void qualifier(StringBuilder lines, ASN1Sequence qualifier, String blanks) {
        String kind = ASN1ObjectIdentifier.getInstance(qualifier.getObjectAt(0)).getId();
        ASN1Encodable value = qualifier.getObjectAt(1);
        switch (kind) {
            case "1.3.6.1.5.5.7.2.1" ->
                lines.append(blanks).append("CPS: ").append(Octets.text(value)).append('\n');
            case "1.3.6.1.5.5.7.2.2" -> {
                lines.append(blanks).append("User Notice:\n");
                for (ASN1Encodable part : ASN1Sequence.getInstance(value)) {
                    if (!(part instanceof ASN1Sequence)) {
                        lines.append(blanks)
                                .append("  Explicit Text: ")
                                .append(Octets.text(part))
                                .append('\n');
                    }
                }
            }
            default ->
                lines.append(blanks)
                        .append("  Unknown Qualifier: ")
                        .append(kind)
                        .append('\n');
        }
    }

    private static String constraints(ASN1Sequence parts, String blanks) throws CryptoException {
        StringBuilder lines = new StringBuilder();
        for (ASN1Encodable part : parts) {
            ASN1TaggedObject tree = ASN1TaggedObject.getInstance(part);
            lines.append(blanks).append(tree.getTagNo() == 0 ? "Permitted:\n" : "Excluded:\n");
            for (ASN1Encodable subtree : ASN1Sequence.getInstance(tree, false)) {
                ASN1Encodable base = ASN1Sequence.getInstance(subtree).getObjectAt(0);
                lines.append(blanks)
                        .append("  ")
                        .append(GeneralNames.constraint(ASN1TaggedObject.getInstance(base)))
                        .append('\n');
            }
        }
        return lines.toString();
    }

    private static String features(ASN1Sequence numbers) {
        StringJoiner names = new StringJoiner(", ");
        for (ASN1Encodable number : numbers) {
            int value = ASN1Integer.getInstance(number).intValueExact();
            String name = String.valueOf(value);
            for (Map.Entry<String, Integer> feature : ExtensionValue.FEATURES.entrySet()) {
                if (feature.getValue() == value) {
                    name = feature.getKey();
                }
            }
            names.add(name);
        }
        return names.toString();
    }

    private static String number(BigInteger number) {
        if (number.bitLength() < MOST_DECIMAL_BITS) {
            return number.toString();
        }
        return (number.signum() < 0 ? "-0x" : "0x")
                + Octets.hex(number.abs().toByteArray(), "").replaceFirst("^00", "");
    }

    static String reason(int number) {
        return number >= 0 && number < REASONS.size() ? REASONS.get(number) : String.valueOf(number);
    }

    /** All of a list, as X509V3_extensions_print writes them into a text. */
    static void print(StringBuilder to, List<Extension> extensions, int indent) {
        String blanks = " ".repeat(indent);
        for (Extension extension : new ArrayList<>(extensions)) {
            to.append(blanks)
                    .append(ObjectName.text(extension.oid()))
                    .append(": ")
                    .append(extension.critical() ? "critical" : "")
                    .append('\n')
                    .append(printed(extension, indent + 4))
                    .append('\n');
        }
    }
}
