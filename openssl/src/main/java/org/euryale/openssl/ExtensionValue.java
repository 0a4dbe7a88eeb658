package org.euryale.openssl;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.euryale.tls.ObjectName;
import org.jspecify.annotations.Nullable;

/** Makes extensions of what OpenSSL's configuration says of them (x509v3_config(5), X509V3_EXT_nconf). */
public final class ExtensionValue {
    static final String SUBJECT_KEY = "2.5.29.14";
    private static final String CRITICAL = "critical,";

    /** Bits of keyUsage by their short names; the long ones are what texts show. */
    static final Map<String, String> KEY_USAGES = ordered(
            "digitalSignature",
            "Digital Signature",
            "nonRepudiation",
            "Non Repudiation",
            "keyEncipherment",
            "Key Encipherment",
            "dataEncipherment",
            "Data Encipherment",
            "keyAgreement",
            "Key Agreement",
            "keyCertSign",
            "Certificate Sign",
            "cRLSign",
            "CRL Sign",
            "encipherOnly",
            "Encipher Only",
            "decipherOnly",
            "Decipher Only");

    /** Bits of nsCertType. */
    static final Map<String, String> CERTIFICATE_TYPES = ordered(
            "client",
            "SSL Client",
            "server",
            "SSL Server",
            "email",
            "S/MIME",
            "objsign",
            "Object Signing",
            "reserved",
            "Unused",
            "sslCA",
            "SSL CA",
            "emailCA",
            "S/MIME CA",
            "objCA",
            "Object Signing CA");

    /** Numbers of TLS extensions that a certificate may ask for (RFC 7633). */
    static final Map<String, Integer> FEATURES = Map.of("status_request", 5, "status_request_v2", 17);

    private final @Nullable Certificate subject;
    private final @Nullable Certificate issuer;

    private ExtensionValue(@Nullable Certificate subject, @Nullable Certificate issuer) {
        this.subject = subject;
        this.issuer = issuer;
    }

