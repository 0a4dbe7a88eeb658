package org.euryale.jython;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.euryale.tls.CertificateNames;
import org.euryale.tls.GeneralName;
import org.euryale.tls.NameAttribute;
import org.euryale.tls.ObjectName;
import org.python.core.Py;
import org.python.core.PyDictionary;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;

/** A certificate as {@code getpeercert()} shows it (_decode_certificate of CPython's _ssl.c). */
final class CertificateDict {
    /** ASN1_TIME_print(3). */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "MMM ppd HH:mm:ss yyyy 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** keyCertSign among the bits of KeyUsage (RFC 5280, 4.2.1.3). */
    private static final int KEY_CERT_SIGN = 5;

    private CertificateDict() {}

    static PyObject der(X509Certificate certificate) {
        try {
            return new PyString(new String(certificate.getEncoded(), StandardCharsets.ISO_8859_1));
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e); // it was read from this very encoding
        }
    }

    static PyObject of(X509Certificate certificate) {
        PyDictionary shown = new PyDictionary();
        put(shown, "subject", name(CertificateNames.of(certificate.getSubjectX500Principal())));
        put(shown, "issuer", name(CertificateNames.of(certificate.getIssuerX500Principal())));
        put(shown, "version", Py.newInteger(certificate.getVersion()));
        put(shown, "serialNumber", new PyString(serial(certificate.getSerialNumber())));
        put(shown, "notBefore", time(certificate.getNotBefore()));
        put(shown, "notAfter", time(certificate.getNotAfter()));
        List<PyObject> alternatives = new ArrayList<>();
        for (GeneralName other : CertificateNames.alternatives(certificate)) {
            alternatives.add(new PyTuple(new PyString(other.kind().shown()), value(other)));
        }
        putUnlessEmpty(shown, "subjectAltName", alternatives);
        putUnlessEmpty(shown, "OCSP", strings(CertificateNames.access(certificate, CertificateNames.OCSP)));
        putUnlessEmpty(shown, "caIssuers", strings(CertificateNames.access(certificate, CertificateNames.ISSUERS)));
        putUnlessEmpty(shown, "crlDistributionPoints", strings(CertificateNames.revocationLists(certificate)));
        return shown;
    }

    /** X509_check_ca(3): whether it may sign others, for all that is said in it. */
    static boolean maySign(X509Certificate certificate) {
        if (certificate.getExtensionValue("2.5.29.19") != null) {
            return certificate.getBasicConstraints() >= 0;
        }
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null) {
            return usage[KEY_CERT_SIGN];
        }
        return certificate.getVersion() == 1
                && certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private static void put(PyDictionary shown, String key, PyObject value) {
        shown.__setitem__(key, value);
    }

    private static void putUnlessEmpty(PyDictionary shown, String key, List<PyObject> values) {
        if (!values.isEmpty()) {
            put(shown, key, new PyTuple(values.toArray(PyObject[]::new)));
        }
    }

    private static PyObject name(List<List<NameAttribute>> parts) {
        return tuple(
                parts,
                part -> tuple(
                        part,
                        attribute -> new PyTuple(
                                new PyString(ObjectName.text(attribute.oid())), Py.newUnicode(attribute.value()))));
    }

    private interface Shows<T> {
        PyObject of(T value);
    }

    private static <T> PyTuple tuple(List<T> values, Shows<T> shows) {
        return new PyTuple(values.stream().map(shows::of).toArray(PyObject[]::new));
    }

    private static PyObject value(GeneralName name) {
        return switch (name.kind()) {
            case DIRECTORY -> name(name.directory());
            case OTHER, X400, EDI -> new PyString("<unsupported>");
            // GENERAL_NAME_print(3) ends an IPv6 address with a new line, and CPython 2.7 leaves it.
            case ADDRESS -> new PyString(name.text().indexOf(':') < 0 ? name.text() : name.text() + "\n");
            default -> new PyString(name.text());
        };
    }

    private static List<PyObject> strings(List<String> texts) {
        return texts.stream().<PyObject>map(PyString::new).toList();
    }

    /** i2a_ASN1_INTEGER(3): pairs of hexadecimal digits. */
    private static String serial(BigInteger number) {
        String digits = number.abs().toString(16).toUpperCase(Locale.ROOT);
        return (number.signum() < 0 ? "-" : "") + (digits.length() % 2 == 0 ? "" : "0") + digits;
    }

    private static PyObject time(Date date) {
        return new PyString(TIME.format(date.toInstant()));
    }
}
