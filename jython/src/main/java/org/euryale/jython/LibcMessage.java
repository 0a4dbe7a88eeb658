package org.euryale.jython;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.euryale.posix.ControlMessage;

/**
 * The struct msghdr of {@code sendmsg(2)} and {@code recvmsg(2)} for one piece of memory, with its struct iovec and its
 * control messages (cmsg(3)) behind it. As glibc has them on Linux, where a size_t is as long as an address.
 */
final class LibcMessage {
    private static final int WORD = Runtime.getSystemRuntime().addressSize();

    // struct msghdr: void *name; socklen_t (padded); iovec *iov; size_t iovlen; void *control; size_t controllen; int
    // flags.
    private static final int IOV = 2 * WORD;
    private static final int IOVLEN = 3 * WORD;
    private static final int CONTROL = 4 * WORD;
    private static final int CONTROLLEN = 5 * WORD;
    private static final int FLAGS = 6 * WORD;
    private static final int MSGHDR = 7 * WORD;
    private static final int IOVEC = 2 * WORD;
    private static final int BODY = MSGHDR + IOVEC;

    // struct cmsghdr: size_t len, of it and its data; int level; int type.
    private static final int LEVEL = WORD;
    private static final int TYPE = WORD + Integer.BYTES;
    private static final int CMSGHDR = WORD + 2 * Integer.BYTES;

    private final Pointer memory;
    private final Pointer bytes;

    /** Room for control messages, in bytes of the struct. */
    private LibcMessage(Pointer bytes, int count, int room) {
        this.bytes = bytes;
        memory = Memory.allocateDirect(Runtime.getSystemRuntime(), BODY + room, true);
        memory.putPointer(IOV, memory.slice(MSGHDR));
        word(IOVLEN, 1);
        memory.putPointer(MSGHDR, bytes);
        word(MSGHDR + WORD, count);
        if (room > 0) {
            memory.putPointer(CONTROL, memory.slice(BODY));
            word(CONTROLLEN, room);
        }
    }

    /** To be sent. */
    static LibcMessage of(Pointer bytes, int count, List<ControlMessage> control) {
        int room = 0;
        for (ControlMessage each : control) {
            room += space(each.data().length);
        }
        LibcMessage message = new LibcMessage(bytes, count, room);
        long at = BODY;
        for (ControlMessage each : control) {
            byte[] data = each.data();
            message.word(at, CMSGHDR + data.length);
            message.memory.putInt(at + LEVEL, each.level());
            message.memory.putInt(at + TYPE, each.type());
            message.memory.put(at + CMSGHDR, data, 0, data.length);
            at += space(data.length);
        }
        return message;
    }

    /** To be received into, with room for control messages whose data have {@code room} bytes. */
    static LibcMessage withRoom(Pointer bytes, int count, int room) {
        return new LibcMessage(bytes, count, space(room));
    }

    /** CMSG_SPACE. */
    private static int space(int length) {
        return CMSGHDR + aligned(length);
    }

    private static int aligned(int length) {
        return (length + WORD - 1) & -WORD;
    }

    private void word(long at, long value) {
        if (WORD == Long.BYTES) {
            memory.putLong(at, value);
        } else {
            memory.putInt(at, (int) value);
        }
    }

    private long word(long at) {
        return WORD == Long.BYTES ? memory.getLong(at) : memory.getInt(at);
    }

    /** {@code sendmsg(2)} or {@code recvmsg(2)}. */
    interface Call {
        long on(Pointer header);
    }

    /** Makes the call; what the header points to stays until it returns. */
    long passTo(Call call) {
        try {
            return call.on(memory);
        } finally {
            Reference.reachabilityFence(bytes);
        }
    }

    /** What {@code recvmsg(2)} says of it. */
    int flags() {
        return memory.getInt(FLAGS);
    }

    /** The control messages that were received. */
    List<ControlMessage> control() {
        List<ControlMessage> received = new ArrayList<>();
        long at = BODY;
        long end = at + word(CONTROLLEN);
        while (end - at >= CMSGHDR) {
            int length = (int) Math.min(word(at), end - at); // the kernel's own length, were the room too small
            if (length < CMSGHDR) {
                break;
            }
            byte[] data = new byte[length - CMSGHDR];
            memory.get(at + CMSGHDR, data, 0, data.length);
            received.add(new ControlMessage(memory.getInt(at + LEVEL), memory.getInt(at + TYPE), data));
            at += aligned(length);
        }
        return received;
    }
}
