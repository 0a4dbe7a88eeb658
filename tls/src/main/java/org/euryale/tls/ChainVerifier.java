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

    private static final Set<Reason> DATES = Set.of(BasicReason.EXPIRED, BasicReason.NOT_YET_VALID);

    private static final Map<Reason, CertificateError> ERRORS = Map.of(
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

    private final int depth;
    private final Judge judge;

    /** Told what is found, each fault and each certificate that is good; false to end the verification. */
    @FunctionalInterface
    interface Judge {
        boolean accept(X509Certificate certificate, CertificateError error, int depth);
    }

    /** @param depth the most certificates between the peer's own and the trusted one (SSL_CTX_set_verify_depth(3)) */
    ChainVerifier(TrustStore trusted, Instant now, Revocation revocation, int depth, Judge judge) {
        this.trusted = trusted;
        this.now = now;
        this.revocation = revocation;
        this.depth = Math.min(depth, LONGEST);
        this.judge = judge;
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
     * The whole path, from the peer's certificate to the one that is trusted, or as far as it goes where the judge has let a
     * fault pass. What is asked in which order is OpenSSL's (verify_chain and internal_verify of x509_vfy.c): the path, purposes
     * and constraints, revocation, and then each certificate's dates, the last one's first.
     *
     * @param sent what the peer sent, its own certificate first
     * @param server whether it is a server's, for its extended key usage
     */
    List<X509Certificate> verify(List<X509Certificate> sent, boolean server) throws VerifyException {
        List<X509Certificate> path = new ArrayList<>(sent.subList(0, 1));
        boolean whole = complete(path, sent);
        if (!hasPurpose(path.get(0), server ? SERVER : CLIENT)) {
            found(CertificateError.INVALID_PURPOSE, path, 0);
        }
        if (path.size() > 1) {
            validate(path);
        }
        checkRevocation(path);
        int last = path.size() - 1;
        if (!whole && last == 0) {
            found(CertificateError.UNABLE_TO_VERIFY_LEAF_SIGNATURE, path, 0);
        }
        for (int at = whole || last == 0 ? last : last - 1; at >= 0; at--) {
            CertificateError error = dates(path.get(at));
            if (error != CertificateError.OK) {
                found(error, path, at);
            }
            found(CertificateError.OK, path, at);
        }
        return path;
    }

    /** Tells the judge, whose word counts. */
    private void found(CertificateError error, List<X509Certificate> path, int at) throws VerifyException {
        if (!judge.accept(path.get(at), error, at)) {
            throw new VerifyException(error == CertificateError.OK ? CertificateError.APPLICATION_VERIFICATION : error);
        }
    }

    /** Builds the path; whether it ends with a certificate that has signed itself. */
    private boolean complete(List<X509Certificate> path, List<X509Certificate> sent) throws VerifyException {
        while (true) {
            int end = path.size() - 1;
            X509Certificate last = path.get(end);
            if (isSelfSigned(last)) {
                if (!trusted.contains(last)) {
                    found(
                            end == 0
                                    ? CertificateError.DEPTH_ZERO_SELF_SIGNED_CERT
                                    : CertificateError.SELF_SIGNED_CERT_IN_CHAIN,
                            path,
                            end);
                }
                return true;
            }
            if (end > depth) {
                found(CertificateError.CERT_CHAIN_TOO_LONG, path, end);
                return false;
            }
            X509Certificate issuer = issuer(last, trusted.named(last.getIssuerX500Principal()), path);
            if (issuer == null) {
                issuer = issuer(last, sent, path);
            }
            if (issuer == null) {
                found(CertificateError.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, path, end);
                return false;
            }
            path.add(issuer);
        }
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

    private static boolean hasPurpose(X509Certificate certificate, String purpose) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes == null || purposes.contains(purpose) || purposes.contains(ANY_PURPOSE);
        } catch (CertificateException e) {
            return false;
        }
    }

    private CertificateError dates(X509Certificate certificate) {
        try {
            certificate.checkValidity(Date.from(now));
            return CertificateError.OK;
        } catch (CertificateExpiredException e) {
            return CertificateError.CERT_HAS_EXPIRED;
        } catch (CertificateNotYetValidException e) {
            return CertificateError.CERT_NOT_YET_VALID;
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
            CertificateError error = revocation(path.get(i), path.get(Math.min(i + 1, path.size() - 1)));
            if (error != CertificateError.OK) {
                found(error, path, i);
            }
        }
    }

    private CertificateError revocation(X509Certificate certificate, X509Certificate issuer) {
        CertificateError error = CertificateError.UNABLE_TO_GET_CRL;
        for (X509CRL list : trusted.revocations()) {
            if (list.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())) {
                error = fault(list, issuer);
                if (error == CertificateError.OK) {
                    return list.isRevoked(certificate) ? CertificateError.CERT_REVOKED : CertificateError.OK;
                }
            }
        }
        return error;
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

    /** What the JDK's PKIX says of all but dates, which are asked for one by one. */
    private void validate(List<X509Certificate> path) throws VerifyException {
        int last = path.size() - 1;
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(path.get(last), null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(dateOf(path)));
            CertPathValidator.getInstance("PKIX")
                    .validate(
                            CertificateFactory.getInstance("X.509").generateCertPath(path.subList(0, last)),
                            parameters);
        } catch (CertPathValidatorException e) {
            // Dates that no moment satisfies stop PKIX; each is told by itself.
            if (!DATES.contains(e.getReason())) {
                found(
                        ERRORS.getOrDefault(e.getReason(), CertificateError.CERT_UNTRUSTED),
                        path,
                        Math.max(e.getIndex(), 0));
            }
        } catch (GeneralSecurityException e) {
            found(CertificateError.CERT_UNTRUSTED, path, 0);
        }
    }

    /** Now, or a time when all certificates of the path were valid, for what is to be said of them beside their dates. */
    private Instant dateOf(List<X509Certificate> path) {
        if (path.stream().allMatch(certificate -> dates(certificate) == CertificateError.OK)) {
            return now;
        }
        Instant latest = Instant.MIN;
        for (X509Certificate certificate : path) {
            Instant begin = certificate.getNotBefore().toInstant();
            latest = begin.isAfter(latest) ? begin : latest;
        }
        return latest;
    }
}
