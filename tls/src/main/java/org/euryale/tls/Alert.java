package org.euryale.tls;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Alerts of TLS (RFC 8446, 6) with the reasons that OpenSSL gives whoever receives one. */
public enum Alert {
    CLOSE_NOTIFY(0, "CLOSE_NOTIFY"),
    UNEXPECTED_MESSAGE(10, "SSLV3_ALERT_UNEXPECTED_MESSAGE"),
    BAD_RECORD_MAC(20, "SSLV3_ALERT_BAD_RECORD_MAC"),
    DECRYPTION_FAILED(21, "TLSV1_ALERT_DECRYPTION_FAILED"),
    RECORD_OVERFLOW(22, "TLSV1_ALERT_RECORD_OVERFLOW"),
    DECOMPRESSION_FAILURE(30, "SSLV3_ALERT_DECOMPRESSION_FAILURE"),
    HANDSHAKE_FAILURE(40, "SSLV3_ALERT_HANDSHAKE_FAILURE"),
    NO_CERTIFICATE(41, "SSLV3_ALERT_NO_CERTIFICATE"),
    BAD_CERTIFICATE(42, "SSLV3_ALERT_BAD_CERTIFICATE"),
    UNSUPPORTED_CERTIFICATE(43, "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE"),
    CERTIFICATE_REVOKED(44, "SSLV3_ALERT_CERTIFICATE_REVOKED"),
    CERTIFICATE_EXPIRED(45, "SSLV3_ALERT_CERTIFICATE_EXPIRED"),
    CERTIFICATE_UNKNOWN(46, "SSLV3_ALERT_CERTIFICATE_UNKNOWN"),
    ILLEGAL_PARAMETER(47, "SSLV3_ALERT_ILLEGAL_PARAMETER"),
    UNKNOWN_CA(48, "TLSV1_ALERT_UNKNOWN_CA"),
    ACCESS_DENIED(49, "TLSV1_ALERT_ACCESS_DENIED"),
    DECODE_ERROR(50, "TLSV1_ALERT_DECODE_ERROR"),
    DECRYPT_ERROR(51, "TLSV1_ALERT_DECRYPT_ERROR"),
    EXPORT_RESTRICTION(60, "TLSV1_ALERT_EXPORT_RESTRICTION"),
    PROTOCOL_VERSION(70, "TLSV1_ALERT_PROTOCOL_VERSION"),
    INSUFFICIENT_SECURITY(71, "TLSV1_ALERT_INSUFFICIENT_SECURITY"),
    INTERNAL_ERROR(80, "TLSV1_ALERT_INTERNAL_ERROR"),
    INAPPROPRIATE_FALLBACK(86, "TLSV1_ALERT_INAPPROPRIATE_FALLBACK"),
    USER_CANCELED(90, "TLSV1_ALERT_USER_CANCELLED"),
    NO_RENEGOTIATION(100, "TLSV1_ALERT_NO_RENEGOTIATION"),
    MISSING_EXTENSION(109, "TLSV13_ALERT_MISSING_EXTENSION"),
    UNSUPPORTED_EXTENSION(110, "TLSV1_UNSUPPORTED_EXTENSION"),
    CERTIFICATE_UNOBTAINABLE(111, "TLSV1_CERTIFICATE_UNOBTAINABLE"),
    UNRECOGNIZED_NAME(112, "TLSV1_UNRECOGNIZED_NAME"),
    BAD_CERTIFICATE_STATUS_RESPONSE(113, "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE"),
    BAD_CERTIFICATE_HASH_VALUE(114, "TLSV1_BAD_CERTIFICATE_HASH_VALUE"),
    UNKNOWN_PSK_IDENTITY(115, "TLSV1_ALERT_UNKNOWN_PSK_IDENTITY"),
    CERTIFICATE_REQUIRED(116, "TLSV13_ALERT_CERTIFICATE_REQUIRED"),
    NO_APPLICATION_PROTOCOL(120, "TLSV1_ALERT_NO_APPLICATION_PROTOCOL");

    private final int number;
    private final String reason;

    Alert(int number, String reason) {
        this.number = number;
        this.reason = reason;
    }

    /** Its number in the protocol. */
    public int number() {
        return number;
    }

    /** OpenSSL's reason for who receives it, without {@code SSL_R_}. */
    public String reason() {
        return reason;
    }

    /** The alert of a number; null for one that is not here. */
    public static @Nullable Alert numbered(int number) {
        for (Alert alert : values()) {
            if (alert.number == number) {
                return alert;
            }
        }
        return null;
    }

    /** The alert that a failure's reason is of, when the peer sent one; null for another reason. */
    public static @Nullable Alert received(String reason) {
        for (Alert alert : values()) {
            if (alert.reason.equals(reason)) {
                return alert;
            }
        }
        return null;
    }

    /** The alert of the name that JSSE prints, {@code bad_certificate}; null for one that is not here. */
    static @Nullable Alert named(String name) {
        String wanted = name.strip().toUpperCase(Locale.ROOT);
        for (Alert alert : values()) {
            if (alert.name().equals(wanted)) {
                return alert;
            }
        }
        return null;
    }
}
