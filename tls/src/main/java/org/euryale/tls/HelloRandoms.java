package org.euryale.tls;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The random values of a handshake's two hellos (RFC 8446, 4.1.2 and 4.1.3), which JSSE does not tell: read from their records,
 * that go in plain text. Belongs to one thread at a time.
 */
final class HelloRandoms {
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_HELLO = 2;

    /** Behind the record's header, the message's header and the version. */
    private static final int PLACE = Records.HEADER + 4 + 2;

    private static final int SIZE = 32;

    /** How that of a server's hello begins which asks for another client's (HelloRetryRequest). */
    private static final int RETRY = 0xCF21AD74;

    private byte @Nullable [] client;
    private byte @Nullable [] server;

    /** Looks at a record, from the buffer's position on. A hello that is spread over records is passed over. */
    void see(ByteBuffer record) {
        int start = record.position();
        if (record.remaining() < PLACE + SIZE || record.get(start) != Records.HANDSHAKE) {
            return;
        }
        byte[] found = new byte[SIZE];
        record.get(start + PLACE, found);
        int kind = record.get(start + Records.HEADER);
        // The first counts: later records of this type are encrypted, and may look like anything.
        if (kind == CLIENT_HELLO && client == null) {
            client = found;
        } else if (kind == SERVER_HELLO
                && (server == null || ByteBuffer.wrap(server).getInt() == RETRY)) {
            server = found;
        }
    }

    byte @Nullable [] client() {
        return client;
    }

    byte @Nullable [] server() {
        return server;
    }
}
