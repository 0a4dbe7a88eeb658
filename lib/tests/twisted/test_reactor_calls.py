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

    def test_what_is_no_number_of_seconds(self):
        def says(error, text, function, *arguments):
            with self.assertRaises(error) as raised:
                function(*arguments)
            self.assertEqual(text, str(raised.exception))

        sum_of = "unsupported operand type(s) for +: 'float' and '%s'"
        for what in 'x', u'1', []:
            says(TypeError, sum_of % type(what).__name__, self.reactor.callLater, what, int)
        for what in None, -1, float('nan'):
            says(AssertionError, '%s is not greater than or equal to 0 seconds' % what, self.reactor.callLater, what, int)
        self.assertRaises(TypeError, self.reactor.callLater, 1j, int)
        call = self.reactor.callLater(60, int)
        says(TypeError, sum_of % 'str', call.reset, 'x')
        self.assertRaises(TypeError, call.delay, 'x')
        call.cancel()

    def test_what_can_be_no_reader_or_writer(self):
        class Closed(object):
            def fileno(self):
                return -1

        for remove in self.reactor.removeReader, self.reactor.removeWriter:
            for what in 5, None, object():
                with self.assertRaises(AttributeError) as raised:
                    remove(what)
                self.assertEqual("'%s' object has no attribute 'fileno'" % type(what).__name__, str(raised.exception))
            remove(Closed())


if __name__ == '__main__':
    unittest.main()
