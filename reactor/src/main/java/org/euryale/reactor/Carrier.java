package org.euryale.reactor;

import java.nio.ByteBuffer;

/** What a program writes to a {@link StreamTransport}: strings, arrays, buffers, as its language has it. Immutable. */
public interface Carrier<B> {
    /** How many bytes it is; the same at every call. */
    int length(B bytes);

    /** Puts bytes from {@code from} on into {@code into}: as many as there are, or as have room. */
    void copy(B bytes, int from, ByteBuffer into);
}
