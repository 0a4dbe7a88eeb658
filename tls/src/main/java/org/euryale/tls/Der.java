package org.euryale.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A value in DER (X.690). The JDK has no reader that others may call, and its KeyFactory takes PKCS#8 only, so the few
 * structures that keys and names need are read and written here. Values are at most as long as the array they are read from.
 */
final class Der {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int NULL = 0x05;
    static final int OID = 0x06;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    /** Constructed, context-specific, number 0. */
    static final int CONTEXT_0 = 0xA0;

    /** Octets of a length: an array has no more than 2^31 bytes. */
    private static final int LONGEST_LENGTH = 4;

    private final int tag;
    private final byte[] content;

    /**
     * @param tag the identifier octet; the tags needed are all of one octet
     * @param content kept, not copied
     */
    Der(int tag, byte[] content) {
        this.tag = tag;
        this.content = content;
    }

    int tag() {
        return tag;
    }

    byte[] content() {
        return content;
    }

    /** The one value that an array is. */
    static Der of(byte[] encoded) throws PemException {
        List<Der> all = all(encoded);
        if (all.size() != 1) {
            throw malformed();
        }
        return all.get(0);
    }

    static Der sequence(Der... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (Der part : parts) {
            content.writeBytes(part.encoded());
        }
        return new Der(SEQUENCE, content.toByteArray());
    }

    static Der integer(int value) {
        return new Der(INTEGER, BigInteger.valueOf(value).toByteArray());
    }

    static Der oid(String dotted) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        String[] arcs = dotted.split("\\.", -1);
        content.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            int arc = Integer.parseInt(arcs[i]);
            for (int shift = 28; shift > 0; shift -= 7) {
                if ((arc >>> shift) != 0) {
                    content.write(((arc >>> shift) & 0x7F) | 0x80);
                }
            }
            content.write(arc & 0x7F);
        }
        return new Der(OID, content.toByteArray());
    }

    /** The values within a constructed one. */
    List<Der> parts() throws PemException {
        return all(content);
    }

    /** The {@code index}th value within. */
    Der part(int index) throws PemException {
        List<Der> parts = parts();
        if (index >= parts.size()) {
            throw malformed();
        }
        return parts.get(index);
    }

    /** This, which must have the tag. */
    Der as(int wanted) throws PemException {
        if (tag != wanted) {
            throw malformed();
        }
        return this;
    }

    int intValue() throws PemException {
        as(INTEGER);
        if (content.length == 0 || content.length > Integer.BYTES) {
            throw malformed();
        }
        return new BigInteger(content).intValue();
    }

    /** An object identifier in dotted numbers. */
    String oidValue() throws PemException {
        as(OID);
        if (content.length == 0) {
            throw malformed();
        }
        StringBuilder dotted = new StringBuilder();
        long arc = 0;
        for (byte octet : content) {
            arc = (arc << 7) | (octet & 0x7F);
            if (octet >= 0) {
                if (dotted.isEmpty()) {
                    long first = Math.min(arc / 40, 2);
                    dotted.append(first).append('.').append(arc - 40 * first);
                } else {
                    dotted.append('.').append(arc);
                }
                arc = 0;
            }
        }
        return dotted.toString();
    }

    byte[] encoded() {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        encoded.write(tag);
        int length = content.length;
        if (length < 0x80) {
            encoded.write(length);
        } else {
            byte[] octets = BigInteger.valueOf(length).toByteArray();
            int zeros = octets[0] == 0 ? 1 : 0; // the sign's octet, which a length has not
            encoded.write(0x80 | (octets.length - zeros));
            encoded.write(octets, zeros, octets.length - zeros);
        }
        encoded.writeBytes(content);
        return encoded.toByteArray();
    }

    private static List<Der> all(byte[] encoded) throws PemException {
        List<Der> values = new ArrayList<>();
        int at = 0;
        while (at < encoded.length) {
            int tag = encoded[at++] & 0xFF;
            if ((tag & 0x1F) == 0x1F || at == encoded.length) {
                throw malformed();
            }
            long length = encoded[at++] & 0xFF;
            if (length >= 0x80) {
                int octets = (int) length & 0x7F;
                if (octets == 0 || octets > LONGEST_LENGTH || octets > encoded.length - at) {
                    throw malformed();
                }
                length = 0;
                while (octets-- > 0) {
                    length = (length << 8) | (encoded[at++] & 0xFF);
                }
            }
            if (length > encoded.length - at) {
                throw malformed();
            }
            values.add(new Der(tag, Arrays.copyOfRange(encoded, at, at + (int) length)));
            at += (int) length;
        }
        return values;
    }

    private static PemException malformed() {
        return new PemException("ASN1_LIB");
    }

    /** The tag and the length only: the content may be a key. */
    @Override
    public String toString() {
        return String.format("tag 0x%02x, %d bytes", tag, content.length);
    }
}
