package org.euryale.tls;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Memory that connections lease while they hold bytes, so that an idle one has none. Any thread may call anything; there is
 * no lock.
 *
 * <p>Buffers are on the heap: the JDK's ciphers work on arrays, and copy what is not in one.
 */
public final class BufferPool {
    /** Bytes of a buffer. JSSE wants room for its largest record, 16,709 bytes (JDK 17 and 25), at each wrap. */
    static final int CHUNK = 17 * 1024;

    /** As many as one thread can use at once, and some more; what is above that is the collector's. */
    private static final int IDLE = 16;

    private final AtomicReferenceArray<ByteBuffer> idle = new AtomicReferenceArray<>(IDLE);
    private final AtomicInteger leased = new AtomicInteger();

    /** An empty buffer of {@link #CHUNK} bytes, or of {@code size} when that is more. */
    ByteBuffer lease(int size) {
        leased.incrementAndGet();
        for (int i = 0; size <= CHUNK && i < IDLE; i++) {
            ByteBuffer buffer = idle.get(i) == null ? null : idle.getAndSet(i, null);
            if (buffer != null) {
                return buffer.clear();
            }
        }
        return ByteBuffer.allocate(Math.max(size, CHUNK));
    }

    /** Gives back a buffer that was leased here, once. */
    void release(ByteBuffer buffer) {
        leased.decrementAndGet();
        for (int i = 0; buffer.capacity() == CHUNK && i < IDLE; i++) {
            if (idle.compareAndSet(i, null, buffer)) {
                return;
            }
        }
    }

    /** How many buffers are leased now. */
    public int leased() {
        return leased.get();
    }
}
