package org.euryale.openssl;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;
import org.euryale.tls.TrustStore;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a certificate as X509_verify_cert(3) of OpenSSL 1.1.1 does by itself, without a purpose and with no limit to how weak
 * a key or a digest may be: its steps in its order, so that of several faults the same one is told.
 */
public final class PathVerifier {
    private static final int CRL_CHECK = 0x4;
    private static final int CRL_CHECK_ALL = 0x8;
    private static final int IGNORE_CRITICAL = 0x10;
    private static final int STRICT = 0x20;
    private static final int CHECK_SS_SIGNATURE = 0x4000;

    /** Certificates between the first and the one that is trusted (X509_STORE_CTX_init: DEPTH_MAX). */
    private static final int LONGEST = 100;

    private static final String KEY_USAGE = "2.5.29.15";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final String AUTHORITY_KEY = "2.5.29.35";
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";
    private static final String NETSCAPE_TYPE = "2.16.840.1.113730.1.1";

    /** Bits of keyUsage in its first byte. */
    private static final int CERTIFICATE_SIGN = 0x04;

    private static final int CRL_SIGN = 0x02;

    /** The extensions that may be critical (X509_supported_extension(3)). */
    private static final Set<String> SUPPORTED = Set.of(
            NETSCAPE_TYPE,
            KEY_USAGE,
            ALTERNATIVE_NAMES,
            BASIC_CONSTRAINTS,
            NAME_CONSTRAINTS,
            "2.5.29.31", // crlDistributionPoints
            "2.5.29.32", // certificatePolicies
            "2.5.29.33", // policyMappings
            "2.5.29.36", // policyConstraints
            "2.5.29.37", // extendedKeyUsage
            "2.5.29.54", // inhibitAnyPolicy
            "1.3.6.1.5.5.7.1.7", // sbgp-ipAddrBlock
            "1.3.6.1.5.5.7.1.8", // sbgp-autonomousSysNum
            "1.3.6.1.5.5.7.1.14"); // proxyCertInfo

    private final TrustStore trusted;
    private final List<Certificate> untrusted;
    private final int flags;
    private final Instant now;
    private final List<Certificate> chain = new ArrayList<>();

    private PathVerifier(TrustStore trusted, List<Certificate> untrusted, int flags, Instant now) {
        this.trusted = trusted;
        this.untrusted = untrusted;
        this.flags = flags;
        this.now = now;
    }

    /**
     * What came of it.
     *
     * @param error OpenSSL's number (X509_STORE_CTX_get_error(3)); 0 for none
     * @param text what OpenSSL says of it
     * @param depth where in the chain it is
     * @param certificate the one at fault; the last one of the chain when none is
     * @param chain from the certificate to the one that is trusted, as far as it was built
     */
    public record Result(int error, String text, int depth, Certificate certificate, List<Certificate> chain) {}

    /** Ends the verification. */
    private static final class Fault extends Exception {
        private static final long serialVersionUID = 1;

        private final int error;
        private final int depth;

        Fault(int error, String text, int depth) {
            super(text, null, false, false);
            this.error = error;
            this.depth = depth;
        }
    }

    /**
     * Verifies a certificate.
     *
     * @param untrusted certificates that may be between
     * @param flags X509_V_FLAG_
     * @param seconds the time, as of 1970; below 0 for now
     */
    public static Result verify(
            TrustStore trusted, Certificate certificate, List<Certificate> untrusted, int flags, long seconds)
            throws CryptoException {
        Instant now = seconds < 0 ? Instant.now() : Instant.ofEpochSecond(seconds);
        PathVerifier verifier = new PathVerifier(trusted, untrusted, flags, now);
        verifier.chain.add(Certificate.ofDer(certificate.der()));
        try {
            verifier.build();
            verifier.checkExtensions();
            verifier.checkRevocation();
            verifier.checkSignatures();
            verifier.checkNames();
        } catch (Fault e) {
            String text = String.valueOf(e.getMessage());
            return new Result(e.error, text, e.depth, verifier.chain.get(e.depth), verifier.chain);
        }
        int last = verifier.chain.size() - 1;
        return new Result(0, "ok", last, verifier.chain.get(last), verifier.chain);
    }

    private Certificate last() {
        return chain.get(chain.size() - 1);
    }

    // ---------------------------------------------------------------- the chain

