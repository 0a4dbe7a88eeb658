package org.euryale.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Bytes on their way, OpenSSL's memory BIO: what is put in comes out in order. It holds memory only while it holds bytes.
 * It belongs to one thread at a time.
 */
public final class ByteQueue {
    private final BufferPool pool;

    /** Ready to be read: what lies behind a buffer's limit is free. */
    private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>(2);

    private int size;
    private int limit = Integer.MAX_VALUE;
    private boolean ended;

    ByteQueue(BufferPool pool) {
        this.pool = pool;
    }

    /** Puts in all of {@code source}, above the {@link #limit} too: that is for the engine, which asks before it makes bytes. */
    public void put(ByteBuffer source) {
        while (source.hasRemaining()) {
            ByteBuffer last = chunks.peekLast();
            if (last == null || last.limit() == last.capacity()) {
                last = pool.lease(BufferPool.CHUNK).limit(0);
                chunks.addLast(last);
            }
            int count = Math.min(source.remaining(), last.capacity() - last.limit());
            int end = last.limit();
            last.limit(end + count);
            last.put(end, source, source.position(), count);
            source.position(source.position() + count);
            size += count;
        }
    }

    /** Moves bytes into {@code target} as far as both reach, and says how many. */
    public int take(ByteBuffer target) {
        int taken = 0;
        for (ByteBuffer first = chunks.peekFirst();
                first != null && target.hasRemaining();
                first = chunks.peekFirst()) {
            int count = Math.min(first.remaining(), target.remaining());
            target.put(target.position(), first, first.position(), count);
            target.position(target.position() + count);
            took(first.position(first.position() + count), count);
            taken += count;
        }
        return taken;
    }

    /** How many bytes are in the first buffer; 0 for none. */
    public int firstSize() {
        ByteBuffer first = chunks.peekFirst();
        return first == null ? 0 : first.remaining();
    }

    /** Takes the first buffer out as it is, so that its bytes need not be copied; there must be one, and it goes {@link #back}. */
    public ByteBuffer lend() {
        ByteBuffer first = chunks.removeFirst();
        size -= first.remaining();
        return first;
    }

    /** A buffer that was lent is not used any more. Any thread may say so. */
    public void back(ByteBuffer lent) {
        pool.release(lent);
    }

    /** Copies the next bytes, which stay in, into {@code target} as far as both reach, and says how many. */
    public int copy(ByteBuffer target) {
        int copied = 0;
        for (ByteBuffer chunk : chunks) {
            int count = Math.min(chunk.remaining(), target.remaining());
            target.put(target.position(), chunk, chunk.position(), count);
            target.position(target.position() + count);
            copied += count;
        }
        return copied;
    }

    /** Forgets the next {@code count} bytes, as many as there must be. */
    public void skip(int count) {
        int left = count;
        while (left > 0) {
            ByteBuffer first = chunks.getFirst();
            int taken = Math.min(left, first.remaining());
            took(first.position(first.position() + taken), taken);
            left -= taken;
        }
    }

    /** How many bytes are in it. */
    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** No more than this many bytes are wanted in it; at first, as many as there may be. */
    public void limit(int bytes) {
        limit = bytes;
    }

    boolean isFull() {
        return size >= limit;
    }

    /** Nothing will be put in any more: the peer has ended its stream. */
    public void end() {
        ended = true;
    }

    public boolean isEnded() {
        return ended;
    }

    /** Forgets all bytes. */
    public void clear() {
        chunks.forEach(pool::release);
        chunks.clear();
        size = 0;
    }

    /** The byte at {@code index}, 0 to 255, which stays in; there must be one. */
    int peek(int index) {
        int before = 0;
        for (ByteBuffer chunk : chunks) {
            if (index - before < chunk.remaining()) {
                return chunk.get(chunk.position() + index - before) & 0xFF;
            }
            before += chunk.remaining();
        }
        throw new IndexOutOfBoundsException(index);
    }

    /**
     * A buffer whose first {@code count} bytes are the next ones, as many as there must be. Who reads of it says so with
     * {@link #took}; it stays the queue's.
     */
    ByteBuffer first(int count) {
        ByteBuffer first = chunks.getFirst();
        if (first.remaining() >= count) {
            return first;
        }
        ByteBuffer joined = pool.lease(count);
        joined.limit(count);
        int whole = size;
        take(joined);
        size = whole;
        chunks.addFirst(joined.flip());
        return joined;
    }

    /** {@code count} bytes were read of the first buffer, whose position says so, too. */
    void took(ByteBuffer first, int count) {
        size -= count;
        if (!first.hasRemaining()) {
            chunks.removeFirst();
            pool.release(first);
        }
    }

    /** Takes over a leased buffer with bytes to read, or copies them where there is room behind the last ones. */
    void adopt(ByteBuffer filled) {
        ByteBuffer last = chunks.peekLast();
        int count = filled.remaining();
        if (count == 0 || (last != null && last.capacity() - last.limit() >= count)) {
            put(filled);
            pool.release(filled);
        } else {
            chunks.addLast(filled);
            size += count;
        }
    }
}
