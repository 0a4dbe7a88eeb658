package org.euryale.tls;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cipher suite as OpenSSL knows it.
 *
 * @param code its number in the protocol, 0 to 0xFFFF
 * @param name OpenSSL's name, {@code ECDHE-RSA-AES256-GCM-SHA384}
 * @param standardName IANA's name, {@code TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}
 * @param version the first version of the protocol that has it, as OpenSSL writes it: {@code TLSv1.2}
 * @param bits the length of its key in bits; 0 when it does not encrypt
 * @param words the words of a cipher string that mean it; none for TLS 1.3's
 */
public record CipherSuite(int code, String name, String standardName, String version, int bits, Set<String> words) {
    /** Whether it is the suite of the same number. (A record's own is made of six comparisons at the first call, which takes a start long.) */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CipherSuite suite && suite.code == code;
    }

    @Override
    public int hashCode() {
        return code;
    }

    /** Whether it belongs to TLS 1.3, whose suites no cipher string chooses. */
    public boolean isTls13() {
        return version.equals("TLSv1.3");
    }
}
