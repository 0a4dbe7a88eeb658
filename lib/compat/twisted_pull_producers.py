"""Twisted wraps a pull producer, where the transport is TLS or a request, and pauses and resumes it at each piece it writes.

Each time its Cooperator takes a task out of its list and puts it in, makes a delayed call, imports the reactor for that,
and asks the clock. Where the reactor is Euryale's, that is Java.

Evidence: bench/run twisted-tls-bulk.
"""

from twisted.internet import task


def is_faulty(helpers):
    return helpers.cooperate is task.cooperate


def repair(helpers):
    def cooperate(iterator):
        from twisted.internet import reactor
        cooperator = getattr(reactor, '_cooperator', None)
        if cooperator is None:
            return task.cooperate(iterator)
        return task.CooperativeTask(iterator, cooperator)

    helpers.cooperate = cooperate
