package org.euryale.posix;

/** What goes beside the bytes of {@code sendmsg(2)}, see cmsg(3). */
public final class ControlMessage {
    public static final int SOL_SOCKET = 1;

    /** Of {@link #SOL_SOCKET}: descriptors, which the receiver gets copies of (unix(7)). */
    public static final int SCM_RIGHTS = 1;

    /** Of {@link #SOL_SOCKET}: process, user and group of the sender. */
    public static final int SCM_CREDENTIALS = 2;

    private final int level;
    private final int type;
    private final byte[] data;

    /**
     * @param level SOL_SOCKET ...
     * @param type {@link #SCM_RIGHTS} ...
     * @param data in the machine's byte order; whoever made it leaves it as it is
     */
    public ControlMessage(int level, int type, byte[] data) {
        this.level = level;
        this.type = type;
        this.data = data;
    }

    public int level() {
        return level;
    }

    public int type() {
        return type;
    }

    /** The data themselves, not a copy. */
    public byte[] data() {
        return data;
    }

    /** Whether its data are descriptors. */
    public boolean passesFiles() {
        return level == SOL_SOCKET && type == SCM_RIGHTS;
    }
}
