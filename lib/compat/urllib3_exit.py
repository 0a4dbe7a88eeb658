"""urllib3 holds the collector off when the program ends, which the JVM's cannot be.

Its copy of Python 3's weakref.finalize closes pools at exit, and calls gc.disable() first where gc.isenabled(): a
NotImplementedError on Jython, whose traceback every program ends with that has had a pool.

Evidence: the end of a program that has used requests 2.27 prints "NotImplementedError: can't disable Java GC".
Test: conformance/clients/talk_https.py test_the_end_says_nothing.
"""

import gc
import sys
import types


def is_faulty(weakref_finalize):
    return gc.isenabled() and sys.platform.startswith('java')


def repair(weakref_finalize):
    finalize = weakref_finalize.weakref_finalize
    exitfunc = finalize._exitfunc

    def without_holding():
        held_off = types.ModuleType('gc')
        vars(held_off).update(vars(gc), isenabled=lambda: False)
        sys.modules['gc'] = held_off
        try:
            exitfunc()
        finally:
            sys.modules['gc'] = gc

    finalize._exitfunc = staticmethod(without_holding)
