"""Functions of atexit run before the program's threads have ended.

Jython joins the threads in an atexit function of its own, registered when threading is imported and so
the last to run. CPython joins them first (wait_for_thread_shutdown in Py_Finalize): what the program
closes at exit is still there for its threads.

Evidence: launcher/tests EndTest.test_threads_are_waited_for.
"""

import atexit
import sys


def repair(threading):
    joins_threads = [entry for entry in atexit._exithandlers
                     if isinstance(getattr(entry[0], 'im_self', None), threading._MainThread)]
    for entry in joins_threads:
        atexit._exithandlers.remove(entry)
    run_atexit = sys.exitfunc

    def exitfunc():
        try:
            for function, arguments, keywords in joins_threads:
                function(*arguments, **keywords)
        finally:
            run_atexit()

    sys.exitfunc = exitfunc
