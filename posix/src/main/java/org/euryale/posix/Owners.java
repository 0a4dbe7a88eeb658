package org.euryale.posix;

import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * Sockets that are dropped
 * ------------------------
 * CPython closes a socket when the last reference to the object goes, and programs rely on it. Here the collector finds
 * such objects, some time later, and what they owned is closed then. The object that is tracked is the face that the
 * program holds, not the open file: another descriptor of the file (dup, fromfd) has a face of its own.
 *
 * A number may be closed behind its owner's back (os.close) and be given again. So an ownership ends with the number:
 * the table forgets it when the number is closed, both under one lock, and an ownership that is found later and is not
 * the table's any more closes nothing.
 *
 * There is no thread that waits for the collector. A thread would have to end with the interpreter, and with a class
 * loader that somebody drops without a word; and what it closes it would close in the middle of the program's own calls.
 * Instead the queue is looked at, which is one volatile read, where a descriptor is made and where somebody begins to
 * wait: in poll, select, epoll_wait, and in every call that blocks. A program that neither opens nor waits is closed
 * nothing for, and a collection has to come first in any case.
 */

/** Which objects own the descriptors of a table. Guarded by the table's monitor, all but {@link #poll}. */
final class Owners {
    private final ReferenceQueue<Object> queue = new ReferenceQueue<>();
    private @Nullable Ownership[] byDescriptor = new Ownership[0];

    /** The descriptor is {@code owner}'s from now on. */
    void own(int descriptor, Object owner) {
        if (descriptor >= byDescriptor.length) {
            byDescriptor = Arrays.copyOf(byDescriptor, Math.max(descriptor + 1, byDescriptor.length * 3 / 2));
        }
        byDescriptor[descriptor] = new Ownership(owner, descriptor, queue);
    }

    /** Whose the descriptor is, null when it is nobody's. */
    @Nullable
    Ownership of(int descriptor) {
        return descriptor >= 0 && descriptor < byDescriptor.length ? byDescriptor[descriptor] : null;
    }

    /** The descriptor was closed. */
    void disown(int descriptor) {
        Ownership ended = of(descriptor);
        if (ended != null) {
            byDescriptor[descriptor] = null;
            ended.clear(); // nothing for the collector to do any more
        }
    }

    /** All descriptors were closed. */
    void clear() {
        byDescriptor = new Ownership[0];
    }

    /** The next whose owner is gone, null when there is none; any thread, and nearly nothing when there is none. */
    @Nullable
    Ownership poll() {
        return (Ownership) queue.poll();
    }

    /** All whose owners are gone, queued yet or not: the JDK queues them on a thread of its own, after the collection. */
    List<Ownership> collected() {
        List<Ownership> found = new ArrayList<>();
        for (Ownership one : byDescriptor) {
            if (one != null && one.refersTo(null)) {
                found.add(one);
            }
        }
        return found;
    }
}
