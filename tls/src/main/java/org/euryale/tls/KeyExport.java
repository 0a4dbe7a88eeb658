package org.euryale.tls;

import java.lang.reflect.Method;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Keying material of a session for the program (RFC 5705), which the JDK exports from 25 on. */
final class KeyExport {
    private KeyExport() {}

    /** Throws UnsupportedOperationException where the JDK has no such call, or no such keys. */
    static byte[] of(SSLSession session, String label, byte @Nullable [] context, int length) {
        try {
            Method export = ExtendedSSLSession.class.getMethod(
                    "exportKeyingMaterialData", String.class, byte[].class, int.class);
            return (byte[]) export.invoke(session, label, context, length);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("the JDK exports no keying material", e);
        }
    }
}
