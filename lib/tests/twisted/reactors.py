"""What tests of Euryale's reactor share."""

import unittest

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

    def observe(self, event):
        if event['isError']:
            self.failures.append(event)
