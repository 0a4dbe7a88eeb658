package org.euryale.jython;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.euryale.tls.Alert;
import org.euryale.tls.Revocation;
import org.euryale.tls.TlsConnection;
import org.euryale.tls.TlsContext;
import org.euryale.tls.TlsVersion;
import org.euryale.tls.Verification;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PyType;

/**
 * A {@code _ssl._SSLContext}: what CPython's _ssl.c keeps beside OpenSSL's SSL_CTX. Its methods are in {@link
 * SslContextMethods}. Any thread may call anything.
 */
final class PySslContext extends ClassInstance {
    private static final long serialVersionUID = 1L;

    static final int CERT_NONE = 0;
    static final int CERT_OPTIONAL = 1;
    static final int CERT_REQUIRED = 2;

    /** X509_V_FLAG_TRUSTED_FIRST, which is what ChainVerifier does in any case. */
    private static final int TRUSTED_FIRST = 0x8000;

    private static final int CRL_CHECK_LEAF = 0x4;
    private static final int CRL_CHECK_CHAIN = 0xc;

    /** The versions that may be chosen by number; TLS is any that the JDK allows, 1.2 and later unless it was told otherwise. */
    private static final int PROTOCOL_TLS = 2;

    private static final int PROTOCOL_TLSV1 = 3;
    private static final int PROTOCOL_TLSV1_1 = 4;
    private static final int PROTOCOL_TLSV1_2 = 5;

    private static final long OP_CIPHER_SERVER_PREFERENCE = 0x400000;

    /** OP_NO_TLSv1 and its like, by the version. */
    private static final Map<TlsVersion, Long> FORBIDDING = Map.of(
            TlsVersion.TLS_1_0, 0x4000000L,
            TlsVersion.TLS_1_1, 0x10000000L,
            TlsVersion.TLS_1_2, 0x8000000L,
            TlsVersion.TLS_1_3, 0x20000000L);

    /**
     * OP_ALL, OP_NO_SSLv3, OP_NO_COMPRESSION, OP_CIPHER_SERVER_PREFERENCE and OP_ENABLE_MIDDLEBOX_COMPAT: what CPython
     * sets, by OpenSSL 1.1.1's numbers.
     */
    private static final long DEFAULT_OPTIONS =
            0x80000054L | 0x2000000 | 0x20000 | OP_CIPHER_SERVER_PREFERENCE | 0x100000;

    final transient PosixProcess process;
    final transient TlsContext tls = new TlsContext();
    private final transient Set<TlsVersion> possible;

    /** What session_stats tells. */
    final AtomicLong connects = new AtomicLong();

    final AtomicLong connected = new AtomicLong();
    final AtomicLong accepts = new AtomicLong();
    final AtomicLong accepted = new AtomicLong();

    private long options = DEFAULT_OPTIONS;
    private int verifyMode = CERT_NONE;
    private long verifyFlags = TRUSTED_FIRST;
    private boolean checkHostname;

    PySslContext(PosixProcess process, PyType type, int protocol) {
        super(type);
        this.process = process;
        possible = switch (protocol) {
            case PROTOCOL_TLS -> EnumSet.allOf(TlsVersion.class);
            case PROTOCOL_TLSV1 -> EnumSet.of(TlsVersion.TLS_1_0);
            case PROTOCOL_TLSV1_1 -> EnumSet.of(TlsVersion.TLS_1_1);
            case PROTOCOL_TLSV1_2 -> EnumSet.of(TlsVersion.TLS_1_2);
            default -> throw Py.ValueError("invalid protocol version");
        };
        options(options);
    }

    static PyType type(PosixProcess process) {
        PyStringMap dict = new PyStringMap();
        dict.__setitem__("__module__", new PyString("_ssl"));
        dict.__setitem__("__doc__", new PyString("_SSLContext(protocol)\n\nWhat TLS connections have in common."));
        PyType type = (PyType) Py.makeClass("_SSLContext", PyObject.TYPE, dict);
        SslContextMethods.into(type, process);
        return type;
    }

    @Override
    String shown() {
        return "<" + getType().getModule() + "." + getType().fastGetName() + " object at " + Py.idstr(this) + ">";
    }

    long options() {
        return options;
    }

    /** What JSSE has no choice of (compression, fresh Diffie-Hellman keys) has been made for the safe side. */
    void options(long wanted) {
        options = wanted;
        Set<TlsVersion> allowed = EnumSet.noneOf(TlsVersion.class);
        for (TlsVersion version : possible) {
            if ((wanted & Objects.requireNonNull(FORBIDDING.get(version))) == 0) {
                allowed.add(version);
            }
        }
        tls.versions(allowed);
        tls.serverPreference((wanted & OP_CIPHER_SERVER_PREFERENCE) != 0);
    }

    int verifyMode() {
        return verifyMode;
    }

    void verifyMode(int mode) {
        Verification verification = switch (mode) {
            case CERT_NONE -> Verification.NONE;
            case CERT_OPTIONAL -> Verification.OPTIONAL;
            case CERT_REQUIRED -> Verification.REQUIRED;
            default -> throw Py.ValueError("invalid value for verify_mode");
        };
        if (mode == CERT_NONE && checkHostname) {
            throw Py.ValueError("Cannot set verify_mode to CERT_NONE when check_hostname is enabled.");
        }
        verifyMode = mode;
        tls.verification(verification);
    }

    long verifyFlags() {
        return verifyFlags;
    }

    void verifyFlags(long flags) {
        verifyFlags = flags;
        boolean chain = (flags & CRL_CHECK_CHAIN) == CRL_CHECK_CHAIN;
        boolean leaf = (flags & CRL_CHECK_LEAF) != 0;
        tls.revocation(chain ? Revocation.CHAIN : leaf ? Revocation.LEAF : Revocation.NONE);
    }

    boolean checkHostname() {
        return checkHostname;
    }

    void checkHostname(boolean check) {
        if (check && verifyMode == CERT_NONE) {
            throw Py.ValueError("check_hostname needs a SSL context with either CERT_OPTIONAL or CERT_REQUIRED");
        }
        checkHostname = check;
    }

    /** Offers protocols by ALPN, and as a server takes the first of these that a client offers (SSL_select_next_proto). */
    void protocols(List<String> ours) {
        tls.protocols(ours);
        tls.protocolChoice((connection, offered) ->
                ours.stream().filter(offered::contains).findFirst().orElse(""));
    }

    /** Calls a function of the program when a client has said which server it wants; null for none. */
    void serverNameCallback(@Nullable PyObject callback) {
        tls.serverNameCallback(callback == null ? null : (connection, name) -> choose(callback, connection, name));
    }

    /** What the program's function raises goes to no caller: the client gets an alert, standard error the exception. */
    private @Nullable Alert choose(PyObject callback, TlsConnection connection, @Nullable String name) {
        PySslSocket socket = (PySslSocket) connection.attachment();
        PyObject answer;
        try {
            PyObject wanted = name == null ? Py.None : Py.newUnicode(name);
            answer = callback.__call__(socket == null ? Py.None : socket.owner(), wanted, this);
        } catch (PyException e) {
            Py.writeUnraisable(e, callback);
            return Alert.HANDSHAKE_FAILURE;
        }
        if (Values.isNone(answer)) {
            return null;
        }
        try {
            int number = Values.integer(answer);
            Alert alert = Alert.numbered(number);
            return number == 0 ? null : alert == null ? Alert.INTERNAL_ERROR : alert;
        } catch (PyException e) {
            Py.writeUnraisable(e, callback);
            return Alert.INTERNAL_ERROR;
        }
    }
}
