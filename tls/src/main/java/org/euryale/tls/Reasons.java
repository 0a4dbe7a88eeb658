package org.euryale.tls;

import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Objects;
import javax.crypto.BadPaddingException;
import org.euryale.tls.ChainVerifier.VerifyException;
import org.jspecify.annotations.Nullable;

/**
 * OpenSSL's reasons for what JSSE throws. JSSE has no codes: an exception's text is all it tells (JDK 17 and 25 say the same),
 * so what it says is looked for in a table. What is in none is BAD_PACKET: the peer did not keep to the protocol.
 */
final class Reasons {
    private static final String ALERT = "Received fatal alert: ";

    private static final List<Entry<String, String>> TEXTS = List.of(
            entry("no cipher suites in common", "NO_SHARED_CIPHER"),
            entry("No appropriate protocol", "NO_PROTOCOLS_AVAILABLE"),
            entry("not accepted by", "UNSUPPORTED_PROTOCOL"),
            entry("is not enabled or supported in server context", "UNSUPPORTED_PROTOCOL"),
            entry("Empty client certificate chain", "PEER_DID_NOT_RETURN_A_CERTIFICATE"),
            entry("Empty server certificate chain", "PEER_DID_NOT_RETURN_A_CERTIFICATE"),
            entry("No available authentication scheme", "NO_SUITABLE_SIGNATURE_ALGORITHM"),
            entry("bad record MAC", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
            entry("Insufficient buffer remaining for AEAD", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
            entry("Tag mismatch", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
            entry("nvalid signature", "BAD_SIGNATURE"),
            entry("signature verification", "BAD_SIGNATURE"),
            entry("Unexpected handshake message", "UNEXPECTED_MESSAGE"),
            entry("Unknown record type", "UNEXPECTED_RECORD"),
            entry("nsupported record", "WRONG_VERSION_NUMBER"),
            entry("nrecognized SSL message", "WRONG_VERSION_NUMBER"));

    private Reasons() {}

    private static Entry<String, String> entry(String text, String reason) {
        return Map.entry(text, reason);
    }

    static TlsFailure of(Throwable thrown) {
        String text = Objects.toString(thrown.getMessage(), thrown.getClass().getSimpleName());
        CertificateError error = verification(thrown);
        if (error != null) {
            return new TlsFailure("CERTIFICATE_VERIFY_FAILED", error.text(), error);
        }
        return new TlsFailure(reason(thrown, text), text, CertificateError.OK);
    }

    private static String reason(Throwable thrown, String text) {
        int at = text.indexOf(ALERT);
        Alert alert = at < 0 ? null : Alert.named(text.substring(at + ALERT.length()));
        if (alert != null) {
            return alert.reason();
        }
        for (Entry<String, String> known : TEXTS) {
            if (text.contains(known.getKey())) {
                return known.getValue();
            }
        }
        boolean padding = thrown.getCause() instanceof BadPaddingException;
        return padding ? "DECRYPTION_FAILED_OR_BAD_RECORD_MAC" : "BAD_PACKET";
    }

    private static @Nullable CertificateError verification(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (cause instanceof VerifyException verify) {
                return verify.error();
            }
            cause = cause.getCause();
        }
        return null;
    }
}
