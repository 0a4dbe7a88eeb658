package org.euryale.tls;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import javax.security.auth.x500.X500Principal;

/**
 * The names in a certificate, as they were written: the JDK's own methods give them in RFC 2253's text, which cannot be taken
 * apart again. What is malformed is left out, as OpenSSL's printing functions do. Any thread may call anything.
 */
public final class CertificateNames {
    private static final String SUBJECT_ALTERNATIVES = "2.5.29.17";
    private static final String DISTRIBUTION_POINTS = "2.5.29.31";
    private static final String AUTHORITY_ACCESS = "1.3.6.1.5.5.7.1.1";

    /** Ways to get at an issuer (RFC 5280, 4.2.2.1). */
    public static final String OCSP = "1.3.6.1.5.5.7.48.1";

    public static final String ISSUERS = "1.3.6.1.5.5.7.48.2";

    private static final int CONTEXT_CONSTRUCTED = 0xA0;

    /** Context-specific, number 6. */
    private static final int URI = 0x86;

    private static final int UTF8_STRING = 0x0C;
    private static final int UNIVERSAL_STRING = 0x1C;
    private static final int BMP_STRING = 0x1E;

    private CertificateNames() {}

    /** A distinguished name: its parts in their order, each of one attribute or more. */
    public static List<List<NameAttribute>> of(X500Principal name) {
        try {
            return parts(Der.of(name.getEncoded()));
        } catch (PemException e) {
            return List.of();
        }
    }

    private static List<List<NameAttribute>> parts(Der name) throws PemException {
        List<List<NameAttribute>> parts = new ArrayList<>();
        for (Der set : name.as(Der.SEQUENCE).parts()) {
            List<NameAttribute> attributes = new ArrayList<>();
            for (Der attribute : set.as(Der.SET).parts()) {
                attributes.add(new NameAttribute(attribute.part(0).oidValue(), text(attribute.part(1))));
            }
            parts.add(List.copyOf(attributes));
        }
        return List.copyOf(parts);
    }

    /** A string of one of ASN.1's types. T61String is read as Latin-1, as OpenSSL does. */
    private static String text(Der string) {
        Charset charset = switch (string.tag()) {
            case UTF8_STRING -> StandardCharsets.UTF_8;
            case BMP_STRING -> StandardCharsets.UTF_16BE;
            case UNIVERSAL_STRING -> Charset.forName("UTF-32BE");
            default -> StandardCharsets.ISO_8859_1;
        };
        return charset.decode(ByteBuffer.wrap(string.content())).toString();
    }

    /** The alternative names of a certificate's subject. */
    public static List<GeneralName> alternatives(X509Certificate certificate) {
        List<GeneralName> names = new ArrayList<>();
        for (Der name : values(certificate, SUBJECT_ALTERNATIVES)) {
            GeneralName.Kind kind = GeneralName.Kind.tagged(name.tag() & 0x1F);
            if (kind != null) {
                try {
                    names.add(alternative(kind, name));
                } catch (PemException malformed) { // left out
                }
            }
        }
        return names;
    }

    private static GeneralName alternative(GeneralName.Kind kind, Der name) throws PemException {
        String text = "";
        List<List<NameAttribute>> directory = List.of();
        switch (kind) {
            case EMAIL, DNS, URI -> text = new String(name.content(), StandardCharsets.ISO_8859_1);
            case ADDRESS -> text = address(name.content());
            case REGISTERED -> text = new Der(Der.OID, name.content()).oidValue();
            case DIRECTORY -> directory = parts(name.part(0));
            default -> text = "";
        }
        return new GeneralName(kind, text, directory);
    }

    /** As OpenSSL writes it: nothing of an IPv6 address is left out. */
    private static String address(byte[] octets) {
        if (octets.length == 4) {
            return (octets[0] & 0xFF) + "." + (octets[1] & 0xFF) + "." + (octets[2] & 0xFF) + "." + (octets[3] & 0xFF);
        }
        if (octets.length != 16) {
            return "<invalid>";
        }
        StringJoiner groups = new StringJoiner(":");
        for (int i = 0; i < octets.length; i += 2) {
            groups.add(String.format("%X", (octets[i] & 0xFF) << 8 | (octets[i + 1] & 0xFF)));
        }
        return groups.toString();
    }

    /** The URIs of a way to get at a certificate's issuer: {@link #OCSP} or {@link #ISSUERS}. */
    public static List<String> access(X509Certificate certificate, String method) {
        List<String> found = new ArrayList<>();
        for (Der description : values(certificate, AUTHORITY_ACCESS)) {
            try {
                if (description.part(0).oidValue().equals(method)) {
                    addUri(found, description.part(1));
                }
            } catch (PemException malformed) { // left out
            }
        }
        return found;
    }

    /** The URIs of a certificate's revocation lists. */
    public static List<String> revocationLists(X509Certificate certificate) {
        List<String> found = new ArrayList<>();
        for (Der point : values(certificate, DISTRIBUTION_POINTS)) {
            try {
                for (Der field : point.parts()) {
                    // DistributionPoint's [0] is the name, which is a choice: its [0] are the full names.
                    if (field.tag() == CONTEXT_CONSTRUCTED && field.part(0).tag() == CONTEXT_CONSTRUCTED) {
                        for (Der name : field.part(0).parts()) {
                            addUri(found, name);
                        }
                    }
                }
            } catch (PemException malformed) { // left out
            }
        }
        return found;
    }

    private static void addUri(List<String> found, Der name) {
        if (name.tag() == URI) {
            found.add(new String(name.content(), StandardCharsets.ISO_8859_1));
        }
    }

    /** The values in the sequence that an extension is; none when the certificate has it not. */
    private static List<Der> values(X509Certificate certificate, String extension) {
        byte[] octets = certificate.getExtensionValue(extension);
        if (octets == null) {
            return List.of();
        }
        try {
            return Der.of(Der.of(octets).as(Der.OCTET_STRING).content())
                    .as(Der.SEQUENCE)
                    .parts();
        } catch (PemException e) {
            return List.of();
        }
    }
}
