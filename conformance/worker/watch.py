"""Notes where the main thread stands shortly before a test's time is over; the driver then ends the worker."""

import os
import sys
import time
import traceback

import verdicts

try:
    from thread import get_ident, start_new_thread
except ImportError:
    from _thread import get_ident, start_new_thread

# After the limit of a test the driver kills; a worker that still lives this many seconds later has lost its driver.
ORPHAN_SECONDS = 60


class Watch(object):
    """`current` is the test that runs, None between two; `limit` is in seconds.  Made in the main thread."""

    def __init__(self, module_name, journal, limit):
        self.current = None
        self._module_name, self._journal, self._limit = module_name, journal, limit
        self._main = get_ident()
        # The functions as they are now: tests put others in their place.
        self._sleep, self._time, self._frames, self._exit = time.sleep, time.time, sys._current_frames, os._exit

    def start(self):
        start_new_thread(self._loop, ())

    def _loop(self):
        seen, since = None, 0
        while True:
            self._sleep(0.2)
            test, now = self.current, self._time()
            if test != seen:
                seen, since = test, now
            elif seen and now - since > self._limit - 1:
                self._note(seen)
                self._sleep(ORPHAN_SECONDS)
                self._exit(3)

    def _note(self, test):
        stack = traceback.extract_stack(self._frames().get(self._main))
        sys.__stderr__.write('stuck in %s\n%s' % (test, ''.join(traceback.format_list(stack))))
        sys.__stderr__.flush()
        self._journal.write('stuck', test, verdicts.place(stack, self._module_name))
