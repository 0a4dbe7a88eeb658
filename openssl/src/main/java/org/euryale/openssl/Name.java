package org.euryale.openssl;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.euryale.tls.CanonicalName;
import org.euryale.tls.ObjectName;
import org.jspecify.annotations.Nullable;

/** A distinguished name that can be changed: OpenSSL's X509_NAME. What holds one sees its changes. */
public final class Name {
    /** X509_NAME_oneline(3) with pyOpenSSL's buffer: longer text is cut at a whole entry. */
    private static final int LONGEST_LINE = 512;

    private static final int UTF8_STRING = 0x0C;
    private static final int TELETEX_STRING = 0x14;
    private static final int UNIVERSAL_STRING = 0x1C;
    private static final int BMP_STRING = 0x1E;

    /** The kinds of string whose text can be told (ASN1_STRING_to_UTF8(3)). */
    private static final Map<Integer, Charset> STRINGS = Map.of(
            UTF8_STRING,
            StandardCharsets.UTF_8,
            0x12, // NumericString
            StandardCharsets.ISO_8859_1,
            0x13, // PrintableString
            StandardCharsets.ISO_8859_1,
            TELETEX_STRING,
            StandardCharsets.ISO_8859_1,
            0x16, // IA5String
            StandardCharsets.ISO_8859_1,
            0x1A, // VisibleString
            StandardCharsets.ISO_8859_1,
            UNIVERSAL_STRING,
            Charset.forName("UTF-32BE"),
            BMP_STRING,
            StandardCharsets.UTF_16BE);

    /** The least and most characters of an attribute's value (a_strnid.c, RFC 5280's upper bounds); -1 for no bound. */
    private static final Map<String, int[]> BOUNDS = Map.of(
            "C", new int[] {2, 2},
            "CN", new int[] {1, 64},
            "ST", new int[] {1, 128},
            "L", new int[] {1, 128},
            "O", new int[] {1, 64},
            "OU", new int[] {1, 64},
            "emailAddress", new int[] {1, 128},
            "serialNumber", new int[] {1, 64},
            "pseudonym", new int[] {1, 128});

    private static final List<String> IA5 = List.of("emailAddress", "DC", "unstructuredName");
    private static final List<String> PRINTABLE = List.of("C", "serialNumber", "dnQualifier");

    /** Before a name like these, of one or two capitals, X509_NAME_print makes a comma of oneline's slash. */
    private static final Pattern SHORT_TYPE = Pattern.compile("[A-Z]{1,2}");

    private static final String PRINTABLE_SIGNS = " '()+,-./:=?";

    /**
     * An attribute.
     *
     * @param joined whether it belongs to the same relative name as the one before it
     */
    private record Entry(ASN1ObjectIdentifier type, ASN1Encodable value, boolean joined) {
        String shortName() {
            ObjectName known = ObjectName.ofOid(type.getId());
            return known == null ? "UNDEF" : known.shortName();
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private boolean changed;

    /** An empty one. */
    public Name() {}

    /** A copy. */
    public Name(Name other) {
        entries.addAll(other.entries);
        changed = true;
    }

    /** The name that DER says. */
    public static Name ofDer(byte[] der) throws CryptoException {
        return of(Octets.value(der));
    }

    static Name of(ASN1Encodable encoded) throws CryptoException {
        Name name = new Name();
        try {
            for (ASN1Encodable set : ASN1Sequence.getInstance(encoded.toASN1Primitive())) {
                boolean joined = false;
                for (ASN1Encodable attribute : ASN1Set.getInstance(set)) {
                    ASN1Sequence parts = ASN1Sequence.getInstance(attribute);
                    name.entries.add(new Entry(
                            ASN1ObjectIdentifier.getInstance(parts.getObjectAt(0)), parts.getObjectAt(1), joined));
                    joined = true;
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw CryptoException.asn1("asn1_check_tlen", "wrong tag");
        }
        return name;
    }

    /** Whether it was changed after it was read. */
    boolean isChanged() {
        return changed;
    }

    /** The identifier of an attribute's short or long name or number; null when OpenSSL knows none (OBJ_txt2nid). */
    public static @Nullable String type(String name) {
        ObjectName known = ObjectName.named(name);
        if (known == null && name.indexOf('.') > 0) {
            known = ObjectName.ofOid(name);
        }
        return known == null ? null : known.oid();
    }

    /**
     * The text of the first attribute of a type; null when there is none.
     *
     * @param type dotted
     */
    public @Nullable String value(String type) throws CryptoException {
        for (Entry entry : entries) {
            if (entry.type.getId().equals(type)) {
                Charset charset = STRINGS.get(Octets.tag(entry.value));
                if (charset == null) {
                    throw CryptoException.asn1("ASN1_STRING_to_UTF8", "unknown tag");
                }
                return new String(Octets.content(entry.value), charset);
            }
        }
        return null;
    }

    /**
     * Puts an attribute at the end, in the place of the first of its type where there is one.
     *
     * @param type dotted
     * @param utf8 its text
     * @throws CryptoException for what may not be the attribute's value; the one before is gone all the same
     */
    public void set(String type, byte[] utf8) throws CryptoException {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).type.getId().equals(type)) {
                remove(i);
                break;
            }
        }
        add(type, utf8);
    }

