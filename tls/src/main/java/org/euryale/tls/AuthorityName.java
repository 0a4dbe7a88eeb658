package org.euryale.tls;

import java.math.BigInteger;
import java.security.Principal;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The name of an authority whose certificates a server wants to see of its clients. JSSE asks a trust manager for
 * certificates, and sends their names, all that it looks at; OpenSSL's SSL_CTX_set_client_CA_list(3) has the names only.
 * So this is a certificate that has a subject and nothing else.
 */
final class AuthorityName extends X509Certificate {
    private static final long serialVersionUID = 1;

    private final X500Principal subject;

    AuthorityName(X500Principal subject) {
        this.subject = subject;
    }

    @Override
    public X500Principal getSubjectX500Principal() {
        return subject;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract, so it has to be there
    public Principal getSubjectDN() {
        return subject;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AuthorityName name && name.subject.equals(subject);
    }

    @Override
    public int hashCode() {
        return subject.hashCode();
    }

    @Override
    public String toString() {
        return subject.getName();
    }

    private static UnsupportedOperationException nameOnly() {
        return new UnsupportedOperationException("a name only");
    }

    @Override
    public void checkValidity() {
        throw nameOnly();
    }

    @Override
    public void checkValidity(Date date) {
        throw nameOnly();
    }

    @Override
    public int getVersion() {
        throw nameOnly();
    }

    @Override
    public BigInteger getSerialNumber() {
        throw nameOnly();
    }

    @Override
    @SuppressWarnings("deprecation") // abstract, so it has to be there
    public Principal getIssuerDN() {
        throw nameOnly();
    }

    @Override
    public Date getNotBefore() {
        throw nameOnly();
    }

    @Override
    public Date getNotAfter() {
        throw nameOnly();
    }

    @Override
    public byte[] getTBSCertificate() {
        throw nameOnly();
    }

    @Override
    public byte[] getSignature() {
        throw nameOnly();
    }

    @Override
    public String getSigAlgName() {
        throw nameOnly();
    }

    @Override
    public String getSigAlgOID() {
        throw nameOnly();
    }

    @Override
    public byte @Nullable [] getSigAlgParams() {
        throw nameOnly();
    }

    @Override
    public boolean @Nullable [] getIssuerUniqueID() {
        throw nameOnly();
    }

    @Override
    public boolean @Nullable [] getSubjectUniqueID() {
        throw nameOnly();
    }

    @Override
    public boolean @Nullable [] getKeyUsage() {
        throw nameOnly();
    }

    @Override
    public int getBasicConstraints() {
        throw nameOnly();
    }

    @Override
    public byte[] getEncoded() {
        throw nameOnly();
    }

    @Override
    public void verify(PublicKey key) {
        throw nameOnly();
    }

    @Override
    public void verify(PublicKey key, String provider) {
        throw nameOnly();
    }

    @Override
    public PublicKey getPublicKey() {
        throw nameOnly();
    }

    @Override
    public boolean hasUnsupportedCriticalExtension() {
        throw nameOnly();
    }

    @Override
    public @Nullable Set<String> getCriticalExtensionOIDs() {
        throw nameOnly();
    }

    @Override
    public @Nullable Set<String> getNonCriticalExtensionOIDs() {
        throw nameOnly();
    }

    @Override
    public byte @Nullable [] getExtensionValue(String oid) {
        throw nameOnly();
    }
}
