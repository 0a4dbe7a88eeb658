package org.euryale.openssl;

import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.euryale.tls.ObjectName;

/** The elliptic curves that keys may be on. */
public final class Curves {
    /** Russia's standards, whose curves are no ordinary ones to OpenSSL. */
    private static final String GOST = "1.2.643.";

    private Curves() {}

    /** Their names in OpenSSL (EC_get_builtin_curves(3)). */
    public static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Enumeration<?> all = ECNamedCurveTable.getNames(); all.hasMoreElements(); ) {
            ASN1ObjectIdentifier oid = ECNamedCurveTable.getOID(String.valueOf(all.nextElement()));
            ObjectName known = oid == null || oid.getId().startsWith(GOST) ? null : ObjectName.ofOid(oid.getId());
            if (known != null && !names.contains(known.shortName())) {
                names.add(known.shortName());
            }
        }
        return names;
    }
}
