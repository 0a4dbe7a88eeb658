"""A Failure made of one that was thrown into a generator forgets where that came from: inlineCallbacks lose their tracebacks.

Twisted finds the first by whether the bytecode at the bottom of the traceback is a yield. There is no bytecode here. It is
the one that throwExceptionIntoGenerator has where the exception is the very object that it threw.

Evidence: hasattr(types.TracebackType, 'tb_lasti') is False; a Deferred that fails below two inlineCallbacks.
"""

import sys
import types


def is_faulty(failure):
    return not hasattr(types.TracebackType, 'tb_lasti')


def repair(failure):
    raising = failure.Failure.raiseException.__code__
    throwing = failure.Failure.throwExceptionIntoGenerator.__code__

    def _findFailure(cls):
        """The Failure whose exception is being handled, if it was raised by one; else None."""
        value, first = sys.exc_info()[1:]
        if first is None:
            return None
        before, last = None, first
        while last.tb_next is not None:
            before, last = last, last.tb_next
        if last.tb_frame.f_code is raising:
            return last.tb_frame.f_locals.get('self')
        # Caught above the generator, throw's frame is the last but one; caught in it, it is who called the generator.
        for frame in (before and before.tb_frame, first.tb_frame.f_back):
            if frame is not None and frame.f_code is throwing:
                found = frame.f_locals.get('self')
                if found is not None and found.value is value:
                    return found
        return None

    failure.Failure._findFailure = classmethod(_findFailure)
