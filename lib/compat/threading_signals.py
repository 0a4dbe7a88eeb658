"""A signal while the main thread waits for another thread is an InterruptedException, or waits with it.

In CPython the handler runs at once (and Ctrl-C is KeyboardInterrupt) when the main thread is in
Condition.wait, Event.wait or Thread.join with a timeout; the wait goes on if the handler returns. Here
the same is true without a timeout, where CPython 2.7 waits to the end.

The handler runs while the condition's lock is free: setting the event that is waited for is what most
handlers do. Where a handler has run, Condition.wait returns early, which its callers expect at any
time; Event.wait and Thread.join go on.

Evidence: launcher/tests SignalTest.test_interrupt_ends_a_wait, test_handler_sets_the_event.
"""

from java.lang import InterruptedException, System

from org.euryale.jython import Interrupts


def waited(wait, *arguments):
    """Calls a Java wait; False where a signal ended it, whose handler has not yet run."""
    if not Interrupts.isMain():
        wait(*arguments)
        return True
    Interrupts.enter()
    try:
        wait(*arguments)
        return True
    except InterruptedException:
        return False
    finally:
        Interrupts.leave()


def clock():
    """Seconds that never jump."""
    return System.nanoTime() * 1e-9


def repair(threading):
    jythons_condition = threading.Condition
    jythons_join = threading.JavaThread.join

    class Condition(object):
        """threading.Condition; a signal handler may run while it waits."""

        def __init__(self, lock=None, verbose=None):
            condition = jythons_condition() if lock is None else jythons_condition(lock)
            self._condition = condition
            self.acquire = condition.acquire
            self.release = condition.release
            self.notify = condition.notify
            self.notifyAll = self.notify_all = condition.notifyAll
            self._is_owned = condition._is_owned

        def __enter__(self):
            return self.acquire()

        def __exit__(self, *raised):
            self.release()

        def __repr__(self):
            return repr(self._condition)

        def wait(self, timeout=None):
            if not waited(self._condition.wait, timeout):
                self.release()
                try:
                    Interrupts.check()
                finally:
                    self.acquire()

    def wait(self, timeout=None):
        condition = self._Event__cond
        end = None if timeout is None else clock() + timeout
        with condition:
            left = timeout
            while not self.isSet() and (left is None or left > 0):
                condition.wait(left)
                if end is not None:
                    left = end - clock()
            return self.isSet()

    def join(self, timeout=None):
        end = None if timeout is None else clock() + timeout
        left = None if timeout is None else max(timeout, 1e-6)  # Jython's join(0) has no limit
        while not waited(jythons_join, self, left):
            Interrupts.check()
            if end is not None:
                left = end - clock()
                if left <= 0:
                    return

    threading.Condition = Condition
    threading._Event.wait = wait
    threading.JavaThread.join = join
