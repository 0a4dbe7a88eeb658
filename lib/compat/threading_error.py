"""threading has no ThreadError, the name there for thread.error.

Evidence: from threading import ThreadError; twisted._threads.test.test_threadworker.
"""

import thread


def is_faulty(threading):
    return not hasattr(threading, 'ThreadError')


def repair(threading):
    threading.ThreadError = thread.error
