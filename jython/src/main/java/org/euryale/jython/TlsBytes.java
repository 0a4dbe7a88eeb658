package org.euryale.jython;

import java.nio.ByteBuffer;
import org.euryale.posix.OpenFile;
import org.euryale.posix.PosixException;
import org.euryale.posix.Socket;
import org.euryale.tls.ByteQueue;
import org.euryale.tls.TlsConnection;

/**
 * How the bytes of a TLS connection get into the kernel and out of it. No more are taken than the next record needs: what
 * follows stays in the kernel, so that select() tells of it, and so that bytes behind the end of TLS are the program's
 * (OpenSSL without read_ahead does the same).
 */
final class TlsBytes {
    /** Bytes taken at once while a message of many records comes in, whose end the first does not tell. */
    private static final int MORE = 2048;

    private TlsBytes() {}

    /** Gives the kernel what it takes of what the engine has put out; whether that was all. */
    static boolean flush(TlsConnection connection, Socket file) throws PosixException {
        ByteQueue outgoing = connection.outgoing();
        while (!outgoing.isEmpty()) {
            ByteBuffer bytes = Bytes.empty(outgoing.size());
            outgoing.copy(bytes);
            int count = file.send(bytes.flip(), 0);
            if (count == OpenFile.WOULD_BLOCK) {
                return false;
            }
            outgoing.skip(count);
        }
        return true;
    }

    /** The last words of a connection that is over, which the peer need not hear. */
    static void flushAtBest(TlsConnection connection, Socket file) {
        try {
            flush(connection, file);
        } catch (PosixException e) {
            connection.outgoing().clear();
        }
    }

    /** Takes from the kernel what the next record needs; false when there is nothing yet. */
    static boolean fill(TlsConnection connection, Socket file) throws PosixException {
        int wanted = connection.wanted();
        ByteBuffer bytes = Bytes.empty(wanted > 0 ? wanted : MORE);
        int count = file.recv(bytes, 0);
        if (count == OpenFile.WOULD_BLOCK) {
            return false;
        }
        if (count == 0) {
            connection.incoming().end();
        } else {
            connection.incoming().put(bytes.flip());
        }
        return true;
    }
}
