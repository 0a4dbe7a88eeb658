package org.euryale.tls;

/** What may be wrong with a certificate: X509_V_ERR_ of OpenSSL, by X509_STORE_CTX_get_error(3). */
public enum CertificateError {
    OK(0, "ok"),
    UNABLE_TO_GET_CRL(3, "unable to get certificate CRL"),
    CERT_SIGNATURE_FAILURE(7, "certificate signature failure"),
    CERT_NOT_YET_VALID(9, "certificate is not yet valid"),
    CERT_HAS_EXPIRED(10, "certificate has expired"),
    CRL_SIGNATURE_FAILURE(8, "CRL signature failure"),
    CRL_NOT_YET_VALID(11, "CRL is not yet valid"),
    CRL_HAS_EXPIRED(12, "CRL has expired"),
    DEPTH_ZERO_SELF_SIGNED_CERT(18, "self-signed certificate"),
    SELF_SIGNED_CERT_IN_CHAIN(19, "self-signed certificate in certificate chain"),
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY(20, "unable to get local issuer certificate"),
    UNABLE_TO_VERIFY_LEAF_SIGNATURE(21, "unable to verify the first certificate"),
    CERT_CHAIN_TOO_LONG(22, "certificate chain too long"),
    CERT_REVOKED(23, "certificate revoked"),
    INVALID_CA(79, "invalid CA certificate"),
    PATH_LENGTH_EXCEEDED(25, "path length constraint exceeded"),
    INVALID_PURPOSE(26, "unsuitable certificate purpose"),
    CERT_UNTRUSTED(27, "certificate not trusted"),
    UNHANDLED_CRITICAL_EXTENSION(34, "unhandled critical extension"),
    KEYUSAGE_NO_CERTSIGN(32, "key usage does not include certificate signing"),
    PERMITTED_VIOLATION(47, "permitted subtree violation"),
    APPLICATION_VERIFICATION(50, "application verification failure"),
    EE_KEY_TOO_SMALL(66, "EE certificate key too weak"),
    CA_MD_TOO_WEAK(68, "CA signature digest algorithm too weak");

    private final int code;
    private final String text;

    CertificateError(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** OpenSSL's number. */
    public int code() {
        return code;
    }

    /** What X509_verify_cert_error_string(3) says in OpenSSL 3. */
    public String text() {
        return text;
    }
}
