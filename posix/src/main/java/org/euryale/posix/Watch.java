package org.euryale.posix;

import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * One file's standing registration with one {@link Poller}: what is asked, and the JDK's key while the file's channel
 * is registered. A watch lives until it is removed or its file is closed; between waits it can be {@link #PARKED},
 * which keeps the key but asks the kernel nothing.
 *
 * <p>Fields without a word of their own are guarded by the poller's mutex. Those with few values are short: each idle
 * connection has a watch, and 64 bytes hold one.
 */
public final class Watch {
    /** Asks nothing, not even ERR and HUP. */
    public static final int PARKED = -1;

    final Poller poller;
    final OpenFile file;

    /** The descriptor it was made for; several descriptors can name one file. */
    final int descriptor;

    int events;

    /** Of the same file; its own lock guards it. */
    @Nullable
    Watch next;

    @Nullable
    SelectionKey key;

    boolean changed;

    /** The waiting thread is about to bring the key in line, or waits with the key it has just made. */
    boolean updating;

    boolean hot;
    boolean removed;

    /** Other descriptors of the same file are, or were, watched by the same poller: they share one key. */
    boolean shared;

    /** Edge-triggered: reported once, then not before something else holds or the program has used the file again. */
    boolean edge;

    /** Of an edge-triggered watch: what was reported since the program used the file, all reading or all writing. */
    short told;

    boolean disarmed;

    /** Disabled (parked) by its first report. */
    boolean oneShot;

    /** Opaque data of the program, as epoll_event.data; owned by whoever made the watch. */
    int wanted;

    int generation;

    /** What the wait that is going on has found; touched by the waiting thread alone. */
    int found;

    byte readyOps;

    private @Nullable Object attachment;

    Watch(Poller poller, OpenFile file, int descriptor, int events) {
        this.poller = poller;
        this.file = file;
        this.descriptor = descriptor;
        this.events = events;
    }

    public int descriptor() {
        return descriptor;
    }

    public OpenFile file() {
        return file;
    }

    /** Keeps something for whoever waits, as a {@link SelectionKey} does; theirs to guard. */
    public void attach(Object object) {
        attachment = object;
    }

    /** What was attached last. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** What the kernel and the file are to be asked now. */
    int armed() {
        int left = events & ~told;
        return disarmed || (told != 0 && (left & (Events.READ | Events.WRITE)) == 0) ? PARKED : left;
    }
}
