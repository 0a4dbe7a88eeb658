package org.euryale.jython;

import java.util.Locale;
import java.util.Map;
import org.euryale.posix.PosixException;
import org.euryale.tls.TlsFailure;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyList;
import org.python.core.PyObject;
import org.python.core.PyString;
import org.python.core.PyTuple;

/**
 * The exception classes of {@code OpenSSL.SSL} in one interpreter, and what they say: OpenSSL's errors as triples of library,
 * function and reason, as OpenSSL 1.1.1 words them.
 */
final class OpenSslErrors {
    private static final String LIBRARY = "SSL routines";

    /** The functions of OpenSSL 1.1.1 that report what JSSE finds; what they do is the reader's to guess, as with OpenSSL. */
    private static final Map<String, String> FUNCTIONS = Map.ofEntries(
            Map.entry("WRONG_VERSION_NUMBER", "ssl3_get_record"),
            Map.entry("HTTP_REQUEST", "ssl3_get_record"),
            Map.entry("HTTPS_PROXY_REQUEST", "ssl3_get_record"),
            Map.entry("PACKET_LENGTH_TOO_LONG", "ssl3_get_record"),
            Map.entry("ENCRYPTED_LENGTH_TOO_LONG", "ssl3_get_record"),
            Map.entry("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "ssl3_get_record"),
            Map.entry("NO_SHARED_CIPHER", "tls_post_process_client_hello"),
            Map.entry("UNSUPPORTED_PROTOCOL", "tls_early_post_process_client_hello"),
            Map.entry("NO_PROTOCOLS_AVAILABLE", "tls_construct_client_hello"),
            Map.entry("NO_SUITABLE_SIGNATURE_ALGORITHM", "tls_choose_sigalg"),
            Map.entry("PEER_DID_NOT_RETURN_A_CERTIFICATE", "tls_process_client_certificate"),
            Map.entry("BAD_SIGNATURE", "tls_process_cert_verify"),
            Map.entry("UNEXPECTED_MESSAGE", "ossl_statem_server_read_transition"),
            Map.entry("UNEXPECTED_RECORD", "ssl3_read_bytes"),
            Map.entry("NO_RENEGOTIATION", "ssl3_read_bytes"),
            Map.entry("CALLBACK_FAILED", "final_server_name"),
            Map.entry("PROTOCOL_IS_SHUTDOWN", "ssl_write_internal"),
            Map.entry("BAD_WRITE_RETRY", "ssl3_write_pending"),
            Map.entry("BAD_LENGTH", "ssl3_write_bytes"),
            Map.entry("SHUTDOWN_WHILE_IN_INIT", "SSL_shutdown"),
            Map.entry("APPLICATION_DATA_AFTER_CLOSE_NOTIFY", "SSL_shutdown"),
            Map.entry("CONNECTION_TYPE_NOT_SET", "SSL_do_handshake"),
            Map.entry("NO_CIPHER_MATCH", "SSL_CTX_set_cipher_list"),
            Map.entry("INVALID_COMMAND", "ssl_cipher_process_rulestr"));

    final PyObject error = Errors.define("OpenSSL.SSL", "Error", Py.Exception);
    final PyObject wantRead = Errors.define("OpenSSL.SSL", "WantReadError", error);
    final PyObject wantWrite = Errors.define("OpenSSL.SSL", "WantWriteError", error);
    final PyObject wantLookup = Errors.define("OpenSSL.SSL", "WantX509LookupError", error);
    final PyObject zeroReturn = Errors.define("OpenSSL.SSL", "ZeroReturnError", error);
    final PyObject systemCall = Errors.define("OpenSSL.SSL", "SysCallError", error);

    /** Why a connection has failed. */
    PyException of(TlsFailure failure, boolean client) {
        String reason = failure.reason();
        String function = FUNCTIONS.get(reason);
        if (reason.equals("CERTIFICATE_VERIFY_FAILED")) {
            function = client ? "tls_process_server_certificate" : "tls_process_client_certificate";
        } else if (function == null) {
            function =
                    reason.contains("ALERT") || reason.startsWith("TLSV1_") ? "ssl3_read_bytes" : "read_state_machine";
        }
        return of(LIBRARY, function, reason);
    }

    /** What a call that came at the wrong time gets. */
    PyException of(String reason) {
        return of(LIBRARY, FUNCTIONS.getOrDefault(reason, ""), reason);
    }

    /**
     * {@code Error([(library, function, reason)])}.
     *
     * @param reason OpenSSL's name of it; its texts are these names in lower case
     */
    PyException of(String library, String function, String reason) {
        PyObject[] queue = {triple(library, function, reason)};
        return new RaisedError(error, new PyTuple(new PyList(queue)));
    }

    private static PyObject triple(String library, String function, String reason) {
        return new PyTuple(
                new PyString(library),
                new PyString(function),
                new PyString(reason.toLowerCase(Locale.ROOT).replace('_', ' ')));
    }

    /** Of a file that is not what it should be: what was wrong, and the function of OpenSSL's that was to read it. */
    PyException ofFile(String function, String reason) {
        boolean pem = !reason.equals("ASN1_LIB");
        PyObject first = pem
                ? triple("PEM routines", reason.equals("NO_START_LINE") ? "get_name" : "PEM_do_header", reason)
                : triple("asn1 encoding routines", "asn1_check_tlen", "WRONG_TAG");
        PyObject second =
                new PyTuple(new PyString(LIBRARY), new PyString(function), new PyString(pem ? "PEM lib" : "ASN1 lib"));
        return new RaisedError(error, new PyTuple(new PyList(new PyObject[] {first, second})));
    }

    PyException wantRead() {
        return new RaisedError(wantRead);
    }

    PyException wantWrite() {
        return new RaisedError(wantWrite);
    }

    PyException zeroReturn() {
        return new RaisedError(zeroReturn);
    }

    PyException unexpectedEof() {
        return new RaisedError(systemCall, Py.newInteger(-1), new PyString("Unexpected EOF"));
    }

    /** {@code SysCallError(number, name)}. */
    PyException systemCall(PosixException e) {
        return new RaisedError(
                systemCall,
                Py.newInteger(Platform.number(e.errno())),
                new PyString(e.errno().name()));
    }

    /** What OpenSSL says of a call that has failed without leaving an error. */
    PyException unsaid() {
        return new RaisedError(error, new PyTuple(new PyList()));
    }
}
