package org.euryale.tls;

/**
 * Why a call failed.
 *
 * @param reason OpenSSL's name without {@code SSL_R_}: {@code WRONG_VERSION_NUMBER}, {@code CERTIFICATE_VERIFY_FAILED},
 *     {@code TLSV1_ALERT_UNKNOWN_CA} …
 * @param text what the JDK says; no key and no data of the connection is in it
 * @param verification what was wrong with the peer's certificate; OK when it is not about that
 */
public record TlsFailure(String reason, String text, CertificateError verification) {}
