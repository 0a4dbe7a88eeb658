package org.euryale.jython;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.euryale.tls.CipherSuite;
import org.euryale.tls.Credential;
import org.euryale.tls.PemException;
import org.euryale.tls.Revocation;
import org.euryale.tls.TlsVersion;
import org.euryale.tls.Verification;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyStaticMethod;
import org.python.core.PyString;
import org.python.core.PyType;

/**
 * The methods of {@code _openssl.Context}: each one setting of the engine's. What pyOpenSSL's setters make of their arguments
 * is lib/OpenSSL/SSL.py's.
 */
final class OpenSslContextMethods {
    private OpenSslContextMethods() {}

    static void into(PyType type, PosixProcess process) {
        type.__setattr__(
                "__new__",
                new PyStaticMethod(new Function(
                        new Signature("__new__", 1, 64, "cls", "method"),
                        "A new context.",
                        a -> new PyOpenSslContext(process, (PyType) SocketMethods.required(a[0])))));
        settings(type);
        certificates(type);
        trust(type);
        callbacks(type);
    }

    private static void settings(PyType type) {
        setter(type, "_set_versions", "Those of these numbers may be spoken.", (self, numbers) -> {
            Set<TlsVersion> allowed = EnumSet.noneOf(TlsVersion.class);
            for (PyObject number : numbers.asIterable()) {
                for (TlsVersion version : TlsVersion.values()) {
                    if (version.number() == Values.integer(number)) {
                        allowed.add(version);
                    }
                }
            }
            self.tls.versions(allowed);
        });
        setter(
                type,
                "_set_server_preference",
                "Whether a server takes the suite that is first in its own list.",
                (self, own) -> self.tls.serverPreference(own.__nonzero__()));
        setter(type, "_set_ciphers", "The suites, as openssl-ciphers(1) tells them.", (self, text) -> {
            try {
                self.tls.ciphers(PyOpenSslContext.bytes(text));
            } catch (IllegalArgumentException e) {
                throw self.errors().of(String.valueOf(e.getMessage()));
            }
        });
        setter(
                type,
                "_set_session_timeout",
                "Seconds for which a session may be resumed.",
                (self, seconds) -> self.tls.sessionTimeout(Values.integer(seconds)));
        getter(type, "_cipher_names", "The suites that connections offer.", self -> {
            List<PyObject> names = new ArrayList<>();
            for (CipherSuite suite : self.tls.ciphers()) {
                names.add(new PyString(suite.name()));
            }
            return PyList.fromList(names);
        });
        setter(
                type,
                "_set_protocols",
                "What a client offers by ALPN.",
                (self, names) -> self.tls.protocols(PyOpenSslContext.protocols(names)));
    }

    private static void certificates(PyType type) {
        new Method<PyOpenSslContext>(
                        new Signature("_set_credential", 2, 2),
                        "_set_credential(key, chain)\n\nShows these certificates, which need not be the key's.",
                        (self, a) -> {
                            self.tls.add(credential(a));
                            return Py.None;
                        })
                .into(type);
        new Method<PyOpenSslContext>(
                        new Signature("_check_credential", 2, 2),
                        "_check_credential(key, chain) -> OpenSSL's reason or None\n\n"
                                + "Whether the key is the first certificate's.",
                        (self, a) -> {
                            try {
                                credential(a).check();
                                return Py.None;
                            } catch (PemException e) {
                                return new PyString(e.reason());
                            }
                        })
                .into(type);
        setter(type, "_set_authorities", "The DER of the names that a server tells its clients.", (self, names) -> {
            List<X500Principal> authorities = new ArrayList<>();
            for (PyObject name : names.asIterable()) {
                authorities.add(new X500Principal(PyOpenSslContext.bytes(name).getBytes(StandardCharsets.ISO_8859_1)));
            }
            self.tls.authorities(authorities);
        });
    }

    private static Credential credential(@Nullable PyObject[] a) {
        List<X509Certificate> chain = new ArrayList<>();
        for (PyObject certificate : SocketMethods.required(a[1]).asIterable()) {
            chain.add(java(certificate, X509Certificate.class));
        }
        return new Credential(java(SocketMethods.required(a[0]), PrivateKey.class), chain);
    }

