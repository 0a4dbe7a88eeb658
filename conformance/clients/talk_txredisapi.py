"""txredisapi against a Redis: the path of its UNIX socket and its loopback port."""

import sys

import txredisapi
from twisted.internet import defer, reactor
from twisted.trial import unittest

PORT = int(sys.argv.pop())
PATH = sys.argv.pop()


class Subscriber(txredisapi.SubscriberProtocol):

    def connectionMade(self):
        self.subscribe('channel')
        self.psubscribe('pattern.*')

    def messageReceived(self, pattern, channel, message):
        self.factory.messages.append((pattern, channel, message))
        if len(self.factory.messages) == self.factory.wanted:
            self.factory.done.callback(None)


class Subscribers(txredisapi.SubscriberFactory):
    protocol = Subscriber
    continueTrying = False
    wanted = 101

    def __init__(self):
        txredisapi.SubscriberFactory.__init__(self)
        self.messages = []
        self.done = defer.Deferred()


class RedisTest(unittest.TestCase):

    @defer.inlineCallbacks
    def setUp(self):
        self.redis = yield self.connected(txredisapi.Connection('127.0.0.1', PORT))
        yield self.redis.flushall()

    @defer.inlineCallbacks
    def connected(self, connecting):
        redis = yield connecting
        self.addCleanup(redis.disconnect)
        defer.returnValue(redis)

    @defer.inlineCallbacks
    def test_values(self):
        blob = ''.join(map(chr, range(256))) * 4096
        raw = yield self.connected(txredisapi.Connection('127.0.0.1', PORT, charset=None))
        yield raw.set('blob', blob)
        value = yield raw.get('blob')
        self.assertTrue(value == blob)
        yield self.redis.set('text', u'caf\xe9')
        found = yield self.redis.mget(['text', 'none'])
        self.assertEqual([u'caf\xe9', None], found)
        yield self.assertFailure(self.redis.lpush('text', 'x'), txredisapi.ResponseError)

    @defer.inlineCallbacks
    def test_hashes_lists_and_sets(self):
        yield self.redis.hmset('hash', {'a': 1, 'b': u'\xe9'})
        found = yield self.redis.hgetall('hash')
        self.assertEqual({u'a': 1, u'b': u'\xe9'}, found)
        yield self.redis.rpush('list', range(1000))
        found = yield self.redis.lrange('list', 0, -1)
        self.assertEqual(range(1000), found)
        yield self.redis.zadd('set', 2, 'two', 1, 'one')
        found = yield self.redis.zrange('set', 0, -1, withscores=True)
        self.assertEqual([(u'one', 1), (u'two', 2)], found)
        found = yield self.redis.eval('return {KEYS[1], ARGV[1]}', ['key'], ['argument'])
        self.assertEqual([u'key', u'argument'], found)

    @defer.inlineCallbacks
    def test_transactions_and_pipelines(self):
        transaction = yield self.redis.multi('watched')
        yield transaction.set('watched', 1)
        yield transaction.incr('watched')
        results = yield transaction.commit()
        self.assertEqual([u'OK', 2], results)
        pipeline = yield self.redis.pipeline()
        for i in range(1000):
            pipeline.rpush('list', i)
        results = yield pipeline.execute_pipeline()
        self.assertEqual(range(1, 1001), results)
        # One that another client comes in between of.
        other = yield self.connected(txredisapi.Connection('127.0.0.1', PORT))
        transaction = yield self.redis.multi('watched')
        yield other.set('watched', 7)
        yield transaction.incr('watched')
        yield self.assertFailure(transaction.commit(), txredisapi.WatchError)

    @defer.inlineCallbacks
    def test_a_pool(self):
        pool = yield self.connected(txredisapi.ConnectionPool('127.0.0.1', PORT, poolsize=10))
        yield defer.gatherResults([pool.incr('count') for _ in range(1600)])
        count = yield pool.get('count')
        self.assertEqual(1600, count)

    @defer.inlineCallbacks
    def test_a_call_that_waits(self):
        waiting = self.redis.blpop('queue', timeout=30)
        other = yield self.connected(txredisapi.Connection('127.0.0.1', PORT))
        yield other.rpush('queue', 'item')
        item = yield waiting
        self.assertEqual([u'queue', u'item'], item)

    @defer.inlineCallbacks
    def test_publish_and_subscribe(self):
        factory = Subscribers()
        port = reactor.connectTCP('127.0.0.1', PORT, factory)
        self.addCleanup(port.disconnect)
        heard = 0
        while not heard:  # as soon as the subscription is there
            heard = yield self.redis.publish('channel', 'first')
        yield self.redis.publish('pattern.x', u'\xe9')
        for i in range(99):
            yield self.redis.publish('channel', i)
        yield factory.done
        self.assertEqual([(None, u'channel', u'first'), (u'pattern.*', u'pattern.x', u'\xe9')], factory.messages[:2])
        self.assertEqual([(None, u'channel', i) for i in range(99)], factory.messages[2:])

    @defer.inlineCallbacks
    def test_a_connection_that_the_server_ends(self):
        other = yield self.connected(txredisapi.Connection('127.0.0.1', PORT))
        identity = yield other.execute_command('CLIENT', 'ID')
        killed = yield self.redis.execute_command('CLIENT', 'KILL', 'ID', identity)
        self.assertEqual(1, killed)
        for _ in range(600):
            try:
                answer = yield other.ping()
                break
            except txredisapi.ConnectionError:  # until it has come back
                yield defer.Deferred(lambda _: None).addTimeout(0.1, reactor).addErrback(
                    lambda failure: failure.trap(defer.TimeoutError))
        self.assertEqual(u'PONG', answer)

    @defer.inlineCallbacks
    def test_a_unix_socket(self):
        redis = yield self.connected(txredisapi.UnixConnection(PATH))
        yield redis.set('text', 'x' * 1000000)
        text = yield redis.get('text')
        self.assertTrue(text == u'x' * 1000000)


if __name__ == '__main__':
    import unittest as standard
    standard.main()
