package org.euryale.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that a context trusts, OpenSSL's X509_STORE. Any thread may call anything; what is added counts for
 * handshakes that come to the peer's certificate later.
 */
public final class TrustStore {
    /** Where systems have their certificates in one file: Debian and Alpine, Fedora and its kin, macOS and the BSDs. */
    private static final List<Path> BUNDLES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private final Set<X509Certificate> certificates = new LinkedHashSet<>();
    private final Set<X509CRL> revocations = new LinkedHashSet<>();
    private final List<HashedDirectory> directories = new ArrayList<>();

    /** Trusts a certificate; one that is trusted already is no error. */
    public synchronized void add(X509Certificate certificate) {
        certificates.add(certificate);
    }

    /** Keeps a list of what an issuer has revoked, for verifiers that are to look there. */
    public synchronized void add(X509CRL revoked) {
        revocations.add(revoked);
    }

    /**
     * Trusts the certificates of a PEM text, and keeps its revocation lists.
     *
     * @throws PemException {@code NO_CERTIFICATE_OR_CRL_FOUND} when there is neither, or what is wrong with it
     */
    public void addPem(byte[] pem) throws PemException {
        List<X509Certificate> read = Certificates.read(pem);
        List<X509CRL> revoked = Certificates.readRevocations(pem);
        if (read.isEmpty() && revoked.isEmpty()) {
            throw new PemException("NO_CERTIFICATE_OR_CRL_FOUND");
        }
        read.forEach(this::add);
        revoked.forEach(this::add);
    }

    /**
     * Trusts what is in a directory of {@code openssl rehash}. It is looked into when an issuer is wanted, so it need not
     * exist yet, and what comes into it later counts.
     */
    public synchronized void addDirectory(Path directory) {
        directories.add(new HashedDirectory(directory));
    }

    /**
     * Trusts what OpenSSL would on this machine: {@code SSL_CERT_FILE} and {@code SSL_CERT_DIR}, and for either that is not
     * set the system's bundle and directory. A file that is not there or cannot be read is passed over, as OpenSSL does.
     *
     * @return whether a file or a directory was there
     */
    public boolean addSystem() {
        return addSystem(System.getenv("SSL_CERT_FILE"), System.getenv("SSL_CERT_DIR"));
    }

    /** As {@link #addSystem()}, with what the two variables say; null for one that is not set. */
    public boolean addSystem(@Nullable String file, @Nullable String directory) {
        boolean found = false;
        for (Path bundle : file != null ? List.of(Path.of(file)) : BUNDLES) {
            if (Files.isReadable(bundle)) {
                try {
                    addPem(Files.readAllBytes(bundle));
                    found = true;
                    break;
                } catch (IOException | PemException passedOver) { // another place may have one
                }
            }
        }
        // The variable is a list, as PATH is.
        for (String name :
                Objects.requireNonNullElse(directory, "/etc/ssl/certs").split(":", -1)) {
            if (!name.isEmpty() && Files.isDirectory(Path.of(name))) {
                addDirectory(Path.of(name));
                found = true;
            }
        }
        return found;
    }

    /** Trusts what the JDK trusts: its {@code cacerts}, or what {@code javax.net.ssl.trustStore} names. */
    public void addJdk() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager trusting) {
                    List.of(trusting.getAcceptedIssuers()).forEach(this::add);
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // the JDK's own store is unreadable: no program can go on
        }
    }

    /** The certificates that were added one by one or by file; a directory's are not listed, as in OpenSSL. */
    public synchronized List<X509Certificate> certificates() {
        return List.copyOf(certificates);
    }

    /** The revocation lists that were added. */
    public synchronized List<X509CRL> revocations() {
        return List.copyOf(revocations);
    }

    /** Whether this very certificate is trusted. */
    boolean contains(X509Certificate certificate) {
        return named(certificate.getSubjectX500Principal()).contains(certificate);
    }

    /** The trusted certificates of a name, those added first. */
    public List<X509Certificate> named(X500Principal subject) {
        List<X509Certificate> found = new ArrayList<>();
        List<HashedDirectory> asked;
        synchronized (this) {
            for (X509Certificate certificate : certificates) {
                if (certificate.getSubjectX500Principal().equals(subject)) {
                    found.add(certificate);
                }
            }
            asked = List.copyOf(directories);
        }
        for (HashedDirectory directory : asked) {
            found.addAll(directory.named(subject));
        }
        return found;
    }
}
