"""What klein's tests ask Hypothesis for: examples made at random, the same in each run.

Hypothesis itself makes new code objects and halves of surrogate pairs, and Jython has neither. It would look for the
simplest example that fails; here one that does is shown as it is.
"""

import functools
import random
import sys


class HealthCheck(object):
    too_slow = None


class settings(object):
    """How many examples a test takes; whatever else klein sets is Hypothesis's own."""

    def __init__(self, max_examples=100, **others):
        self.max_examples = max_examples

    def __call__(self, test):
        test.max_examples = self.max_examples
        return test

    @staticmethod
    def register_profile(name, profile):
        pass

    load_profile = staticmethod(lambda name: None)


class Unsuitable(Exception):
    """The example is none that the test is meant for."""


def assume(condition):
    if not condition:
        raise Unsuitable
    return True


def given(*strategies, **named):
    def decorate(test):
        @functools.wraps(test)
        def with_examples(self):
            source = random.Random(test.__name__)
            for _ in range(with_examples.max_examples):
                arguments, keywords = example(source, strategies, named)
                try:
                    test(self, *arguments, **keywords)
                except Unsuitable:
                    continue
                except Exception:
                    sys.stderr.write('the example: %r %r\n' % (arguments, keywords))
                    raise
        with_examples.max_examples = 100
        return with_examples
    return decorate


def example(source, strategies, named):
    for _ in range(1000):
        try:
            return ([strategy.draw(source) for strategy in strategies],
                    dict((name, named[name].draw(source)) for name in sorted(named)))
        except Unsuitable:
            pass
    raise ValueError('no example in a thousand is suitable')
