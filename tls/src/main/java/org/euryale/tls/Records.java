package org.euryale.tls;

/** The outside of TLS's records (RFC 8446, 5.1): five bytes of type, version and length, then so many bytes. */
final class Records {
    static final int HEADER = 5;

    /** Fewer bytes than a header has. */
    static final int SHORT = -1;

    /** No record begins so. */
    static final int INVALID = -2;

    /** The longest content of a record that is no error: 2^14 bytes, and 2,048 of TLS 1.2's encryption. */
    private static final int LONGEST = 16_384 + 2_048;

    private static final int FIRST_TYPE = 20;
    private static final int LAST_TYPE = 24;
    static final int ALERT = 21;
    static final int HANDSHAKE = 22;

    private Records() {}

    /** The length in bytes, header included, of the record that begins at {@code at}; or SHORT, or INVALID. */
    static int length(ByteQueue bytes, int at) {
        if (bytes.size() - at < HEADER) {
            return SHORT;
        }
        int type = bytes.peek(at);
        int length = (bytes.peek(at + 3) << 8) | bytes.peek(at + 4);
        boolean valid = type >= FIRST_TYPE && type <= LAST_TYPE && bytes.peek(at + 1) == 3 && length <= LONGEST;
        return valid ? HEADER + length : INVALID;
    }

    /** OpenSSL's reason for bytes that are no record (ssl3_get_record), of which there must be a header's. */
    static String reason(ByteQueue bytes, boolean server, boolean first) {
        int type = bytes.peek(0);
        if (type >= FIRST_TYPE && type <= LAST_TYPE && bytes.peek(1) == 3) {
            return first ? "PACKET_LENGTH_TOO_LONG" : "ENCRYPTED_LENGTH_TOO_LONG";
        }
        StringBuilder start = new StringBuilder();
        for (int i = 0; i < HEADER; i++) {
            start.append((char) bytes.peek(i));
        }
        String text = start.toString();
        if (server && first) {
            if (text.startsWith("GET ")
                    || text.startsWith("POST ")
                    || text.startsWith("HEAD ")
                    || text.startsWith("PUT ")) {
                return "HTTP_REQUEST";
            }
            if (text.startsWith("CONNE")) {
                return "HTTPS_PROXY_REQUEST";
            }
        }
        return "WRONG_VERSION_NUMBER";
    }
}