    private static void trust(PyType type) {
        setter(
                type,
                "_trust",
                "Trusts a certificate.",
                (self, certificate) -> self.tls.trust().add(java(certificate, X509Certificate.class)));
        setter(
                type,
                "_keep_crl",
                "Keeps a list of what was revoked.",
                (self, list) -> self.tls.trust().add(java(list, X509CRL.class)));
        setter(type, "_trust_pem", "Trusts what is in a PEM text.", (self, text) -> {
            try {
                self.tls.trust().addPem(PyOpenSslContext.bytes(text).getBytes(StandardCharsets.ISO_8859_1));
            } catch (PemException e) {
                throw e.reason().startsWith("NO_CERTIFICATE")
                        ? self.errors().of("x509 certificate routines", "X509_load_cert_crl_file", e.reason())
                        : self.errors().of("PEM routines", "PEM_read_bio", e.reason());
            }
        });
        setter(
                type,
                "_trust_directory",
                "Trusts what is in a directory of openssl rehash.",
                (self, name) -> self.tls.trust().addDirectory(DescriptorFunctions.path(name)));
        new Method<PyOpenSslContext>(
                        new Signature("_trust_system", 2, 2),
                        "_trust_system(file, directory)\n\nTrusts what the system does; each None or the place.",
                        (self, a) -> {
                            String file = textOrNull(a[0]);
                            String directory = textOrNull(a[1]);
                            if (!self.tls.trust().addSystem(file, directory) && file == null && directory == null) {
                                self.tls.trust().addJdk();
                            }
                            return Py.None;
                        })
                .into(type);
        setter(
                type,
                "_set_verification",
                "0: none is asked for; 1: one is verified; 2: there must be one.",
                (self, mode) -> self.tls.verification(verification(Values.integer(mode))));
        setter(
                type,
                "_set_depth",
                "The most certificates between a peer's and the trusted one.",
                (self, depth) -> self.tls.verifyDepth(Values.integer(depth)));
        setter(
                type,
                "_set_revocation",
                "0: none is looked up; 1: the peer's own; 2: all.",
                (self, whose) -> self.tls.revocation(revocation(Values.integer(whose))));
        setter(
                type,
                "_set_async",
                "Whether the long work of handshakes may go on in another thread.",
                (self, may) -> self.async = may.__nonzero__());
        setter(
                type,
                "_set_time",
                "Seconds since the epoch as of which is verified; None for now.",
                (self, seconds) -> self.tls.verifyTime(
                        Values.isNone(seconds) ? null : Instant.ofEpochSecond(Values.cLong(seconds))));
    }

    private static void callbacks(PyType type) {
        setter(
                type,
                "_set_verify_callback",
                "A function of connection, certificate, error, depth and whether all is well; None for none.",
                (self, callback) -> self.verifyCallback(orNull(callback)));
        setter(
                type,
                "_set_protocol_callback",
                "A function of connection and what a client offers; answers one, or None.",
                (self, callback) -> self.protocolCallback(orNull(callback)));
        setter(
                type,
                "_set_server_name_callback",
                "A function of connection.",
                (self, callback) -> self.serverNameCallback(orNull(callback)));
        setter(
                type,
                "_set_info_callback",
                "A function of connection, place and value.",
                (self, callback) -> self.infoCallback = orNull(callback));
    }

    // ---------------------------------------------------------------- arguments

    private static Verification verification(int mode) {
        return switch (mode) {
            case 0 -> Verification.NONE;
            case 1 -> Verification.OPTIONAL;
            default -> Verification.REQUIRED;
        };
    }

    private static Revocation revocation(int whose) {
        return switch (whose) {
            case 0 -> Revocation.NONE;
            case 1 -> Revocation.LEAF;
            default -> Revocation.CHAIN;
        };
    }

    private static @Nullable PyObject orNull(PyObject value) {
        return Values.isNone(value) ? null : value;
    }

    private static @Nullable String textOrNull(@Nullable PyObject value) {
        PyObject given = SocketMethods.required(value);
        return Values.isNone(given) ? null : given.toString();
    }

    private static <T> T java(PyObject value, Class<T> wanted) {
        Object found = value.__tojava__(wanted);
        if (!wanted.isInstance(found)) {
            throw Py.TypeError("must be " + wanted.getSimpleName() + ", not " + Values.typeName(value));
        }
        return wanted.cast(found);
    }

    private interface Sets {
        void on(PyOpenSslContext context, PyObject value);
    }

    private interface Gets {
        PyObject of(PyOpenSslContext context);
    }

    private static void setter(PyType type, String name, String doc, Sets sets) {
        new Method<PyOpenSslContext>(new Signature(name, 1, 1), name + "(value)\n\n" + doc, (self, a) -> {
                    sets.on(self, SocketMethods.required(a[0]));
                    return Py.None;
                })
                .into(type);
    }

    private static void getter(PyType type, String name, String doc, Gets gets) {
        new Method<PyOpenSslContext>(new Signature(name, 0, 0), name + "()\n\n" + doc, (self, a) -> gets.of(self))
                .into(type);
    }
}