    private static Map<String, String> ordered(String... names) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i += 2) {
            map.put(names[i], names[i + 1]);
        }
        return map;
    }

    /**
     * An extension.
     *
     * @param type OpenSSL's short name; a dotted identifier, where the value is {@code DER:} and digits or {@code ASN1:}
     * @param value as in a configuration file; it may begin with {@code critical,}
     * @param subject where {@code hash} and {@code email:copy} look
     * @param issuer where an authority's key identifier is taken from
     */
    public static Extension of(
            String type, boolean critical, byte[] value, @Nullable Certificate subject, @Nullable Certificate issuer)
            throws CryptoException {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        boolean marked = critical;
        if (text.startsWith(CRITICAL)) {
            marked = true;
            text = text.substring(CRITICAL.length()).stripLeading();
        }
        try {
            if (text.startsWith("DER:") || text.startsWith("ASN1:")) {
                return generic(type, marked, text);
            }
            ObjectName known = ObjectName.named(type);
            if (known == null || known.oid() == null || !known.shortName().equals(type)) {
                throw Setting.fault("do_ext_nconf", "unknown extension name");
            }
            ASN1Encodable made = new ExtensionValue(subject, issuer).value(type, text);
            return new Extension(Objects.requireNonNull(known.oid()), marked, Octets.der(made));
        } catch (CryptoException e) {
            throw e.and("X509 V3 routines", "X509V3_EXT_nconf", "error in extension");
        }
    }

    private static Extension generic(String type, boolean critical, String text) throws CryptoException {
        String oid = Setting.oid(type);
        if (oid == null) {
            throw Setting.fault("v3_generic_extension", "extension name error");
        }
        String value = text.substring(text.indexOf(':') + 1).stripLeading();
        byte[] data = text.startsWith("DER:") ? hexadecimal(value) : Octets.der(Setting.generated(value));
        return new Extension(oid, critical, data);
    }

    /** Pairs of digits, with or without colons between them. */
    static byte[] hexadecimal(String digits) throws CryptoException {
        try {
            return HexFormat.of().parseHex(digits.replace(":", ""));
        } catch (IllegalArgumentException e) {
            throw new CryptoException("CRYPTO", "OPENSSL_hexstr2buf", "illegal hex digit");
        }
    }

    private ASN1Encodable value(String type, String text) throws CryptoException {
        return switch (type) {
            case "basicConstraints" -> basicConstraints(Setting.all(text));
            case "keyUsage" -> bits(KEY_USAGES, Setting.all(text));
            case "nsCertType" -> bits(CERTIFICATE_TYPES, Setting.all(text));
            case "extendedKeyUsage" -> identifiers(Setting.all(text));
            case "certificatePolicies" -> policies(Setting.all(text));
            case "subjectKeyIdentifier" -> keyIdentifier(text);
            case "authorityKeyIdentifier" -> authority(Setting.all(text));
            case "subjectAltName", "issuerAltName" -> names(type, Setting.all(text));
            case "crlDistributionPoints", "freshestCRL" -> points(Setting.all(text));
            case "authorityInfoAccess", "subjectInfoAccess" -> access(Setting.all(text));
            case "nameConstraints" -> constraints(Setting.all(text));
            case "tlsfeature" -> features(Setting.all(text));
            case "inhibitAnyPolicy" -> new ASN1Integer(Setting.number(text));
            case "noCheck" -> DERNull.INSTANCE;
            case "nsComment",
                    "nsBaseUrl",
                    "nsRevocationUrl",
                    "nsCaRevocationUrl",
                    "nsRenewalUrl",
                    "nsCaPolicyUrl",
                    "nsSslServerName" -> new DERIA5String(text);
            default -> throw Setting.fault("do_ext_nconf", "extension setting not supported");
        };
    }

    private static ASN1Encodable basicConstraints(List<Setting> settings) throws CryptoException {
        boolean authority = false;
        ASN1Integer length = null;
        for (Setting setting : settings) {
            switch (setting.name()) {
                case "CA" -> authority = setting.truth();
                case "pathlen" -> length = setting.number();
                default -> throw Setting.fault("v2i_BASIC_CONSTRAINTS", "invalid name");
            }
        }
        ASN1EncodableVector parts = new ASN1EncodableVector();
        if (authority) {
            parts.add(ASN1Boolean.TRUE);
        }
        if (length != null) {
            parts.add(length);
        }
        return new DERSequence(parts);
    }

    private static ASN1Encodable bits(Map<String, String> names, List<Setting> settings) throws CryptoException {
        List<String> shortNames = List.copyOf(names.keySet());
        List<String> longNames = List.copyOf(names.values());
        byte[] bits = new byte[2];
        int last = -1;
        for (Setting setting : settings) {
            int bit = shortNames.indexOf(setting.name());
            if (bit < 0) {
                bit = longNames.indexOf(setting.name());
            }
            if (bit < 0) {
                throw Setting.fault("v2i_ASN1_BIT_STRING", "unknown bit string argument");
            }
            bits[bit / 8] |= (byte) (0x80 >> bit % 8);
            last = Math.max(last, bit);
        }
        int octets = last / 8 + 1;
        return new DERBitString(java.util.Arrays.copyOf(bits, octets), octets * 8 - 1 - last);
    }

    private static ASN1Encodable identifiers(List<Setting> settings) throws CryptoException {
        ASN1EncodableVector all = new ASN1EncodableVector();
        for (Setting setting : settings) {
            String oid =
                    Setting.oid(setting.value() == null ? setting.name() : Objects.requireNonNull(setting.value()));
            if (oid == null) {
                throw Setting.fault("v2i_EXTENDED_KEY_USAGE", "invalid object identifier");
            }
            all.add(new ASN1ObjectIdentifier(oid));
        }
        return new DERSequence(all);
    }

    private static ASN1Encodable policies(List<Setting> settings) throws CryptoException {
        ASN1EncodableVector all = new ASN1EncodableVector();
        for (Setting setting : settings) {
            String oid = Setting.oid(setting.name());
            if (oid == null || setting.value() != null) {
                throw Setting.fault("r2i_certpol", "invalid object identifier");
            }
            all.add(new DERSequence(new ASN1ObjectIdentifier(oid)));
        }
        return new DERSequence(all);
    }

    private ASN1Encodable keyIdentifier(String text) throws CryptoException {
        if (!text.equals("hash")) {
            return new DEROctetString(hexadecimal(text));
        }
        SubjectPublicKeyInfo key = subject == null ? null : subject.publicInfo();
        if (key == null) {
            throw Setting.fault("s2i_skey_id", "no public key");
        }
        Digest sha1 = Objects.requireNonNull(Digest.named("sha1"), "sha1");
        return new DEROctetString(sha1.of(key.getPublicKeyData().getOctets()));
    }

    private ASN1Encodable authority(List<Setting> settings) throws CryptoException {
        String keyId = null;
        String named = null;
        for (Setting setting : settings) {
            String how = Objects.requireNonNullElse(setting.value(), "");
            switch (setting.name()) {
                case "keyid" -> keyId = how;
                case "issuer" -> named = how;
                default -> throw Setting.fault("v2i_AUTHORITY_KEYID", "unknown option");
            }
        }
        Certificate from = issuer;
        if (from == null) {
            throw Setting.fault("v2i_AUTHORITY_KEYID", "no issuer certificate");
        }
        ASN1EncodableVector parts = new ASN1EncodableVector();
        Extension identifier = keyId == null ? null : from.extension(SUBJECT_KEY);
        if (identifier != null) {
            parts.add(
                    new DERTaggedObject(false, 0, new DEROctetString(Octets.content(Octets.value(identifier.data())))));
        } else if ("always".equals(keyId)) {
            throw Setting.fault("v2i_AUTHORITY_KEYID", "unable to get issuer keyid");
        }
        if (named != null && (named.equals("always") || identifier == null)) {
            parts.add(new DERTaggedObject(false, 1, new DERSequence(GeneralNames.directory(from.issuer()))));
            parts.add(new DERTaggedObject(false, 2, new ASN1Integer(from.serial())));
        }
        return new DERSequence(parts);
    }

    private ASN1Encodable names(String type, List<Setting> settings) throws CryptoException {
        ASN1EncodableVector all = new ASN1EncodableVector();
        for (Setting setting : settings) {
            String value = setting.value();
            if (type.equals("subjectAltName")
                    && setting.is("email")
                    && ("copy".equals(value) || "move".equals(value))) {
                if (subject == null) {
                    throw Setting.fault("copy_email", "no subject details");
                }
                GeneralNames.addEmails(all, subject.subject());
            } else if (type.equals("issuerAltName") && setting.is("issuer") && "copy".equals(value)) {
                if (issuer == null) {
                    throw Setting.fault("copy_issuer", "no issuer details");
                }
                Extension names = issuer.extension("2.5.29.17");
                if (names != null) {
                    GeneralNames.all(Octets.value(names.data())).forEach(all::add);
                }
            } else {
                all.add(GeneralNames.of(setting));
            }
        }
        return new DERSequence(all);
    }

    private static ASN1Encodable points(List<Setting> settings) throws CryptoException {
        ASN1EncodableVector all = new ASN1EncodableVector();
        for (Setting setting : settings) {
            ASN1TaggedObject full = new DERTaggedObject(false, 0, new DERSequence(GeneralNames.of(setting)));
            all.add(new DERSequence(new DERTaggedObject(true, 0, full)));
        }
        return new DERSequence(all);
    }

    private static ASN1Encodable access(List<Setting> settings) throws CryptoException {
        ASN1EncodableVector all = new ASN1EncodableVector();
        for (Setting setting : settings) {
            int end = setting.name().indexOf(';');
            if (end < 0) {
                throw Setting.fault("v2i_AUTHORITY_INFO_ACCESS", "invalid syntax");
            }
            String oid = Setting.oid(setting.name().substring(0, end));
            if (oid == null) {
                throw Setting.fault("v2i_AUTHORITY_INFO_ACCESS", "bad object");
            }
            all.add(new DERSequence(new ASN1Encodable[] {
                new ASN1ObjectIdentifier(oid),
                GeneralNames.of(new Setting(setting.name().substring(end + 1), setting.value()))
            }));
        }
        return new DERSequence(all);
    }

    private static ASN1Encodable constraints(List<Setting> settings) throws CryptoException {
        ASN1EncodableVector[] trees = {new ASN1EncodableVector(), new ASN1EncodableVector()};
        for (Setting setting : settings) {
            int end = setting.name().indexOf(';');
            String which = end < 0 ? "" : setting.name().substring(0, end);
            if (!which.equals("permitted") && !which.equals("excluded")) {
                throw Setting.fault("v2i_NAME_CONSTRAINTS", "invalid syntax");
            }
            Setting name = new Setting(setting.name().substring(end + 1), setting.value());
            ASN1Encodable base = name.is("IP") ? masked(name) : GeneralNames.of(name);
            trees[which.equals("permitted") ? 0 : 1].add(new DERSequence(base));
        }
        ASN1EncodableVector parts = new ASN1EncodableVector();
        for (int i = 0; i < 2; i++) {
            if (trees[i].size() > 0) {
                parts.add(new DERTaggedObject(false, i, new DERSequence(trees[i])));
            }
        }
        return new DERSequence(parts);
    }

    private static ASN1Encodable masked(Setting name) throws CryptoException {
        String[] parts = String.valueOf(name.value()).split("/", -1);
        byte[] address = GeneralNames.address(parts[0]);
        byte[] mask = parts.length == 2 ? GeneralNames.address(parts[1]) : null;
        if (address == null || mask == null || address.length != mask.length) {
            throw Setting.fault("a2i_GENERAL_NAME", "bad ip address");
        }
        byte[] both = java.util.Arrays.copyOf(address, address.length * 2);
        System.arraycopy(mask, 0, both, address.length, mask.length);
        return new DERTaggedObject(false, 7, new DEROctetString(both));
    }

    private static ASN1Encodable features(List<Setting> settings) throws CryptoException {
        ASN1EncodableVector all = new ASN1EncodableVector();
        for (Setting setting : settings) {
            Integer number = FEATURES.get(setting.name());
            all.add(number == null ? new Setting("", setting.name()).number() : new ASN1Integer(number));
        }
        return new DERSequence(all);
    }
}
