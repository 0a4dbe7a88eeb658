package org.euryale.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertPathValidatorException.Reason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a peer's certificates as X509_verify_cert(3) does: the path is built as OpenSSL builds it (trusted issuers first,
 * up to a self-signed certificate that is trusted itself), so that the errors are OpenSSL's; whether its signatures, dates and
 * constraints hold is then the JDK's PKIX to say, which also refuses what {@code jdk.certpath.disabledAlgorithms} lists.
 *
 * <p>Any thread may call it.
 */
final class ChainVerifier {
    /** OpenSSL's own limit (X509_verify_cert, DEPTH_MAX). */
    private static final int LONGEST = 100;

    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final String SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT = "1.3.6.1.5.5.7.3.2";

    private static final Map<Reason, CertificateError> ERRORS = Map.of(
            BasicReason.EXPIRED, CertificateError.CERT_HAS_EXPIRED,
            BasicReason.NOT_YET_VALID, CertificateError.CERT_NOT_YET_VALID,
            BasicReason.INVALID_SIGNATURE, CertificateError.CERT_SIGNATURE_FAILURE,
            BasicReason.ALGORITHM_CONSTRAINED, CertificateError.CA_MD_TOO_WEAK,
            PKIXReason.NOT_CA_CERT, CertificateError.INVALID_CA,
            PKIXReason.PATH_TOO_LONG, CertificateError.PATH_LENGTH_EXCEEDED,
            PKIXReason.INVALID_KEY_USAGE, CertificateError.KEYUSAGE_NO_CERTSIGN,
            PKIXReason.INVALID_NAME, CertificateError.PERMITTED_VIOLATION,
            PKIXReason.UNRECOGNIZED_CRIT_EXT, CertificateError.UNHANDLED_CRITICAL_EXTENSION);

    private final TrustStore trusted;
    private final Instant now;
    private final Revocation revocation;

    ChainVerifier(TrustStore trusted, Instant now, Revocation revocation) {
        this.trusted = trusted;
        this.now = now;
        this.revocation = revocation;
    }

    /** Thrown where JSSE asks, which tells the peer certificate_unknown whatever the error is. */
    static final class VerifyException extends CertificateException {
        private static final long serialVersionUID = 1;

        private final CertificateError error;

        private VerifyException(CertificateError error) {
            super(error.text());
            this.error = error;
        }

        CertificateError error() {
            return error;
        }
    }

    /**
     * The whole path, from the peer's certificate to the one that is trusted.
     *
     * @param sent what the peer sent, its own certificate first
     * @param server whether it is a server's, for its extended key usage
     */
    List<X509Certificate> verify(List<X509Certificate> sent, boolean server) throws VerifyException {
        List<X509Certificate> path = path(sent);
        X509Certificate anchor = path.get(path.size() - 1);
        checkPurpose(path.get(0), server ? SERVER : CLIENT);
        checkDate(anchor); // PKIX takes an anchor as it is, OpenSSL does not
        if (path.size() > 1) {
            validate(path.subList(0, path.size() - 1), anchor);
        }
        checkRevocation(path);
        return path;
    }

    private List<X509Certificate> path(List<X509Certificate> sent) throws VerifyException {
        List<X509Certificate> path = new ArrayList<>(sent.subList(0, 1));
        while (path.size() <= LONGEST) {
            X509Certificate last = path.get(path.size() - 1);
            if (isSelfSigned(last)) {
                if (trusted.contains(last)) {
                    return path;
                }
                throw new VerifyException(
                        path.size() == 1
                                ? CertificateError.DEPTH_ZERO_SELF_SIGNED_CERT
                                : CertificateError.SELF_SIGNED_CERT_IN_CHAIN);
            }
            X509Certificate issuer = issuer(last, trusted.named(last.getIssuerX500Principal()), path);
            if (issuer == null) {
                issuer = issuer(last, sent, path);
            }
            if (issuer == null) {
                throw new VerifyException(CertificateError.UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
            }
            path.add(issuer);
        }
        throw new VerifyException(CertificateError.CERT_CHAIN_TOO_LONG);
    }

    private static @Nullable X509Certificate issuer(
            X509Certificate of, List<X509Certificate> candidates, List<X509Certificate> path) {
        for (X509Certificate candidate : candidates) {
            if (candidate.getSubjectX500Principal().equals(of.getIssuerX500Principal())
                    && !path.contains(candidate)
                    && isSignedBy(of, candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private static boolean isSelfSigned(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
                && isSignedBy(certificate, certificate);
    }

    private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private void checkPurpose(X509Certificate certificate, String purpose) throws VerifyException {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            if (purposes != null && !purposes.contains(purpose) && !purposes.contains(ANY_PURPOSE)) {
                throw new VerifyException(CertificateError.INVALID_PURPOSE);
            }
        } catch (VerifyException e) {
            throw e;
        } catch (CertificateException e) {
            throw new VerifyException(CertificateError.INVALID_PURPOSE);
        }
    }

    private void checkDate(X509Certificate certificate) throws VerifyException {
        try {
            certificate.checkValidity(Date.from(now));
        } catch (CertificateExpiredException e) {
            throw new VerifyException(CertificateError.CERT_HAS_EXPIRED);
        } catch (CertificateNotYetValidException e) {
            throw new VerifyException(CertificateError.CERT_NOT_YET_VALID);
        }
    }

    /** As check_revocation of OpenSSL's x509_vfy.c: each certificate needs a list of its issuer's that is valid now. */
    private void checkRevocation(List<X509Certificate> path) throws VerifyException {
        int checked = switch (revocation) {
            case NONE -> 0;
            case LEAF -> 1;
            case CHAIN -> path.size();
        };
        for (int i = 0; i < checked; i++) {
            // The last is its own issuer, as far as there is one.
            checkRevocation(path.get(i), path.get(Math.min(i + 1, path.size() - 1)));
        }
    }

    private void checkRevocation(X509Certificate certificate, X509Certificate issuer) throws VerifyException {
        CertificateError error = CertificateError.UNABLE_TO_GET_CRL;
        for (X509CRL list : trusted.revocations()) {
            if (list.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())) {
                error = fault(list, issuer);
                if (error == CertificateError.OK) {
                    if (list.isRevoked(certificate)) {
                        throw new VerifyException(CertificateError.CERT_REVOKED);
                    }
                    return;
                }
            }
        }
        throw new VerifyException(error);
    }

    /** What is wrong with a list; OK for nothing. */
    private CertificateError fault(X509CRL list, X509Certificate issuer) {
        if (list.getThisUpdate().toInstant().isAfter(now)) {
            return CertificateError.CRL_NOT_YET_VALID;
        }
        if (list.getNextUpdate() != null && list.getNextUpdate().toInstant().isBefore(now)) {
            return CertificateError.CRL_HAS_EXPIRED;
        }
        try {
            list.verify(issuer.getPublicKey());
            return CertificateError.OK;
        } catch (GeneralSecurityException e) {
            return CertificateError.CRL_SIGNATURE_FAILURE;
        }
    }

    private void validate(List<X509Certificate> path, X509Certificate anchor) throws VerifyException {
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (CertPathValidatorException e) {
            throw new VerifyException(ERRORS.getOrDefault(e.getReason(), CertificateError.CERT_UNTRUSTED));
        } catch (GeneralSecurityException e) {
            throw new VerifyException(CertificateError.CERT_UNTRUSTED);
        }
    }
}
