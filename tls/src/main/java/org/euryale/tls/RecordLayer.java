package org.euryale.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * An engine between three queues: the peer's bytes, ours for the peer, and what was decrypted and not yet read. It moves one
 * record a call. It belongs to one thread at a time.
 */
final class RecordLayer {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** An engine that is told to close writes an alert; it has no more to say than this many records. */
    private static final int LAST_WORDS = 4;

    private final BufferPool pool;
    final ByteQueue incoming;
    final ByteQueue outgoing;
    final ByteQueue plain;
    final SSLEngine engine;
    private final HandshakeTasks tasks;

    final HelloRandoms randoms = new HelloRandoms();

    private @Nullable TlsFailure failure;
    private boolean closedByPeer;
    private boolean first = true;

    RecordLayer(
            SSLEngine engine,
            BufferPool pool,
            ByteQueue incoming,
            ByteQueue outgoing,
            ByteQueue plain,
            HandshakeTasks tasks) {
        this.engine = engine;
        this.pool = pool;
        this.incoming = incoming;
        this.outgoing = outgoing;
        this.plain = plain;
        this.tasks = tasks;
    }

    /** Why nothing more can be done; null while all is well. */
    @Nullable
    TlsFailure failure() {
        return failure;
    }

    /** Whether the peer's close_notify has been read. */
    boolean closedByPeer() {
        return closedByPeer;
    }

    HandshakeStatus status() {
        return engine.getHandshakeStatus();
    }

    /** One record for the peer: what the handshake has to say, or as much of {@code source} as fits into one. */
    Outcome wrap(ByteBuffer source) {
        ByteBuffer target = pool.lease(engine.getSession().getPacketBufferSize());
        try {
            SSLEngineResult result = engine.wrap(source, target);
            return result.getStatus() == Status.OK || result.getStatus() == Status.CLOSED
                    ? Outcome.DONE
                    : fail(new TlsFailure("INTERNAL_ERROR", result.toString(), CertificateError.OK));
        } catch (SSLException | RuntimeException e) {
            return fail(Reasons.of(e));
        } finally {
            target.flip();
            if (!source.hasRemaining()) {
                randoms.see(target);
            }
            outgoing.adopt(target);
        }
    }

    /** One record of the handshake's, or of what comes after it beside data. */
    Outcome wrap() {
        return wrap(NOTHING);
    }

