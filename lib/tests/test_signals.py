"""Signals that a program sends to itself. What is said here holds on CPython 2.7, too.

What CPython's own test_signal asks is asked by the conformance run.
"""

import errno
import fcntl
import os
import signal
import time
import unittest

ROUNDS = 50


class SentToItselfTest(unittest.TestCase):
    """A signal has been taken when kill returns on the main thread."""

    def handle(self, number, handler):
        self.addCleanup(signal.signal, number, signal.signal(number, handler))

    def wakeup(self):
        r, w = os.pipe()
        for fd in r, w:
            fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK)
            self.addCleanup(os.close, fd)
        self.addCleanup(signal.set_wakeup_fd, signal.set_wakeup_fd(w))
        return r

    def test_the_handler_has_run(self):
        seen = []
        self.handle(signal.SIGUSR1, lambda number, frame: seen.append(number))
        for n in range(ROUNDS):
            os.kill(os.getpid(), signal.SIGUSR1)
            seen.append(n)
        self.assertEqual([x for n in range(ROUNDS) for x in (signal.SIGUSR1, n)], seen)

    def test_the_wakeup_descriptor_has_its_byte(self):
        self.handle(signal.SIGUSR1, lambda number, frame: None)
        r = self.wakeup()
        for _ in range(ROUNDS):
            os.kill(os.getpid(), signal.SIGUSR1)
            self.assertEqual('\0', os.read(r, 10))

    def test_what_the_handler_raises(self):
        def handler(number, frame):
            raise ValueError(number)

        self.handle(signal.SIGUSR1, handler)
        for _ in range(ROUNDS):
            try:
                os.kill(os.getpid(), signal.SIGUSR1)
                self.fail('not taken')
            except ValueError as e:
                self.assertEqual((signal.SIGUSR1,), e.args)

    def test_an_interrupt_of_the_keyboard(self):
        self.handle(signal.SIGINT, signal.default_int_handler)
        for _ in range(ROUNDS):
            self.assertRaises(KeyboardInterrupt, os.kill, os.getpid(), signal.SIGINT)

    def test_one_that_is_ignored_is_not_waited_for(self):
        self.handle(signal.SIGUSR1, lambda number, frame: None)
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        begun = time.time()
        for _ in range(20):
            os.kill(os.getpid(), signal.SIGUSR1)
            os.kill(os.getpid(), 0)
        self.assertLess(time.time() - begun, 10)

    def test_what_is_no_signal(self):
        for number in 65, 99, -1:
            try:
                os.kill(os.getpid(), number)
                self.fail(number)
            except OSError as e:
                self.assertEqual(errno.EINVAL, e.errno)
        self.assertRaises(TypeError, os.kill, os.getpid(), 'number')
        self.assertRaises(TypeError, os.kill, os.getpid())
        self.assertRaises(TypeError, os.kill, 'number', 0)
        self.assertRaises(OverflowError, os.kill, os.getpid(), 1 << 40)

    def test_it_is_no_method(self):
        class Has(object):
            send = os.kill

        self.assertIsNone(Has().send(os.getpid(), 0))


if __name__ == '__main__':
    unittest.main()
