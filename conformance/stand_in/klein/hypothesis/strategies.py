import functools

from hypothesis import assume


class Strategy(object):
    """What makes values of one kind: `draw` does, of a source of random numbers."""

    def __init__(self, draw):
        self.draw = draw

    def __or__(self, other):
        return Strategy(lambda source: source.choice((self, other)).draw(source))

    def filter(self, suits):
        def draw(source):
            value = self.draw(source)
            assume(suits(value))
            return value
        return Strategy(draw)


def none():
    return Strategy(lambda source: None)


def booleans():
    return Strategy(lambda source: source.random() < 0.5)


def integers(min_value=-2 ** 70, max_value=2 ** 70):
    def draw(source):
        # Half of them from where the faults are.
        near = [value for value in (0, 1, -1, min_value, max_value) if min_value <= value <= max_value]
        return source.choice(near) if source.random() < 0.5 else source.randint(min_value, max_value)
    return Strategy(draw)


def floats(allow_nan):
    return Strategy(lambda source: source.choice((0.0, -0.0, float('inf'), -1e-308, source.uniform(-1e300, 1e300),
                                                  source.random())))


def sampled_from(values):
    return Strategy(lambda source: source.choice(values))


def characters(max_codepoint=0x10ffff):
    def draw(source):
        code = source.randint(0, min(max_codepoint, source.choice((0x7f, 0xff, 0xffff, 0x10ffff))))
        assume(not 0xd800 <= code < 0xe000)
        return (b'\\U%08x' % code).decode('unicode-escape')
    return Strategy(draw)


def lists(elements, min_size=0, max_size=None):
    def draw(source):
        most = min_size + source.choice((0, 1, 5, 50)) if max_size is None else max_size
        return [elements.draw(source) for _ in range(source.randint(min_size, max(min_size, most)))]
    return Strategy(draw)


def text(alphabet=None, min_size=0, max_size=None):
    letters = lists(sampled_from(alphabet) if alphabet else characters(), min_size, max_size)
    return Strategy(lambda source: u''.join(letters.draw(source)))


def binary():
    octets = lists(integers(0, 255))
    return Strategy(lambda source: bytes(bytearray(octets.draw(source))))


def tuples(*elements):
    return Strategy(lambda source: tuple(element.draw(source) for element in elements))


def iterables(elements):
    made = lists(elements)
    return Strategy(lambda source: iter(made.draw(source)))


def dictionaries(keys, values):
    items = lists(tuples(keys, values))
    return Strategy(lambda source: dict(items.draw(source)))


def recursive(base, extend, max_leaves):
    def draw(source, depth=0):
        return (base if depth == 3 or source.random() < 0.4 else
                extend(Strategy(lambda source: draw(source, depth + 1)))).draw(source)
    return Strategy(draw)


class Data(object):
    """Draws while the test runs."""

    def __init__(self, source):
        self._source = source

    def draw(self, strategy):
        return strategy.draw(self._source)


def data():
    return Strategy(Data)


def composite(function):
    @functools.wraps(function)
    def made(*arguments, **keywords):
        return Strategy(lambda source: function(lambda strategy: strategy.draw(source), *arguments, **keywords))
    return made
