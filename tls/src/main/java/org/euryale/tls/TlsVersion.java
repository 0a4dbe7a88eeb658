package org.euryale.tls;

import org.jspecify.annotations.Nullable;

/** Versions of the protocol, the oldest first. A JDK forbids the first two unless {@code jdk.tls.disabledAlgorithms} says otherwise. */
public enum TlsVersion {
    TLS_1_0("TLSv1", 0x301),
    TLS_1_1("TLSv1.1", 0x302),
    TLS_1_2("TLSv1.2", 0x303),
    TLS_1_3("TLSv1.3", 0x304);

    private final String text;
    private final int number;

    TlsVersion(String text, int number) {
        this.text = text;
        this.number = number;
    }

    /** Its name, which OpenSSL and the JDK share. */
    public String text() {
        return text;
    }

    /** Its number in the protocol. */
    public int number() {
        return number;
    }

    static @Nullable TlsVersion named(String text) {
        for (TlsVersion version : values()) {
            if (version.text.equals(text)) {
                return version;
            }
        }
        return null;
    }
}
