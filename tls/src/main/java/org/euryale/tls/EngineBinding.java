package org.euryale.tls;

import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Leads from an engine to its connection, for what JSSE asks a context about an engine. An engine has no place for an object
 * of ours, but for the function that chooses a server's protocol, which it gives back; so this is that function, and at a
 * client, which chooses none, only the place.
 */
final class EngineBinding implements BiFunction<SSLEngine, List<String>, @Nullable String> {
    private final TlsConnection connection;
    private final @Nullable ProtocolCallback choice;

    EngineBinding(TlsConnection connection, @Nullable ProtocolCallback choice) {
        this.connection = connection;
        this.choice = choice;
    }

    static @Nullable TlsConnection connection(@Nullable SSLEngine engine) {
        return engine != null && engine.getHandshakeApplicationProtocolSelector() instanceof EngineBinding binding
                ? binding.connection
                : null;
    }

    /** JSSE takes an empty answer and null as {@link ProtocolCallback} means them. */
    @Override
    public @Nullable String apply(SSLEngine engine, List<String> offered) {
        return choice == null ? "" : choice.choose(connection, offered);
    }
}
