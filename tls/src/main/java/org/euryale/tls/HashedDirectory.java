package org.euryale.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * A directory whose files are named by the hash of their certificate's subject, {@code 1d3472b9.0}, as {@code openssl rehash}
 * makes them. Files are read when they are asked for.
 */
record HashedDirectory(Path directory) {
    /** The certificates of a subject; a file that is not readable or is no certificate is passed over. */
    List<X509Certificate> named(X500Principal subject) {
        List<X509Certificate> found = new ArrayList<>();
        String hash = CanonicalName.hash(subject.getEncoded());
        for (int i = 0; ; i++) {
            Path file = directory.resolve(hash + "." + i);
            if (!Files.exists(file)) {
                return found;
            }
            try {
                for (X509Certificate certificate : Certificates.read(Files.readAllBytes(file))) {
                    if (certificate.getSubjectX500Principal().equals(subject)) {
                        found.add(certificate);
                    }
                }
            } catch (IOException | PemException passedOver) { // the next one may do
            }
        }
    }
}
