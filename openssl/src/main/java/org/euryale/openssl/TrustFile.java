package org.euryale.openssl;

import org.euryale.tls.PemException;
import org.euryale.tls.TrustStore;

/** Files of certificates that are trusted, with OpenSSL's errors. */
public final class TrustFile {
    private TrustFile() {}

    /** Adds the certificates and the revocation lists of a PEM text (X509_load_cert_crl_file(3)). */
    public static void read(TrustStore store, byte[] pem) throws CryptoException {
        try {
            store.addPem(pem);
        } catch (PemException e) {
            throw new CryptoException(
                    "x509 certificate routines", "X509_load_cert_crl_file", "no certificate or crl found");
        }
    }
}
