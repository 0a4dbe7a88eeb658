package org.euryale.jython;

import java.net.UnknownHostException;
import java.util.Map;

/** The error numbers and texts of getaddrinfo(3) on Linux. */
final class Resolver {
    static final int EAI_NONAME = -2;
    static final int EAI_AGAIN = -3;
    static final int EAI_FAIL = -4;
    static final int EAI_NODATA = -5;
    static final int EAI_FAMILY = -6;
    static final int EAI_SOCKTYPE = -7;
    static final int EAI_SERVICE = -8;
    static final int EAI_ADDRFAMILY = -9;

    private static final Map<Integer, String> TEXTS = Map.of(
            EAI_NONAME, "Name or service not known",
            EAI_AGAIN, "Temporary failure in name resolution",
            EAI_FAIL, "Non-recoverable failure in name resolution",
            EAI_NODATA, "No address associated with hostname",
            EAI_FAMILY, "ai_family not supported",
            EAI_SOCKTYPE, "ai_socktype not supported",
            EAI_SERVICE, "Servname not supported for ai_socktype",
            EAI_ADDRFAMILY, "Address family for hostname not supported");

    private Resolver() {}

    static String text(int code) {
        return TEXTS.getOrDefault(code, "Unknown error");
    }

    /** The JDK says "host: text", with the text of gai_strerror(3); without one the name is unknown. */
    static int code(UnknownHostException e) {
        String message = String.valueOf(e.getMessage());
        for (Map.Entry<Integer, String> known : TEXTS.entrySet()) {
            if (message.endsWith(known.getValue())) {
                return known.getKey();
            }
        }
        return EAI_NONAME;
    }
}