    /**
     * One record of the peer's. What it holds goes to {@code target} when there is room, else into {@link #plain}.
     *
     * @param established whether the handshake is over, so that a record of the next one is refused
     * @return DONE when something has moved on; WANT_READ, RAGGED, CLOSED, FAILED
     */
    Outcome unwrap(@Nullable ByteBuffer target, boolean established) {
        if (closedByPeer) {
            return Outcome.CLOSED;
        }
        int length = Records.length(incoming, 0);
        if (length == Records.SHORT || length > incoming.size()) {
            return incoming.isEnded() ? Outcome.RAGGED : Outcome.WANT_READ;
        }
        if (length == Records.INVALID) {
            return refuse();
        }
        // TLS 1.3 has no renegotiation, and its messages after the handshake travel as data. In TLS 1.2 this record
        // begins
        // one, by the client (ClientHello) or the server (HelloRequest), which JSSE would take part in.
        if (established && incoming.peek(0) == Records.HANDSHAKE) {
            return fail(new TlsFailure("NO_RENEGOTIATION", "renegotiation is refused", CertificateError.OK));
        }
        if (!established && isPlainAlert(length)) {
            failure = new TlsFailure(alertReason(), "fatal alert", CertificateError.OK);
            return Outcome.FAILED;
        }
        first = false;
        ByteBuffer source = incoming.first(length);
        int start = source.position();
        int end = source.limit();
        source.limit(start + length);
        if (!established) {
            randoms.see(source);
        }
        try {
            SSLEngineResult result = engine.unwrap(source, target == null ? NOTHING : target);
            if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                result = unwrapAside(source);
            }
            closedByPeer = result.getStatus() == Status.CLOSED || engine.isInboundDone();
            HandshakeStatus next = status();
            boolean moved = result.bytesConsumed() > 0
                    || closedByPeer
                    || next == HandshakeStatus.NEED_TASK
                    || (!established && next != HandshakeStatus.NEED_UNWRAP);
            return moved
                    ? Outcome.DONE
                    : fail(new TlsFailure("INTERNAL_ERROR", result.toString(), CertificateError.OK));
        } catch (SSLException | RuntimeException e) {
            return fail(Reasons.of(e));
        } finally {
            source.limit(end);
            incoming.took(source, source.position() - start);
        }
    }

    /**
     * A fatal alert in plain text. A client of TLS 1.3 that refuses the server's certificate sends one, since it has not changed
     * its keys yet (OpenSSL does); JSSE would decrypt it. Encrypted ones are longer, or look like data.
     */
    private boolean isPlainAlert(int length) {
        return length == Records.HEADER + 2 && incoming.peek(0) == Records.ALERT && incoming.peek(5) == 2;
    }

    private String alertReason() {
        Alert alert = Alert.numbered(incoming.peek(6));
        return alert == null ? "UNKNOWN_ALERT_TYPE" : alert.reason();
    }

    private SSLEngineResult unwrapAside(ByteBuffer source) throws SSLException {
        ByteBuffer aside = pool.lease(engine.getSession().getApplicationBufferSize());
        try {
            return engine.unwrap(source, aside);
        } finally {
            plain.adopt(aside.flip());
        }
    }

    /** What is no record is shown to the engine all the same: it makes the alert. The reason is ours, since it is OpenSSL's. */
    private Outcome refuse() {
        TlsFailure reason = new TlsFailure(
                Records.reason(incoming, !engine.getUseClientMode(), first), "no TLS record", CertificateError.OK);
        try {
            engine.unwrap(incoming.first(incoming.size()).duplicate(), NOTHING);
        } catch (SSLException | RuntimeException e) {
            return fail(reason);
        }
        return fail(reason);
    }

    /** Work that is left after a record: tasks, and what they and the engine have to say when nobody is closing. */
    Outcome settle(boolean mayWrite) {
        while (true) {
            switch (status()) {
                case NEED_TASK -> {
                    if (!tasks.run(engine)) {
                        return Outcome.WANT_ASYNC;
                    }
                }
                case NEED_WRAP -> {
                    if (!mayWrite || closedByPeer) {
                        return Outcome.DONE;
                    }
                    if (outgoing.isFull()) {
                        return Outcome.WANT_WRITE;
                    }
                    if (wrap() == Outcome.FAILED) {
                        return Outcome.FAILED;
                    }
                }
                default -> {
                    return Outcome.DONE;
                }
            }
        }
    }

    /** Runs the handshake's tasks: DONE or WANT_ASYNC. */
    Outcome runTasks() {
        return tasks.run(engine) ? Outcome.DONE : Outcome.WANT_ASYNC;
    }

    /** Tells the peer that nothing more comes. */
    Outcome close() {
        engine.closeOutbound();
        for (int i = 0; i < LAST_WORDS && !engine.isOutboundDone(); i++) {
            if (wrap() == Outcome.FAILED) {
                return Outcome.FAILED;
            }
        }
        return Outcome.DONE;
    }

    /** The end: sends the alert, if the engine has one, and keeps the first reason. */
    private Outcome fail(TlsFailure reason) {
        if (failure == null) {
            failure = reason;
            ByteBuffer target = pool.lease(engine.getSession().getPacketBufferSize());
            try {
                engine.closeOutbound();
                for (int i = 0; i < LAST_WORDS && !engine.isOutboundDone(); i++) {
                    engine.wrap(NOTHING, target);
                }
            } catch (SSLException | RuntimeException silent) { // an engine that has failed may have no alert to send
            } finally {
                outgoing.adopt(target.flip());
            }
        }
        return Outcome.FAILED;
    }
}
