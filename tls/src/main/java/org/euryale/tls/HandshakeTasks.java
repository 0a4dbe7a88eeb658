package org.euryale.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The long computations of a handshake, which JSSE hands out: run here, or by an executor when there is one. */
final class HandshakeTasks {
    private @Nullable Executor executor;
    private Runnable whenDone = () -> {};

    /** Written by the executor's thread when all is done: who reads false also sees what the tasks did. */
    private volatile boolean running;

    /** @param callback run by the executor's thread each time that work it was given is done */
    void by(Executor runner, Runnable callback) {
        executor = runner;
        whenDone = callback;
    }

    boolean running() {
        return running;
    }

    /** Runs what the engine has, or gives it away; true when it is done. A task tells its failure to the engine's next call. */
    boolean run(SSLEngine engine) {
        List<Runnable> tasks = new ArrayList<>(1);
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            tasks.add(task);
        }
        if (executor != null) {
            running = true;
            try {
                executor.execute(() -> {
                    try {
                        tasks.forEach(Runnable::run);
                    } finally {
                        running = false;
                        whenDone.run();
                    }
                });
                return false;
            } catch (RuntimeException e) { // it is shut down; the connection need not suffer
                running = false;
            }
        }
        tasks.forEach(Runnable::run);
        return true;
    }
}