    /** Puts an attribute at the end. */
    void add(String type, byte[] utf8) throws CryptoException {
        ObjectName known = ObjectName.ofOid(type);
        entries.add(
                new Entry(new ASN1ObjectIdentifier(type), value(known == null ? "" : known.shortName(), utf8), false));
        changed = true;
    }

    private void remove(int at) {
        boolean joined = entries.remove(at).joined;
        changed = true;
        if (!joined && at < entries.size() && entries.get(at).joined) { // the next one begins the relative name now
            Entry next = entries.get(at);
            entries.set(at, new Entry(next.type, next.value, false));
        }
    }

    private static ASN1Primitive value(String name, byte[] utf8) throws CryptoException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw CryptoException.asn1("ASN1_mbstring_ncopy", "invalid utf8string");
        }
        int length = text.codePointCount(0, text.length());
        int[] bounds = BOUNDS.get(name);
        if (bounds != null && length < bounds[0]) {
            throw CryptoException.asn1("ASN1_mbstring_ncopy", "string too short");
        }
        if (bounds != null && length > bounds[1]) {
            throw CryptoException.asn1("ASN1_mbstring_ncopy", "string too long");
        }
        if (PRINTABLE.contains(name)) {
            if (!text.chars().allMatch(Name::isPrintable)) {
                throw CryptoException.asn1("ASN1_mbstring_ncopy", "illegal characters");
            }
            return new DERPrintableString(text);
        }
        if (IA5.contains(name)) {
            if (!text.chars().allMatch(c -> c < 0x80)) {
                throw CryptoException.asn1("ASN1_mbstring_ncopy", "illegal characters");
            }
            return new DERIA5String(text);
        }
        return new DERUTF8String(text);
    }

    private static boolean isPrintable(int c) {
        return c < 0x80 && (Character.isLetterOrDigit(c) || PRINTABLE_SIGNS.indexOf(c) >= 0);
    }

    /** The short name of each attribute, and its value's bytes, one after the other. */
    public List<byte[]> components() {
        List<byte[]> components = new ArrayList<>();
        for (Entry entry : entries) {
            components.add(entry.shortName().getBytes(StandardCharsets.US_ASCII));
            components.add(Octets.content(entry.value));
        }
        return components;
    }

    ASN1Sequence encoded() {
        ASN1EncodableVector relatives = new ASN1EncodableVector();
        for (int i = 0; i < entries.size(); ) {
            ASN1EncodableVector attributes = new ASN1EncodableVector();
            do {
                attributes.add(new DERSequence(new ASN1Encodable[] {entries.get(i).type, entries.get(i).value}));
                i++;
            } while (i < entries.size() && entries.get(i).joined);
            relatives.add(new DERSet(attributes));
        }
        return new DERSequence(relatives);
    }

    X500Name x500() {
        return X500Name.getInstance(encoded());
    }

    /** In DER (i2d_X509_NAME). */
    public byte[] der() {
        return Octets.der(encoded());
    }

    /** X509_NAME_hash(3). */
    public long hash() {
        return Long.parseLong(CanonicalName.hash(der()), 16);
    }

    /** X509_NAME_cmp(3): by the length of the canonical forms, then by their bytes. */
    public int compare(Name other) {
        byte[] mine = CanonicalName.of(der());
        byte[] others = CanonicalName.of(other.der());
        return mine.length != others.length
                ? Integer.compare(mine.length, others.length)
                : Arrays.compareUnsigned(mine, others);
    }

    /** {@code /C=US/O=Testing}, what is not printable as {@code \xE2} (X509_NAME_oneline(3)). */
    public byte[] line() {
        StringBuilder line = new StringBuilder();
        for (Entry entry : entries) {
            StringBuilder part = new StringBuilder("/").append(attribute(entry)).append('=');
            escape(part, entry.value, 0x7E);
            if (line.length() + part.length() >= LONGEST_LINE) {
                break;
            }
            line.append(part);
        }
        return line.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** {@code C=US, O=Testing}: X509_NAME_print(3). */
    String plain() {
        StringBuilder line = new StringBuilder();
        for (Entry entry : entries) {
            line.append(
                    line.isEmpty() ? "" : SHORT_TYPE.matcher(attribute(entry)).matches() ? ", " : "/");
            line.append(attribute(entry)).append('=');
            escape(line, entry.value, 0x7E);
        }
        return line.toString();
    }

    private static String attribute(Entry entry) {
        ObjectName known = ObjectName.ofOid(entry.type.getId());
        return known == null ? entry.type.getId() : known.shortName();
    }

    private static void escape(StringBuilder to, ASN1Encodable value, int last) {
        byte[] content = Octets.content(value);
        int tag = Octets.tag(value);
        int width = tag == UNIVERSAL_STRING ? 4 : tag == BMP_STRING ? 2 : 1;
        for (int i = 0; i < content.length; i++) {
            int octet = content[i] & 0xFF;
            if (width > 1 && octet == 0 && i % width != width - 1) {
                continue; // of a wide string's characters in ASCII, the zeros before them
            }
            if (octet < ' ' || octet > last) {
                to.append(String.format("\\x%02X", octet));
            } else {
                to.append((char) octet);
            }
        }
    }

    /** {@code C = US, O = Testing}: XN_FLAG_ONELINE without its quotes, as the texts of certificates have it. */
    String printed() {
        return printed(", ", " = ");
    }

    /** {@code CN=a,O=b} … in the order written, with the given signs. */
    String printed(String between, String equals) {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            if (!text.isEmpty()) {
                text.append(entry.joined ? " + " : between);
            }
            text.append(attribute(entry)).append(equals);
            Charset charset = STRINGS.get(Octets.tag(entry.value));
            byte[] content = Octets.content(entry.value);
            text.append(charset == null ? "#" + Octets.hex(Octets.der(entry.value), "") : quoted(content, charset));
        }
        return text.toString();
    }

    /** A value as ASN1_STRFLGS_RFC2253 with quotes where they are needed writes it. */
    private static String quoted(byte[] content, Charset charset) {
        String value = new String(content, charset);
        StringBuilder text = new StringBuilder();
        boolean quotes = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean edge = (i == 0 && (c == ' ' || c == '#')) || (i == value.length() - 1 && c == ' ');
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || c > 0x7E) {
                for (byte octet : String.valueOf(c).getBytes(StandardCharsets.UTF_8)) {
                    text.append(String.format("\\%02X", octet & 0xFF));
                }
            } else {
                quotes |= edge || ",+<>;".indexOf(c) >= 0;
                text.append(c);
            }
        }
        return quotes ? "\"" + text + "\"" : text.toString();
    }
}
