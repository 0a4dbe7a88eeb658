package org.euryale.tls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
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

    /**
     * The revocation lists of a PEM text in their order, other blocks passed over; none when there is none.
     *
     * @throws PemException what is wrong with the text, {@code ASN1_LIB} for a block that is no list
     */
    public static List<X509CRL> readRevocations(byte[] pem) throws PemException {
        List<X509CRL> lists = new ArrayList<>();
        for (Pem.Block block : Pem.blocks(pem)) {
            if (block.label().equals("X509 CRL")) {
                try {
                    CertificateFactory factory = CertificateFactory.getInstance("X.509");
                    lists.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(block.content())));
                } catch (GeneralSecurityException e) {
                    throw new PemException("ASN1_LIB");
                }
            }
        }
        return lists;
    }

    /** The certificate of a DER text; {@code ASN1_LIB} when it is none. */
    public static X509Certificate ofDer(byte[] der) throws PemException {
        return next(new ByteArrayInputStream(der));
    }

    /** The certificates that stand one after another in a DER text; {@code ASN1_LIB} when one of them is none. */
    public static List<X509Certificate> ofDers(byte[] der) throws PemException {
        List<X509Certificate> certificates = new ArrayList<>();
        ByteArrayInputStream left = new ByteArrayInputStream(der);
        while (left.available() > 0) {
            certificates.add(next(left));
        }
        return certificates;
    }

    private static X509Certificate next(ByteArrayInputStream der) throws PemException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(der);
        } catch (CertificateException e) {
            throw new PemException("ASN1_LIB");
        }
    }
}
