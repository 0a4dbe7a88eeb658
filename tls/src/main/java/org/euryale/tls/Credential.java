package org.euryale.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A private key with its certificate and those that lead to a trusted one.
 *
 * @param chain the key's own certificate first
 */
public record Credential(PrivateKey key, List<X509Certificate> chain) {
    /** The signature that shows that two keys are a pair, by the key's algorithm. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "DSA", "SHA256withDSA", "EdDSA", "EdDSA");

    /** Not empty: the JDK's EdDSA (17) refuses its own signature of nothing. */
    private static final byte[] CHALLENGE = {1, 2, 3, 4};

    public Credential {
        chain = List.copyOf(chain);
    }

    /**
     * The credential of a certificate file and a key file, which may be one.
     *
     * @throws PemException {@code NO_START_LINE} when there is no certificate or no key, {@code KEY_VALUES_MISMATCH} when the
     *     key is another's, {@code KEY_TYPE_MISMATCH} when it is of another kind, or what is wrong with one of them
     */
    public static Credential read(byte[] certificates, byte[] key, @Nullable Passphrase passphrase)
            throws PemException {
        List<X509Certificate> chain = Certificates.read(certificates);
        if (chain.isEmpty()) {
            throw new PemException("NO_START_LINE");
        }
        Credential credential = new Credential(PrivateKeys.read(key, passphrase), chain);
        credential.check();
        return credential;
    }

    /** {@code RSA}, {@code EC}, {@code EdDSA} …: a context has one credential of each. */
    String algorithm() {
        return chain.get(0).getPublicKey().getAlgorithm();
    }

    /**
     * Whether the key is the certificate's.
     *
     * @throws PemException {@code KEY_VALUES_MISMATCH} when the key is another's, {@code KEY_TYPE_MISMATCH} when it is of another
     *     kind
     */
    public void check() throws PemException {
        PublicKey certified = chain.get(0).getPublicKey();
        if (!certified.getAlgorithm().equals(key.getAlgorithm())) {
            throw new PemException("KEY_TYPE_MISMATCH");
        }
        String name = SIGNATURES.get(key.getAlgorithm());
        if (name == null) {
            return; // RSASSA-PSS keys carry parameters of their own; the handshake will tell
        }
        try {
            Signature signer = Signature.getInstance(name);
            signer.initSign(key);
            signer.update(CHALLENGE);
            byte[] signed = signer.sign();
            Signature verifier = Signature.getInstance(name);
            verifier.initVerify(certified);
            verifier.update(CHALLENGE);
            if (!verifier.verify(signed)) {
                throw new PemException("KEY_VALUES_MISMATCH");
            }
        } catch (GeneralSecurityException e) {
            throw new PemException("KEY_VALUES_MISMATCH");
        }
    }

    /** The name in the certificate only. */
    @Override
    public String toString() {
        return chain.get(0).getSubjectX500Principal().getName();
    }
}
