package org.euryale.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Text of RFC 7468, with the headers of RFC 1421 that OpenSSL's old encrypted keys have. What is between blocks is comment,
 * as it is for OpenSSL (its programs write a certificate's text there). Any thread may call anything.
 */
public final class Pem {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private Pem() {}

    /** A block. */
    public static final class Block {
        private final String label;
        private final Map<String, String> headers;
        private final byte[] content;

        Block(String label, Map<String, String> headers, byte[] content) {
            this.label = label;
            this.headers = headers;
            this.content = content;
        }

        /** What stands after BEGIN: {@code CERTIFICATE}, {@code RSA PRIVATE KEY} … */
        public String label() {
            return label;
        }

        /** The lines before the data, {@code Proc-Type} and {@code DEK-Info}; mostly none. */
        public Map<String, String> headers() {
            return headers;
        }

        /** What the base64 says, mostly DER; not a copy, so that who reads a key can overwrite it. */
        public byte[] content() {
            return content;
        }

        /** The label and the length only: the content may be a key. */
        @Override
        public String toString() {
            return label + ", " + content.length + " bytes";
        }
    }

    /**
     * The blocks of a text, in order.
     *
     * @throws PemException {@code BAD_END_LINE} when a block does not end, {@code BAD_BASE64_DECODE} when it is no base64
     */
    public static List<Block> blocks(byte[] text) throws PemException {
        List<Block> blocks = new ArrayList<>();
        String[] lines = new String(text, StandardCharsets.ISO_8859_1).split("\r?\n|\r", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].stripTrailing();
            if (!line.startsWith(BEGIN) || !line.endsWith(DASHES) || line.length() < BEGIN.length() + DASHES.length()) {
                continue;
            }
            String label = line.substring(BEGIN.length(), line.length() - DASHES.length());
            int end = i + 1;
            while (end < lines.length && !lines[end].startsWith(END)) {
                end++;
            }
            if (end == lines.length || !lines[end].stripTrailing().equals(END + label + DASHES)) {
                throw new PemException("BAD_END_LINE");
            }
            blocks.add(block(label, List.of(lines).subList(i + 1, end)));
            i = end;
        }
        return blocks;
    }

    /** A block as text, its lines of 64 characters. */
    public static String text(String label, byte[] content) {
        Base64.Encoder encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
        return BEGIN + label + DASHES + "\n" + encoder.encodeToString(content) + "\n" + END + label + DASHES + "\n";
    }

    private static Block block(String label, List<String> lines) throws PemException {
        Map<String, String> headers = new LinkedHashMap<>();
        StringBuilder base64 = new StringBuilder();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            } else {
                base64.append(line.strip());
            }
        }
        try {
            return new Block(label, headers, Base64.getDecoder().decode(base64.toString()));
        } catch (IllegalArgumentException e) { // its text would quote the key
            throw new PemException("BAD_BASE64_DECODE");
        }
    }
}