    /** As build_chain of x509_vfy.c: trusted issuers go first, up to one that signed itself. */
    private void build() throws Fault, CryptoException {
        boolean anyTrusted = false;
        while (chain.size() <= LONGEST) {
            Certificate last = last();
            if (isSelfSigned(last)) {
                if (isTrusted(last)) {
                    return;
                }
                int depth = chain.size() - 1;
                throw depth == 0
                        ? new Fault(18, "self signed certificate", 0)
                        : new Fault(19, "self signed certificate in certificate chain", depth);
            }
            Certificate issuer = issuer(last, named(last));
            if (issuer != null) {
                anyTrusted = true;
            } else if (!anyTrusted) {
                issuer = issuer(last, untrusted);
            }
            if (issuer == null) {
                throw anyTrusted
                        ? new Fault(2, "unable to get issuer certificate", chain.size() - 1)
                        : new Fault(20, "unable to get local issuer certificate", chain.size() - 1);
            }
            chain.add(issuer);
        }
        throw new Fault(22, "certificate chain too long", chain.size() - 1);
    }

    private boolean isTrusted(Certificate certificate) throws CryptoException {
        X509Certificate java = certificate.java();
        return trusted.named(java.getSubjectX500Principal()).contains(java);
    }

    /** The trusted certificates that have the name of a certificate's issuer. */
    private List<Certificate> named(Certificate certificate) throws CryptoException {
        List<Certificate> named = new ArrayList<>();
        for (X509Certificate java : trusted.named(certificate.java().getIssuerX500Principal())) {
            named.add(Certificate.of(java));
        }
        return named;
    }

    /** Of several issuers, one that is valid now. */
    private @Nullable Certificate issuer(Certificate of, List<Certificate> candidates) throws CryptoException {
        Certificate found = null;
        for (Certificate candidate : candidates) {
            if (isIssuer(candidate, of) && !contains(candidate)) {
                if (timeFault(candidate) == 0) {
                    return candidate;
                }
                found = candidate;
            }
        }
        return found;
    }

    private boolean contains(Certificate certificate) throws CryptoException {
        byte[] der = certificate.der();
        for (Certificate other : chain) {
            if (Arrays.equals(other.der(), der)) {
                return true;
            }
        }
        return false;
    }

    /** X509_check_issued(3): by names, key identifiers and what the key may do, not by the signature. */
    private static boolean isIssuer(Certificate issuer, Certificate of) throws CryptoException {
        return issuer.subject().compare(of.issuer()) == 0
                && matchesAuthority(issuer, of)
                && (usage(issuer) & CERTIFICATE_SIGN) != 0;
    }

    private static boolean isSelfSigned(Certificate certificate) throws CryptoException {
        return isSelfIssued(certificate) && matchesAuthority(certificate, certificate);
    }

    private static boolean isSelfIssued(Certificate certificate) {
        return certificate.subject().compare(certificate.issuer()) == 0;
    }

    /** X509_check_akid: what a certificate says of its issuer's key, if anything. */
    private static boolean matchesAuthority(Certificate issuer, Certificate of) throws CryptoException {
        Extension authority = of.extension(AUTHORITY_KEY);
        if (authority == null) {
            return true;
        }
        try {
            for (ASN1Encodable part : ASN1Sequence.getInstance(Octets.value(authority.data()))) {
                ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(part);
                switch (tagged.getTagNo()) {
                    case 0 -> {
                        Extension subject = issuer.extension(ExtensionValue.SUBJECT_KEY);
                        byte[] wanted =
                                ASN1OctetString.getInstance(tagged, false).getOctets();
                        if (subject != null && !Arrays.equals(wanted, Octets.content(Octets.value(subject.data())))) {
                            return false;
                        }
                    }
                    case 1 -> {
                        for (ASN1TaggedObject name : GeneralNames.all(tagged)) {
                            if (name.getTagNo() == GeneralName.directoryName) {
                                if (Name.of(name.getExplicitBaseObject()).compare(issuer.issuer()) != 0) {
                                    return false;
                                }
                                break;
                            }
                        }
                    }
                    default -> {
                        if (!ASN1Integer.getInstance(tagged, false).getValue().equals(issuer.serial())) {
                            return false;
                        }
                    }
                }
            }
            return true;
        } catch (IllegalArgumentException | IllegalStateException e) {
            return false;
        }
    }

