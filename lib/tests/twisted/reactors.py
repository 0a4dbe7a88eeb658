"""What tests of Euryale's reactor share."""

import unittest

from twisted.python import log

from euryale.reactor import EuryaleReactor


class ReactorTest(unittest.TestCase):
    """Has a reactor of its own, and in failures the events of what is logged as an error."""

    def setUp(self):
        self.reactor = EuryaleReactor()
        self.addCleanup(self.reactor._core.close)
        self.failures = []
        log.addObserver(self.observe)
        self.addCleanup(log.removeObserver, self.observe)

    def observe(self, event):
        if event['isError']:
            self.failures.append(event)
