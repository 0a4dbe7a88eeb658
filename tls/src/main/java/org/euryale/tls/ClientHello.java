package org.euryale.tls;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A client's first message (RFC 8446, 4.1.2), as far as the choice of a context wants it. It is read while its bytes stay in
 * the queue, for the engine that is made after the choice.
 *
 * @param serverName the name of the server that is wanted (RFC 6066, 3); null for none
 */
record ClientHello(@Nullable String serverName) {
    /** JSSE takes no longer message of a handshake ({@code jdk.tls.maxHandshakeMessageSize}). */
    private static final int LONGEST = 32_768;

    private static final int CLIENT_HELLO = 1;
    private static final int HEADER = 4;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;

    private static final ClientHello NONE = new ClientHello(null);

    /** Gathers the message as its records come: a hostile client may send it a byte a record. */
    static final class Reader {
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        private int at;

        /**
         * The message at the beginning of {@code bytes}, null while it is not whole. What is no such message is one without
         * a name: the engine will say what is wrong with it.
         */
        @Nullable
        ClientHello peek(ByteQueue bytes) {
            while (true) {
                int length = Records.length(bytes, at);
                if (length == Records.INVALID || length == Records.HEADER) { // nor may its records be empty
                    return NONE;
                }
                if (length < 0 || bytes.size() - at < length) {
                    return null;
                }
                if (bytes.peek(at) != Records.HANDSHAKE) {
                    return NONE;
                }
                for (int i = at + Records.HEADER; i < at + length; i++) {
                    message.write(bytes.peek(i));
                }
                at += length;
                if (message.size() >= HEADER) {
                    ByteBuffer whole = ByteBuffer.wrap(message.toByteArray());
                    int wanted = whole.getInt(0) & 0xFFFFFF;
                    if (whole.get(0) != CLIENT_HELLO || wanted > LONGEST) {
                        return NONE;
                    }
                    if (whole.remaining() >= HEADER + wanted) {
                        return parse(whole.slice(HEADER, wanted));
                    }
                }
            }
        }
    }

    private static ClientHello parse(ByteBuffer hello) {
        try {
            skip(hello, 2 + 32); // version, random
            skip(hello, hello.get() & 0xFF); // session
            skip(hello, hello.getShort() & 0xFFFF); // suites
            skip(hello, hello.get() & 0xFF); // compressions
            if (!hello.hasRemaining()) {
                return NONE;
            }
            ByteBuffer extensions = part(hello, hello.getShort() & 0xFFFF);
            while (extensions.hasRemaining()) {
                int type = extensions.getShort() & 0xFFFF;
                ByteBuffer extension = part(extensions, extensions.getShort() & 0xFFFF);
                if (type == SERVER_NAME) {
                    return new ClientHello(hostName(part(extension, extension.getShort() & 0xFFFF)));
                }
            }
            return NONE;
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            return NONE;
        }
    }

    private static @Nullable String hostName(ByteBuffer names) {
        while (names.hasRemaining()) {
            int type = names.get() & 0xFF;
            ByteBuffer name = part(names, names.getShort() & 0xFFFF);
            if (type == HOST_NAME) {
                byte[] text = new byte[name.remaining()];
                name.get(text);
                return new String(text, StandardCharsets.ISO_8859_1);
            }
        }
        return null;
    }

    private static ByteBuffer part(ByteBuffer of, int length) {
        ByteBuffer part = of.slice(of.position(), length);
        skip(of, length);
        return part;
    }

    private static void skip(ByteBuffer of, int length) {
        of.position(of.position() + length);
    }
}
