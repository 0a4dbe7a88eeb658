"""Delayed calls of euryale.reactor, where they go wrong.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import sys
import unittest

from reactors import ReactorTest


class CallsTest(ReactorTest):

    def turn(self):
        self.reactor.iterate(0)

    def test_a_call_that_raises_is_logged_from_the_loop_on_and_the_next_one_is_made(self):
        made = []
        self.reactor.callLater(0, lambda: 1 // 0)
        self.reactor.callLater(0, made.append, 1)
        self.turn()
        self.assertEqual([1], made)
        self.assertEqual([ZeroDivisionError], [event['failure'].type for event in self.failures])
        self.assertEqual(['runUntilCurrent', '<lambda>'], [frame[0] for frame in self.failures[0]['failure'].frames])

    def test_so_is_one_that_recurses_without_end_or_raises_what_is_no_exception_of_Python(self):
        from java.lang import IllegalStateException

        def deeper():
            deeper()

        def java():
            raise IllegalStateException('no')

        # What it leaves is printed.
        self.addCleanup(sys.setrecursionlimit, sys.getrecursionlimit())
        sys.setrecursionlimit(50)
        made = []
        self.reactor.callLater(0, deeper)
        self.reactor.callLater(0, java)
        self.reactor.callLater(0, made.append, 1)
        self.turn()
        self.assertEqual([1], made)
        self.assertEqual([RuntimeError, IllegalStateException], [event['failure'].type for event in self.failures])


if __name__ == '__main__':
    unittest.main()
