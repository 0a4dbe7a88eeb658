package org.euryale.jython;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.python.core.Py;
import org.python.core.PyObject;

/**
 * Takes turns between the tasks that turn pull producers into push producers, as twisted.internet.task.Cooperator does: one
 * unit of each after the other, for a hundredth of a second in one turn of the loop. A task that is paused and resumed at
 * each piece that it writes, as those are, costs a dozen calls of Python there. Used in the reactor's thread.
 */
final class Cooperator implements Runnable {
    /** Nanoseconds of a turn of the loop after which no other unit begins; twisted.internet.task._Timer has the same. */
    private static final long SLICE = 10_000_000L;

    private final TwistedReactor core;
    private final List<PyObject> tasks = new ArrayList<>();

    /** The place of the task that is next. */
    private int next;

    private boolean scheduled;

    private Cooperator(TwistedReactor core) {
        this.core = core;
    }

    /** Gives an object the two methods that CooperativeTask calls. */
    static void into(TwistedReactor core, PyObject cooperator) {
        Cooperator of = new Cooperator(core);
        cooperator.__setattr__("_addTask", of.function("_addTask", "Takes turns with it from now on.", of::add));
        cooperator.__setattr__("_removeTask", of.function("_removeTask", "Takes no more turns with it.", of::remove));
    }

    private Function function(String name, String doc, Consumer<PyObject> of) {
        return new Function(new Signature(name, 1, 1, "task"), name + "(task)\n\n" + doc, a -> {
            of.accept(SocketMethods.required(a[0]));
            return Py.None;
        });
    }

    private void add(PyObject task) {
        tasks.add(task);
        schedule();
    }

    @SuppressWarnings("ReferenceEquality") // a task of the same mind is another task
    private void remove(PyObject task) {
        for (int i = 0; i < tasks.size(); i++) {
            if (tasks.get(i) == task) {
                tasks.remove(i);
                if (i < next) {
                    next--;
                }
                return;
            }
        }
        throw Py.ValueError("the task takes no turns");
    }

    private void schedule() {
        if (!scheduled && !tasks.isEmpty()) {
            scheduled = true;
            core.loop.callSoon(this);
        }
    }

    @Override
    public void run() {
        scheduled = false;
        long end = System.nanoTime() + SLICE;
        try {
            while (!tasks.isEmpty()) {
                if (next >= tasks.size()) {
                    next = 0;
                }
                tasks.get(next++).invoke("_oneWorkUnit");
                if (System.nanoTime() - end >= 0) {
                    break;
                }
            }
        } finally {
            schedule();
        }
    }
}
