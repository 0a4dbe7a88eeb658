package org.euryale.jython;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.euryale.tls.Certificates;
import org.euryale.tls.PemException;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyCode;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyRunnable;
import org.python.core.PyString;

/** The module {@code _openssl}, which {@code OpenSSL.SSL} stands on. Jython makes one of these for each import. */
public final class OpenSslModule implements PyRunnable {
    private static final String DOC =
            "TLS by the JDK's SSLEngine. The module OpenSSL.SSL is the one to import; this is what it stands on.";

    @Override
    public PyCode getMain() {
        return new ModuleCode("_openssl", OpenSslModule::fill);
    }

    private static void fill(PyObject dict) {
        PosixProcess process = PosixProcess.current();
        OpenSslErrors errors = process.openSslErrors();
        dict.__setitem__("__doc__", new PyString(DOC));
        new Constants("_openssl").into(dict);
        dict.__setitem__("Error", errors.error);
        dict.__setitem__("WantReadError", errors.wantRead);
        dict.__setitem__("WantWriteError", errors.wantWrite);
        dict.__setitem__("WantX509LookupError", errors.wantLookup);
        dict.__setitem__("ZeroReturnError", errors.zeroReturn);
        dict.__setitem__("SysCallError", errors.systemCall);
        dict.__setitem__("Context", process.openSslContextType());
        dict.__setitem__("Connection", process.openSslConnectionType());
        dict.__setitem__("OPENSSL_VERSION_NUMBER", Py.newInteger(SslModule.VERSION));
        SocketModule.define(
                dict,
                new Signature("version", 1, 1),
                "version(what) -> str\n\nWhat there is in place of OpenSSL.",
                a -> version(Values.integer(SocketMethods.required(a[0]))));
        files(dict, errors);
    }

    private static PyObject version(int what) {
        return switch (what) {
            case 0 -> new PyString(SslModule.versionText());
            case 2 -> new PyString("compiler: " + System.getProperty("java.vm.name"));
            case 3 -> new PyString("built on: " + System.getProperty("java.vm.version"));
            case 4 -> new PyString("platform: " + System.getProperty("os.name") + "-" + System.getProperty("os.arch"));
            case 5 -> new PyString("OPENSSLDIR: \"/etc/ssl\"");
            default -> new PyString("not available");
        };
    }

    // ---------------------------------------------------------------- files

    private static void files(PyObject dict, OpenSslErrors errors) {
        SocketModule.define(
                dict,
                new Signature("certificates", 2, 2),
                "certificates(pem, function) -> list\n\nThose of a text, at least one.",
                a -> read(errors, a[1], () -> {
                    List<PyObject> read = new ArrayList<>();
                    for (X509Certificate certificate : Certificates.read(bytes(a[0]))) {
                        read.add(Py.java2py(certificate));
                    }
                    if (read.isEmpty()) {
                        throw new PemException("NO_START_LINE");
                    }
                    return PyList.fromList(read);
                }));
        SocketModule.define(
                dict,
                new Signature("certificate", 2, 2),
                "certificate(der, function)",
                a -> read(errors, a[1], () -> Py.java2py(Certificates.ofDer(bytes(a[0])))));
        SocketModule.define(
                dict,
                new Signature("shown", 1, 1),
                "shown(der) -> dict\n\nA certificate as getpeercert() of ssl shows it.",
                a -> read(errors, new PyString("d2i_X509"), () -> CertificateDict.of(Certificates.ofDer(bytes(a[0])))));
    }

    private static byte[] bytes(@Nullable PyObject text) {
        return PyOpenSslContext.bytes(SocketMethods.required(text)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private interface Reading {
        PyObject read() throws PemException;
    }

    private static PyObject read(OpenSslErrors errors, @Nullable PyObject function, Reading reading) {
        try {
            return reading.read();
        } catch (PemException e) {
            throw errors.ofFile(SocketMethods.required(function).toString(), e.reason());
        }
    }
}
