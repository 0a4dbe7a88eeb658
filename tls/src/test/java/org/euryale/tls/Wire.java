package org.euryale.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.euryale.tls.TestCertificates.Kind;

/** A client and a server in one thread, and the bytes between them, which a test may look at and change. */
final class Wire {
    /** A handshake has a few flights; what has not ended then never does. */
    private static final int TURNS = 100;

    final TlsConnection client;
    final TlsConnection server;

    /** Sees, and may change, every flight before it arrives. */
    UnaryOperator<byte[]> toServer = bytes -> bytes;

    UnaryOperator<byte[]> toClient = bytes -> bytes;

    Wire(TlsContext clients, TlsContext servers) {
        this(clients.client("localhost"), servers.server());
    }

    Wire(TlsConnection client, TlsConnection server) {
        this.client = client;
        this.server = server;
    }

    static TlsContext clients(TlsVersion version) throws Exception {
        TlsContext context = new TlsContext();
        context.versions(Set.of(version));
        context.verification(Verification.REQUIRED);
        context.trust().addPem(TestCertificates.authority().certificateText());
        return context;
    }

    static TlsContext servers(TlsVersion version) throws Exception {
        TlsContext context = new TlsContext();
        context.versions(Set.of(version));
        context.add(TestCertificates.server(Kind.EC).credential());
        return context;
    }

    /** A pair that has shaken hands and has nothing under way. */
    static Wire established(TlsVersion version) throws Exception {
        Wire wire = new Wire(clients(version), servers(version));
        wire.shakeHands();
        return wire;
    }

    Wire shakeHands() {
        assertThat(handshake())
                .as("%s / %s", client.failure(), server.failure())
                .isEqualTo(Outcome.DONE);
        return this;
    }

    /** DONE, or what the first end says that cannot go on. */
    Outcome handshake() {
        for (int turn = 0; turn < TURNS; turn++) {
            Outcome ours = client.handshake();
            Outcome theirs = server.handshake();
            boolean moved = carry();
            if (ours == Outcome.DONE && theirs == Outcome.DONE) {
                return Outcome.DONE;
            }
            for (Outcome outcome : new Outcome[] {ours, theirs}) {
                if (outcome != Outcome.DONE && outcome != Outcome.WANT_READ) {
                    return outcome;
                }
            }
            if (!moved) {
                return Outcome.WANT_READ;
            }
        }
        throw new AssertionError("no end of the handshake");
    }

    /** Carries all that is under way to where it goes; false when nothing was. */
    boolean carry() {
        boolean up = carry(client, server, toServer);
        boolean down = carry(server, client, toClient);
        return up || down;
    }

    private static boolean carry(TlsConnection from, TlsConnection to, UnaryOperator<byte[]> change) {
        byte[] bytes = taken(from.outgoing());
        if (bytes.length > 0) {
            to.incoming().put(ByteBuffer.wrap(change.apply(bytes)));
        }
        return bytes.length > 0;
    }

    static byte[] taken(ByteQueue queue) {
        ByteBuffer bytes = ByteBuffer.allocate(queue.size());
        queue.take(bytes);
        return bytes.array();
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What one read gives, or the name of its outcome. */
    static String read(TlsConnection from) {
        ByteBuffer target = ByteBuffer.allocate(20_000);
        Outcome outcome = from.read(target);
        return outcome == Outcome.DONE
                ? StandardCharsets.ISO_8859_1.decode(target.flip()).toString()
                : outcome.name();
    }
}
