"""redis-py against a Redis on the loopback port that is given: commands, pipelines, pub/sub, many threads."""

import sys
import threading
import time
import unittest

import redis

PORT = int(sys.argv.pop())


def client(**settings):
    return redis.StrictRedis('127.0.0.1', PORT, **settings)


class RedisTest(unittest.TestCase):

    def setUp(self):
        self.redis = client()
        self.redis.flushall()

    def test_values(self):
        value = ''.join(map(chr, range(256))) * 4096
        self.assertTrue(self.redis.set('blob', value))
        self.assertTrue(self.redis.get('blob') == value)
        self.assertEqual(None, self.redis.get('none'))
        self.assertEqual(u'caf\xe9', client(decode_responses=True).echo(u'caf\xe9'))
        self.assertRaises(redis.ResponseError, self.redis.lpush, 'blob', 'x')

    def test_a_pipeline(self):
        with self.redis.pipeline() as pipeline:
            for i in range(1000):
                pipeline.rpush('list', i)
            self.assertEqual(list(range(1, 1001)), pipeline.execute())
        self.assertEqual([str(i) for i in range(1000)], self.redis.lrange('list', 0, -1))

    def test_threads_share_a_pool(self):
        def count():
            for _ in range(100):
                self.redis.incr('count')

        threads = [threading.Thread(target=count) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual('1600', self.redis.get('count'))

    def test_a_call_that_waits(self):
        begun = time.time()
        self.assertEqual(None, self.redis.blpop('queue', timeout=1))
        self.assertTrue(time.time() - begun >= 0.9)
        sender = threading.Timer(0.1, client().rpush, ['queue', 'item'])
        sender.start()
        self.assertEqual(('queue', 'item'), self.redis.blpop('queue'))
        sender.join()

    def test_time_limits(self):
        self.assertRaises(redis.TimeoutError, client(socket_timeout=0.2).blpop, 'queue')

    def test_publish_and_subscribe(self):
        subscriber = self.redis.pubsub(ignore_subscribe_messages=True)
        received, done = [], threading.Event()

        def handler(message):
            received.append(message['data'])
            if len(received) == 100:
                done.set()

        subscriber.subscribe(channel=handler)
        self.assertEqual(None, subscriber.get_message(timeout=5))  # the subscription itself
        thread = subscriber.run_in_thread(sleep_time=0.01)
        for i in range(100):
            self.redis.publish('channel', i)
        self.assertTrue(done.wait(30))
        thread.stop()
        thread.join()
        self.assertEqual([str(i) for i in range(100)], received)

    def test_a_connection_that_the_server_ends(self):
        other = client()
        identity = other.client_id()
        self.redis.client_kill_filter(_id=identity)
        self.assertTrue(other.ping())


if __name__ == '__main__':
    unittest.main()
