package org.euryale.tls;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Reads X.509 certificates. Any thread may call anything. */
public final class Certificates {
    private Certificates() {}

    /**
     * The certificates of a PEM text in their order, other blocks passed over; none when there is none.
     *
     * @throws PemException what is wrong with the text, {@code ASN1_LIB} for a block that is no certificate
     */
    public static List<X509Certificate> read(byte[] pem) throws PemException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Pem.Block block : Pem.blocks(pem)) {
            // TRUSTED CERTIFICATE has OpenSSL's own data behind the certificate; the factory reads the first value
            // only.
            if (List.of("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
                    .contains(block.label())) {
                certificates.add(ofDer(block.content()));
            }
        }
        return certificates;
    }

    /** The certificate of a DER text; {@code ASN1_LIB} when it is none. */
    public static X509Certificate ofDer(byte[] der) throws PemException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new PemException("ASN1_LIB");
        }
    }
}
