package org.euryale.openssl;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.euryale.tls.ObjectName;
import org.jspecify.annotations.Nullable;

/** The texts that OpenSSL's commands show of certificates, requests, lists and keys: X509_print(3) and its kin of 1.1.1. */
public final class Texts {
    private static final int BYTES_A_LINE = 15;
    private static final int SIGNATURE_BYTES_A_LINE = 18;

    /** NIST's names of curves. */
    private static final Map<String, String> NIST = Map.of(
            "prime192v1",
            "P-192",
            "secp224r1",
            "P-224",
            "prime256v1",
            "P-256",
            "secp384r1",
            "P-384",
            "secp521r1",
            "P-521");

    private Texts() {}

    /** {@code openssl x509 -text}. */
    public static byte[] of(Certificate certificate) throws CryptoException {
        StringBuilder text = new StringBuilder("Certificate:\n    Data:\n");
        version(text, certificate.version());
        text.append("        Serial Number:");
        serial(text, certificate.serial());
        text.append("        Signature Algorithm: ")
                .append(algorithm(certificate.signedBy()))
                .append('\n');
        text.append("        Issuer: ").append(certificate.issuer().plain()).append('\n');
        text.append("        Validity\n            Not Before: ").append(time(certificate.notBefore()));
        text.append("\n            Not After : ").append(time(certificate.notAfter()));
        text.append("\n        Subject: ").append(certificate.subject().plain()).append('\n');
        key(text, certificate.publicInfo());
        if (!certificate.extensions().isEmpty()) {
            text.append("        X509v3 extensions:\n");
            ExtensionText.print(text, certificate.extensions(), 12);
        }
        signature(text, certificate);
        return latin1(text);
    }

    /** {@code openssl req -text}. */
    public static byte[] of(Request request) throws CryptoException {
        StringBuilder text = new StringBuilder("Certificate Request:\n    Data:\n");
        version(text, request.version());
        text.append("        Subject: ").append(request.subject().plain()).append('\n');
        key(text, request.publicInfo());
        text.append("        Attributes:\n");
        if (request.attributes().isEmpty()) {
            text.append("            a0:00\n");
        }
        for (ASN1Encodable attribute : request.attributes()) {
            if (!Request.hasExtensions(attribute)) {
                attribute(text, ASN1Sequence.getInstance(attribute));
            }
        }
        List<Extension> extensions = request.extensions();
        if (!extensions.isEmpty()) {
            text.append("        Requested Extensions:\n");
            ExtensionText.print(text, extensions, 12);
        }
        signature(text, request);
        return latin1(text);
    }

    private static void attribute(StringBuilder text, ASN1Sequence attribute) {
        String name = ObjectName.text(
                ASN1ObjectIdentifier.getInstance(attribute.getObjectAt(0)).getId());
        for (ASN1Encodable value : ASN1Set.getInstance(attribute.getObjectAt(1))) {
            text.append("            ").append(name).append(" ".repeat(Math.max(0, 25 - name.length())));
            text.append(':').append(value instanceof ASN1String ? Octets.text(value) : "unable to print attribute");
            text.append('\n');
        }
    }

    /** {@code openssl crl -text}. */
    public static byte[] of(RevocationList list) throws CryptoException {
        StringBuilder text = new StringBuilder("Certificate Revocation List (CRL):\n");
        version(text, list.version(), "");
        text.append("        Signature Algorithm: ").append(algorithm(list.algorithm()));
        text.append("\n        Issuer: ").append(list.issuer().plain());
        text.append("\n        Last Update: ").append(time(list.lastUpdate()));
        text.append("\n        Next Update: ").append(list.nextUpdate() == null ? "NONE" : time(list.nextUpdate()));
        text.append('\n');
        if (!list.extensions().isEmpty()) {
            text.append("        CRL extensions:\n");
            ExtensionText.print(text, list.extensions(), 12);
        }
        text.append(list.revoked().isEmpty() ? "No Revoked Certificates.\n" : "Revoked Certificates:\n");
        for (Revoked revoked : list.revoked()) {
            text.append("    Serial Number: ").append(hexadecimal(revoked.serial()));
            text.append("\n        Revocation Date: ")
                    .append(time(revoked.time()))
                    .append('\n');
            if (!revoked.extensions().isEmpty()) {
                text.append("        CRL entry extensions:\n");
                ExtensionText.print(text, revoked.extensions(), 12);
            }
        }
        signature(text, list);
        return latin1(text);
    }

    /** {@code openssl rsa -text}: the numbers of an RSA pair; null for another key. */
    public static byte @Nullable [] of(Key key) {
        if (key.privateKey() instanceof RSAPrivateCrtKey rsa) {
            StringBuilder text = new StringBuilder("RSA Private-Key: (" + key.bits() + " bit, 2 primes)\n");
            number(text, "modulus:", rsa.getModulus(), 0);
            number(text, "publicExponent:", rsa.getPublicExponent(), 0);
            number(text, "privateExponent:", rsa.getPrivateExponent(), 0);
            number(text, "prime1:", rsa.getPrimeP(), 0);
            number(text, "prime2:", rsa.getPrimeQ(), 0);
            number(text, "exponent1:", rsa.getPrimeExponentP(), 0);
            number(text, "exponent2:", rsa.getPrimeExponentQ(), 0);
            number(text, "coefficient:", rsa.getCrtCoefficient(), 0);
            return latin1(text);
        }
        if (key.publicKey() instanceof RSAPublicKey rsa) {
            StringBuilder text = new StringBuilder("RSA Public-Key: (" + key.bits() + " bit)\n");
            number(text, "Modulus:", rsa.getModulus(), 0);
            number(text, "Exponent:", rsa.getPublicExponent(), 0);
            return latin1(text);
        }
        return null;
    }

