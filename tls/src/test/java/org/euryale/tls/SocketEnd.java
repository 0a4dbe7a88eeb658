package org.euryale.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A connection on a blocking socket: it does what an outcome asks for until a call is done. */
final class SocketEnd implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    final TlsConnection connection;
    private final Socket socket;

    /** Takes no more from the socket than the next record lacks, as OpenSSL does. */
    boolean frugal;

    SocketEnd(TlsConnection connection, Socket socket) throws IOException {
        this.connection = connection;
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    static SocketEnd connect(TlsConnection connection, int port) throws IOException {
        return new SocketEnd(connection, new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** One of the four calls. */
    interface Call {
        Outcome make();
    }

    /** What a call comes to when the peer has said what it waited for. */
    Outcome complete(Call call) throws IOException {
        while (true) {
            Outcome outcome = call.make();
            flush();
            if (outcome != Outcome.WANT_READ) {
                return outcome;
            }
            InputStream in = socket.getInputStream();
            byte[] bytes = new byte[frugal ? Math.max(connection.wanted(), 1) : 20_000];
            int count = in.read(bytes);
            if (count < 0) {
                connection.incoming().end();
            } else {
                connection.incoming().put(ByteBuffer.wrap(bytes, 0, count));
            }
        }
    }

    void flush() throws IOException {
        socket.getOutputStream().write(Wire.taken(connection.outgoing()));
    }

    Outcome handshake() throws IOException {
        return complete(connection::handshake);
    }

    Outcome write(String text) throws IOException {
        ByteBuffer source = Wire.bytes(text);
        return complete(() -> connection.write(source));
    }

    Outcome shutdown() throws IOException {
        Outcome outcome = complete(connection::shutdown);
        return outcome == Outcome.SENT ? complete(connection::shutdown) : outcome;
    }

    /** What comes until it ends with {@code end}, or the name of the outcome that ends it before. */
    String readUntil(String end) throws IOException {
        StringBuilder got = new StringBuilder();
        while (got.indexOf(end) < 0) {
            ByteBuffer target = ByteBuffer.allocate(20_000);
            Outcome outcome = complete(() -> connection.read(target));
            if (outcome != Outcome.DONE) {
                return got + outcome.name();
            }
            got.append(StandardCharsets.ISO_8859_1.decode(target.flip()));
        }
        return got.toString();
    }

    /** Bytes behind TLS: what the engine left, then the socket's. */
    String readPlain(int count) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(count);
        connection.incoming().take(target);
        while (target.hasRemaining()) {
            int read = socket.getInputStream().read(target.array(), target.position(), target.remaining());
            if (read < 0) {
                break;
            }
            target.position(target.position() + read);
        }
        return StandardCharsets.ISO_8859_1.decode(target.flip()).toString();
    }

    @Override
    public void close() throws IOException {
        connection.free();
        socket.close();
    }
}
