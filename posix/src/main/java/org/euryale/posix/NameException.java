package org.euryale.posix;

import java.util.Map;

/**
 * A look-up that failed: with a number of {@code getaddrinfo(3)} (EAI_NONAME ...) or one of {@code gethostbyname(3)}
 * (HOST_NOT_FOUND ...), those of Linux. The texts are glibc's in the C locale. Without a stack trace, as {@link
 * PosixException}.
 */
public final class NameException extends Exception {
    private static final long serialVersionUID = 1L;

    public static final int EAI_BADFLAGS = -1;
    public static final int EAI_NONAME = -2;
    public static final int EAI_AGAIN = -3;
    public static final int EAI_FAIL = -4;
    public static final int EAI_NODATA = -5;
    public static final int EAI_FAMILY = -6;
    public static final int EAI_SOCKTYPE = -7;
    public static final int EAI_SERVICE = -8;
    public static final int EAI_ADDRFAMILY = -9;
    public static final int EAI_MEMORY = -10;
    public static final int EAI_SYSTEM = -11;
    public static final int EAI_OVERFLOW = -12;

    public static final int HOST_NOT_FOUND = 1;
    public static final int TRY_AGAIN = 2;
    public static final int NO_RECOVERY = 3;
    public static final int NO_DATA = 4;

    private static final Map<Integer, String> TEXTS = Map.ofEntries(
            Map.entry(EAI_BADFLAGS, "Bad value for ai_flags"),
            Map.entry(EAI_NONAME, "Name or service not known"),
            Map.entry(EAI_AGAIN, "Temporary failure in name resolution"),
            Map.entry(EAI_FAIL, "Non-recoverable failure in name resolution"),
            Map.entry(EAI_NODATA, "No address associated with hostname"),
            Map.entry(EAI_FAMILY, "ai_family not supported"),
            Map.entry(EAI_SOCKTYPE, "ai_socktype not supported"),
            Map.entry(EAI_SERVICE, "Servname not supported for ai_socktype"),
            Map.entry(EAI_ADDRFAMILY, "Address family for hostname not supported"),
            Map.entry(EAI_MEMORY, "Memory allocation failure"),
            Map.entry(EAI_SYSTEM, "System error"),
            Map.entry(EAI_OVERFLOW, "Argument buffer overflow"));

    private static final Map<Integer, String> HOST_TEXTS = Map.of(
            -1,
            "Resolver internal error",
            0,
            "Resolver Error 0 (no error)",
            HOST_NOT_FOUND,
            "Unknown host",
            TRY_AGAIN,
            "Host name lookup failure",
            NO_RECOVERY,
            "Unknown server error",
            NO_DATA,
            "No address associated with name");

    private final int number;
    private final boolean ofHost;

    private NameException(int number, boolean ofHost, String text) {
        super(text, null, false, false);
        this.number = number;
        this.ofHost = ofHost;
    }

    /** With a number of {@code getaddrinfo(3)}. */
    public static NameException ofAddress(int number) {
        return new NameException(number, false, TEXTS.getOrDefault(number, "Unknown error"));
    }

    /** With a number of {@code gethostbyname(3)}. */
    public static NameException ofHost(int number) {
        return new NameException(number, true, HOST_TEXTS.getOrDefault(number, "Unknown resolver error"));
    }

    public int number() {
        return number;
    }

    /** Whether the number is one of {@code gethostbyname(3)}. */
    public boolean ofHost() {
        return ofHost;
    }

    /** What {@code gai_strerror(3)} or {@code hstrerror(3)} says. */
    public String text() {
        return String.valueOf(getMessage());
    }

    /** The number of {@code getaddrinfo(3)} whose text {@code message} ends with; EAI_NONAME when there is none. */
    static int numberIn(String message) {
        for (Map.Entry<Integer, String> known : TEXTS.entrySet()) {
            if (message.endsWith(known.getValue())) {
                return known.getKey();
            }
        }
        return EAI_NONAME;
    }
}
