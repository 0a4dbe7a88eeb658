package org.euryale.openssl;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.euryale.tls.Pem;
import org.euryale.tls.PemException;

/** PEM, with OpenSSL's errors. */
public final class PemText {
    private PemText() {}

    static List<Pem.Block> blocks(byte[] text) throws CryptoException {
        try {
            return Pem.blocks(text);
        } catch (PemException e) {
            throw e.reason().equals("BAD_END_LINE")
                    ? CryptoException.pem("PEM_read_bio_ex", "bad end line")
                    : CryptoException.pem("PEM_read_bio_ex", "bad base64 decode");
        }
    }

    /**
     * The content of the first block with one of these labels (PEM_read_bio(3)).
     *
     * @param labels {@code CERTIFICATE} …, parted by bars
     */
    public static byte[] first(byte[] text, String labels) throws CryptoException {
        List<String> wanted = List.of(labels.split("\\|", -1));
        for (Pem.Block block : blocks(text)) {
            if (wanted.contains(block.label())) {
                return block.content();
            }
        }
        throw CryptoException.pem("get_name", "no start line");
    }

    /** A block. */
    public static byte[] of(String label, byte[] der) {
        return Pem.text(label, der).getBytes(StandardCharsets.US_ASCII);
    }
}
