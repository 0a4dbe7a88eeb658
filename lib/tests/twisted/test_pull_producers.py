"""Pull producers made push producers (twisted.internet._producer_helpers) where the reactor is Euryale's.

    PYTHONPATH=$(conformance/twisted/run --site) ./euryale -m unittest discover -s lib/tests/twisted
"""

import time
import unittest

from twisted.internet import _producer_helpers, reactor, task

from reactors import ReactorTest


class Producer(object):
    """Notes its name at each call, then does what it is told."""

    def __init__(self, name, calls, does):
        self.name, self.calls, self.does = name, calls, does

    def resumeProducing(self):
        self.calls.append(self.name)
        self.does()


class Consumer(object):

    def unregisterProducer(self):
        self.pushed.stopStreaming()


class PullProducersTest(ReactorTest):

    def setUp(self):
        ReactorTest.setUp(self)
        self.reactor = reactor
        self.calls = []

    def pushed(self, name, does=lambda: None):
        consumer = Consumer()
        consumer.pushed = pushed = _producer_helpers._PullToPush(Producer(name, self.calls, does), consumer)
        pushed.startStreaming()
        self.addCleanup(pushed.stopStreaming)
        return pushed

    def test_none_is_called_where_it_is_registered(self):
        self.pushed('a', lambda: a.pauseProducing())
        self.assertEqual([], self.calls)

    def test_paused_resumed_and_stopped(self):
        a = self.pushed('a', lambda: a.pauseProducing())
        self.until(lambda: self.calls)
        self.reactor.iterate(0)
        self.assertEqual(['a'], self.calls)
        a.resumeProducing()
        self.assertEqual(['a'], self.calls)
        self.until(lambda: len(self.calls) == 2)
        a.resumeProducing()
        a.stopStreaming()
        self.reactor.iterate(0)
        self.reactor.iterate(0)
        self.assertEqual(['a', 'a'], self.calls)

    def test_turns_are_taken(self):
        stop = {}

        def third():
            if self.calls.count('b') == 3:
                b.stopStreaming()
            if self.calls.count('c') == 5:
                stop['c'].stopStreaming()
                stop['a'].stopStreaming()

        stop['a'] = self.pushed('a', third)
        b = self.pushed('b', third)
        stop['c'] = self.pushed('c', third)
        self.until(lambda: self.calls.count('c') == 5)
        self.assertEqual('abcabcabcacac', ''.join(self.calls))

    def test_one_that_never_pauses_holds_the_loop_for_a_hundredth_of_a_second(self):
        self.pushed('a', lambda: time.sleep(0.002))     # what a unit takes, at least
        turns = []
        due = self.reactor.callLater(0.05, turns.append, 1)
        self.until(lambda: self.calls)
        self.assertLess(len(self.calls), 7)
        self.until(lambda: turns)
        self.assertTrue(due.called)

    def test_one_that_raises_is_logged_and_unregistered_and_the_others_go_on(self):
        a = self.pushed('a', lambda: 1 // 0)
        self.pushed('b')
        self.until(lambda: len(self.calls) > 5)
        self.assertEqual(['a', 'b', 'b'], self.calls[:3])
        self.assertEqual([ZeroDivisionError], [event['failure'].type for event in self.failures])
        self.assertTrue(a._finished)

    def test_the_task_is_twisteds(self):
        a = self.pushed('a')
        self.assertIs(task.CooperativeTask, type(a._coopTask))
        done = []
        a._coopTask.whenDone().addErrback(done.append)
        a.stopStreaming()
        self.assertEqual([task.TaskStopped], [failure.type for failure in done])
        self.assertRaises(task.TaskStopped, a.pauseProducing)

    def test_no_delayed_call_is_left(self):
        before = self.reactor.getDelayedCalls()
        self.pushed('a')
        self.assertEqual(before, self.reactor.getDelayedCalls())


if __name__ == '__main__':
    unittest.main()