    /** The first byte of keyUsage; all bits where there is none. */
    private static int usage(Certificate certificate) {
        Extension usage = certificate.extension(KEY_USAGE);
        try {
            if (usage == null) {
                return 0xFF;
            }
            byte[] bits = ASN1BitString.getInstance(Octets.value(usage.data())).getBytes();
            return bits.length == 0 ? 0 : bits[0] & 0xFF;
        } catch (CryptoException | IllegalArgumentException e) {
            return 0;
        }
    }

    // ---------------------------------------------------------------- what certificates may be

    private void checkExtensions() throws Fault {
        int length = 0;
        for (int i = 0; i < chain.size(); i++) {
            Certificate certificate = chain.get(i);
            if ((flags & IGNORE_CRITICAL) == 0) {
                for (Extension extension : certificate.extensions()) {
                    if (extension.critical() && !SUPPORTED.contains(extension.oid())) {
                        throw new Fault(34, "unhandled critical extension", i);
                    }
                }
            }
            int authority = authority(certificate);
            boolean strict = (flags & STRICT) != 0;
            if (i > 0 ? authority == 0 || (strict && authority != 1) : strict && authority > 1) {
                throw new Fault(24, "invalid CA certificate", i);
            }
            int most = pathLength(certificate);
            if (i > 1 && most >= 0 && length > most) {
                throw new Fault(25, "path length constraint exceeded", i);
            }
            if (i > 0 && !isSelfIssued(certificate)) {
                length++;
            }
        }
    }

    /** X509_check_ca(3): 0 for none, 1 for what says it is, more for what old certificates make one. */
    private static int authority(Certificate certificate) {
        if ((usage(certificate) & CERTIFICATE_SIGN) == 0) {
            return 0;
        }
        ASN1Sequence constraints = basicConstraints(certificate);
        if (constraints != null) {
            boolean authority =
                    constraints.size() > 0 && constraints.getObjectAt(0) instanceof ASN1Boolean is && is.isTrue();
            return authority ? 1 : 0;
        }
        if (certificate.extension(BASIC_CONSTRAINTS) != null) {
            return 0; // malformed
        }
        if (certificate.version().signum() == 0 && isSelfIssued(certificate)) {
            return 3;
        }
        return certificate.extension(KEY_USAGE) != null ? 4 : 0;
    }

    private static @Nullable ASN1Sequence basicConstraints(Certificate certificate) {
        Extension extension = certificate.extension(BASIC_CONSTRAINTS);
        try {
            return extension == null ? null : ASN1Sequence.getInstance(Octets.value(extension.data()));
        } catch (CryptoException | IllegalArgumentException e) {
            return null;
        }
    }

    private static int pathLength(Certificate certificate) {
        ASN1Sequence constraints = basicConstraints(certificate);
        if (constraints != null && constraints.size() > 0) {
            ASN1Encodable last = constraints.getObjectAt(constraints.size() - 1);
            if (last instanceof ASN1Integer number) {
                return number.getValue()
                        .min(java.math.BigInteger.valueOf(LONGEST))
                        .intValue();
            }
        }
        return -1;
    }

    // ---------------------------------------------------------------- revocation

    private void checkRevocation() throws Fault, CryptoException {
        if ((flags & CRL_CHECK) == 0) {
            return;
        }
        int last = (flags & CRL_CHECK_ALL) != 0 ? chain.size() - 1 : 0;
        for (int i = 0; i <= last; i++) {
            Certificate issuer = chain.get(Math.min(i + 1, chain.size() - 1));
            checkRevocation(chain.get(i), issuer, i);
        }
    }

    private void checkRevocation(Certificate certificate, Certificate issuer, int depth) throws Fault, CryptoException {
        RevocationList list = null;
        for (X509CRL java : trusted.revocations()) {
            RevocationList candidate;
            try {
                candidate = RevocationList.ofDer(java.getEncoded());
            } catch (java.security.cert.CRLException e) {
                continue;
            }
            if (candidate.issuer().compare(certificate.issuer()) == 0
                    && (list == null || timeFault(list) != 0)) { // one that is valid now is better
                list = candidate;
            }
        }
        if (list == null) {
            throw new Fault(3, "unable to get certificate CRL", depth);
        }
        if ((usage(issuer) & CRL_SIGN) == 0) {
            throw new Fault(35, "key usage does not include CRL signing", depth);
        }
        switch (timeFault(list)) {
            case 9 -> throw new Fault(11, "CRL is not yet valid", depth);
            case 10 -> throw new Fault(12, "CRL has expired", depth);
            default -> {}
        }
        if (!list.isSignedBy(issuer.publicKey())) {
            throw new Fault(8, "CRL signature failure", depth);
        }
        for (Revoked revoked : list.revoked()) {
            if (revoked.serial().equals(certificate.serial())) {
                throw new Fault(23, "certificate revoked", depth);
            }
        }
    }