    /** A serial number of a revocation list: pairs of digits (i2a_ASN1_INTEGER(3)). */
    public static String hexadecimal(BigInteger number) {
        if (number.signum() == 0) {
            return "00";
        }
        String digits = number.abs().toString(16).toUpperCase(Locale.ROOT);
        return (number.signum() < 0 ? "-" : "") + (digits.length() % 2 == 0 ? "" : "0") + digits;
    }

    private static byte[] latin1(StringBuilder text) {
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void version(StringBuilder text, BigInteger version) {
        version(text, version, ":");
    }

    private static void version(StringBuilder text, BigInteger version, String colon) {
        text.append("        Version")
                .append(colon)
                .append(' ')
                .append(version.add(BigInteger.ONE))
                .append(" (0x")
                .append(version.toString(16))
                .append(")\n");
    }

    private static void serial(StringBuilder text, BigInteger serial) {
        boolean negative = serial.signum() < 0;
        String sign = negative ? "-" : "";
        BigInteger size = serial.abs();
        if (serial.bitLength() < Long.SIZE) {
            text.append(' ')
                    .append(serial)
                    .append(" (")
                    .append(sign)
                    .append("0x")
                    .append(size.toString(16));
            text.append(")\n");
        } else {
            text.append("\n            ").append(negative ? " (Negative)" : "");
            text.append(Octets.hex(unsigned(size), ":").toLowerCase(Locale.ROOT))
                    .append('\n');
        }
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 && bytes.length > 1 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    private static String algorithm(@Nullable AlgorithmIdentifier algorithm) {
        return algorithm == null
                ? "NULL"
                : ObjectName.text(algorithm.getAlgorithm().getId());
    }

    private static String time(@Nullable Asn1Time time) {
        return time == null ? "Bad time value" : time.printed();
    }

    private static void key(StringBuilder text, @Nullable SubjectPublicKeyInfo info) {
        text.append("        Subject Public Key Info:\n            Public Key Algorithm: ")
                .append(algorithm(info == null ? null : info.getAlgorithm()))
                .append('\n');
        PublicKey key;
        Key read;
        try {
            if (info == null) {
                throw CryptoException.asn1("x509_pubkey_decode", "unsupported algorithm");
            }
            read = Key.ofPublic(info);
            key = read.publicKey();
        } catch (CryptoException e) {
            text.append("            Unable to load Public Key\n");
            return;
        }
        String blanks = " ".repeat(16);
        if (key instanceof RSAPublicKey rsa) {
            text.append(blanks).append("RSA Public-Key: (").append(read.bits()).append(" bit)\n");
            number(text, "Modulus:", rsa.getModulus(), 16);
            number(text, "Exponent:", rsa.getPublicExponent(), 16);
        } else if (key instanceof DSAPublicKey dsa) {
            number(text, "pub: ", dsa.getY(), 16);
            number(text, "P:   ", dsa.getParams().getP(), 16);
            number(text, "Q:   ", dsa.getParams().getQ(), 16);
            number(text, "G:   ", dsa.getParams().getG(), 16);
        } else if (read.algorithm().equals("EC")) {
            text.append(blanks).append("Public-Key: (").append(read.bits()).append(" bit)\n");
            text.append(blanks).append("pub:\n");
            lines(text, info.getPublicKeyData().getOctets(), 20);
            if (info.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve) {
                ObjectName known = ObjectName.ofOid(curve.getId());
                String name = known == null ? curve.getId() : known.shortName();
                text.append(blanks).append("ASN1 OID: ").append(name).append('\n');
                if (NIST.containsKey(name)) {
                    text.append(blanks)
                            .append("NIST CURVE: ")
                            .append(NIST.get(name))
                            .append('\n');
                }
            }
        } else {
            text.append(blanks)
                    .append(read.algorithm().toUpperCase(Locale.ROOT))
                    .append(" Public-Key:\n");
            text.append(blanks).append("pub:\n");
            lines(text, info.getPublicKeyData().getOctets(), 20);
        }
    }

    private static void number(StringBuilder text, String name, BigInteger number, int indent) {
        text.append(" ".repeat(indent)).append(name);
        if (number.bitLength() <= Long.SIZE) {
            text.append(' ')
                    .append(number)
                    .append(" (0x")
                    .append(number.toString(16))
                    .append(")\n");
        } else {
            text.append('\n');
            lines(text, number.toByteArray(), indent + 4);
        }
    }

    private static void lines(StringBuilder text, byte[] bytes, int indent) {
        for (int i = 0; i < bytes.length; i++) {
            if (i % BYTES_A_LINE == 0) {
                text.append(i == 0 ? "" : "\n").append(" ".repeat(indent));
            }
            text.append(String.format("%02x", bytes[i] & 0xFF)).append(i == bytes.length - 1 ? "" : ":");
        }
        text.append('\n');
    }

    private static void signature(StringBuilder text, Signed signed) {
        text.append("    Signature Algorithm: ").append(algorithm(signed.algorithm()));
        byte[] bytes = signed.signature();
        for (int i = 0; i < bytes.length; i++) {
            if (i % SIGNATURE_BYTES_A_LINE == 0) {
                text.append("\n         ");
            }
            text.append(String.format("%02x", bytes[i] & 0xFF)).append(i == bytes.length - 1 ? "" : ":");
        }
        text.append('\n');
    }
}
