"""What tests of Euryale's reactor share."""

import threading
import unittest

from twisted.internet.protocol import Factory
from twisted.python import log

from euryale.reactor import EuryaleReactor


class ReactorTest(unittest.TestCase):
    """Has a reactor of its own, and in failures the events of what is logged as an error."""

    # How long what is waited for may take.
    limit = 60

    def setUp(self):
        self.reactor = EuryaleReactor()
        self.addCleanup(self.reactor._core.close)
        self.failures = []
        log.addObserver(self.observe)
        self.addCleanup(log.removeObserver, self.observe)

    def until(self, condition):
        """Runs the reactor until the condition holds."""
        end = self.reactor.seconds() + self.limit
        while not condition():
            self.assertLess(self.reactor.seconds(), end, 'it never came to be')
            self.reactor.iterate(0.05)

    def port(self, protocol, wrapped=lambda factory: factory):
        """The number of a port that serves a protocol on loopback."""
        factory = wrapped(Factory.forProtocol(protocol))
        factory.reactor = self.reactor
        return self.reactor.listenTCP(0, factory, interface='127.0.0.1').getHost().port

    def peers(self, *tasks):
        """Runs the reactor until each task, in a thread of its own, has returned; what they returned."""
        results, left = [], [len(tasks)]

        def ended(result):
            results.append(result)
            left[0] -= 1

        def run(task):
            try:
                result = task()
            except Exception as e:
                result = e
            self.reactor.callFromThread(ended, result)

        for task in tasks:
            thread = threading.Thread(target=run, args=(task,))
            thread.setDaemon(True)
            thread.start()
        self.until(lambda: not left[0])
        return results

    def observe(self, event):
        if event['isError']:
            self.failures.append(event)
