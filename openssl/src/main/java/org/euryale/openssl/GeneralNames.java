package org.euryale.openssl;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.euryale.tls.ObjectName;
import org.jspecify.annotations.Nullable;

/** Names of other kinds than distinguished ones (RFC 5280, 4.2.1.6), as OpenSSL's configuration writes and its texts show them. */
final class GeneralNames {
    private static final int OTHER = 0;
    private static final int EMAIL = 1;
    private static final int DNS = 2;
    private static final int X400 = 3;
    private static final int DIRECTORY = 4;
    private static final int EDI = 5;
    private static final int URI = 6;
    private static final int ADDRESS = 7;
    private static final int REGISTERED = 8;

    private GeneralNames() {}

    /** The name of one setting: {@code DNS:example.org}. */
    static ASN1Encodable of(Setting setting) throws CryptoException {
        String value = setting.value();
        if (value == null) {
            throw Setting.fault("v2i_GENERAL_NAME_ex", "missing value");
        }
        if (setting.is("email")) {
            return tagged(EMAIL, new DERIA5String(value));
        } else if (setting.is("URI")) {
            return tagged(URI, new DERIA5String(value));
        } else if (setting.is("DNS")) {
            return tagged(DNS, new DERIA5String(value));
        } else if (setting.is("RID")) {
            String oid = Setting.oid(value);
            if (oid == null) {
                throw Setting.fault("a2i_GENERAL_NAME", "bad object");
            }
            return tagged(REGISTERED, new ASN1ObjectIdentifier(oid));
        } else if (setting.is("IP")) {
            byte[] address = address(value);
            if (address == null) {
                throw Setting.fault("a2i_GENERAL_NAME", "bad ip address");
            }
            return tagged(ADDRESS, new DEROctetString(address));
        } else if (setting.is("dirName")) { // its value names a section of a configuration file, and there is none
            throw Setting.fault("X509V3_get_section", "operation not defined");
        } else if (setting.is("otherName")) {
            int end = value.indexOf(';');
            String oid = end < 0 ? null : Setting.oid(value.substring(0, end));
            if (oid == null) {
                throw Setting.fault("a2i_GENERAL_NAME", "othername error");
            }
            return tagged(OTHER, new DERSequence(new ASN1Encodable[] {
                new ASN1ObjectIdentifier(oid), new DERTaggedObject(true, 0, Setting.generated(value.substring(end + 1)))
            }));
        }
        throw Setting.fault("v2i_GENERAL_NAME_ex", "unsupported option");
    }

    private static ASN1TaggedObject tagged(int tag, ASN1Encodable value) {
        return new DERTaggedObject(false, tag, value);
    }

    /** The addresses of a subject as names, for {@code email:copy}. */
    static void addEmails(ASN1EncodableVector to, Name subject) {
        List<byte[]> components = subject.components();
        for (int i = 0; i < components.size(); i += 2) {
            if (new String(components.get(i), StandardCharsets.US_ASCII).equals("emailAddress")) {
                String address = new String(components.get(i + 1), StandardCharsets.ISO_8859_1);
                to.add(tagged(EMAIL, new DERIA5String(address)));
            }
        }
    }

    static ASN1TaggedObject directory(Name name) {
        return new DERTaggedObject(true, DIRECTORY, name.encoded()); // a choice is tagged explicitly
    }

    /** The bytes of an address in either form; null when it is none (a2i_IPADDRESS(3)). */
    static byte @Nullable [] address(String text) {
        if (!text.matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) { // no name is to be looked up
            return null;
        }
        if (text.indexOf(':') < 0 && !text.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            return null;
        }
        try {
            return java.net.InetAddress.getByName(text).getAddress();
        } catch (java.net.UnknownHostException e) {
            return null;
        }
    }

    static List<ASN1TaggedObject> all(ASN1Encodable sequence) {
        List<ASN1TaggedObject> all = new ArrayList<>();
        for (ASN1Encodable name : ASN1Sequence.getInstance(sequence)) {
            all.add(ASN1TaggedObject.getInstance(name));
        }
        return all;
    }

    static List<ASN1TaggedObject> all(ASN1TaggedObject implicit) {
        return all((ASN1Encodable) ASN1Sequence.getInstance(implicit, false));
    }

    private static byte[] octets(ASN1TaggedObject name) {
        return ASN1OctetString.getInstance(name, false).getOctets();
    }

    /** Some of OpenSSL's functions take the text for one of C, which a zero ends. */
    private static String characters(ASN1TaggedObject name, boolean endsAtZero) {
        String text = new String(octets(name), StandardCharsets.ISO_8859_1);
        int zero = endsAtZero ? text.indexOf(0) : -1;
        return zero < 0 ? text : text.substring(0, zero);
    }

    /** As GENERAL_NAME_print(3) shows it; {@code oneLine} as i2v_GENERAL_NAME does, in which directory names differ. */
    static String printed(ASN1TaggedObject name, boolean oneLine) throws CryptoException {
        return switch (name.getTagNo()) {
            case OTHER -> "othername:<unsupported>";
            case EMAIL -> "email:" + characters(name, oneLine);
            case DNS -> "DNS:" + characters(name, oneLine);
            case X400 -> "X400Name:<unsupported>";
            case DIRECTORY -> {
                Name directory = Name.of(name.getExplicitBaseObject());
                yield oneLine
                        ? "DirName:" + new String(directory.line(), StandardCharsets.ISO_8859_1)
                        : "DirName:" + directory.printed();
            }
            case EDI -> "EdiPartyName:<unsupported>";
            case URI -> "URI:" + characters(name, oneLine);
            // GENERAL_NAME_print ends a line after an IPv6 address
            case ADDRESS -> "IP Address:" + address(octets(name)) + (oneLine || octets(name).length == 4 ? "" : "\n");
            case REGISTERED ->
                "Registered ID:"
                        + ObjectName.text(
                                ASN1ObjectIdentifier.getInstance(name, false).getId());
            default -> "";
        };
    }

    private static String address(byte[] octets) {
        if (octets.length == 4) {
            return dotted(octets, 0);
        }
        if (octets.length != 16) {
            return "<invalid>";
        }
        StringJoiner groups = new StringJoiner(":");
        for (int i = 0; i < 16; i += 2) {
            groups.add(Integer.toHexString(((octets[i] & 0xFF) << 8) | (octets[i + 1] & 0xFF))
                    .toUpperCase(java.util.Locale.ROOT));
        }
        return groups.toString();
    }

    private static String dotted(byte[] octets, int at) {
        return (octets[at] & 0xFF) + "." + (octets[at + 1] & 0xFF) + "." + (octets[at + 2] & 0xFF) + "."
                + (octets[at + 3] & 0xFF);
    }

    /** A name of a constraint, whose addresses have masks. */
    static String constraint(ASN1TaggedObject name) throws CryptoException {
        if (name.getTagNo() == ADDRESS) {
            byte[] octets = octets(name);
            return octets.length == 8 ? "IP:" + dotted(octets, 0) + "/" + dotted(octets, 4) : "IP Address:<invalid>";
        }
        return printed(name, false);
    }

    /** Several as the values of an extension: {@code DNS:a, DNS:b}. */
    static String line(List<ASN1TaggedObject> names) throws CryptoException {
        StringJoiner line = new StringJoiner(", ");
        for (ASN1TaggedObject name : names) {
            line.add(printed(name, true));
        }
        return line.toString();
    }
}
