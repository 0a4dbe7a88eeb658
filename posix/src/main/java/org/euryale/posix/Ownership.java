package org.euryale.posix;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;

/** That an object of the program owns a descriptor: queued when the collector has found that nobody has the object. */
final class Ownership extends PhantomReference<Object> {
    final int descriptor;

    Ownership(Object owner, int descriptor, ReferenceQueue<Object> queue) {
        super(owner, queue);
        this.descriptor = descriptor;
    }
}