    // ---------------------------------------------------------------- signatures and times

    /** As internal_verify: from the one that is trusted down. */
    private void checkSignatures() throws Fault, CryptoException {
        for (int i = chain.size() - 1; i >= 0; i--) {
            Certificate certificate = chain.get(i);
            boolean top = i == chain.size() - 1;
            if (!top || (flags & CHECK_SS_SIGNATURE) != 0) {
                Key key;
                try {
                    key = chain.get(top ? i : i + 1).publicKey();
                } catch (CryptoException e) {
                    throw new Fault(6, "unable to decode issuer public key", Math.min(i + 1, chain.size() - 1));
                }
                if (!certificate.isSignedBy(key)) {
                    throw new Fault(7, "certificate signature failure", i);
                }
            }
            switch (timeFault(certificate)) {
                case 9 -> throw new Fault(9, "certificate is not yet valid", i);
                case 10 -> throw new Fault(10, "certificate has expired", i);
                default -> {}
            }
        }
    }

    private int timeFault(Certificate certificate) {
        return timeFault(certificate.notBefore(), certificate.notAfter());
    }

    private int timeFault(RevocationList list) {
        Asn1Time next = list.nextUpdate();
        return timeFault(list.lastUpdate(), next == null ? list.lastUpdate() : next, next == null);
    }

    private int timeFault(@Nullable Asn1Time from, @Nullable Asn1Time to) {
        return timeFault(from, to, false);
    }

    /** 9 for too early, 10 for too late, 0 for in time. */
    private int timeFault(@Nullable Asn1Time from, @Nullable Asn1Time to, boolean endless) {
        Instant begin = from == null ? null : from.instant();
        Instant end = to == null ? null : to.instant();
        if (begin == null || begin.isAfter(now)) {
            return 9;
        }
        return endless || (end != null && !end.isBefore(now)) ? 0 : 10;
    }

    // ---------------------------------------------------------------- names

    private void checkNames() throws Fault, CryptoException {
        for (int i = chain.size() - 1; i >= 0; i--) {
            if (i > 0 && isSelfIssued(chain.get(i))) {
                continue;
            }
            for (int j = chain.size() - 1; j > i; j--) {
                Extension constraints = chain.get(j).extension(NAME_CONSTRAINTS);
                if (constraints != null) {
                    checkNames(chain.get(i), constraints, i);
                }
            }
        }
    }

    private static void checkNames(Certificate certificate, Extension extension, int depth)
            throws Fault, CryptoException {
        try {
            NameConstraints constraints = NameConstraints.getInstance(Octets.value(extension.data()));
            PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
            GeneralSubtree[] permitted = constraints.getPermittedSubtrees();
            GeneralSubtree[] excluded = constraints.getExcludedSubtrees();
            if (permitted != null) {
                validator.intersectPermittedSubtree(permitted);
            }
            if (excluded != null) {
                for (GeneralSubtree subtree : excluded) {
                    validator.addExcludedSubtree(subtree);
                }
            }
            List<GeneralName> names = new ArrayList<>();
            if (certificate.subject().components().size() > 0) {
                names.add(new GeneralName(certificate.subject().x500()));
            }
            Extension alternatives = certificate.extension(ALTERNATIVE_NAMES);
            if (alternatives != null) {
                for (ASN1TaggedObject name : GeneralNames.all(Octets.value(alternatives.data()))) {
                    names.add(GeneralName.getInstance(name));
                }
            }
            for (GeneralName name : names) {
                try {
                    validator.checkPermitted(name);
                } catch (NameConstraintValidatorException e) {
                    throw new Fault(47, "permitted subtree violation", depth);
                }
                try {
                    validator.checkExcluded(name);
                } catch (NameConstraintValidatorException e) {
                    throw new Fault(48, "excluded subtree violation", depth);
                }
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new Fault(49, "name constraints minimum and maximum not supported", depth);
        }
    }
}
